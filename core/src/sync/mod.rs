//! When to exchange what with which relay: a pure state machine. It has no clock, no randomness, no storage and no network.

pub mod machine;
