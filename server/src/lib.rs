//! The relay: ciphertext under mailbox names, and nothing that could open it.
//!
//! It links only `ithaca-wire`, so it knows no key, no person and no device.

pub mod store;
