//! History: who changed what, and when. It is read out of the changes themselves, so what was taken out stays readable.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use automerge::legacy::{ElementId, Key, ObjectId, OpId, OpType};
use automerge::{ActorId, ScalarValue};
use serde::{Deserialize, Serialize};

use super::read::{Writers, writer};
use super::schema::{self, Class};
use super::{Document, first_hash};
use crate::id::{ItemId, PersonId};

/// One field of one edit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryEntry {
    /// When, on the wall clock of the writer's device, in seconds since 1970.
    pub at_s: i64,
    /// Who, if their device is known.
    pub by: Option<PersonId>,
    /// The item; `None` for the document itself.
    pub item: Option<ItemId>,
    /// The item's noun; empty for the document itself.
    pub noun: String,
    /// The field's key.
    pub field: String,
    /// The field's name for people; the key where this version does not know it.
    pub label: String,
    /// What was done.
    pub what: What,
    /// Written after the writer's device or membership had ended; it counts because others built on it.
    pub after_end: bool,
}

/// What an edit did to a field. Words are people's; persons stand as their ids.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// Put words in, or a member into a set.
    Added(String),
    /// Took words or a member out.
    Removed(String),
    /// Replaced a value, or words of a text; several earlier values stand with a thin bar between.
    Set {
        /// What stood there.
        from: String,
        /// What stands there after it.
        to: String,
    },
    /// Gave it another place in its list.
    Moved,
    /// Put it into the bin.
    Deleted,
    /// Took it out of the bin, or edited it there.
    Restored,
}

#[derive(Debug, Clone)]
enum Place {
    Items,
    Replaced,
    Map(Option<ItemId>),
    Text(Option<ItemId>, String),
}

/// What one edit did to one field, while its operations are gathered.
#[derive(Debug, Default)]
struct Touched {
    added: Vec<String>,
    removed: Vec<String>,
    from: Vec<String>,
    to: Option<String>,
    deleted: bool,
    last_in: Option<OpId>,
    last_out: u64,
}

struct Edit {
    at_s: i64,
    actor: ActorId,
    made: Vec<Option<ItemId>>,
    after_end: bool,
    fields: BTreeMap<(Option<ItemId>, String), Touched>,
}

#[derive(Default)]
struct Reader {
    places: HashMap<OpId, Place>,
    letters: HashMap<OpId, String>,
    values: HashMap<OpId, ScalarValue>,
    nouns: HashMap<ItemId, String>,
}

/// Every edit of a document, field by field, in an order in which nothing stands before what it rests on and which is the same on every
/// device. Changes of one large edit are one. Linear in the number of operations.
pub fn history(document: &Document, writers: &Writers) -> Vec<HistoryEntry> {
    history_of(document, writers, &BTreeSet::new())
}

/// As [`history`]; edits of which a change is in `after_end` were written past a cut and count because others built on them.
pub fn history_of(document: &Document, writers: &Writers, after_end: &BTreeSet<[u8; 32]>) -> Vec<HistoryEntry> {
    let mut changes = document.doc.get_changes(&[]);
    changes.sort_by(|a, b| (a.start_op(), a.actor_id()).cmp(&(b.start_op(), b.actor_id())));
    let mut reader = Reader::default();
    let mut edits: Vec<Edit> = Vec::new();
    let mut groups: HashMap<(ActorId, u32), usize> = HashMap::new();
    for change in changes {
        let group = change.message().and_then(super::Group::of).map(|g| (change.actor_id().clone(), g.id));
        let fresh = Edit {
            at_s: change.timestamp(),
            actor: change.actor_id().clone(),
            made: Vec::new(),
            after_end: false,
            fields: BTreeMap::new(),
        };
        let is_first = change.hash().0 == first_hash();
        let at = match &group {
            Some(group) => *groups.entry(group.clone()).or_insert(edits.len()),
            None => edits.len(),
        };
        if at == edits.len() {
            edits.push(fresh);
        }
        if let Some(edit) = edits.get_mut(at) {
            edit.after_end |= after_end.contains(&change.hash().0);
            reader.read(&change, edit);
            if is_first {
                edit.fields.clear();
            }
        }
    }
    edits.into_iter().flat_map(|e| entries(document, &reader.nouns, writers, e)).collect()
}

impl Reader {
    fn read(&mut self, change: &automerge::Change, edit: &mut Edit) {
        let expanded = change.decode();
        for (n, op) in (expanded.start_op.get()..).zip(expanded.operations) {
            let id = OpId(n, expanded.actor_id.clone());
            let place = match &op.obj {
                ObjectId::Root => Place::Map(None),
                ObjectId::Id(obj) => match self.places.get(obj) {
                    Some(place) => place.clone(),
                    None => continue,
                },
            };
            match (place, op.key) {
                (Place::Items, Key::Map(key)) => {
                    if let (OpType::Make(_), Ok(item)) = (&op.action, key.parse::<ItemId>()) {
                        self.places.insert(id, Place::Map(Some(item)));
                        edit.made.push(Some(item));
                    }
                }
                (Place::Map(item), Key::Map(key)) => self.map(id, item, &key, &op.action, op.pred.iter(), edit),
                (Place::Text(item, key), Key::Seq(element)) => {
                    let field = edit.fields.entry((item, key)).or_default();
                    match op.action {
                        OpType::Put(ScalarValue::Str(s)) if op.insert => {
                            let continues = matches!(&element, ElementId::Id(before) if field.last_in.as_ref() == Some(before));
                            push(&mut field.added, &s, continues);
                            field.last_in = Some(id.clone());
                            self.letters.insert(id, s.to_string());
                        }
                        OpType::Delete => {
                            let letter = element.as_opid().and_then(|e| self.letters.get(e)).map_or("", String::as_str);
                            let continues = field.last_out != 0 && n == field.last_out + 1;
                            push(&mut field.removed, letter, continues);
                            field.last_out = n;
                        }
                        _ => {}
                    }
                }
                _ => {}
            }
        }
    }

    fn map<'a>(
        &mut self,
        id: OpId,
        item: Option<ItemId>,
        key: &str,
        action: &OpType,
        pred: impl Iterator<Item = &'a OpId>,
        edit: &mut Edit,
    ) {
        match action {
            OpType::Make(_) => {
                let place = match (item, key) {
                    (None, "items") => Place::Items,
                    (None, "replaced") => Place::Replaced,
                    _ => Place::Text(item, key.to_owned()),
                };
                self.places.insert(id, place);
            }
            OpType::Put(value) => {
                if let (Some(item), "noun", ScalarValue::Str(noun)) = (item, key, value) {
                    self.nouns.insert(item, noun.to_string());
                    return;
                }
                let from: Vec<String> = pred.filter_map(|p| self.values.get(p)).map(words).collect();
                let field = edit.fields.entry((item, key.to_owned())).or_default();
                field.from.extend(from);
                field.to = Some(words(value));
                self.values.insert(id, value.clone());
            }
            OpType::Delete => {
                let from: Vec<String> = pred.filter_map(|p| self.values.get(p)).map(words).collect();
                let field = edit.fields.entry((item, key.to_owned())).or_default();
                field.from.extend(from);
                field.deleted = true;
            }
            _ => {}
        }
    }
}

fn push(runs: &mut Vec<String>, letter: &str, continues: bool) {
    match runs.last_mut() {
        Some(run) if continues => run.push_str(letter),
        _ => runs.push(letter.to_owned()),
    }
}

fn words(value: &ScalarValue) -> String {
    match value {
        ScalarValue::Str(s) => s.to_string(),
        ScalarValue::Boolean(b) => b.to_string(),
        ScalarValue::Int(n) | ScalarValue::Timestamp(n) => n.to_string(),
        ScalarValue::Uint(n) => n.to_string(),
        ScalarValue::Bytes(b) => hex::encode(b),
        _ => String::new(),
    }
}

/// Runs of one edit as they stand in the text: an edit writes from the back.
fn in_order(mut runs: Vec<String>) -> String {
    runs.reverse();
    runs.join(" … ")
}

fn entries(document: &Document, nouns: &HashMap<ItemId, String>, writers: &Writers, edit: Edit) -> Vec<HistoryEntry> {
    let mut out = Vec::new();
    let by = writer(writers, edit.actor.to_bytes());
    for ((item, key), touched) in edit.fields {
        let noun = item.and_then(|i| nouns.get(&i)).cloned().unwrap_or_default();
        let known = schema::field(document.kind, &noun, &key);
        let is_new = edit.made.contains(&item);
        let Some(what) = what(known.map(|f| f.class), &key, touched, is_new) else { continue };
        let label = known.map_or_else(|| key.clone(), |f| f.label.to_owned());
        out.push(HistoryEntry { at_s: edit.at_s, by, item, noun, field: key, label, what, after_end: edit.after_end });
    }
    out
}

fn what(class: Option<Class>, key: &str, t: Touched, is_new: bool) -> Option<What> {
    let set = |from: String, to: String| match (from.is_empty(), to.is_empty()) {
        (true, true) => None,
        (true, false) => Some(What::Added(to)),
        (false, true) => Some(What::Removed(from)),
        (false, false) => (from != to).then_some(What::Set { from, to }),
    };
    match class {
        Some(Class::Life) if key == "alive" => (t.deleted && t.to.is_none()).then_some(What::Deleted),
        // Deleting writes `deleted`; any later edit takes it out.
        Some(Class::Life) => (t.deleted && t.to.is_none()).then_some(What::Restored),
        Some(Class::Rank) => (!is_new && t.to.is_some()).then_some(What::Moved),
        Some(Class::Fixed) if matches!(key, "goal" | "from" | "pair") => None,
        Some(Class::Set) => {
            let member = key.split_once('/').map_or("", |(_, m)| m);
            let spelling = |v: &String| v.split_once(' ').map_or_else(|| member.to_owned(), |(_, s)| s.to_owned());
            match &t.to {
                Some(to) => t.from.is_empty().then(|| What::Added(spelling(to))),
                None => t.deleted.then(|| What::Removed(t.from.first().map_or_else(|| member.to_owned(), spelling))),
            }
        }
        Some(Class::Text) => set(in_order(t.removed), in_order(t.added)),
        Some(_) => {
            let mut from = t.from;
            from.sort();
            from.dedup();
            from.retain(|f| !f.is_empty());
            let to = t.to.unwrap_or_default();
            let from = from.join("│");
            (!from.is_empty() || !to.is_empty()).then_some(What::Set { from, to })
        }
        None if t.added.is_empty() && t.removed.is_empty() => set(t.from.join("│"), t.to.unwrap_or_default()),
        None => set(in_order(t.removed), in_order(t.added)),
    }
}
