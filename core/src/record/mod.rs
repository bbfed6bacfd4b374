//! What is sent: records, and the only door through which foreign bytes come in.

pub mod firewall;
