//! Records that came in: kept as they are, opened, chained, verified, and only then read. One bad record never blocks another device's lane.

use std::collections::{BTreeMap, BTreeSet};

use ithaca_wire::id::RecordHash;
use ithaca_wire::record::{self, Outer};
use ithaca_wire::vector::Sum;
use ithaca_wire::{LaneId, limits};

use super::apply::{Said, SetAside, Touched, together};
use super::{Changed, Core, EngineError};
use crate::event::own;
use crate::id::{DeviceId, EpochId, PersonId, RecordId, SpaceId};
use crate::record::body::{Body, BodyError};
use crate::record::frame::{Kind, Opening};
use crate::record::seal::{self, OpenError, Place};
use crate::record::snapshot::Reference;
use crate::space::cut::EndedDevice;
use crate::space::key::EpochKey;
use crate::space::payload::Payload;
use crate::space::statement::Statement;
use crate::store::{AgainRow, Db, LaneRow, NOBODY, RecordRow, RecordState, SpaceKind};
use crate::switch::{Switch, holds};
use crate::sync::machine::Millis;

/// So many times may the process die while applying a record before it is set aside.
const DEATHS: u8 = 3;
/// Records of people whose membership is not known yet, so many a space.
const WAITING: usize = 10_000;

/// Lanes of one mailbox that are kept once it has as many as a relay takes: those whose first record opens.
const OPENED_LANES: usize = 4 * limits::LANES;
/// Most hashes of bytes that do not open, of one number.
const JUNK: usize = 64;

/// What lanes that moved on have to say, and whose records could not be read.
#[derive(Default)]
struct Read {
    said: Vec<Said>,
    unread: Vec<(DeviceId, &'static str)>,
    /// A record came at which a cut ends a lane: what lies before it in the lane and came earlier counts only now.
    ends: bool,
}

/// What coming records led to.
#[derive(Debug, Default)]
pub(super) struct Ingested {
    /// Whether anything new was kept.
    pub new: bool,
}

impl Core {
    /// Takes records of one epoch's mailbox in, whoever brought them.
    pub(super) fn ingest<'r>(
        &mut self,
        db: &Db<'_>,
        id: &SpaceId,
        epoch: &EpochId,
        records: impl IntoIterator<Item = &'r [u8]>,
        now: Millis,
    ) -> Result<Ingested, EngineError> {
        let key = self.space(id)?.keys.get(epoch).cloned().ok_or(EngineError::NotFound("epoch"))?;
        let mut out = Ingested::default();
        let mut lanes: BTreeMap<LaneId, LaneRow> = BTreeMap::new();
        let mut records: Vec<(Outer<'_>, &[u8])> = records.into_iter().filter_map(|r| Some((Outer::parse(r).ok()?, r))).collect();
        // In whatever order they came.
        records.sort_by_key(|(outer, _)| (outer.lane, outer.n));
        for (outer, bytes) in records {
            let lane = match lanes.get_mut(&outer.lane) {
                Some(lane) => lane,
                None => match self.lane_or_new(db, id, &key, &outer)? {
                    Some(lane) => lanes.entry(outer.lane).or_insert(lane),
                    None => {
                        self.note_hole(db, id, &key, &outer, false)?;
                        continue;
                    }
                },
            };
            // Past a gap it is asked for again when the gap is closed: a number far ahead must not stand for a run that is not held.
            if outer.n > lane.fetched + 1 && holds(Switch::Contiguity) {
                let own = lane.own;
                self.note_hole(db, id, &key, &outer, own)?;
                continue;
            }
            let new = keep_record(db, lane, outer.n, bytes)?;
            out.new |= new;
            if new && lane.own && lane.forked {
                self.disturbed.insert(*id);
            }
        }
        if !out.new {
            return Ok(out);
        }
        let mut read = Read::default();
        for lane in lanes.values_mut() {
            self.advance(db, &key, lane, &mut read)?;
            db.update_lane(lane)?;
        }
        self.take_in(db, id, read.said, now)?;
        if read.ends {
            self.rebuild(db, id)?;
        }
        for (device, kind) in read.unread {
            if let Some(person) = self.known_author(id, &device)? {
                self.notice(db, Some(self.space(id)?.no), kind, now, &person.to_string())?;
            }
        }
        self.changed.insert(Changed::Status(*id));
        Ok(out)
    }

    /// A record beyond a hole that a reader of the space made shows that there are records before it.
    fn note_hole(&self, db: &Db<'_>, id: &SpaceId, key: &EpochKey, outer: &Outer<'_>, own: bool) -> Result<(), EngineError> {
        if !own && outer.n > 1 && seal::open(key.content(), &key.id(), outer).is_ok() {
            db.name_lane(self.space(id)?.no, &outer.lane)?;
            db.raise_frontier(NOBODY, &outer.lane, outer.n - 1, &[0; 8])?;
        }
        Ok(())
    }

    fn lane_or_new(&self, db: &Db<'_>, id: &SpaceId, key: &EpochKey, outer: &Outer<'_>) -> Result<Option<LaneRow>, EngineError> {
        let (epoch, lane) = (&key.id(), outer.lane);
        if let Some(row) = db.lane(epoch, &lane)? {
            return Ok(Some(row));
        }
        if outer.n != 1 {
            return Ok(None);
        }
        let held = db.lanes(epoch)?.len();
        // Junk may fill what a relay takes, and yet must not keep a member's lane out.
        if held >= limits::LANES && (held >= OPENED_LANES || seal::open(key.content(), epoch, outer).is_err()) {
            return Ok(None);
        }
        let mut row = LaneRow {
            no: 0,
            id: lane,
            space: self.space(id)?.no,
            epoch: *epoch,
            own: false,
            opening: None,
            device: None,
            start: 0,
            fetched: 0,
            sum: Sum::default(),
            forked: false,
            accepted: 0,
            accepted_id: None,
            said: 0,
        };
        row.no = db.add_lane(&row)?;
        Ok(Some(row))
    }

    /// Moves a lane's accepted number as far as records verify; what is newly accepted is put into `read`.
    fn advance(&mut self, db: &Db<'_>, key: &EpochKey, lane: &mut LaneRow, read: &mut Read) -> Result<(), EngineError> {
        // Another version of a number that is chained already, or of one before: a fork shows itself there.
        let mut at = self.first_open(db, lane)?;
        let grows = lane.accepted > 0;
        let mut candidates = if at > 1 { db.chained(lane.no, at - 1)? } else { Vec::new() };
        loop {
            if at > 1 && candidates.is_empty() {
                return Ok(());
            }
            let versions = db.versions(lane.no, at)?;
            for version in &versions {
                if matches!(version.state, RecordState::Fetched | RecordState::Unverified) {
                    self.verify(db, key, lane, version, (&candidates, versions.len() > 1), read)?;
                }
            }
            candidates = db.chained(lane.no, at)?;
            read.ends |= grows && self.is_end(lane, at, &candidates);
            let Some(lowest) = candidates.iter().min().copied() else { return Ok(()) };
            if at > lane.accepted {
                (lane.accepted, lane.accepted_id) = (at, Some(lowest));
            } else if at == lane.accepted {
                lane.accepted_id = Some(lowest);
            }
            at += 1;
        }
    }

    /// Whether a cut ends this lane with one of these records.
    fn is_end(&self, lane: &LaneRow, n: u64, ids: &[RecordId]) -> bool {
        let cuts = self.space_by_no(lane.space).into_iter().flat_map(|s| s.state.cuts.values());
        let mut ends = cuts.flat_map(|e| &e.claims).flat_map(|c| std::iter::once(&c.base).chain(&c.raises)).filter_map(|c| c.get(&lane.id));
        ends.any(|(at, id)| *at == n && ids.contains(id))
    }

    /// The lowest number of a lane where something is not decided yet.
    fn first_open(&self, db: &Db<'_>, lane: &LaneRow) -> Result<u64, EngineError> {
        let mut first = lane.accepted + 1;
        if lane.forked {
            for state in [RecordState::Fetched, RecordState::Unverified] {
                first = db.records_in_state(lane.no, state)?.iter().map(|r| r.n).min().unwrap_or(first).min(first);
            }
        }
        Ok(first)
    }

    fn verify(
        &mut self,
        db: &Db<'_>,
        key: &EpochKey,
        lane: &mut LaneRow,
        version: &RecordRow,
        (candidates, is_one_of_several): (&[RecordId], bool),
        read: &mut Read,
    ) -> Result<(), EngineError> {
        let Some(bytes) = &version.bytes else { return Ok(()) };
        let set = |state, id| db.set_record_state(lane.no, version.n, &version.hash, state, id);
        let opened = Outer::parse(bytes).map_err(OpenError::from).and_then(|outer| seal::open(key.content(), &lane.epoch, &outer));
        let inner = match opened {
            Ok(inner) => inner,
            // Of a later version of the format: kept as it is, and tried again by a later version of this program.
            Err(OpenError::Version(_)) => return Ok(()),
            Err(_) => return Ok(set(RecordState::Junk, None)?),
        };
        let opening = match (&inner.opening, &lane.opening) {
            (Some(opening), _) => *opening,
            (None, Some(bytes)) => Opening::parse(bytes).map_err(|_| crate::store::StoreError::Shape("opening"))?,
            (None, None) => return Ok(()),
        };
        let space = self.space_by_no(lane.space).map(|s| s.id);
        if Some(opening.space) != space || opening.epoch != lane.epoch {
            return Ok(set(RecordState::Unverified, None)?);
        }
        let first = [opening.from.2];
        let prevs = if version.n == 1 { &first[..] } else { candidates };
        let place = |prev| Place { opening: &opening, lane: lane.id, n: version.n, prev };
        let Some(id) = prevs.iter().find_map(|prev| seal::verify(&inner, &place(*prev))) else {
            return Ok(set(RecordState::Unverified, None)?);
        };
        // A first record of another opening under the same lane: the first one that verified names the lane's writer.
        if version.n == 1 && lane.opening.as_ref().is_some_and(|o| *o != opening.to_bytes()) {
            return Ok(set(RecordState::Unverified, None)?);
        }
        // Two seals of one id are one record, and anybody who reads can seal again.
        let same = |v: &RecordRow| v.hash != version.hash && v.state.is_chained() && v.id == Some(id);
        if is_one_of_several && let Some(first) = db.versions(lane.no, version.n)?.into_iter().find(same) {
            return Ok(set(first.state, Some(id))?);
        }
        if opening.device == self.device.id() && opening.incarnation == self.incarnation {
            // Sealed under our key and not by us: a copy of this device writes under the same name.
            self.must_renew = true;
        }
        if lane.opening.is_none() {
            lane.opening = Some(opening.to_bytes().to_vec());
        }
        set(RecordState::Accepted, Some(id))?;
        if inner.kind == Kind::Snapshot {
            // Says nothing that the records behind it do not; one that cannot be read harms nobody.
            match Reference::parse(&inner.body) {
                Ok(reference) => self.note_snapshot(db, (&opening.space, &opening.epoch), (lane.id, version.n), reference)?,
                Err(_) => set(RecordState::Aside, Some(id))?,
            }
            return Ok(());
        }
        let body = match (inner.kind, Body::parse(&inner.body)) {
            (Kind::Content | Kind::Snapshot, Ok(body)) => body,
            (Kind::Unknown(_), _) | (_, Err(BodyError::Dictionary(_))) => {
                // From a newer version: chained and counted, read after an update.
                read.unread.push((opening.device, "newer"));
                return Ok(set(RecordState::Aside, Some(id))?);
            }
            (Kind::Content | Kind::Snapshot, Err(_)) => {
                read.unread.push((opening.device, "aside"));
                return Ok(set(RecordState::Aside, Some(id))?);
            }
        };
        read.said.push(Said { lane: lane.no, lane_id: lane.id, n: version.n, id, hash: version.hash, opening, body });
        Ok(())
    }

    /// Reads what newly accepted records say: statements first, whose content may decide about the others'.
    fn take_in(&mut self, db: &Db<'_>, id: &SpaceId, mut said: Vec<Said>, now: Millis) -> Result<(), EngineError> {
        let before = self.cuts_of_all();
        let had: BTreeSet<DeviceId> = self.space(id)?.state.cuts.keys().copied().collect();
        let (new, persons_changed) = self.take_statements(db, id, &said)?;
        if new {
            self.raise_cuts(db, id, &had, &said)?;
            said.extend(self.waiting(db, id)?);
            self.note_devices(db, id, now)?;
        }
        let mut touched = Touched::default();
        let mut seen = BTreeSet::new();
        said.retain(|one| seen.insert((one.lane, one.n, one.hash)));
        for some in together(said) {
            self.take_some(db, id, some, now, &mut touched)?;
        }
        let own = touched.events.iter().any(|e| e.event.kind() == own::KIND) && self.personal() == Some(*id);
        self.project_touched(db, id, touched)?;
        if before.get(id).is_some_and(|cuts| self.spaces.get(id).is_some_and(|s| s.state.cuts != *cuts)) {
            self.rebuild(db, id)?;
        }
        if own {
            self.take_own(db, now)?;
        }
        if persons_changed {
            self.look_again(db, before, Some(id), now)?;
        }
        Ok(())
    }

    /// As [`Core::take_in`], of some records whose statements were taken.
    fn take_some(&mut self, db: &Db<'_>, id: &SpaceId, said: Vec<Said>, now: Millis, touched: &mut Touched) -> Result<(), EngineError> {
        let no = self.space(id)?.no;
        let mut read = Vec::new();
        for one in said {
            let Some(person) = self.known_author(id, &one.opening.device)? else {
                if db.records_in_state(one.lane, RecordState::Waiting)?.len() < WAITING {
                    db.set_record_state(one.lane, one.n, &one.hash, RecordState::Waiting, Some(one.id))?;
                }
                continue;
            };
            self.name_writer(db, &one, &person)?;
            let device_no = db.device_no(&one.opening.device, &person)?;
            for line in &one.body.frontier {
                db.name_lane(no, &line.lane)?;
                db.raise_frontier(device_no, &line.lane, line.n, &line.tag)?;
            }
            for again in &one.body.again {
                db.put_again(&AgainRow { lane: again.lane, device: device_no, first: again.first, last: again.last }, true)?;
            }
            if one.body.is_only_frontier() {
                db.set_record_state(one.lane, one.n, &one.hash, RecordState::Accepted, Some(one.id))?;
                continue;
            }
            db.raise_said(one.lane, one.n)?;
            if one.opening.device != self.device.id() {
                self.received.insert(*id);
            }
            let dangerous = self.deaths.get(&one.hash).is_some_and(|n| *n >= DEATHS);
            let content = if dangerous { Err(SetAside::Unfit) } else { self.read_content(db, id, &one)? };
            if let Ok(content) = &content {
                self.add_incarnations(db, id, one.opening.device, &content.incarnations)?;
            }
            read.push((one, person, content));
        }
        self.expect(read.iter().filter_map(|(_, _, content)| content.as_ref().ok()));
        let mut is_any_aside = false;
        for (one, person, content) in read {
            let mut touches = Touched::default();
            let taken = match content {
                Ok(content) => {
                    db.begin_part()?;
                    let taken = match self.take_content(db, id, one.opening.device, content, &mut touches) {
                        // One bad record must not stop those that came with it.
                        Err(EngineError::Document(_) | EngineError::Event(_)) => Err(SetAside::Unfit),
                        other => other?,
                    };
                    db.end_part(taken.is_ok())?;
                    taken
                }
                Err(why) => Err(why),
            };
            match taken {
                Ok(()) => {
                    touched.documents.extend(touches.documents);
                    touched.events.extend(touches.events);
                    db.set_record_state(one.lane, one.n, &one.hash, RecordState::Accepted, Some(one.id))?;
                }
                Err(why) => {
                    self.docs.clear();
                    is_any_aside = true;
                    db.set_record_state(one.lane, one.n, &one.hash, RecordState::Aside, Some(one.id))?;
                    tracing::warn!(%why, "a record was set aside");
                    self.notice(db, Some(no), "aside", now, &person.to_string())?;
                }
            }
        }
        self.docs.expect(BTreeMap::new());
        if is_any_aside {
            // What was taken ahead of a record that then did not fit is in no document, and no heads may say that it is.
            for document in &touched.documents {
                if let Some(open) = self.docs.get(db, (no, *id), *document, None)? {
                    open.keep(db, &[])?;
                }
            }
        }
        Ok(())
    }

    /// What ends which devices, in every space.
    pub(super) fn cuts_of_all(&self) -> BTreeMap<SpaceId, BTreeMap<DeviceId, EndedDevice>> {
        self.spaces.values().map(|s| (s.id, s.state.cuts.clone())).collect()
    }

    /// After a person log changed: what that changes in every space but `but`. Records may have waited for their author, cuts for their revocation.
    pub(super) fn look_again(
        &mut self,
        db: &Db<'_>,
        before: BTreeMap<SpaceId, BTreeMap<DeviceId, EndedDevice>>,
        but: Option<&SpaceId>,
        now: Millis,
    ) -> Result<(), EngineError> {
        let ids: Vec<SpaceId> = self.spaces.values().filter(|s| s.kind != SpaceKind::Archive && Some(&s.id) != but).map(|s| s.id).collect();
        for id in ids {
            self.load_space(db, &id)?;
            if before.get(&id).is_some_and(|cuts| self.spaces.get(&id).is_some_and(|s| s.state.cuts != *cuts)) {
                self.rebuild(db, &id)?;
            }
            self.note_devices(db, &id, now)?;
            let waiting = self.waiting(db, &id)?;
            if !waiting.is_empty() {
                self.take_in(db, &id, waiting, now)?;
            }
        }
        Ok(())
    }

    /// Keeps the statements that belong here and folds again; whether there was a new one, and whether one of a person log.
    fn take_statements(&mut self, db: &Db<'_>, id: &SpaceId, said: &[Said]) -> Result<(bool, bool), EngineError> {
        let mut new = false;
        let (mut persons, mut came) = (BTreeSet::new(), BTreeSet::new());
        for bytes in said.iter().flat_map(|s| &s.body.statements) {
            let Ok(statement) = Statement::decode(bytes) else { continue };
            let log = statement.log();
            if log != id.0 {
                came.insert(statement.id());
            }
            let state = &self.space(id)?.state;
            let named = |p: &PersonId| {
                state.members.contains_key(p) || state.former.contains(p) || state.proposals.values().any(|a| a.person == *p)
            };
            let person = PersonId(log);
            if log == id.0 {
                new |= self.keep_statement(db, &statement)?;
            } else if self.persons.contains_key(&person) || named(&person) {
                if self.keep_statement(db, &statement)? {
                    new = true;
                    persons.insert(person);
                }
            } else if matches!(statement.payload(), Payload::PersonGenesis(_)) {
                // Of somebody a later statement may name; it speaks for nobody until then.
                continue;
            }
        }
        if !persons.is_empty() {
            self.fold_persons(db)?;
        }
        if !came.is_empty() {
            self.note_told(db, id, &came)?;
        }
        if new {
            self.load_space(db, id)?;
        }
        Ok((new, !persons.is_empty()))
    }

    /// Content that waited for its author to be known, as far as it is now.
    fn waiting(&self, db: &Db<'_>, id: &SpaceId) -> Result<Vec<Said>, EngineError> {
        let mut out = Vec::new();
        for lane in db.lanes_of_space(self.space(id)?.no)? {
            for record in db.records_in_state(lane.no, RecordState::Waiting)? {
                out.extend(self.said(&lane, record)?);
            }
        }
        Ok(out)
    }

    /// Every accepted record of a space, lane by lane.
    pub(super) fn accepted(&self, db: &Db<'_>, id: &SpaceId) -> Result<Vec<Said>, EngineError> {
        let mut out = Vec::new();
        for lane in db.lanes_of_space(self.space(id)?.no)? {
            for record in db.records_in_state(lane.no, RecordState::Accepted)? {
                out.extend(self.said(&lane, record)?);
            }
        }
        Ok(out)
    }

    /// A chained record, opened again.
    pub(super) fn said(&self, lane: &LaneRow, record: RecordRow) -> Result<Option<Said>, EngineError> {
        let (Some(bytes), Some(id), Some(opening)) = (&record.bytes, record.id, &lane.opening) else { return Ok(None) };
        let Some(key) = self.space_by_no(lane.space).and_then(|s| s.keys.get(&lane.epoch)) else { return Ok(None) };
        let opening = Opening::parse(opening).map_err(|_| crate::store::StoreError::Shape("opening"))?;
        let inner = Outer::parse(bytes).map_err(OpenError::from).and_then(|outer| seal::open(key.content(), &lane.epoch, &outer));
        let Some(body) = inner.ok().and_then(|i| Body::parse(&i.body).ok()) else { return Ok(None) };
        Ok(Some(Said { lane: lane.no, lane_id: lane.id, n: record.n, id, hash: record.hash, opening, body }))
    }

    /// The person behind a device, if they are or were a member.
    pub(super) fn known_author(&self, id: &SpaceId, device: &DeviceId) -> Result<Option<PersonId>, EngineError> {
        let state = &self.space(id)?.state;
        Ok(self.directory.person(device).filter(|p| state.members.contains_key(p) || state.former.contains(p)))
    }

    /// Writes down whose lane it is.
    fn name_writer(&mut self, db: &Db<'_>, said: &Said, person: &PersonId) -> Result<(), EngineError> {
        let device = db.device_no(&said.opening.device, person)?;
        self.devices.insert(device, (said.opening.device, *person));
        if said.n == 1
            && let Some(mut lane) = db.lane(&said.opening.epoch, &said.lane_id)?
            && lane.device.is_none()
        {
            lane.device = Some(device);
            db.update_lane(&lane)?;
        }
        Ok(())
    }

    /// Says so when somebody here has a device that was not there before.
    fn note_devices(&mut self, db: &Db<'_>, id: &SpaceId, now: Millis) -> Result<(), EngineError> {
        let known: BTreeMap<DeviceId, PersonId> = db.devices()?.into_iter().map(|(_, device, person)| (device, person)).collect();
        let (no, members) = (self.space(id)?.no, self.space(id)?.state.members.keys().copied().collect::<Vec<_>>());
        for person in members {
            let devices: Vec<DeviceId> =
                self.persons.get(&person).map(|p| p.current_devices().map(|(d, _)| *d).collect()).unwrap_or_default();
            // Also one that is out: whoever replaced it may be somebody else.
            let had_one = known.values().any(|p| *p == person);
            for device in devices.into_iter().filter(|d| !known.contains_key(d)) {
                let row = db.device_no(&device, &person)?;
                self.devices.insert(row, (device, person));
                if had_one && person == self.me {
                    // Said once, whichever space it came by.
                    self.notice(db, None, "own_device", now, "")?;
                } else if had_one {
                    self.notice(db, Some(no), "new_device", now, &person.to_string())?;
                }
            }
        }
        Ok(())
    }
}

/// Whether the next record of a lane opens, was tried, and does not follow on the one before it: either is not the writer's, or of another life of theirs.
pub(super) fn is_broken(db: &Db<'_>, lane: &LaneRow) -> Result<bool, EngineError> {
    let next = |n| Ok::<_, EngineError>(db.versions(lane.no, n)?.iter().any(|v| v.state == RecordState::Unverified));
    Ok(lane.fetched > lane.accepted && next(lane.accepted + 1)?)
}

/// Keeps one record's bytes and what the lane holds by them, which the caller writes back; `false` if they were held or there are too many versions.
fn keep_record(db: &Db<'_>, lane: &mut LaneRow, n: u64, bytes: &[u8]) -> Result<bool, EngineError> {
    let hash = record::hash(bytes);
    let held = db.versions(lane.no, n)?;
    let open = held.iter().filter(|v| v.state != RecordState::Junk).count();
    if open >= limits::VERSIONS || held.len() >= JUNK || held.iter().any(|v| v.hash == hash) {
        return Ok(false);
    }
    db.put_record(lane.no, &RecordRow { n, hash, state: RecordState::Fetched, id: None, bytes: Some(bytes.to_vec()) })?;
    lane.forked |= !held.is_empty();
    settle_run(db, lane, n, &hash)?;
    Ok(true)
}

/// The unbroken run that ends at the highest number held, and the sum of everything, after a record came.
pub(super) fn settle_run(db: &Db<'_>, lane: &mut LaneRow, n: u64, hash: &RecordHash) -> Result<(), EngineError> {
    if n > lane.fetched {
        lane.start = if lane.fetched > 0 && n == lane.fetched + 1 { lane.start } else { n };
        lane.fetched = n;
    }
    lane.sum.add(n, hash);
    while lane.start > 1 && !db.versions(lane.no, lane.start - 1)?.is_empty() {
        lane.start -= 1;
    }
    Ok(())
}
