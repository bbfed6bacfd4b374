//! Deleting for good: a note is dropped from every device by a tombstone that travels. What somebody wrote into it without knowing of that returns as a
//! new note, whole, from the device on which it was written.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};

use super::docs::{Flat, Open};
use super::{Changed, Core, Engine, EngineError, Space};
use crate::document::{Author, Clock, Document, DocumentKind, first_hash};
use crate::event::{EventDraft, tombstone};
use crate::id::{DeviceId, DocumentId, Incarnation, PersonId, SpaceId};
use crate::record::firewall;
use crate::store::{Db, DocumentRow, Erased, Outgoing, SpaceKind};
use crate::sync::machine::Millis;
use crate::view::RowKind;

/// So long a document stays in the bin at least: 30 days.
const BIN: Millis = 30 * 86_400_000;

/// The document as which what `device` wrote into `from` without knowing that it was deleted returns.
pub fn returned_id(space: &SpaceId, from: DocumentId, device: &DeviceId) -> DocumentId {
    DocumentId(first_16(&[b"ithaca/v1/returned", &space.0, &from.0, &device.0]))
}

/// Under which incarnation it is written: it follows from what is returned, so that the same is never written twice in two ways.
fn returned_life(from: DocumentId, device: &DeviceId, heads: &[[u8; 32]]) -> Incarnation {
    Incarnation(first_16(&[b"ithaca/v1/returned-life", &from.0, &device.0, &heads.concat()]))
}

fn first_16(parts: &[&[u8]]) -> [u8; 16] {
    let hash = Sha256::digest(parts.concat());
    let mut out = [0; 16];
    out.iter_mut().zip(hash).for_each(|(o, h)| *o = h);
    out
}

impl Engine {
    /// Deletes a note for good, in the bin or not: every device drops it when it learns of that. Sealed bytes stay on relays, and copies saved elsewhere remain.
    ///
    /// # Errors
    /// [`EngineError::NotFound`]; [`EngineError::Invalid`] for anything but a note; [`EngineError::ReadOnly`] with the reason.
    pub fn delete_for_good(&mut self, space: &SpaceId, document: DocumentId, now: Millis) -> Result<(), EngineError> {
        self.transact(|core, db| {
            core.may_write(space)?;
            core.delete_for_good(db, space, document, now)
        })?;
        self.after_writing(now);
        Ok(())
    }

    /// Whose devices did not say yet that they hold what was last written here in a document: asked before it is deleted for good.
    ///
    /// # Errors
    /// [`EngineError::NotFound`].
    pub fn not_holding(&self, space: &SpaceId, document: DocumentId) -> Result<Vec<(PersonId, DeviceId)>, EngineError> {
        let db = self.store.read();
        let space = self.core.space(space)?;
        let row = db.document(space.no, &document)?.ok_or(EngineError::NotFound("document"))?;
        self.core.not_holding(&db, space, &row)
    }

    /// Deletes for good what this device put into the bin at least 30 days ago, once every current device has said that it holds the deletion; how many.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn empty_bin(&mut self, now: Millis) -> Result<usize, EngineError> {
        let done = self.transact(|core, db| core.empty_bin(db, now))?;
        if done > 0 {
            self.after_writing(now);
        }
        Ok(done)
    }
}

impl Core {
    fn delete_for_good(&mut self, db: &Db<'_>, id: &SpaceId, document: DocumentId, now: Millis) -> Result<(), EngineError> {
        let no = self.space(id)?.no;
        let row = db.document(no, &document)?.filter(|r| r.erased == Erased::No).ok_or(EngineError::NotFound("document"))?;
        if DocumentKind::from_code(row.kind) != DocumentKind::Note {
            return Err(EngineError::Invalid("only notes can be deleted for good; what both of you agreed or said stays"));
        }
        let unsent: BTreeSet<[u8; 32]> = db.unsent(row.no)?.into_iter().collect();
        let open = self.docs.get(db, (no, *id), document, None)?.ok_or(EngineError::NotFound("document"))?;
        // Nobody will ever have what was not sent yet, so nobody is to wait for it.
        let known: Vec<Flat> = open.all().into_iter().filter(|f| !unsent.contains(&f.hash)).collect();
        let mut heads = heads_of(&known);
        heads.truncate(tombstone::HEADS);
        if !heads.is_empty() {
            self.state(db, id, EventDraft { subject: document.0, payload: tombstone::tombstone(&heads) }, now)?;
        }
        self.drop_document(db, id, &row)
    }

    /// Forgets everything of a document but its sealed records.
    fn drop_document(&mut self, db: &Db<'_>, id: &SpaceId, row: &DocumentRow) -> Result<(), EngineError> {
        db.erase_document(row.no)?;
        self.docs.forget(row.space, row.id);
        self.stale_rows.insert(super::search::Key::Document(*id, row.no));
        self.changed.extend([Changed::Space(*id), Changed::Status(*id)]);
        Ok(())
    }

    /// What the counting tombstones of a document know of it; empty for one that was not deleted.
    fn tombstones(&self, db: &Db<'_>, no: i64, document: DocumentId) -> Result<Vec<Vec<[u8; 32]>>, EngineError> {
        let events = db.events_about(no, &document.0)?.into_iter().filter(|r| r.counts && r.kind == tombstone::KIND);
        Ok(events.filter_map(|r| self.held(r)).filter_map(|e| tombstone::known(&e.event.payload)).collect())
    }

    /// A document of which the first change came, or a first tombstone: whether it was deleted for good.
    pub(super) fn note_erased(&self, db: &Db<'_>, id: &SpaceId, document: DocumentId) -> Result<(), EngineError> {
        let no = self.space(id)?.no;
        if let Some(row) = db.document(no, &document)?
            && row.erased == Erased::No
            && DocumentKind::from_code(row.kind) == DocumentKind::Note
            && !self.tombstones(db, no, document)?.is_empty()
        {
            db.await_erasing(row.no)?;
        }
        Ok(())
    }

    /// Drops a document that was deleted for good, once everything that a tombstone knows of it has come: only then can be told what was written without
    /// knowing of it. What this device wrote so is made a new document first.
    pub(super) fn settle_erased(&mut self, db: &Db<'_>, id: &SpaceId, document: DocumentId) -> Result<(), EngineError> {
        let no = self.space(id)?.no;
        self.note_erased(db, id, document)?;
        let Some(row) = db.document(no, &document)?.filter(|r| r.erased == Erased::Waits) else { return Ok(()) };
        db.put_rows(no, Some(row.no), &[])?;
        self.stale_rows.insert(super::search::Key::Document(*id, row.no));
        let tombstones = self.tombstones(db, no, document)?;
        if self.docs.get(db, (no, *id), document, None)?.is_none() {
            return Ok(());
        }
        let Some(open) = self.docs.lift(no, document) else { return Ok(()) };
        let whole = tombstones.iter().flatten().all(|h| *h == first_hash() || open.has_applied(h));
        let done = if whole { self.bring_back(db, id, &open, &tombstones) } else { Ok(false) };
        self.docs.put_back(open);
        if done? {
            self.drop_document(db, id, &row)?;
        }
        Ok(())
    }

    /// Changes of a document that was dropped here. They are kept in no form; but if this device is the one to bring back what they say, it does.
    pub(super) fn came_late(
        &mut self,
        db: &Db<'_>,
        id: &SpaceId,
        document: DocumentId,
        kind: DocumentKind,
        flats: &[Flat],
    ) -> Result<(), EngineError> {
        let no = self.space(id)?.no;
        let Some(row) = db.document(no, &document)? else { return Ok(()) };
        if !flats.iter().any(|f| self.brings_back(id, &f.seen().actor).is_some_and(|d| !self.is_back(db, id, document, &d))) {
            return Ok(());
        }
        // Everything of it that stands in records: what was dropped with it, and what came.
        let mut open = Open::fresh(row, Document::new(*id, document, kind), BTreeSet::new());
        let mut all: BTreeMap<[u8; 32], Flat> = flats.iter().map(|f| (f.hash, f.clone())).collect();
        for said in self.accepted(db, id)?.into_iter().filter(|s| s.body.changes.iter().any(|c| c.document == document)) {
            if self.counts(db, id, &said)? {
                let chunks = said.body.changes.iter().filter(|c| c.document == document).flat_map(|c| &c.chunks);
                all.extend(chunks.filter_map(|c| super::write::flat(c)).map(|f| (f.hash, f)));
            }
        }
        if open.take(all.into_values().collect()).is_ok() {
            let tombstones = self.tombstones(db, no, document)?;
            self.bring_back(db, id, &open, &tombstones)?;
        }
        Ok(())
    }

    fn is_back(&self, db: &Db<'_>, id: &SpaceId, document: DocumentId, device: &DeviceId) -> bool {
        let Ok(space) = self.space(id) else { return true };
        db.document(space.no, &returned_id(id, document, device)).is_ok_and(|d| d.is_some_and(|d| !d.heads.is_empty()))
    }

    /// The device that wrote under an actor, if it falls to this one to bring back what that device wrote: to itself, or, where it was revoked, to the first
    /// of its person's other devices.
    fn brings_back(&self, id: &SpaceId, actor: &firewall::Actor) -> Option<DeviceId> {
        let space = self.spaces.get(id)?;
        let (device, _) = space.incarnations.iter().find(|(d, i)| firewall::actor(*id, *d, *i) == *actor)?;
        let me = self.device.id();
        if *device == me {
            return Some(me);
        }
        let mine = self.directory.person(device) == Some(self.me) && !self.directory.is_current(device);
        let first = self.persons.get(&self.me)?.current_devices().map(|(d, _)| *d).min();
        (mine && first == Some(me)).then_some(*device)
    }

    /// Makes a new document of what was written without knowing any tombstone, for every device that wrote last and falls to this one. `false` when that
    /// cannot be done now, and then nothing may be dropped.
    ///
    /// Whoever wrote last had everything before it, so nobody else needs to bring it back, and two devices that wrote one after the other return it once.
    fn bring_back(&mut self, db: &Db<'_>, id: &SpaceId, open: &Open, tombstones: &[Vec<[u8; 32]>]) -> Result<bool, EngineError> {
        let all: BTreeMap<[u8; 32], Flat> = open.all().into_iter().map(|f| (f.hash, f)).collect();
        let mut known = BTreeSet::new();
        let mut next: Vec<[u8; 32]> = tombstones.iter().flatten().copied().collect();
        while let Some(hash) = next.pop() {
            if known.insert(hash) {
                next.extend(all.get(&hash).into_iter().flat_map(|f| f.seen().deps.iter().copied()));
            }
        }
        let flats: Vec<Flat> = all.values().filter(|f| open.has_applied(&f.hash)).cloned().collect();
        let heads = heads_of(&flats);
        let last = heads.iter().filter(|h| !known.contains(*h)).filter_map(|h| all.get(h));
        let devices: BTreeSet<DeviceId> = last.filter_map(|f| self.brings_back(id, &f.seen().actor)).collect();
        for device in devices {
            if self.is_back(db, id, open.document.id, &device) {
                continue;
            }
            if self.may_write(id).is_err() {
                return Ok(false);
            }
            self.write_again(db, id, &open.document, &device)?;
        }
        Ok(true)
    }

    fn write_again(&mut self, db: &Db<'_>, id: &SpaceId, from: &Document, device: &DeviceId) -> Result<(), EngineError> {
        let no = self.space(id)?.no;
        let life = returned_life(from.id, device, &from.heads());
        self.add_incarnations(db, id, self.device.id(), &[life])?;
        let wall_ms = from.last_change().saturating_mul(1000);
        let author = Author {
            person: self.me,
            device: self.device.id(),
            actor: firewall::actor(*id, self.device.id(), life),
            clock: Clock(u64::try_from(wall_ms).unwrap_or(0)),
            wall_ms,
        };
        let new = returned_id(id, from.id, device);
        let open = self.docs.get(db, (no, *id), new, Some(from.kind))?.ok_or(EngineError::NotFound("document"))?;
        let changes = open.document.copy_from(from, &author)?;
        for bytes in &changes {
            let flat = super::write::flat(bytes).ok_or(EngineError::Invalid("this cannot be kept"))?;
            let row = db.add_change(open.row.no, &flat.hash, bytes)?;
            db.put_out(no, Outgoing::Change(row))?;
        }
        open.kept_own(db, changes.len())?;
        self.project(db, id, new)?;
        self.written.insert(*id);
        self.notice(db, Some(no), "returned", wall_ms, "")
    }

    fn not_holding(&self, db: &Db<'_>, space: &Space, row: &DocumentRow) -> Result<Vec<(PersonId, DeviceId)>, EngineError> {
        let mut holding = BTreeSet::from([self.device.id()]);
        if let Some(by) = db.carried(row.no)?.into_iter().find(|by| by.own)
            && !db.waits_out(space.no, row.no)?
            && let Some(lane) = db.lanes_of_space(space.no)?.into_iter().find(|l| l.no == by.lane)
        {
            let lines = db.frontiers(&lane.id)?.into_iter().filter(|(_, told)| *told >= by.n);
            holding.extend(lines.filter_map(|(d, _)| self.devices.get(&d)).map(|(d, _)| *d));
        }
        let members = space.state.members.keys().filter_map(|p| Some((*p, self.persons.get(p)?)));
        let current = members.flat_map(|(p, state)| state.current_devices().map(move |(d, _)| (p, *d)));
        Ok(current.filter(|(_, d)| !holding.contains(d)).collect())
    }

    fn empty_bin(&mut self, db: &Db<'_>, now: Millis) -> Result<usize, EngineError> {
        let mut done = 0;
        let spaces: Vec<SpaceId> =
            self.spaces.values().filter(|s| matches!(s.kind, SpaceKind::Pair | SpaceKind::Personal)).map(|s| s.id).collect();
        for id in spaces.into_iter().filter(|id| self.may_write(id).is_ok()).collect::<Vec<_>>() {
            let no = self.space(&id)?.no;
            for row in db.rows(no, RowKind::Note.code(), false, usize::MAX >> 1)? {
                let document = DocumentId(row.id);
                let Some(row) = db.document(no, &document)?.filter(|r| r.erased == Erased::No) else { continue };
                let me = self.device.id();
                let Some(open) = self.docs.get(db, (no, id), document, None)? else { continue };
                let since = open.document.binned_by(&me).and_then(|at| i64::try_from(at).ok());
                let old = since.is_some_and(|at| now.saturating_sub(at) >= BIN);
                if old && !db.waits_out(no, row.no)? && self.not_holding(db, self.space(&id)?, &row)?.is_empty() {
                    self.delete_for_good(db, &id, document, now)?;
                    done += 1;
                }
            }
        }
        Ok(done)
    }
}

/// Hashes of those among `flats` that none of them rests on.
fn heads_of(flats: &[Flat]) -> Vec<[u8; 32]> {
    let below: BTreeSet<&[u8; 32]> = flats.iter().flat_map(|f| &f.seen().deps).collect();
    let mut heads: Vec<[u8; 32]> = flats.iter().map(|f| f.hash).filter(|h| !below.contains(h)).collect();
    heads.sort_unstable();
    heads
}
