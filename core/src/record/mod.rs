//! What is sent: records, and the only door through which foreign bytes come in.

pub mod body;
pub mod firewall;
pub mod frame;
pub mod seal;
pub mod snapshot;
