//! States that follow from events: the status of a goal, the state of a session, the stage of a pair, which sessions are one meeting.
//! Each is a function of the set of events, never of the order in which they came.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::order::{heads_within, past};
use super::{GoalStatus, HeldEvent, Payload, SessionState, Stage, Subject};
use crate::id::{DocumentId, EventId, PersonId};

/// A state and the events that say so: several when two people differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stated<'a, T> {
    /// What is shown.
    pub shown: T,
    /// The heads, by (effective, id).
    pub heads: Vec<&'a HeldEvent>,
}

fn stating<T>(all: &[HeldEvent], subject: Subject, pick: impl Fn(&Payload) -> Option<T>) -> (Vec<&HeldEvent>, Vec<T>) {
    let of: Vec<&HeldEvent> = all.iter().filter(|e| e.event.subject == subject && pick(&e.event.payload).is_some()).collect();
    let heads = heads_within(&of, all);
    let values = heads.iter().filter_map(|e| pick(&e.event.payload)).collect();
    (heads, values)
}

/// Where a goal stands: equal heads → that; achieved beside anything → active; else the first of active, paused, dropped, proposed.
/// A goal nobody said anything about is active.
pub fn goal_status(all: &[HeldEvent], goal: Subject) -> Stated<'_, GoalStatus> {
    let (heads, values) = stating(all, goal, |p| if let Payload::GoalStatusSet(s) = p { Some(s.status) } else { None });
    let set: BTreeSet<GoalStatus> = values.into_iter().collect();
    let shown = match (set.len(), set.first()) {
        (1, Some(only)) => *only,
        _ if set.contains(&GoalStatus::Achieved) => GoalStatus::Active,
        _ => [GoalStatus::Active, GoalStatus::Paused, GoalStatus::Dropped, GoalStatus::Proposed]
            .into_iter()
            .find(|s| set.contains(s))
            .unwrap_or(GoalStatus::Active),
    };
    Stated { shown, heads }
}

/// What became of a session. Of differing heads *held* wins where contents were recorded; otherwise the first of cancelled, missed,
/// held, planned is the cautious one.
pub fn session_state(all: &[HeldEvent], session: Subject, has_contents: bool) -> Stated<'_, SessionState> {
    let (heads, values) = stating(all, session, |p| if let Payload::SessionStateSet(s) = p { Some(s.state) } else { None });
    Stated { shown: shown_state(&values.into_iter().collect(), has_contents), heads }
}

/// The state shown where people said these; planned where nobody said anything.
pub fn shown_state(said: &BTreeSet<SessionState>, has_contents: bool) -> SessionState {
    match (said.len(), said.first()) {
        (1, Some(only)) => *only,
        _ if has_contents && said.contains(&SessionState::Held) => SessionState::Held,
        _ => [SessionState::Cancelled, SessionState::Missed, SessionState::Held]
            .into_iter()
            .find(|s| said.contains(s))
            .unwrap_or(SessionState::Planned),
    }
}

/// Whether a relationship runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Running {
    /// It runs.
    Running,
    /// Somebody paused it.
    Paused,
    /// Somebody ended it.
    Ended,
}

/// The two facts of stage events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StageState {
    /// The stage both agreed to last.
    pub stage: Stage,
    /// Whether it runs.
    pub running: Running,
    /// Proposals that wait for the other, by (effective, id): the event, its author, the stage.
    pub proposed: Vec<(EventId, PersonId, Stage)>,
    /// Who asked to run again since it was stopped.
    pub wish_to_resume: Vec<PersonId>,
    /// The pauses and ends that stand, by (effective, id).
    pub stops: Vec<EventId>,
}

/// Folds the stage events; `both` are the people whose word it takes. Others' events count for nothing.
pub fn stage(all: &[HeldEvent], both: &[PersonId]) -> StageState {
    let counts = |e: &&HeldEvent| both.contains(&e.author);
    let mut events: Vec<&HeldEvent> = all.iter().filter(counts).collect();
    events.sort_by_key(|e| (e.effective, e.id));
    let by_id: BTreeMap<EventId, &HeldEvent> = events.iter().map(|e| (e.id, *e)).collect();
    let everybody = |people: &BTreeSet<PersonId>| both.len() > 1 && both.iter().all(|p| people.contains(p));

    let mut agreed: BTreeMap<EventId, BTreeSet<PersonId>> = BTreeMap::new();
    let (mut stage, mut proposed) = (Stage::Initiation, Vec::new());
    for e in &events {
        match &e.event.payload {
            Payload::StagePropose(p) => {
                agreed.entry(e.id).or_default().insert(e.author);
                proposed.push((e.id, e.author, p.stage));
            }
            Payload::StageAgree(a) => {
                let Some(Payload::StagePropose(p)) = by_id.get(&a.to).map(|e| &e.event.payload) else { continue };
                let people = agreed.entry(a.to).or_default();
                if let Some(proposal) = by_id.get(&a.to) {
                    people.insert(proposal.author);
                }
                let before = everybody(people);
                people.insert(e.author);
                if everybody(people) && !before {
                    stage = p.stage;
                    proposed.retain(|(id, ..)| *id != a.to);
                }
            }
            _ => {}
        }
    }
    // An agreement may sort before its proposal when the proposal came later than its parent link says.
    proposed.retain(|(id, _, s)| *s != stage && !agreed.get(id).is_some_and(everybody));

    // A stop is lifted by wishes of everybody that rest on it; one made without seeing it lifts nothing.
    let stops: Vec<&HeldEvent> =
        events.iter().copied().filter(|e| matches!(e.event.payload, Payload::Pause(_) | Payload::End(_))).collect();
    let wishes: Vec<(PersonId, BTreeSet<EventId>)> = events
        .iter()
        .filter(|e| match &e.event.payload {
            Payload::Resume(_) => true,
            Payload::StageAgree(a) => matches!(by_id.get(&a.to).map(|e| &e.event.payload), Some(Payload::Resume(_))),
            _ => false,
        })
        .map(|e| (e.author, past(e, all)))
        .collect();
    let (mut running, mut wish_to_resume, mut standing) = (Running::Running, BTreeSet::new(), Vec::new());
    for stop in stops {
        let people: BTreeSet<PersonId> = wishes.iter().filter(|(_, past)| past.contains(&stop.id)).map(|(p, _)| *p).collect();
        if everybody(&people) {
            continue;
        }
        wish_to_resume.extend(people);
        standing.push(stop.id);
        if matches!(stop.event.payload, Payload::End(_)) {
            running = Running::Ended;
        } else if running == Running::Running {
            running = Running::Paused;
        }
    }
    StageState { stage, running, proposed, wish_to_resume: wish_to_resume.into_iter().collect(), stops: standing }
}

/// Which sessions are one meeting: session → the smallest id it is joined with. Where two people differ on a pair it is not joined.
pub fn aliases(all: &[HeldEvent]) -> BTreeMap<DocumentId, DocumentId> {
    let pairs: BTreeSet<(Subject, Subject)> = all.iter().filter_map(|e| alias_of(e).map(|other| (e.event.subject, other))).collect();
    let mut root: BTreeMap<DocumentId, DocumentId> = BTreeMap::new();
    for (a, b) in pairs {
        let (_, said) = alias_heads(all, a, b);
        if said.is_empty() || said.contains(&false) {
            continue;
        }
        let (ra, rb) = (find(&root, DocumentId(a)), find(&root, DocumentId(b)));
        let small = ra.min(rb);
        root.entry(DocumentId(a)).or_insert(ra);
        root.entry(DocumentId(b)).or_insert(rb);
        root.values_mut().filter(|r| **r == ra || **r == rb).for_each(|r| *r = small);
    }
    root
}

/// The other session of a statement about a pair; `None` for anything else, and for one whose subject is not the smaller id, which counts
/// for nothing: a pair has one log.
pub fn alias_of(e: &HeldEvent) -> Option<Subject> {
    if let Payload::SessionAlias(a) = &e.event.payload { Some(a.other.0).filter(|other| *other > e.event.subject) } else { None }
}

/// The heads about one pair of sessions, and what they say.
pub fn alias_heads(all: &[HeldEvent], session: Subject, other: Subject) -> (Vec<&HeldEvent>, Vec<bool>) {
    stating(all, session, |p| if let Payload::SessionAlias(a) = p { (a.other.0 == other).then_some(a.same) } else { None })
}

fn find(root: &BTreeMap<DocumentId, DocumentId>, id: DocumentId) -> DocumentId {
    root.get(&id).copied().unwrap_or(id)
}

/// A person's latest statement that `pick` takes, and the concurrent ones of the same person that say something else: only two
/// devices of one person can bring those about.
pub fn latest_of(
    all: &[HeldEvent],
    subject: Subject,
    person: PersonId,
    pick: impl Fn(&Payload) -> bool,
) -> Option<(&HeldEvent, Vec<&HeldEvent>)> {
    let of: Vec<&HeldEvent> = all.iter().filter(|e| e.event.subject == subject && e.author == person && pick(&e.event.payload)).collect();
    let mut heads = heads_within(&of, all);
    let shown = heads.pop()?;
    heads.retain(|e| e.event.payload != shown.event.payload);
    Some((shown, heads))
}
