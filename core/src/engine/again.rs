//! Issuing again: what this device sealed in a lane that somebody disturbs is said once more in another, for whoever has not got it or comes later.
//!
//! A lane is disturbed where bytes of somebody else stand under its numbers (forked), or a relay has no place left for what is to stand there (refused).
//! Either can be a lie of the relay's, which must not make a phone write for ever: see [`A_DAY`].

use super::docs::{Flat, inspected};
use super::{Core, Engine, EngineError};
use crate::document::DocumentKind;
use crate::id::SpaceId;
use crate::record::body::{Again, Body};
use crate::space::statement::Statement;
use crate::store::{AgainRow, Db, Erased, LaneRow, Outgoing};
use crate::switch::{Switch, holds};
use crate::sync::machine::Millis;
use ithaca_wire::LaneId;

/// So often within a day a space is gone through because of what a relay shows or refuses. Who squats on a number again is answered again; a relay that
/// never has room waits for tomorrow.
const A_DAY: u8 = 4;
const DAY: Millis = 86_400_000;
/// So many lines go into one record.
const LINES: usize = 256;

impl Engine {
    /// Issues again what lanes that are disturbed hold, in every space where there may be some and it was not done too often.
    pub(super) fn answer_disturbance(&mut self, now: Millis) -> Result<(), EngineError> {
        for space in std::mem::take(&mut self.core.disturbed) {
            let done = self.transact(|core, db| {
                if !core.is_disturbed(db, &space)? {
                    return Ok(true);
                }
                if !core.may_issue_again(db, &space, now)? {
                    return Ok(false);
                }
                core.issue_again(db, &space)?;
                Ok(true)
            })?;
            if !done {
                self.core.disturbed.insert(space);
            }
        }
        Ok(())
    }
}

impl Core {
    /// A relay has no place for a record of this device.
    pub(super) fn note_refused(&mut self, db: &Db<'_>, id: &SpaceId, lane: i64, n: u64) -> Result<(), EngineError> {
        let Some(lane) = db.lanes_of_space(self.space(id)?.no)?.into_iter().find(|l| l.no == lane && l.own) else { return Ok(()) };
        let said_again = db.again(&lane.id)?.iter().any(|a| Some(a.device) == lane.device && (a.first..=a.last).contains(&n));
        if !said_again && db.refused(&lane.id)?.is_none_or(|first| n < first) {
            db.set_refused(&lane.id, Some(n))?;
            self.disturbed.insert(*id);
        }
        Ok(())
    }

    /// Whether an own lane of a space is disturbed and was not gone through since.
    pub(super) fn is_disturbed(&self, db: &Db<'_>, id: &SpaceId) -> Result<bool, EngineError> {
        for lane in db.lanes_of_space(self.space(id)?.no)?.into_iter().filter(|l| l.own) {
            if db.refused(&lane.id)?.is_some() || (lane.forked && db.issued(&lane.id)? < lane.accepted) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn may_issue_again(&self, db: &Db<'_>, id: &SpaceId, now: Millis) -> Result<bool, EngineError> {
        let key = format!("issuing/{id}");
        let held = db.meta(&key)?;
        let since = held.as_deref().and_then(|b| Some((Millis::from_be_bytes(*b.first_chunk::<8>()?), *b.get(8)?)));
        // A clock that was set back begins a new day.
        let (since, n) = since.filter(|(at, _)| (0..DAY).contains(&(now - at))).unwrap_or((now, 0));
        if n >= A_DAY {
            return Ok(false);
        }
        db.set_meta(&key, &[&since.to_be_bytes()[..], &[n + 1]].concat())?;
        Ok(true)
    }

    /// Puts back into the outbox what this device sealed in lanes that are disturbed: from a number on that a relay has no place for all of it, otherwise what
    /// some device is not known to hold. That one other has it is not enough: where a relay was set back, and somebody took the number meanwhile, that other
    /// cannot give it back.
    pub(super) fn issue_again(&mut self, db: &Db<'_>, id: &SpaceId) -> Result<(), EngineError> {
        if !holds(Switch::IssuingAgain) {
            return Ok(());
        }
        let space_no = self.space(id)?.no;
        let others = self.other_devices(self.space(id)?);
        let lanes = db.lanes_of_space(space_no)?;
        let me = db.device_no(&self.device.id(), &self.me)?;
        for lane in lanes.iter().filter(|l| l.own) {
            let refused = db.refused(&lane.id)?;
            if !lane.forked && refused.is_none() {
                continue;
            }
            let heard = self.said_of(db, &lane.id)?;
            let covered = others.iter().map(|d| heard.get(d).copied().unwrap_or(0)).min().unwrap_or(0);
            // Nobody who comes later can get those from a number on that is taken.
            let from = refused.map_or(u64::MAX, |n| n.saturating_sub(1)).min(covered.max(db.issued(&lane.id)?));
            for said in self.accepted(db, id)?.into_iter().filter(|s| s.lane == lane.no && s.n > from) {
                self.say_again(db, id, &lanes, &said.body)?;
            }
            if lane.accepted > from {
                db.put_again(&AgainRow { lane: lane.id, device: me, first: from + 1, last: lane.accepted }, false)?;
                self.received.insert(*id);
            }
            db.set_issued(&lane.id, lane.accepted)?;
            db.set_refused(&lane.id, None)?;
        }
        self.written.insert(*id);
        Ok(())
    }

    fn say_again(&mut self, db: &Db<'_>, id: &SpaceId, lanes: &[LaneRow], body: &Body) -> Result<(), EngineError> {
        let space_no = self.space(id)?.no;
        let me = db.device_no(&self.device.id(), &self.me)?;
        // What it told of others' lanes nobody heard.
        for seen in &body.frontier {
            if let Some(told) = lanes.iter().find(|l| l.id == seen.lane) {
                db.set_told(told.no, 0)?;
                self.received.insert(*id);
            }
        }
        for bytes in &body.statements {
            if let Ok(statement) = Statement::decode(bytes) {
                db.put_out(space_no, Outgoing::Statement(statement.id()))?;
            }
        }
        for part in &body.changes {
            let row = match db.document(space_no, &part.document)? {
                // What was deleted for good is not said again.
                Some(row) if row.erased != Erased::No => continue,
                Some(row) => row.no,
                None => db.add_document(space_no, &part.document, DocumentKind::from_code(part.kind).code())?,
            };
            for chunk in &part.chunks {
                if let Some(flat) = inspected(chunk).and_then(Flat::new) {
                    let change = db.add_change(row, &flat.hash, flat.bytes())?;
                    db.put_out(space_no, Outgoing::Change(change))?;
                }
            }
        }
        for bytes in &body.events {
            let event = crate::event::id(*id, self.device.id(), bytes);
            if let Some(event) = db.event(space_no, &event)? {
                db.put_out(space_no, Outgoing::Event(event.no))?;
            }
        }
        for again in &body.again {
            db.put_again(&AgainRow { lane: again.lane, device: me, first: again.first, last: again.last }, false)?;
        }
        Ok(())
    }

    /// What was said again and nobody was told of, for a record after which nothing waits any more: whoever has that record has all of it.
    pub(super) fn untold_again(&self, db: &Db<'_>, id: &SpaceId) -> Result<Vec<Again>, EngineError> {
        let untold = db.untold_again()?;
        if untold.is_empty() {
            return Ok(Vec::new());
        }
        let lanes = db.lanes_of_space(self.space(id)?.no)?;
        let here = untold.into_iter().filter(|a| lanes.iter().any(|l| l.id == a.lane));
        Ok(here.take(LINES).map(|a| Again { lane: a.lane, first: a.first, last: a.last }).collect())
    }

    /// Up to which number somebody lacks nothing of a lane who has it up to `n`: its writer may have said what comes then elsewhere.
    pub(super) fn reach(&self, db: &Db<'_>, lane: &LaneId, writer: Option<i64>, n: u64) -> Result<u64, EngineError> {
        let again = db.again(lane)?.into_iter().filter(|a| writer.is_none_or(|w| w == a.device));
        Ok(again.fold(n, |n, a| if a.first <= n.saturating_add(1) { n.max(a.last) } else { n }))
    }
}
