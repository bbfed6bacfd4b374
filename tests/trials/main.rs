//! Trials: the engine as an enemy, a tired disk and bad luck would have it, through the public API.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests: helpers stand outside the test functions")]

mod answers;
mod copies;
mod damage;
mod devices;
mod drafts;
mod erase;
mod hostile;
mod lists;
mod missing;
mod net;
mod odd;
mod pairing;
mod poison;
mod receipts;
mod recovery;
mod relay_double;
mod rest;
mod rows;
mod search;
mod secrets;
mod snapshots;
mod split;
mod taken;
mod thief;
