//! Who may: the statements of a space, what they add up to, and under which keys its content is written.

pub mod cut;
mod ended;
pub mod epoch;
pub(crate) mod graph;
pub mod handover;
pub mod invite;
pub mod key;
pub mod membership;
pub mod payload;
pub(crate) mod rendezvous;
pub mod statement;
