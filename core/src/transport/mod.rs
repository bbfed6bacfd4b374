//! Carrying requests to a relay and answers back. What is said is decided elsewhere; here it only travels.

pub mod http;

use std::future::Future;
use std::pin::Pin;

use ithaca_wire::error::Refusal;
use ithaca_wire::exchange::{MakeMailbox, Request, Response};
use ithaca_wire::live::{Beat, Change, Listen};
use ithaca_wire::{MailboxId, Token};

/// What is asked of a relay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Call {
    /// One exchange.
    Sync(Request),
    /// Make a mailbox, with an account's secret, a voucher inside, or neither where the relay is open.
    Make {
        /// Its name.
        mailbox: MailboxId,
        /// Hash of its token, and perhaps a voucher.
        make: MakeMailbox,
        /// The account's secret.
        account: Option<[u8; 32]>,
    },
    /// Make a mailbox with the token of one there is, on the same account.
    Next {
        /// The one there is.
        mailbox: MailboxId,
        /// The new one's name and hash of its token, and the token of the one there is.
        make: MakeMailbox,
    },
    /// A single-use right for somebody else to make one mailbox.
    Voucher {
        /// The account's secret.
        account: [u8; 32],
    },
    /// Put a part of an object into a mailbox.
    PutObject {
        /// Where.
        at: ObjectAt,
        /// Bytes of the whole object.
        total: u64,
        /// Where the part starts.
        start: u64,
        /// The part, at most [`PART`] bytes.
        bytes: Vec<u8>,
    },
    /// Read an object, whole.
    GetObject {
        /// Which.
        at: ObjectAt,
    },
}

/// Bytes of an object that go over at once: with what names them, within one request.
pub const PART: usize = 512 * 1024;

/// An object in a mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ObjectAt {
    /// The mailbox.
    pub mailbox: MailboxId,
    /// What opens it.
    pub token: Token,
    /// SHA-256 over the object's bytes: its name.
    pub hash: [u8; 32],
}

/// What a relay answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// To [`Call::Sync`].
    Sync(Response),
    /// To [`Call::Make`] and [`Call::Next`].
    Made,
    /// To [`Call::Voucher`].
    Voucher([u8; 16]),
    /// To [`Call::PutObject`]: the part is held.
    Held,
    /// To [`Call::GetObject`].
    Object(Vec<u8>),
}

/// Why there is no answer, or none that can be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// The relay could not be reached. Not an error to a person who writes: it goes when there is signal.
    #[error("the relay at {0} cannot be reached")]
    Unreachable(String),
    /// The relay refused, with its reason.
    #[error("the relay refused: {}", .0.reason)]
    Refused(Refusal),
    /// The answer is not one of a relay.
    #[error("what answers at {0} is not an Ithaca relay")]
    NotARelay(String),
    /// An address that cannot be used.
    #[error("{0}")]
    Address(AddressError),
}

/// Why an address is not one of a relay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Not `https://host[:port]`.
    #[error("a relay's address looks like https://relay.example or http://127.0.0.1:8787")]
    Shape,
    /// Clear text to somewhere that is not this machine.
    #[error("clear-text http is only used on this machine; use https")]
    ClearText,
}

/// What a live stream says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LiveEvent {
    /// The relay took the request; everything from now on will be heard.
    Opened,
    /// A mailbox holds something new.
    Change(Change),
    /// Nothing happened.
    Beat(Beat),
    /// The stream ended.
    Closed,
}

/// A boxed future that a driver may keep.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// How a device reaches relays.
pub trait Transport: Send + Sync {
    /// Asks one thing of the relay at `origin`.
    fn call(&self, origin: &str, call: Call) -> Answer<'_, Result<Reply, CallError>>;

    /// Hears a relay's live stream until it ends or `sink` is closed; says `Closed` last.
    fn listen(&self, origin: &str, listen: Listen, sink: tokio::sync::mpsc::Sender<(String, LiveEvent)>) -> Answer<'_, ()>;
}
