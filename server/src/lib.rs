//! The relay: ciphertext under mailbox names, and nothing that could open it.
//!
//! It links only `ithaca-wire`, so it knows no key, no person and no device.

pub mod accounts;
pub mod cli;
pub mod config;
pub mod exchange;
pub mod http;
pub mod live;
pub mod log;
pub mod metrics;
pub mod net;
pub mod peers;
pub mod rate;
pub mod refuse;
pub mod store;
pub mod testing;

pub use config::{Config, Sources};
pub use http::{Relay, router};
pub use net::serve;
