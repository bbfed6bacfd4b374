//! Reading: lists from rows, messages from events, cards and history from documents, and what is where.

use std::collections::{BTreeMap, BTreeSet};

use serde::de::DeserializeOwned;

use super::apply::unstored;
use super::{Core, Engine, EngineError, Where};
use crate::card::{self, Card, Choice};
use crate::document::history::{self, HistoryEntry};

use crate::document::{Document, DocumentKind, derived_id, first_hash};
use crate::event::state::aliases;
use crate::event::{HeldEvent, Payload, SessionState, Subject};
use crate::export::state_code;
use crate::id::{DocumentId, EventId, PersonId, SpaceId};
use crate::store::{Db, Erased, StoreError};
use crate::sync::machine::Millis;
use crate::view::{self, MessageView, RowKind, SessionView};

impl Engine {
    /// Views of one noun in the order of its list; those in the bin where `alive` is false. At most `limit`.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn views<T: DeserializeOwned>(&self, space: &SpaceId, kind: RowKind, alive: bool, limit: usize) -> Result<Vec<T>, EngineError> {
        let rows = self.core.shown_rows(&self.store.read(), space, kind, alive, limit)?;
        rows.iter().map(|r| read(&r.view)).collect()
    }

    /// One view by its id.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn view<T: DeserializeOwned>(&self, space: &SpaceId, kind: RowKind, id: &[u8; 16]) -> Result<Option<T>, EngineError> {
        let row = self.core.shown_row(&self.store.read(), space, kind, id)?;
        row.map(|r| read(&r.view)).transpose()
    }

    /// Sessions, those that are one meeting joined, by day; those without a day last.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn sessions(&self, space: &SpaceId) -> Result<Vec<SessionView>, EngineError> {
        let db = self.store.read();
        let events = self.core.shown_of_kind(&db, space, 8)?;
        let mut sessions = view::joined(self.views(space, RowKind::Session, true, usize::MAX >> 1)?, &aliases(&events));
        self.keep_private(&db, &mut sessions)?;
        sessions.sort_by_cached_key(|s| (s.day().is_none(), s.day(), s.id));
        Ok(sessions)
    }

    /// Whether this person mentors on some topic in a space.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn is_mentor(&self, space: &SpaceId) -> Result<bool, EngineError> {
        let document = derived_id(*space, DocumentKind::Relationship);
        let view: Option<view::RelationshipView> = self.view(space, RowKind::Relationship, &document.0)?;
        Ok(view.is_some_and(|v| v.roles.iter().any(|r| r.mentor == self.me())))
    }

    /// Views of one noun that are still to come or to be done: planned sessions, open actions. It reads those alone, however many there were.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn open_views<T: DeserializeOwned>(&self, space: &SpaceId, kind: RowKind) -> Result<Vec<T>, EngineError> {
        let rows = self.core.shown_open(&self.store.read(), space, kind)?;
        rows.iter().map(|r| read(&r.view)).collect()
    }

    /// Planned sessions, as [`Engine::sessions`] has them.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn open_sessions(&self, space: &SpaceId) -> Result<Vec<SessionView>, EngineError> {
        let db = self.store.read();
        let roots = aliases(&self.core.shown_of_kind(&db, space, 8)?);
        let mut sessions: Vec<SessionView> = self.open_views(space, RowKind::Session)?;
        // Of one meeting in several documents all are needed: one of them may say that it was held.
        let open: BTreeSet<DocumentId> = sessions.iter().map(|s| s.id).collect();
        let met: BTreeSet<DocumentId> = open.iter().filter_map(|id| roots.get(id).copied()).collect();
        for (id, _) in roots.iter().filter(|(id, root)| met.contains(root) && !open.contains(id)) {
            sessions.extend(self.view::<SessionView>(space, RowKind::Session, &id.0)?.filter(|s| s.alive));
        }
        let mut sessions = view::joined(sessions, &roots);
        self.keep_private(&db, &mut sessions)?;
        sessions.retain(|s| s.state == SessionState::Planned);
        sessions.sort_by_cached_key(|s| (s.day().is_none(), s.day(), s.id));
        Ok(sessions)
    }

    /// What a phone may remind of in a space, from one day to another; see [`view::upcoming()`].
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn upcoming(&self, space: &SpaceId, today: &str, until: &str) -> Result<Vec<view::Upcoming>, EngineError> {
        let actions: Vec<view::ActionView> = self.open_views(space, RowKind::Action)?;
        Ok(view::upcoming(&self.open_sessions(space)?, &actions, &self.core.both(space)?, self.me(), today, until))
    }

    /// The last `limit` messages before the effective clock `before`, oldest first, with what was said about them.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn messages(&self, space: &SpaceId, before: Option<u64>, limit: usize) -> Result<Vec<MessageView>, EngineError> {
        let mut events = self.said(space, before.unwrap_or(u64::MAX), limit)?;
        let Some(first) = events.iter().filter(|e| matches!(e.event.payload, Payload::Message(_))).map(|e| e.effective).min() else {
            return Ok(Vec::new());
        };
        // A receipt says nothing about what comes after it.
        let db = self.store.read();
        let receipts = self.core.shown_events(&db, space, false, |no| db.events_since(no, 5, first), usize::MAX)?;
        events.extend(receipts.into_iter().filter_map(|r| self.core.held(r)));
        Ok(view::messages(&events))
    }

    /// The last `limit` messages before an effective clock, newest first, and what was said about them but for receipts.
    pub(super) fn said(&self, space: &SpaceId, before: u64, limit: usize) -> Result<Vec<HeldEvent>, EngineError> {
        let db = self.store.read();
        let said = self.core.shown_events(&db, space, true, |no| db.last_events(no, 1, before, limit), limit)?;
        let Some(first) = said.last().map(|r| r.effective) else { return Ok(Vec::new()) };
        let mut events: Vec<HeldEvent> = said.into_iter().filter_map(|r| self.core.held(r)).collect();
        events.extend(self.core.said_of_messages(&db, space, first, before)?);
        Ok(events)
    }

    /// One message, with what was said about it but for receipts.
    pub(super) fn message(&self, space: &SpaceId, id: &EventId) -> Result<Option<MessageView>, EngineError> {
        let db = self.store.read();
        let counting = |no| Ok(db.event(no, id)?.filter(|r| r.counts).into_iter().collect());
        let Some(said) = self.core.shown_events(&db, space, true, counting, 1)?.pop() else { return Ok(None) };
        let mut events = self.core.said_of_messages(&db, space, said.effective, said.effective.saturating_add(1))?;
        events.extend(self.core.held(said));
        Ok(view::messages(&events).into_iter().find(|m| m.id == *id))
    }

    /// Cards of a space: what two people differ on.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn cards(&mut self, space: &SpaceId) -> Result<Vec<Card>, EngineError> {
        let mut documents: Vec<DocumentId> = Vec::new();
        {
            let db = self.store.read();
            for no in self.core.numbers(&db, space)? {
                // Of a few among thousands: only those are looked up.
                for row in db.differing_rows(no)? {
                    if let Some(of) = row.document.filter(|_| read::<Cards>(&row.view).is_ok_and(|c| c.cards > 0)) {
                        documents.extend(db.document_no(of)?.map(|d| d.id));
                    }
                }
            }
        }
        documents.sort_unstable();
        documents.dedup();
        let mut out = Vec::new();
        for document in documents {
            let (document, events, writers) = self.with_events(space, document)?;
            out.extend(card::cards(&document, &events, &writers));
        }
        let me = self.core.me;
        out.retain(|c| c.only_for.is_none_or(|p| p == me));
        Ok(out)
    }

    /// Chooses a card's value, for both people.
    ///
    /// # Errors
    /// [`EngineError::NotFound`] when there is no such value.
    pub fn resolve(&mut self, space: &SpaceId, card: &Card, index: usize, now: Millis) -> Result<(), EngineError> {
        match card::resolve(card, index).ok_or(EngineError::NotFound("value on this card"))? {
            Choice::Command(command) => {
                let db = self.store.read();
                let row = db.document(self.core.space(space)?.no, &card.document)?.ok_or(EngineError::NotFound("document"))?;
                self.edit(space, card.document, DocumentKind::from_code(row.kind), &command, now)?;
            }
            Choice::Event(draft) => {
                self.state(space, draft, now)?;
            }
        }
        Ok(())
    }

    /// Who changed what in a document, oldest first.
    ///
    /// # Errors
    /// [`EngineError::NotFound`].
    pub fn history(&mut self, space: &SpaceId, document: DocumentId) -> Result<Vec<HistoryEntry>, EngineError> {
        let (document, _, writers) = self.with_events(space, document)?;
        let after_end = self.store.read().counted_past(self.core.space(space)?.no, &document.id)?.into_iter().collect();
        Ok(history::history_of(&document, &writers, &after_end))
    }

    /// A document as it is now.
    ///
    /// # Errors
    /// [`EngineError::NotFound`].
    pub fn document(&mut self, space: &SpaceId, document: DocumentId) -> Result<Document, EngineError> {
        let db = self.store.read();
        let no = self.core.number_of(&db, space, document)?;
        self.core.document_at(&db, space, no, document)
    }

    /// Where several events of this device are, in their order; see [`Engine::event_status`].
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn event_statuses(&self, space: &SpaceId, events: &[EventId]) -> Result<Vec<Where>, EngineError> {
        events.iter().map(|e| Ok(self.event_status(space, e)?.at)).collect()
    }

    /// Counting events about one thing, in order.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn events_about(&self, space: &SpaceId, subject: Subject) -> Result<Vec<HeldEvent>, EngineError> {
        self.core.shown_about(&self.store.read(), space, subject)
    }

    fn with_events(
        &mut self,
        space: &SpaceId,
        document: DocumentId,
    ) -> Result<(Document, Vec<HeldEvent>, crate::document::read::Writers), EngineError> {
        let db = self.store.read();
        let no = self.core.number_of(&db, space, document)?;
        let copy = self.core.document_at(&db, space, no, document)?;
        let events = self.core.events_of(&db, no, &copy)?;
        Ok((copy, events, self.core.shown_writers(&db, space)?))
    }

    /// The names by which people are shown in a space.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn names(&self, space: &SpaceId) -> Result<BTreeMap<PersonId, String>, EngineError> {
        self.core.names(&self.store.read(), space)
    }

    /// The state code of a space.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn state_code(&self, space: &SpaceId) -> Result<String, EngineError> {
        self.core.state_code(&self.store.read(), space)
    }
}

#[derive(serde::Deserialize)]
struct Cards {
    #[serde(default)]
    cards: usize,
}

pub(super) fn read<T: DeserializeOwned>(stored: &[u8]) -> Result<T, EngineError> {
    let (_, json) = unstored(stored).ok_or(StoreError::Shape("row"))?;
    serde_json::from_str(json).map_err(|_| StoreError::Shape("view").into())
}

impl Core {
    pub(super) fn document(&mut self, db: &Db<'_>, space: &SpaceId, document: DocumentId) -> Result<Document, EngineError> {
        let no = self.space(space)?.no;
        self.document_at(db, space, no, document)
    }

    /// A document as it stands under a number of its space.
    pub(super) fn document_at(&mut self, db: &Db<'_>, space: &SpaceId, no: i64, document: DocumentId) -> Result<Document, EngineError> {
        db.document(no, &document)?.filter(|r| r.erased == Erased::No).ok_or(EngineError::NotFound("document"))?;
        let open = self.docs.get(db, (no, *space), document, None)?.ok_or(EngineError::NotFound("document"))?;
        Ok(open.document.clone())
    }

    /// Counting events of one kind in a space, in order.
    pub(super) fn kind_of(&self, db: &Db<'_>, space: &SpaceId, kind: u16) -> Result<Vec<HeldEvent>, EngineError> {
        let rows = db.events_of_kind(self.space(space)?.no, kind)?;
        Ok(rows.into_iter().filter(|r| r.counts).filter_map(|r| self.held(r)).collect())
    }

    pub(super) fn names(&self, db: &Db<'_>, id: &SpaceId) -> Result<BTreeMap<PersonId, String>, EngineError> {
        let space = self.space(id)?;
        let mut people: Vec<PersonId> = space.state.members.keys().copied().collect();
        people.extend(space.state.former.iter().copied());
        let mut out = BTreeMap::new();
        for person in people {
            out.insert(person, self.display_name(db, id, Some(person))?);
        }
        Ok(out)
    }

    pub(super) fn state_code(&self, db: &Db<'_>, id: &SpaceId) -> Result<String, EngineError> {
        let space = self.space(id)?;
        let documents: Vec<(DocumentId, Vec<[u8; 32]>)> = db
            .documents(space.no)?
            .into_iter()
            .filter(|d| d.erased == Erased::No)
            .map(|d| (d.id, d.heads.chunks_exact(32).filter_map(|c| c.try_into().ok()).collect::<Vec<[u8; 32]>>()))
            .filter(|(_, heads)| !heads.is_empty() && heads != &[first_hash()])
            .collect();
        let events = db.coded_event_ids(space.no)?;
        let statements: Vec<[u8; 32]> = space.state.valid.iter().map(|s| s.0).collect();
        Ok(state_code(id, &documents, &events, &statements))
    }
}
