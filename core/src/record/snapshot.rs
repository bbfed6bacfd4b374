//! A snapshot: everything of a space as one device had it, so that a new device need not read every record first. It only saves time: records verify it,
//! and where they do not agree they win.
//!
//! ```text
//! record   kind 2, its body a Reference: {0: bytes of the manifest, 1: [SHA-256 of each object …]}
//! object   nonce[24] | ciphertext under the epoch's content key; inside  len u32 | a part of the manifest | zeros to Padmé, floor 256
//! context  "ithaca/v1/snapshot" | epoch[32] | bytes of the manifest u64 | index u32 | count u32
//! ```

use ithaca_wire::vector::Sum;
use ithaca_wire::{LaneId, WireError, cbor, padding};
use minicbor::bytes::{ByteArray, ByteVec};
use minicbor::{Decode, Encode};
use sha2::{Digest, Sha256};

use super::body::{compress, few, inflate};
use super::frame::Opening;
use crate::id::{DeviceId, DocumentId, EpochId, Incarnation, RecordId};
use crate::identity::entropy::{Entropy, NoEntropy};
use crate::identity::keys::Secret;

/// Most bytes of a manifest; a space with more has no snapshot.
pub const MANIFEST: usize = 64 * 1024 * 1024;
/// Bytes of the manifest in one object, but the last.
pub const PART: usize = 1024 * 1024;
/// Bytes of events that a writer puts into one pack: under half of what one may inflate to.
const PACK: usize = 256 * 1024;
/// At least so many records beside the last snapshot before the next is made.
pub const RECORDS: u64 = 256;
/// At least so many bytes of records beside it, for the first.
pub const BYTES: u64 = 256 * 1024;

/// Whether the tail that a new device would have to read is as large as the snapshot it would read before: `records` and `bytes` came since the last one,
/// which was `last` bytes large (0 where there is none).
pub fn is_due(records: u64, bytes: u64, last: u64) -> bool {
    records >= RECORDS && bytes >= last.max(BYTES)
}

/// Why a snapshot was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SnapshotError {
    /// Not canonical CBOR of the stated shape, or too many parts.
    #[error("snapshot bytes: {0}")]
    Bytes(#[from] WireError),
    /// A manifest above the limit.
    #[error("a snapshot holds more than {MANIFEST} bytes")]
    TooLarge,
    /// Objects whose number or size is not what the record says.
    #[error("a snapshot has not the objects its record names")]
    Parts,
    /// An object that is not the one named, does not open, or is padded otherwise.
    #[error("an object of a snapshot does not open")]
    Seal,
    /// A pack that does not inflate under its cap.
    #[error("a pack of a snapshot does not inflate")]
    Pack,
    /// A version this one cannot read.
    #[error("a snapshot of version {0}")]
    Version(u8),
    /// A lane's opening of another space or epoch than it is, lanes that do not rise, or a number that cannot be.
    #[error("a snapshot's table of lanes is unsound")]
    Lanes,
    /// No random bytes.
    #[error("no random bytes")]
    Entropy,
}

impl From<NoEntropy> for SnapshotError {
    fn from(_: NoEntropy) -> Self {
        Self::Entropy
    }
}

/// What a record of kind *snapshot* says.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Reference {
    /// Bytes of the manifest.
    #[n(0)]
    pub size: u64,
    /// Hashes of the sealed objects, in order.
    #[n(1)]
    pub objects: Vec<ByteArray<32>>,
}

/// How far a lane is covered: the vector, and where a new device goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LaneLine {
    /// The lane.
    pub lane: LaneId,
    /// Its opening, which names epoch and writer.
    pub opening: Opening,
    /// Everything up to this number is in the snapshot.
    pub n: u64,
    /// The id of that record: what the next one is chained to.
    pub last: RecordId,
    /// Of what its maker held up to that number: with it a relay is asked for what comes after, and need not send a list of what comes before.
    pub sum: Sum,
}

/// One document as automerge saves it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct SavedDocument {
    /// Which.
    #[n(0)]
    pub id: DocumentId,
    /// Its kind's code.
    #[n(1)]
    pub kind: u16,
    /// Its heads, sorted.
    #[n(2)]
    pub heads: Vec<ByteArray<32>>,
    /// The document chunk.
    #[n(3)]
    pub saved: ByteVec,
}

/// What a snapshot holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Snapshot {
    /// Lanes, rising.
    pub lanes: Vec<LaneLine>,
    /// Documents that were not deleted for good.
    pub documents: Vec<SavedDocument>,
    /// Counting events in order, each with the device that stated it; from both its id follows.
    pub events: Vec<(DeviceId, Vec<u8>)>,
    /// Statements of the space and of its people.
    pub statements: Vec<Vec<u8>>,
    /// Under which incarnations devices wrote here.
    pub incarnations: Vec<(DeviceId, Incarnation)>,
}

#[derive(Encode, Decode)]
struct Line {
    #[n(0)]
    lane: LaneId,
    #[n(1)]
    opening: ByteVec,
    #[n(2)]
    n: u64,
    #[n(3)]
    last: RecordId,
    #[n(4)]
    #[cbor(with = "minicbor::bytes")]
    sum: [u8; 32],
}

#[derive(Encode, Decode)]
struct Stated {
    #[n(0)]
    device: DeviceId,
    #[n(1)]
    bytes: ByteVec,
}

#[derive(Encode, Decode)]
struct Life {
    #[n(0)]
    device: DeviceId,
    #[n(1)]
    incarnation: Incarnation,
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct Pack {
    #[n(0)]
    events: Vec<Stated>,
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct Manifest {
    #[n(0)]
    version: u8,
    #[n(1)]
    lanes: Vec<Line>,
    #[n(2)]
    documents: Vec<SavedDocument>,
    #[n(3)]
    packs: Vec<ByteVec>,
    #[n(4)]
    statements: Vec<ByteVec>,
    #[n(5)]
    incarnations: Vec<Life>,
}

impl Snapshot {
    /// The manifest.
    ///
    /// # Errors
    /// [`SnapshotError::TooLarge`]: this space has no snapshot.
    pub fn to_bytes(&self) -> Result<Vec<u8>, SnapshotError> {
        let mut packs: Vec<ByteVec> = Vec::new();
        let (mut pack, mut size) = (Pack { events: Vec::new() }, 0);
        for (device, bytes) in &self.events {
            if size + bytes.len() > PACK && !pack.events.is_empty() {
                packs.push(compress(&cbor::encode(&pack)).into());
                (pack.events, size) = (Vec::new(), 0);
            }
            size += bytes.len() + 64;
            pack.events.push(Stated { device: *device, bytes: bytes.clone().into() });
        }
        if !pack.events.is_empty() {
            packs.push(compress(&cbor::encode(&pack)).into());
        }
        let line = |l: &LaneLine| Line {
            lane: l.lane,
            opening: l.opening.to_bytes().to_vec().into(),
            n: l.n,
            last: l.last,
            sum: l.sum.to_bytes(),
        };
        let bytes = cbor::encode(&Manifest {
            version: 1,
            lanes: self.lanes.iter().map(line).collect(),
            documents: self.documents.clone(),
            packs,
            statements: self.statements.iter().map(|s| s.clone().into()).collect(),
            incarnations: self.incarnations.iter().map(|(d, i)| Life { device: *d, incarnation: *i }).collect(),
        });
        if bytes.len() > MANIFEST { Err(SnapshotError::TooLarge) } else { Ok(bytes) }
    }

    /// Reads a manifest. What stands in it is a claim: documents go through [`super::firewall::document`], statements have their own signatures, events and
    /// lanes are verified by the records behind them.
    ///
    /// # Errors
    /// See [`SnapshotError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, SnapshotError> {
        if bytes.len() > MANIFEST {
            return Err(SnapshotError::TooLarge);
        }
        let manifest: Manifest = cbor::decode("snapshot", bytes)?;
        if manifest.version != 1 {
            return Err(SnapshotError::Version(manifest.version));
        }
        let mut lanes: Vec<LaneLine> = Vec::new();
        for line in manifest.lanes {
            let opening = Opening::parse(&line.opening).map_err(|_| SnapshotError::Lanes)?;
            let rises = lanes.last().is_none_or(|l| l.lane < line.lane);
            if !rises || line.opening.len() != Opening::LEN || line.n == 0 || line.n > i64::MAX as u64 {
                return Err(SnapshotError::Lanes);
            }
            lanes.push(LaneLine { lane: line.lane, opening, n: line.n, last: line.last, sum: Sum::from_bytes(line.sum) });
        }
        let mut events = Vec::new();
        for pack in manifest.packs {
            let plain = inflate(&pack).ok_or(SnapshotError::Pack)?;
            few("pack", &plain)?;
            let pack: Pack = cbor::decode("pack", &plain)?;
            events.extend(pack.events.into_iter().map(|e| (e.device, Vec::from(e.bytes))));
        }
        Ok(Self {
            lanes,
            documents: manifest.documents,
            events,
            statements: manifest.statements.into_iter().map(Vec::from).collect(),
            incarnations: manifest.incarnations.into_iter().map(|l| (l.device, l.incarnation)).collect(),
        })
    }
}

impl Reference {
    /// The body of the record.
    pub fn to_bytes(&self) -> Vec<u8> {
        cbor::encode(self)
    }

    /// Reads the body of a record of kind *snapshot*.
    ///
    /// # Errors
    /// [`SnapshotError::TooLarge`], [`SnapshotError::Parts`] or [`SnapshotError::Bytes`].
    pub fn parse(body: &[u8]) -> Result<Self, SnapshotError> {
        few("snapshot record", body)?;
        let reference: Self = cbor::decode("snapshot record", body)?;
        let size = usize::try_from(reference.size).ok().filter(|s| *s <= MANIFEST).ok_or(SnapshotError::TooLarge)?;
        if size == 0 || reference.objects.len() != size.div_ceil(PART) { Err(SnapshotError::Parts) } else { Ok(reference) }
    }

    fn context(&self, epoch: &EpochId, index: usize) -> Vec<u8> {
        context(epoch, self.size, index, self.objects.len())
    }

    /// Opens the manifest out of its objects, in order.
    ///
    /// # Errors
    /// See [`SnapshotError`].
    pub fn open(&self, key: &Secret, epoch: &EpochId, objects: &[Vec<u8>]) -> Result<Vec<u8>, SnapshotError> {
        if objects.len() != self.objects.len() {
            return Err(SnapshotError::Parts);
        }
        let mut out = Vec::new();
        for (i, (object, hash)) in objects.iter().zip(&self.objects).enumerate() {
            if Sha256::digest(object).as_slice() != hash.as_slice() {
                return Err(SnapshotError::Seal);
            }
            let plain = key.open(&self.context(epoch, i), object).map_err(|_| SnapshotError::Seal)?;
            let (len, rest) = plain.split_first_chunk::<4>().ok_or(SnapshotError::Seal)?;
            let (part, zeros) = rest.split_at_checked(u32::from_be_bytes(*len) as usize).ok_or(SnapshotError::Seal)?;
            if part.len() > PART || object.len() != padded(part.len()) || zeros.iter().any(|b| *b != 0) {
                return Err(SnapshotError::Seal);
            }
            out.extend_from_slice(part);
        }
        if out.len() as u64 == self.size { Ok(out) } else { Err(SnapshotError::Parts) }
    }
}

/// Seals a manifest: what its record says, and the objects to be put on relays.
///
/// # Errors
/// [`SnapshotError::TooLarge`], [`SnapshotError::Entropy`].
pub fn seal(entropy: &mut dyn Entropy, key: &Secret, epoch: &EpochId, manifest: &[u8]) -> Result<(Reference, Vec<Vec<u8>>), SnapshotError> {
    if manifest.len() > MANIFEST {
        return Err(SnapshotError::TooLarge);
    }
    let size = manifest.len() as u64;
    let count = manifest.len().div_ceil(PART);
    let mut objects = Vec::with_capacity(count);
    for (i, part) in manifest.chunks(PART).enumerate() {
        let mut plain = (part.len() as u32).to_be_bytes().to_vec();
        plain.extend_from_slice(part);
        plain.resize(padded(part.len()) - AROUND, 0);
        objects.push(key.seal(entropy, &context(epoch, size, i, count), &plain)?);
    }
    let hashes = objects.iter().map(|o| ByteArray::from(<[u8; 32]>::from(Sha256::digest(o)))).collect();
    Ok((Reference { size, objects: hashes }, objects))
}

/// Nonce and tag of a sealed value.
const AROUND: usize = 24 + 16;

fn padded(part: usize) -> usize {
    padding::padded(part + 4 + AROUND)
}

fn context(epoch: &EpochId, size: u64, index: usize, count: usize) -> Vec<u8> {
    let (index, count) = (index as u32, count as u32);
    [b"ithaca/v1/snapshot".as_slice(), &epoch.0, &size.to_be_bytes(), &index.to_be_bytes(), &count.to_be_bytes()].concat()
}

#[cfg(test)]
#[path = "snapshot_tests.rs"]
mod tests;
