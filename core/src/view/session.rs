//! A session: one meeting, planned or held, with its agenda, times, notes, and what each person said before and after.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Differ, Provenance, TextView, differ};
use crate::card::{Card, CardValue, said};
use crate::document::Document;
use crate::document::read::{Item, Scalar, Tick, Writers};
use crate::event::payload::Answer;
use crate::event::{HeldEvent, Payload, Phase, SessionState, state};
use crate::id::{DocumentId, EventId, ItemId, PersonId};

/// What a session shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionView {
    /// Its document; of a joined meeting, the smallest.
    pub id: DocumentId,
    /// Every document it stands for: one, or several after [`super::joined`]. All of them lead here.
    pub ids: Vec<DocumentId>,
    /// Its name.
    pub title: String,
    /// Its calendar day; where two people differ, the earlier.
    pub date: Option<String>,
    /// Where.
    pub place: Option<String>,
    /// What became of it.
    pub state: SessionState,
    /// What people said last about that, with reasons: one value, or several where they differ, or none.
    pub said: Vec<CardValue>,
    /// Whether anything was recorded that only a meeting brings about.
    pub has_contents: bool,
    /// The shared notes, one for each document.
    pub notes: Vec<NotesView>,
    /// The agenda: points that live, in order.
    pub agenda: Vec<AgendaView>,
    /// Points of the agenda in the bin.
    pub bin: Vec<AgendaView>,
    /// Proposed times that stand, the last accepted one first.
    pub proposals: Vec<ProposalView>,
    /// The five techniques, those used.
    pub techniques: Vec<String>,
    /// Mentoring functions.
    pub functions: Vec<String>,
    /// Check-ins, by person and phase.
    pub check_ins: Vec<CheckInView>,
    /// Harvests, by person.
    pub harvests: Vec<HarvestView>,
    /// Minutes, by person.
    pub minutes: Vec<MinutesView>,
    /// The session it is one meeting with, where that is another one: the smallest id of them.
    pub joined_with: Option<DocumentId>,
    /// Sessions that somebody said are not the same meeting.
    pub not_same: Vec<DocumentId>,
    /// Whether it is not in the bin.
    pub alive: bool,
    /// Deleted by somebody and kept since somebody else edited it.
    pub kept: bool,
    /// Fields on which people differ, `state` among them.
    pub differ: Differ,
    /// How many cards it has.
    pub cards: usize,
    /// Who and when.
    pub provenance: Provenance,
}

/// The notes of one session document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotesView {
    /// The document.
    pub document: DocumentId,
    /// The notes.
    pub text: TextView,
}

/// A point of the agenda.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgendaView {
    /// Its id.
    pub id: ItemId,
    /// The session's document it stands in.
    pub document: DocumentId,
    /// Its words.
    pub text: TextView,
    /// Who ticked it off, and when.
    pub done: Vec<Tick>,
    /// Place among the points of its document.
    pub rank: String,
    /// Whether it is not in the bin.
    pub alive: bool,
    /// Deleted by somebody and kept since somebody else edited or ticked it.
    pub kept: bool,
    /// Who and when.
    pub provenance: Provenance,
}

/// A proposed time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProposalView {
    /// Its id.
    pub id: ItemId,
    /// The session's document it stands in.
    pub document: DocumentId,
    /// The instant, in milliseconds since 1970.
    pub at_ms: i64,
    /// The proposer's zone, as an IANA name.
    pub zone: String,
    /// Who accepted it.
    pub accepted: Vec<PersonId>,
    /// Whether it is not in the bin.
    pub alive: bool,
    /// Deleted by somebody and kept since somebody else accepted it.
    pub kept: bool,
    /// Who and when.
    pub provenance: Provenance,
}

/// What a person said before or after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckInView {
    /// The event shown: the person's latest.
    pub event: EventId,
    /// Who.
    pub person: PersonId,
    /// Before or after.
    pub phase: Phase,
    /// The answers.
    pub answers: Vec<Answer>,
    /// When, on their wall clock, in milliseconds since 1970.
    pub at_ms: i64,
    /// Its place in the order.
    pub effective: u64,
    /// Other answers of the same person that nothing replaced: from another own device at once, or from the other session of a
    /// joined meeting.
    pub also: Vec<Vec<Answer>>,
    /// Whether nobody but this person's own devices holds it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub private: bool,
}

/// What a person harvested.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HarvestView {
    /// The event shown: the person's latest.
    pub event: EventId,
    /// Who.
    pub person: PersonId,
    /// The answers.
    pub answers: Vec<Answer>,
    /// When, on their wall clock, in milliseconds since 1970.
    pub at_ms: i64,
    /// Its place in the order.
    pub effective: u64,
    /// Other answers of the same person that nothing replaced.
    pub also: Vec<Vec<Answer>>,
    /// Whether nobody but this person's own devices holds it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub private: bool,
}

/// A person's minutes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MinutesView {
    /// The event shown: the person's latest.
    pub event: EventId,
    /// Who.
    pub person: PersonId,
    /// The words.
    pub text: String,
    /// When, on their wall clock, in milliseconds since 1970.
    pub at_ms: i64,
    /// Its place in the order.
    pub effective: u64,
    /// Other minutes of the same person that nothing replaced.
    pub also: Vec<String>,
    /// Whether nobody but this person's own devices holds it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub private: bool,
}

/// What a person keeps to themselves about one session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptAnswers {
    /// The session's document, which stands in another space.
    pub session: DocumentId,
    /// The session's name, where this device holds it.
    pub title: String,
    /// Check-ins.
    pub check_ins: Vec<CheckInView>,
    /// Harvests.
    pub harvests: Vec<HarvestView>,
    /// Minutes.
    pub minutes: Vec<MinutesView>,
}

impl SessionView {
    /// `events` are those about this session; `aliases` every statement of the space on which sessions are one meeting.
    pub(crate) fn of(document: &Document, events: &[HeldEvent], aliases: &[HeldEvent], cards: &[Card], writers: &Writers) -> Self {
        let (root, id) = (Item::root(document), document.id);
        let has_contents = has_contents(document, events);
        let stated = state::session_state(events, id.0, has_contents);
        let (agenda, bin) = agenda(document, writers).into_iter().partition(|a| a.alive);
        let differ = differ(cards, None);
        Self {
            id,
            ids: vec![id],
            title: root.text_of("title"),
            date: root.earliest("date"),
            place: root.some("place"),
            state: stated.shown,
            said: said(&stated.heads, state_words),
            has_contents,
            notes: vec![NotesView { document: id, text: TextView::of(&root, "body", writers) }],
            agenda,
            bin,
            proposals: proposals(document, writers),
            techniques: root.set("techniques"),
            functions: root.set("functions"),
            check_ins: check_ins(events, id),
            harvests: harvests(events, id),
            minutes: minutes(events, id),
            joined_with: state::aliases(aliases).get(&id).copied().filter(|to| *to != id),
            not_same: not_same(aliases, id),
            alive: root.is_alive(),
            kept: root.is_kept(),
            cards: cards.len(),
            differ,
            provenance: Provenance::of(&root, writers),
        }
    }

    /// Adds what this person keeps to themselves about it.
    pub(crate) fn keep_private(&mut self, kept: &[KeptAnswers]) {
        for kept in kept.iter().filter(|k| self.ids.contains(&k.session)) {
            self.check_ins.extend(kept.check_ins.iter().cloned());
            self.harvests.extend(kept.harvests.iter().cloned());
            self.minutes.extend(kept.minutes.iter().cloned());
        }
    }

    /// The time agreed: the proposal that all of `people` accepted; of several, the one edited last by the hybrid clock.
    pub fn agreed(&self, people: &[PersonId]) -> Option<&ProposalView> {
        self.proposals.iter().find(|p| !people.is_empty() && people.iter().all(|who| p.accepted.contains(who)))
    }

    /// The calendar day it stands under: its date, else the UTC day of the time most people accepted.
    pub fn day(&self) -> Option<String> {
        let most = self.proposals.iter().enumerate().max_by_key(|(i, p)| (p.accepted.len(), std::cmp::Reverse(*i)));
        self.date.clone().or_else(|| super::day_of(most?.1.at_ms))
    }

    /// The words a search finds it by.
    pub(crate) fn search(&self) -> String {
        let mut out: Vec<&str> = vec![&self.title];
        out.extend(self.place.as_deref());
        out.extend(self.notes.iter().map(|n| n.text.words()));
        out.extend(self.agenda.iter().map(|a| a.text.words()));
        out.extend(self.techniques.iter().chain(&self.functions).map(String::as_str));
        out.extend(answered(&self.check_ins, &self.harvests, &self.minutes));
        out.retain(|t| !t.is_empty());
        out.join("\n")
    }
}

impl KeptAnswers {
    /// What stands about a session among `events`, those of the personal space; `None` where nothing does.
    pub(crate) fn of(events: &[HeldEvent], session: DocumentId, title: String) -> Option<Self> {
        let check_in = |mut c: CheckInView| {
            (c.answers, c.also) = standing(c.answers, c.also, Vec::is_empty)?;
            Some(CheckInView { private: true, ..c })
        };
        let harvest = |mut h: HarvestView| {
            (h.answers, h.also) = standing(h.answers, h.also, Vec::is_empty)?;
            Some(HarvestView { private: true, ..h })
        };
        let minute = |mut m: MinutesView| {
            (m.text, m.also) = standing(m.text, m.also, String::is_empty)?;
            Some(MinutesView { private: true, ..m })
        };
        let out = Self {
            session,
            title,
            check_ins: check_ins(events, session).into_iter().filter_map(check_in).collect(),
            harvests: harvests(events, session).into_iter().filter_map(harvest).collect(),
            minutes: minutes(events, session).into_iter().filter_map(minute).collect(),
        };
        (!out.check_ins.is_empty() || !out.harvests.is_empty() || !out.minutes.is_empty()).then_some(out)
    }

    /// The words a search finds it by.
    pub(crate) fn search(&self) -> String {
        answered(&self.check_ins, &self.harvests, &self.minutes).collect::<Vec<_>>().join("\n")
    }
}

/// The words of answers and minutes.
fn answered<'a>(check_ins: &'a [CheckInView], harvests: &'a [HarvestView], minutes: &'a [MinutesView]) -> impl Iterator<Item = &'a str> {
    let answers = check_ins.iter().flat_map(|c| &c.answers).chain(harvests.iter().flat_map(|h| &h.answers));
    minutes.iter().map(|m| m.text.as_str()).chain(answers.filter_map(|a| a.words.as_deref()))
}

/// Whether a session records what only a meeting brings about: notes, techniques, functions, a done point, an answer after it, minutes.
pub(crate) fn has_contents(document: &Document, events: &[HeldEvent]) -> bool {
    let root = Item::root(document);
    let after = |e: &HeldEvent| {
        e.event.subject == document.id.0
            && match &e.event.payload {
                Payload::CheckIn(c) => c.phase == Phase::After,
                Payload::Harvest(_) | Payload::Minutes(_) => true,
                _ => false,
            }
    };
    !root.keys_under("techniques").is_empty()
        || !root.keys_under("functions").is_empty()
        || events.iter().any(after)
        || !root.reading("body").text.trim().is_empty()
        || Item::living(document, "agenda").iter().any(|(_, i)| !i.ticks("done").is_empty())
}

pub(crate) fn state_words(payload: &Payload) -> Option<(&'static str, Option<String>)> {
    if let Payload::SessionStateSet(s) = payload { Some((s.state.word(), s.reason.clone())) } else { None }
}

fn agenda(document: &Document, writers: &Writers) -> Vec<AgendaView> {
    let mut out: Vec<AgendaView> = Item::all(document, "agenda")
        .into_iter()
        .map(|(id, item)| AgendaView {
            id,
            document: document.id,
            text: TextView::of(&item, "text", writers),
            done: item.ticks("done"),
            rank: item.text_of("rank"),
            alive: item.is_alive(),
            kept: item.is_kept(),
            provenance: Provenance::of(&item, writers),
        })
        .collect();
    out.sort_by(|a, b| (&a.rank, a.id).cmp(&(&b.rank, b.id)));
    out
}

fn proposals(document: &Document, writers: &Writers) -> Vec<ProposalView> {
    let accepted = |item: &Item<'_>| {
        item.keys_under("accept")
            .into_iter()
            .filter(|p| item.value(&format!("accept/{p}")) == Scalar::Flag(true))
            .filter_map(|p| p.parse().ok())
            .collect()
    };
    let mut out: Vec<ProposalView> = Item::all(document, "proposal")
        .into_iter()
        .filter(|(_, item)| item.is_alive())
        .filter_map(|(id, item)| {
            let Scalar::Number(at_ms) = item.value("at") else { return None };
            Some(ProposalView {
                id,
                document: document.id,
                at_ms,
                zone: item.text_of("zone"),
                accepted: accepted(&item),
                alive: true,
                kept: item.is_kept(),
                provenance: Provenance::of(&item, writers),
            })
        })
        .collect();
    out.sort_by_key(|p| (std::cmp::Reverse(p.provenance.clock), p.id));
    out
}

/// A person's latest statement that `pick` takes, and what else of theirs nothing replaced.
fn latest<T>(events: &[HeldEvent], id: DocumentId, pick: impl Fn(&Payload) -> Option<T>) -> Vec<(&HeldEvent, T, Vec<T>)> {
    let people: BTreeSet<PersonId> =
        events.iter().filter(|e| e.event.subject == id.0 && pick(&e.event.payload).is_some()).map(|e| e.author).collect();
    people
        .into_iter()
        .filter_map(|person| {
            let (shown, others) = state::latest_of(events, id.0, person, |p| pick(p).is_some())?;
            Some((shown, pick(&shown.event.payload)?, others.iter().filter_map(|e| pick(&e.event.payload)).collect()))
        })
        .collect()
}

fn check_ins(events: &[HeldEvent], id: DocumentId) -> Vec<CheckInView> {
    let mut out = Vec::new();
    for phase in [Phase::Before, Phase::After] {
        let of = |p: &Payload| if let Payload::CheckIn(c) = p { (c.phase == phase).then(|| c.answers.clone()) } else { None };
        out.extend(latest(events, id, of).into_iter().map(|(e, answers, also)| CheckInView {
            event: e.id,
            person: e.author,
            phase,
            answers,
            at_ms: e.event.wall_ms,
            effective: e.effective,
            also,
            private: false,
        }));
    }
    out.sort_by_key(|c| (c.person, c.phase));
    out
}

fn harvests(events: &[HeldEvent], id: DocumentId) -> Vec<HarvestView> {
    let of = |p: &Payload| if let Payload::Harvest(h) = p { Some(h.answers.clone()) } else { None };
    latest(events, id, of)
        .into_iter()
        .map(|(e, answers, also)| HarvestView {
            event: e.id,
            person: e.author,
            answers,
            at_ms: e.event.wall_ms,
            effective: e.effective,
            also,
            private: false,
        })
        .collect()
}

fn minutes(events: &[HeldEvent], id: DocumentId) -> Vec<MinutesView> {
    let of = |p: &Payload| if let Payload::Minutes(m) = p { Some(m.text.clone()) } else { None };
    latest(events, id, of)
        .into_iter()
        .map(|(e, text, also)| MinutesView {
            event: e.id,
            person: e.author,
            text,
            at_ms: e.event.wall_ms,
            effective: e.effective,
            also,
            private: false,
        })
        .collect()
}

/// What stands of the values of one form that another own device may have taken back at once: the first, and the others.
fn standing<T>(shown: T, also: Vec<T>, taken_back: impl Fn(&T) -> bool) -> Option<(T, Vec<T>)> {
    let mut all = std::iter::once(shown).chain(also).filter(|v| !taken_back(v));
    Some((all.next()?, all.collect()))
}

fn not_same(aliases: &[HeldEvent], id: DocumentId) -> Vec<DocumentId> {
    let mut out = BTreeSet::new();
    for e in aliases {
        let Some(other) = state::alias_of(e) else { continue };
        let one = e.event.subject;
        if (one == id.0 || other == id.0) && state::alias_heads(aliases, one, other).1.contains(&false) {
            out.insert(DocumentId(if one == id.0 { other } else { one }));
        }
    }
    out.into_iter().collect()
}
