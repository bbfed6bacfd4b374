//! A clash: two changes of one document under one (actor, number), made by a device that was copied or set back and did not notice.
//!
//! Automerge takes one of them. Which one counts is decided here from the *set* of changes held, never from the order in which they came: that one
//! on which changes of more other persons rest, then the one with the lower hash. The other and all that rests on it are set aside, alike everywhere,
//! and every author makes its own again: the same operations on the same objects, under an actor that follows from the device's incarnation and the
//! change with which the part set aside begins. So two copies of a device that both do so make the same bytes, and nothing is there twice.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::AssertUnwindSafe;

use automerge::legacy::{ElementId, Key, ObjectId, OpId};
use automerge::{ActorId, Change, ChangeHash};
use sha2::{Digest, Sha256};

use super::{Group, first_hash, group_of};
use crate::id::{DeviceId, Incarnation, PersonId, SpaceId};
use crate::record::firewall::{self, Actor, Inspected};

/// The hash of a change.
pub type Hash = [u8; 32];

/// Who wrote under which actor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Life {
    /// The device.
    pub device: DeviceId,
    /// Under which incarnation.
    pub incarnation: Incarnation,
    /// Whose it is, if known.
    pub person: Option<PersonId>,
}

impl Life {
    /// The incarnation under which a part set aside is made again that begins with the change `root`.
    pub fn again(&self, root: &Hash) -> Incarnation {
        let hash = Sha256::digest([b"ithaca/v1/again".as_slice(), &self.incarnation.0, root].concat());
        let mut out = [0; 16];
        out.iter_mut().zip(hash).for_each(|(o, h)| *o = h);
        Incarnation(out)
    }
}

/// A change as the decision sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Its hash.
    pub hash: Hash,
    /// Its actor.
    pub actor: Actor,
    /// The actor's how-manieth.
    pub seq: u64,
    /// What it rests on directly.
    pub deps: Vec<Hash>,
    /// Counters of its operations: first, and one past the last.
    pub ops: (u64, u64),
    /// The edit it is part of, if that became several changes.
    pub group: Option<Group>,
}

impl Node {
    /// Of a change that passed the firewall.
    pub fn new(hash: Hash, seen: &Inspected) -> Self {
        let ops = (seen.start_op, seen.start_op.saturating_add(seen.n_ops));
        Self { hash, actor: seen.actor, seq: seen.seq, deps: seen.deps.clone(), ops, group: group_of(&seen.flat) }
    }
}

/// A change made again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Again {
    /// Of this change, which is set aside.
    pub of: Hash,
    /// Whose device makes it.
    pub device: DeviceId,
    /// Under which incarnation.
    pub incarnation: Incarnation,
    /// Its hash.
    pub hash: Hash,
    /// The chunk.
    pub bytes: Vec<u8>,
}

/// What a set of changes leads to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Decision {
    /// Changes that count, predecessors first.
    pub counting: Vec<Hash>,
    /// Changes set aside, predecessors first.
    pub aside: Vec<Hash>,
    /// Actors of which two changes have one number.
    pub contested: BTreeSet<Actor>,
    /// Of each contested number the change that counts, by the actor under which it would have been made again.
    holding: BTreeMap<Actor, Hash>,
}

/// Decides over a set of changes; those that lack a predecessor or a part of their group take no part yet and are in neither list.
pub fn decide(space: SpaceId, nodes: &[Node], lives: &BTreeMap<Actor, Life>) -> Decision {
    let order = complete(nodes);
    let nodes: Vec<&Node> = order.iter().filter_map(|i| nodes.get(*i)).collect();
    let place: BTreeMap<Hash, usize> = nodes.iter().enumerate().map(|(i, n)| (n.hash, i)).collect();
    let person = |n: &Node| lives.get(&n.actor).and_then(|l| l.person);
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); nodes.len()];
    let mut resting: Vec<BTreeSet<PersonId>> = vec![BTreeSet::new(); nodes.len()];
    for (i, node) in nodes.iter().enumerate().rev() {
        let mut up = resting.get(i).cloned().unwrap_or_default();
        up.extend(person(node));
        for dep in node.deps.iter().filter_map(|d| place.get(d)) {
            if let Some(c) = children.get_mut(*dep) {
                c.push(i);
            }
            if let Some(r) = resting.get_mut(*dep) {
                r.extend(up.iter().copied());
            }
        }
    }
    let others = |i: usize| {
        let own = nodes.get(i).and_then(|n| person(n));
        resting.get(i).map_or(0, |r| r.iter().filter(|p| Some(**p) != own).count())
    };
    let below = |i: usize| {
        let (mut out, mut todo) = (BTreeSet::from([i]), vec![i]);
        while let Some(next) = todo.pop() {
            todo.extend(children.get(next).into_iter().flatten().filter(|c| out.insert(**c)));
        }
        out
    };
    let mut slots: BTreeMap<(u64, Actor), Vec<usize>> = BTreeMap::new();
    for (i, node) in nodes.iter().enumerate() {
        slots.entry((node.seq, node.actor)).or_default().push(i);
    }
    let mut out: BTreeSet<usize> = BTreeSet::new();
    let mut decision = Decision::default();
    let mut holds: Vec<usize> = Vec::new();
    // Lower numbers first: what rests on a change set aside does not contend for its own number.
    for ((_, actor), slot) in slots {
        let mut contend: Vec<usize> = slot.into_iter().filter(|i| !out.contains(i)).collect();
        if contend.len() < 2 {
            continue;
        }
        decision.contested.insert(actor);
        // One that rests on another of its own number falls with it, or to it.
        let under: BTreeSet<usize> = contend.iter().flat_map(|i| below(*i).into_iter().filter(move |b| b != i)).collect();
        contend.sort_by_key(|i| (under.contains(i), std::cmp::Reverse(others(*i)), nodes.get(*i).map(|n| n.hash)));
        for lost in contend.iter().skip(1) {
            out.extend(below(*lost));
        }
        holds.extend(contend.first());
    }
    // Where others came to rest on what was set aside before, it counts now and its second making does not.
    for node in holds.into_iter().filter(|i| !out.contains(i)).filter_map(|i| nodes.get(i)) {
        if let Some(life) = lives.get(&node.actor) {
            decision.holding.insert(firewall::actor(space, life.device, life.again(&node.hash)), node.hash);
        }
    }
    let twice: Vec<usize> = (0..nodes.len()).filter(|i| nodes.get(*i).is_some_and(|n| decision.holding.contains_key(&n.actor))).collect();
    twice.into_iter().for_each(|i| out.extend(below(i)));
    for (i, node) in nodes.iter().enumerate() {
        if out.contains(&i) { &mut decision.aside } else { &mut decision.counting }.push(node.hash);
    }
    decision
}

/// Those whose predecessors and whose group are held, predecessors first.
fn complete(nodes: &[Node]) -> Vec<usize> {
    let mut parts: BTreeMap<(Actor, u32), BTreeSet<u32>> = BTreeMap::new();
    for (actor, group) in nodes.iter().filter_map(|n| Some((n.actor, n.group?))) {
        parts.entry((actor, group.id)).or_default().insert(group.index);
    }
    let whole = |n: &Node| n.group.is_none_or(|g| parts.get(&(n.actor, g.id)).is_some_and(|p| p.len() as u64 == u64::from(g.count)));
    let mut waiting: BTreeMap<Hash, Vec<usize>> = BTreeMap::new();
    let mut lacking: Vec<usize> = Vec::new();
    let mut ready: BTreeSet<(Hash, usize)> = BTreeSet::new();
    for (i, node) in nodes.iter().enumerate() {
        let deps: BTreeSet<Hash> = node.deps.iter().copied().filter(|d| *d != first_hash()).collect();
        lacking.push(deps.len());
        if whole(node) && deps.is_empty() {
            ready.insert((node.hash, i));
        }
        deps.into_iter().for_each(|d| waiting.entry(d).or_default().push(i));
    }
    let mut out = Vec::new();
    while let Some((hash, i)) = ready.pop_first() {
        out.push(i);
        for next in waiting.remove(&hash).into_iter().flatten() {
            let (Some(left), Some(node)) = (lacking.get_mut(next), nodes.get(next)) else { continue };
            *left -= 1;
            if *left == 0 && whole(node) {
                ready.insert((node.hash, next));
            }
        }
    }
    out
}

/// A change set aside and what stands for it.
struct Made {
    actor: Actor,
    seq: u64,
    hash: Hash,
}

/// Everything set aside, made again; `chunk` gives a change's bytes. What rests on something that cannot be made again is left out. Whoever
/// computes it gets the same, but only its author may send it.
pub fn again<'c>(
    space: SpaceId,
    nodes: &[Node],
    decision: &Decision,
    lives: &BTreeMap<Actor, Life>,
    chunk: impl Fn(&Hash) -> Option<&'c [u8]>,
) -> Vec<Again> {
    let by_hash: BTreeMap<Hash, &Node> = nodes.iter().map(|n| (n.hash, n)).collect();
    let counting: BTreeMap<(Actor, u64), Hash> =
        decision.counting.iter().filter_map(|h| by_hash.get(h)).map(|n| ((n.actor, n.seq), n.hash)).collect();
    let mut made: BTreeMap<Hash, Made> = BTreeMap::new();
    let mut above: BTreeMap<Hash, BTreeSet<Hash>> = BTreeMap::new();
    let mut out = Vec::new();
    for node in decision.aside.iter().filter_map(|h| by_hash.get(h)) {
        let mut before: BTreeSet<Hash> = BTreeSet::new();
        for dep in &node.deps {
            if let Some(further) = above.get(dep) {
                before.extend(further);
                before.insert(*dep);
            }
        }
        above.insert(node.hash, before.clone());
        // A second making of what counts after all: the first stands for it.
        if let Some(first) = decision.holding.get(&node.actor).and_then(|h| by_hash.get(h))
            && let seq = first.seq.saturating_add(node.seq).saturating_sub(1)
            && let Some(hash) = counting.get(&(first.actor, seq))
        {
            made.insert(node.hash, Made { actor: first.actor, seq, hash: *hash });
            continue;
        }
        let Some(life) = lives.get(&node.actor) else { continue };
        let previous = before.iter().filter_map(|h| by_hash.get(h)).find(|n| n.actor == node.actor && n.seq + 1 == node.seq);
        let root = chain_root(node, &by_hash, &above, decision);
        let incarnation = life.again(&root);
        let actor = firewall::actor(space, life.device, incarnation);
        let seq = previous.and_then(|p| made.get(&p.hash)).filter(|m| m.actor == actor).map_or(1, |m| m.seq + 1);
        let deps: Option<Vec<ChangeHash>> = node
            .deps
            .iter()
            .map(|d| if above.contains_key(d) { made.get(d).map(|m| ChangeHash(m.hash)) } else { Some(ChangeHash(*d)) })
            .collect();
        let (Some(mut deps), Some(bytes)) = (deps, chunk(&node.hash)) else { continue };
        deps.sort_unstable();
        deps.dedup();
        let ranges: Vec<(&Node, Actor)> =
            before.iter().filter_map(|h| Some((*by_hash.get(h)?, made.get(h)?.actor))).chain([(*node, actor)]).collect();
        let renamed = |id: &OpId| {
            let within = |(n, _): &&(&Node, Actor)| id.1.to_bytes() == n.actor && (n.ops.0..n.ops.1).contains(&id.0);
            ranges.iter().find(within).map_or_else(|| id.clone(), |(_, actor)| OpId(id.0, ActorId::from(actor.as_slice())))
        };
        let Some((hash, bytes)) = rewrite(bytes, actor, seq, deps, &renamed) else { continue };
        made.insert(node.hash, Made { actor, seq, hash });
        out.push(Again { of: node.hash, device: life.device, incarnation, hash, bytes });
    }
    out
}

/// The first change set aside of the run of one actor's changes that `node` continues.
fn chain_root(node: &Node, by_hash: &BTreeMap<Hash, &Node>, above: &BTreeMap<Hash, BTreeSet<Hash>>, decision: &Decision) -> Hash {
    let mut root = node;
    while let Some(previous) = above
        .get(&root.hash)
        .into_iter()
        .flatten()
        .filter_map(|h| by_hash.get(h))
        .find(|n| n.actor == root.actor && n.seq + 1 == root.seq && !decision.holding.contains_key(&n.actor))
    {
        root = previous;
    }
    root.hash
}

/// The same operations under another actor.
fn rewrite(bytes: &[u8], actor: Actor, seq: u64, deps: Vec<ChangeHash>, renamed: &dyn Fn(&OpId) -> OpId) -> Option<(Hash, Vec<u8>)> {
    // The change is a valid one, but what automerge makes of it is not ours to trust.
    std::panic::catch_unwind(AssertUnwindSafe(|| {
        let mut change = Change::from_bytes(bytes.to_vec()).ok()?.decode();
        (change.actor_id, change.seq, change.deps, change.hash) = (ActorId::from(actor.as_slice()), seq, deps, None);
        for op in &mut change.operations {
            if let ObjectId::Id(id) = &op.obj {
                op.obj = ObjectId::Id(renamed(id));
            }
            if let Key::Seq(ElementId::Id(id)) = &op.key {
                op.key = Key::Seq(ElementId::Id(renamed(id)));
            }
            op.pred = op.pred.iter().map(renamed).collect();
        }
        let made = Change::from(change);
        let bytes = made.raw_bytes().to_vec();
        firewall::inspect(&bytes, &[actor], &firewall::RECEIVE).ok()?;
        Some((made.hash().0, bytes))
    }))
    .ok()
    .flatten()
}

#[cfg(test)]
#[path = "clash_tests.rs"]
mod tests;
