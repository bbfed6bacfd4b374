//! A fleet for tests: some phones that hold the same documents and events, write offline at random, and meet in any order.

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

use super::read::Writers;
use super::{Author, Clock, Command, Document, DocumentKind, schema};
use crate::card::{Card, Choice, cards, resolve};
use crate::event::{EventDraft, HeldEvent, SPACE_SUBJECT, Subject, order, state};
use crate::export::{DocumentExport, EventExport, Readable, SpaceExport, space_json, state_code};
use crate::id::{DeviceId, DocumentId, EventId, PersonId, SpaceId};
use crate::view::{Row, StageView, messages, project, project_stage, stage_row};

pub(crate) const SPACE: SpaceId = SpaceId([1; 32]);

/// How often a heavy test runs: env `CASES`, else `n`.
pub(crate) fn cases(n: u64) -> u64 {
    std::env::var("CASES").ok().and_then(|c| c.parse().ok()).unwrap_or(n)
}

pub(crate) fn person(n: usize) -> PersonId {
    PersonId([n as u8 + 1; 32])
}

#[derive(Clone)]
pub(crate) enum Sent {
    Changes(usize, Vec<Vec<u8>>),
    Event(PersonId, DeviceId, Vec<u8>),
}

#[derive(Clone)]
pub(crate) struct Phone {
    pub person: PersonId,
    device: DeviceId,
    actor: [u8; 16],
    pub clock: u64,
    pub documents: Vec<Document>,
    pub events: Vec<HeldEvent>,
}

pub(crate) struct Fleet {
    pub rng: ChaCha8Rng,
    pub phones: Vec<Phone>,
    pub sent: Vec<Sent>,
    /// What of `sent` each phone was given.
    given: Vec<Vec<bool>>,
    pub writers: Writers,
}

impl Fleet {
    /// `n` phones of two people, with a document of each kind and a second session.
    pub(crate) fn new(seed: u64, n: usize) -> Self {
        let kinds = [DocumentKind::Relationship, DocumentKind::Goals, DocumentKind::Session, DocumentKind::Note, DocumentKind::Session];
        let documents: Vec<Document> =
            kinds.iter().enumerate().map(|(i, k)| Document::new(SPACE, DocumentId([i as u8 + 1; 16]), *k)).collect();
        let phones: Vec<Phone> = (0..n)
            .map(|i| Phone {
                person: person(i % 2),
                device: DeviceId([i as u8 + 101; 32]),
                actor: [i as u8 + 1; 16],
                clock: 1_795_000_000_000 + i as u64,
                documents: documents.clone(),
                events: Vec::new(),
            })
            .collect();
        let writers = phones.iter().map(|p| (p.actor, p.person)).collect();
        Self { rng: ChaCha8Rng::seed_from_u64(seed), given: vec![Vec::new(); n], phones, sent: Vec::new(), writers }
    }

    pub(crate) fn below(&mut self, n: usize) -> usize {
        self.rng.next_u32() as usize % n.max(1)
    }

    /// One edit; its changes are sent.
    pub(crate) fn edit(&mut self, phone: usize, document: usize, command: &Command) {
        let p = &mut self.phones[phone];
        p.clock += 1;
        let (clock, wall_ms) = (Clock(p.clock), p.clock as i64);
        let by = Author { person: p.person, device: p.device, actor: p.actor, clock, wall_ms };
        let changes = p.documents[document].edit(&by, command).unwrap_or_else(|e| panic!("{e} for {command:?}"));
        if !changes.is_empty() {
            self.send(phone, Sent::Changes(document, changes));
        }
    }

    pub(crate) fn tidy(&mut self, phone: usize, document: usize) {
        let p = &mut self.phones[phone];
        p.clock += 1;
        let by = Author { person: p.person, device: p.device, actor: p.actor, clock: Clock(p.clock), wall_ms: p.clock as i64 };
        if let Some(changes) = p.documents[document].tidy(&by).unwrap() {
            self.send(phone, Sent::Changes(document, changes));
        }
    }

    pub(crate) fn state(&mut self, phone: usize, draft: EventDraft) -> EventId {
        let p = &mut self.phones[phone];
        p.clock += 1;
        let event = draft.stated(Clock(p.clock), p.clock as i64, &p.events).encode();
        let sent = Sent::Event(p.person, p.device, event);
        p.take(&sent);
        let id = p.events.iter().find(|e| matches!(&sent, Sent::Event(_, _, b) if *b == e.bytes)).unwrap().id;
        self.send(phone, sent);
        id
    }

    fn send(&mut self, phone: usize, sent: Sent) {
        self.sent.push(sent);
        for (i, given) in self.given.iter_mut().enumerate() {
            given.push(i == phone);
        }
    }

    /// What somebody does at random: an edit, a statement, a choice on a card, tidying.
    pub(crate) fn act(&mut self) {
        let (phone, document) = (self.below(self.phones.len()), self.below(5));
        match self.below(10) {
            0..=5 => {
                let p = &self.phones[phone];
                let command = schema::random_command(&mut self.rng, &p.documents[document], p.person);
                self.edit(phone, document, &command);
            }
            6..=7 => {
                let mut subjects = vec![self.phones[phone].documents[2].id.0, self.phones[phone].documents[4].id.0];
                subjects.extend(super::read::Item::all(&self.phones[phone].documents[1], "goal").iter().map(|(id, _)| id.0));
                let draft = schema::random_event(&mut self.rng, &subjects, &self.phones[phone].events);
                self.state(phone, draft);
            }
            8 => {
                let all = self.phones[phone].cards(&self.writers);
                if !all.is_empty() {
                    let (document, card) = all[self.below(all.len())].clone();
                    let value = self.below(card.values.len());
                    if card.only_for.is_none_or(|p| p == self.phones[phone].person) {
                        self.choose(phone, document, &card, value);
                    }
                }
            }
            _ => self.tidy(phone, document),
        }
    }

    pub(crate) fn choose(&mut self, phone: usize, document: usize, card: &Card, value: usize) {
        match resolve(card, value).unwrap() {
            Choice::Command(command) => self.edit(phone, document, &command),
            Choice::Event(draft) => {
                self.state(phone, draft);
            }
        }
    }

    /// Gives a phone some of what it lacks, in any order, some of it twice.
    pub(crate) fn meet(&mut self, phone: usize) {
        let n = self.sent.len();
        for _ in 0..n.min(12) {
            let i = self.below(n);
            self.give(phone, i);
        }
    }

    fn give(&mut self, phone: usize, i: usize) {
        let sent = self.sent[i].clone();
        self.phones[phone].take(&sent);
        self.given[phone][i] = true;
    }

    /// Gives every phone everything: what it lacks, in an order of its own, and some again.
    pub(crate) fn settle(&mut self) {
        let n = self.sent.len();
        for phone in 0..self.phones.len() {
            let mut order: Vec<usize> = (0..n).filter(|i| !self.given[phone][*i]).collect();
            for i in (1..order.len()).rev() {
                let j = self.below(i + 1);
                order.swap(i, j);
            }
            // Many in one call, as sync does; the order within and between calls is any.
            let mut changes: Vec<Vec<Vec<u8>>> = vec![Vec::new(); 5];
            for i in order {
                match self.sent[i].clone() {
                    Sent::Changes(document, c) => changes[document].extend(c),
                    event => self.phones[phone].take(&event),
                }
                self.given[phone][i] = true;
            }
            for (document, c) in changes.into_iter().enumerate() {
                self.phones[phone].documents[document].apply(c).unwrap();
            }
            if n > 0 {
                let again = self.below(n);
                self.give(phone, again);
            }
        }
    }
}

impl Phone {
    pub(crate) fn take(&mut self, sent: &Sent) {
        match sent {
            Sent::Changes(document, changes) => {
                self.documents[*document].apply(changes.clone()).unwrap();
            }
            Sent::Event(author, device, bytes) => {
                let held = HeldEvent::take(SPACE, *author, *device, bytes.clone(), |_| None).unwrap();
                if self.events.iter().all(|e| e.id != held.id) {
                    self.events.push(held);
                    order(&mut self.events);
                }
            }
        }
    }

    pub(crate) fn cards(&self, writers: &Writers) -> Vec<(usize, Card)> {
        let all = self.documents.iter().enumerate();
        all.flat_map(|(i, d)| cards(d, &self.about(d), writers).into_iter().map(move |c| (i, c))).collect()
    }

    /// The events about a document or its items, and for a session every alias of the space: what an engine gives.
    pub(crate) fn about(&self, document: &Document) -> Vec<HeldEvent> {
        let mut subjects: Vec<Subject> = vec![document.id.0];
        subjects.extend(super::read::Item::all(document, "goal").iter().map(|(id, _)| id.0));
        let is_alias = |e: &HeldEvent| document.kind == DocumentKind::Session && state::alias_of(e).is_some();
        self.events.iter().filter(|e| subjects.contains(&e.event.subject) || is_alias(e)).cloned().collect()
    }

    pub(crate) fn rows(&self, writers: &Writers) -> Vec<Row> {
        let mut rows: Vec<Row> = self.documents.iter().flat_map(|d| project(d, &self.about(d), writers)).collect();
        rows.push(stage_row(&self.stage()));
        rows
    }

    pub(crate) fn stage(&self) -> StageView {
        let about: Vec<HeldEvent> = self.events.iter().filter(|e| e.event.subject == SPACE_SUBJECT).cloned().collect();
        project_stage(&about, &[person(0), person(1)])
    }

    pub(crate) fn readable(&self, writers: &Writers) -> Readable {
        Readable::of(self.rows(writers), messages(&self.events), &state::aliases(&self.events)).unwrap()
    }

    pub(crate) fn export(&self, writers: &Writers) -> String {
        let documents = self.documents.iter().map(|d| DocumentExport { id: d.id, kind: d.kind, changes: d.changes() }).collect();
        let events = self.events.iter().map(|e| EventExport { author: e.author, device: e.device, bytes: e.bytes.clone() }).collect();
        let (kind, readable) = ("relationship".into(), self.readable(writers));
        space_json(&SpaceExport { space: SPACE, kind, readable, documents, events, statements: Vec::new() })
    }

    pub(crate) fn code(&self) -> String {
        let documents: Vec<_> = self.documents.iter().map(|d| (d.id, d.heads())).collect();
        let events: Vec<EventId> = self.events.iter().filter(|e| e.event.kind() != 5).map(|e| e.id).collect();
        state_code(&SPACE, &documents, &events, &[])
    }
}
