//! A message: what one person said to the other, folded on reading from what was said about it since. Messages have no rows.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::event::{HeldEvent, Payload};
use crate::id::{EventId, PersonId};

/// What a message shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageView {
    /// Its id.
    pub id: EventId,
    /// Who said it.
    pub by: PersonId,
    /// When, on their wall clock, in milliseconds since 1970.
    pub at_ms: i64,
    /// Its place in the order, before its id.
    pub effective: u64,
    /// What it says now; `None` when withdrawn.
    pub text: Option<String>,
    /// The message it answers.
    pub reply: Option<EventId>,
    /// When its author last reworded it.
    pub edited_at_ms: Option<i64>,
    /// Its author took it back.
    pub withdrawn: bool,
    /// Withdrawn, and somebody else said their phone held it or they read it: they may have seen it.
    pub may_have_been_read: bool,
    /// Reactions that stand, by emoji.
    pub reactions: Vec<ReactionView>,
    /// Others whose phones said they hold it.
    pub delivered_to: Vec<PersonId>,
    /// Others who said they read it.
    pub read_by: Vec<PersonId>,
}

/// Who reacted with one emoji.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReactionView {
    /// The emoji.
    pub emoji: String,
    /// Who.
    pub people: Vec<PersonId>,
}

/// Folds messages out of events of the kinds message, edit, withdrawal, reaction and receipt, in their order. What is said about a message
/// that is not among them is passed over, so a window works too. Only an author's own edits and withdrawals count; a receipt reaches no further
/// than its own place in the order.
pub fn messages(events: &[HeldEvent]) -> Vec<MessageView> {
    let mut sorted: Vec<&HeldEvent> = events.iter().collect();
    sorted.sort_by_key(|e| (e.effective, e.id));
    let mut out: BTreeMap<EventId, MessageView> = BTreeMap::new();
    let mut reactions: BTreeMap<EventId, BTreeMap<String, BTreeSet<PersonId>>> = BTreeMap::new();
    let mut delivered: BTreeMap<PersonId, u64> = BTreeMap::new();
    let mut read: BTreeMap<PersonId, u64> = BTreeMap::new();
    for e in &sorted {
        if let Payload::Message(m) = &e.event.payload {
            out.insert(e.id, new(e, m.text.clone(), m.reply));
        }
    }
    for e in sorted {
        match &e.event.payload {
            Payload::MessageEdit(edit) => {
                if let Some(m) = out.get_mut(&edit.target).filter(|m| m.by == e.author && !m.withdrawn) {
                    m.text = Some(edit.text.clone());
                    m.edited_at_ms = Some(e.event.wall_ms);
                }
            }
            Payload::MessageWithdraw(w) => {
                if let Some(m) = out.get_mut(&w.target).filter(|m| m.by == e.author) {
                    (m.text, m.withdrawn) = (None, true);
                }
            }
            Payload::Reaction(r) if out.contains_key(&r.target) => {
                let people = reactions.entry(r.target).or_default().entry(r.emoji.clone()).or_default();
                if r.on {
                    people.insert(e.author);
                } else {
                    people.remove(&e.author);
                }
            }
            Payload::Receipt(r) => {
                for (map, to) in [(&mut delivered, r.delivered), (&mut read, r.read)] {
                    let mark = map.entry(e.author).or_default();
                    *mark = (*mark).max(to.unwrap_or(0).min(e.effective));
                }
            }
            _ => {}
        }
    }
    let mut out: Vec<MessageView> = out.into_values().collect();
    out.sort_by_key(|m| (m.effective, m.id));
    for m in &mut out {
        let covered = |marks: &BTreeMap<PersonId, u64>| {
            marks.iter().filter(|(person, mark)| **person != m.by && **mark >= m.effective).map(|(person, _)| *person).collect()
        };
        let (delivered_to, read_by): (Vec<PersonId>, Vec<PersonId>) = (covered(&delivered), covered(&read));
        m.may_have_been_read = m.withdrawn && !(delivered_to.is_empty() && read_by.is_empty());
        (m.delivered_to, m.read_by) = (delivered_to, read_by);
        if m.withdrawn {
            continue;
        }
        let by_emoji = reactions.remove(&m.id).unwrap_or_default().into_iter().filter(|(_, people)| !people.is_empty());
        m.reactions = by_emoji.map(|(emoji, people)| ReactionView { emoji, people: people.into_iter().collect() }).collect();
    }
    out
}

fn new(e: &HeldEvent, text: String, reply: Option<EventId>) -> MessageView {
    MessageView {
        id: e.id,
        by: e.author,
        at_ms: e.event.wall_ms,
        effective: e.effective,
        text: Some(text),
        reply,
        edited_at_ms: None,
        withdrawn: false,
        may_have_been_read: false,
        reactions: Vec::new(),
        delivered_to: Vec::new(),
        read_by: Vec::new(),
    }
}
