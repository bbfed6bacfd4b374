//! The body of a content record: what one device says in one batch.
//!
//! A canonical CBOR map: 0 frontier `[[lane, n, tag[8]] …]` · 1 statements `[bytes …]` · 2 incarnations other than the lane's, under
//! which changes below were made `[bytes16 …]` · 3 content, compressed · 4 id of the dictionary it is compressed with · 5 what of the device's other lanes was
//! said again `[[lane, first, last] …]`.
//! Content, inflated: a map 0 changes `[[document[16], kind, [chunk …]] …]` · 1 events `[bytes …]`. Unknown keys are passed over and stay
//! in the record's bytes, so that a later version reads them there.

use std::cell::RefCell;
use std::sync::LazyLock;

use ithaca_wire::{LaneId, WireError, cbor};
use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};
use zstd::bulk::{Compressor, Decompressor};
use zstd::dict::{DecoderDictionary, EncoderDictionary};

use crate::id::{DocumentId, Incarnation};

/// Most bytes that content may inflate to.
pub const INFLATED: usize = 1 << 20;
/// Most bytes of content that a writer puts into one record before compression: half of what a reader takes.
pub const WRITTEN: usize = 120 * 1024;
/// Most items (numbers, strings, arrays, maps) in a body, in its content, in one event and in one statement. A million empty strings in a megabyte would take
/// twenty-five in memory. A writer's 120 KiB of the shortest events are under half of it.
pub const ITEMS: usize = 16 * 1024;
/// The dictionary that this version compresses with.
const DICTIONARY: u8 = 1;
static DICTIONARY_1: &[u8] = include_bytes!("dictionary-1.bin");
/// Content up to this size is compressed as hard as zstd can: it takes a fraction of a millisecond and saves a seventh of a message.
const SMALL: usize = 8 * 1024;
static COMPRESS_SMALL: LazyLock<EncoderDictionary<'static>> = LazyLock::new(|| EncoderDictionary::copy(DICTIONARY_1, 19));
/// For what stays on this device: a seventh of the time, for one byte more a message.
static COMPRESS_AT_REST: LazyLock<EncoderDictionary<'static>> = LazyLock::new(|| EncoderDictionary::copy(DICTIONARY_1, 5));
static COMPRESS: LazyLock<EncoderDictionary<'static>> = LazyLock::new(|| EncoderDictionary::copy(DICTIONARY_1, 3));
static INFLATE: LazyLock<DecoderDictionary<'static>> = LazyLock::new(|| DecoderDictionary::copy(DICTIONARY_1));

/// What every zstd frame begins with; left out.
const MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// Why a body was set aside.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    /// Not the CBOR that a body is.
    #[error(transparent)]
    Wire(#[from] WireError),
    /// A dictionary of a later version: kept, and read after an update.
    #[error("content compressed with dictionary {0}, from a newer version")]
    Dictionary(u8),
    /// Content that is no zstd frame, or inflates above [`INFLATED`].
    #[error("content does not inflate within {INFLATED} bytes")]
    Inflate,
}

/// One lane's line in a frontier: this device has accepted it up to `n`, whose record's id begins with `tag`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct Seen {
    /// The lane.
    #[n(0)]
    pub lane: LaneId,
    /// Last accepted number.
    #[n(1)]
    pub n: u64,
    /// First 8 bytes of the id of the record at `n`.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub tag: [u8; 8],
}

/// Numbers of another lane of the same device, whose content it has said again: who lacks those records misses nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct Again {
    /// The lane where they stood.
    #[n(0)]
    pub lane: LaneId,
    /// First of them.
    #[n(1)]
    pub first: u64,
    /// Last of them.
    #[n(2)]
    pub last: u64,
}

/// Changes of one document, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct DocumentChanges {
    /// The document.
    #[n(0)]
    pub document: DocumentId,
    /// Its kind's wire code, see [`crate::document::DocumentKind`].
    #[n(1)]
    pub kind: u16,
    /// automerge change chunks.
    #[n(2)]
    pub chunks: Vec<ByteVec>,
}

/// What is compressed together.
#[derive(Debug, Clone, PartialEq, Eq, Default, Encode, Decode)]
#[cbor(map)]
struct Content {
    #[n(0)]
    changes: Option<Vec<DocumentChanges>>,
    #[n(1)]
    events: Option<Vec<ByteVec>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Encode, Decode)]
#[cbor(map)]
struct Packed {
    #[n(0)]
    frontier: Option<Vec<Seen>>,
    #[n(1)]
    statements: Option<Vec<ByteVec>>,
    #[n(2)]
    incarnations: Option<Vec<Incarnation>>,
    #[n(3)]
    content: Option<ByteVec>,
    #[n(4)]
    dictionary: Option<u8>,
    #[n(5)]
    again: Option<Vec<Again>>,
}

/// A body, read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Body {
    /// What the device has accepted of other lanes, where that changed.
    pub frontier: Vec<Seen>,
    /// Statements, each under its own signature.
    pub statements: Vec<Vec<u8>>,
    /// Earlier incarnations of the device under which some of the changes were made.
    pub incarnations: Vec<Incarnation>,
    /// Changes by document.
    pub changes: Vec<DocumentChanges>,
    /// Events of this device.
    pub events: Vec<Vec<u8>>,
    /// What of other lanes of this device it has said again, in this lane up to here.
    pub again: Vec<Again>,
}

fn some<T>(v: Vec<T>) -> Option<Vec<T>> {
    (!v.is_empty()).then_some(v)
}

fn bytes(v: Vec<Vec<u8>>) -> Option<Vec<ByteVec>> {
    some(v.into_iter().map(ByteVec::from).collect())
}

fn plain(v: Option<Vec<ByteVec>>) -> Vec<Vec<u8>> {
    v.unwrap_or_default().into_iter().map(Vec::from).collect()
}

impl Body {
    /// Whether it says nothing but what was received, and where own records are found: such a record is never itself answered.
    pub fn is_only_frontier(&self) -> bool {
        self.statements.is_empty() && self.changes.is_empty() && self.events.is_empty()
    }

    /// Bytes of the changes and events.
    pub fn content_len(&self) -> usize {
        let changes: usize = self.changes.iter().flat_map(|c| &c.chunks).map(|c| c.len()).sum();
        changes + self.events.iter().map(Vec::len).sum::<usize>()
    }

    /// Changes and events as they are before compression; `None` when there are none.
    pub fn content(&self) -> Option<Vec<u8>> {
        (!self.changes.is_empty() || !self.events.is_empty())
            .then(|| cbor::encode(&Content { changes: some(self.changes.clone()), events: bytes(self.events.clone()) }))
    }

    /// The bytes that go into a record.
    pub fn to_bytes(self) -> Vec<u8> {
        let content = self.content();
        let dictionary = content.as_ref().map(|_| DICTIONARY);
        cbor::encode(&Packed {
            frontier: some(self.frontier),
            statements: bytes(self.statements),
            incarnations: some(self.incarnations),
            content: content.map(|c| compress(&c).into()),
            dictionary,
            again: some(self.again),
        })
    }

    /// Reads a body, inflating its content under the cap.
    ///
    /// # Errors
    /// See [`BodyError`].
    pub fn parse(body: &[u8]) -> Result<Self, BodyError> {
        few("record body", body)?;
        let packed: Packed = cbor::decode("record body", body)?;
        let content = match (packed.content, packed.dictionary) {
            (None, _) => Content::default(),
            (Some(bytes), Some(DICTIONARY)) => {
                let content = inflate(&bytes).ok_or(BodyError::Inflate)?;
                few("record content", &content)?;
                cbor::decode("record content", &content)?
            }
            (Some(_), other) => return Err(BodyError::Dictionary(other.unwrap_or(0))),
        };
        for event in content.events.iter().flatten() {
            few("event", event)?;
        }
        Ok(Self {
            frontier: packed.frontier.unwrap_or_default(),
            statements: plain(packed.statements),
            incarnations: packed.incarnations.unwrap_or_default(),
            changes: content.changes.unwrap_or_default(),
            events: plain(content.events),
            again: packed.again.unwrap_or_default(),
        })
    }
}

/// Whether `bytes` hold at most [`ITEMS`] items of CBOR, counted without keeping any. What is no CBOR is left to whoever decodes it.
pub(crate) fn few(what: &'static str, bytes: &[u8]) -> Result<(), WireError> {
    let (mut rest, mut n) = (bytes, 0);
    while let Some((first, mut tail)) = rest.split_first() {
        let (major, short) = (first >> 5, first & 31);
        let mut value = u64::from(short);
        if (24..=27).contains(&short) {
            let Some((argument, after)) = tail.split_at_checked(1 << (short - 24)) else { return Ok(()) };
            value = argument.iter().fold(0, |v, b| v << 8 | u64::from(*b));
            tail = after;
        }
        let skip = if matches!(major, 2 | 3) { usize::try_from(value).unwrap_or(usize::MAX) } else { 0 };
        let Some((_, after)) = tail.split_at_checked(skip) else { return Ok(()) };
        rest = after;
        n += 1;
        if n > ITEMS {
            return Err(WireError::TooMany { what, limit: ITEMS });
        }
    }
    Ok(())
}

thread_local! {
    // Making one costs more than what it is used for. Those of small content and of inflating stay with their thread; large content makes its own.
    static COMPRESSOR: RefCell<Option<Compressor<'static>>> = const { RefCell::new(None) };
    static COMPRESSOR_AT_REST: RefCell<Option<Compressor<'static>>> = const { RefCell::new(None) };
    static DECOMPRESSOR: RefCell<Option<Decompressor<'static>>> = const { RefCell::new(None) };
}

/// Uses a thread's context, made if it is not there; one that failed is not used again.
fn with<C, T>(slot: &RefCell<Option<C>>, make: impl FnOnce() -> Option<C>, act: impl FnOnce(&mut C) -> Option<T>) -> Option<T> {
    let mut held = slot.take().or_else(make)?;
    let done = act(&mut held)?;
    slot.replace(Some(held));
    Some(done)
}

fn compressor(dictionary: &'static EncoderDictionary<'static>) -> Option<Compressor<'static>> {
    let mut new = Compressor::with_prepared_dictionary(dictionary).ok()?;
    new.include_dictid(false).ok()?;
    new.include_checksum(false).ok()?;
    Some(new)
}

/// One zstd frame under the shipped dictionary, without the four bytes that every frame begins with; the dictionary's id stands beside it
/// and not in it. The same bytes give the same frame under one version of zstd only: nothing may rest on that.
pub fn compress(bytes: &[u8]) -> Vec<u8> {
    if bytes.len() > SMALL {
        return unmarked(compressor(&COMPRESS).and_then(|mut c| c.compress(bytes).ok()));
    }
    unmarked(COMPRESSOR.with(|slot| with(slot, || compressor(&COMPRESS_SMALL), |c| c.compress(bytes).ok())))
}

/// As [`compress`], in less time and to a few more bytes.
pub fn compress_at_rest(bytes: &[u8]) -> Vec<u8> {
    unmarked(COMPRESSOR_AT_REST.with(|slot| with(slot, || compressor(&COMPRESS_AT_REST), |c| c.compress(bytes).ok())))
}

/// A frame without its first four bytes. zstd fails on memory alone; what cannot be compressed here could not be sent either, and an empty frame reads
/// as an error.
fn unmarked(frame: Option<Vec<u8>>) -> Vec<u8> {
    frame.and_then(|frame| frame.strip_prefix(&MAGIC).map(<[u8]>::to_vec)).unwrap_or_default()
}

/// The inverse of [`compress`]; `None` for no frame of ours or more than [`INFLATED`] bytes.
pub fn inflate(bytes: &[u8]) -> Option<Vec<u8>> {
    let frame = [&MAGIC, bytes].concat();
    let bound = Decompressor::<'static>::upper_bound(&frame).unwrap_or(INFLATED).min(INFLATED);
    let make = || Decompressor::with_prepared_dictionary(&INFLATE).ok();
    DECOMPRESSOR.with(|slot| with(slot, make, |d| d.decompress(&frame, bound).ok()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_body_comes_back_and_unknown_keys_are_passed_over() {
        let body = Body {
            frontier: vec![Seen { lane: LaneId([1; 16]), n: 300, tag: [2; 8] }],
            statements: vec![vec![1, 2, 3]],
            incarnations: vec![Incarnation([3; 16])],
            changes: vec![DocumentChanges { document: DocumentId([4; 16]), kind: 2, chunks: vec![vec![5; 100].into()] }],
            events: vec![b"words".to_vec()],
            again: vec![Again { lane: LaneId([6; 16]), first: 2, last: 300 }],
        };
        let bytes = body.clone().to_bytes();
        assert_eq!(Body::parse(&bytes).unwrap(), body);
        let mut newer = bytes.clone();
        newer[0] += 1; // one more pair in the map
        newer.extend([0x18, 99, 0x01]);
        assert_eq!(Body::parse(&newer).unwrap(), body);
        assert!(Body::parse(&[bytes.as_slice(), &[0]].concat()).is_err());
    }

    fn bytes(most: usize) -> impl Strategy<Value = Vec<u8>> {
        prop::collection::vec(any::<u8>(), 0..most)
    }

    fn bodies() -> impl Strategy<Value = Body> {
        let changes = prop::collection::vec((any::<[u8; 16]>(), any::<u16>(), prop::collection::vec(bytes(300), 0..4)), 0..4);
        let frontier = prop::collection::vec((any::<[u8; 16]>(), any::<u64>(), any::<[u8; 8]>()), 0..4);
        let list = || prop::collection::vec(bytes(200), 0..4);
        let again = prop::collection::vec((any::<[u8; 16]>(), any::<u64>(), any::<u64>()), 0..3);
        let lives = prop::collection::vec(any::<[u8; 16]>(), 0..3);
        (frontier, list(), lives, changes, list(), again).prop_map(|(f, statements, i, c, events, again)| Body {
            frontier: f.into_iter().map(|(lane, n, tag)| Seen { lane: LaneId(lane), n, tag }).collect(),
            statements,
            incarnations: i.into_iter().map(Incarnation).collect(),
            changes: c
                .into_iter()
                .map(|(id, kind, chunks)| DocumentChanges {
                    document: DocumentId(id),
                    kind,
                    chunks: chunks.into_iter().map(ByteVec::from).collect(),
                })
                .collect(),
            events,
            again: again.into_iter().map(|(lane, first, last)| Again { lane: LaneId(lane), first, last }).collect(),
        })
    }

    proptest! {
        #[test]
        fn any_body_comes_back_and_no_change_of_its_bytes_panics(body in bodies(), at in any::<prop::sample::Index>(), to in any::<u8>()) {
            let mut packed = body.clone().to_bytes();
            prop_assert_eq!(Body::parse(&packed), Ok(body));
            let at = at.index(packed.len());
            packed[at] = to;
            let _ = Body::parse(&packed);
            let _ = Body::parse(&packed[..at]);
        }

        #[test]
        fn what_is_compressed_comes_back_and_nothing_panics(plain in bytes(20_000), noise in bytes(300)) {
            prop_assert_eq!(inflate(&compress(&plain)), Some(plain));
            let _ = (inflate(&noise), Body::parse(&noise));
        }
    }

    #[test]
    fn a_writer_s_fill_of_the_shortest_events_is_under_half_of_what_a_reader_takes() {
        use crate::event::{Event, SPACE_SUBJECT, payload::Pause};
        let shortest =
            Event { subject: SPACE_SUBJECT, parents: vec![], clock: 1 << 40, wall_ms: 1 << 40, payload: Pause { reason: None }.into() };
        let bytes = shortest.encode();
        let n = WRITTEN / (bytes.len() + 1);
        assert!(n * 2 < ITEMS, "{n} events of {} bytes", bytes.len());
        assert_eq!(Body::parse(&Body { events: vec![bytes; n], ..Body::default() }.to_bytes()).unwrap().events.len(), n);
    }

    #[test]
    fn content_that_inflates_beyond_the_cap_is_refused() {
        let bomb = compress(&vec![0; INFLATED + 1]);
        assert!(bomb.len() < 1000 && inflate(&bomb).is_none());
        let packed = Packed { content: Some(bomb.into()), dictionary: Some(DICTIONARY), ..Packed::default() };
        assert_eq!(Body::parse(&cbor::encode(&packed)), Err(BodyError::Inflate));
        let newer = Packed { content: Some(vec![1].into()), dictionary: Some(9), ..Packed::default() };
        assert_eq!(Body::parse(&cbor::encode(&newer)), Err(BodyError::Dictionary(9)));
    }
}
