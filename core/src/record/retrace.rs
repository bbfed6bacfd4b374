//! Retracing: a change taken in by doing here what its author did there. Automerge walks the whole text for a change that it applies (18 ms at 50,000
//! letters), and seeks in it for one that is made; made again by the same actor on the same heads it is the same change, to the byte, and its hash says so.
//!
//! Only what people write goes this way: letters into and out of texts, values of maps. Whatever else a change holds, and whatever does not come out with
//! its hash, is left to be applied.

use std::panic::AssertUnwindSafe;

use automerge::legacy::{ElementId, Key, ObjectId, Op, OpId, OpType};
use automerge::transaction::{CommitOptions, Transactable, Transaction};
use automerge::{Automerge, Change, Cursor, ExpandedChange, ObjId, ReadDoc, ScalarValue};

/// Of more changes in one call the document is walked once, which costs less than so many seeks.
const FEW: usize = 8;
/// As [`FEW`], of operations in one change.
const SHORT: usize = 512;

/// The document with all of `changes`, predecessors first; `None` where one of them has to be applied.
pub fn retrace(doc: &Automerge, changes: &[Change]) -> Option<Automerge> {
    let (first, more) = changes.split_first().filter(|(_, more)| more.len() < FEW)?;
    more.iter().try_fold(retraced(doc, first)?, |with, change| retraced(&with, change))
}

/// As [`retrace`], of one change.
fn retraced(doc: &Automerge, change: &Change) -> Option<Automerge> {
    let (heads, deps) = (doc.get_heads(), change.deps());
    // Automerge names the actor's change before beside the heads.
    let is_next = deps.len() <= heads.len() + 1 && heads.iter().all(|h| deps.contains(h));
    if !is_next || change.len() > SHORT || !change.extra_bytes().is_empty() || change.author().is_some() {
        return None;
    }
    // On a copy (a hundredth of the time it saves): what comes out otherwise is thrown away whole. What is read here is foreign: automerge may panic.
    std::panic::catch_unwind(AssertUnwindSafe(|| {
        let (mut with, before) = (doc.clone(), doc.get_actor().clone());
        with.set_actor(change.actor_id().clone());
        let mut tx = with.transaction();
        let done = change.decode();
        again(&mut tx, &done)?;
        let mut options = CommitOptions::default().with_time(done.time);
        if let Some(message) = done.message {
            options.set_message(message);
        }
        let (made, _) = tx.commit_with(options);
        with.set_actor(before);
        (made == Some(change.hash()) && with.get_change_by_hash(&change.hash()).is_some()).then_some(with)
    }))
    .ok()
    .flatten()
}

/// Letters that follow each other, put in at once.
struct Run {
    text: ObjId,
    /// Before which letter.
    at: usize,
    letters: String,
    last: OpId,
}

/// Does the operations of a change one after the other.
fn again(tx: &mut Transaction<'_>, change: &ExpandedChange) -> Option<()> {
    let mut run: Option<Run> = None;
    for (op, counter) in change.operations.iter().zip(change.start_op.get()..) {
        let id = OpId(counter, change.actor_id.clone());
        if let OpType::Put(ScalarValue::Str(letter)) = &op.action
            && let Some(run) = run.as_mut().filter(|r| r.goes_on_with(op))
        {
            run.letters.push_str(letter);
            run.last = id;
            continue;
        }
        put(tx, run.take())?;
        let obj = object(&op.obj);
        match (&op.key, &op.action) {
            (Key::Seq(after), OpType::Put(ScalarValue::Str(letter))) if op.insert => {
                let at = match after {
                    ElementId::Head => 0,
                    ElementId::Id(id) => place(tx, &obj, id)?.checked_add(1)?,
                };
                run = Some(Run { text: obj, at, letters: letter.to_string(), last: id });
            }
            (Key::Seq(ElementId::Id(which)), OpType::Delete) => {
                let at = place(tx, &obj, which)?;
                tx.splice_text(&obj, at, 1, "").ok()?;
            }
            (Key::Map(key), OpType::Put(value)) => tx.put(&obj, key.as_str(), value.clone()).ok()?,
            (Key::Map(key), OpType::Delete) => tx.delete(&obj, key.as_str()).ok()?,
            (Key::Map(key), OpType::Make(kind)) => tx.put_object(&obj, key.as_str(), *kind).map(drop).ok()?,
            _ => return None,
        }
    }
    put(tx, run)
}

impl Run {
    fn goes_on_with(&self, op: &Op) -> bool {
        op.insert && matches!(&op.key, Key::Seq(ElementId::Id(after)) if *after == self.last)
    }
}

fn put(tx: &mut Transaction<'_>, run: Option<Run>) -> Option<()> {
    run.map_or(Some(()), |r| tx.splice_text(&r.text, r.at, 0, &r.letters).ok())
}

fn object(id: &ObjectId) -> ObjId {
    match id {
        ObjectId::Root => ObjId::Root,
        // The last number is where automerge looks for the actor first.
        ObjectId::Id(OpId(counter, actor)) => ObjId::Id(*counter, actor.clone(), 0),
    }
}

/// Where a letter stands.
fn place(tx: &Transaction<'_>, text: &ObjId, letter: &OpId) -> Option<usize> {
    let OpId(counter, actor) = letter;
    let cursor = Cursor::try_from(format!("{counter}@{}", actor.to_hex_string())).ok()?;
    tx.get_cursor_position(text, &cursor, None).ok()
}

#[cfg(test)]
#[path = "retrace_tests.rs"]
mod tests;
