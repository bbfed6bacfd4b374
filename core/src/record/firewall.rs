//! The entry firewall: what an automerge change says it is, counted before automerge sees it.
//!
//! Columns are run-length encoded, so a hundred bytes can name millions of rows. Everything here takes time and memory in proportion to the bytes,
//! and every sum of run lengths and every group count is capped. Column ids of a later version pass, under the same caps.

use std::collections::BTreeSet;
use std::io::Read;
use std::panic::AssertUnwindSafe;

use automerge::{Automerge, Change, ChangeHash};
use sha2::{Digest, Sha256};

use super::retrace::retrace;
use crate::id::{DeviceId, Incarnation, SpaceId};

/// An automerge actor.
pub type Actor = [u8; 16];

/// What a change may at most be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes, inflated.
    pub bytes: usize,
    /// Operations, and rows of any column outside a group.
    pub ops: u64,
    /// Predecessors in all, and rows of any column in a group.
    pub preds: u64,
    /// Changes it depends on.
    pub deps: u64,
    /// Other actors it names.
    pub actors: u64,
    /// Columns.
    pub columns: u64,
}

/// What is let in.
pub const RECEIVE: Limits = Limits { bytes: 256 * 1024, ops: 20_000, preds: 20_000, deps: 512, actors: 1024, columns: 64 };
/// What a writer keeps to: half of what is let in, and 64 KiB a change.
pub const WRITE: Limits = Limits { bytes: 64 * 1024, ops: 10_000, preds: 10_000, deps: 256, actors: 512, columns: 32 };

/// No operation counter reaches this.
pub const COUNTERS: u64 = u32::MAX as u64;

/// Why a chunk is not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Refused {
    /// Not an automerge chunk.
    #[error("not an automerge chunk")]
    Magic,
    /// A document, a bundle or a kind not known.
    #[error("chunk is no change")]
    Kind,
    /// Ends too early, or a length or number in it is wrong.
    #[error("chunk is malformed")]
    Malformed,
    /// Bytes after the chunk.
    #[error("chunk has bytes after its end")]
    Trailing,
    /// Larger than the limit, as it is or inflated.
    #[error("change is too large")]
    TooLarge,
    /// The checksum is of other bytes.
    #[error("chunk's checksum is wrong")]
    Checksum,
    /// The actor belongs to somebody else.
    #[error("change is by an unexpected actor")]
    Actor,
    /// More dependencies than the limit.
    #[error("change has too many dependencies")]
    TooManyDeps,
    /// More other actors than the limit, or one named twice or out of order.
    #[error("change names too many actors")]
    TooManyActors,
    /// Column ids that do not rise, too many of them, one deflated, or parts of a column that do not belong together.
    #[error("change has unsound columns")]
    Columns,
    /// More rows in a column than the limit.
    #[error("change has too many operations")]
    TooManyOps,
    /// More predecessors than the limit.
    #[error("change has too many predecessors")]
    TooManyPreds,
    /// A sequence number or first operation outside what can be counted.
    #[error("change's counters are out of range")]
    Counters,
    /// A document's heads are not those stated, or it does not begin with the fixed first change.
    #[error("document's heads are not those stated")]
    Heads,
    /// A message or name that is not UTF-8.
    #[error("change has text that is not UTF-8")]
    Text,
    /// A value whose bytes are not of its type.
    #[error("change has a malformed value")]
    Value,
}

/// What a document chunk inside a snapshot may at most be: bytes are of all its columns together, inflated. A larger document has no snapshot.
pub const SNAPSHOT: Limits = Limits { bytes: 64 * 1024 * 1024, ops: 500_000, preds: 500_000, deps: 20_000, actors: 4096, columns: 64 };

/// A change that was let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspected {
    /// The chunk, not deflated: what automerge is given.
    pub flat: Vec<u8>,
    /// Operations.
    pub n_ops: u64,
    /// The actor's how-manieth change, from 1.
    pub seq: u64,
    /// Counter of the first operation.
    pub start_op: u64,
    /// Who.
    pub actor: Actor,
    /// The other actors it names, rising.
    pub others: Vec<Vec<u8>>,
    /// Hashes of the changes it depends on.
    pub deps: Vec<[u8; 32]>,
    /// Its message, if any.
    pub message: Option<String>,
}

/// The actor of a device's incarnation in a space.
pub fn actor(space: SpaceId, device: DeviceId, incarnation: Incarnation) -> Actor {
    let hash = Sha256::digest([b"ithaca/v1/actor".as_slice(), &space.0, &device.0, &incarnation.0].concat());
    let mut actor = [0; 16];
    actor.iter_mut().zip(hash).for_each(|(a, h)| *a = h);
    actor
}

/// Looks at one chunk. `actors` are those of the author's device.
///
/// # Errors
/// [`Refused`] names the first reason.
pub fn inspect(chunk: &[u8], actors: &[Actor], limits: &Limits) -> Result<Inspected, Refused> {
    let mut head = Reader(chunk);
    if head.take(4).map_err(|_| Refused::Magic)? != [0x85, 0x6f, 0x4a, 0x83] {
        return Err(Refused::Magic);
    }
    let checksum = head.take(4)?;
    let kind = head.take(1)?;
    if kind != [1] && kind != [2] {
        return Err(Refused::Kind);
    }
    let len = head.unsigned()?;
    let data = head.take(len)?;
    if !head.0.is_empty() {
        return Err(Refused::Trailing);
    }
    if data.len() > limits.bytes {
        return Err(Refused::TooLarge);
    }
    let inflated;
    let body = if kind == [1] {
        data
    } else {
        inflated = inflate(data, limits.bytes)?;
        &inflated
    };
    let size = u64::try_from(body.len()).map_err(|_| Refused::TooLarge)?;
    let mut typed = vec![1];
    leb128::write::unsigned(&mut typed, size).map_err(|_| Refused::Malformed)?;
    if !Sha256::new().chain_update(&typed).chain_update(body).finalize().starts_with(checksum) {
        return Err(Refused::Checksum);
    }
    let mut inspected = read_body(body, actors, limits)?;
    let magic_and_checksum = chunk.get(..8).ok_or(Refused::Malformed)?;
    inspected.flat = [magic_and_checksum, &typed, body].concat();
    Ok(inspected)
}

/// Inflates at most `cap` bytes; the buffer never grows beyond it.
fn inflate(data: &[u8], cap: usize) -> Result<Vec<u8>, Refused> {
    let mut out = Vec::new();
    let mut buffer = [0; 4096];
    let mut decoder = flate2::bufread::DeflateDecoder::new(data);
    loop {
        let n = decoder.read(&mut buffer).map_err(|_| Refused::Malformed)?;
        if n == 0 {
            // What follows the stream automerge would pass over; nobody writes it.
            return if decoder.into_inner().is_empty() { Ok(out) } else { Err(Refused::Trailing) };
        }
        if out.len() + n > cap {
            return Err(Refused::TooLarge);
        }
        out.extend(buffer.iter().take(n));
    }
}

/// A document of a snapshot: walked under [`SNAPSHOT`] before automerge sees it, loaded, its heads computed again, and every change in it looked at as if it
/// had come alone. `actors` are those of the devices that write in the space; the fixed first change has its own.
///
/// # Errors
/// [`Refused`] names the first reason.
pub fn document(chunk: &[u8], heads: &[[u8; 32]], actors: &BTreeSet<Actor>, first: &[u8; 32]) -> Result<Automerge, Refused> {
    walk_document(chunk, heads, &SNAPSHOT)?;
    let options = automerge::LoadOptions::new().text_encoding(automerge::TextEncoding::UnicodeCodePoint);
    let loaded = std::panic::catch_unwind(AssertUnwindSafe(|| {
        // Checks that the heads stated are those of the changes inside.
        let doc = Automerge::load_with_options(chunk, options).ok()?;
        let changes: Vec<([u8; 32], Actor, Vec<u8>)> = doc
            .get_changes(&[])
            .into_iter()
            .map(|c| Some((c.hash().0, c.actor_id().to_bytes().try_into().ok()?, c.raw_bytes().to_vec())))
            .collect::<Option<_>>()?;
        Some((doc, changes))
    }));
    let (doc, changes) = loaded.ok().flatten().ok_or(Refused::Malformed)?;
    let mut held: Vec<[u8; 32]> = doc.get_heads().into_iter().map(|h| h.0).collect();
    held.sort_unstable();
    if held != heads || !changes.iter().any(|(hash, ..)| hash == first) {
        return Err(Refused::Heads);
    }
    for (hash, actor, bytes) in changes.iter().filter(|(hash, ..)| hash != first) {
        if !actors.contains(actor) {
            return Err(Refused::Actor);
        }
        let flat = inspect(bytes, &[*actor], &RECEIVE)?.flat;
        if Change::try_from(flat.as_slice()).map_err(|_| Refused::Malformed)?.hash().0 != *hash {
            return Err(Refused::Heads);
        }
    }
    Ok(doc)
}

/// Walks a document chunk; the heads it states must be `heads`, sorted.
fn walk_document(chunk: &[u8], heads: &[[u8; 32]], limits: &Limits) -> Result<(), Refused> {
    let mut head = Reader(chunk);
    if head.take(4).map_err(|_| Refused::Magic)? != [0x85, 0x6f, 0x4a, 0x83] {
        return Err(Refused::Magic);
    }
    let checksum = head.take(4)?;
    if head.take(1)? != [0] {
        return Err(Refused::Kind);
    }
    let len = head.unsigned()?;
    let body = head.take(len)?;
    if !head.0.is_empty() {
        return Err(Refused::Trailing);
    }
    if body.len() > limits.bytes {
        return Err(Refused::TooLarge);
    }
    let mut typed = vec![0];
    leb128::write::unsigned(&mut typed, len).map_err(|_| Refused::Malformed)?;
    if !Sha256::new().chain_update(&typed).chain_update(body).finalize().starts_with(checksum) {
        return Err(Refused::Checksum);
    }
    let mut r = Reader(body);
    let n_actors = r.unsigned()?;
    if n_actors > limits.actors {
        return Err(Refused::TooManyActors);
    }
    let mut last: Option<&[u8]> = None;
    for _ in 0..n_actors {
        let actor = r.prefixed()?;
        if actor.len() > 64 || last.is_some_and(|l| l >= actor) {
            return Err(Refused::TooManyActors);
        }
        last = Some(actor);
    }
    let n_heads = r.unsigned()?;
    if n_heads != heads.len() as u64 {
        return Err(Refused::Heads);
    }
    for stated in heads {
        if r.take(32)? != stated {
            return Err(Refused::Heads);
        }
    }
    let (changes, ops) = (column_specs(&mut r, limits)?, column_specs(&mut r, limits)?);
    let mut left = limits.bytes;
    for specs in [changes, ops] {
        let mut inflated: Vec<(u32, Vec<u8>)> = Vec::new();
        for (spec, len) in specs {
            let data = r.take(len)?;
            let data = if spec & DEFLATED == 0 { data.to_vec() } else { inflate(data, left)? };
            left = left.checked_sub(data.len()).ok_or(Refused::TooLarge)?;
            inflated.push((spec & !DEFLATED, data));
        }
        let columns: Vec<Column<'_>> = inflated.iter().map(|(spec, data)| Column { spec: *spec, data }).collect();
        // Indexes are below the number of actors, which `count` takes inclusively.
        count(&columns, n_actors.saturating_sub(1), limits)?;
        groups_match(&columns, limits)?;
    }
    // What follows are the places of the heads, which automerge checks, and bytes of later versions.
    Ok(())
}

/// The columns stated, rising by what they are; one may be deflated.
fn column_specs(r: &mut Reader<'_>, limits: &Limits) -> Result<Vec<(u32, u64)>, Refused> {
    let n = r.unsigned()?;
    if n > limits.columns {
        return Err(Refused::Columns);
    }
    let mut specs: Vec<(u32, u64)> = Vec::new();
    for _ in 0..n {
        let spec = u32::try_from(r.unsigned()?).map_err(|_| Refused::Columns)?;
        if specs.last().is_some_and(|(before, _)| before & !DEFLATED >= spec & !DEFLATED) {
            return Err(Refused::Columns);
        }
        specs.push((spec, r.unsigned()?));
    }
    Ok(specs)
}

/// The columns of every group have as many rows as its counts say.
fn groups_match(columns: &[Column<'_>], limits: &Limits) -> Result<(), Refused> {
    for group in columns.iter().filter(|c| c.kind() == GROUP) {
        let (mut total, mut counted) = (0u64, Rows { n: 0, cap: limits.ops, over: Refused::TooManyOps });
        rle(group.data, &mut counted, Reader::unsigned, |k, n| {
            total = k.checked_mul(n.unwrap_or(0)).and_then(|n| total.checked_add(n)).ok_or(Refused::TooManyPreds)?;
            Ok(())
        })?;
        for column in columns.iter().filter(|c| c.id() == group.id() && c.kind() != GROUP) {
            let mut rows = Rows { n: 0, cap: limits.preds, over: Refused::TooManyPreds };
            match column.kind() {
                DELTA => delta(column.data, &mut rows)?,
                ACTOR | INTEGER => rle(column.data, &mut rows, Reader::unsigned, |_, _| Ok(()))?,
                _ => return Err(Refused::Columns),
            }
            if rows.n != total {
                return Err(Refused::Columns);
            }
        }
    }
    Ok(())
}

fn read_body(body: &[u8], actors: &[Actor], limits: &Limits) -> Result<Inspected, Refused> {
    let mut r = Reader(body);
    let n_deps = r.unsigned()?;
    if n_deps > limits.deps {
        return Err(Refused::TooManyDeps);
    }
    let mut deps = Vec::new();
    for _ in 0..n_deps {
        deps.push(<[u8; 32]>::try_from(r.take(32)?).map_err(|_| Refused::Malformed)?);
    }
    let actor = r.prefixed()?;
    let actor = *actors.iter().find(|a| a.as_slice() == actor).ok_or(Refused::Actor)?;
    let (seq, start_op) = (r.unsigned()?, r.unsigned()?);
    r.signed()?; // time
    let message = std::str::from_utf8(r.prefixed()?).map_err(|_| Refused::Text)?;
    let n_actors = r.unsigned()?;
    if n_actors > limits.actors {
        return Err(Refused::TooManyActors);
    }
    let mut others: Vec<Vec<u8>> = Vec::new();
    for _ in 0..n_actors {
        let other = r.prefixed()?;
        // Automerge writes them sorted. Itself or one twice among them would give two indexes to one actor.
        if other.len() > 64 || other == actor || others.last().is_some_and(|last| last.as_slice() >= other) {
            return Err(Refused::TooManyActors);
        }
        others.push(other.to_vec());
    }
    let n_columns = r.unsigned()?;
    if n_columns > limits.columns {
        return Err(Refused::Columns);
    }
    let mut specs: Vec<(u32, u64)> = Vec::new();
    for _ in 0..n_columns {
        let spec = u32::try_from(r.unsigned()?).map_err(|_| Refused::Columns)?;
        if spec & DEFLATED != 0 || specs.last().is_some_and(|(before, _)| *before >= spec) {
            return Err(Refused::Columns);
        }
        specs.push((spec, r.unsigned()?));
    }
    let mut columns: Vec<Column<'_>> = Vec::new();
    for (spec, len) in specs {
        columns.push(Column { spec, data: r.take(len)? });
    }
    let n_ops = count(&columns, n_actors, limits)?;
    // What follows is automerge's "extra bytes": carried, never read.
    let last_op = start_op.checked_add(n_ops).ok_or(Refused::Counters)?;
    if seq == 0 || seq >= COUNTERS || start_op == 0 || last_op >= COUNTERS {
        return Err(Refused::Counters);
    }
    let message = (!message.is_empty()).then(|| message.to_owned());
    Ok(Inspected { flat: Vec::new(), n_ops, seq, start_op, actor, others, deps, message })
}

const DEFLATED: u32 = 0b1000;
const GROUP: u32 = 0;
const ACTOR: u32 = 1;
const INTEGER: u32 = 2;
const DELTA: u32 = 3;
const BOOLEAN: u32 = 4;
const STRING: u32 = 5;
const VALUE_META: u32 = 6;
const VALUE: u32 = 7;

/// Column 4, integers: what each operation does. As many rows as operations.
const ACTION: u32 = (4 << 4) | INTEGER;
/// Column 0, integers: counters of the objects that operations are on.
const OBJECT_COUNTER: u32 = INTEGER;
const PRED_GROUP: u32 = (7 << 4) | GROUP;

#[derive(Clone, Copy)]
struct Column<'a> {
    spec: u32,
    data: &'a [u8],
}

impl Column<'_> {
    fn id(&self) -> u32 {
        self.spec >> 4
    }

    fn kind(&self) -> u32 {
        self.spec & 0b111
    }
}

/// Walks every column; returns how many operations there are.
fn count(columns: &[Column<'_>], n_actors: u64, limits: &Limits) -> Result<u64, Refused> {
    let mut n_ops = 0;
    let mut group: Option<u32> = None;
    let mut meta: Option<(u32, u64)> = None;
    for column in columns {
        if let Some((id, len)) = meta.take() {
            // Value bytes follow their metadata, or there are none.
            let has = if column.id() == id && column.kind() == VALUE { column.data.len() as u64 } else { 0 };
            if has != len {
                return Err(Refused::Value);
            }
            if column.id() == id && column.kind() == VALUE {
                continue;
            }
        }
        let in_group = group == Some(column.id());
        let (cap, over) = if in_group { (limits.preds, Refused::TooManyPreds) } else { (limits.ops, Refused::TooManyOps) };
        let mut rows = Rows { n: 0, cap, over };
        match column.kind() {
            GROUP => {
                group = Some(column.id());
                let mut total = 0u64;
                rle(column.data, &mut rows, Reader::unsigned, |k, count| {
                    total = k.checked_mul(count.unwrap_or(0)).and_then(|n| total.checked_add(n)).ok_or(Refused::TooManyPreds)?;
                    if total > limits.preds { Err(Refused::TooManyPreds) } else { Ok(()) }
                })?;
                if column.spec == PRED_GROUP {
                    members_match(columns, column.id(), total, limits)?;
                }
            }
            ACTOR => {
                rle(
                    column.data,
                    &mut rows,
                    Reader::unsigned,
                    |_, a| if a.is_some_and(|a| a > n_actors) { Err(Refused::Actor) } else { Ok(()) },
                )?
            }
            // Read into 32 bits without a check of their own.
            INTEGER if column.spec == OBJECT_COUNTER => rle(column.data, &mut rows, Reader::unsigned, |_, c| {
                if c.is_some_and(|c| c >= COUNTERS) { Err(Refused::Counters) } else { Ok(()) }
            })?,
            INTEGER => rle(column.data, &mut rows, Reader::unsigned, |_, _| Ok(()))?,
            DELTA => delta(column.data, &mut rows)?,
            BOOLEAN => boolean(column.data, &mut rows)?,
            STRING => rle(column.data, &mut rows, Reader::text, |_, _| Ok(()))?,
            VALUE_META => {
                let mut total = 0u64;
                rle(column.data, &mut rows, Reader::unsigned, |k, m| {
                    total = k.checked_mul(m.unwrap_or(0) >> 4).and_then(|n| total.checked_add(n)).ok_or(Refused::Value)?;
                    Ok(())
                })?;
                meta = Some((column.id(), total));
            }
            // Value bytes without metadata.
            _ => return Err(Refused::Columns),
        }
        if column.spec == ACTION {
            n_ops = rows.n;
        }
    }
    if meta.is_some_and(|(_, len)| len != 0) {
        return Err(Refused::Value);
    }
    Ok(n_ops)
}

/// The predecessors' actors and counters are as many as their group counts say.
fn members_match(columns: &[Column<'_>], id: u32, total: u64, limits: &Limits) -> Result<(), Refused> {
    for kind in [ACTOR, DELTA] {
        let mut rows = Rows { n: 0, cap: limits.preds, over: Refused::TooManyPreds };
        match columns.iter().find(|c| c.id() == id && c.kind() == kind) {
            Some(c) if kind == ACTOR => rle(c.data, &mut rows, Reader::unsigned, |_, _| Ok(()))?,
            Some(c) => delta(c.data, &mut rows)?,
            None => {}
        }
        if rows.n != total {
            return Err(Refused::Columns);
        }
    }
    Ok(())
}

/// Rows counted so far in one column.
struct Rows {
    n: u64,
    cap: u64,
    over: Refused,
}

impl Rows {
    fn add(&mut self, k: u64) -> Result<(), Refused> {
        self.n = self.n.checked_add(k).filter(|n| *n <= self.cap).ok_or(self.over)?;
        Ok(())
    }
}

/// Walks a run-length column: `see(k, value)` for k equal values in a row, `None` for nulls. Time is proportional to the bytes.
fn rle<'a, T>(
    data: &'a [u8],
    rows: &mut Rows,
    read: impl Fn(&mut Reader<'a>) -> Result<T, Refused>,
    mut see: impl FnMut(u64, Option<T>) -> Result<(), Refused>,
) -> Result<(), Refused> {
    let mut r = Reader(data);
    while !r.0.is_empty() {
        let head = r.signed()?;
        if head > 0 {
            rows.add(head.unsigned_abs())?;
            see(head.unsigned_abs(), Some(read(&mut r)?))?;
        } else if head < 0 {
            rows.add(head.unsigned_abs())?;
            for _ in 0..head.unsigned_abs() {
                see(1, Some(read(&mut r)?))?;
            }
        } else {
            let k = r.unsigned()?;
            rows.add(k)?;
            see(k, None)?;
        }
    }
    Ok(())
}

/// A delta column: the running sum stays within what an operation's counter can be.
fn delta(data: &[u8], rows: &mut Rows) -> Result<(), Refused> {
    let mut sum = 0i64;
    rle(data, rows, Reader::signed, |k, step| {
        let Some(step) = step else { return Ok(()) };
        let k = i64::try_from(k).map_err(|_| Refused::Counters)?;
        sum = step.checked_mul(k).and_then(|by| sum.checked_add(by)).ok_or(Refused::Counters)?;
        // The sum is monotone within a run, so its ends bound it.
        if (0..COUNTERS as i64).contains(&sum) { Ok(()) } else { Err(Refused::Counters) }
    })
}

/// A boolean column: lengths of alternating runs.
fn boolean(data: &[u8], rows: &mut Rows) -> Result<(), Refused> {
    let mut r = Reader(data);
    while !r.0.is_empty() {
        rows.add(r.unsigned()?)?;
    }
    Ok(())
}

/// Why a change that was let in was not applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum NotApplied {
    /// Changes it depends on are not in the document, which is as before.
    #[error("changes it depends on are not held")]
    MissingDeps,
    /// Automerge returned an error; the document is as before.
    #[error("change does not fit the document")]
    Unfit,
    /// Automerge panicked. The document is now empty and must be built again from its changes, without this one.
    #[error("change breaks the document")]
    Broken,
}

/// As [`apply_changes`], of changes that were looked at and not read yet.
///
/// # Errors
/// See [`apply_changes`].
pub fn apply(doc: &mut Automerge, seen: &[Inspected]) -> Result<(), NotApplied> {
    let read = |one: &Inspected| Change::try_from(one.flat.as_slice()).map_err(|_| NotApplied::Unfit);
    apply_changes(doc, seen.iter().map(read).collect::<Result<_, _>>()?)
}

/// Takes changes in, in an order in which none comes before what it depends on: retraced where that can be, else applied at once.
///
/// # Errors
/// See [`apply_at_once`].
pub fn apply_changes(doc: &mut Automerge, changes: Vec<Change>) -> Result<(), NotApplied> {
    match retrace(doc, &changes) {
        Some(with) => {
            *doc = with;
            Ok(())
        }
        None => apply_at_once(doc, changes),
    }
}

/// Applies changes, in an order in which none comes before what it depends on, behind a wall. A change can be well-formed and still name an object, an
/// element, an actor or a sequence number the document does not have; for these automerge 0.12 panics, or keeps operations that it can later not
/// read back. So panics are caught, and what was applied is read back. Where several are applied and it fails, the caller tries them one by one.
///
/// # Errors
/// [`NotApplied`] says whether the document is still there.
pub fn apply_at_once(doc: &mut Automerge, changes: Vec<Change>) -> Result<(), NotApplied> {
    let mut hashes: BTreeSet<ChangeHash> = BTreeSet::new();
    for change in &changes {
        // With a dependency missing automerge would queue it, and the panic would fall on the change that completes it.
        if change.deps().iter().any(|d| !hashes.contains(d) && doc.get_change_meta_by_hash(d).is_none()) {
            return Err(NotApplied::MissingDeps);
        }
        hashes.insert(change.hash());
    }
    let mut owned = std::mem::take(doc);
    let applied = std::panic::catch_unwind(AssertUnwindSafe(move || {
        let heads = owned.get_heads();
        hashes.retain(|h| owned.get_change_meta_by_hash(h).is_none());
        let result = owned.apply_changes(changes);
        if result.is_ok() {
            owned.get_changes(&heads).iter().for_each(|c| {
                hashes.remove(&c.hash());
            });
        }
        (owned, result.is_ok(), hashes.is_empty())
    }));
    match applied {
        Ok((back, true, true)) => *doc = back,
        Ok((_, true, false)) | Err(_) => return Err(NotApplied::Broken),
        Ok((back, false, _)) => {
            *doc = back;
            return Err(NotApplied::Unfit);
        }
    }
    Ok(())
}

/// The document's saved form, if automerge can load it again to the same heads. Now and then (seen once in 20,000 mutated changes) one is applied and read back, and yet what
/// is saved afterwards cannot be loaded; so nothing saved replaces changes before it was loaded once.
pub fn saved(doc: &Automerge) -> Option<Vec<u8>> {
    let saved = std::panic::catch_unwind(AssertUnwindSafe(|| {
        let bytes = doc.save();
        let same = Automerge::load(&bytes).is_ok_and(|again| again.get_heads() == doc.get_heads());
        same.then_some(bytes)
    }));
    saved.ok().flatten()
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, n: u64) -> Result<&'a [u8], Refused> {
        let n = usize::try_from(n).map_err(|_| Refused::Malformed)?;
        let (head, rest) = self.0.split_at_checked(n).ok_or(Refused::Malformed)?;
        self.0 = rest;
        Ok(head)
    }

    /// LEB128 in its shortest form, as automerge demands.
    fn unsigned(&mut self) -> Result<u64, Refused> {
        let before = self.0;
        let value = leb128::read::unsigned(&mut self.0).map_err(|_| Refused::Malformed)?;
        let used = before.len() - self.0.len();
        if used > 1 && before.get(used - 1) == Some(&0) { Err(Refused::Malformed) } else { Ok(value) }
    }

    fn signed(&mut self) -> Result<i64, Refused> {
        let before = self.0;
        let value = leb128::read::signed(&mut self.0).map_err(|_| Refused::Malformed)?;
        let used = before.len() - self.0.len();
        let mut shortest = Vec::new();
        leb128::write::signed(&mut shortest, value).map_err(|_| Refused::Malformed)?;
        if before.get(..used) == Some(&shortest) { Ok(value) } else { Err(Refused::Malformed) }
    }

    fn prefixed(&mut self) -> Result<&'a [u8], Refused> {
        let n = self.unsigned()?;
        self.take(n)
    }

    fn text(&mut self) -> Result<&'a str, Refused> {
        std::str::from_utf8(self.prefixed()?).map_err(|_| Refused::Text)
    }
}

#[cfg(test)]
#[path = "firewall_tests.rs"]
mod tests;
