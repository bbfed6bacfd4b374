//! Tests of the membership fold: random histories under each rule, and the histories that broke simpler ones.

use super::*;
use crate::id::{EpochId, RecordId};
use crate::identity::person_log::DeviceOwner;
use crate::space::cut::Claim;
use crate::space::epoch::NotRight;
use crate::space::payload::{About, Cut, Epoch, LaneEnd, Leave, Reader, Relays, Remove, Sealed};
use crate::space::statement::Scope;
use ithaca_wire::LaneId;
use proptest::prelude::*;

fn cases() -> ProptestConfig {
    ProptestConfig::with_cases(std::env::var("CASES").ok().and_then(|c| c.parse().ok()).unwrap_or(2000))
}

fn person(p: u8) -> PersonId {
    PersonId([p; 32])
}

fn device(p: u8, n: u8) -> DeviceId {
    let mut id = [p; 32];
    id[1] = n;
    DeviceId(id)
}

fn name(i: usize) -> StatementId {
    let mut id = [1; 32];
    id[..8].copy_from_slice(&(i as u64).to_be_bytes());
    StatementId(id)
}

/// Persons 0 to 9 with devices 0 and 1 each, all with key generation 1.
fn directory() -> Directory {
    let mut d = Directory::default();
    for p in 0..10 {
        d.generations.insert(person(p), 1);
        for n in 0..2 {
            d.devices.insert(device(p, n), DeviceOwner { person: person(p), revoked_by: vec![] });
        }
    }
    d
}

/// A history: who said what on top of which; the genesis is 0.
#[derive(Clone, Debug)]
struct History {
    genesis: SpaceGenesis,
    ops: Vec<(DeviceId, Vec<usize>, Payload)>,
    directory: Directory,
}

impl History {
    fn new(policy: Policy, founders: &[u8], observers: &[u8]) -> Self {
        let list = |ps: &[u8]| ps.iter().map(|p| person(*p)).collect::<Vec<_>>();
        let genesis = SpaceGenesis { policy, founders: list(founders), observers: list(observers), nonce: [0; 16] };
        let ops = vec![(device(founders[0], 0), vec![], Payload::SpaceGenesis(genesis.clone()))];
        Self { genesis, ops, directory: directory() }
    }

    fn circle() -> Self {
        Self::new(Policy::Circle, &[0], &[])
    }

    fn say(&mut self, p: u8, on: &[usize], payload: Payload) -> usize {
        self.ops.push((device(p, 0), on.to_vec(), payload));
        self.ops.len() - 1
    }

    fn all(&self) -> Vec<usize> {
        (0..self.ops.len()).collect()
    }

    fn named(&self, names: impl Fn(usize) -> StatementId) -> Vec<Statement> {
        let rename = |id: StatementId| (0..self.ops.len()).find(|i| name(*i) == id).map_or(id, &names);
        let payload = |p: &Payload| match p {
            Payload::Second(a) => Payload::Second(About { proposal: rename(a.proposal) }),
            Payload::WithdrawProposal(a) => Payload::WithdrawProposal(About { proposal: rename(a.proposal) }),
            Payload::Cut(c) => Payload::Cut(Cut { ends: rename(c.ends), cut: c.cut.clone() }),
            other => other.clone(),
        };
        let statement = |(i, (author, on, p)): (usize, &(DeviceId, Vec<usize>, Payload))| {
            let scope = if i == 0 { Scope::Genesis } else { Scope::Log(names(0).0) };
            let parents: BTreeSet<StatementId> = on.iter().map(|x| names(*x)).collect();
            Statement::unsigned(names(i), scope, *author, parents.into_iter().collect(), payload(p))
        };
        self.ops.iter().enumerate().map(statement).collect()
    }

    fn state(&self) -> SpaceState {
        fold(SpaceId(name(0).0), &self.named(name), &self.directory).unwrap()
    }

    fn tiers(&self) -> BTreeMap<u8, u8> {
        self.state().members.iter().map(|(p, m)| (p.0[0], m.tier as u8)).collect()
    }
}

fn tier(t: u8) -> Tier {
    [Tier::Founder, Tier::Steward, Tier::Participant, Tier::Observer][usize::from(t % 4)]
}

fn admit(p: u8, t: u8) -> Payload {
    Payload::Admit(as_admit(p, t))
}

fn as_admit(p: u8, t: u8) -> Admit {
    Admit { person: person(p), tier: tier(t), manages: true, reads: true }
}

fn remove(p: u8) -> Payload {
    Payload::Remove(Remove { person: person(p), cut: vec![] })
}

fn leave() -> Payload {
    Payload::Leave(Leave { cut: vec![] })
}

fn second(i: usize) -> Payload {
    Payload::Second(About { proposal: name(i) })
}

fn withdraw(i: usize) -> Payload {
    Payload::WithdrawProposal(About { proposal: name(i) })
}

/// Author, kind, target, tier, flags, what it rests on.
type Raw = (u8, u8, u8, u8, bool, Vec<usize>);

fn raws(n: std::ops::Range<usize>) -> impl Strategy<Value = Vec<Raw>> {
    prop::collection::vec((0u8..10, 0u8..10, 0u8..6, 0u8..4, prop::bool::weighted(0.9), prop::collection::vec(0usize..64, 1..4)), n)
}

fn circle_payload((_, kind, target, t, manages, _): &Raw) -> Payload {
    match kind {
        0..=2 => remove(*target),
        3 => leave(),
        _ => Payload::Admit(Admit { manages: *manages, ..as_admit(*target, *t) }),
    }
}

fn pair_payload((_, kind, target, t, _, _): &Raw, some: usize) -> Payload {
    match kind {
        0 => remove(*target),
        1 => leave(),
        2 => admit(*target, *t),
        3 => withdraw(some),
        4..=6 => second(some),
        _ => Payload::Propose(as_admit(*target, *t)),
    }
}

fn random(mut h: History, raw: &[Raw]) -> History {
    let pair = h.genesis.policy == Policy::Pair;
    for r in raw {
        let n = h.ops.len();
        let mut on: Vec<usize> = r.5.iter().map(|x| x % n).collect();
        // Seconds and withdrawals mostly speak of a proposal and rest on it.
        let proposals: Vec<usize> = (0..n).filter(|i| matches!(h.ops[*i].2, Payload::Propose(_))).collect();
        let some = if proposals.is_empty() || r.5[0] % 8 == 0 { on[0] } else { proposals[r.5[0] % proposals.len()] };
        let payload = if pair { pair_payload(r, some) } else { circle_payload(r) };
        if matches!(payload, Payload::Second(_) | Payload::WithdrawProposal(_)) {
            on.push(some);
        }
        // Those who may do something do most of it.
        let authors: [u8; 10] = if pair { [0, 0, 0, 0, 1, 1, 1, 1, 4, 5] } else { [0, 0, 0, 1, 1, 2, 2, 3, 4, 5] };
        h.say(authors[usize::from(r.0)], &on, payload);
    }
    h
}

/// Mixes a seed: a permutation of 0..n.
fn shuffled(n: usize, mut seed: u64) -> Vec<usize> {
    let mut out: Vec<usize> = (0..n).collect();
    seed |= 1;
    for i in (1..n).rev() {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        out.swap(i, (seed % (i as u64 + 1)) as usize);
    }
    out
}

fn any_circle() -> impl Strategy<Value = History> {
    (raws(1..14), any::<bool>())
        .prop_map(|(raw, two)| random(if two { History::new(Policy::Circle, &[0, 1], &[]) } else { History::circle() }, &raw))
}

fn any_pair() -> impl Strategy<Value = History> {
    raws(1..14).prop_map(|raw| random(History::new(Policy::Pair, &[0, 1], &[5]), &raw))
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn s16_neither_names_nor_arrival_matter(h in prop_oneof![any_circle(), any_pair()], seed in any::<u64>()) {
        let expected = h.state();
        let order = shuffled(h.ops.len(), seed);
        let statements = h.named(name);
        let arrived: Vec<Statement> = order.iter().flat_map(|i| [statements[*i].clone(), statements[0].clone()]).collect();
        prop_assert_eq!(&fold(SpaceId(name(0).0), &arrived, &h.directory).unwrap(), &expected);
        let names = shuffled(h.ops.len(), seed.rotate_left(9));
        let renamed = fold(SpaceId(name(names[0]).0), &h.named(|i| name(names[i])), &h.directory).unwrap();
        let who = |s: &SpaceState| s.members.iter().map(|(p, m)| (*p, (m.tier, m.manages, m.reads))).collect::<Vec<_>>();
        prop_assert_eq!(who(&renamed), who(&expected));
        prop_assert_eq!((renamed.closed, renamed.former, renamed.valid.len()), (expected.closed, expected.former, expected.valid.len()));
    }

    #[test]
    fn a_coalition_of_removed_people_and_strangers_is_powerless(mut h in any_circle(), evil in raws(1..8), outsider in any::<bool>()) {
        let two = h.genesis.founders.len() == 2;
        if h.tiers().get(&0) != Some(&0) {
            return Ok(());
        }
        let n0 = h.ops.len();
        let gone: [u8; 2] = if two { [2, 3] } else { [1, 2] };
        for p in gone {
            let on = h.all();
            h.say(0, &on, remove(p));
        }
        let before = h.tiers();
        prop_assert!(gone.iter().all(|p| !before.contains_key(p)));
        let who = [gone[0], gone[1], if outsider { 9 } else { gone[0] }];
        for r in &evil {
            let n = h.ops.len();
            let pool: Vec<usize> = (0..n0).chain(n0 + 2..n).collect();
            let on: Vec<usize> = r.5.iter().map(|x| pool[x % pool.len()]).collect();
            h.say(who[usize::from(r.0) % 3], &on, circle_payload(r));
        }
        prop_assert_eq!(h.tiers(), before);
    }

    #[test]
    fn a_founder_goes_only_by_their_own_act(mut h in any_circle()) {
        for (author, _, payload) in &mut h.ops {
            if *author == device(0, 0) && matches!(payload, Payload::Leave(_) | Payload::Remove(_)) {
                *payload = remove(5);
            }
        }
        prop_assert_eq!(h.tiers().get(&0).copied(), Some(0));
    }

    #[test]
    fn s18_participants_and_observers_change_nobody_but_themselves(mut h in any_circle(), who in 1u8..6, r in raws(1..2)) {
        let before = h.tiers();
        let payload = circle_payload(&r[0]);
        if before.get(&who).is_some_and(|t| *t <= 1) || matches!(payload, Payload::Leave(_)) || payload == remove(who) {
            return Ok(());
        }
        let on = h.all();
        h.say(who, &on, payload);
        prop_assert_eq!(h.tiers(), before);
    }

    #[test]
    fn stewards_reach_only_downward(mut h in any_circle(), who in 1u8..6, target in 0u8..6) {
        if !h.tiers().contains_key(&who) {
            let on = h.all();
            h.say(0, &on, admit(who, 1));
        }
        let me = h.state().members.get(&person(who)).copied();
        if me.is_none_or(|m| m.tier != Tier::Steward) || target == who {
            return Ok(());
        }
        let mut expected = h.tiers();
        if me.is_some_and(|m| m.manages) && expected.get(&target).is_some_and(|t| *t > 1) {
            expected.remove(&target);
        }
        let on = h.all();
        h.say(who, &on, remove(target));
        prop_assert_eq!(h.tiers(), expected);
    }

    #[test]
    fn s18_leaving_always_works(mut h in prop_oneof![any_circle(), any_pair()], who in 0u8..6) {
        let mut expected = h.tiers();
        if expected.remove(&who).is_none() {
            return Ok(());
        }
        let on = h.all();
        h.say(who, &on, leave());
        prop_assert_eq!(h.tiers(), expected);
    }

    #[test]
    fn s18_in_a_pair_one_signature_admits_nobody(h in any_pair(), alone in 0u8..2) {
        let other = device(1 - alone, 0);
        let mut mine = h;
        // Whatever one founder and everybody else sign, the other founder signing nothing but leavings.
        for (author, _, payload) in &mut mine.ops {
            if *author == other && !matches!(payload, Payload::SpaceGenesis(_)) {
                *payload = leave();
            }
        }
        prop_assert!(mine.tiers().keys().all(|p| [0, 1, 5].contains(p)));
    }

    #[test]
    fn s18_in_a_pair_no_founder_removes_a_founder(mut h in any_pair()) {
        for (author, _, payload) in &mut h.ops {
            if *author == device(1, 0) && matches!(payload, Payload::Leave(_) | Payload::Remove(_)) {
                *payload = remove(4);
            }
        }
        prop_assert_eq!(h.tiers().get(&1).copied(), Some(0));
    }

    #[test]
    fn in_a_pair_the_second_admits_and_either_founder_removes(mut h in any_pair(), by in 0u8..2) {
        let tiers = h.tiers();
        if tiers.get(&0) != Some(&0) || tiers.get(&1) != Some(&0) || tiers.contains_key(&4) {
            return Ok(());
        }
        let on = h.all();
        let p = h.say(by, &on, Payload::Propose(as_admit(4, 2)));
        prop_assert!(h.state().proposals.contains_key(&name(p)));
        prop_assert!(!h.tiers().contains_key(&4));
        let s = h.say(1 - by, &[p], second(p));
        prop_assert_eq!(h.tiers().get(&4).copied(), Some(2));
        let mut withdrawn = h.clone();
        withdrawn.say(by, &[p], withdraw(p));
        prop_assert!(!withdrawn.tiers().contains_key(&4), "a withdrawal beats the second it did not see");
        let mut late = h.clone();
        late.say(by, &[s], withdraw(p));
        prop_assert_eq!(late.tiers().get(&4).copied(), Some(2));
        let mut others = h.clone();
        others.say(1 - by, &[p], withdraw(p));
        prop_assert_eq!(others.tiers().get(&4).copied(), Some(2), "only its author withdraws");
        h.say(1 - by, &[s], remove(4));
        prop_assert!(!h.tiers().contains_key(&4));
    }

    #[test]
    fn a_personal_space_is_one_person_s_for_ever(raw in raws(1..14)) {
        let h = random(History::new(Policy::Personal, &[0], &[]), &raw);
        prop_assert!(h.tiers().keys().all(|p| *p == 0));
    }
}

#[test]
fn removal_beats_a_concurrent_admission_and_a_later_one_works() {
    let base = || {
        let mut h = History::circle();
        h.say(0, &[0], admit(1, 1));
        h.say(0, &[1], admit(2, 2));
        h
    };
    let mut h = base();
    h.say(0, &[2], remove(2));
    h.say(1, &[2], admit(2, 2));
    assert!(!h.tiers().contains_key(&2));
    assert!(h.state().former.contains(&person(2)));
    let mut h = base();
    h.say(0, &[2], remove(2));
    h.say(1, &[3], admit(2, 2));
    assert_eq!(h.tiers().get(&2), Some(&2));
}

#[test]
fn a_steward_cannot_demote_a_peer_with_a_backdated_grant() {
    let mut h = History::circle();
    h.say(0, &[0], admit(1, 1));
    h.say(0, &[1], admit(2, 1));
    h.say(1, &[1], admit(2, 2));
    h.say(1, &[2, 3], remove(2));
    assert_eq!(h.tiers(), BTreeMap::from([(0, 0), (1, 1), (2, 1)]));
}

#[test]
fn removing_never_uncovers_a_higher_role() {
    let mut h = History::circle();
    h.say(0, &[0], admit(3, 2));
    h.say(0, &[0], admit(3, 1));
    h.say(0, &[0], admit(1, 1));
    h.say(1, &[1, 2, 3], remove(3));
    assert_eq!(h.tiers(), BTreeMap::from([(0, 0), (1, 1)]));
}

#[test]
fn an_old_membership_does_not_weaken_a_new_one() {
    let mut h = History::circle();
    h.say(0, &[0], admit(4, 2));
    h.say(4, &[1], leave());
    h.say(0, &[2], admit(4, 1));
    h.say(0, &[3], admit(2, 1));
    h.say(2, &[4], remove(4));
    assert_eq!(h.tiers(), BTreeMap::from([(0, 0), (2, 1), (4, 1)]));
}

#[test]
fn who_does_not_manage_admits_nobody_and_between_equals_the_lesser_right_counts() {
    let mut h = History::circle();
    let quiet = Payload::Admit(Admit { manages: false, ..as_admit(1, 1) });
    h.say(0, &[0], quiet);
    h.say(1, &[1], admit(2, 2));
    assert_eq!(h.tiers(), BTreeMap::from([(0, 0), (1, 1)]));
    let mut h = History::circle();
    h.say(0, &[0], Payload::Admit(Admit { reads: false, ..as_admit(1, 2) }));
    h.say(0, &[0], admit(1, 2));
    assert!(!h.state().members[&person(1)].reads);
}

#[test]
fn only_a_founder_closes_and_only_who_manages_names_relays() {
    let mut h = History::circle();
    h.say(0, &[0], admit(1, 1));
    h.say(1, &[1], Payload::Close);
    assert!(!h.state().closed);
    h.say(0, &[1], Payload::Close);
    assert!(h.state().closed);
    let relays = |o: &str| Payload::Relays(Relays { origins: vec![o.into()] });
    let a = h.say(0, &[1], relays("a"));
    h.say(1, &[1], relays("b"));
    h.say(9, &[1], relays("z"));
    assert_eq!(h.state().relays, BTreeSet::from(["a".into(), "b".into()]), "all current values");
    h.say(0, &[a], relays("c"));
    assert_eq!(h.state().relays, BTreeSet::from(["b".into(), "c".into()]));
}

#[test]
fn of_one_author_so_many_statements_count() {
    let mut h = History::circle();
    h.say(0, &[0], admit(1, 1));
    for _ in 0..STATEMENTS_OF_ONE {
        let last = h.ops.len() - 1;
        h.say(1, &[last], admit(2, 2));
    }
    let last = h.ops.len() - 1;
    h.say(1, &[last], admit(3, 2));
    assert_eq!(h.tiers(), BTreeMap::from([(0, 0), (1, 1), (2, 2)]));
    assert_eq!(h.state().valid.len(), 2 + STATEMENTS_OF_ONE);
}

#[test]
fn a_statement_waits_for_its_past() {
    let mut h = History::circle();
    h.say(0, &[0], admit(1, 1));
    h.say(1, &[1], admit(2, 2));
    let mut held = h.named(name);
    held.remove(1);
    let s = fold(SpaceId(name(0).0), &held, &h.directory).unwrap();
    assert_eq!((s.waiting, s.members.len()), (BTreeSet::from([name(2)]), 1));
}

#[test]
fn a_genesis_names_whom_its_policy_allows() {
    for (policy, founders, observers) in [
        (Policy::Personal, &[0u8, 1][..], &[][..]),
        (Policy::Personal, &[0], &[2]),
        (Policy::Pair, &[0], &[]),
        (Policy::Pair, &[0, 1, 2], &[]),
        (Policy::Circle, &[0, 1, 2], &[]),
        (Policy::Circle, &[0], &[0]),
    ] {
        let h = History::new(policy, founders, observers);
        assert_eq!(fold(SpaceId(name(0).0), &h.named(name), &h.directory), Err(SpaceError::Founders));
    }
    assert_eq!(fold(SpaceId([9; 32]), &[], &directory()), Err(SpaceError::NoGenesis));
}

#[test]
fn unknown_critical_statements_of_members_stop_writing() {
    let unknown = |critical| Payload::Unknown { kind: 900, critical, raw: vec![] };
    let mut h = History::circle();
    h.say(9, &[0], unknown(true));
    h.say(0, &[0], unknown(false));
    let s = h.state();
    assert!(!s.stops_writing);
    assert_eq!(s.valid, vec![name(0), name(2)]);
    h.say(0, &[0], unknown(true));
    assert!(h.state().stops_writing);
}

fn end(n: u64) -> Vec<LaneEnd> {
    vec![LaneEnd { lane: LaneId([1; 16]), n, record: RecordId([n as u8; 32]) }]
}

#[test]
fn a_removal_ends_every_device_of_the_person_and_coming_back_reopens() {
    let mut h = History::circle();
    h.say(0, &[0], admit(1, 2));
    let r = h.say(0, &[1], Payload::Remove(Remove { person: person(1), cut: end(3) }));
    h.say(0, &[r], Payload::Cut(Cut { ends: name(r), cut: end(5) }));
    h.say(9, &[r], Payload::Cut(Cut { ends: name(r), cut: end(9) }));
    let s = h.state();
    for n in 0..2 {
        let ended = &s.cuts[&device(1, n)];
        assert_eq!((ended.claims.len(), ended.reopened), (1, false));
        assert_eq!(ended.claims[0].raises.len(), 1, "a stranger raises nothing");
        assert_eq!(ended.claims[0].rank, 0);
    }
    h.say(0, &[r], admit(1, 2));
    assert!(h.state().cuts[&device(1, 0)].reopened);
}

#[test]
fn a_revoked_device_s_statements_count_up_to_the_cut_and_mutual_revocation_ends_both() {
    let mut h = History::circle();
    let revocation = |n: u8| StatementId([200 + n; 32]);
    h.directory.devices.get_mut(&device(0, 1)).unwrap().revoked_by = vec![revocation(1)];
    h.ops.push((device(0, 1), vec![0], admit(1, 2)));
    h.ops.push((device(0, 1), vec![1], admit(2, 2)));
    assert_eq!(h.tiers().len(), 3);
    h.say(0, &[1], Payload::Cut(Cut { ends: revocation(1), cut: end(1) }));
    assert_eq!(h.tiers(), BTreeMap::from([(0, 0), (1, 2)]));
    assert!(h.state().cuts.contains_key(&device(0, 1)));
    // The other one's cut of this device, made at the same time: both are ended.
    h.directory.devices.get_mut(&device(0, 0)).unwrap().revoked_by = vec![revocation(0)];
    h.ops.push((device(0, 1), vec![1], Payload::Cut(Cut { ends: revocation(0), cut: end(1) })));
    h.say(0, &[1], admit(3, 2));
    assert_eq!(h.tiers(), BTreeMap::from([(0, 0), (1, 2)]));
    assert!(h.state().cuts.contains_key(&device(0, 0)));
}

#[test]
fn an_epoch_is_right_for_exactly_the_current_readers() {
    let mut h = History::circle();
    let a = h.say(0, &[0], admit(1, 2));
    let epoch = |number, readers: &[(u8, u64)]| {
        let readers: Vec<Reader> = readers.iter().map(|(p, g)| Reader { person: person(*p), generation: *g }).collect();
        let wraps = readers.iter().map(|_| Sealed(vec![])).collect();
        Payload::Epoch(Epoch { number, epoch: EpochId([number as u8; 32]), readers, wraps })
    };
    let all = [(0, 1), (1, 1)];
    let first = h.say(1, &[a], epoch(1, &all));
    h.say(0, &[first], epoch(3, &all));
    h.say(0, &[first], epoch(2, &[(0, 1)]));
    h.say(0, &[first], epoch(2, &[(0, 1), (1, 2)]));
    h.say(9, &[first], epoch(2, &all));
    h.say(0, &[first], epoch(2, &all));
    let last = h.say(0, &[first], epoch(2, &all));
    let s = h.state();
    let why: Vec<_> = s.epochs.iter().map(|e| e.why_not).collect();
    let (n, r, m) = (Some(NotRight::Number), Some(NotRight::Readers), Some(NotRight::Maker));
    assert_eq!(why, vec![None, n, r, r, m, None, None]);
    assert_eq!(epoch::written(&s.epochs, |_| true).unwrap().statement, name(last - 1), "of two the lower id");
    assert_eq!(epoch::written(&s.epochs, |e| e.number == 1).unwrap().statement, name(first));
    assert_eq!(epoch::next_number(&s.epochs), 3);
    assert!(!s.valid.contains(&name(first)), "epochs are not in the state code");
    let prepared = h.say(1, &[last], epoch(3, &[(0, 1)]));
    let by_rest = h.say(0, &[last], epoch(3, &[(0, 1)]));
    h.say(0, &[prepared, by_rest], remove(1));
    let s = h.state();
    assert_eq!(s.epochs.iter().find(|e| e.statement == name(prepared)).unwrap().why_not, m, "prepared by the one who was removed");
    assert_eq!(epoch::written(&s.epochs, |_| true).unwrap().statement, name(by_rest));
}

#[test]
fn a_thousand_statements_fold_quickly() {
    let mut h = History::new(Policy::Circle, &[0, 1], &[]);
    for i in 0..1000usize {
        let n = h.ops.len();
        let by = [0, 1, 2, 3][i % 4];
        let payload = if i % 3 == 0 { remove(4 + (i % 5) as u8) } else { admit(2 + (i % 7) as u8, 1 + (i % 3) as u8) };
        h.say(by, &[n - 1, n.saturating_sub(1 + i % 7)], payload);
    }
    let statements = h.named(name);
    #[allow(clippy::disallowed_methods)] // a measurement
    let start = std::time::Instant::now();
    let s = fold(SpaceId(name(0).0), &statements, &h.directory).unwrap();
    assert!(!s.members.is_empty());
    let took = start.elapsed();
    assert!(took.as_secs() < 5, "{took:?}");
    println!("1,000 statements: {took:?}");
}

#[test]
fn random_histories_are_not_empty_ones() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let (mut stewards, mut seconded) = (0, 0);
    for _ in 0..1000 {
        let circle = any_circle().new_tree(&mut runner).unwrap().current();
        stewards += usize::from(circle.tiers().values().any(|t| *t == 1));
        let pair = any_pair().new_tree(&mut runner).unwrap().current();
        seconded += usize::from(pair.tiers().keys().any(|p| ![0, 1, 5].contains(p)));
    }
    assert!(stewards > 150 && seconded > 10, "{stewards} {seconded}");
}

// Three histories that random ones found after 3,000 to 65,000 cases: a leaving counted in its author's tier comes too late.

#[test]
fn who_left_and_came_back_higher_acts_as_what_they_are() {
    let mut h = History::circle();
    h.say(0, &[0], admit(2, 2));
    h.say(0, &[0], admit(4, 2));
    h.say(2, &[1], leave());
    h.say(0, &[1, 2, 3], admit(2, 1));
    h.say(2, &[4], remove(4));
    assert_eq!(h.tiers(), BTreeMap::from([(0, 0), (2, 1)]));
}

#[test]
fn an_observer_who_left_and_came_back_can_leave_again() {
    let mut h = History::new(Policy::Pair, &[0, 1], &[5]);
    h.say(5, &[0], leave());
    h.say(1, &[0], Payload::Propose(as_admit(5, 2)));
    h.say(0, &[1, 2], second(2));
    assert_eq!(h.tiers().get(&5), Some(&2));
    h.say(5, &[3], leave());
    assert!(!h.tiers().contains_key(&5));
}

#[test]
fn who_left_does_not_act_as_what_they_were_made_meanwhile() {
    let mut h = History::circle();
    h.say(0, &[0], admit(3, 2));
    h.say(0, &[0], admit(4, 2));
    h.say(0, &[0], remove(4));
    h.say(0, &[3], admit(4, 1));
    h.say(4, &[2], leave());
    assert!(!h.tiers().contains_key(&4));
    h.say(4, &[1, 4, 5], remove(3));
    assert_eq!(h.tiers(), BTreeMap::from([(0, 0), (3, 2)]));
}

#[path = "membership_history_tests.rs"]
mod histories;

fn propose(p: u8, t: u8) -> Payload {
    Payload::Propose(as_admit(p, t))
}

/// Founders 0 and 1.
fn a_pair() -> History {
    History::new(Policy::Pair, &[0, 1], &[])
}

#[test]
fn a_member_may_remove_themselves_and_what_they_may_not_do_does_not_use_up_what_they_may() {
    let mut h = History::circle();
    h.say(0, &[0], admit(5, 2));
    h.say(5, &[1], remove(5));
    assert_eq!(h.tiers(), BTreeMap::from([(0, 0)]));
    let mut h = History::circle();
    h.say(0, &[0], admit(5, 2));
    for _ in 0..=STATEMENTS_OF_ONE {
        let last = h.ops.len() - 1;
        h.say(5, &[last], remove(0));
    }
    assert_eq!(h.tiers(), BTreeMap::from([(0, 0), (5, 2)]));
    let last = h.ops.len() - 1;
    h.say(5, &[last], leave());
    assert_eq!(h.tiers(), BTreeMap::from([(0, 0)]));
}

#[test]
fn who_leaves_says_where_their_lanes_end() {
    let mut h = History::circle();
    h.say(0, &[0], admit(5, 2));
    h.say(5, &[1], Payload::Leave(Leave { cut: end(3) }));
    let ended = &h.state().cuts[&device(5, 0)];
    assert_eq!(ended.claims.iter().map(|c| (c.by, c.rank, c.base.len())).collect::<Vec<_>>(), [(person(5), Claim::SELF, 1)]);
}

#[test]
fn only_grants_of_the_same_weight_and_tier_are_equals() {
    // The other grant is by somebody lower, to the same tier.
    let mut h = History::circle();
    h.say(0, &[0], admit(1, 1));
    h.say(0, &[0], admit(2, 2));
    h.say(1, &[1], Payload::Admit(Admit { manages: false, reads: false, ..as_admit(2, 2) }));
    let member = h.state().members[&person(2)];
    assert!(member.manages && member.reads && member.admitted_by == name(2), "{member:?}");
    // It is by somebody equal, to a higher tier.
    let mut h = History::circle();
    h.say(0, &[0], Payload::Admit(Admit { manages: false, reads: false, ..as_admit(2, 1) }));
    h.say(0, &[0], admit(2, 2));
    let member = h.state().members[&person(2)];
    assert!(member.tier == Tier::Participant && member.manages && member.reads && member.admitted_by == name(2), "{member:?}");
}

#[test]
fn only_a_founder_of_a_pair_proposes_and_only_participants_and_observers_who_are_no_founders() {
    let proposals = |h: &History| h.state().proposals.len();
    let mut h = History::circle();
    h.say(0, &[0], propose(5, 2));
    assert_eq!(proposals(&h), 0, "in a circle one admits");
    let mut h = a_pair();
    h.say(0, &[0], propose(5, 1));
    assert_eq!(proposals(&h), 0, "a steward of a pair");
    h.say(0, &[0], propose(1, 2));
    assert_eq!(proposals(&h), 0, "a founder");
    let p = h.say(0, &[0], propose(5, 2));
    assert_eq!(proposals(&h), 1);
    let s = h.say(1, &[p], second(p));
    assert_eq!((proposals(&h), h.tiers().get(&5)), (0, Some(&2)), "it does not wait any more");
    // Who was admitted is no founder.
    let third = h.say(5, &[s], propose(6, 2));
    h.say(1, &[third], second(third));
    assert_eq!((proposals(&h), h.tiers().get(&6)), (0, None));
    let mut h = a_pair();
    let p = h.say(0, &[0], propose(5, 2));
    h.say(0, &[p], withdraw(p));
    assert_eq!(proposals(&h), 0, "it was withdrawn");
}

#[test]
fn a_second_needs_a_valid_proposal_that_its_author_knows() {
    let mut h = a_pair();
    let p = h.say(0, &[0], propose(5, 1));
    h.say(1, &[p], second(p));
    assert_eq!(h.tiers(), BTreeMap::from([(0, 0), (1, 0)]), "of a proposal that is none");
    let mut h = a_pair();
    let p = h.say(0, &[0], propose(5, 2));
    h.say(1, &[0], second(p));
    assert_eq!(h.tiers(), BTreeMap::from([(0, 0), (1, 0)]), "of one that is not in its past");
    // Only whoever proposed withdraws.
    let mut h = a_pair();
    let p = h.say(0, &[0], propose(5, 2));
    let w = h.say(1, &[p], withdraw(p));
    let s = h.say(1, &[w], second(p));
    assert_eq!(h.tiers().get(&5), Some(&2));
    assert!(h.state().valid.contains(&name(s)) && !h.state().valid.contains(&name(w)));
    let mut h = a_pair();
    let p = h.say(0, &[0], propose(5, 2));
    let w = h.say(0, &[p], withdraw(p));
    let s = h.say(1, &[w], second(p));
    assert!(!h.state().valid.contains(&name(s)), "it was withdrawn before");
    // Whoever proposed must still be there.
    let mut h = a_pair();
    let p = h.say(0, &[0], propose(5, 2));
    let gone = h.say(0, &[p], leave());
    let s = h.say(1, &[gone], second(p));
    assert!(!h.state().valid.contains(&name(s)));
    assert_eq!(h.tiers(), BTreeMap::from([(1, 0)]));
    // And nobody seconds themselves.
    let mut h = a_pair();
    let p = h.say(0, &[0], propose(5, 2));
    h.say(0, &[p], second(p));
    assert_eq!(h.tiers(), BTreeMap::from([(0, 0), (1, 0)]));
}

#[test]
fn a_removal_by_an_equal_beats_nothing_and_peers_are_not_admitted_anew() {
    let base = || {
        let mut h = History::circle();
        h.say(0, &[0], admit(1, 1));
        h.say(0, &[1], admit(2, 1));
        h
    };
    let mut h = base();
    h.say(1, &[2], remove(2));
    h.say(2, &[2], admit(5, 2));
    assert_eq!(h.tiers(), BTreeMap::from([(0, 0), (1, 1), (2, 1), (5, 2)]));
    // By a founder it beats what was done at the same time, and nothing that was done before.
    let mut h = base();
    h.say(0, &[2], remove(2));
    h.say(2, &[2], admit(5, 2));
    assert_eq!(h.tiers(), BTreeMap::from([(0, 0), (1, 1)]));
    let mut h = base();
    h.say(2, &[2], admit(5, 2));
    h.say(0, &[3], remove(2));
    assert_eq!(h.tiers(), BTreeMap::from([(0, 0), (1, 1), (5, 2)]));
    let mut h = base();
    let again = h.say(1, &[2], admit(2, 2));
    assert!(!h.state().valid.contains(&name(again)), "a steward names no steward anew");
    assert_eq!(h.tiers().get(&2), Some(&1));
}

#[test]
fn whom_only_a_void_statement_names_was_never_here() {
    let mut h = History::circle();
    h.say(0, &[0], admit(1, 1));
    h.say(1, &[1], admit(5, 1));
    assert!(h.state().former.is_empty(), "{:?}", h.state().former);
}

#[test]
fn a_cut_by_a_device_that_was_ended_itself_takes_nothing_from_what_a_sound_cut_leaves() {
    let mut h = History::circle();
    let revocation = |n: u8| StatementId([200 + n; 32]);
    for n in 1..3 {
        h.directory.devices.insert(device(0, n), DeviceOwner { person: person(0), revoked_by: vec![revocation(n)] });
    }
    h.ops.push((device(0, 1), vec![0], admit(1, 2)));
    h.say(0, &[1], Payload::Cut(Cut { ends: revocation(1), cut: end(1) }));
    h.say(0, &[0], Payload::Cut(Cut { ends: revocation(2), cut: end(1) }));
    h.ops.push((device(0, 2), vec![0], Payload::Cut(Cut { ends: revocation(1), cut: vec![] })));
    assert_eq!(h.tiers(), BTreeMap::from([(0, 0), (1, 2)]));
    // Where there is no sound cut every one of them holds.
    h.ops.remove(2);
    assert_eq!(h.tiers(), BTreeMap::from([(0, 0)]));
}
