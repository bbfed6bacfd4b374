//! A relationship as a whole: comparing, leaving, blocking, and how lists show it.

use serde::Serialize;

use super::{Core, Engine, EngineError};
use crate::document::{DocumentKind, derived_id};
use crate::event::payload::{Receipt, StageAgree};
use crate::event::state::{Running, StageState, stage};
use crate::event::{EventDraft, HeldEvent, Payload as Said, SPACE_SUBJECT};
use crate::id::{EventId, PersonId, SpaceId};
use crate::identity::phrase::safety_number;
use crate::space::payload::{LaneEnd, Leave, Payload};
use crate::store::{Db, EventRow, SpaceKind};
use crate::sync::machine::Millis;
use crate::view::{RelationshipView, RowKind};

/// Kinds of events, as [`crate::event::payload`] counts them.
const MESSAGE: u16 = 1;
const RECEIPT: u16 = 5;

/// Whether a relationship goes on, in one word: that one of them left goes before that it is blocked, and both before pauses and ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PairState {
    /// It runs.
    Running,
    /// Somebody paused it.
    Paused,
    /// Somebody ended it.
    Ended,
    /// This person left.
    Left,
    /// The other left.
    OtherLeft,
    /// This person blocked the other.
    Blocked,
    /// A saved copy, opened for reading.
    SavedCopy,
}

/// How a safety number was compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Compared {
    /// Side by side.
    #[serde(rename = "in person")]
    InPerson,
    /// Read aloud to each other.
    #[serde(rename = "spoken")]
    Spoken,
}

impl Compared {
    /// The word under which it is kept.
    pub fn word(self) -> &'static str {
        match self {
            Self::InPerson => "in person",
            Self::Spoken => "spoken",
        }
    }

    fn of(word: &str) -> Self {
        if word == Self::InPerson.word() { Self::InPerson } else { Self::Spoken }
    }
}

/// A relationship as lists show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PairView {
    /// The space.
    pub space: SpaceId,
    /// The other person's name here.
    pub name: String,
    /// The other person.
    pub person: Option<PersonId>,
    /// What both compare.
    pub safety_number: Option<String>,
    /// When and how it was compared.
    pub verified: Option<(Millis, Compared)>,
    /// Nothing is sent before it was compared.
    pub must_compare: bool,
    /// `running`, `paused` or `ended`.
    pub running: Running,
    /// The stage both agreed to.
    pub stage: crate::event::Stage,
    /// Proposals that wait: the event, who made it, the stage.
    pub proposed: Vec<(crate::id::EventId, PersonId, crate::event::Stage)>,
    /// Whether this person left.
    pub left: bool,
    /// Whether the other left.
    pub other_left: bool,
    /// Whether this person blocked the other.
    pub blocked: bool,
    /// Whether the other is told how far this person read.
    pub receipts: bool,
    /// A saved copy, opened for reading.
    pub archive: bool,
    /// Its relays.
    pub relays: Vec<String>,
}

impl PairView {
    /// Whether it goes on for both people: what rests, ended, was left, blocked or is only read reminds nobody of anything.
    pub fn runs(&self) -> bool {
        self.state() == PairState::Running
    }

    /// Whether it goes on, in one word.
    pub fn state(&self) -> PairState {
        match self.running {
            _ if self.archive => PairState::SavedCopy,
            _ if self.left => PairState::Left,
            _ if self.other_left => PairState::OtherLeft,
            _ if self.blocked => PairState::Blocked,
            Running::Running => PairState::Running,
            Running::Paused => PairState::Paused,
            Running::Ended => PairState::Ended,
        }
    }
}

impl Engine {
    /// Remembers that the safety number was compared, and how.
    ///
    /// # Errors
    /// [`EngineError::NotFound`].
    pub fn compared(&mut self, space: &SpaceId, how: Compared, now: Millis) -> Result<(), EngineError> {
        self.transact(|core, db| {
            core.set_local(db, space, |l| {
                l.verified = Some((now, how.word().to_owned()));
                l.must_compare = false;
            })?;
            core.written.insert(*space);
            Ok(())
        })?;
        self.keep_own_later(now)
    }

    /// Agrees to the stage that the other proposed last.
    ///
    /// # Errors
    /// [`EngineError::NotFound`] when they proposed none.
    pub fn agree_to_stage(&mut self, space: &SpaceId, now: Millis) -> Result<(), EngineError> {
        let (state, _) = self.stage(space)?;
        let (to, ..) = state.proposed.iter().rfind(|(_, by, _)| *by != self.me()).ok_or(EngineError::NotFound("proposal of a stage"))?;
        self.state(space, EventDraft { subject: SPACE_SUBJECT, payload: StageAgree { to: *to }.into() }, now)?;
        Ok(())
    }

    /// Leaves a relationship: what was written stays with both, nothing new is written or read by this person. Cannot be undone.
    ///
    /// # Errors
    /// [`EngineError::ReadOnly`] when this person left before.
    pub fn leave(&mut self, space: &SpaceId, now: Millis) -> Result<(), EngineError> {
        self.sealing(|core, db| {
            core.may_write(space)?;
            // What was written before the leaving is sealed first, so that the cut has it.
            while core.seal_space(db, space)? > 0 {}
            let mut cut = Vec::new();
            for lane in db.lanes_of_space(core.space(space)?.no)? {
                let mine = lane.device.and_then(|d| core.devices.get(&d)).is_some_and(|(_, p)| *p == core.me);
                if let (true, Some(record), 1..) = (mine, lane.accepted_id, lane.accepted) {
                    cut.push(LaneEnd { lane: lane.id, n: lane.accepted, record });
                }
            }
            cut.sort_unstable_by_key(|e| e.lane);
            core.state_control(db, space, &Payload::Leave(Leave { cut }))?;
            core.seal_space(db, space)
        })?;
        self.keep_own_later(now)
    }

    /// Blocks the other person, or not any more: nothing of the relationship is fetched or sent while it lasts.
    ///
    /// # Errors
    /// [`EngineError::NotFound`].
    pub fn block(&mut self, space: &SpaceId, on: bool, now: Millis) -> Result<(), EngineError> {
        self.transact(|core, db| core.set_local(db, space, |l| l.blocked = on))?;
        self.keep_own_later(now)
    }

    /// Tells the other person from now on how far this one read, or not any more: what was told stays with them.
    ///
    /// # Errors
    /// [`EngineError::NotFound`].
    pub fn tell_what_is_read(&mut self, space: &SpaceId, on: bool, now: Millis) -> Result<(), EngineError> {
        self.transact(|core, db| core.set_local(db, space, |l| l.receipts = on))?;
        self.keep_own_later(now)
    }

    /// This person read the conversation up to a message. The other is told where that is wanted and was not told before; whether they are.
    ///
    /// # Errors
    /// [`EngineError::NotFound`].
    pub fn read_to(&mut self, space: &SpaceId, message: &EventId, now: Millis) -> Result<bool, EngineError> {
        let held = self.core.space(space)?;
        if !held.local.receipts || self.core.may_write(space).is_err() {
            return Ok(false);
        }
        let db = self.store.read();
        let mut found = None;
        for no in self.core.numbers(&db, space)? {
            found = found.or(db.event(no, message)?.filter(|e| e.kind == MESSAGE));
        }
        let event = found.ok_or(EngineError::NotFound("message"))?;
        let mine = |e: &EventRow| self.core.devices.get(&e.device).is_some_and(|(_, person)| *person == self.core.me);
        // One's own words need no telling; what was told covers everything before.
        let mut told = db.events_since(held.no, RECEIPT, event.effective)?.into_iter().filter(mine).filter_map(|r| self.core.held(r));
        let covers = |e: HeldEvent| matches!(e.event.payload, Said::Receipt(r) if r.read.is_some_and(|n| n >= event.effective));
        if mine(&event) || told.any(covers) {
            return Ok(false);
        }
        let read = Some(event.effective);
        self.state(space, EventDraft { subject: SPACE_SUBJECT, payload: Receipt { delivered: None, read }.into() }, now)?;
        Ok(true)
    }

    /// Every relationship, and saved copies.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn pairs(&self) -> Result<Vec<PairView>, EngineError> {
        let db = self.store.read();
        let mut spaces: Vec<_> =
            self.core.spaces.values().filter(|s| matches!(s.kind, SpaceKind::Pair | SpaceKind::Archive)).map(|s| (s.no, s.id)).collect();
        spaces.sort_unstable();
        spaces.iter().map(|(_, id)| self.core.pair_view(&db, id)).collect()
    }

    /// What the stage events of a pair add up to, and the events.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn stage(&self, space: &SpaceId) -> Result<(StageState, Vec<HeldEvent>), EngineError> {
        let events = self.core.events_about(&self.store.read(), self.core.space(space)?.no, SPACE_SUBJECT)?;
        Ok((stage(&events, &self.core.both(space)?), events))
    }
}

impl Core {
    pub(super) fn pair_view(&self, db: &Db<'_>, id: &SpaceId) -> Result<PairView, EngineError> {
        let space = self.space(id)?;
        let both = self.both(id)?;
        let other = both.iter().find(|p| **p != self.me).copied();
        let StageState { stage, running, proposed, .. } = stage(&self.events_about(db, space.no, SPACE_SUBJECT)?, &both);
        Ok(PairView {
            space: *id,
            name: self.display_name(db, id, other)?,
            person: other,
            safety_number: other.map(|o| safety_number(&self.me, &o)),
            verified: space.local.verified.as_ref().map(|(at, how)| (*at, Compared::of(how))),
            must_compare: space.local.must_compare,
            running,
            stage,
            proposed,
            left: space.kind == SpaceKind::Pair && !space.state.members.contains_key(&self.me),
            other_left: other.is_some_and(|o| space.state.former.contains(&o)),
            blocked: space.local.blocked,
            receipts: space.local.receipts,
            archive: space.kind == SpaceKind::Archive,
            relays: space.state.relays.iter().cloned().collect(),
        })
    }

    /// A person's name in a space: as the relationship document says it, else as they gave it when pairing.
    pub(super) fn display_name(&self, db: &Db<'_>, id: &SpaceId, person: Option<PersonId>) -> Result<String, EngineError> {
        let space = self.space(id)?;
        if person == Some(self.me) {
            return self.name(db);
        }
        // What they call themselves towards this person goes before what they said when pairing.
        let document = derived_id(*id, DocumentKind::Relationship);
        let row = db.row(space.no, RowKind::Relationship.code(), &document.0)?;
        let view = row.and_then(|r| super::read::read::<RelationshipView>(&r.view).ok());
        if let Some(name) = person.and_then(|p| view.as_ref()?.name_of(p)).filter(|n| !n.is_empty()) {
            return Ok(name.to_owned());
        }
        Ok(if space.local.name.is_empty() { "somebody".to_owned() } else { space.local.name.clone() })
    }
}
