//! Live events: `POST /v1/live` opens one stream (SSE) per device over all its mailboxes.
//!
//! Each SSE message has the event name `change` or `beat` and, as data, the base64 (standard, no padding) of a CBOR structure below.

use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

use crate::id::{MailboxId, Token};

/// Body of `POST /v1/live`.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Listen {
    /// [`crate::exchange::VERSION`].
    #[n(0)]
    pub version: u8,
    /// The mailboxes to hear of. One that does not exist, or that its token does not open, is left out silently.
    #[n(1)]
    pub mailboxes: Vec<(MailboxId, Token)>,
}

/// A mailbox holds something new.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Change {
    /// Which.
    #[n(0)]
    pub mailbox: MailboxId,
    /// Digest of what the relay holds now.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub digest: [u8; 16],
    /// The record itself, up to [`crate::limits::LIVE_RECORD`] bytes.
    #[n(2)]
    pub record: Option<ByteVec>,
}

/// Nothing happened, and the stream lives.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Beat {
    /// First 16 bytes of SHA-256 over `mailbox | digest` of every mailbox heard, sorted by name.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub digest: [u8; 16],
}
