//! What is held of a mailbox, as integers over lanes; hashes verify it and reveal forks.

use std::collections::BTreeMap;

use minicbor::{Decode, Encode};
use sha2::{Digest, Sha256};

use crate::id::{LaneId, RecordHash};

/// The unbroken run of one lane that *ends* at the highest number held: `n` never falls, and `from` falls as gaps below it close.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Encode, Decode)]
pub struct Entry {
    /// First number of the run: 1, unless the lane began later (a snapshot, a healed relay) or a gap lies below. Numbers below a gap may be
    /// held as well; lists tell.
    #[n(0)]
    pub from: u64,
    /// Highest number held.
    #[n(1)]
    pub n: u64,
    /// First 8 bytes of the hash of the outer bytes at `n`; the lowest hash where several are held.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub tag: [u8; 8],
    /// First 8 bytes of SHA-256 over the sorted (number, hash) of every number held in several versions; absent when there is none.
    #[cbor(n(3), with = "minicbor::bytes")]
    pub forks: Option<[u8; 8]>,
}

/// A vector: one entry for every lane of which anything is held.
pub type Vector = BTreeMap<LaneId, Entry>;

/// First 16 bytes of SHA-256 over the sorted vector: for each lane, `lane | from u64 | n u64 | tag | 0` or `… | 1 | forks`.
pub fn digest(vector: &Vector) -> [u8; 16] {
    let mut sha = Sha256::new();
    for (lane, e) in vector {
        sha.update(lane.0);
        sha.update(e.from.to_be_bytes());
        sha.update(e.n.to_be_bytes());
        sha.update(e.tag);
        match e.forks {
            None => sha.update([0]),
            Some(forks) => {
                sha.update([1]);
                sha.update(forks);
            }
        }
    }
    first(&sha.finalize())
}

/// The `forks` of an entry over every (number, hash) that stands at a number held in several versions; `None` for none.
/// Bytes: `n u64 big-endian | hash[32]`, sorted.
pub fn forks(versions: impl IntoIterator<Item = (u64, RecordHash)>) -> Option<[u8; 8]> {
    let mut versions: Vec<_> = versions.into_iter().collect();
    if versions.is_empty() {
        return None;
    }
    versions.sort_unstable();
    let mut sha = Sha256::new();
    for (n, hash) in versions {
        sha.update(n.to_be_bytes());
        sha.update(hash.0);
    }
    Some(first(&sha.finalize()))
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
    /// `from`, tag or forks differ: lists of (number, hash) are needed to know what else is missing.
    pub list: bool,
    /// The entries end at different numbers: what I hold at this number must have this tag, else lists are needed as well.
    pub check: Option<(u64, [u8; 8])>,
}

/// What `theirs` lacks of `mine`, lane by lane; lanes about which there is nothing to do are left out. Entries are compared at the
/// smaller `n`. Where that is the other side's, only a look at what is held can tell: see [`Plan::check`]. Where it is mine, the
/// other side makes the comparison.
pub fn missing(mine: &Vector, theirs: &Vector) -> BTreeMap<LaneId, Plan> {
    let plan = |(lane, my): (&LaneId, &Entry)| {
        let plan = match theirs.get(lane) {
            None => Plan { after: Some(0), list: false, check: None },
            Some(their) => Plan {
                after: (my.n > their.n).then_some(their.n),
                list: my.from != their.from || my.forks != their.forks || (my.n == their.n && my.tag != their.tag),
                check: (my.n > their.n).then_some((their.n, their.tag)),
            },
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
