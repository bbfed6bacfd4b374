//! What a relay and a device share: bytes only.
//!
//! This crate knows how a record looks from outside, how a mailbox is named and opened, and what is said in one
//! exchange. It knows no key, no person, no device and no membership: whoever links only this crate cannot open a record.
//! Every byte is described in `core/docs/bytes.md`.

pub mod cbor;
pub mod error;
pub mod exchange;
pub mod id;
pub mod limits;
pub mod live;
pub mod mailbox;
pub mod padding;
pub mod record;
pub mod vector;

pub use error::{Code, WireError};
pub use id::{LaneId, MailboxId, Token, TokenHash};
