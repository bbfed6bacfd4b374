//! What is held of a mailbox, as integers over lanes; a tag over hashes verifies it and reveals what differs.

use std::collections::BTreeMap;

use minicbor::{Decode, Encode};
use sha2::{Digest, Sha256};

use crate::id::{LaneId, RecordHash};

/// What is held of one lane, added up: the sum over every (number, hash) held of SHA-256 of `n u64 big-endian | hash[32]`, each read as four
/// big-endian u64 and added one by one, without carry. Whatever comes is added in whatever order it comes, and two sides that hold the same records have
/// the same sum.
///
/// It finds differences that nobody meant. Somebody who is let in and makes many records to that end can make two sums equal; what they keep from
/// others so, frontiers tell (PROTOCOL §6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct Sum([u64; 4]);

impl Sum {
    /// The sum of these, each given once.
    pub fn of(held: impl IntoIterator<Item = (u64, RecordHash)>) -> Self {
        let mut sum = Self::default();
        for (n, hash) in held {
            sum.add(n, &hash);
        }
        sum
    }

    /// Adds what was not held.
    pub fn add(&mut self, n: u64, hash: &RecordHash) {
        let one = Self::from_bytes(Sha256::new().chain_update(n.to_be_bytes()).chain_update(hash.0).finalize().into());
        for (sum, one) in self.0.iter_mut().zip(one.0) {
            *sum = sum.wrapping_add(one);
        }
    }

    /// The tag of an entry: first 8 bytes of SHA-256 of the sum's 32 bytes.
    pub fn tag(&self) -> [u8; 8] {
        first(&Sha256::digest(self.to_bytes()))
    }

    /// Four big-endian u64.
    pub fn to_bytes(self) -> [u8; 32] {
        let mut out = [0; 32];
        for (bytes, limb) in out.chunks_exact_mut(8).zip(self.0) {
            bytes.copy_from_slice(&limb.to_be_bytes());
        }
        out
    }

    /// Reads [`Sum::to_bytes`].
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        let mut out = [0; 4];
        for (limb, bytes) in out.iter_mut().zip(bytes.chunks_exact(8)) {
            *limb = u64::from_be_bytes(first(bytes));
        }
        Self(out)
    }
}

/// What is held of one lane: the unbroken run that *ends* at the highest number held, and a tag of everything. `n` never falls, and `from` falls as
/// gaps below it close.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Encode, Decode)]
pub struct Entry {
    /// First number of the run: 1, unless the lane began later (a snapshot, a healed relay) or a gap lies below. Numbers below a gap may be
    /// held as well; the tag covers them, and lists tell which.
    #[n(0)]
    pub from: u64,
    /// Highest number held.
    #[n(1)]
    pub n: u64,
    /// Of everything held, in every version: see [`Sum::tag`].
    #[cbor(n(2), with = "minicbor::bytes")]
    pub tag: [u8; 8],
}

/// A vector: one entry for every lane of which anything is held.
pub type Vector = BTreeMap<LaneId, Entry>;

/// First 16 bytes of SHA-256 over the sorted vector: for each lane, `lane | from u64 | n u64 | tag`.
pub fn digest(vector: &Vector) -> [u8; 16] {
    let mut sha = Sha256::new();
    for (lane, e) in vector {
        sha.update(lane.0);
        sha.update(e.from.to_be_bytes());
        sha.update(e.n.to_be_bytes());
        sha.update(e.tag);
    }
    first(&sha.finalize())
}

fn first<const N: usize>(bytes: &[u8]) -> [u8; N] {
    let mut out = [0; N];
    out.copy_from_slice(&bytes[..N]);
    out
}

/// What one side does for the other about one lane, see [`missing`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// The other side lacks every number above this; `None` when it lacks none that can be told from the entries.
    pub after: Option<u64>,
    /// Both end at one number and differ, or begin at different ones: lists of (number, hash) are needed to know what else is missing.
    pub list: bool,
}

/// What `theirs` lacks of `mine`, lane by lane; lanes about which there is nothing to do are left out. Tags are compared where both end at one
/// number: where one is ahead, the other is first given what it lacks above.
pub fn missing(mine: &Vector, theirs: &Vector) -> BTreeMap<LaneId, Plan> {
    let plan = |(lane, my): (&LaneId, &Entry)| {
        let plan = match theirs.get(lane) {
            None => Plan { after: Some(0), list: false },
            Some(their) => {
                Plan { after: (my.n > their.n).then_some(their.n), list: my.from != their.from || (my.n == their.n && my.tag != their.tag) }
            }
        };
        (plan.after.is_some() || plan.list).then_some((*lane, plan))
    };
    mine.iter().filter_map(plan).collect()
}

/// A heartbeat's digest: first 16 bytes of SHA-256 over `mailbox | digest` of each mailbox, which must come sorted by name.
pub fn beat<'a>(mailboxes: impl IntoIterator<Item = (&'a crate::MailboxId, &'a [u8; 16])>) -> [u8; 16] {
    let mut sha = Sha256::new();
    for (mailbox, digest) in mailboxes {
        sha.update(mailbox.0);
        sha.update(digest);
    }
    first(&sha.finalize())
}
