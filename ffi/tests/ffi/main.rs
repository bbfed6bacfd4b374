//! The surface as an app meets it, with foreign objects that misbehave: in Rust here, in Kotlin under `android/bridge`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test that fails stops")]

mod hostile;
mod nouns;
mod pairing;
mod support;
mod surface;
mod text;
mod vaults;
