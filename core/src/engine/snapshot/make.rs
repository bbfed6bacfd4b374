//! Making a snapshot: what this device holds of a space, sealed, put on every relay of the space, and only then named by a record.

use std::collections::BTreeSet;

use ithaca_wire::LaneId;
use sha2::{Digest, Sha256};

use super::super::{Core, Engine, EngineError, Request, Space};
use super::{LATER, Step};
use crate::document::{DocumentKind, first_hash};
use crate::event::own;
use crate::id::SpaceId;
use crate::record::firewall::{self, Actor};
use crate::record::frame::Opening;
use crate::record::snapshot::{LaneLine, Reference, SavedDocument, Snapshot, seal};
use crate::space::epoch;
use crate::space::key::EpochKey;
use crate::store::{Db, Erased, LaneRow, SpaceKind};
use crate::sync::machine::Millis;
use crate::transport::{Call, CallError, ObjectAt, PART, Reply};

/// A snapshot on its way to the relays.
#[derive(Debug)]
pub(super) struct Making {
    space: SpaceId,
    key: EpochKey,
    reference: Reference,
    objects: Vec<Vec<u8>>,
    /// Relays that do not have all of it yet.
    origins: Vec<String>,
    /// The next part: object and where it starts.
    at: (usize, usize),
    /// A part is on its way.
    waits: bool,
}

impl Making {
    /// The next part to put, and where it ends.
    fn next(&self) -> Option<(String, Call, usize)> {
        let (object, start) = self.at;
        let (origin, bytes) = (self.origins.last()?, self.objects.get(object)?);
        let end = bytes.len().min(start + PART);
        let address = self.key.mailbox(origin);
        let at = ObjectAt { mailbox: address.id, token: address.token, hash: Sha256::digest(bytes).into() };
        let (total, part) = (bytes.len() as u64, bytes.get(start..end)?.to_vec());
        Some((origin.clone(), Call::PutObject { at, total, start: start as u64, bytes: part }, end))
    }

    /// The part that was on its way is held.
    fn step(&mut self) {
        let Some((.., end)) = self.next() else { return };
        self.at.1 = end;
        if self.objects.get(self.at.0).is_some_and(|o| end >= o.len()) {
            self.at = (self.at.0 + 1, 0);
        }
        if self.at.0 >= self.objects.len() {
            self.origins.pop();
            self.at = (0, 0);
        }
    }
}

impl Engine {
    /// Begins with a space that rests and in which a snapshot is due.
    pub(super) fn begin_making(&mut self, now: Millis) -> Result<(), EngineError> {
        let work = &mut self.exchanges.snapshots;
        let rested = std::mem::take(&mut work.rested);
        if work.off || work.making.is_some() {
            return Ok(());
        }
        let (after, forge) = (work.after, work.forge);
        for id in rested {
            if work.later.get(&id).is_some_and(|at| now < *at) {
                continue;
            }
            let db = self.store.read();
            if !self.core.can_make(&db, &id)? || !self.core.snapshot_is_due(&db, &id, after)? {
                continue;
            }
            // Whatever comes of it: not at once again.
            work.later.insert(id, now.saturating_add(LATER));
            let made = self.core.make_snapshot(&db, &id, forge);
            match made {
                Ok(made) => work.making = made,
                // A space with too much in it, or no randomness: as without one.
                Err(EngineError::Snapshot(why)) => tracing::info!(%why, "no snapshot was made"),
                Err(e) => return Err(e),
            }
            if work.making.is_some() {
                break;
            }
        }
        Ok(())
    }

    pub(super) fn go_on_making(&mut self, now: Millis, out: &mut Vec<Request>) -> Result<(), EngineError> {
        let Some(making) = self.exchanges.snapshots.making.as_mut().filter(|m| !m.waits) else { return Ok(()) };
        if let Some((origin, call, _)) = making.next() {
            making.waits = true;
            out.push(self.exchanges.snapshot_call(origin, call, Step::Put));
            return Ok(());
        }
        // Every relay has all of it: now it may be named.
        let Some(making) = self.exchanges.snapshots.making.take() else { return Ok(()) };
        let id = making.space;
        self.sealing(|core, db| {
            let same = core.epoch_of_snapshot(&id)?.is_some_and(|k| k.id() == making.key.id());
            if !same || !core.can_make(db, &id)? {
                return Ok(0);
            }
            core.seal_snapshot(db, &id, &making.key, making.reference)?;
            core.written.insert(id);
            Ok(1)
        })?;
        self.exchanges.snapshots.later.remove(&id);
        self.after_writing(now);
        Ok(())
    }

    /// A part was put, or was not: then nothing is changed, and it is tried again another time.
    pub(super) fn put(&mut self, result: Result<Reply, CallError>) {
        let making = &mut self.exchanges.snapshots.making;
        match (result, making.as_mut()) {
            (Ok(Reply::Held), Some(m)) => {
                m.step();
                m.waits = false;
            }
            (other, _) => {
                if let Err(e) = other {
                    tracing::info!(%e, "a snapshot was not stored");
                }
                *making = None;
            }
        }
    }
}

impl Core {
    /// Whether this device may make a snapshot of a space now: everything it holds stands in records, and is verified.
    fn can_make(&self, db: &Db<'_>, id: &SpaceId) -> Result<bool, EngineError> {
        let Some(space) = self.spaces.get(id).filter(|s| s.kind == SpaceKind::Pair && !s.state.relays.is_empty()) else { return Ok(false) };
        Ok(self.may_write(id).is_ok()
            && self.may_seal(id)?
            && self.directory.is_current(&self.device.id())
            && db.n_outgoing(space.no)? == 0
            && self.not_on_relay(db, space)? == 0
            && !db.shows_snapshot(space.no)?
            && self.missing(db, space)?.all == 0)
    }

    /// The epoch that content is written under now, if there is a right one.
    fn epoch_of_snapshot(&self, id: &SpaceId) -> Result<Option<EpochKey>, EngineError> {
        let space = self.space(id)?;
        let view = epoch::written(&space.state.epochs, |e| space.keys.contains_key(&e.epoch));
        Ok(view.and_then(|v| space.keys.get(&v.epoch)).cloned())
    }

    fn make_snapshot(&mut self, db: &Db<'_>, id: &SpaceId, forge: Option<fn(&mut Snapshot)>) -> Result<Option<Making>, EngineError> {
        let Some(key) = self.epoch_of_snapshot(id)? else { return Ok(None) };
        let mut snapshot = self.snapshot_of(db, id)?;
        if let Some(forge) = forge {
            forge(&mut snapshot);
        }
        let manifest = snapshot.to_bytes()?;
        let (reference, objects) = seal(self.entropy.as_mut(), key.content(), &key.id(), &manifest)?;
        let origins = self.space(id)?.state.relays.iter().cloned().collect();
        Ok(Some(Making { space: *id, key, reference, objects, origins, at: (0, 0), waits: false }))
    }

    /// Everything of a space that this device holds.
    fn snapshot_of(&mut self, db: &Db<'_>, id: &SpaceId) -> Result<Snapshot, EngineError> {
        let space = self.space(id)?;
        let no = space.no;
        let mut out =
            Snapshot { lanes: lines(db, space)?, incarnations: space.incarnations.iter().copied().collect(), ..Snapshot::default() };
        let mut scopes = vec![id.0];
        scopes.extend(space.state.members.keys().chain(&space.state.former).map(|p| p.0));
        for scope in scopes {
            out.statements.extend(db.statements(&scope)?);
        }
        let actors: BTreeSet<Actor> = out.incarnations.iter().map(|(d, i)| firewall::actor(*id, *d, *i)).collect();
        for row in db.documents(no)?.into_iter().filter(|d| d.erased == Erased::No) {
            let Some(open) = self.docs.get(db, (no, *id), row.id, None)? else { continue };
            if open.document.is_untouched() {
                continue;
            }
            let mut heads = open.document.heads();
            heads.sort_unstable();
            // A document that nobody would take has no snapshot; whoever begins with this one reads its records.
            let taken =
                firewall::saved(&open.document.doc).filter(|saved| firewall::document(saved, &heads, &actors, &first_hash()).is_ok());
            let Some(saved) = taken else { continue };
            let kind = DocumentKind::from_code(row.kind).code();
            out.documents.push(SavedDocument { id: row.id, kind, heads: heads.into_iter().map(Into::into).collect(), saved: saved.into() });
        }
        for row in db.events(no)?.into_iter().filter(|r| r.counts && r.kind != own::KIND) {
            if let Some((device, _)) = self.devices.get(&row.device) {
                out.events.push((*device, row.bytes));
            }
        }
        Ok(out)
    }
}

/// What is held of each lane without a gap; of own ones what a relay or another device has. Where somebody squats on a number, what was to stand there
/// never comes to others: it is issued again elsewhere.
fn lines(db: &Db<'_>, space: &Space) -> Result<Vec<LaneLine>, EngineError> {
    let mut out: Vec<LaneLine> = Vec::new();
    let mut seen: BTreeSet<LaneId> = BTreeSet::new();
    for lane in db.lanes_of_space(space.no)?.into_iter().filter(|l| l.accepted > 0) {
        let opening = lane.opening.as_deref().and_then(|b| Opening::parse(b).ok());
        let n = if lane.own { held_elsewhere(db, space, &lane)?.min(lane.accepted) } else { lane.accepted };
        let last = db.chained(lane.no, n)?.into_iter().min();
        if let (Some(opening), Some(last)) = (opening, last)
            && seen.insert(lane.id)
        {
            out.push(LaneLine { lane: lane.id, opening, n, last, sum: db.sum_to(lane.no, n)? });
        }
    }
    out.sort_by_key(|l| l.lane);
    Ok(out)
}

/// Up to which number somebody else has an own lane.
fn held_elsewhere(db: &Db<'_>, space: &Space, lane: &LaneRow) -> Result<u64, EngineError> {
    let mut n = db.frontiers(&lane.id)?.into_iter().filter(|(d, _)| Some(*d) != lane.device).map(|(_, n)| n).max().unwrap_or(0);
    // In a forked lane a relay may have another's bytes under a number.
    if !lane.forked {
        for origin in &space.state.relays {
            n = n.max(db.stored(origin, lane.no)?);
        }
    }
    Ok(n)
}
