//! What a relay keeps back, seen from what others say they have: records that are missing here, own ones that nobody confirms, two histories.
//! Everything is computed from the store after an exchange that had nothing more to bring; a situation is told once and taken back when it is over.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use ithaca_wire::LaneId;

use super::ingest::is_broken;
use super::{Changed, Core, Engine, EngineError, Space};
use crate::id::{PersonId, SpaceId};
use crate::space::payload::Policy;
use crate::store::{Db, LaneRow, NOBODY, SpaceKind};
use crate::sync::machine::Millis;
use crate::view::day_of;

const DAY: Millis = 86_400_000;
/// After so long without a word from the other side it is said so.
const UNCONFIRMED: Millis = 7 * DAY;
/// Without anything new a space is looked at again after this.
const LOOK_AGAIN: Millis = DAY / 24;

/// Records that others know and this device lacks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Missing {
    /// Before a record that came: its lane has a hole.
    pub holes: u64,
    /// Named by another device's frontier.
    pub named: u64,
    /// Either, each record once.
    pub all: u64,
}

/// Something to write down.
enum Act {
    /// A situation of this kind begins or changes (words for its notice), or is over.
    Situation(&'static str, Option<String>),
    /// An own lane of which nothing more was confirmed than `n`.
    Unmoved { lane: i64, n: u64, since: Millis, again: Millis },
    /// All of an own lane is confirmed.
    Moved(i64),
    /// Relays are no longer taken to hold more than this of an own lane.
    PushAgain { lane: i64, n: u64 },
    /// A record that says what is held here goes out although nothing is written.
    Heartbeat,
}

impl Engine {
    /// Looks at a space after an exchange that had nothing more to bring.
    pub(super) fn watch(&mut self, id: &SpaceId, now: Millis) -> Result<(), EngineError> {
        let acts = self.core.watch(&self.store.read(), id, now)?;
        if acts.is_empty() {
            return Ok(());
        }
        let beats = acts.iter().any(|act| matches!(act, Act::Heartbeat));
        self.transact_soon(|core, db| acts.into_iter().try_for_each(|act| core.note_act(db, id, act, now)))?;
        if beats {
            self.heartbeat(id)?;
        }
        Ok(())
    }

    /// Whether a space is to be looked at although nothing came.
    pub(super) fn is_due(last: Option<&Millis>, now: Millis) -> bool {
        last.is_none_or(|at| now - at >= LOOK_AGAIN)
    }
}

impl Core {
    /// What others know of a space that this device lacks.
    pub(super) fn missing(&self, db: &Db<'_>, space: &Space) -> Result<Missing, EngineError> {
        let mut accepted: BTreeMap<LaneId, u64> = BTreeMap::new();
        let mut foreign: BTreeSet<LaneId> = BTreeSet::new();
        for lane in db.lanes_of_space(space.no)? {
            accepted.insert(lane.id, self.reach(db, &lane.id, lane.device, lane.accepted)?);
            // Nothing says that what stands beyond is the writer's.
            if is_broken(db, &lane)? {
                foreign.insert(lane.id);
            }
        }
        // Lanes of which nothing came at all; where keys are lacking they may be none of ours to read.
        if space.state.epochs.iter().all(|e| e.void || space.keys.contains_key(&e.epoch)) {
            for lane in db.named_lanes(space.no)? {
                if let Entry::Vacant(none) = accepted.entry(lane) {
                    none.insert(self.reach(db, &lane, None, 0)?);
                }
            }
        }
        let mut out = Missing::default();
        for (lane, n) in accepted {
            let (mut hole, mut named) = (0, 0);
            for (device, known, _) in db.frontier_lines(&lane)? {
                if device == NOBODY && foreign.contains(&lane) {
                    continue;
                }
                let over = if device == NOBODY { &mut hole } else { &mut named };
                *over = known.saturating_sub(n).max(*over);
            }
            out.holes += hole;
            out.named += named;
            out.all += hole.max(named);
        }
        Ok(out)
    }

    /// Since when own records wait for a word from another person's device (in the own space, another own device).
    pub(super) fn unconfirmed_since(&self, db: &Db<'_>, space: &Space) -> Result<Option<Millis>, EngineError> {
        let mut since = None;
        for lane in db.lanes_of_space(space.no)?.into_iter().filter(|l| l.own) {
            if let Some((_, at, _)) = db.unmoved(lane.no)? {
                since = Some(since.map_or(at, |s: Millis| s.min(at)));
            }
        }
        Ok(since)
    }

    /// Up to which number somebody confirmed an own lane; `None` where there is nobody who could.
    fn confirmed(&self, db: &Db<'_>, space: &Space, lane: &LaneRow) -> Result<Option<u64>, EngineError> {
        let own_space = space.state.policy == Policy::Personal;
        let mine = self.device.id();
        let someone = if own_space {
            self.persons.get(&self.me).is_some_and(|p| p.current_devices().any(|(d, _)| *d != mine))
        } else {
            space.state.members.keys().any(|p| *p != self.me)
        };
        let other = |no: &i64| self.devices.get(no).is_some_and(|(d, p)| if own_space { *d != mine } else { *p != self.me });
        let n = db.frontiers(&lane.id)?.into_iter().filter(|(d, _)| other(d)).map(|(_, n)| n).max().unwrap_or(0);
        // What was issued again in another lane is waited for there.
        Ok(someone.then_some(n.max(db.issued(&lane.id)?)))
    }

    /// Somebody whose device accepted another record under a number than this device did.
    fn split(&self, db: &Db<'_>, space: &Space) -> Result<Option<PersonId>, EngineError> {
        for lane in db.lanes_of_space(space.no)? {
            for (device, n, tag) in db.frontier_lines(&lane.id)? {
                let Some((_, person)) = self.devices.get(&device).filter(|(d, _)| *d != self.device.id()) else { continue };
                if n == 0 || n > lane.accepted {
                    continue;
                }
                let held = db.versions(lane.no, n)?;
                let mut ids = held.iter().filter(|v| v.state.is_chained()).filter_map(|v| v.id).peekable();
                if ids.peek().is_some() && !ids.any(|id| id.0.starts_with(&tag)) {
                    return Ok(Some(*person));
                }
            }
        }
        Ok(None)
    }

    fn watch(&self, db: &Db<'_>, id: &SpaceId, now: Millis) -> Result<Vec<Act>, EngineError> {
        let space = self.space(id)?;
        let mut acts = Vec::new();
        if space.kind == SpaceKind::Archive || space.local.blocked || space.local.must_compare {
            return Ok(acts);
        }
        let mut since: Option<Millis> = None;
        for lane in db.lanes_of_space(space.no)?.into_iter().filter(|l| l.own) {
            let row = db.unmoved(lane.no)?;
            // Where nobody is left who could, nothing waits for a word.
            let Some(confirmed) = self.confirmed(db, space, &lane)? else {
                acts.extend(row.map(|_| Act::Moved(lane.no)));
                continue;
            };
            if lane.said <= confirmed {
                acts.extend(row.map(|_| Act::Moved(lane.no)));
                continue;
            }
            let act = |since, again| Act::Unmoved { lane: lane.no, n: confirmed, since, again };
            match row {
                Some((n, at, again)) if n == confirmed => {
                    since = Some(since.map_or(at, |s| s.min(at)));
                    if now - again >= DAY {
                        acts.extend([act(at, now), Act::PushAgain { lane: lane.no, n: confirmed }]);
                    }
                }
                _ => acts.push(act(now, now)),
            }
        }
        // What was dropped at the end of a lane shows as a hole before the next record, even where nobody writes.
        let beat = db.meta(&heartbeat_key(id))?.and_then(|b| Some(Millis::from_be_bytes(b.try_into().ok()?)));
        let due = beat.is_none_or(|at| now - at >= DAY);
        if due && acts.iter().any(|act| matches!(act, Act::PushAgain { .. })) {
            acts.push(Act::Heartbeat);
        }
        let missing = self.missing(db, space)?;
        let count = |n: u64| (n > 0).then(|| n.to_string());
        let unconfirmed = since.filter(|at| now - at >= UNCONFIRMED).and_then(day_of);
        let split = self.split(db, space)?.map(|p| p.to_string());
        for (kind, words) in
            [("gap", count(missing.holes)), ("missing", count(missing.named)), ("unconfirmed", unconfirmed), ("split", split)]
        {
            let told = db.meta(&situation_key(kind, id))?;
            if told.as_deref() != words.as_deref().map(str::as_bytes) {
                acts.push(Act::Situation(kind, words));
            }
        }
        Ok(acts)
    }

    fn note_act(&mut self, db: &Db<'_>, id: &SpaceId, act: Act, now: Millis) -> Result<(), EngineError> {
        let space = self.space(id)?;
        let (no, relays) = (space.no, space.state.relays.clone());
        self.changed.insert(Changed::Status(*id));
        match act {
            Act::Moved(lane) => db.drop_unmoved(lane)?,
            Act::Unmoved { lane, n, since, again } => db.set_unmoved(lane, n, since, again)?,
            Act::PushAgain { lane, n } => {
                for origin in relays {
                    if db.stored(&origin, lane)? > n {
                        db.set_stored(&origin, lane, n)?;
                    }
                }
                self.written.insert(*id);
            }
            Act::Heartbeat => db.set_meta(&heartbeat_key(id), &now.to_be_bytes())?,
            Act::Situation(kind, words) => {
                let stands = db.notices()?.into_iter().find(|(_, s, k, _, _)| *s == Some(no) && k == kind).map(|(n, ..)| n);
                let told = db.meta(&situation_key(kind, id))?.is_some();
                if let Some(stands) = stands {
                    db.drop_notice(stands)?;
                    self.changed.insert(Changed::Notices);
                }
                match words {
                    // Who dismissed it knows; that it grew is no second situation.
                    Some(words) => {
                        if stands.is_some() || !told {
                            self.notice(db, Some(no), kind, now, &words)?;
                        }
                        db.set_meta(&situation_key(kind, id), words.as_bytes())?;
                    }
                    None => db.drop_meta(&situation_key(kind, id))?,
                }
            }
        }
        Ok(())
    }
}

fn heartbeat_key(space: &SpaceId) -> String {
    format!("heartbeat/{space}")
}

fn situation_key(kind: &str, space: &SpaceId) -> String {
    format!("situation/{kind}/{space}")
}
