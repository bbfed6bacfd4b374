//! The inside of a record, before it is sealed and after it was opened.
//!
//! ```text
//! inner    kind u8 | flags u8 | (opening[169], n = 1) | len u32 | body | sig[64] | zeros
//! opening  suite u8 | space[32] | epoch[32] | device[32] | incarnation[16] | from lane[16] | from n u64 | from id[32]
//! id       SHA-256("ithaca/v1/record" | opening of the lane | lane | n u64 | prev[32] | kind | flags | body)
//! ```
//! Numbers are big-endian. `sig` is Ed25519 over the id and stands inside the seal.

use ithaca_wire::LaneId;
use sha2::{Digest, Sha256};

use crate::id::{DeviceId, EpochId, Incarnation, RecordId, SpaceId};

/// The only suite so far: Ed25519, XChaCha20-Poly1305, SHA-256.
pub const SUITE: u8 = 1;
/// Most bytes of a body.
pub const BODY: usize = 256 * 1024;
/// Flag: an opening follows. Set in the first record of a lane and in no other.
const HAS_OPENING: u8 = 1;
/// Everything inside but opening and body.
const FIXED: usize = 1 + 1 + 4 + 64;

/// What a record carries. Unknown kinds are kept, chained, counted, and read after an update.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Changes, events, statements and frontiers.
    Content,
    /// Names the sealed objects of a snapshot.
    Snapshot,
    /// Of a later version.
    Unknown(u8),
}

impl Kind {
    fn code(self) -> u8 {
        match self {
            Kind::Content => 1,
            Kind::Snapshot => 2,
            Kind::Unknown(code) => code,
        }
    }

    fn from_code(code: u8) -> Self {
        match code {
            1 => Kind::Content,
            2 => Kind::Snapshot,
            other => Kind::Unknown(other),
        }
    }
}

/// What the first record of a lane says about the lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opening {
    /// The space written in.
    pub space: SpaceId,
    /// The epoch whose key seals the lane.
    pub epoch: EpochId,
    /// The device that writes and signs.
    pub device: DeviceId,
    /// Its incarnation.
    pub incarnation: Incarnation,
    /// Lane, number and id of the last record this device sealed in the space before; zeros for its first.
    pub from: (LaneId, u64, RecordId),
}

impl Opening {
    /// Length in bytes.
    pub const LEN: usize = 1 + 32 * 3 + 16 + 16 + 8 + 32;

    /// The bytes.
    pub fn to_bytes(&self) -> [u8; Self::LEN] {
        let mut out = [0; Self::LEN];
        let parts: [&[u8]; 8] = [
            &[SUITE],
            &self.space.0,
            &self.epoch.0,
            &self.device.0,
            &self.incarnation.0,
            &self.from.0.0,
            &self.from.1.to_be_bytes(),
            &self.from.2.0,
        ];
        let mut at = 0;
        for part in parts {
            out[at..at + part.len()].copy_from_slice(part);
            at += part.len();
        }
        out
    }

    /// Reads what [`Self::to_bytes`] wrote.
    ///
    /// # Errors
    /// See [`FrameError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, FrameError> {
        let mut r = Reader(bytes);
        let suite = r.array::<1>()?[0];
        if suite != SUITE {
            return Err(FrameError::Suite(suite));
        }
        Ok(Self {
            space: SpaceId(r.array()?),
            epoch: EpochId(r.array()?),
            device: DeviceId(r.array()?),
            incarnation: Incarnation(r.array()?),
            from: (LaneId(r.array()?), u64::from_be_bytes(r.array()?), RecordId(r.array()?)),
        })
    }
}

/// Why an opened record's layout was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// It ends before its parts do.
    #[error("a record ends too early inside its seal")]
    Truncated,
    /// A body above [`BODY`].
    #[error("a record's body of {0} bytes is larger than {BODY}")]
    BodyTooLarge(usize),
    /// An opening where none belongs, or none where one does.
    #[error("only the first record of a lane carries an opening")]
    Opening,
    /// A suite this version does not know.
    #[error("suite {0} is not known here")]
    Suite(u8),
    /// Bytes other than zero after the signature, or more or fewer than the padding rule gives.
    #[error("a record's padding is not what its length asks for")]
    Padding,
}

/// A record opened, its layout checked, its signature not yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inner {
    /// What it carries.
    pub kind: Kind,
    flags: u8,
    /// Present in the first record of a lane.
    pub opening: Option<Opening>,
    /// What it says; see [`super::body`].
    pub body: Vec<u8>,
    /// Signature over the id.
    pub sig: [u8; 64],
}

impl Inner {
    /// An inside to be signed: the flags follow from the opening.
    pub fn new(kind: Kind, opening: Option<Opening>, body: Vec<u8>) -> Self {
        Self { kind, flags: if opening.is_some() { HAS_OPENING } else { 0 }, opening, body, sig: [0; 64] }
    }

    /// The record's id in its lane: what its signature covers, whatever seal it travels under.
    pub fn id(&self, opening: &Opening, lane: LaneId, n: u64, prev: &RecordId) -> RecordId {
        let mut sha = Sha256::new();
        sha.update(b"ithaca/v1/record");
        sha.update(opening.to_bytes());
        sha.update(lane.0);
        sha.update(n.to_be_bytes());
        sha.update(prev.0);
        sha.update([self.kind.code(), self.flags]);
        sha.update(&self.body);
        RecordId(sha.finalize().into())
    }

    /// The bytes to seal, padded so that `outside` (header and tag) and they together have a padded length.
    pub fn to_bytes(&self, outside: usize) -> Vec<u8> {
        let raw = FIXED + self.body.len() + self.opening.map_or(0, |_| Opening::LEN);
        let total = ithaca_wire::padding::padded(raw + outside) - outside;
        let mut out = Vec::with_capacity(total);
        out.extend([self.kind.code(), self.flags]);
        if let Some(opening) = &self.opening {
            out.extend(opening.to_bytes());
        }
        out.extend((self.body.len() as u32).to_be_bytes());
        out.extend(&self.body);
        out.extend(self.sig);
        out.resize(total, 0);
        out
    }

    /// Reads what [`Self::to_bytes`] wrote for record number `n`.
    ///
    /// # Errors
    /// See [`FrameError`].
    pub fn parse(bytes: &[u8], n: u64, outside: usize) -> Result<Self, FrameError> {
        let mut r = Reader(bytes);
        let [kind, flags] = r.array()?;
        if (flags & HAS_OPENING != 0) != (n == 1) {
            return Err(FrameError::Opening);
        }
        let opening = if n == 1 { Some(Opening::parse(r.take(Opening::LEN)?)?) } else { None };
        let len = u32::from_be_bytes(r.array()?) as usize;
        if len > BODY {
            return Err(FrameError::BodyTooLarge(len));
        }
        let body = r.take(len)?.to_vec();
        let sig = r.array()?;
        let used = bytes.len() - r.0.len();
        if r.0.iter().any(|b| *b != 0) || ithaca_wire::padding::padded(used + outside) != bytes.len() + outside {
            return Err(FrameError::Padding);
        }
        Ok(Self { kind: Kind::from_code(kind), flags, opening, body, sig })
    }
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, n: usize) -> Result<&'a [u8], FrameError> {
        let (a, b) = self.0.split_at_checked(n).ok_or(FrameError::Truncated)?;
        self.0 = b;
        Ok(a)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], FrameError> {
        let (a, b) = self.0.split_first_chunk::<N>().ok_or(FrameError::Truncated)?;
        self.0 = b;
        Ok(*a)
    }
}
