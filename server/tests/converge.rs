//! A device and a relay that hold different parts of the same lanes end up with all of them, whatever the budget.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails says so by panicking")]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use common::{BOX, TOKEN, ask, record, request};
use ithaca_server::Config;
use ithaca_server::exchange::answer;
use ithaca_server::store::memory::MemoryStore;
use ithaca_server::store::{Backend, Key, Limits, Record, Silence};
use ithaca_wire::LaneId;
use ithaca_wire::error::Code;
use ithaca_wire::exchange::{Answer, Ask, LaneList, Request};
use ithaca_wire::id::RecordHash;
use ithaca_wire::vector::{Entry, Sum, Vector, digest, missing};
use proptest::prelude::*;

/// A device: the set it holds, and what it last heard of the relay.
#[derive(Default)]
struct Device {
    /// Up to which number the next list of a lane goes.
    below: BTreeMap<LaneId, u64>,
    held: BTreeMap<LaneId, BTreeMap<(u64, RecordHash), Vec<u8>>>,
}

impl Device {
    fn take(&mut self, bytes: Vec<u8>) {
        let r = Record::parse(bytes.clone()).unwrap();
        self.held.entry(r.lane).or_default().insert((r.n, r.hash), bytes);
    }

    fn vector(&self) -> Vector {
        let entry = |lane: &BTreeMap<(u64, RecordHash), Vec<u8>>| {
            let numbers: BTreeSet<u64> = lane.keys().map(|k| k.0).collect();
            let n = *numbers.last().unwrap();
            let from = (1..=n).rev().take_while(|m| numbers.contains(m)).last().unwrap();
            Entry { from, n, tag: Sum::of(lane.keys().copied()).tag() }
        };
        self.held.iter().map(|(l, held)| (*l, entry(held))).collect()
    }

    /// A list of `width` numbers, down from where the one before it ended.
    fn list(&self, lane: LaneId, width: u64) -> LaneList {
        let top = self.vector().get(&lane).map_or(1, |e| e.n);
        let last = self.below.get(&lane).copied().unwrap_or(top);
        let first = last.saturating_sub(width - 1).max(1);
        let mut held: Vec<_> = self.held.get(&lane).into_iter().flatten().map(|(k, _)| *k).collect();
        held.retain(|(n, _)| (first..=last).contains(n));
        LaneList { lane, held, window: (first > 1 || last < top).then_some((first, last)) }
    }

    /// What to push and which lanes to list, after an answer.
    fn after(&self, answer: &Answer) -> (Vec<Vec<u8>>, BTreeSet<LaneId>) {
        let theirs: Vector = answer.vector.iter().flatten().copied().collect();
        let mine = self.vector();
        let mut push = Vec::new();
        let mut lists: BTreeSet<LaneId> = answer.lists.iter().flatten().map(|l| l.lane).collect();
        let plans = if answer.vector.is_some() { missing(&mine, &theirs) } else { BTreeMap::new() };
        for (lane, plan) in plans {
            let here = &self.held[&lane];
            push.extend(here.iter().filter(|(k, _)| plan.after.is_some_and(|n| k.0 > n)).map(|(_, b)| b.clone()));
            if plan.list {
                lists.insert(lane);
            }
        }
        for list in answer.lists.iter().flatten() {
            let here = self.held[&list.lane].iter().filter(|(k, _)| list.covers(k.0));
            push.extend(here.filter(|(k, _)| list.held.binary_search(k).is_err()).map(|(_, b)| b.clone()));
        }
        push.sort_by_key(|r| (r[1], r[24]));
        push.dedup();
        (push, lists)
    }
}

fn run(relay_holds: Vec<Vec<u8>>, device_holds: Vec<Vec<u8>>, budget: u32, width: u64) {
    let all: BTreeSet<Vec<u8>> = relay_holds.iter().chain(&device_holds).cloned().collect();
    let store: Arc<dyn Backend> = Arc::new(MemoryStore::new(Limits::default(), Arc::new(Silence)));
    let key = Key { mailbox: BOX, token: TOKEN.hash() };
    store.make(key, None, 0).wait().unwrap();
    let put = store.put(key, relay_holds.into_iter().map(|r| Record::parse(r).unwrap()).collect(), 0).wait().unwrap();
    assert!(put.codes.iter().all(|c| matches!(c, Code::Ok | Code::Fork)));
    let mut device = Device::default();
    device_holds.into_iter().for_each(|r| device.take(r));
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let (mut push, mut lists): (Vec<Vec<u8>>, BTreeSet<LaneId>) = (Vec::new(), BTreeSet::new());
    for _ in 0..200 {
        let vector = device.vector();
        let given: Vec<LaneList> = lists.iter().map(|l| device.list(*l, width)).collect();
        let ask = Ask {
            push: (!push.is_empty()).then(|| push.drain(..).map(Into::into).collect()),
            vector: Some(vector.iter().map(|(l, e)| (*l, *e)).collect()),
            lists: (!given.is_empty()).then(|| given.clone()),
            ..ask()
        };
        let request = Request { budget, ..request(vec![ask]) };
        request.check().unwrap();
        let (mut response, _) = runtime.block_on(answer(&store, &Config::default(), request, 0)).unwrap();
        let answer = response.mailboxes.remove(0);
        let got: Vec<_> = common::records(&answer);
        let before = device.held.values().map(BTreeMap::len).sum::<usize>();
        got.iter().for_each(|r| device.take(r.clone()));
        assert!(answer.pushed.iter().flatten().all(|p| p.1 == Code::Fork), "{:?}", answer.pushed);
        (push, lists) = device.after(&answer);
        if push.is_empty() && lists.is_empty() && answer.digest == Some(digest(&device.vector())) {
            let held: BTreeSet<_> = device.held.values().flat_map(|l| l.values().cloned()).collect();
            let short = |s: &BTreeSet<Vec<u8>>| s.iter().map(|r| (r[1], r[24], r[25])).collect::<Vec<_>>();
            assert_eq!(short(&held), short(&all), "equal digests, and everything is there");
            return;
        }
        let after = device.held.values().map(BTreeMap::len).sum::<usize>();
        for list in given.iter().filter(|l| after == before && push.iter().all(|r| r[1] != l.lane.0[0])) {
            match list.window {
                Some((first, _)) if first > 1 => device.below.insert(list.lane, first - 1),
                _ => device.below.remove(&list.lane),
            };
        }
        assert!(after > before || !push.is_empty() || !lists.is_empty(), "stuck: {answer:?}");
    }
    panic!("it never came to an end");
}

/// A lane held without gaps: from, to, and which versions at each number.
fn held() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let lane = (1u64..4, 3u64..8, prop::collection::vec(1u8..8, 8));
    prop::collection::btree_map(0u8..3, lane, 0..3).prop_map(|lanes| {
        let mut out = Vec::new();
        for (lane, (from, to, versions)) in lanes {
            for n in from..=to {
                // One version, the other, or both: two sides may differ at any number below one last record.
                let bits = 1 + versions[n as usize] % 3;
                out.extend((0..2).filter(|v| bits >> v & 1 == 1).map(|v| record(lane, n, v, 100)));
            }
        }
        out
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(
        std::env::var("CASES").ok().and_then(|c| c.parse().ok()).unwrap_or(200)) })]

    #[test]
    fn both_hold_everything_in_the_end(relay in held(), device in held(), budget in prop_oneof![Just(0u32), 100u32..500, Just(1 << 20)],
        width in prop_oneof![1u64..4, Just(99)]) {
        run(relay, device, budget, width);
    }
}
