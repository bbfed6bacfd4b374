//! Ended devices: whose statements still speak for their person, and which cuts say where lanes end.
//!
//! A revoked device's statements count while a cut in this space has them in its past. Cuts by two devices that revoke each other both stand. A cut
//! by a device that was itself ended before it is weak: it can end a device, never give it anything.

use std::collections::{BTreeMap, BTreeSet};

use super::cut::{Claim, EndedDevice};
use super::graph::Graph;
use super::membership::{Fold, Member};
use super::payload::{LaneEnd, Payload};
use crate::id::{DeviceId, PersonId, StatementId};
use crate::identity::person_log::Directory;

/// Cuts of revoked devices, by the device they end.
type RevocationCuts = BTreeMap<DeviceId, Vec<usize>>;

fn revocation_cuts(graph: &Graph<'_>, directory: &Directory) -> RevocationCuts {
    // With a device go those that it added unknown to whoever revoked it.
    let mut revoked: BTreeMap<StatementId, Vec<DeviceId>> = BTreeMap::new();
    for (device, owner) in &directory.devices {
        owner.revoked_by.iter().for_each(|r| revoked.entry(*r).or_default().push(*device));
    }
    let mut cuts = RevocationCuts::new();
    for (i, s) in graph.statements.iter().enumerate() {
        let Payload::Cut(cut) = s.payload() else { continue };
        for device in revoked.get(&cut.ends).into_iter().flatten() {
            let own = directory.person(&s.author()).is_some_and(|p| directory.person(device) == Some(p));
            // In whose past its own author's end lies cannot end others.
            let ended_before = cuts.get(&s.author()).into_iter().flatten().any(|c| graph.before(*c, i));
            if own && s.author() != *device && !ended_before {
                cuts.entry(*device).or_default().push(i);
            }
        }
    }
    cuts
}

/// The cuts of a device that may give: all whose author was not ended without having them in the past; weak ones only where there are no others.
fn strong<'c>(graph: &Graph<'_>, cuts: &'c RevocationCuts, device: &DeviceId) -> (Vec<usize>, &'c [usize]) {
    let all = cuts.get(device).map_or(&[] as &[usize], Vec::as_slice);
    let author_of = |i: usize| graph.statements.get(i).map(|s| s.author());
    let is_strong = |i: &&usize| author_of(**i).and_then(|a| cuts.get(&a)).is_none_or(|ends| ends.iter().any(|e| graph.before(**i, *e)));
    (all.iter().filter(is_strong).copied().collect(), all)
}

/// For whom each statement speaks, by index.
pub(super) fn authors(graph: &Graph<'_>, directory: &Directory) -> Vec<Option<PersonId>> {
    let cuts = revocation_cuts(graph, directory);
    let ends: BTreeMap<DeviceId, (Vec<usize>, &[usize])> = cuts.keys().map(|d| (*d, strong(graph, &cuts, d))).collect();
    let speaks = |i: usize, device: &DeviceId| match ends.get(device) {
        None => true,
        Some((strong, all)) if strong.is_empty() => all.iter().all(|c| graph.before(i, *c)),
        Some((strong, _)) => strong.iter().any(|c| graph.before(i, *c)),
    };
    graph.statements.iter().enumerate().map(|(i, s)| directory.person(&s.author()).filter(|_| speaks(i, &s.author()))).collect()
}

/// Which devices are ended, and the cut statements that count.
pub(super) struct Ended {
    pub(super) cuts: BTreeMap<DeviceId, EndedDevice>,
    pub(super) statements: BTreeSet<StatementId>,
}

/// `endings`: the removals and leavings that ended a membership, by person.
pub(super) fn cuts(fold: &Fold<'_, '_>, endings: &BTreeMap<PersonId, Vec<usize>>, members: &BTreeMap<PersonId, Member>) -> Ended {
    let mut out = Ended { cuts: BTreeMap::new(), statements: BTreeSet::new() };
    let statement = |i: usize| fold.graph.statements.get(i);
    for (person, removals) in endings {
        for &r in removals {
            let (Some(s), Some(by), Some(tier)) = (statement(r), fold.author(r), fold.tier(r)) else { continue };
            let mut lists: Vec<&[LaneEnd]> = match s.payload() {
                Payload::Remove(x) => vec![&x.cut],
                Payload::Leave(x) => vec![&x.cut],
                _ => continue,
            };
            for i in 0..fold.graph.len() {
                let (Some(raise), Some(Payload::Cut(cut))) = (statement(i), fold.payload(i)) else { continue };
                if cut.ends == s.id() && fold.author(i) == Some(by) {
                    lists.push(&cut.cut);
                    out.statements.insert(raise.id());
                }
            }
            let rank = if by == *person { Claim::SELF } else { tier };
            let claim = Claim::new(s.id(), by, rank, lists);
            for (device, _) in fold.directory.devices.iter().filter(|(_, owner)| owner.person == *person) {
                let ended = out.cuts.entry(*device).or_default();
                ended.reopened = members.contains_key(person);
                ended.claim(claim.clone());
            }
        }
    }
    let revocations = revocation_cuts(fold.graph, fold.directory);
    for device in revocations.keys() {
        let (strong, all) = strong(fold.graph, &revocations, device);
        let giving: &[usize] = if strong.is_empty() { all } else { &strong };
        let Some(person) = fold.directory.person(device) else { continue };
        let cuts = giving.iter().filter_map(|i| match (statement(*i), fold.payload(*i)) {
            (Some(s), Some(Payload::Cut(cut))) => Some((s.id(), cut)),
            _ => None,
        });
        let cuts: Vec<_> = cuts.collect();
        let Some((_, first)) = cuts.first() else { continue };
        out.statements.extend(cuts.iter().map(|(id, _)| *id));
        let ended = out.cuts.entry(*device).or_default();
        // A revoked device does not come back with its person.
        ended.reopened = false;
        ended.claim(Claim::new(first.ends, person, Claim::SELF, cuts.iter().map(|(_, cut)| cut.cut.as_slice())));
    }
    out
}
