//! Reading: lists from rows, history from documents; what a screen or the command line shows of cards, messages, notes and sessions is in files of their own.

mod card;
mod message;
mod note;
mod session;

use std::collections::BTreeMap;

pub use card::{CardNoun, CardView};
pub use message::{MessagePage, Said};
pub use note::{NoteFilter, NotePage, PlacedNote};
use serde::de::DeserializeOwned;
pub use session::SessionInFull;

use super::apply::unstored;
use super::{Core, Engine, EngineError};
use crate::document::history::{self, HistoryEntry};
use crate::document::read::Writers;
use crate::document::{Document, DocumentKind, derived_id, first_hash};
use crate::event::{HeldEvent, Subject};
use crate::export::state_code;
use crate::id::{DocumentId, ItemId, PersonId, SpaceId};
use crate::store::{Db, Erased, StoreError};
use crate::view::{self, RelationshipView, RowKind};

/// Of lists that are shown whole.
pub(super) const ALL: usize = usize::MAX >> 1;

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

    /// What both say about their relationship; blank where nobody said anything.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn relationship(&self, space: &SpaceId) -> Result<RelationshipView, EngineError> {
        let document = derived_id(*space, DocumentKind::Relationship);
        let view = self.view(space, RowKind::Relationship, &document.0)?;
        Ok(view.unwrap_or_else(|| RelationshipView::blank(document, *space)))
    }

    /// Whether this person mentors on some topic in a space.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn is_mentor(&self, space: &SpaceId) -> Result<bool, EngineError> {
        Ok(self.relationship(space)?.roles.iter().any(|r| r.mentor == self.me()))
    }

    /// Views of one noun that are still to come or to be done: planned sessions, open actions. It reads those alone, however many there were.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn open_views<T: DeserializeOwned>(&self, space: &SpaceId, kind: RowKind) -> Result<Vec<T>, EngineError> {
        let rows = self.core.shown_open(&self.store.read(), space, kind)?;
        rows.iter().map(|r| read(&r.view)).collect()
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

    /// The same of one item; a goal's history has its milestones' too.
    ///
    /// # Errors
    /// As [`Engine::history`].
    pub fn history_of_item(&mut self, space: &SpaceId, document: DocumentId, item: ItemId) -> Result<Vec<HistoryEntry>, EngineError> {
        let goal: Option<view::GoalView> = self.view(space, RowKind::Goal, &item.0)?;
        let steps: Vec<ItemId> = goal.into_iter().flat_map(|g| g.milestones.into_iter().chain(g.bin)).map(|m| m.id).collect();
        let mut entries = self.history(space, document)?;
        entries.retain(|h| h.item.is_some_and(|i| i == item || steps.contains(&i)));
        Ok(entries)
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

    /// Counting events about one thing, in order.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn events_about(&self, space: &SpaceId, subject: Subject) -> Result<Vec<HeldEvent>, EngineError> {
        self.core.shown_about(&self.store.read(), space, subject)
    }

    fn with_events(&mut self, space: &SpaceId, document: DocumentId) -> Result<(Document, Vec<HeldEvent>, Writers), EngineError> {
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

    /// The two people whose relationship a space is, also when one of them left.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn both(&self, space: &SpaceId) -> Result<Vec<PersonId>, EngineError> {
        self.core.both(space)
    }

    /// The state code of a space.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn state_code(&self, space: &SpaceId) -> Result<String, EngineError> {
        self.core.state_code(&self.store.read(), space)
    }
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
