//! Commands: what a person does here. Each is one transaction, durable when it returns, whatever the network does.

use std::collections::BTreeMap;

use automerge::Change;

use super::docs::{Flat, inspected};
use super::{Changed, Core, Engine, EngineError};
use crate::document::{Author, Command, Document, DocumentError, DocumentKind, derived_id};
use crate::event::state::{Running, stage};
use crate::event::{EventDraft, HeldEvent, Payload, SPACE_SUBJECT, Subject};
use crate::id::{DocumentId, EventId, PersonId, SpaceId};
use crate::record::firewall;
use crate::store::{Db, Erased, Outgoing, SpaceKind, StoreError};
use crate::sync::machine::Millis;

/// One keystroke or paste: where, how many code points out, what in.
pub type Splice = (usize, usize, String);

/// Most bytes that one event may have: it must fit a record beside others.
const EVENT: usize = 64 * 1024;

impl Engine {
    /// Does what `command` says to a document, making the document if it is new. `false` when nothing changed.
    ///
    /// # Errors
    /// [`EngineError::ReadOnly`] with the reason; [`EngineError::Document`] when the command does not fit.
    pub fn edit(
        &mut self,
        space: &SpaceId,
        document: DocumentId,
        kind: DocumentKind,
        command: &Command,
        now: Millis,
    ) -> Result<bool, EngineError> {
        self.change(space, document, kind, now, |d, author| d.edit(author, command))
    }

    /// Types into the body of a note or a session: splices one after the other, as one change.
    ///
    /// # Errors
    /// As [`Engine::edit`].
    pub fn type_text(
        &mut self,
        space: &SpaceId,
        document: DocumentId,
        kind: DocumentKind,
        splices: &[Splice],
        now: Millis,
    ) -> Result<bool, EngineError> {
        self.change(space, document, kind, now, |d, author| d.type_text(author, &["body".to_owned()], splices))
    }

    fn change(
        &mut self,
        space: &SpaceId,
        document: DocumentId,
        kind: DocumentKind,
        now: Millis,
        act: impl FnOnce(&mut Document, &Author) -> Result<Vec<Vec<u8>>, DocumentError>,
    ) -> Result<bool, EngineError> {
        let done = self.transact(|core, db| {
            core.may_write(space)?;
            core.is_verified(db, space, document)?;
            core.edit(db, space, document, kind, now, act)
        })?;
        self.after_writing(now);
        Ok(done)
    }

    /// States an event. Gives its id.
    ///
    /// # Errors
    /// [`EngineError::ReadOnly`], also for a message after the pair ended; [`EngineError::Invalid`] for one too large.
    pub fn state(&mut self, space: &SpaceId, draft: EventDraft, now: Millis) -> Result<EventId, EngineError> {
        let id = self.transact(|core, db| {
            core.may_write(space)?;
            core.may_state(db, space, &draft)?;
            core.state(db, space, draft, now)
        })?;
        self.after_writing(now);
        Ok(id)
    }

    /// Keeps what is being typed, so that a crash does not lose it: part of the next change of the document, or of the next start.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn journal(&mut self, space: &SpaceId, document: DocumentId, command: &Command) -> Result<(), EngineError> {
        self.transact(|core, db| {
            core.may_write(space)?;
            core.is_verified(db, space, document)?;
            let no = core.space(space)?.no;
            let row = db.document(no, &document)?.ok_or(EngineError::NotFound("document"))?;
            let bytes = serde_json::to_vec(command).map_err(|_| EngineError::Invalid("this cannot be kept"))?;
            Ok(db.add_journal(row.no, &bytes)?)
        })
    }
}

impl Core {
    /// Whether this person may write in a space now.
    pub(super) fn may_write(&self, id: &SpaceId) -> Result<(), EngineError> {
        let space = self.space(id)?;
        let why = if space.kind == SpaceKind::Archive {
            "it is a saved copy, opened for reading"
        } else if !space.state.members.contains_key(&self.me) {
            "you left this relationship"
        } else if space.state.closed {
            "it was closed"
        } else if space.state.stops_writing {
            "a newer version of the app changed how it works; update to go on writing"
        } else {
            return Ok(());
        };
        Err(EngineError::ReadOnly(why))
    }

    /// The next value of this device's clock.
    fn tick(&mut self, db: &Db<'_>, now: Millis) -> Result<(), EngineError> {
        self.clock = self.clock.next(now, self.seen_clock);
        Ok(db.set_meta("clock", &self.clock.0.to_be_bytes())?)
    }

    /// Makes one edit: changes kept, rows made again, put behind what waits to be sent.
    pub(super) fn edit(
        &mut self,
        db: &Db<'_>,
        id: &SpaceId,
        document: DocumentId,
        kind: DocumentKind,
        now: Millis,
        act: impl FnOnce(&mut Document, &Author) -> Result<Vec<Vec<u8>>, DocumentError>,
    ) -> Result<bool, EngineError> {
        if matches!(kind, DocumentKind::Relationship | DocumentKind::Goals) && document != derived_id(*id, kind) {
            return Err(EngineError::Invalid("a space has one relationship and one list of goals"));
        }
        self.tick(db, now)?;
        let no = self.space(id)?.no;
        self.add_incarnations(db, id, self.device.id(), &[self.incarnation])?;
        let author = Author {
            person: self.me,
            device: self.device.id(),
            actor: firewall::actor(*id, self.device.id(), self.incarnation),
            clock: self.clock,
            wall_ms: now,
        };
        let open = self.docs.get(db, (no, *id), document, Some(kind))?.ok_or(StoreError::Shape("document"))?;
        if db.document_no(open.row.no)?.is_some_and(|r| r.erased != Erased::No) {
            return Err(EngineError::NotFound("document; it was deleted for good"));
        }
        if open.document.kind != kind {
            return Err(DocumentError::WrongKind.into());
        }
        let changes = act(&mut open.document, &author)?;
        // What was journaled while typing is part of this change; what an editing session holds is not.
        db.clear_journal(open.row.no)?;
        super::typing::journal_again(&self.typing, db, open.row.no)?;
        if changes.is_empty() {
            return Ok(false);
        }
        for bytes in &changes {
            let change = Change::from_bytes(bytes.clone()).map_err(|_| DocumentError::Bytes)?;
            let row = db.add_change(open.row.no, &change.hash().0, bytes)?;
            db.put_out(no, Outgoing::Change(row))?;
        }
        open.kept_own(db, changes.len())?;
        self.project(db, id, document)?;
        self.written.insert(*id);
        self.changed.extend([Changed::Space(*id), Changed::Status(*id)]);
        Ok(true)
    }

    /// States one event.
    pub(super) fn state(&mut self, db: &Db<'_>, id: &SpaceId, draft: EventDraft, now: Millis) -> Result<EventId, EngineError> {
        let no = self.space(id)?.no;
        if matches!(draft.payload, Payload::Message(_) | Payload::MessageEdit(_) | Payload::Reaction(_))
            && self.running(db, id)? == Running::Ended
        {
            return Err(EngineError::ReadOnly(
                "this relationship has ended; what was written stays, and closing forms can still be filled",
            ));
        }
        self.tick(db, now)?;
        let held = self.held_for(db, no, &draft)?;
        let event = draft.stated(self.clock, now, &held);
        let bytes = event.encode();
        if bytes.len() > EVENT {
            return Err(EngineError::Invalid("this is too long for one message or form (64 KiB); make it a note"));
        }
        let device = self.device.id();
        let (event, row) = self.put_event(db, id, device, self.me, bytes, true)?;
        let row = row.ok_or(EngineError::Invalid("this was stated already"))?;
        db.put_out(no, Outgoing::Event(row))?;
        self.project_about(db, id, &event)?;
        self.written.insert(*id);
        self.changed.extend([Changed::Space(*id), Changed::Status(*id)]);
        Ok(event.id)
    }

    /// The events that a new one may rest on.
    fn held_for(&self, db: &Db<'_>, no: i64, draft: &EventDraft) -> Result<Vec<HeldEvent>, EngineError> {
        // Conversations are long, and of them only the last one's clock matters.
        let kind = draft.payload.kind();
        if (1..=5).contains(&kind) {
            let mut last = Vec::new();
            for kind in 1..=5 {
                last.extend(db.last_events(no, kind, u64::MAX, 1)?);
            }
            return Ok(last.into_iter().filter_map(|r| self.held(r)).collect());
        }
        self.events_about(db, no, draft.subject)
    }

    /// Counting events about one thing, in order.
    pub(super) fn events_about(&self, db: &Db<'_>, no: i64, subject: Subject) -> Result<Vec<HeldEvent>, EngineError> {
        let rows = if subject == SPACE_SUBJECT {
            let mut rows = Vec::new();
            for kind in 12..=16 {
                rows.extend(db.events_of_kind(no, kind)?);
            }
            rows.sort_by_key(|r| (r.effective, r.id));
            rows
        } else {
            db.events_about(no, &subject)?
        };
        Ok(rows.into_iter().filter(|r| r.counts).filter_map(|r| self.held(r)).collect())
    }

    /// Whether a pair runs, is paused or ended.
    pub(super) fn running(&self, db: &Db<'_>, id: &SpaceId) -> Result<Running, EngineError> {
        let space = self.space(id)?;
        Ok(stage(&self.events_about(db, space.no, SPACE_SUBJECT)?, &self.both(id)?).running)
    }

    /// The people whose word a stage takes.
    pub(super) fn both(&self, id: &SpaceId) -> Result<Vec<PersonId>, EngineError> {
        let state = &self.space(id)?.state;
        let founder = |m: &crate::space::membership::Member| m.tier == crate::space::payload::Tier::Founder;
        let mut both: Vec<PersonId> = state.members.iter().filter(|(_, m)| founder(m)).map(|(p, _)| *p).collect();
        both.extend(state.former.iter().copied());
        both.sort_unstable();
        Ok(both)
    }

    /// What was typed before a crash becomes changes.
    pub(super) fn commit_journal(&mut self, db: &Db<'_>, now: Millis) -> Result<(), EngineError> {
        let mut waiting: BTreeMap<i64, Vec<Vec<u8>>> = BTreeMap::new();
        for (document, bytes) in db.journal()? {
            waiting.entry(document).or_default().push(bytes);
        }
        for (no, rows) in waiting {
            let Some(row) = db.document_no(no)?.filter(|r| r.erased == Erased::No) else { continue };
            let Some(id) = self.space_by_no(row.space).map(|s| s.id).filter(|id| self.may_write(id).is_ok()) else { continue };
            let kind = DocumentKind::from_code(row.kind);
            // Each text is a change of its own: what marks a change must not come twice.
            let typed = super::typing::replayed(&self.document(db, &id, row.id)?, &rows);
            for (path, places) in typed {
                // What does not fit any more loses its words, not the start of the app.
                self.edit(db, &id, row.id, kind, now, |document, author| {
                    Ok(document.type_places(author, &path, &places).unwrap_or_default())
                })?;
            }
            // A command of a later version is none that this one could have acknowledged.
            let commands: Vec<Command> = rows.iter().filter_map(|bytes| serde_json::from_slice(bytes).ok()).collect();
            self.edit(db, &id, row.id, kind, now, |document, author| {
                let mut changes = Vec::new();
                for command in &commands {
                    changes.extend(document.edit(author, command).unwrap_or_default());
                }
                Ok(changes)
            })?;
        }
        Ok(())
    }
}

impl super::docs::Open {
    /// Notes own changes that the document holds already and the store has just been given.
    pub(super) fn kept_own(&mut self, db: &Db<'_>, n: usize) -> Result<(), EngineError> {
        db.set_heads(self.row.no, &self.document.heads().concat(), n)?;
        self.row.tail += n as u64;
        self.keep(db, &[])
    }
}

/// A change that an export holds, as the store takes it.
pub(super) fn flat(bytes: &[u8]) -> Option<Flat> {
    inspected(bytes).and_then(Flat::new)
}
