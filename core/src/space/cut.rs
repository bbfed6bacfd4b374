//! A cut: where the lanes of a device end that was revoked, or whose person was removed or left.
//!
//! Of several persons' cuts the highest tier's holds, within a tier the longer. The same person may raise a cut along the chain, never lower it.
//! A lane nobody names ends at 0.

use std::collections::BTreeMap;

use ithaca_wire::LaneId;

use super::payload::LaneEnd;
use crate::id::{PersonId, RecordId, StatementId};

/// What one person says about where lanes end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The removal, leaving or revocation.
    pub ends: StatementId,
    /// Who says it.
    pub by: PersonId,
    /// The tier they removed with; [`Claim::SELF`] where a person ends lanes of their own.
    pub rank: u8,
    /// As first said.
    pub base: BTreeMap<LaneId, (u64, RecordId)>,
    /// As raised later.
    pub raises: Vec<BTreeMap<LaneId, (u64, RecordId)>>,
}

impl Claim {
    /// Below every tier: anybody else's cut holds over one's own.
    pub const SELF: u8 = 4;

    /// From the lists in statements: the first is the base.
    pub(crate) fn new<'a>(ends: StatementId, by: PersonId, rank: u8, lists: impl IntoIterator<Item = &'a [LaneEnd]>) -> Self {
        let mut lists = lists.into_iter().map(|list| list.iter().map(|e| (e.lane, (e.n, e.record))).collect::<BTreeMap<_, _>>());
        Self { ends, by, rank, base: lists.next().unwrap_or_default(), raises: lists.collect() }
    }

    /// Where the lane ends by this claim: the highest raise whose chain leads through the base.
    fn end(&self, lane: LaneId, chain: &dyn ChainLookup) -> (u64, Option<RecordId>) {
        let base = self.base.get(&lane);
        let along = |(n, id): &&(u64, RecordId)| base.is_none_or(|(at, held)| n > at && chain.at(lane, *n, *id, *at) == Some(*held));
        let raised = self.raises.iter().filter_map(|r| r.get(&lane)).filter(along).max_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(&a.1)));
        raised.or(base).map_or((0, None), |(n, id)| (*n, Some(*id)))
    }
}

/// What ends a device.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EndedDevice {
    /// Every claim that counts, sorted by rank, person and statement.
    pub claims: Vec<Claim>,
    /// The person is a member again, so that lanes no claim names are open.
    pub reopened: bool,
}

/// Reads the chains of records held.
pub trait ChainLookup {
    /// The record at number `at` of the chain that ends with `tip` at number `n`; `None` if that chain is not held so far back.
    fn at(&self, lane: LaneId, n: u64, tip: RecordId, at: u64) -> Option<RecordId>;
}

impl EndedDevice {
    /// Adds a claim, keeping the order in which nothing depends on arrival.
    pub(crate) fn claim(&mut self, claim: Claim) {
        self.claims.push(claim);
        self.claims.sort_by_key(|c| (c.rank, c.by, c.ends));
    }

    /// The last number and record of a lane that count; `None` where the lane is open.
    pub fn end(&self, lane: LaneId, chain: &dyn ChainLookup) -> Option<(u64, Option<RecordId>)> {
        let highest = self.claims.first()?.rank;
        let holding = self.claims.iter().filter(|c| c.rank == highest);
        let (n, id) = holding.map(|c| c.end(lane, chain)).max_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(&a.1)))?;
        if n == 0 && self.reopened { None } else { Some((n, id)) }
    }
}

/// Whether record `id` at number `n` of a device's lane counts. `ended` is the device's entry in `SpaceState::cuts`, if it has one.
pub fn counts(ended: Option<&EndedDevice>, lane: LaneId, n: u64, id: RecordId, chain: &dyn ChainLookup) -> bool {
    match ended.and_then(|ended| ended.end(lane, chain)) {
        None => true,
        Some((last, Some(tip))) if n <= last => (n == last && tip == id) || chain.at(lane, last, tip, n) == Some(id),
        Some(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A lane in which record n is `[n; 32]`, and a fork that leaves it after 2 and is `[100 + n; 32]`.
    struct Forked;
    impl ChainLookup for Forked {
        fn at(&self, _: LaneId, n: u64, tip: RecordId, at: u64) -> Option<RecordId> {
            let fork = tip.0[0] > 100;
            (at <= n).then(|| RecordId([at as u8 + if fork && at > 2 { 100 } else { 0 }; 32]))
        }
    }

    const LANE: LaneId = LaneId([1; 16]);

    fn claim(by: u8, rank: u8, ends: &[(u64, u8)]) -> Claim {
        let map = |&(n, id): &(u64, u8)| BTreeMap::from([(LANE, (n, RecordId([id; 32])))]);
        Claim {
            ends: StatementId([by; 32]),
            by: PersonId([by; 32]),
            rank,
            base: ends.first().map(map).unwrap_or_default(),
            raises: ends.iter().skip(1).map(map).collect(),
        }
    }

    fn ended(claims: Vec<Claim>) -> EndedDevice {
        let mut e = EndedDevice::default();
        claims.into_iter().for_each(|c| e.claim(c));
        e
    }

    fn last(e: &EndedDevice) -> u64 {
        (1..20).take_while(|n| counts(Some(e), LANE, *n, RecordId([*n as u8; 32]), &Forked)).count() as u64
    }

    #[test]
    fn a_cut_is_raised_along_its_chain_and_never_lowered() {
        assert_eq!(last(&ended(vec![claim(1, 0, &[(3, 3), (5, 5), (4, 4), (1, 1)])])), 5);
        assert_eq!(last(&ended(vec![claim(1, 0, &[(3, 3), (9, 109)])])), 3, "a raise along another branch is no raise");
        assert_eq!(last(&ended(vec![claim(1, 0, &[(3, 3)])])), 3);
        assert!(
            !counts(Some(&ended(vec![claim(1, 0, &[(3, 3)])])), LANE, 3, RecordId([103; 32]), &Forked),
            "no other id at a lower number"
        );
        assert!(!counts(Some(&ended(vec![claim(1, 0, &[(4, 104)])])), LANE, 3, RecordId([3; 32]), &Forked));
        assert!(counts(Some(&ended(vec![claim(1, 0, &[(4, 104)])])), LANE, 2, RecordId([2; 32]), &Forked));
    }

    /// Holds so much of the lane that it knows every record, or nothing.
    struct Known(bool);
    impl ChainLookup for Known {
        fn at(&self, _: LaneId, _: u64, _: RecordId, at: u64) -> Option<RecordId> {
            self.0.then_some(RecordId([at as u8; 32]))
        }
    }

    #[test]
    fn nothing_past_the_end_counts_whatever_is_held_and_the_end_itself_whatever_is_not() {
        let e = ended(vec![claim(1, 0, &[(3, 3)])]);
        let counts = |n, id, all| counts(Some(&e), LANE, n, RecordId([id; 32]), &Known(all));
        assert!(counts(3, 3, true) && counts(2, 2, true) && !counts(4, 4, true));
        assert!(counts(3, 3, false) && !counts(2, 2, false) && !counts(4, 4, false));
        assert!(!counts(2, 3, false), "the end's id under another number");
        assert!(!counts(3, 4, false), "another id under the end's number");
    }

    #[test]
    fn the_highest_tier_holds_and_within_a_tier_the_longer() {
        let (a, b, own) = (claim(1, 0, &[(3, 3)]), claim(2, 1, &[(7, 7)]), claim(3, Claim::SELF, &[(9, 9)]));
        for order in [vec![a.clone(), b.clone(), own.clone()], vec![own.clone(), b.clone(), a.clone()]] {
            assert_eq!(last(&ended(order)), 3);
        }
        assert_eq!(last(&ended(vec![b.clone(), own.clone()])), 7);
        for order in [vec![a.clone(), claim(4, 0, &[(6, 6)])], vec![claim(4, 0, &[(6, 6)]), a]] {
            assert_eq!(last(&ended(order)), 6);
        }
    }

    #[test]
    fn a_lane_nobody_names_ends_at_zero_unless_the_person_came_back() {
        let mut e = ended(vec![claim(1, 0, &[])]);
        assert_eq!(last(&e), 0);
        e.reopened = true;
        assert_eq!(last(&e), 19);
        let mut named = ended(vec![claim(1, 0, &[(2, 2)])]);
        named.reopened = true;
        assert_eq!(last(&named), 2);
        assert!(counts(None, LANE, 1, RecordId([1; 32]), &Forked));
    }
}
