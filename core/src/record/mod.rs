//! What is sent: records, and the only door through which foreign bytes come in.

pub mod body;
pub mod firewall;
pub mod frame;
mod retrace;
pub mod seal;
pub mod snapshot;
