//! A stage: where a relationship is, and whether it runs, paused or ended.

use serde::{Deserialize, Serialize};

use crate::event::state::{self, Running};
use crate::event::{HeldEvent, Payload, Stage};
use crate::id::{EventId, PersonId};

/// What both facts of a relationship's stage show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageView {
    /// The stage both agreed to last.
    pub stage: Stage,
    /// Whether it runs.
    pub running: Running,
    /// Proposals that wait for the other.
    pub proposed: Vec<StageProposal>,
    /// Who asked to run again since it was stopped.
    pub wish_to_resume: Vec<PersonId>,
    /// The pauses and ends that stand: who, when, why if they said.
    pub stops: Vec<StopView>,
}

/// A proposal to move to a stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageProposal {
    /// The proposal; agreeing names it.
    pub event: EventId,
    /// Who proposes.
    pub by: PersonId,
    /// The stage.
    pub stage: Stage,
}

/// A pause or an end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StopView {
    /// The event.
    pub event: EventId,
    /// Whose.
    pub by: PersonId,
    /// Paused or ended.
    pub running: Running,
    /// Why, if said.
    pub reason: Option<String>,
    /// When, on their wall clock, in milliseconds since 1970.
    pub at_ms: i64,
}

impl StageView {
    /// Folds the stage events of a space; `both` are the people whose word it takes.
    pub fn of(events: &[HeldEvent], both: &[PersonId]) -> Self {
        let folded = state::stage(events, both);
        let stop = |id: &EventId| {
            let e = events.iter().find(|e| e.id == *id)?;
            let (running, reason) = match &e.event.payload {
                Payload::Pause(p) => (Running::Paused, p.reason.clone()),
                Payload::End(p) => (Running::Ended, p.reason.clone()),
                _ => return None,
            };
            Some(StopView { event: e.id, by: e.author, running, reason, at_ms: e.event.wall_ms })
        };
        Self {
            stage: folded.stage,
            running: folded.running,
            proposed: folded.proposed.into_iter().map(|(event, by, stage)| StageProposal { event, by, stage }).collect(),
            wish_to_resume: folded.wish_to_resume,
            stops: folded.stops.iter().filter_map(stop).collect(),
        }
    }
}
