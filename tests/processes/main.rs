//! The real programs, killed with SIGKILL at random moments under load: what was acknowledged is there afterwards. And real connections, cut.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test that fails stops"
)]

mod connection;
mod ithaca;
mod relay;
