//! Reading while a snapshot is shown: what it says, and what only records say, side by side; what it says is read-only until its records are here.

use std::collections::BTreeSet;

use super::super::{Core, Engine, EngineError};
use super::show::writers_key;
use crate::document::read::Writers;
use crate::event::{EventDraft, HeldEvent, Subject};
use crate::id::{DocumentId, EventId, PersonId, SpaceId};
use crate::store::{Db, EventRow, RowRecord, StoreError, shadow};
use crate::view::RowKind;

const UNVERIFIED: &str = "this is still being verified: it can be changed once all that is behind it has come";

impl Engine {
    /// Whether a space shows a snapshot whose records have not all come: "being verified".
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn being_verified(&self, space: &SpaceId) -> Result<bool, EngineError> {
        Ok(self.store.read().shows_snapshot(self.core.space(space)?.no)?)
    }

    /// Whether a document as it is shown comes from such a snapshot. It cannot be changed until its records are here.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn document_being_verified(&self, space: &SpaceId, document: DocumentId) -> Result<bool, EngineError> {
        Ok(self.core.number_of(&self.store.read(), space, document)? < 0)
    }
}

impl Core {
    /// Under which numbers a space's content is read: its snapshot's first, if it shows one.
    pub(in crate::engine) fn numbers(&self, db: &Db<'_>, id: &SpaceId) -> Result<Vec<i64>, EngineError> {
        let no = self.space(id)?.no;
        Ok(if db.shows_snapshot(no)? { vec![shadow(no), no] } else { vec![no] })
    }

    /// Under which of them a document is read.
    pub(in crate::engine) fn number_of(&self, db: &Db<'_>, id: &SpaceId, document: DocumentId) -> Result<i64, EngineError> {
        let no = self.space(id)?.no;
        let shown = db.shows_snapshot(no)? && db.document(shadow(no), &document)?.is_some();
        Ok(if shown { shadow(no) } else { no })
    }

    /// Refuses to change what a snapshot shows: what would rest on it might rest on nothing.
    pub(in crate::engine) fn is_verified(&self, db: &Db<'_>, id: &SpaceId, document: DocumentId) -> Result<(), EngineError> {
        if self.number_of(db, id, document)? < 0 { Err(EngineError::ReadOnly(UNVERIFIED)) } else { Ok(()) }
    }

    /// Messages may be written at any time; what is stated about goals and sessions rests on what was stated before.
    pub(in crate::engine) fn may_state(&self, db: &Db<'_>, id: &SpaceId, draft: &EventDraft) -> Result<(), EngineError> {
        let rests = !matches!(draft.payload.kind(), 1..=5 | 32..);
        if rests && db.shows_snapshot(self.space(id)?.no)? { Err(EngineError::ReadOnly(UNVERIFIED)) } else { Ok(()) }
    }

    /// Rows of one noun as they are shown.
    pub(in crate::engine) fn shown_rows(
        &self,
        db: &Db<'_>,
        id: &SpaceId,
        kind: RowKind,
        alive: bool,
        limit: usize,
    ) -> Result<Vec<RowRecord>, EngineError> {
        let no = self.space(id)?.no;
        if !db.shows_snapshot(no)? {
            return Ok(db.rows(no, kind.code(), alive, limit)?);
        }
        let all = usize::MAX >> 1;
        let mut rows = db.rows(shadow(no), kind.code(), alive, all)?;
        let mut hidden: BTreeSet<[u8; 16]> = rows.iter().map(|r| r.id).collect();
        hidden.extend(db.rows(shadow(no), kind.code(), !alive, all)?.iter().map(|r| r.id));
        rows.extend(db.rows(no, kind.code(), alive, all)?.into_iter().filter(|r| !hidden.contains(&r.id)));
        rows.sort_by(|a, b| b.sort.cmp(&a.sort).then(a.id.cmp(&b.id)));
        rows.truncate(limit);
        Ok(rows)
    }

    /// Rows of one noun as they are shown that are still to come or to be done.
    pub(in crate::engine) fn shown_open(&self, db: &Db<'_>, id: &SpaceId, kind: RowKind) -> Result<Vec<RowRecord>, EngineError> {
        let no = self.space(id)?.no;
        if !db.shows_snapshot(no)? {
            return Ok(db.open_rows(no, kind.code())?);
        }
        let rows = self.shown_rows(db, id, kind, true, usize::MAX >> 1)?;
        Ok(rows.into_iter().filter(|r| r.open).collect())
    }

    /// One row as it is shown.
    pub(in crate::engine) fn shown_row(
        &self,
        db: &Db<'_>,
        id: &SpaceId,
        kind: RowKind,
        row: &[u8; 16],
    ) -> Result<Option<RowRecord>, EngineError> {
        for no in self.numbers(db, id)? {
            if let Some(found) = db.row(no, kind.code(), row)? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// Events that `of` gives under each number of a space, each once, by their place in the order; the last `limit` of them, `newest` first or last.
    pub(in crate::engine) fn shown_events(
        &self,
        db: &Db<'_>,
        id: &SpaceId,
        newest: bool,
        of: impl Fn(i64) -> Result<Vec<EventRow>, StoreError>,
        limit: usize,
    ) -> Result<Vec<EventRow>, EngineError> {
        let mut numbers = self.numbers(db, id)?;
        // Where records say it already, they do.
        numbers.reverse();
        if let [one] = numbers.as_slice() {
            return Ok(of(*one)?);
        }
        let mut seen: BTreeSet<EventId> = BTreeSet::new();
        let mut out = Vec::new();
        for no in numbers {
            out.extend(of(no)?.into_iter().filter(|r| seen.insert(r.id)));
        }
        out.sort_by(|a, b| b.effective.cmp(&a.effective).then(b.id.cmp(&a.id)));
        out.truncate(limit);
        if !newest {
            out.reverse();
        }
        Ok(out)
    }

    /// Counting events of one kind as they are shown, in order.
    pub(in crate::engine) fn shown_of_kind(&self, db: &Db<'_>, id: &SpaceId, kind: u16) -> Result<Vec<HeldEvent>, EngineError> {
        let rows = self.shown_events(db, id, false, |no| db.events_of_kind(no, kind), usize::MAX)?;
        Ok(rows.into_iter().filter(|r| r.counts).filter_map(|r| self.held(r)).collect())
    }

    /// Counting edits, withdrawals and reactions as they are shown, of messages whose effective clock is `from` or more and below `before`. While a snapshot
    /// is shown, one may come twice.
    pub(in crate::engine) fn said_of_messages(
        &self,
        db: &Db<'_>,
        id: &SpaceId,
        from: u64,
        before: u64,
    ) -> Result<Vec<HeldEvent>, EngineError> {
        let mut out = Vec::new();
        for said in self.numbers(db, id)? {
            let rows = self.shown_events(db, id, false, |no| db.events_on_messages(no, said, from, before), usize::MAX)?;
            out.extend(rows.into_iter().filter_map(|r| self.held(r)));
        }
        Ok(out)
    }

    /// Counting events about one thing as they are shown, in order.
    pub(in crate::engine) fn shown_about(&self, db: &Db<'_>, id: &SpaceId, subject: Subject) -> Result<Vec<HeldEvent>, EngineError> {
        let mut seen: BTreeSet<EventId> = BTreeSet::new();
        let mut out = Vec::new();
        for no in self.numbers(db, id)?.into_iter().rev() {
            out.extend(self.events_about(db, no, subject)?.into_iter().filter(|e| seen.insert(e.id)));
        }
        out.sort_by_key(|e| (e.effective, e.id));
        Ok(out)
    }

    /// Who writes under which actor, as records and the snapshot that is shown say.
    pub(in crate::engine) fn shown_writers(&self, db: &Db<'_>, id: &SpaceId) -> Result<Writers, EngineError> {
        let mut writers = self.writers(self.space(id)?);
        for pair in db.meta(&writers_key(id))?.unwrap_or_default().chunks_exact(48) {
            if let Some((actor, person)) = pair.split_first_chunk::<16>()
                && let Some(person) = PersonId::from_slice(person)
            {
                writers.entry(*actor).or_insert(person);
            }
        }
        Ok(writers)
    }
}
