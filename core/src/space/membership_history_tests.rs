//! Random histories of whole spaces: removals and leavings with cuts, raises, revoked devices, epochs, relays. `CASES` sets how many.

use super::*;
use crate::space::cut::{ChainLookup, EndedDevice};
use crate::space::epoch::EpochView;

fn some() -> ProptestConfig {
    ProptestConfig::with_cases(std::env::var("CASES").ok().and_then(|c| c.parse().ok()).unwrap_or(500))
}

/// Author, device, kind, target, tier, what it rests on, where lanes end.
type Act = (u8, u8, u8, u8, u8, Vec<usize>, Vec<u64>);

fn acts(n: std::ops::Range<usize>) -> impl Strategy<Value = Vec<Act>> {
    let act = (
        0u8..10,
        prop::bool::weighted(0.3).prop_map(u8::from),
        0u8..14,
        0u8..6,
        0u8..4,
        prop::collection::vec(0usize..64, 1..4),
        prop::collection::vec(1u64..9, 0..3),
    );
    prop::collection::vec(act, n)
}

fn lane_of(p: u8, n: u8) -> LaneId {
    LaneId([p * 2 + n; 16])
}

/// Ends of the lanes of a person's devices, rising.
fn ends_of(p: u8, ns: &[u64]) -> Vec<LaneEnd> {
    ns.iter().zip(0u8..).map(|(n, d)| LaneEnd { lane: lane_of(p, d), n: *n, record: RecordId([*n as u8; 32]) }).collect()
}

fn revocation(p: u8, n: u8) -> StatementId {
    StatementId([200 + p * 2 + n; 32])
}

fn revoke(h: &mut History, p: u8, n: u8) {
    h.directory.devices.get_mut(&device(p, n)).unwrap().revoked_by = vec![revocation(p, n)];
}

fn epoch(number: u64, readers: Vec<Reader>) -> Payload {
    let wraps = readers.iter().map(|_| Sealed(vec![])).collect();
    Payload::Epoch(Epoch { number, epoch: EpochId([number as u8; 32]), readers, wraps })
}

/// An epoch as an honest device makes it over what this history holds.
fn next_epoch(s: &SpaceState, directory: &Directory) -> Payload {
    epoch(epoch::next_number(&s.epochs), epoch::readers_wanted(&s.members, directory).unwrap_or_default())
}

fn payload(h: &History, act: &Act) -> Payload {
    let (author, _, kind, target, t, on, ns) = act;
    let is_ending = |i: &usize| matches!(h.ops[*i].2, Payload::Remove(_) | Payload::Leave(_));
    let endings: Vec<usize> = (0..h.ops.len()).filter(is_ending).collect();
    match kind {
        0 | 1 => Payload::Remove(Remove { person: person(*target), cut: ends_of(*target, ns) }),
        2 => Payload::Leave(Leave { cut: ends_of(*author, ns) }),
        3 | 4 if !endings.is_empty() => {
            let ending = endings[on[0] % endings.len()];
            Payload::Cut(Cut { ends: name(ending), cut: ends_of(*target, ns) })
        }
        3..=5 => Payload::Cut(Cut { ends: revocation(*target, t % 2), cut: ends_of(*target, ns) }),
        6 | 7 => next_epoch(&h.state(), &h.directory),
        8 => {
            let mut readers: Vec<Reader> =
                on.iter().map(|p| Reader { person: person(*p as u8 % 6), generation: 1 + ns.len() as u64 / 2 }).collect();
            readers.sort();
            readers.dedup_by_key(|r| r.person);
            epoch(ns.first().copied().unwrap_or(1), readers)
        }
        9 => Payload::Relays(Relays { origins: vec![format!("https://{target}.example")] }),
        10 if *t == 0 && ns.len() == 2 => Payload::Close,
        _ => admit(*target, *t),
    }
}

fn play(mut h: History, acts: &[Act]) -> History {
    for act in acts {
        let n = h.ops.len();
        let mut on: Vec<usize> = act.5.iter().map(|x| x % n).collect();
        // Half of what is said rests on everything before it, as on devices that are in touch.
        if act.6.len() == 1 {
            on = h.all();
        }
        let said = payload(&h, act);
        let who = [0, 0, 0, 0, 1, 1, 2, 3, 4, 5][usize::from(act.0)];
        h.ops.push((device(who, act.1), on, said));
    }
    h
}

fn whole() -> impl Strategy<Value = History> {
    let revoked = prop::collection::vec((0u8..4, 0u8..2), 0..3);
    (acts(1..16), any::<bool>(), revoked).prop_map(|(acts, two, revoked)| {
        let mut h = if two { History::new(Policy::Circle, &[0, 1], &[5]) } else { History::circle() };
        revoked.iter().for_each(|(p, n)| revoke(&mut h, *p, *n));
        play(h, &acts)
    })
}

/// A lane in which record n is `[n; 32]`, held without a gap.
struct Straight;
impl ChainLookup for Straight {
    fn at(&self, _: LaneId, n: u64, tip: RecordId, at: u64) -> Option<RecordId> {
        (at <= n && tip == RecordId([n as u8; 32])).then_some(RecordId([at as u8; 32]))
    }
}

fn last(ended: Option<&EndedDevice>, lane: LaneId) -> u64 {
    ended.and_then(|e| e.end(lane, &Straight)).map_or(u64::MAX, |(n, _)| n)
}

/// Everything but epochs, heads and what waits.
fn standing(s: &SpaceState) -> impl PartialEq + std::fmt::Debug + use<> {
    let s = s.clone();
    (s.members, s.former, s.closed, s.cuts, s.relays, s.valid, s.stops_writing)
}

proptest! {
    #![proptest_config(some())]

    #[test]
    fn a_space_is_a_function_of_the_set_held(h in whole(), seed in any::<u64>()) {
        let statements = h.named(name);
        let arrived: Vec<Statement> =
            shuffled(h.ops.len(), seed).iter().flat_map(|i| [statements[*i].clone(), statements[i / 2].clone()]).collect();
        prop_assert_eq!(fold(SpaceId(name(0).0), &arrived, &h.directory).unwrap(), h.state());
    }

    /// What has not come yet is named as waiting, with all that rests on it; what is there is folded as if it were everything.
    #[test]
    fn what_is_missing_holds_back_what_rests_on_it_and_nothing_else(h in whole(), missing in any::<prop::sample::Index>()) {
        if h.ops.len() < 2 {
            return Ok(());
        }
        let missing = 1 + missing.index(h.ops.len() - 1);
        let mut lost = BTreeSet::from([missing]);
        for i in missing..h.ops.len() {
            if h.ops[i].1.iter().any(|on| lost.contains(on)) {
                lost.insert(i);
            }
        }
        let statements = h.named(name);
        let held: Vec<Statement> = (0..h.ops.len()).filter(|i| *i != missing).map(|i| statements[i].clone()).collect();
        let there: Vec<Statement> = (0..h.ops.len()).filter(|i| !lost.contains(i)).map(|i| statements[i].clone()).collect();
        let mut partial = fold(SpaceId(name(0).0), &held, &h.directory).unwrap();
        let waiting: BTreeSet<StatementId> = lost.iter().filter(|i| **i != missing).map(|i| name(*i)).collect();
        prop_assert_eq!(std::mem::take(&mut partial.waiting), waiting);
        prop_assert_eq!(partial, fold(SpaceId(name(0).0), &there, &h.directory).unwrap());
    }

    #[test]
    fn whatever_a_stranger_signs_changes_nothing(mut h in whole(), evil in acts(1..6)) {
        let before = standing(&h.state());
        for act in &evil {
            let n = h.ops.len();
            let said = payload(&h, act);
            let on = if act.6.is_empty() { h.all() } else { act.5.iter().map(|x| x % n).collect() };
            h.ops.push((device(9, act.1), on, said));
        }
        let after = h.state();
        prop_assert!(after.epochs.iter().filter(|e| e.maker.0[0] == 9).all(|e| !e.is_right()), "a stranger made the keys");
        prop_assert_eq!(standing(&after), before);
    }

    /// What an epoch says changes no member, no cut and no validity.
    #[test]
    fn epochs_decide_nothing_but_epochs(h in whole(), numbers in prop::collection::vec(0u64..5, 16)) {
        let mut other = h.clone();
        for (op, n) in other.ops.iter_mut().zip(numbers.iter().cycle()) {
            if let Payload::Epoch(e) = &mut op.2 {
                (e.number, e.readers, e.wraps) = (*n, vec![], vec![]);
            }
        }
        prop_assert_eq!(standing(&other.state()), standing(&h.state()));
    }

    #[test]
    fn an_epoch_is_right_for_the_current_readers_by_a_current_writer_and_numbers_rise(h in whole()) {
        let s = h.state();
        let wanted = epoch::readers_wanted(&s.members, &h.directory).unwrap();
        let index = |e: &EpochView| (0..h.ops.len()).find(|i| name(*i) == e.statement).unwrap();
        let mut past: Vec<BTreeSet<usize>> = Vec::new();
        for (_, on, _) in &h.ops {
            let mut p: BTreeSet<usize> = on.iter().copied().collect();
            on.iter().for_each(|o| p.extend(past[*o].clone()));
            past.push(p);
        }
        for e in &s.epochs {
            let before = s.epochs.iter().filter(|o| !o.void && past[index(e)].contains(&index(o))).map(|o| o.number).max().unwrap_or(0);
            prop_assert_eq!(e.void, e.number != before + 1, "an epoch's number");
            let maker = s.members.get(&person(e.maker.0[0])).filter(|m| m.reads && m.tier <= Tier::Participant);
            let right = !e.void && e.readers == wanted && maker.is_some() && h.directory.is_current(&e.maker);
            prop_assert_eq!(e.is_right(), right, "{:?}", e);
        }
    }

    #[test]
    fn who_is_removed_reads_nothing_that_is_written_after_and_the_rest_can_write(mut h in whole(), target in 1u8..6) {
        let s = h.state();
        let by = device(0, 0);
        let reads = s.members.get(&person(target)).is_some_and(|m| m.reads && m.tier > Tier::Founder);
        if !reads || s.members.get(&person(0)).is_none_or(|m| m.tier != Tier::Founder) || !h.directory.is_current(&by) {
            return Ok(());
        }
        let on = h.all();
        h.say(0, &on, Payload::Remove(Remove { person: person(target), cut: ends_of(target, &[3]) }));
        let s = h.state();
        prop_assert!(!s.members.contains_key(&person(target)));
        prop_assert!(s.epochs.iter().all(|e| !e.is_right() || e.readers.iter().all(|r| r.person != person(target))), "the removed one holds the key");
        for n in 0..2 {
            let ended = s.cuts.get(&device(target, n)).unwrap();
            prop_assert!(!ended.reopened && ended.claims[0].rank == 0, "a device of the removed one is not ended");
            prop_assert!(last(Some(ended), LaneId([99; 16])) == 0, "a lane nobody names is open");
        }
        let (on, next) = (h.all(), next_epoch(&s, &h.directory));
        let made = h.say(0, &on, next);
        let s = h.state();
        prop_assert_eq!(epoch::written(&s.epochs, |_| true).map(|e| e.statement), Some(name(made)), "nobody can write any more");
    }

    #[test]
    fn a_cut_is_raised_by_whoever_made_it_and_lowered_by_nobody(mut h in whole(), target in 1u8..6, first in 1u64..9, then in 1u64..9, by in 0u8..6) {
        let s = h.state();
        let below = s.members.get(&person(target)).is_some_and(|m| m.tier > Tier::Founder);
        if !below || s.members.get(&person(0)).is_none_or(|m| m.tier != Tier::Founder) || !h.directory.is_current(&device(0, 0)) {
            return Ok(());
        }
        let on = h.all();
        let r = h.say(0, &on, Payload::Remove(Remove { person: person(target), cut: ends_of(target, &[first]) }));
        let lane = lane_of(target, 0);
        let of = |h: &History| last(h.state().cuts.get(&device(target, 0)), lane);
        let before = of(&h);
        h.say(by, &[r], Payload::Cut(Cut { ends: name(r), cut: ends_of(target, &[then]) }));
        let after = of(&h);
        prop_assert!(after >= before, "a cut of {} was lowered to {}", before, after);
        if by != 0 {
            prop_assert_eq!(after, before, "another person raised it");
        } else if then > before {
            prop_assert_eq!(after, then);
        }
    }

    /// Once a person's other device has cut a revoked one off, nothing it signs without having been seen counts.
    #[test]
    fn a_revoked_device_is_powerless_past_its_cut(acts0 in acts(1..12), evil in acts(1..8), two in any::<bool>()) {
        let mut h = if two { History::new(Policy::Circle, &[0, 1], &[]) } else { History::circle() };
        revoke(&mut h, 0, 1);
        h = play(h, &acts0);
        let n0 = h.ops.len();
        let on = h.all();
        h.say(0, &on, Payload::Cut(Cut { ends: revocation(0, 1), cut: ends_of(0, &[2, 2]) }));
        let before = standing(&h.state());
        for act in &evil {
            let n = h.ops.len();
            // It may rest on anything, its own later words included.
            let pool: Vec<usize> = (0..n0).chain(n0 + 1..n).chain(act.6.first().map(|_| n0)).collect();
            let on: Vec<usize> = act.5.iter().map(|x| pool[x % pool.len()]).collect();
            let said = payload(&h, act);
            h.ops.push((device(0, 1), on, said));
        }
        let after = h.state();
        prop_assert!(after.epochs.iter().filter(|e| e.maker == device(0, 1)).all(|e| !e.is_right()));
        prop_assert_eq!(standing(&after), before);
    }

    /// Nor does it say itself where its lanes end.
    #[test]
    fn a_revoked_device_makes_no_cut_of_its_own(acts0 in acts(0..12), ns in prop::collection::vec(1u64..9, 0..3), on in prop::collection::vec(0usize..64, 1..4)) {
        let mut h = History::circle();
        revoke(&mut h, 0, 1);
        h = play(h, &acts0);
        let before = standing(&h.state());
        let n = h.ops.len();
        h.ops.push((device(0, 1), on.iter().map(|x| x % n).collect(), Payload::Cut(Cut { ends: revocation(0, 1), cut: ends_of(0, &ns) })));
        prop_assert_eq!(standing(&h.state()), before);
    }

    /// Two devices revoked each other: which has seen its own end ends nobody any more.
    #[test]
    fn who_has_seen_its_own_end_ends_nobody(acts0 in acts(0..12), ns in prop::collection::vec(1u64..9, 0..3), also in prop::collection::vec(0usize..64, 0..3)) {
        let mut h = History::circle();
        revoke(&mut h, 0, 0);
        revoke(&mut h, 0, 1);
        h = play(h, &acts0);
        for op in &mut h.ops {
            if op.0 == device(0, 1) && matches!(op.2, Payload::Cut(_)) {
                op.2 = leave();
            }
        }
        let on = h.all();
        let end = h.say(0, &on, Payload::Cut(Cut { ends: revocation(0, 1), cut: ends_of(0, &[2, 2]) }));
        let before = standing(&h.state());
        let on: Vec<usize> = also.iter().map(|x| x % end).chain([end]).collect();
        h.ops.push((device(0, 1), on, Payload::Cut(Cut { ends: revocation(0, 0), cut: ends_of(0, &ns) })));
        prop_assert_eq!(standing(&h.state()), before);
    }
}

#[test]
fn random_spaces_are_not_empty_ones() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let (mut cuts, mut raised, mut revoked, mut right, mut void) = (0, 0, 0, 0, 0);
    for _ in 0..500 {
        let h = whole().new_tree(&mut runner).unwrap().current();
        let s = h.state();
        cuts += usize::from(!s.cuts.is_empty());
        raised += usize::from(s.cuts.values().flat_map(|e| &e.claims).any(|c| !c.raises.is_empty()));
        revoked += usize::from(s.cuts.keys().any(|d| !h.directory.is_current(d)));
        right += usize::from(s.epochs.iter().any(EpochView::is_right));
        void += usize::from(s.epochs.iter().any(|e| e.void));
    }
    println!(
        "of 500: {cuts} with cuts, {raised} raised, {revoked} with a revoked device's, {right} with a right epoch, {void} with a void one"
    );
    assert!(cuts > 50 && raised > 10 && revoked > 10 && right > 50 && void > 20);
}
