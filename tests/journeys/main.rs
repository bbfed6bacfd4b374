//! The journeys: what people do and must see, through the public API, over a real relay on this machine.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test that fails stops"
)]

mod j2;
mod names;
