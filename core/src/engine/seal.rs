//! Sealing what waits, when it is sent and not when it is written: lane, number, epoch, signature and seal in one durable transaction, after
//! which the bytes never change.

use std::collections::{BTreeMap, BTreeSet};

use ithaca_wire::LaneId;
use ithaca_wire::record;
use ithaca_wire::vector::Sum;
use minicbor::bytes::ByteVec;

use super::docs::inspected;
use super::ingest::settle_run;
use super::{Changed, Core, Engine, EngineError};
use crate::id::{DocumentId, Incarnation, RecordId, SpaceId, StatementId};
use crate::record::body::{Body, DocumentChanges, Seen, WRITTEN};
use crate::record::firewall;
use crate::record::frame::{Kind, Opening};
use crate::record::seal::{Place, seal};
use crate::record::snapshot::Reference;
use crate::space::key::EpochKey;
use crate::space::payload::Payload;
use crate::space::statement::Statement;
use crate::store::{AgainRow, CarriedRow, Db, LaneRow, Outgoing, OutgoingRow, RecordRow, RecordState, SpaceKind};

/// So many lines of an outbox are looked at for one record.
const LINES: usize = 2_000;
/// So many records are sealed at once for one space; the rest follows in the next exchange.
const RECORDS: usize = 64;
/// A lane whose frontier line costs 35 bytes is told with the next record; so many lines go into one.
const FRONTIER: usize = 1_000;

/// What one record will carry, and which lines of the outbox that empties.
#[derive(Default)]
struct Batch {
    body: Body,
    lines: Vec<OutgoingRow>,
    documents: Vec<i64>,
    events: Vec<i64>,
    /// In place of the body: what a record of kind *snapshot* says.
    snapshot: Option<Vec<u8>>,
}

impl Engine {
    /// Seals what waits in a space.
    pub(super) fn seal_space(&mut self, id: &SpaceId) -> Result<usize, EngineError> {
        self.sealing(|core, db| core.seal_space(db, id))
    }

    /// Runs an act that seals and gives how many records it sealed; where it did, the marker moves. A database set back to before something left
    /// must be known at the next start, before it writes under the same name again; one that is ahead of the folder merely takes a new name.
    pub(super) fn sealing(&mut self, act: impl FnOnce(&mut Core, &Db<'_>) -> Result<usize, EngineError>) -> Result<usize, EngineError> {
        let marker: [u8; 16] = self.core.entropy.array()?;
        let sealed = self.transact(|core, db| {
            let sealed = act(core, db)?;
            if sealed > 0 {
                db.set_meta("marker", &marker)?;
            }
            Ok(sealed)
        })?;
        if sealed > 0 {
            self.profile.note("marker", &marker)?;
        }
        Ok(sealed)
    }

    /// Seals a record that says what was received, if nothing waits that would say it along.
    pub(super) fn acknowledge(&mut self, id: &SpaceId) -> Result<bool, EngineError> {
        let sealed = self.sealing(|core, db| {
            let sealed = core.seal_space(db, id)?;
            if sealed > 0 || !core.may_seal(id)? {
                return Ok(sealed);
            }
            let Some(key) = core.epoch_to_write(db, id)? else { return Ok(0) };
            let frontier = core.frontier(db, id, Told::No)?;
            let again = if db.n_outgoing(core.space(id)?.no)? == 0 { core.untold_again(db, id)? } else { Vec::new() };
            if frontier.is_empty() && again.is_empty() {
                return Ok(0);
            }
            core.seal_record(db, id, &key, Batch { body: Body { frontier, again, ..Body::default() }, ..Batch::default() })?;
            Ok(1)
        })?;
        Ok(sealed > 0)
    }

    /// Seals a record that says all that was received, told before or not: an earlier one may never have come.
    pub(super) fn heartbeat(&mut self, id: &SpaceId) -> Result<(), EngineError> {
        self.sealing(|core, db| {
            if !core.may_seal(id)? {
                return Ok(0);
            }
            let Some(key) = core.epoch_to_write(db, id)? else { return Ok(0) };
            let frontier = core.frontier(db, id, Told::Too)?;
            core.seal_record(db, id, &key, Batch { body: Body { frontier, ..Body::default() }, ..Batch::default() })?;
            core.written.insert(*id);
            Ok(1)
        })?;
        Ok(())
    }
}

/// Whether a frontier says again what was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    No,
    Too,
}

impl Core {
    /// Whether something of other devices was accepted and never acknowledged: the process ended before.
    pub(super) fn owes(&self, db: &Db<'_>, id: &SpaceId) -> Result<bool, EngineError> {
        let others = |l: &LaneRow| !l.own && l.device.and_then(|d| self.devices.get(&d)).is_some_and(|(d, _)| *d != self.device.id());
        for lane in db.lanes_of_space(self.space(id)?.no)?.into_iter().filter(others) {
            if lane.said > db.told(lane.no)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether anything may leave this device for a space.
    pub(super) fn may_seal(&self, id: &SpaceId) -> Result<bool, EngineError> {
        let space = self.space(id)?;
        Ok(space.kind != SpaceKind::Archive && !space.local.must_compare && !space.local.blocked)
    }

    /// Seals what waits in a space, oldest first; how many records that made.
    pub(super) fn seal_space(&mut self, db: &Db<'_>, id: &SpaceId) -> Result<usize, EngineError> {
        if !self.may_seal(id)? {
            return Ok(0);
        }
        let no = self.space(id)?.no;
        let mut sealed = 0;
        while sealed < RECORDS {
            let lines = db.outgoing(no, LINES)?;
            if lines.is_empty() {
                break;
            }
            let states = lines.first().is_some_and(|l| matches!(l.item, Outgoing::Statement(_)));
            // Statements may be written under any epoch: whoever left has none that is right, and yet says so. A new epoch is told where those who are to
            // learn of it read already.
            let told = if states { self.newest_told_epoch(db, id)? } else { None };
            let Some(key) = told.map_or_else(|| self.epoch_to_write(db, id), |key| Ok(Some(key)))? else { break };
            let mut batch = self.batch(db, id, &lines)?;
            if batch.lines.is_empty() {
                break;
            }
            batch.body.frontier = self.frontier(db, id, Told::No)?;
            if batch.lines.len() == lines.len() && lines.len() < LINES {
                batch.body.again = self.untold_again(db, id)?;
            }
            self.seal_record(db, id, &key, batch)?;
            sealed += 1;
        }
        Ok(sealed)
    }

    /// The newest epoch, right or not, of which this device has the key and whose own statement does not wait here any more, nor anything that it rests on:
    /// of several made without a network nobody else knows yet, and what is issued again must not stand under an epoch that nobody understands without it.
    fn newest_told_epoch(&self, db: &Db<'_>, id: &SpaceId) -> Result<Option<EpochKey>, EngineError> {
        let space = self.space(id)?;
        let waiting: BTreeSet<StatementId> = db.outgoing_statements(space.no)?.into_iter().collect();
        let mut held: Vec<_> = space.state.epochs.iter().filter(|e| !e.void && space.keys.contains_key(&e.epoch)).collect();
        held.sort_by_key(|e| std::cmp::Reverse(e.number));
        for view in held {
            if waiting.is_empty() || self.rests_on(db, view.statement)?.is_disjoint(&waiting) {
                return Ok(space.keys.get(&view.epoch).cloned());
            }
        }
        Ok(None)
    }

    /// A statement and all that must be known before it counts: its parents, who added the device that made it, and the keys of those it names.
    fn rests_on(&self, db: &Db<'_>, statement: StatementId) -> Result<BTreeSet<StatementId>, EngineError> {
        let (mut out, mut open) = (BTreeSet::new(), vec![statement]);
        while let Some(id) = open.pop() {
            if !out.insert(id) {
                continue;
            }
            let Some(bytes) = db.statement(&id)? else { continue };
            let statement = Statement::decode(&bytes)?;
            open.extend_from_slice(statement.parents());
            let author = statement.author();
            if let Some(person) = self.directory.person(&author) {
                let added = |s: &Statement| matches!(s.payload(), Payload::AddDevice(a) if a.device == author);
                open.extend(Self::log(db, &person.0)?.iter().filter(|s| added(s)).map(Statement::id));
            }
            if let Payload::Epoch(epoch) = statement.payload() {
                for reader in &epoch.readers {
                    let key = |s: &Statement| matches!(s.payload(), Payload::NewPersonKey(k) if k.generation <= reader.generation);
                    open.extend(Self::log(db, &reader.person.0)?.iter().filter(|s| key(s)).map(Statement::id));
                }
            }
        }
        Ok(out)
    }

    /// The next record's content: lines of one sort (statements, or what people wrote) until it is full.
    fn batch(&self, db: &Db<'_>, id: &SpaceId, lines: &[OutgoingRow]) -> Result<Batch, EngineError> {
        let mut batch = Batch::default();
        let mut changes: BTreeMap<i64, (DocumentId, u16, Vec<ByteVec>)> = BTreeMap::new();
        let mut order: Vec<i64> = Vec::new();
        let mut rows: BTreeMap<i64, (DocumentId, u16)> = BTreeMap::new();
        let statements_first = lines.first().is_some_and(|l| matches!(l.item, Outgoing::Statement(_)));
        let mut bytes = 0;
        for line in lines {
            if statements_first != matches!(line.item, Outgoing::Statement(_)) {
                break;
            }
            match line.item {
                Outgoing::Statement(statement) => {
                    if let Some(held) = db.statement(&statement)? {
                        bytes += held.len();
                        batch.body.statements.push(held);
                    }
                }
                Outgoing::Change(no) => {
                    if let Some((document, chunk)) = db.change(no)? {
                        let (document_id, kind) = match rows.get(&document) {
                            Some(row) => *row,
                            None => {
                                let row = db.document_no(document)?.ok_or(crate::store::StoreError::Shape("document"))?;
                                *rows.entry(document).or_insert((row.id, row.kind))
                            }
                        };
                        if bytes > 0 && bytes + chunk.len() > WRITTEN {
                            break;
                        }
                        bytes += chunk.len();
                        if !changes.contains_key(&document) {
                            order.push(document);
                        }
                        self.name_incarnation(id, &chunk, &mut batch.body.incarnations);
                        changes.entry(document).or_insert_with(|| (document_id, kind, Vec::new())).2.push(chunk.into());
                    }
                }
                Outgoing::Event(no) => {
                    if let Some(event) = db.event_no(no)? {
                        if bytes > 0 && bytes + event.bytes.len() > WRITTEN {
                            break;
                        }
                        bytes += event.bytes.len();
                        batch.body.events.push(event.bytes);
                        batch.events.push(no);
                    }
                }
            }
            batch.lines.push(*line);
            if bytes >= WRITTEN {
                break;
            }
        }
        for document in order {
            if let Some((id, kind, chunks)) = changes.remove(&document) {
                batch.documents.push(document);
                batch.body.changes.push(DocumentChanges { document: id, kind, chunks });
            }
        }
        Ok(batch)
    }

    /// A change made in an earlier life of this device is sent with that life's name.
    fn name_incarnation(&self, id: &SpaceId, chunk: &[u8], named: &mut Vec<Incarnation>) {
        let Some(actor) = inspected(chunk).map(|s| s.actor) else { return };
        let device = self.device.id();
        if actor == firewall::actor(*id, device, self.incarnation) {
            return;
        }
        let lives = self.spaces.get(id).into_iter().flat_map(|s| &s.incarnations).filter(|(d, _)| *d == device);
        for (_, life) in lives {
            if firewall::actor(*id, device, *life) == actor && !named.contains(life) {
                named.push(*life);
            }
        }
    }

    /// What was accepted of other lanes and not told yet, or all of it.
    fn frontier(&self, db: &Db<'_>, id: &SpaceId, told: Told) -> Result<Vec<Seen>, EngineError> {
        let mut out = Vec::new();
        for lane in db.lanes_of_space(self.space(id)?.no)? {
            if lane.own || lane.accepted == 0 || out.len() >= FRONTIER {
                continue;
            }
            // Records that only acknowledge are acknowledged along with the next that says more.
            if let Some(record) = lane.accepted_id
                && (told == Told::Too || lane.said > db.told(lane.no)?)
            {
                let mut tag = [0; 8];
                tag.iter_mut().zip(record.0).for_each(|(t, b)| *t = b);
                out.push(Seen { lane: lane.id, n: lane.accepted, tag });
            }
        }
        Ok(out)
    }

    /// Signs, seals and keeps one record in this device's lane of an epoch.
    fn seal_record(&mut self, db: &Db<'_>, id: &SpaceId, key: &EpochKey, batch: Batch) -> Result<(), EngineError> {
        let space_no = self.space(id)?.no;
        let mut lane = self.own_lane(db, id, key)?;
        let opening = match &lane.opening {
            Some(bytes) => Opening::parse(bytes).map_err(|_| crate::store::StoreError::Shape("opening"))?,
            None => return Err(EngineError::NotFound("lane")),
        };
        let n = lane.accepted + 1;
        let prev = lane.accepted_id.unwrap_or(opening.from.2);
        let frontier = batch.body.frontier.clone();
        let again = batch.body.again.clone();
        let says = !batch.body.is_only_frontier();
        let place = Place { opening: &opening, lane: lane.id, n, prev };
        let (kind, body) = match batch.snapshot {
            Some(body) => (Kind::Snapshot, body),
            None => (Kind::Content, batch.body.to_bytes()),
        };
        let (bytes, record) = seal(self.entropy.as_mut(), key.content(), self.device.signing(), &place, kind, body)?;
        let hash = record::hash(&bytes);
        db.put_record(lane.no, &RecordRow { n, hash, state: RecordState::Accepted, id: Some(record), bytes: Some(bytes) })?;
        settle_run(db, &mut lane, n, &hash)?;
        (lane.accepted, lane.accepted_id) = (n, Some(record));
        if says {
            lane.said = n;
        }
        db.update_lane(&lane)?;
        db.set_meta(&last_key(id), &[&lane.id.0[..], &n.to_be_bytes(), &record.0].concat())?;
        for line in batch.lines {
            db.drop_out(line.no)?;
        }
        for document in batch.documents {
            db.set_carried(document, &CarriedRow { device: lane.device.unwrap_or_default(), own: true, lane: lane.no, n })?;
        }
        for event in batch.events {
            db.set_event_sealed(event, lane.no, n)?;
        }
        for line in again {
            db.put_again(&AgainRow { lane: line.lane, device: lane.device.unwrap_or_default(), first: line.first, last: line.last }, true)?;
        }
        if !frontier.is_empty() {
            let lanes: BTreeMap<LaneId, i64> = db.lanes_of_space(space_no)?.into_iter().map(|l| (l.id, l.no)).collect();
            for line in &frontier {
                if let Some(no) = lanes.get(&line.lane) {
                    db.set_told(*no, line.n)?;
                }
            }
        }
        self.changed.insert(Changed::Status(*id));
        Ok(())
    }

    /// Writes the record that names a snapshot into this device's lane of an epoch.
    pub(super) fn seal_snapshot(&mut self, db: &Db<'_>, id: &SpaceId, key: &EpochKey, reference: Reference) -> Result<(), EngineError> {
        self.seal_record(db, id, key, Batch { snapshot: Some(reference.to_bytes()), ..Batch::default() })?;
        if let Some(bytes) = db.meta(&last_key(id))?
            && let Some((lane, n, _)) = parse_last(&bytes)
        {
            self.note_snapshot(db, (id, &key.id()), (lane, n), reference)?;
        }
        Ok(())
    }

    /// This incarnation's lane in an epoch, opened if there is none that only this device has written in.
    fn own_lane(&mut self, db: &Db<'_>, id: &SpaceId, key: &EpochKey) -> Result<LaneRow, EngineError> {
        for lane in db.lanes(&key.id())? {
            let opening = lane.opening.as_deref().and_then(|b| Opening::parse(b).ok());
            // Where somebody squats on the next number, a record of ours would be one of several.
            let free = !lane.forked && lane.fetched == lane.accepted;
            // One that was gone through because somebody disturbs it is not gone on with.
            let free = free && db.refused(&lane.id)?.is_none() && db.again(&lane.id)?.is_empty();
            if lane.own && free && opening.is_some_and(|o| o.incarnation == self.incarnation) {
                return Ok(lane);
            }
        }
        let space_no = self.space(id)?.no;
        let last = db.meta(&last_key(id))?.and_then(|b| parse_last(&b)).unwrap_or(NOWHERE);
        let opening = Opening { space: *id, epoch: key.id(), device: self.device.id(), incarnation: self.incarnation, from: last };
        self.add_incarnations(db, id, self.device.id(), &[self.incarnation])?;
        let mut lane = LaneRow {
            no: 0,
            id: LaneId(self.entropy.array()?),
            space: space_no,
            epoch: key.id(),
            own: true,
            opening: Some(opening.to_bytes().to_vec()),
            device: Some(db.device_no(&self.device.id(), &self.me)?),
            start: 0,
            fetched: 0,
            sum: Sum::default(),
            forked: false,
            accepted: 0,
            accepted_id: None,
            said: 0,
        };
        lane.no = db.add_lane(&lane)?;
        Ok(lane)
    }
}

/// Where a device's first lane in a space comes from.
const NOWHERE: (LaneId, u64, RecordId) = (LaneId([0; 16]), 0, RecordId([0; 32]));

fn last_key(space: &SpaceId) -> String {
    format!("last/{space}")
}

fn parse_last(bytes: &[u8]) -> Option<(LaneId, u64, RecordId)> {
    let (lane, rest) = bytes.split_first_chunk::<16>()?;
    let (n, record) = rest.split_first_chunk::<8>()?;
    Some((LaneId(*lane), u64::from_be_bytes(*n), RecordId::from_slice(record)?))
}
