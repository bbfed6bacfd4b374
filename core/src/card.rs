//! A card: "you two differ", a field on which concurrent statements differ. It is derived, never stored, and gone as soon as somebody
//! chose, on every phone.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::document::read::{Item, Scalar, Writers, Written, writer};
use crate::document::schema::{self, Class};
use crate::document::{Command, Document, DocumentKind};
use crate::event::payload::{GoalStatusSet, SessionAlias, SessionStateSet};
use crate::event::{EventDraft, GoalStatus, HeldEvent, Payload, SessionState, Subject, state};
use crate::id::{DocumentId, ItemId, PersonId};
use crate::view::SessionView;

/// One of the values of a card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardValue {
    /// The value; for a status or state its word, for *same meeting?* a flag.
    pub value: Scalar,
    /// The value as words: empty when cleared; persons as their id.
    pub words: String,
    /// Who says so, if their device is known.
    pub by: Option<PersonId>,
    /// When, on their wall clock, in milliseconds since 1970.
    pub at_ms: i64,
    /// Why, where they said.
    pub reason: Option<String>,
}

/// What choosing on a card does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChoiceKind {
    /// Writes the value into the document.
    Pick,
    /// States a goal's status.
    GoalStatus,
    /// States a session's state.
    SessionState,
    /// States whether two sessions are one meeting.
    SameMeeting,
}

/// A field on which people differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// The same on every phone and for as long as the field exists: first 16 bytes of SHA-256 over label, document, item and field.
    #[serde(with = "hex16")]
    pub id: [u8; 16],
    /// The document.
    pub document: DocumentId,
    /// The item; `None` for the document itself.
    pub item: Option<ItemId>,
    /// The field's key; `status`, `state`, `same_meeting/<session>` for events.
    pub field: String,
    /// The field's name for people.
    pub label: String,
    /// The values, in the same order on every phone; at least two, all different.
    pub values: Vec<CardValue>,
    /// Which of them is displayed meanwhile; one past the last where the cautious value is none of them.
    pub shown: usize,
    /// What choosing does.
    pub kind: ChoiceKind,
    /// Only this person sees the card: two of their own devices differ.
    pub only_for: Option<PersonId>,
}

/// What a choice on a card comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// An edit of the card's document.
    Command(Command),
    /// A new event.
    Event(EventDraft),
}

/// The id of the card of a field.
pub fn card_id(document: DocumentId, item: Option<ItemId>, field: &str) -> [u8; 16] {
    let hash = Sha256::new()
        .chain_update(b"ithaca/v1/card")
        .chain_update(document.0)
        .chain_update(item.map_or([0; 16], |i| i.0))
        .chain_update(field.as_bytes())
        .finalize();
    let mut out = [0; 16];
    out.iter_mut().zip(hash.iter()).for_each(|(o, b)| *o = *b);
    out
}

/// What a choice of the value at `index` comes to; `None` when there is no such value.
pub fn resolve(card: &Card, index: usize) -> Option<Choice> {
    let chosen = card.values.get(index)?;
    let subject = card.item.map_or(card.document.0, |i| i.0);
    let event = |payload: Payload| Some(Choice::Event(EventDraft { subject, payload }));
    match card.kind {
        ChoiceKind::Pick => {
            Some(Choice::Command(Command::Pick { item: card.item, field: card.field.clone(), value: chosen.value.clone() }))
        }
        ChoiceKind::GoalStatus => {
            let status = *GoalStatus::ALL.iter().find(|s| Scalar::Text(s.word().into()) == chosen.value)?;
            event(GoalStatusSet { status, reason: chosen.reason.clone() }.into())
        }
        ChoiceKind::SessionState => {
            let state = *SessionState::ALL.iter().find(|s| Scalar::Text(s.word().into()) == chosen.value)?;
            event(SessionStateSet { state, reason: chosen.reason.clone() }.into())
        }
        ChoiceKind::SameMeeting => {
            let other = card.field.split_once('/')?.1.parse().ok()?;
            event(SessionAlias { other, same: chosen.value == Scalar::Flag(true) }.into())
        }
    }
}

/// What a choice comes to where a joined meeting's documents differ (see [`crate::view::joined`]): the value at `index` of its `differ`, for
/// every one of its documents. Empty when there is no such field or value.
pub fn resolve_joined(session: &SessionView, field: &str, index: usize) -> Vec<(DocumentId, Choice)> {
    let Some(chosen) = session.differ.get(field).and_then(|values| values.get(index)) else { return Vec::new() };
    let of = |document: DocumentId| {
        if field != "state" {
            return Some(Choice::Command(Command::Pick { item: None, field: field.to_owned(), value: chosen.value.clone() }));
        }
        let state = *SessionState::ALL.iter().find(|s| s.word() == chosen.words)?;
        let payload = SessionStateSet { state, reason: chosen.reason.clone() }.into();
        Some(Choice::Event(EventDraft { subject: document.0, payload }))
    };
    session.ids.iter().filter_map(|id| Some((*id, of(*id)?))).collect()
}

/// Every card of a document: of itself, then of its living items by noun and id. `events` are those about the document and its items.
/// A document or item in the bin has none.
pub fn cards(document: &Document, events: &[HeldEvent], writers: &Writers) -> Vec<Card> {
    let mut out = Vec::new();
    let root = Item::root(document);
    let has_life = schema::field(document.kind, "", "alive").is_some();
    if has_life && !root.is_alive() {
        return out;
    }
    registers(document, None, "", &root, writers, &mut out);
    let by_subject = by_subject(events);
    let of = |subject: Subject| by_subject.get(&subject).map(Vec::as_slice).unwrap_or_default();
    if document.kind == DocumentKind::Session {
        let has_contents = crate::view::session::has_contents(document, of(document.id.0));
        session_cards(document.id, of(document.id.0), has_contents, &mut out);
    }
    for (id, item) in items(document) {
        let noun = item.text_of("noun");
        registers(document, Some(id), &noun, &item, writers, &mut out);
        if document.kind == DocumentKind::Goals && noun == "goal" {
            let stated = state::goal_status(of(id.0), id.0);
            let status = |p: &Payload| if let Payload::GoalStatusSet(s) = p { Some((s.status.word(), s.reason.clone())) } else { None };
            let values = said(&stated.heads, status);
            push(&mut out, document.id, Some(id), "status", "status", values, ChoiceKind::GoalStatus, |v| v.words == stated.shown.word());
        }
    }
    out
}

/// Events by what they are about, each list in order.
pub(crate) fn by_subject(events: &[HeldEvent]) -> BTreeMap<Subject, Vec<HeldEvent>> {
    let mut out: BTreeMap<Subject, Vec<HeldEvent>> = BTreeMap::new();
    for e in events {
        out.entry(e.event.subject).or_default().push(e.clone());
    }
    out
}

fn items(document: &Document) -> Vec<(ItemId, Item<'_>)> {
    let nouns: std::collections::BTreeSet<&str> =
        schema::FIELDS.iter().filter(|f| f.kind == document.kind && !f.noun.is_empty()).map(|f| f.noun).collect();
    nouns.iter().flat_map(|n| Item::all(document, n)).filter(|(_, i)| i.is_alive()).collect()
}

fn registers(document: &Document, item: Option<ItemId>, noun: &str, at: &Item<'_>, writers: &Writers, out: &mut Vec<Card>) {
    for key in at.keys() {
        if !at.is_contested(&key) {
            continue;
        }
        let Some(field) = schema::field(document.kind, noun, &key) else { continue };
        let only_for = match field.class {
            Class::Values => None,
            Class::Own => match key.split('/').nth(1).and_then(|p| p.parse::<PersonId>().ok()) {
                Some(person) => Some(person),
                None => continue,
            },
            _ => continue,
        };
        let all = match only_for {
            Some(person) => own_values(at, &key, person, writers),
            None => at.values(&key),
        };
        let shown = shown_value(field.rule, &all);
        let mut values: Vec<CardValue> = all.iter().map(|w| card_value(w, writers)).collect();
        values.sort_by(|a, b| a.value.cmp(&b.value));
        let before = out.len();
        push(out, document.id, item, &key, field.label, values, ChoiceKind::Pick, |v| Some(&v.value) == shown.as_ref());
        out.iter_mut().skip(before).for_each(|card| card.only_for = only_for);
    }
}

/// The values of a person's own field: what others wrote there counts for nothing. The later clock is last.
pub(crate) fn own_values(at: &Item<'_>, key: &str, person: PersonId, writers: &Writers) -> Vec<Written> {
    let mut all = at.values(key);
    all.retain(|w| writer(writers, &w.actor).is_none_or(|by| by == person));
    all.sort_by_key(|w| w.at);
    all
}

/// The value shown of several, by the table's rule: the earlier date, false where only both make it true, else automerge's.
pub(crate) fn shown_value(rule: &str, all: &[Written]) -> Option<Scalar> {
    let last = || all.last().map(|w| w.value.clone());
    if rule.starts_with("the earlier") {
        all.iter().map(|w| &w.value).filter(|v| !v.words().is_empty()).min_by_key(|v| v.words()).cloned().or_else(last)
    } else if rule.starts_with("false until") {
        all.iter().map(|w| &w.value).find(|v| **v != Scalar::Flag(true)).cloned().or_else(last)
    } else {
        last()
    }
}

fn card_value(w: &Written, writers: &Writers) -> CardValue {
    CardValue {
        value: w.value.clone(),
        words: w.value.words(),
        by: writer(writers, &w.actor),
        at_ms: w.at.saturating_mul(1000),
        reason: None,
    }
}

/// The distinct things that heads say, each with who said it last, by word.
pub(crate) fn said<'w>(heads: &[&HeldEvent], pick: impl Fn(&Payload) -> Option<(&'w str, Option<String>)>) -> Vec<CardValue> {
    let mut out: BTreeMap<&str, CardValue> = BTreeMap::new();
    for e in heads {
        let Some((word, reason)) = pick(&e.event.payload) else { continue };
        let value = Scalar::Text(word.to_owned());
        out.insert(word, CardValue { value, words: word.to_owned(), by: Some(e.author), at_ms: e.event.wall_ms, reason });
    }
    out.into_values().collect()
}

fn session_cards(id: DocumentId, events: &[HeldEvent], has_contents: bool, out: &mut Vec<Card>) {
    let stated = state::session_state(events, id.0, has_contents);
    let values = said(&stated.heads, crate::view::session::state_words);
    push(out, id, None, "state", "state", values, ChoiceKind::SessionState, |v| v.words == stated.shown.word());
    let others: std::collections::BTreeSet<Subject> = events.iter().filter_map(state::alias_of).collect();
    for other in others {
        let (heads, _) = state::alias_heads(events, id.0, other);
        let mut values: Vec<CardValue> = Vec::new();
        for e in heads {
            let Payload::SessionAlias(a) = &e.event.payload else { continue };
            values.retain(|v| v.value != Scalar::Flag(a.same));
            let words = if a.same { "same meeting" } else { "not the same" };
            let (value, by) = (Scalar::Flag(a.same), Some(e.author));
            values.push(CardValue { value, words: words.to_owned(), by, at_ms: e.event.wall_ms, reason: None });
        }
        values.sort_by(|a, b| a.value.cmp(&b.value));
        let field = format!("same_meeting/{}", ItemId(other));
        push(out, id, None, &field, "same meeting", values, ChoiceKind::SameMeeting, |v| v.value == Scalar::Flag(false));
    }
}

#[allow(clippy::too_many_arguments, reason = "the fields of one card")]
fn push(
    out: &mut Vec<Card>,
    document: DocumentId,
    item: Option<ItemId>,
    field: &str,
    label: &str,
    values: Vec<CardValue>,
    kind: ChoiceKind,
    is_shown: impl Fn(&CardValue) -> bool,
) {
    if values.len() < 2 {
        return;
    }
    let shown = values.iter().position(is_shown).unwrap_or(values.len());
    let id = card_id(document, item, field);
    out.push(Card { id, document, item, field: field.into(), label: label.into(), values, shown, kind, only_for: None });
}

mod hex16 {
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(id: &[u8; 16], s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&hex::encode(id))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<[u8; 16], D::Error> {
        let mut out = [0; 16];
        hex::decode_to_slice(String::deserialize(d)?, &mut out).map_err(serde::de::Error::custom)?;
        Ok(out)
    }
}
