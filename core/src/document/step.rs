//! A step: one small operation of an edit, planned before anything is written, so that the number of changes is known first.

use automerge::transaction::{CommitOptions, Transactable, Transaction};
use automerge::{ActorId, Change, Cursor, ObjId, ObjType, ROOT, ReadDoc, ScalarValue, Value};
use sha2::{Digest, Sha256};

use super::{Author, Document, DocumentError, schema};

/// Most operations of one change; half of what the firewall takes.
pub const MAX_OPS: usize = 10_000;
/// Most bytes of text in one change. Four bytes a code point and the columns beside stay under 64 KiB of change.
const MAX_TEXT: usize = 40 * 1024;
/// Largest piece of a splice: well under both.
const PIECE: usize = 2_000;
/// Longest single value, in bytes.
pub const MAX_VALUE: usize = 32 * 1024;

/// The way to an object from the root: empty, `body`, `items`/id, `items`/id/field.
pub(crate) type Path = Vec<String>;

pub(crate) enum Step {
    /// Puts a value; the key must be in the table.
    Put { at: Path, key: String, value: ScalarValue },
    /// Deletes a key.
    Delete { at: Path, key: String },
    /// Makes an empty map or text.
    Make { at: Path, key: String, kind: ObjType },
    /// Takes out and puts in, in code points.
    Splice { at: Path, pos: usize, delete: usize, insert: String },
    /// Remembers that the `len` letters at `pos` replace the words that began at `taken`.
    Replaced { at: Path, id: String, pos: usize, len: usize, taken: Vec<Cursor> },
}

impl Step {
    fn cost(&self) -> (usize, usize) {
        match self {
            Self::Splice { delete, insert, .. } => (delete + insert.chars().count(), insert.len() + delete * 4),
            Self::Put { value: ScalarValue::Str(s), .. } => (1, s.len() + 64),
            Self::Replaced { taken, .. } => (1, 64 + 32 * taken.len()),
            _ => (1, 64),
        }
    }
}

/// Cuts large splices into pieces that land where the whole would.
fn cut(steps: Vec<Step>) -> Vec<Step> {
    let mut out = Vec::with_capacity(steps.len());
    for step in steps {
        match step {
            Step::Splice { at, pos, delete, insert } if delete > PIECE || insert.len() > PIECE => {
                let mut left = delete;
                while left > 0 {
                    let n = left.min(PIECE);
                    out.push(Step::Splice { at: at.clone(), pos, delete: n, insert: String::new() });
                    left -= n;
                }
                let (mut at_pos, mut piece, mut n) = (pos, String::new(), 0);
                for c in insert.chars() {
                    piece.push(c);
                    n += 1;
                    if n == PIECE {
                        out.push(Step::Splice { at: at.clone(), pos: at_pos, delete: 0, insert: std::mem::take(&mut piece) });
                        (at_pos, n) = (at_pos + n, 0);
                    }
                }
                if n > 0 {
                    out.push(Step::Splice { at, pos: at_pos, delete: 0, insert: piece });
                }
            }
            other => out.push(other),
        }
    }
    out
}

/// A change of an edit that became several: shown when all are there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Group {
    /// The edit, within its actor.
    pub id: u32,
    /// Which change of it, from 1.
    pub index: u32,
    /// How many there are, at least 2.
    pub count: u32,
}

/// The group a change belongs to; `None` for a change that stands alone. The message of a change of a group is `id index/count`, the id
/// as 8 hexadecimal digits.
pub fn group_of(change: &[u8]) -> Option<Group> {
    Group::of(Change::from_bytes(change.to_vec()).ok()?.message()?)
}

impl Group {
    /// The group that a change's message names; see [`group_of`].
    pub fn of(message: &str) -> Option<Self> {
        let (id, rest) = message.split_once(' ')?;
        let (index, count) = rest.split_once('/')?;
        let group = Self { id: u32::from_str_radix(id, 16).ok()?, index: index.parse().ok()?, count: count.parse().ok()? };
        (id.len() == 8 && group.count > 1 && (1..=group.count).contains(&group.index)).then_some(group)
    }
}

/// Runs planned steps as one change, or as a group. All or nothing.
pub(crate) fn run(document: &mut Document, author: &Author, steps: Vec<Step>) -> Result<Vec<Vec<u8>>, DocumentError> {
    let mut batches: Vec<Vec<Step>> = Vec::new();
    let (mut ops, mut bytes) = (usize::MAX, usize::MAX);
    for step in cut(steps) {
        let (o, b) = step.cost();
        let full = ops.saturating_add(o) > MAX_OPS || bytes.saturating_add(b) > MAX_TEXT;
        if full {
            batches.push(Vec::new());
            (ops, bytes) = (0, 0);
        }
        ops += o;
        bytes += b;
        if let Some(batch) = batches.last_mut() {
            batch.push(step);
        }
    }
    // A group that fails half way must leave nothing behind; a single transaction rolls back by itself.
    let whole = (batches.len() > 1).then(|| document.doc.clone());
    let result = run_batches(document, author, &batches);
    if let (Err(_), Some(whole)) = (&result, whole) {
        document.doc = whole;
    }
    result
}

fn run_batches(document: &mut Document, author: &Author, batches: &[Vec<Step>]) -> Result<Vec<Vec<u8>>, DocumentError> {
    let kind = document.kind;
    document.doc.set_actor(ActorId::from(author.actor.as_slice()));
    let hash =
        Sha256::new().chain_update(b"ithaca/v1/group").chain_update(author.actor).chain_update(author.clock.0.to_be_bytes()).finalize();
    let group = hex::encode(hash.get(..4).unwrap_or_default());
    let mut out = Vec::new();
    for (i, batch) in batches.iter().enumerate() {
        let mut tx = document.doc.transaction();
        for step in batch {
            if let Err(e) = perform(&mut tx, kind, step) {
                tx.rollback();
                return Err(e);
            }
        }
        if tx.pending_ops() == 0 {
            tx.rollback();
            continue;
        }
        let mut options = CommitOptions::default().with_time(author.wall_ms.div_euclid(1000));
        if batches.len() > 1 {
            options.set_message(format!("{group} {}/{}", i + 1, batches.len()));
        }
        if let (Some(hash), _) = tx.commit_with(options)
            && let Some(change) = document.doc.get_change_by_hash(&hash)
        {
            out.push(change.raw_bytes().to_vec());
        }
    }
    Ok(out)
}

/// The object a path leads to; `None` when something on the way is missing or no object.
pub(crate) fn object<D: ReadDoc>(doc: &D, path: &[String]) -> Option<ObjId> {
    path.iter().try_fold(ROOT, |at, key| match doc.get(&at, key.as_str()) {
        Ok(Some((Value::Object(_), id))) => Some(id),
        _ => None,
    })
}

fn perform(tx: &mut Transaction<'_>, kind: super::DocumentKind, step: &Step) -> Result<(), DocumentError> {
    let at = match step {
        Step::Put { at, .. } | Step::Delete { at, .. } | Step::Make { at, .. } | Step::Splice { at, .. } | Step::Replaced { at, .. } => at,
    };
    let obj = object(tx, at).ok_or_else(|| DocumentError::NoSuchItem(at.join("/")))?;
    match step {
        Step::Put { key, value, .. } => {
            check_key(tx, kind, at, key)?;
            if matches!(value, ScalarValue::Str(s) if s.len() > MAX_VALUE) {
                return Err(DocumentError::Value(schema::pattern(key)));
            }
            tx.put(&obj, key.as_str(), value.clone())?;
        }
        Step::Delete { key, .. } => {
            check_key(tx, kind, at, key)?;
            tx.delete(&obj, key.as_str())?;
        }
        Step::Make { key, kind: made, .. } => {
            if at.as_slice() != ["items"] {
                check_key(tx, kind, at, key)?;
            }
            tx.put_object(&obj, key.as_str(), *made)?;
        }
        Step::Splice { pos, delete, insert, .. } => {
            let delete = isize::try_from(*delete).unwrap_or(isize::MAX);
            tx.splice_text(&obj, *pos, delete, insert)?;
        }
        Step::Replaced { id, pos, len, taken, .. } => {
            let first = tx.get_cursor(&obj, *pos, None)?;
            let last = tx.get_cursor(&obj, pos + len.saturating_sub(1), None)?;
            let map = object(tx, &["replaced".to_owned()]).ok_or_else(|| DocumentError::NoSuchItem("replaced".into()))?;
            let run = super::text::RunRecord::new(at, &first, &last, taken);
            tx.put(&map, id.as_str(), ScalarValue::Bytes(ithaca_wire::cbor::encode(&run)))?;
        }
    }
    Ok(())
}

/// Nothing is written that the table does not list.
fn check_key<D: ReadDoc>(doc: &D, kind: super::DocumentKind, at: &[String], key: &str) -> Result<(), DocumentError> {
    let noun = match at {
        [] => String::new(),
        [items, _] if items == "items" && key == "noun" => return Ok(()),
        [items, _] if items == "items" => {
            let obj = object(doc, at).ok_or_else(|| DocumentError::NoSuchItem(at.join("/")))?;
            super::read::string_of(doc, &obj, "noun").unwrap_or_default()
        }
        _ => return Err(DocumentError::UnknownField(schema::pattern(key))),
    };
    schema::field(kind, &noun, key).map(|_| ()).ok_or_else(|| DocumentError::UnknownField(schema::pattern(key)))
}
