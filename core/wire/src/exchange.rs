//! One exchange: `POST /v1/sync` asks for any number of mailboxes at once, and may push into each.

use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

use crate::error::{Code, WireError};
use crate::id::{LaneId, MailboxId, RecordHash, Token};
use crate::limits;
use crate::vector::{Entry, Vector};

/// The exchange's version.
pub const VERSION: u8 = 1;

/// What a device sends.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Request {
    /// [`VERSION`].
    #[n(0)]
    pub version: u8,
    /// The most bytes of records that the answer should carry; at least one record comes whatever it says.
    #[n(1)]
    pub budget: u32,
    /// One part a mailbox.
    #[n(2)]
    pub mailboxes: Vec<Ask>,
}

impl Request {
    /// Whether every count stands within [`limits`], each mailbox is asked for once, and vectors and lists are sorted.
    ///
    /// # Errors
    /// [`WireError::Version`], [`WireError::TooMany`], [`WireError::NotCanonical`].
    pub fn check(&self) -> Result<(), WireError> {
        if self.version != VERSION {
            return Err(WireError::Version { version: self.version });
        }
        let at_most = |what, n: usize, limit| if n > limit { Err(WireError::TooMany { what, limit }) } else { Ok(()) };
        let unsorted = |why| WireError::NotCanonical { what: "request", why };
        at_most("mailboxes", self.mailboxes.len(), limits::MAILBOXES_ASKED)?;
        at_most("pushed records", self.mailboxes.iter().map(|a| a.push.as_ref().map_or(0, Vec::len)).sum(), limits::PUSHED)?;
        let mut names: Vec<_> = self.mailboxes.iter().map(|a| a.mailbox).collect();
        names.sort_unstable();
        if names.windows(2).any(|w| w.first() == w.last()) {
            return Err(unsorted("a mailbox asked for twice"));
        }
        for ask in &self.mailboxes {
            let vector = ask.vector.as_deref().unwrap_or_default();
            at_most("lanes", vector.len(), limits::LANES)?;
            if !vector.is_sorted_by(|a, b| a.0 < b.0) {
                return Err(unsorted("a vector that is not sorted"));
            }
            if vector.iter().any(|(_, e)| e.from == 0 || e.from > e.n || e.n > i64::MAX as u64) {
                return Err(unsorted("a run that ends before it begins"));
            }
            let lists = ask.lists.as_deref().unwrap_or_default();
            at_most("lists", lists.len(), limits::LANES)?;
            if !lists.is_sorted_by(|a, b| a.lane < b.lane) || lists.iter().any(|l| !l.held.is_sorted_by(|a, b| a < b)) {
                return Err(unsorted("a list that is not sorted"));
            }
            if lists.iter().any(|l| l.held.iter().any(|(n, _)| !l.covers(*n))) {
                return Err(unsorted("a list of more than it speaks of"));
            }
        }
        Ok(())
    }
}

impl Ask {
    /// The vector sent, as a map.
    pub fn vector_map(&self) -> Option<Vector> {
        self.vector.as_ref().map(|v| v.iter().copied().collect())
    }
}

/// One mailbox's part of a request.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Ask {
    /// The mailbox.
    #[n(0)]
    pub mailbox: MailboxId,
    /// What opens it.
    #[n(1)]
    pub token: Token,
    /// Records to push, oldest of each lane first.
    #[n(2)]
    pub push: Option<Vec<ByteVec>>,
    /// What the device holds *after* the push, as a digest: the answer carries heads and records only if it differs.
    #[cbor(n(3), with = "minicbor::bytes")]
    pub digest: Option<[u8; 16]>,
    /// What the device holds *after* the push, whole. With neither digest nor vector only the push is answered.
    #[n(4)]
    pub vector: Option<Vec<(LaneId, Entry)>>,
    /// For lanes that the relay named as differing: every number and hash the device holds there, or so many as fit.
    #[n(5)]
    pub lists: Option<Vec<LaneList>>,
}

/// Every number and hash held of one lane, or of some numbers of it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct LaneList {
    /// The lane.
    #[n(0)]
    pub lane: LaneId,
    /// Sorted.
    #[n(1)]
    pub held: Vec<(u64, RecordHash)>,
    /// First and last number that is spoken of; absent: every number. A lane whose list would not fit into a request is compared so, part by part. The
    /// answer to a list speaks of the same numbers.
    #[n(2)]
    pub window: Option<(u64, u64)>,
}

impl LaneList {
    /// Whether it speaks of a number.
    pub fn covers(&self, n: u64) -> bool {
        self.window.is_none_or(|(first, last)| (first..=last).contains(&n))
    }
}

/// What a relay answers.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Response {
    /// [`VERSION`].
    #[n(0)]
    pub version: u8,
    /// One part a mailbox, in the order asked.
    #[n(1)]
    pub mailboxes: Vec<Answer>,
}

/// One mailbox's part of an answer. Its fields come in this order, so that totals are known before records arrive.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Answer {
    /// [`Code::Ok`], or why nothing was done for this mailbox.
    #[n(0)]
    pub code: Code,
    /// Digest of what the relay holds after the push.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub digest: Option<[u8; 16]>,
    /// How many records the device lacks, and their bytes, this answer's included. Absent when nothing was asked or nothing differs.
    #[n(2)]
    pub lacking: Option<(u64, u64)>,
    /// What the relay holds, whole; absent when nothing was asked or the digests are equal.
    #[n(3)]
    pub vector: Option<Vec<(LaneId, Entry)>>,
    /// Pushed records that were not simply stored: (index in the push, code).
    #[n(4)]
    pub pushed: Option<Vec<(u32, Code)>>,
    /// Records, oldest of each lane first: those that the device lacks, and those held where a push was a fork.
    #[n(5)]
    pub records: Option<Vec<ByteVec>>,
    /// Lanes where `from` or tag differ, with every number and hash the relay holds there (within the budget).
    #[n(6)]
    pub lists: Option<Vec<LaneList>>,
}

/// Body of `PUT /v1/mailboxes/{id}` and `POST /v1/mailboxes/{id}/next`.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct MakeMailbox {
    /// SHA-256 of the new mailbox's token, see [`crate::Token::hash`].
    #[n(0)]
    pub token_hash: crate::TokenHash,
    /// `PUT` without an account: a voucher.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub voucher: Option<[u8; 16]>,
    /// `next`: the new mailbox's name.
    #[n(2)]
    pub next: Option<MailboxId>,
    /// `next`: the present mailbox's token.
    #[n(3)]
    pub token: Option<Token>,
}

/// Answer to `POST /v1/vouchers`, asked with an account: a single-use right to make one mailbox.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Voucher {
    /// The voucher. A secret until it is used.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub voucher: [u8; 16],
}
