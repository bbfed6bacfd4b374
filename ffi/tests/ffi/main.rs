//! The surface as an app meets it, with foreign objects that misbehave: in Rust here, in Kotlin under `android/bridge`.

mod hostile;
mod nouns;
mod pairing;
mod support;
mod surface;
mod text;
mod vaults;
