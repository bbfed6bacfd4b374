//! Reading: registers with all their values, sets, items, ticks and ranks, out of a document's maps.

use std::collections::BTreeMap;

use automerge::{ObjId, ROOT, ReadDoc, ScalarValue, Value};
use serde::{Deserialize, Serialize};

use super::Document;
use super::step::{Path, object};
use crate::id::{ItemId, PersonId};

/// One value of a register.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Scalar {
    /// Cleared.
    Null,
    /// Yes or no.
    Flag(bool),
    /// A whole number: an instant in milliseconds, an amount.
    Number(i64),
    /// Words, a date `YYYY-MM-DD`, an id.
    Text(String),
}

impl Scalar {
    /// As words for people.
    pub fn words(&self) -> String {
        match self {
            Self::Null => String::new(),
            Self::Flag(b) => b.to_string(),
            Self::Number(n) => n.to_string(),
            Self::Text(t) => t.clone(),
        }
    }

    fn of(value: &Value<'_>) -> Option<Self> {
        let Value::Scalar(scalar) = value else { return None };
        Some(match scalar.as_ref() {
            ScalarValue::Null => Self::Null,
            ScalarValue::Boolean(b) => Self::Flag(*b),
            ScalarValue::Int(n) | ScalarValue::Timestamp(n) => Self::Number(*n),
            ScalarValue::Uint(n) => Self::Number(i64::try_from(*n).unwrap_or(i64::MAX)),
            ScalarValue::Str(s) => Self::Text(s.to_string()),
            ScalarValue::Bytes(b) => Self::Text(hex::encode(b)),
            _ => return None,
        })
    }
}

impl From<Scalar> for ScalarValue {
    fn from(s: Scalar) -> Self {
        match s {
            Scalar::Null => Self::Null,
            Scalar::Flag(b) => Self::Boolean(b),
            Scalar::Number(n) => Self::Int(n),
            Scalar::Text(t) => Self::Str(t.into()),
        }
    }
}

/// A value with who wrote it when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The value.
    pub value: Scalar,
    /// The automerge actor.
    pub actor: Vec<u8>,
    /// Wall seconds of its change.
    pub at: i64,
}

/// Maps an automerge actor to the person whose device it was.
pub type Writers = BTreeMap<[u8; 16], PersonId>;

/// The person behind an actor, if known.
pub fn writer(writers: &Writers, actor: &[u8]) -> Option<PersonId> {
    <[u8; 16]>::try_from(actor).ok().and_then(|a| writers.get(&a).copied())
}

pub(crate) fn actor_of(id: &ObjId) -> Vec<u8> {
    match id {
        ObjId::Id(_, actor, _) => actor.to_bytes().to_vec(),
        ObjId::Root => Vec::new(),
    }
}

/// A map inside a document: the root, or an item.
#[derive(Debug, Clone)]
pub struct Item<'d> {
    document: &'d Document,
    /// The way to it; empty for the root.
    pub path: Path,
    obj: ObjId,
}

pub(crate) fn string_of<D: ReadDoc>(doc: &D, obj: &ObjId, key: &str) -> Option<String> {
    match doc.get(obj, key) {
        Ok(Some((Value::Scalar(s), _))) => s.as_str().map(str::to_owned),
        _ => None,
    }
}

impl<'d> Item<'d> {
    /// The document's own fields.
    pub fn root(document: &'d Document) -> Self {
        Self { document, path: Vec::new(), obj: ROOT }
    }

    /// An item by id, alive or not.
    pub fn get(document: &'d Document, id: ItemId) -> Option<Self> {
        let path = vec!["items".to_owned(), id.to_string()];
        let obj = object(&document.doc, &path)?;
        Some(Self { document, path, obj })
    }

    /// All items of a noun, deleted ones too, by id.
    pub fn all(document: &'d Document, noun: &str) -> Vec<(ItemId, Self)> {
        let Some(items) = object(&document.doc, &["items".to_owned()]) else { return Vec::new() };
        let ids: Vec<ItemId> = document.doc.keys(&items).filter_map(|k| k.parse().ok()).collect();
        ids.into_iter().filter_map(|id| Self::get(document, id).map(|i| (id, i))).filter(|(_, i)| i.text_of("noun") == noun).collect()
    }

    /// Items of a noun that live, in the order people gave them: rank, then id.
    pub fn living(document: &'d Document, noun: &str) -> Vec<(ItemId, Self)> {
        let mut out: Vec<_> = Self::all(document, noun).into_iter().filter(|(_, i)| i.is_alive()).collect();
        out.sort_by_cached_key(|(id, i)| (i.text_of("rank"), *id));
        out
    }

    /// Whether it lives: `alive` has a value.
    pub fn is_alive(&self) -> bool {
        matches!(self.document.doc.get(&self.obj, "alive"), Ok(Some(_)))
    }

    /// Deleted by somebody, and kept since somebody else edited it without knowing.
    pub fn is_kept(&self) -> bool {
        self.is_alive() && matches!(self.document.doc.get(&self.obj, "deleted"), Ok(Some(_)))
    }

    /// Who edited it last and when, as automerge orders it.
    pub fn last_edit(&self) -> Option<Written> {
        self.values("alive").pop()
    }

    /// The greatest hybrid clock of an edit of it, out of its `alive` marks; 0 when it is deleted or has no life of its own.
    pub fn clock(&self) -> u64 {
        let all = self.document.doc.get_all(&self.obj, "alive").unwrap_or_default();
        let clock = |v: &Value<'_>| match v {
            Value::Scalar(s) => match s.as_ref() {
                ScalarValue::Bytes(mark) => mark.get(..6).map(|m| m.iter().fold(0, |n, b| (n << 8) | u64::from(*b))),
                _ => None,
            },
            Value::Object(_) => None,
        };
        all.iter().filter_map(|(v, _)| clock(v)).max().unwrap_or(0)
    }

    /// Who made an item and when: nobody writes its noun again.
    pub fn made(&self) -> Option<Written> {
        self.values("noun").pop()
    }

    /// Whether several concurrent values stand in a register, equal ones included.
    pub fn is_contested(&self, key: &str) -> bool {
        self.document.doc.get_all(&self.obj, key).is_ok_and(|all| all.len() > 1)
    }

    /// Every distinct value of a register, the displayed one of automerge last. A field of a later version reads the same.
    pub fn values(&self, key: &str) -> Vec<Written> {
        let doc = &self.document.doc;
        let mut out: Vec<Written> = Vec::new();
        for (value, id) in doc.get_all(&self.obj, key).unwrap_or_default() {
            let Some(value) = Scalar::of(&value) else { continue };
            let at = doc.hash_for_opid(&id).and_then(|h| doc.get_change_meta_by_hash(&h)).map_or(0, |c| c.timestamp);
            out.retain(|w| w.value != value);
            out.push(Written { value, actor: actor_of(&id), at });
        }
        out
    }

    /// The value automerge shows.
    pub fn value(&self, key: &str) -> Scalar {
        match self.document.doc.get(&self.obj, key) {
            Ok(Some((v, _))) => Scalar::of(&v).unwrap_or(Scalar::Null),
            _ => Scalar::Null,
        }
    }

    /// A register as words; empty when cleared or never set.
    pub fn text_of(&self, key: &str) -> String {
        self.value(key).words()
    }

    /// A register as words; `None` when cleared, never set or empty.
    pub fn some(&self, key: &str) -> Option<String> {
        Some(self.text_of(key)).filter(|t| !t.is_empty())
    }

    /// The earliest of a date's values: the cautious one. Cleared values stand back.
    pub fn earliest(&self, key: &str) -> Option<String> {
        self.values(key).into_iter().map(|w| w.value.words()).filter(|d| !d.is_empty()).min()
    }

    /// A text inside it, as people read it.
    pub fn reading(&self, key: &str) -> super::text::Reading {
        let mut path = self.path.clone();
        path.push(key.to_owned());
        super::text::read(self.document, &path)
    }

    /// Keys that begin with `prefix/`, without it.
    pub fn keys_under(&self, prefix: &str) -> Vec<String> {
        let from = format!("{prefix}/");
        self.document.doc.keys(&self.obj).filter_map(|k| k.strip_prefix(&from).map(str::to_owned)).collect()
    }

    /// All keys.
    pub fn keys(&self) -> Vec<String> {
        self.document.doc.keys(&self.obj).collect()
    }

    /// An add-wins set: the spelling shown for each member, sorted by key.
    pub fn set(&self, prefix: &str) -> Vec<String> {
        self.keys_under(prefix).iter().map(|k| self.spelling(prefix, k)).collect()
    }

    /// The first spelling of a set's member.
    pub(crate) fn spelling(&self, prefix: &str, key: &str) -> String {
        let all = self.values(&format!("{prefix}/{key}"));
        let first = all.iter().filter_map(|w| match &w.value {
            Scalar::Text(t) => t.split_once(' '),
            _ => None,
        });
        first.min().map_or_else(|| key.to_owned(), |(_, s)| s.to_owned())
    }

    /// Ticks: who, and the date each ticked; cleared ones left out.
    pub fn ticks(&self, prefix: &str) -> Vec<Tick> {
        let person = |k: &String| k.parse::<PersonId>().ok();
        self.keys_under(prefix)
            .iter()
            .filter_map(|k| Some(Tick { person: person(k)?, date: self.some(&format!("{prefix}/{k}"))? }))
            .collect()
    }
}

/// Somebody ticked something off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tick {
    /// Who.
    pub person: PersonId,
    /// When: a calendar day.
    pub date: String,
}

/// The ways to every text of a document, sorted.
pub(crate) fn text_paths(document: &Document) -> Vec<Path> {
    let mut out = vec![vec!["body".to_owned()]];
    let Some(items) = object(&document.doc, &["items".to_owned()]) else { return out };
    for id in document.doc.keys(&items) {
        let at = vec!["items".to_owned(), id];
        let Some(obj) = object(&document.doc, &at) else { continue };
        for key in document.doc.keys(&obj) {
            if matches!(document.doc.get(&obj, key.as_str()), Ok(Some((v, _))) if super::text::is_text(&v)) {
                let mut path = at.clone();
                path.push(key);
                out.push(path);
            }
        }
    }
    out
}

/// A rank between two others: a string of lower-case letters, never ending in `a`, ordered as text. Empty bounds are the ends.
pub fn rank_between(before: &str, after: &str) -> String {
    let digit = |s: &[u8], i: usize, none: u8| s.get(i).map_or(none, |b| b.saturating_sub(b'a').min(25));
    let (lo, hi) = (before.as_bytes(), after.as_bytes());
    let (mut out, mut i, mut bounded) = (String::new(), 0, !hi.is_empty() && hi > lo);
    // Ranks made here always have room one letter past the longer bound; foreign ones may not, and get a place near.
    let most = lo.len().max(hi.len()).min(1_024) + 2;
    while i < most {
        let low = digit(lo, i, 0);
        let high = if bounded { digit(hi, i, 0) } else { 26 };
        if high > low + 1 {
            out.push(char::from(b'a' + (low + high) / 2));
            return out;
        }
        out.push(char::from(b'a' + low));
        bounded = bounded && high == low;
        i += 1;
    }
    out.push('n');
    out
}
