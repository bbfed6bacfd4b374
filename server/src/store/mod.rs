//! A store: what a relay keeps, behind two small traits that every back end implements and one set of laws (`laws.rs`) holds them to.
//!
//! [`Store`] asks for nothing that a ring of replicas could not give: immutable rows named (mailbox, lane, n, hash), registers that only
//! rise, nothing over two mailboxes at once. What must happen exactly once goes through [`Ledger`].

#[cfg(test)]
mod laws;
pub mod memory;
pub mod place;
pub mod sqlite;

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};

use bytes::Bytes;
use ithaca_wire::error::Code;
use ithaca_wire::id::RecordHash;
use ithaca_wire::record::{self, Outer};
use ithaca_wire::vector::{self, Vector};
use ithaca_wire::{LaneId, MailboxId, TokenHash, WireError, limits};
use subtle::ConstantTimeEq;
use thiserror::Error;
use tokio::sync::oneshot;

/// Milliseconds since 1970 as whoever runs the relay believes; always an argument.
pub type Millis = i64;

/// Why a store did nothing.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum StoreError {
    /// Refused for a reason that the asker is told.
    #[error("refused with {0:?}")]
    Refused(Code),
    /// Cannot read or write now; nothing was written. Carries what the storage engine says.
    #[error("the store cannot be read or written ({0}); check the disk and the data directory")]
    Down(String),
    /// Made by a later relay.
    #[error("the database has schema {found}, this relay knows up to {known}; run a newer relay, or another data directory")]
    Newer {
        /// In the file.
        found: i64,
        /// In this program.
        known: i64,
    },
}

impl From<Code> for StoreError {
    fn from(code: Code) -> Self {
        Self::Refused(code)
    }
}

/// What a store holds mailboxes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of records and objects in one mailbox.
    pub mailbox_bytes: u64,
    /// The same over all mailboxes of one account.
    pub account_bytes: u64,
    /// Mailboxes of one account.
    pub account_mailboxes: u64,
    /// Lanes in one mailbox.
    pub lanes: usize,
    /// Versions kept at one number.
    pub versions: usize,
    /// Bytes of one object.
    pub object_bytes: u64,
    /// Milliseconds after which a `next` mailbox without a record lapses.
    pub next_lapses: Millis,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            mailbox_bytes: 256 << 20,
            account_bytes: 4 << 30,
            account_mailboxes: 10_000,
            lanes: limits::LANES,
            versions: limits::VERSIONS,
            object_bytes: 64 << 20,
            next_lapses: 7 * 24 * 3600 * 1000,
        }
    }
}

/// Who pays for a mailbox: a hash of the account's secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AccountId(pub [u8; 32]);

/// What opens a mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// Its name.
    pub mailbox: MailboxId,
    /// Hash of its token.
    pub token: TokenHash,
}

impl Key {
    /// Whether this key's token is the one hashed as `token`, in time that does not depend on where they differ.
    pub fn opens(&self, token: &TokenHash) -> bool {
        self.token.0.ct_eq(&token.0).into()
    }
}

/// One record as a relay sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its lane.
    pub lane: LaneId,
    /// Its number.
    pub n: u64,
    /// SHA-256 over its bytes.
    pub hash: RecordHash,
    /// Outer bytes.
    pub bytes: Bytes,
}

impl Record {
    /// Reads the outside of a record.
    ///
    /// # Errors
    /// As [`Outer::parse`].
    pub fn parse(bytes: impl Into<Bytes>) -> Result<Self, WireError> {
        let bytes = bytes.into();
        let outer = Outer::parse(&bytes)?;
        let (lane, n) = (outer.lane, outer.n);
        Ok(Self { lane, n, hash: record::hash(&bytes), bytes })
    }
}

/// What is held of one mailbox, at one moment.
#[derive(Debug, Default)]
pub struct Heads {
    /// One entry a lane.
    pub vector: Vector,
    /// Who pays, if anybody.
    pub account: Option<AccountId>,
    digest: OnceLock<[u8; 16]>,
}

impl Heads {
    /// Heads over `vector`.
    pub fn new(vector: Vector, account: Option<AccountId>) -> Self {
        Self { vector, account, digest: OnceLock::new() }
    }

    /// [`vector::digest`], computed once.
    pub fn digest(&self) -> [u8; 16] {
        *self.digest.get_or_init(|| vector::digest(&self.vector))
    }
}

/// What a push did.
#[derive(Debug)]
pub struct Put {
    /// One code a record, in the order pushed: [`Code::Ok`], [`Code::Fork`] (stored), or why it was not stored.
    pub codes: Vec<Code>,
    /// What is held afterwards.
    pub heads: Arc<Heads>,
}

/// A page of a lane, in the order of (n, hash).
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// Number, hash and outer bytes.
    pub records: Vec<(u64, RecordHash, Vec<u8>)>,
    /// Whether the lane goes on.
    pub more: bool,
}

/// Number, hash and size of one held record.
pub type Listed = (u64, RecordHash, u64);

/// What is held of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ObjectState {
    /// Bytes it will have.
    pub total: u64,
    /// Bytes held, from the start.
    pub held: u64,
    /// Whether all are held and have the hash of the name.
    pub whole: bool,
}

/// A part of an object.
#[derive(Debug, Clone)]
pub struct Part {
    /// The object's name: SHA-256 over its bytes.
    pub hash: [u8; 32],
    /// Bytes of the whole object.
    pub total: u64,
    /// Where this part starts.
    pub start: u64,
    /// The part.
    pub bytes: Bytes,
}

/// The longest cursor at `n`: everything held at a number up to `n` comes before it.
pub const fn after(n: u64) -> (u64, RecordHash) {
    (n, RecordHash([0xff; 32]))
}

/// An answer that comes once what it says is durable. Await it, or [`Pending::wait`] outside a runtime.
#[derive(Debug)]
pub struct Pending<T>(oneshot::Receiver<Result<T, StoreError>>);

/// The other end of a [`Pending`].
pub type Reply<T> = oneshot::Sender<Result<T, StoreError>>;

impl<T> Pending<T> {
    /// An answer to come.
    pub fn new() -> (Reply<T>, Self) {
        let (reply, receiver) = oneshot::channel();
        (reply, Self(receiver))
    }

    /// An answer that is there.
    pub fn ready(answer: Result<T, StoreError>) -> Self {
        let (reply, pending) = Self::new();
        // The receiver is in hand.
        let _ = reply.send(answer);
        pending
    }

    /// Blocks for the answer; not within an asynchronous runtime.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn wait(self) -> Result<T, StoreError> {
        self.0.blocking_recv().unwrap_or_else(|_| Err(gone()))
    }
}

fn gone() -> StoreError {
    StoreError::Down("the writer stopped".into())
}

impl<T> Future for Pending<T> {
    type Output = Result<T, StoreError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(cx).map(|answer| answer.unwrap_or_else(|_| Err(gone())))
    }
}

/// Who hears what became durable, in the order in which it did. Lossy by contract: a pull heals what it loses.
pub trait Bus: Send + Sync + 'static {
    /// Whether anybody hears this mailbox, so that silence costs nothing.
    fn listens(&self, mailbox: &MailboxId) -> bool;
    /// A mailbox holds something new: its digest, and the record if one came alone.
    fn publish(&self, mailbox: MailboxId, digest: [u8; 16], record: Option<Bytes>);
}

/// A bus that nobody hears.
#[derive(Debug, Default, Clone, Copy)]
pub struct Silence;

impl Bus for Silence {
    fn listens(&self, _: &MailboxId) -> bool {
        false
    }

    fn publish(&self, _: MailboxId, _: [u8; 16], _: Option<Bytes>) {}
}

/// Mailboxes, their records and objects. What comes as [`Pending`] is durable when it comes. Every method that takes a [`Key`] answers
/// [`Code::NoMailbox`] for a mailbox that does not exist, was erased, or that the key does not open, and [`Code::Lapsed`] for a `next`
/// that lapsed.
pub trait Store: Send + Sync + 'static {
    /// Makes a mailbox; the same name and token again is fine, and gives a lapsed one back its life.
    /// [`Code::MailboxTaken`] for another token or an erased name, [`Code::TooManyMailboxes`].
    fn make(&self, key: Key, account: Option<AccountId>, now: Millis) -> Pending<()>;
    /// Makes `next`, charged to the account of `key`'s mailbox; it lapses without a record. Repeating it extends nothing.
    fn next(&self, key: Key, next: Key, now: Millis) -> Pending<()>;
    /// Empties a mailbox for ever; its name is never made again. Only its own account may; [`Code::NoAccount`] for another.
    fn erase(&self, key: Key, account: AccountId, now: Millis) -> Pending<()>;
    /// What is held.
    fn heads(&self, key: Key, now: Millis) -> Pending<Arc<Heads>>;
    /// Takes records in.
    fn put(&self, key: Key, records: Vec<Record>, now: Millis) -> Pending<Put>;
    /// What a lane holds beyond a cursor, up to `budget` bytes and at least one record. Empty for a lane not held.
    ///
    /// # Errors
    /// [`StoreError::Down`], like every reading method below.
    fn beyond(&self, mailbox: MailboxId, lane: LaneId, after: (u64, RecordHash), budget: u64) -> Result<Page, StoreError>;
    /// How many records a lane holds beyond a cursor, and their bytes.
    fn totals(&self, mailbox: MailboxId, lane: LaneId, after: (u64, RecordHash)) -> Result<(u64, u64), StoreError>;
    /// Everything a lane holds, without bytes, in the order of (n, hash).
    fn list(&self, mailbox: MailboxId, lane: LaneId) -> Result<Vec<Listed>, StoreError>;
    /// Hashes of every version of one number, lowest first.
    fn hashes(&self, mailbox: MailboxId, lane: LaneId, n: u64) -> Result<Vec<RecordHash>, StoreError>;
    /// One record's outer bytes.
    fn get(&self, mailbox: MailboxId, lane: LaneId, name: (u64, RecordHash)) -> Result<Option<Vec<u8>>, StoreError>;
    /// Appends a part to an object. A part that starts past what is held stores nothing; one that overlaps is cut. What is held of the
    /// object afterwards comes back. [`Code::MailboxFull`], [`Code::AccountFull`], [`Code::Malformed`] for another total than stated before.
    fn object_put(&self, key: Key, part: Part, now: Millis) -> Pending<ObjectState>;
    /// Says whether the bytes of an object, all held, have its hash: it becomes whole, or is thrown away.
    fn object_seal(&self, key: Key, hash: [u8; 32], good: bool, now: Millis) -> Pending<()>;
    /// What is held of an object.
    fn object(&self, mailbox: MailboxId, hash: [u8; 32]) -> Result<Option<ObjectState>, StoreError>;
    /// Bytes of an object from `start`, at most `most`; empty past its end.
    fn object_read(&self, mailbox: MailboxId, hash: [u8; 32], start: u64, most: u64) -> Result<Vec<u8>, StoreError>;
    /// Writes something durably.
    fn health(&self, now: Millis) -> Pending<()>;
}

/// What a ledger keeps apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Table {
    /// Accounts, by [`AccountId`].
    Accounts = 0,
    /// Vouchers, by a hash of each.
    Vouchers = 1,
}

/// What must happen once: values that change only from what they were.
pub trait Ledger: Send + Sync + 'static {
    /// The value of `key`.
    ///
    /// # Errors
    /// [`StoreError::Down`].
    fn value(&self, table: Table, key: &[u8; 32]) -> Result<Option<Vec<u8>>, StoreError>;
    /// Sets `key` to `new` if it is `expected` now; says whether it did.
    fn compare_and_set(&self, table: Table, key: [u8; 32], expected: Option<Vec<u8>>, new: Vec<u8>) -> Pending<bool>;
    /// Every key and value, sorted by key.
    ///
    /// # Errors
    /// [`StoreError::Down`].
    fn values(&self, table: Table) -> Result<Vec<([u8; 32], Vec<u8>)>, StoreError>;
}

/// Both at once, as one back end gives them.
pub trait Backend: Store + Ledger {}

impl<T: Store + Ledger> Backend for T {}
