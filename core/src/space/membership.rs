//! Members of a space: what the control statements held add up to, evaluated tier by tier from the top, so that no order of arrival matters.
//!
//! Every condition of the fold answers a history that broke a simpler rule; the tests beside it name them.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::cut::EndedDevice;
use super::ended;
use super::epoch::{self, EpochView};
use super::graph::{Bits, Graph};
use super::payload::{Admit, Payload, Policy, SpaceGenesis, Tier};
use super::statement::Statement;
use crate::id::{DeviceId, PersonId, SpaceId, StatementId};
use crate::identity::person_log::Directory;

/// Of an author who is no founder, so many statements enter the fold: the first by (depth, id).
pub const STATEMENTS_OF_ONE: usize = 200;

/// Why statements give no space.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SpaceError {
    /// The log's first statement is not among those given.
    #[error("the genesis of this space is not held")]
    NoGenesis,
    /// The id is of another kind of statement.
    #[error("the statement of this id does not begin a space")]
    NotAGenesis,
    /// Too many or too few founders for the policy, or somebody named twice.
    #[error("the genesis names persons that its policy does not allow")]
    Founders,
}

/// Somebody who is in a space.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member {
    /// How far their authority reaches.
    pub tier: Tier,
    /// Whether they may admit and remove, if the tier allows it.
    pub manages: bool,
    /// Whether they are given the keys.
    pub reads: bool,
    /// The genesis, the admission, or the second under a proposal.
    pub admitted_by: StatementId,
}

impl Member {
    /// Whether they may admit and remove whoever stands below them.
    pub fn has_authority(&self) -> bool {
        self.tier <= Tier::Steward && self.manages
    }
}

/// What a control log adds up to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpaceState {
    /// Which space.
    pub id: SpaceId,
    /// For ever.
    pub policy: Policy,
    /// Who is in.
    pub members: BTreeMap<PersonId, Member>,
    /// Who was in by a valid statement and is no longer.
    pub former: BTreeSet<PersonId>,
    /// Whether a founder closed it.
    pub closed: bool,
    /// Proposals that wait for the other founder.
    pub proposals: BTreeMap<StatementId, Admit>,
    /// Devices that a removal, leaving or revocation ended here. A revoked device that no cut in this space names yet is not among them.
    pub cuts: BTreeMap<DeviceId, EndedDevice>,
    /// Every epoch, parents before children.
    pub epochs: Vec<EpochView>,
    /// All current values, together.
    pub relays: BTreeSet<String>,
    /// Valid statements but epochs, sorted: for the state code.
    pub valid: Vec<StatementId>,
    /// What the next statement names as parents (the first 32).
    pub heads: Vec<StatementId>,
    /// Statements whose past is not held yet.
    pub waiting: BTreeSet<StatementId>,
    /// A member wrote something critical of a later version.
    pub stops_writing: bool,
}

/// Folds the statements of one space; those of other logs are passed over.
///
/// # Errors
/// [`SpaceError`] if the genesis is missing or not one.
pub fn fold<'a>(
    space: SpaceId,
    statements: impl IntoIterator<Item = &'a Statement>,
    directory: &Directory,
) -> Result<SpaceState, SpaceError> {
    let graph = Graph::new(StatementId(space.0), statements).ok_or(SpaceError::NoGenesis)?;
    let Some(Payload::SpaceGenesis(genesis)) = graph.statements.first().map(|s| s.payload()) else { return Err(SpaceError::NotAGenesis) };
    if !persons_allowed(genesis) {
        return Err(SpaceError::Founders);
    }
    let mut fold = Fold::new(&graph, genesis, directory);
    fold.evaluate();
    Ok(fold.state(space))
}

fn persons_allowed(genesis: &SpaceGenesis) -> bool {
    let n = genesis.founders.len();
    let founders = match genesis.policy {
        Policy::Personal => n == 1 && genesis.observers.is_empty(),
        Policy::Pair => n == 2,
        Policy::Circle | Policy::Programme => n == 1 || n == 2,
    };
    founders && genesis.observers.iter().all(|o| !genesis.founders.contains(o))
}

/// A grant of membership by statement `at`. Its weight is the granter's tier + 1, but 0 for what the genesis gives founders.
#[derive(Clone, Copy)]
struct Grant {
    at: usize,
    weight: u8,
    admit: Admit,
}

pub(super) struct Fold<'f, 'a> {
    pub(super) graph: &'f Graph<'a>,
    pub(super) directory: &'f Directory,
    genesis: &'f SpaceGenesis,
    /// Whose statement each is; `None` while nobody's log lists the device, or past the end of a revoked device.
    pub(super) author: Vec<Option<PersonId>>,
    /// Statements that enter the fold.
    entering: Vec<usize>,
    /// The tier with which each valid statement was made.
    pub(super) valid: Vec<Option<u8>>,
    /// Admissions, seconded proposals and the genesis, by whom they name.
    grants: BTreeMap<PersonId, Vec<(usize, Admit)>>,
    /// Removals and leavings, by whom they end.
    removals: BTreeMap<PersonId, Vec<usize>>,
    /// Withdrawals by the second they undo.
    withdrawals: BTreeMap<usize, Vec<usize>>,
}

const EVERYTHING: Option<&Bits> = None;

/// In place of a tier: a leaving reaches nobody but its author.
const LEAVING: u8 = 4;

impl<'f, 'a> Fold<'f, 'a> {
    fn new(graph: &'f Graph<'a>, genesis: &'f SpaceGenesis, directory: &'f Directory) -> Self {
        let author = ended::authors(graph, directory);
        let valid = vec![None; graph.len()];
        let mut fold = Self {
            graph,
            directory,
            genesis,
            author,
            entering: Vec::new(),
            valid,
            grants: BTreeMap::new(),
            removals: BTreeMap::new(),
            withdrawals: BTreeMap::new(),
        };
        fold.entering = fold.entering();
        fold.index();
        fold
    }

    pub(super) fn payload(&self, i: usize) -> Option<&'f Payload> {
        self.graph.statements.get(i).map(|s| s.payload())
    }

    pub(super) fn author(&self, i: usize) -> Option<PersonId> {
        self.author.get(i).copied().flatten()
    }

    pub(super) fn tier(&self, i: usize) -> Option<u8> {
        self.valid.get(i).copied().flatten()
    }

    fn founder(&self, person: &PersonId) -> bool {
        self.genesis.founders.contains(person)
    }

    /// Whom a removal or leaving ends.
    pub(super) fn ends(&self, i: usize) -> Option<PersonId> {
        match self.payload(i)? {
            Payload::Remove(r) => Some(r.person),
            Payload::Leave(_) => self.author(i),
            _ => None,
        }
    }

    pub(super) fn is_leaving(&self, i: usize) -> bool {
        self.ends(i).is_some_and(|person| self.author(i) == Some(person))
    }

    /// Control statements by somebody whom their past names founder or steward, and leavings; of one author below founder the first so many.
    fn entering(&self) -> Vec<usize> {
        let mut named: BTreeMap<PersonId, Vec<usize>> = BTreeMap::new();
        for i in 0..self.graph.len() {
            if let Some(Payload::Admit(a)) = self.payload(i)
                && a.tier <= Tier::Steward
            {
                named.entry(a.person).or_default().push(i);
            }
        }
        let mut so_many: BTreeMap<PersonId, usize> = BTreeMap::new();
        let mut entering = Vec::new();
        for i in 1..self.graph.len() {
            let (Some(author), Some(payload)) = (self.author(i), self.payload(i)) else { continue };
            let enters = match payload {
                Payload::Leave(_) => true,
                Payload::Remove(r) if r.person == author => true,
                Payload::Admit(_)
                | Payload::Remove(_)
                | Payload::Close
                | Payload::Propose(_)
                | Payload::Second(_)
                | Payload::WithdrawProposal(_)
                | Payload::Relays(_) => self.founder(&author) || named.get(&author).into_iter().flatten().any(|a| self.graph.before(*a, i)),
                _ => false,
            };
            if !enters {
                continue;
            }
            if !self.founder(&author) {
                let n = so_many.entry(author).or_default();
                *n += 1;
                if *n > STATEMENTS_OF_ONE {
                    continue;
                }
            }
            entering.push(i);
        }
        entering
    }

    fn index(&mut self) {
        let observer = |person| Admit { person, tier: Tier::Observer, manages: false, reads: true };
        let founder = |person| Admit { person, tier: Tier::Founder, manages: true, reads: true };
        let named = self.genesis.founders.iter().map(|p| founder(*p)).chain(self.genesis.observers.iter().map(|p| observer(*p)));
        named.for_each(|admit| self.grants.entry(admit.person).or_default().push((0, admit)));
        for &i in &self.entering {
            let Some(payload) = self.payload(i) else { continue };
            match payload {
                Payload::Admit(a) => self.grants.entry(a.person).or_default().push((i, *a)),
                Payload::Second(about) => {
                    let proposal = self.graph.index.get(&about.proposal).copied();
                    if let Some(Payload::Propose(a)) = proposal.and_then(|p| self.payload(p)) {
                        self.grants.entry(a.person).or_default().push((i, *a));
                        let undo =
                            |w: &&usize| matches!(self.payload(**w), Some(Payload::WithdrawProposal(x)) if x.proposal == about.proposal);
                        let undone: Vec<usize> = self.entering.iter().filter(undo).copied().collect();
                        self.withdrawals.insert(i, undone);
                    }
                }
                Payload::Remove(_) | Payload::Leave(_) => {
                    if let Some(person) = self.ends(i) {
                        self.removals.entry(person).or_default().push(i);
                    }
                }
                _ => {}
            }
        }
    }

    /// Grants of a person that hold over a set, and by which removal each of the others went.
    fn standing(&self, person: &PersonId, set: Option<&Bits>) -> (Vec<Grant>, BTreeMap<usize, Vec<usize>>) {
        let counted = |i: usize| set.is_none_or(|set| set.contains(i)) && self.tier(i).is_some();
        let mut grants: Vec<Grant> = Vec::new();
        for (at, admit) in self.grants.get(person).into_iter().flatten() {
            let withdrawn = self.withdrawals.get(at).into_iter().flatten().any(|w| counted(*w) && !self.graph.before(*at, *w));
            if let Some(by) = self.tier(*at).filter(|_| counted(*at) && !withdrawn) {
                let weight = if admit.tier == Tier::Founder { 0 } else { by + 1 };
                grants.push(Grant { at: *at, weight, admit: *admit });
            }
        }
        let removals: Vec<usize> = self.removals.get(person).into_iter().flatten().copied().filter(|r| counted(*r)).collect();
        let mut ended: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for &r in &removals {
            // What was gone already as the removal's author saw it is not what it reaches.
            let gone: BTreeSet<usize> =
                ended.iter().filter(|(x, _)| self.graph.before(**x, r)).flat_map(|(_, grants)| grants).copied().collect();
            // Grants before it or concurrent with it. All of them go, else removing would uncover a higher role.
            let reach: Vec<Grant> = grants.iter().filter(|g| !gone.contains(&g.at) && !self.graph.before(r, g.at)).copied().collect();
            let own = self.author(r) == Some(*person);
            let below = best(&reach).is_some_and(|g| self.tier(r).is_some_and(|tier| tier < g.admit.tier as u8));
            if own || below {
                ended.insert(r, reach.iter().map(|g| g.at).collect());
            }
        }
        let dead: BTreeSet<usize> = ended.values().flatten().copied().collect();
        grants.retain(|g| !dead.contains(&g.at));
        (grants, ended)
    }

    fn member(&self, person: &PersonId, set: Option<&Bits>) -> Option<Member> {
        let (grants, _) = self.standing(person, set);
        let decides = best(&grants)?;
        // Between equals the lesser right counts.
        let equals = || grants.iter().filter(|g| g.weight == decides.weight && g.admit.tier == decides.admit.tier);
        Some(Member {
            tier: decides.admit.tier,
            manages: equals().all(|g| g.admit.manages),
            reads: equals().all(|g| g.admit.reads),
            admitted_by: equals().filter_map(|g| self.graph.statements.get(g.at)).map(|s| s.id()).min()?,
        })
    }

    fn evaluate(&mut self) {
        if let Some(genesis) = self.valid.first_mut() {
            *genesis = Some(0);
        }
        // Leaving needs nobody and ends only the author's own grants, so it counts before any tier is looked at. (Counted in its author's tier it would
        // come too late: who left as participant and came back as steward would act as neither; who left would act as what they were before.)
        for at in 0..self.entering.len() {
            let Some(&i) = self.entering.get(at) else { continue };
            if self.is_leaving(i)
                && let Some(slot) = self.valid.get_mut(i)
            {
                *slot = Some(LEAVING);
            }
        }
        for tier in 0..=3u8 {
            for at in 0..self.entering.len() {
                let Some(&i) = self.entering.get(at) else { continue };
                if !self.is_leaving(i)
                    && self.holds(i, tier)
                    && let Some(slot) = self.valid.get_mut(i)
                {
                    *slot = Some(tier);
                }
            }
        }
    }

    /// Whether statement `i` is valid as one of its author in this tier.
    fn holds(&self, i: usize, tier: u8) -> bool {
        let (Some(author), Some(past)) = (self.author(i), self.graph.past.get(i)) else { return false };
        let Some(member) = self.member(&author, Some(past)).filter(|m| m.tier as u8 == tier) else { return false };
        let allowed = match self.payload(i) {
            Some(Payload::Admit(a)) => {
                let alone = matches!(self.genesis.policy, Policy::Circle | Policy::Programme);
                alone && member.has_authority() && self.reaches(a, tier, past)
            }
            // Whom it reaches is decided where it is counted.
            Some(Payload::Remove(_) | Payload::Relays(_)) => member.has_authority(),
            Some(Payload::Close) => member.tier == Tier::Founder,
            Some(Payload::Propose(a)) => self.pair_founder(tier) && a.tier >= Tier::Participant && self.reaches(a, tier, past),
            Some(Payload::Second(about)) => self.pair_founder(tier) && self.may_second(i, author, about.proposal, past),
            Some(Payload::WithdrawProposal(about)) => {
                self.pair_founder(tier) && self.proposal(about.proposal, past).is_some_and(|(p, _)| self.author(p) == Some(author))
            }
            _ => false,
        };
        // A removal by a higher tier beats what the removed did at the same time.
        let beaten = || {
            self.removals
                .get(&author)
                .into_iter()
                .flatten()
                .any(|r| self.tier(*r).is_some_and(|by| by < tier) && self.graph.concurrent(*r, i))
        };
        allowed && !beaten()
    }

    fn reaches(&self, a: &Admit, tier: u8, past: &Bits) -> bool {
        a.tier as u8 > tier && self.member(&a.person, Some(past)).is_none_or(|held| held.tier as u8 > tier)
    }

    fn pair_founder(&self, tier: u8) -> bool {
        self.genesis.policy == Policy::Pair && tier == Tier::Founder as u8
    }

    /// A valid proposal in the past.
    fn proposal(&self, id: StatementId, past: &Bits) -> Option<(usize, &'f Admit)> {
        let p = self.graph.index.get(&id).copied().filter(|p| past.contains(*p) && self.tier(*p).is_some())?;
        match self.payload(p) {
            Some(Payload::Propose(a)) => Some((p, a)),
            _ => None,
        }
    }

    fn may_second(&self, i: usize, author: PersonId, proposal: StatementId, past: &Bits) -> bool {
        let Some((p, admit)) = self.proposal(proposal, past) else { return false };
        let Some(proposer) = self.author(p).filter(|proposer| *proposer != author) else { return false };
        let withdrawn = self.withdrawals.get(&i).into_iter().flatten().any(|w| past.contains(*w) && self.tier(*w).is_some());
        let still_there = self.member(&proposer, Some(past)).is_some_and(|m| m.tier == Tier::Founder);
        !withdrawn && still_there && self.reaches(admit, Tier::Founder as u8, past)
    }

    fn state(&self, space: SpaceId) -> SpaceState {
        let was_member = |i: usize| self.author(i).is_some_and(|a| self.member(&a, self.graph.past.get(i)).is_some());
        let is_valid = |i: &usize| self.tier(*i).is_some() && (!self.is_leaving(*i) || was_member(*i));
        let mut members = BTreeMap::new();
        let mut former = BTreeSet::new();
        let mut endings: BTreeMap<PersonId, Vec<usize>> = BTreeMap::new();
        for (person, grants) in &self.grants {
            match self.member(person, EVERYTHING) {
                Some(member) => {
                    members.insert(*person, member);
                }
                None if grants.iter().any(|(at, _)| is_valid(at)) => {
                    former.insert(*person);
                }
                None => {}
            }
            let (_, ended) = self.standing(person, EVERYTHING);
            endings.insert(*person, ended.into_iter().filter(|(_, reached)| !reached.is_empty()).map(|(r, _)| r).collect());
        }
        let ended::Ended { cuts, statements } = ended::cuts(self, &endings, &members);
        let mut valid: BTreeSet<StatementId> = statements;
        valid.extend(self.graph.statements.iter().enumerate().filter(|(i, _)| is_valid(i)).map(|(_, s)| s.id()));
        let mut stops_writing = false;
        for i in 1..self.graph.len() {
            let (Some(Payload::Unknown { critical, .. }), Some(author)) = (self.payload(i), self.author(i)) else { continue };
            if self.member(&author, self.graph.past.get(i)).is_some_and(|m| m.tier <= Tier::Participant) {
                stops_writing |= critical;
                valid.extend(self.graph.statements.get(i).map(|s| s.id()));
            }
        }
        SpaceState {
            id: space,
            policy: self.genesis.policy,
            closed: self.entering.iter().any(|i| is_valid(i) && matches!(self.payload(*i), Some(Payload::Close))),
            proposals: self.open_proposals(),
            epochs: epoch::views(self.graph, &members, self.directory),
            relays: self.relays(),
            heads: self.graph.heads(|_| true),
            waiting: self.graph.waiting.clone(),
            valid: valid.into_iter().collect(),
            members,
            former,
            cuts,
            stops_writing,
        }
    }

    fn open_proposals(&self) -> BTreeMap<StatementId, Admit> {
        let valid = || self.entering.iter().filter(|i| self.tier(**i).is_some());
        let answered: BTreeSet<StatementId> = valid()
            .filter_map(|i| match self.payload(*i) {
                Some(Payload::Second(about) | Payload::WithdrawProposal(about)) => Some(about.proposal),
                _ => None,
            })
            .collect();
        let open = valid().filter_map(|i| match (self.graph.statements.get(*i), self.payload(*i)) {
            (Some(s), Some(Payload::Propose(a))) if !answered.contains(&s.id()) => Some((s.id(), *a)),
            _ => None,
        });
        open.collect()
    }

    fn relays(&self) -> BTreeSet<String> {
        let stated = |i: usize| self.tier(i).is_some() && matches!(self.payload(i), Some(Payload::Relays(_)));
        let current = self.graph.heads(stated);
        let origins = current.iter().filter_map(|id| self.graph.index.get(id)).filter_map(|i| match self.payload(*i) {
            Some(Payload::Relays(r)) => Some(r.origins.iter().cloned()),
            _ => None,
        });
        origins.flatten().collect()
    }
}

/// The most senior granter decides; between equals the lesser role counts.
fn best(grants: &[Grant]) -> Option<Grant> {
    grants.iter().min_by_key(|g| (g.weight, Reverse(g.admit.tier))).copied()
}

#[cfg(test)]
#[path = "membership_tests.rs"]
mod tests;
