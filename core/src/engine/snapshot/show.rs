//! Showing a snapshot on a device that is new in a space: fetched, checked whole, shown, read on, and dropped once every record that it covers is here.

use std::collections::{BTreeMap, BTreeSet};

use ithaca_wire::exchange::{Ask, Request as WireRequest, Response as WireResponse, VERSION};
use ithaca_wire::id::RecordHash;
use ithaca_wire::limits;
use ithaca_wire::record::{self, Outer};
use ithaca_wire::vector::Entry;
use sha2::{Digest, Sha256};

use super::super::apply::SetAside;
use super::super::docs::Flat;
use super::super::{Changed, Core, Engine, EngineError, Request, search};
use super::{LATER, RECORDS, Step, hash, reference, tried, tried_key};
use crate::document::{DocumentKind, derived_id, first_hash};
use crate::event::own::{self, KnownSnapshot};
use crate::event::{Event, HeldEvent, SPACE_SUBJECT, tombstone};
use crate::id::{DeviceId, DocumentId, EpochId, PersonId, SpaceId};
use crate::record::body::Body;
use crate::record::firewall::{self, Actor, RECEIVE};
use crate::record::frame::{Kind, Opening};
use crate::record::seal::{self, Place};
use crate::record::snapshot::{LaneLine, Snapshot, SnapshotError};
use crate::space::statement::Statement;
use crate::store::{CoveredRow, Db, Erased, EventRow, ShownRow, SpaceKind, shadow};
use crate::sync::machine::{Event as Told, Millis};
use crate::transport::{Call, CallError, ObjectAt, Reply};

/// Bytes of records after a snapshot that one answer may bring.
const BUDGET: u32 = 900 * 1024;
/// So often may the process die over one before it is refused.
const DEATHS: u8 = 3;

/// A snapshot on its way here.
#[derive(Debug)]
pub(super) struct Taking {
    known: KnownSnapshot,
    objects: Vec<Vec<u8>>,
    /// Relays that were not asked for the next object yet.
    origins: Vec<String>,
    /// An object was asked for.
    waits: bool,
}

impl Taking {
    /// Of which space.
    pub fn space(&self) -> SpaceId {
        self.known.space
    }
}

/// Why a snapshot is not shown.
#[derive(Debug, thiserror::Error)]
enum Refusal {
    #[error(transparent)]
    Bytes(#[from] SnapshotError),
    #[error("a document in it: {0}")]
    Document(#[from] firewall::Refused),
    #[error("a document in it stands twice, or is called what it is not")]
    Kind,
    #[error("an event in it cannot be read, or belongs nowhere")]
    Event,
    #[error("somebody in it is nobody here")]
    Author,
    #[error("a lane in it is of another space, or of an epoch that is not known")]
    Lane,
    #[error("the process died over it")]
    Deaths,
}

impl Engine {
    /// Asks for the next object of a snapshot that is wanted.
    pub(super) fn go_on_taking(&mut self, now: Millis, out: &mut Vec<Request>) -> Result<(), EngineError> {
        if self.exchanges.snapshots.taking.is_none() && !self.exchanges.snapshots.wanted.is_empty() {
            let db = self.store.read();
            let work = &mut self.exchanges.snapshots;
            let mut next = None;
            for (id, known) in &work.wanted {
                if work.later.get(id).is_none_or(|at| *at <= now) {
                    next = Some((*id, known.clone()));
                    break;
                }
            }
            let Some((id, known)) = next else { return Ok(()) };
            // Records came meanwhile.
            if work.off || !self.core.wants(&db, &id, &known)? {
                work.wanted.remove(&id);
                return self.ask_for_records(&id, now);
            }
            let origins = self.core.space(&id)?.state.relays.iter().cloned().collect();
            work.taking = Some(Taking { known, objects: Vec::new(), origins, waits: false });
        }
        let Some(taking) = self.exchanges.snapshots.taking.as_mut().filter(|t| !t.waits) else { return Ok(()) };
        let Some(name) = taking.known.objects.get(taking.objects.len()).map(hash) else { return Ok(()) };
        let id = taking.known.space;
        let key = self.core.spaces.get(&id).and_then(|s| s.keys.get(&taking.known.epoch));
        match (taking.origins.last().cloned(), key) {
            (Some(origin), Some(key)) => {
                taking.waits = true;
                let address = key.mailbox(&origin);
                let at = ObjectAt { mailbox: address.id, token: address.token, hash: name };
                out.push(self.exchanges.snapshot_call(origin, Call::GetObject { at }, Step::Object));
            }
            // No relay gives it now.
            _ => {
                self.exchanges.snapshots.later.insert(id, now.saturating_add(LATER));
                self.exchanges.snapshots.taking = None;
                self.ask_for_records(&id, now)?;
            }
        }
        Ok(())
    }

    /// The records of a space that waited for its snapshot are asked for.
    fn ask_for_records(&mut self, id: &SpaceId, now: Millis) -> Result<(), EngineError> {
        let space = self.core.space(id)?;
        let mut mailboxes = Vec::new();
        for origin in &space.state.relays {
            mailboxes.extend(space.keys.values().map(|key| (origin.clone(), key.mailbox(origin).id)));
        }
        for (origin, mailbox) in mailboxes {
            self.tell(now, Told::Changed { origin, mailbox, settled: false });
        }
        Ok(())
    }

    /// An object came, or did not.
    pub(super) fn got(&mut self, now: Millis, result: Result<Reply, CallError>) -> Result<(), EngineError> {
        let Some(taking) = &mut self.exchanges.snapshots.taking else { return Ok(()) };
        taking.waits = false;
        let wanted = taking.known.objects.get(taking.objects.len()).map(hash);
        match result {
            Ok(Reply::Object(bytes)) if wanted == Some(Sha256::digest(&bytes).into()) => taking.objects.push(bytes),
            // Another relay may have it, as it was put.
            _ => {
                taking.origins.pop();
            }
        }
        if taking.objects.len() < taking.known.objects.len() {
            return Ok(());
        }
        let Some(Taking { known, objects, .. }) = self.exchanges.snapshots.taking.take() else { return Ok(()) };
        self.exchanges.snapshots.wanted.remove(&known.space);
        let parts: Vec<&Vec<u8>> = objects.iter().take(1).collect();
        let trial = self.begin_trial(&parts)?;
        let name = known.objects.first().map(hash).unwrap_or_default();
        let dead = self.core.deaths.get(&RecordHash(name)).is_some_and(|n| *n >= DEATHS);
        let shown = self.transact(|core, db| core.show(db, &known, &objects, dead, now))?;
        self.end_trial(trial)?;
        if !shown {
            return self.ask_for_records(&known.space, now);
        }
        self.exchanges.snapshots.tails.insert(known.space);
        self.exchanges.snapshots.fresh.insert(known.space);
        Ok(())
    }

    /// Asks for records after the snapshots that are shown.
    pub(super) fn read_tails(&mut self, now: Millis, out: &mut Vec<Request>) -> Result<(), EngineError> {
        for id in std::mem::take(&mut self.exchanges.snapshots.tails) {
            if self.exchanges.snapshots.reading.contains(&id) {
                continue;
            }
            // Where the store fails nothing waits for what may not come.
            match self.tail_call(&id).inspect_err(|_| self.exchanges.snapshots.fresh.clear())? {
                Some((origin, call, epochs)) => {
                    self.exchanges.snapshots.reading.insert(id);
                    out.push(self.exchanges.snapshot_call(origin, call, Step::Tail { space: id, epochs }));
                }
                None => self.tail_ends(&id, now)?,
            }
        }
        Ok(())
    }

    /// The records from the beginning wait no longer.
    fn tail_ends(&mut self, id: &SpaceId, now: Millis) -> Result<(), EngineError> {
        if self.exchanges.snapshots.fresh.remove(id) { self.ask_for_records(id, now) } else { Ok(()) }
    }

    /// What asks for the records after the snapshot of a space: where, what, and which epochs the answer is about.
    fn tail_call(&self, id: &SpaceId) -> Result<Option<(String, Call, Vec<EpochId>)>, EngineError> {
        let db = self.store.read();
        let Some(space) = self.core.spaces.get(id) else { return Ok(None) };
        let Some(origin) = space.state.relays.iter().next().cloned().filter(|_| !space.local.blocked) else { return Ok(None) };
        if !db.shows_snapshot(space.no)? {
            return Ok(None);
        }
        let mut vectors: BTreeMap<EpochId, Vec<(ithaca_wire::LaneId, Entry)>> = BTreeMap::new();
        for row in db.covered(space.no)? {
            let entry = Entry { from: 1, n: row.n, tag: row.sum.tag() };
            vectors.entry(row.epoch).or_default().push((row.lane, entry));
        }
        let (mut mailboxes, mut epochs) = (Vec::new(), Vec::new());
        for (epoch, key) in space.keys.iter().take(limits::MAILBOXES_ASKED) {
            let address = key.mailbox(&origin);
            let mut vector = vectors.remove(epoch).unwrap_or_default();
            vector.sort_unstable_by_key(|(lane, _)| *lane);
            vector.truncate(limits::LANES);
            epochs.push(*epoch);
            let (mailbox, token) = (address.id, address.token);
            mailboxes.push(Ask { mailbox, token, push: None, digest: None, vector: Some(vector), lists: None });
        }
        Ok(Some((origin, Call::Sync(WireRequest { version: VERSION, budget: BUDGET, mailboxes }), epochs)))
    }

    /// Records after a snapshot came: they are shown beside it. Kept they are when they come in their order.
    pub(super) fn tail_came(
        &mut self,
        now: Millis,
        id: &SpaceId,
        epochs: &[EpochId],
        result: Result<Reply, CallError>,
    ) -> Result<(), EngineError> {
        self.exchanges.snapshots.reading.remove(id);
        if let Ok(Reply::Sync(response)) = result
            && response.mailboxes.len() == epochs.len()
            && self.take_tail(id, epochs, response).inspect_err(|_| self.exchanges.snapshots.fresh.clear())?
        {
            self.exchanges.snapshots.tails.insert(*id);
            return Ok(());
        }
        self.tail_ends(id, now)
    }

    /// Shows what an answer brings after a snapshot; whether there is more of it.
    fn take_tail(&mut self, id: &SpaceId, epochs: &[EpochId], response: WireResponse) -> Result<bool, EngineError> {
        let (mut read, mut more) = (false, false);
        for (epoch, answer) in epochs.iter().zip(response.mailboxes) {
            let records: Vec<Vec<u8>> = answer.records.unwrap_or_default().into_iter().map(Vec::from).collect();
            more |= answer.lacking.is_some_and(|(n, _)| n > records.len() as u64);
            // What the process died over three times is left to where records are taken one by one.
            let calm: Vec<&Vec<u8>> =
                records.iter().filter(|r| self.core.deaths.get(&record::hash(r)).is_none_or(|n| *n < DEATHS)).collect();
            if calm.is_empty() {
                continue;
            }
            let trial = self.begin_trial(&calm)?;
            read |= self.transact_soon(|core, db| core.read_on(db, id, epoch, &calm))?;
            self.end_trial(trial)?;
        }
        Ok(read && more)
    }

    /// Drops snapshots of which every record is here; of the others more may be read.
    pub(super) fn settle_shown(&mut self, now: Millis) -> Result<(), EngineError> {
        for row in self.store.read().shown()? {
            let Some(id) = self.core.space_by_no(row.space).map(|s| s.id) else { continue };
            if self.core.is_behind(&self.store.read(), row.space)? {
                self.exchanges.snapshots.tails.insert(id);
            } else {
                self.transact(|core, db| core.drop_shown(db, &id, now))?;
            }
        }
        Ok(())
    }
}

impl Core {
    /// Whether a snapshot is worth having: this device holds next to nothing of the space, and did not try it before.
    pub(super) fn wants(&self, db: &Db<'_>, id: &SpaceId, known: &KnownSnapshot) -> Result<bool, EngineError> {
        let Some(space) = self.spaces.get(id).filter(|s| s.kind == SpaceKind::Pair && !s.local.blocked) else { return Ok(false) };
        let held = db.lane(&known.epoch, &known.lane)?.is_some_and(|l| l.accepted >= known.n);
        Ok(!held
            && space.keys.contains_key(&known.epoch)
            && !db.shows_snapshot(space.no)?
            && db.n_accepted(space.no)? < RECORDS
            && db.meta(&tried_key(id))? != Some(tried(known)))
    }

    /// Shows a snapshot, if everything in it is in order; otherwise none of it, and a notice says so.
    fn show(&mut self, db: &Db<'_>, known: &KnownSnapshot, objects: &[Vec<u8>], dead: bool, now: Millis) -> Result<bool, EngineError> {
        let id = known.space;
        let space = self.space(&id)?;
        let (no, key) = (space.no, space.keys.get(&known.epoch).cloned().ok_or(EngineError::NotFound("epoch"))?);
        db.set_meta(&tried_key(&id), &tried(known))?;
        let opened = if dead {
            Err(Refusal::Deaths)
        } else {
            let manifest = reference(known).open(key.content(), &known.epoch, objects);
            manifest.and_then(|m| Snapshot::parse(&m)).map_err(Refusal::from)
        };
        let shown = match opened {
            Err(why) => Err(why),
            Ok(snapshot) => {
                // Each has its own signature, and stands whatever becomes of the rest.
                self.take_stated(db, &id, &snapshot.statements, now)?;
                db.begin_part()?;
                // Where the store itself fails, that is the error to tell, and all of the transaction is undone: SQLite may have done so already.
                let shown = self.unpack(db, &id, &snapshot)?;
                db.end_part(shown.is_ok())?;
                shown
            }
        };
        match &shown {
            Ok(()) => {
                db.show_snapshot(&ShownRow { space: no, epoch: known.epoch, lane: known.lane, n: known.n })?;
                self.stale_rows.insert(search::Key::Messages(id));
            }
            Err(why) => {
                self.docs.clear();
                tracing::warn!(%why, "a snapshot was refused");
                self.notice(db, Some(no), "snapshot_refused", now, "")?;
            }
        }
        self.changed.extend([Changed::Space(id), Changed::Status(id)]);
        Ok(shown.is_ok())
    }

    /// Keeps the statements of a space and of those who are or were in it.
    fn take_stated(&mut self, db: &Db<'_>, id: &SpaceId, statements: &[Vec<u8>], now: Millis) -> Result<(), EngineError> {
        let before = self.cuts_of_all();
        let stated: Vec<Statement> = statements.iter().filter_map(|s| Statement::decode(s).ok()).collect();
        let mut new = false;
        for statement in stated.iter().filter(|s| s.log() == id.0) {
            new |= self.keep_statement(db, statement)?;
        }
        if new {
            self.load_space(db, id)?;
        }
        let state = &self.space(id)?.state;
        let people: BTreeSet<PersonId> = state.members.keys().chain(&state.former).copied().collect();
        let mut persons = false;
        for statement in stated.iter().filter(|s| people.contains(&PersonId(s.log()))) {
            persons |= self.keep_statement(db, statement)?;
        }
        if persons {
            self.fold_persons(db)?;
            self.load_space(db, id)?;
        }
        if new || persons {
            self.look_again(db, before, None, now)?;
        }
        Ok(())
    }

    /// Puts everything of a snapshot where it is shown from.
    fn unpack(&mut self, db: &Db<'_>, id: &SpaceId, snapshot: &Snapshot) -> Result<Result<(), Refusal>, EngineError> {
        let no = self.space(id)?.no;
        let mut actors: BTreeMap<Actor, PersonId> = self.writers(self.space(id)?);
        for (device, incarnation) in &snapshot.incarnations {
            let Some(person) = self.known_author(id, device)? else { return Ok(Err(Refusal::Author)) };
            actors.insert(firewall::actor(*id, *device, *incarnation), person);
        }
        for LaneLine { lane, opening, n, last, sum } in &snapshot.lanes {
            if opening.space != *id || !self.space(id)?.keys.contains_key(&opening.epoch) {
                return Ok(Err(Refusal::Lane));
            }
            if self.known_author(id, &opening.device)?.is_none() {
                return Ok(Err(Refusal::Author));
            }
            let opening = (opening.epoch, opening.to_bytes().to_vec());
            db.cover(no, &CoveredRow { epoch: opening.0, lane: *lane, opening: opening.1, n: *n, last: *last, sum: *sum })?;
        }
        db.set_meta(&writers_key(id), &actors.iter().flat_map(|(a, p)| a.iter().chain(&p.0).copied()).collect::<Vec<u8>>())?;
        let names: BTreeSet<Actor> = actors.keys().copied().collect();
        let mut documents = BTreeSet::new();
        for part in &snapshot.documents {
            let kind = DocumentKind::from_code(part.kind);
            if !documents.insert(part.id) || !self.is_called_rightly(id, part.id, kind) {
                return Ok(Err(Refusal::Kind));
            }
            let heads: Vec<[u8; 32]> = part.heads.iter().map(|h| **h).collect();
            if let Err(why) = firewall::document(&part.saved, &heads, &names, &first_hash()) {
                return Ok(Err(why.into()));
            }
            // Deleted since.
            if db.document(no, &part.id)?.is_some_and(|r| r.erased != Erased::No) {
                documents.remove(&part.id);
                continue;
            }
            let row = db.add_document(shadow(no), &part.id, kind.code())?;
            db.save_document(row, &part.saved)?;
            db.set_heads(row, &heads.concat(), 0)?;
        }
        for (device, bytes) in &snapshot.events {
            let Some(author) = self.known_author(id, device)? else { return Ok(Err(Refusal::Author)) };
            let Ok(event) = Event::decode(bytes) else { return Ok(Err(Refusal::Event)) };
            if event.kind() == own::KIND {
                return Ok(Err(Refusal::Event));
            }
            self.put_shown(db, id, (*device, author), event, bytes.clone())?;
        }
        for document in documents {
            self.project_shown(db, id, document)?;
        }
        Ok(Ok(()))
    }

    /// Whether a document may be of this kind: a space has one relationship and one list of goals, and each has its fixed id.
    fn is_called_rightly(&self, id: &SpaceId, document: DocumentId, kind: DocumentKind) -> bool {
        [DocumentKind::Relationship, DocumentKind::Goals].into_iter().all(|k| (kind == k) == (document == derived_id(*id, k)))
    }

    /// Keeps an event where the snapshot's are. Its place follows from the parents that are shown.
    fn put_shown(
        &mut self,
        db: &Db<'_>,
        id: &SpaceId,
        (device, author): (DeviceId, PersonId),
        event: Event,
        bytes: Vec<u8>,
    ) -> Result<HeldEvent, EngineError> {
        let no = shadow(self.space(id)?.no);
        let row_no = db.device_no(&device, &author)?;
        self.devices.insert(row_no, (device, author));
        let mut effective = BTreeMap::new();
        for parent in &event.parents {
            if let Some(clock) = db.effective(no, parent)? {
                effective.insert(*parent, clock);
            }
        }
        let event = HeldEvent::placed(*id, author, device, event, bytes, |p| effective.get(&p).copied());
        db.put_event(no, &EventRow::placed(&event, row_no, true, None))?;
        Ok(event)
    }

    fn project_shown(&mut self, db: &Db<'_>, id: &SpaceId, document: DocumentId) -> Result<(), EngineError> {
        let no = shadow(self.space(id)?.no);
        match self.docs.get(db, (no, *id), document, None)? {
            // Of one that only begins, records say more soon.
            Some(open) if !open.document.is_untouched() => {}
            _ => return Ok(()),
        }
        let writers = self.shown_writers(db, id)?;
        self.project_at(db, id, no, document, &writers)
    }

    /// Shows what records after the snapshot say, as far as each is chained to the one before; whether there were any.
    fn read_on(&mut self, db: &Db<'_>, id: &SpaceId, epoch: &EpochId, records: &[&Vec<u8>]) -> Result<bool, EngineError> {
        let no = self.space(id)?.no;
        let Some(key) = self.space(id)?.keys.get(epoch).cloned().filter(|_| db.shows_snapshot(no).unwrap_or(false)) else {
            return Ok(false);
        };
        let mut lanes: BTreeMap<_, CoveredRow> = db.covered(no)?.into_iter().filter(|r| r.epoch == *epoch).map(|r| (r.lane, r)).collect();
        let mut records: Vec<(Outer<'_>, &Vec<u8>)> = records.iter().filter_map(|r| Some((Outer::parse(r).ok()?, *r))).collect();
        records.sort_by_key(|(outer, _)| (outer.lane, outer.n));
        let (mut any, mut touched) = (false, BTreeSet::new());
        for (outer, bytes) in records {
            let before = lanes.get(&outer.lane);
            if outer.n != before.map_or(0, |b| b.n) + 1 {
                continue;
            }
            let Ok(inner) = seal::open(key.content(), epoch, &outer) else { continue };
            let opening = inner.opening.or_else(|| Opening::parse(&before?.opening).ok());
            let Some(opening) = opening.filter(|o| o.space == *id && o.epoch == *epoch) else { continue };
            let prev = before.map_or(opening.from.2, |b| b.last);
            let Some(last) = seal::verify(&inner, &Place { opening: &opening, lane: outer.lane, n: outer.n, prev }) else { continue };
            let Some(author) = self.known_author(id, &opening.device)? else { continue };
            let mut sum = before.map(|b| b.sum).unwrap_or_default();
            sum.add(outer.n, &record::hash(bytes));
            let row = CoveredRow { epoch: *epoch, lane: outer.lane, opening: opening.to_bytes().to_vec(), n: outer.n, last, sum };
            db.cover(no, &row)?;
            lanes.insert(outer.lane, row);
            any = true;
            // What of an ended device counts, records decide.
            if inner.kind != Kind::Content || self.space(id)?.state.cuts.contains_key(&opening.device) {
                continue;
            }
            if let Ok(body) = Body::parse(&inner.body) {
                // What is refused here is refused where the record is kept, and named there.
                let _ = self.show_body(db, id, (&opening, author), &body, &mut touched)?;
            }
        }
        for document in touched {
            self.project_shown(db, id, document)?;
        }
        if any {
            self.stale_rows.insert(search::Key::Messages(*id));
            self.changed.insert(Changed::Space(*id));
        }
        Ok(any)
    }

    fn show_body(
        &mut self,
        db: &Db<'_>,
        id: &SpaceId,
        (opening, author): (&Opening, PersonId),
        body: &Body,
        touched: &mut BTreeSet<DocumentId>,
    ) -> Result<Result<(), SetAside>, EngineError> {
        let no = self.space(id)?.no;
        let lives = body.incarnations.iter().chain([&opening.incarnation]);
        let actors: Vec<Actor> = lives.map(|i| firewall::actor(*id, opening.device, *i)).collect();
        let mut writers = db.meta(&writers_key(id))?.unwrap_or_default();
        for actor in &actors {
            if !writers.chunks_exact(48).any(|pair| pair.starts_with(actor)) {
                writers.extend(actor.iter().chain(&author.0));
            }
        }
        let mut taken: Vec<(DocumentId, DocumentKind, Vec<Flat>)> = Vec::new();
        for part in &body.changes {
            let kind = DocumentKind::from_code(part.kind);
            if !self.is_called_rightly(id, part.document, kind) {
                return Ok(Err(SetAside::Kind));
            }
            let mut flats = Vec::new();
            for chunk in &part.chunks {
                match firewall::inspect(chunk, &actors, &RECEIVE) {
                    Ok(seen) => flats.extend(Flat::new(seen)),
                    Err(refused) => return Ok(Err(SetAside::Change(refused))),
                }
            }
            taken.push((part.document, kind, flats));
        }
        let decoded: Result<Vec<Event>, _> = body.events.iter().map(|b| Event::decode(b)).collect();
        let Ok(events) = decoded else { return Ok(Err(SetAside::Event)) };
        db.set_meta(&writers_key(id), &writers)?;
        for (document, kind, flats) in taken {
            // One that records made and the snapshot does not show stands as records say.
            if db.document(shadow(no), &document)?.is_none() && db.document(no, &document)?.is_some() {
                continue;
            }
            let Some(open) = self.docs.get(db, (shadow(no), *id), document, Some(kind))? else { continue };
            match open.take(flats) {
                Ok(new) => {
                    open.keep(db, &new)?;
                    touched.insert(document);
                }
                Err(_) => self.docs.forget(shadow(no), document),
            }
        }
        for (event, bytes) in events.into_iter().zip(&body.events) {
            if event.kind() == own::KIND {
                continue;
            }
            let event = self.put_shown(db, id, (opening.device, author), event, bytes.clone())?;
            if event.event.kind() == tombstone::KIND {
                self.hide_deleted(db, id, DocumentId(event.event.subject))?;
            }
            if db.document(shadow(no), &DocumentId(event.event.subject))?.is_some() {
                touched.insert(DocumentId(event.event.subject));
            } else if event.event.subject != SPACE_SUBJECT {
                touched.insert(derived_id(*id, DocumentKind::Goals));
            }
        }
        Ok(Ok(()))
    }

    /// A note that was deleted for good since is shown no more; what was written into it without knowing, records bring back.
    fn hide_deleted(&mut self, db: &Db<'_>, id: &SpaceId, document: DocumentId) -> Result<(), EngineError> {
        let no = shadow(self.space(id)?.no);
        if let Some(row) = db.document(no, &document)?.filter(|r| DocumentKind::from_code(r.kind) == DocumentKind::Note) {
            self.docs.forget(no, document);
            db.drop_shown_document(row.no)?;
            self.stale_rows.insert(search::Key::Document(*id, row.no));
        }
        Ok(())
    }

    /// Whether records that a snapshot covers are still to come.
    fn is_behind(&self, db: &Db<'_>, no: i64) -> Result<bool, EngineError> {
        for row in db.covered(no)? {
            let (writer, accepted) = db.lane(&row.epoch, &row.lane)?.map_or((None, 0), |l| (l.device, l.accepted));
            if self.reach(db, &row.lane, writer, accepted)? < row.n {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Every record is here: what they say is shown from now on. Where the snapshot said otherwise, so does a notice.
    fn drop_shown(&mut self, db: &Db<'_>, id: &SpaceId, now: Millis) -> Result<(), EngineError> {
        let no = self.space(id)?.no;
        let agrees = self.agrees(db, id)?;
        for row in db.documents(shadow(no))? {
            self.docs.forget(shadow(no), row.id);
            self.stale_rows.insert(search::Key::Document(*id, row.no));
        }
        db.drop_shown(no)?;
        db.drop_meta(&writers_key(id))?;
        if !agrees {
            self.notice(db, Some(no), "snapshot_differs", now, "")?;
        }
        self.stale_rows.insert(search::Key::Messages(*id));
        self.changed.extend([Changed::Space(*id), Changed::Status(*id)]);
        Ok(())
    }

    /// Whether records say everything that the snapshot said.
    fn agrees(&mut self, db: &Db<'_>, id: &SpaceId) -> Result<bool, EngineError> {
        let no = self.space(id)?.no;
        for row in db.covered(no)? {
            // What stood there and was said again elsewhere need not be held.
            let Some(lane) = db.lane(&row.epoch, &row.lane)?.filter(|l| l.accepted >= row.n) else { continue };
            if !db.chained(lane.no, row.n)?.contains(&row.last) {
                return Ok(false);
            }
        }
        // What a cut ended may have counted when the snapshot was made.
        if !self.space(id)?.state.cuts.is_empty() {
            return Ok(true);
        }
        for row in db.documents(shadow(no))? {
            let (live, first) = (db.document(no, &row.id)?, first_hash());
            if live.as_ref().is_some_and(|l| l.erased != Erased::No) {
                continue;
            }
            let heads: Vec<[u8; 32]> = row.heads.chunks_exact(32).filter_map(|h| h.try_into().ok()).collect();
            let open = self.docs.get(db, (no, *id), row.id, None)?;
            if !heads.iter().all(|h| *h == first || open.as_ref().is_some_and(|o| o.has_applied(h))) {
                return Ok(false);
            }
        }
        Ok(db.unfounded_events(no)? == 0)
    }
}

/// Who writes under which actor, as a snapshot and the records after it say.
pub(super) fn writers_key(space: &SpaceId) -> String {
    format!("snapshot/writers/{space}")
}
