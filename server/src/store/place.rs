//! A placement: what a store does with one pushed record. One pure rule for every back end.
//!
//! The head of a lane is the unbroken run that *ends* at the highest number held. So `n` never falls, and `from` falls as gaps close.

use ithaca_wire::error::Code;
use ithaca_wire::id::RecordHash;
use ithaca_wire::vector::{Entry, Sum};

use super::{Limits, Record};

/// What [`place`] must look up in a lane; none of it is asked for when a record is simply the next.
pub trait Rows {
    /// Why a look-up failed.
    type Error;
    /// Hashes held at `n`.
    ///
    /// # Errors
    /// Whatever the back end says.
    fn versions(&mut self, n: u64) -> Result<Vec<RecordHash>, Self::Error>;
    /// The lowest number of the unbroken run that ends at `n - 1`; `n` if `n - 1` is not held.
    ///
    /// # Errors
    /// Whatever the back end says.
    fn run_below(&mut self, n: u64) -> Result<u64, Self::Error>;
}

/// What is used up already.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Used {
    /// Lanes of the mailbox.
    pub lanes: usize,
    /// Bytes of the mailbox.
    pub mailbox: u64,
    /// Bytes of its account; 0 if nobody pays.
    pub account: u64,
}

/// The head of a lane as a store keeps it: its entry before the sum is made a tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// First number of the run that ends at `n`.
    pub from: u64,
    /// Highest number held.
    pub n: u64,
    /// Of everything held.
    pub sum: Sum,
}

impl Head {
    /// Its line in a vector.
    pub fn entry(&self) -> Entry {
        Entry { from: self.from, n: self.n, tag: self.sum.tag() }
    }
}

/// What to do with a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Placed {
    /// The same bytes are held.
    Held,
    /// Store it; the lane's head becomes this.
    Stored(Head),
    /// Store it beside others at its number; the lane's head becomes this.
    Beside(Head),
    /// Store nothing.
    Refused(Code),
}

/// Decides about one record of a lane whose head is `head`.
///
/// # Errors
/// Only what `rows` fails with.
pub fn place<R: Rows>(rows: &mut R, head: Option<&Head>, used: Used, limits: &Limits, record: &Record) -> Result<Placed, R::Error> {
    let n = record.n;
    let sum = || {
        let mut sum = head.map(|h| h.sum).unwrap_or_default();
        sum.add(n, &record.hash);
        sum
    };
    let placed = match head {
        None if used.lanes >= limits.lanes => return Ok(Placed::Refused(Code::TooManyLanes)),
        None => Placed::Stored(Head { from: n, n, sum: sum() }),
        Some(head) if n > head.n.saturating_add(1) => return Ok(Placed::Refused(Code::Gap)),
        Some(head) if n > head.n => Placed::Stored(Head { from: head.from, n, sum: sum() }),
        Some(head) => {
            let held = rows.versions(n)?;
            if held.contains(&record.hash) {
                return Ok(Placed::Held);
            }
            if held.is_empty() {
                let from = if n + 1 == head.from { rows.run_below(n)? } else { head.from };
                Placed::Stored(Head { from, n: head.n, sum: sum() })
            } else if held.len() >= limits.versions {
                return Ok(Placed::Refused(Code::TooManyVersions));
            } else {
                Placed::Beside(Head { sum: sum(), ..*head })
            }
        }
    };
    let len = record.bytes.len() as u64;
    if used.mailbox.saturating_add(len) > limits.mailbox_bytes {
        return Ok(Placed::Refused(Code::MailboxFull));
    }
    if used.account.saturating_add(len) > limits.account_bytes {
        return Ok(Placed::Refused(Code::AccountFull));
    }
    Ok(placed)
}
