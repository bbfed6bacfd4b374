//! A placement: what a store does with one pushed record. One pure rule for every back end.
//!
//! The head of a lane is the unbroken run that *ends* at the highest number held. So `n` never falls, and `from` falls as gaps close.

use ithaca_wire::error::Code;
use ithaca_wire::id::RecordHash;
use ithaca_wire::vector::{self, Entry};

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
    /// Every (number, hash) that stands at a number held in several versions.
    ///
    /// # Errors
    /// Whatever the back end says.
    fn forked(&mut self) -> Result<Vec<(u64, RecordHash)>, Self::Error>;
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

/// What to do with a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Placed {
    /// The same bytes are held.
    Held,
    /// Store it; the lane's entry becomes this.
    Stored(Entry),
    /// Store it beside these others at its number; the lane's entry becomes this.
    Beside(Entry, Vec<RecordHash>),
    /// Store nothing.
    Refused(Code),
}

/// Decides about one record of a lane whose entry is `entry`.
///
/// # Errors
/// Only what `rows` fails with.
pub fn place<R: Rows>(rows: &mut R, entry: Option<&Entry>, used: Used, limits: &Limits, record: &Record) -> Result<Placed, R::Error> {
    let tag = record.hash.tag();
    let n = record.n;
    let placed = match entry {
        None if used.lanes >= limits.lanes => return Ok(Placed::Refused(Code::TooManyLanes)),
        None => Placed::Stored(Entry { from: n, n, tag, forks: None }),
        Some(head) if n > head.n.saturating_add(1) => return Ok(Placed::Refused(Code::Gap)),
        Some(head) if n > head.n => Placed::Stored(Entry { n, tag, ..*head }),
        Some(head) => {
            let mut held = rows.versions(n)?;
            if held.contains(&record.hash) {
                return Ok(Placed::Held);
            }
            if held.is_empty() {
                let from = if n + 1 == head.from { rows.run_below(n)? } else { head.from };
                Placed::Stored(Entry { from, ..*head })
            } else if held.len() >= limits.versions {
                return Ok(Placed::Refused(Code::TooManyVersions));
            } else {
                let mut all = rows.forked()?;
                all.retain(|(at, _)| *at != n);
                all.extend(held.iter().map(|h| (n, *h)));
                all.push((n, record.hash));
                held.sort_unstable();
                // The lowest hash has the lowest first bytes, so tags can be compared in its place.
                let tag = if n == head.n { tag.min(head.tag) } else { head.tag };
                Placed::Beside(Entry { tag, forks: vector::forks(all), ..*head }, held)
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
