//! The play that `make run` gives: two people and a relay on this machine, on real input.

pub mod network;
pub mod stage;
pub mod together;
pub mod trace;
