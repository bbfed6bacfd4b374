//! Order: where an event stands among the others, whatever the clocks of the field say.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{HeldEvent, MAX_PARENTS, Payload, Subject};
use crate::id::EventId;

/// Clocks at or above this are refused.
pub const MAX_CLOCK: u64 = 1 << 48;
/// How far own clocks follow foreign ones ahead of the wall clock, in milliseconds: 24 hours.
pub const FOLLOW_MS: u64 = 24 * 60 * 60 * 1000;

/// A hybrid clock: milliseconds since 1970 where the wall clock allows, one more than the last otherwise. Below 2^48.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Clock(pub u64);

impl Clock {
    /// The next value of this device's clock: after its own last, not behind the wall, and after what it has `seen`, as long as
    /// that is at most 24 hours ahead of the wall.
    pub fn next(self, wall_ms: i64, seen: u64) -> Self {
        let wall = u64::try_from(wall_ms).unwrap_or(0);
        let followed = if seen <= wall.saturating_add(FOLLOW_MS) { seen.saturating_add(1) } else { 0 };
        Self(wall.max(self.0.saturating_add(1)).max(followed).min(MAX_CLOCK - 1))
    }
}

/// The parents a new event names: the heads of its subject, newest first. Messages, reactions and receipts leave them out where the
/// clock alone already puts them after everything seen; their bytes count most and their meaning never rests on heads.
pub fn parents_for(payload: &Payload, clock: Clock, subject: Subject, held: &[HeldEvent]) -> Vec<EventId> {
    let of_subject: Vec<&HeldEvent> = held.iter().filter(|e| e.event.subject == subject).collect();
    if of_conversation(payload) {
        // One parent that is later than our clock is enough for order.
        return of_subject
            .iter()
            .max_by_key(|e| (e.effective, e.id))
            .filter(|e| e.effective >= clock.0)
            .map(|e| e.id)
            .into_iter()
            .collect();
    }
    let stated: Vec<&HeldEvent> = of_subject.into_iter().filter(|e| !of_conversation(&e.event.payload)).collect();
    let mut heads = heads(&stated);
    if let Payload::SessionAlias(alias) = payload {
        // What was said about this pair before is named directly too, so that the aliases of a space can be folded without the rest.
        let said = |e: &&HeldEvent| matches!(&e.event.payload, Payload::SessionAlias(a) if a.other == alias.other);
        let pair: Vec<&HeldEvent> = stated.iter().copied().filter(said).collect();
        let named: BTreeSet<EventId> = heads.iter().map(|e| e.id).collect();
        heads.extend(heads_within(&pair, held).into_iter().filter(|e| !named.contains(&e.id)));
    }
    heads.sort_by_key(|e| std::cmp::Reverse((matches!(&e.event.payload, Payload::SessionAlias(_)), e.effective, e.id)));
    heads.iter().take(MAX_PARENTS).map(|e| e.id).collect()
}

fn of_conversation(payload: &Payload) -> bool {
    use Payload as P;
    matches!(payload, P::Message(_) | P::MessageEdit(_) | P::MessageWithdraw(_) | P::Reaction(_) | P::Receipt(_))
}

/// The events among `events` that no other one of them names as a parent, directly or through others of them, by (effective, id).
pub fn heads<'a>(events: &[&'a HeldEvent]) -> Vec<&'a HeldEvent> {
    let covered: BTreeSet<EventId> = events.iter().flat_map(|e| e.event.parents.iter().copied()).collect();
    let mut out: Vec<_> = events.iter().copied().filter(|e| !covered.contains(&e.id)).collect();
    out.sort_by_key(|e| (e.effective, e.id));
    out
}

/// Those of `of` that nothing else in `of` rests on, where resting may lead through any event of `all`.
pub fn heads_within<'a>(of: &[&'a HeldEvent], all: &[HeldEvent]) -> Vec<&'a HeldEvent> {
    let parents: BTreeMap<EventId, &[EventId]> = all.iter().map(|e| (e.id, e.event.parents.as_slice())).collect();
    let mut covered = BTreeSet::new();
    let mut open: Vec<EventId> = of.iter().flat_map(|e| e.event.parents.iter().copied()).collect();
    while let Some(id) = open.pop() {
        if covered.insert(id) {
            open.extend(parents.get(&id).into_iter().flat_map(|p| p.iter().copied()));
        }
    }
    let mut out: Vec<_> = of.iter().copied().filter(|e| !covered.contains(&e.id)).collect();
    out.sort_by_key(|e| (e.effective, e.id));
    out
}

/// Everything `event` rests on among `all`.
pub fn past(event: &HeldEvent, all: &[HeldEvent]) -> BTreeSet<EventId> {
    let parents: BTreeMap<EventId, &[EventId]> = all.iter().map(|e| (e.id, e.event.parents.as_slice())).collect();
    let (mut out, mut open) = (BTreeSet::new(), event.event.parents.clone());
    while let Some(id) = open.pop() {
        if out.insert(id) {
            open.extend(parents.get(&id).into_iter().flat_map(|p| p.iter().copied()));
        }
    }
    out
}

/// Computes every effective clock again from the set held and sorts by (effective, id), so that the order is a function of the set
/// and never of arrival. Call it whenever a parent came after its child.
pub fn order(events: &mut [HeldEvent]) {
    let index: BTreeMap<EventId, usize> = events.iter().enumerate().map(|(i, e)| (e.id, i)).collect();
    let mut waiting: Vec<usize> = Vec::with_capacity(events.len());
    let mut children: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (i, e) in events.iter().enumerate() {
        let held: BTreeSet<usize> = e.event.parents.iter().filter_map(|p| index.get(p).copied()).collect();
        waiting.push(held.len());
        held.into_iter().for_each(|p| children.entry(p).or_default().push(i));
    }
    events.iter_mut().for_each(|e| e.effective = e.event.clock);
    // Ids are hashes over parents, so there is no circle and every event is reached.
    let mut ready: Vec<usize> = waiting.iter().enumerate().filter(|(_, n)| **n == 0).map(|(i, _)| i).collect();
    while let Some(i) = ready.pop() {
        let after = events.get(i).map_or(0, |e| e.effective.saturating_add(1));
        for c in children.remove(&i).unwrap_or_default() {
            if let (Some(child), Some(n)) = (events.get_mut(c), waiting.get_mut(c)) {
                child.effective = child.effective.max(after);
                *n -= 1;
                if *n == 0 {
                    ready.push(c);
                }
            }
        }
    }
    events.sort_by_key(|e| (e.effective, e.id));
}
