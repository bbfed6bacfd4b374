//! What can be wrong with bytes, and the codes a relay answers with.

use minicbor::{Decode, Encode};
use thiserror::Error;

/// Why bytes were refused before anybody acted on them.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum WireError {
    /// Fewer bytes than the structure needs.
    #[error("{what} ends too early")]
    Truncated { what: &'static str },
    /// Bytes after the end of the structure.
    #[error("{what} has bytes after its end")]
    Trailing { what: &'static str },
    /// CBOR that is not in the one canonical form.
    #[error("{what} is not canonical: {why}")]
    NotCanonical { what: &'static str, why: &'static str },
    /// CBOR of another shape than named.
    #[error("{what} does not have the expected shape")]
    Shape { what: &'static str },
    /// Arrays or maps inside each other too deep.
    #[error("{what} is nested too deep")]
    TooDeep { what: &'static str },
    /// More entries than the limit.
    #[error("{what} has more than {limit} entries")]
    TooMany { what: &'static str, limit: usize },
    /// A record above [`crate::limits::RECORD`].
    #[error("record of {len} bytes is larger than {}", crate::limits::RECORD)]
    RecordTooLarge { len: usize },
    /// A record number that no lane can have.
    #[error("record number {n} is outside 1 to 2^63-1")]
    Number { n: u64 },
    /// A version of the exchange that this side does not speak.
    #[error("version {version} is not spoken here")]
    Version { version: u8 },
}

/// A relay's answer to a request as a whole, or to one pushed record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum Code {
    /// Stored durably, or held already.
    #[n(0)]
    Ok,
    /// Stored beside other bytes at the same number; those held are in the answer.
    #[n(1)]
    Fork,
    /// The number lies past the head of a lane that is held; nothing was stored.
    #[n(2)]
    Gap,
    /// No such mailbox, or the token does not open it: the two are told apart to nobody.
    #[n(3)]
    NoMailbox,
    /// The request or one of its parts could not be decoded.
    #[n(4)]
    Malformed,
    /// A record above the relay's record limit.
    #[n(5)]
    RecordTooLarge,
    /// The request's body is above the limit.
    #[n(6)]
    RequestTooLarge,
    /// The mailbox is full.
    #[n(7)]
    MailboxFull,
    /// The account that made the mailbox has used its quota.
    #[n(8)]
    AccountFull,
    /// The mailbox has its greatest number of lanes.
    #[n(9)]
    TooManyLanes,
    /// The number already holds the greatest number of versions.
    #[n(10)]
    TooManyVersions,
    /// Too many requests from one address; retry after the time given.
    #[n(11)]
    TooManyRequests,
    /// Too many connections.
    #[n(12)]
    TooManyConnections,
    /// The store is down: nothing was written; retry after the time given.
    #[n(13)]
    StoreDown,
    /// The account's secret is unknown or revoked.
    #[n(14)]
    NoAccount,
    /// The voucher is unknown, or was used for another mailbox.
    #[n(15)]
    VoucherUsed,
    /// A mailbox of that name exists with another token.
    #[n(16)]
    MailboxTaken,
    /// A `next` mailbox got no record within seven days and lapsed.
    #[n(17)]
    Lapsed,
    /// A version of the exchange that this relay does not speak.
    #[n(18)]
    Version,
    /// Too many mailboxes or records in one request.
    #[n(19)]
    TooManyAsked,
    /// The account may make no more mailboxes.
    #[n(20)]
    TooManyMailboxes,
    /// The object is not held, or not whole yet.
    #[n(21)]
    NoObject,
    /// The object's bytes do not have the hash in its name.
    #[n(22)]
    ObjectMismatch,
    /// Something the relay did not foresee; its log says more.
    #[n(23)]
    Internal,
}

/// The body of every answer with a status other than 2xx.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Refusal {
    /// What is wrong.
    #[n(0)]
    pub code: Code,
    /// A sentence that names the limit or the part at fault; never anything a client sent.
    #[n(1)]
    pub reason: String,
    /// Seconds after which to try again, where that helps.
    #[n(2)]
    pub retry_after: Option<u32>,
}
