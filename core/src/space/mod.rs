//! Who may: the statements of a space, what they add up to, and under which keys its content is written.

pub mod cut;
pub mod epoch;
pub mod invite;
pub mod key;
pub mod membership;
pub mod statement;
