//! The laws of a store: one suite that every back end passes, against a model that keeps sets and computes everything from them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use ithaca_wire::error::Code;
use ithaca_wire::id::RecordHash;
use ithaca_wire::record::{Outer, TAG};
use ithaca_wire::vector::{Entry, Sum, Vector, digest};
use ithaca_wire::{LaneId, MailboxId, Token};
use proptest::prelude::*;
use proptest::test_runner::{Config as Cases, TestRunner};

use super::memory::MemoryStore;
use super::sqlite::{FILE, SqliteStore};
use super::{AccountId, Backend, Bus, Key, Limits, Millis, Part, Record, Store, StoreError, Table, after};

/// Hears everything, in order.
#[derive(Debug, Default)]
struct Ear(Mutex<Vec<(MailboxId, [u8; 16], Option<Bytes>)>>);

impl Bus for Ear {
    fn listens(&self, _: &MailboxId) -> bool {
        true
    }

    fn publish(&self, mailbox: MailboxId, digest: [u8; 16], record: Option<Bytes>) {
        self.0.lock().unwrap().push((mailbox, digest, record));
    }
}

/// A store under test, and how to crash it.
struct Rig {
    store: Option<Arc<dyn Backend>>,
    ear: Arc<Ear>,
    limits: Limits,
    /// The directory of a store that outlives its process.
    data: Option<(tempfile::TempDir, PathBuf)>,
    crashes: usize,
}

impl Rig {
    fn memory(limits: Limits) -> Self {
        let ear = Arc::new(Ear::default());
        Self { store: Some(Arc::new(MemoryStore::new(limits.clone(), ear.clone()))), ear, limits, data: None, crashes: 0 }
    }

    fn sqlite(limits: Limits) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("0");
        std::fs::create_dir(&path).unwrap();
        let mut rig = Self { store: None, ear: Arc::default(), limits, data: Some((dir, path)), crashes: 0 };
        rig.open();
        rig
    }

    fn open(&mut self) {
        if let Some((_, path)) = &self.data {
            self.store = None;
            self.store = Some(Arc::new(SqliteStore::open(path, self.limits.clone(), self.ear.clone()).unwrap()));
        }
    }

    /// Goes on from what lay on the disk at this moment, as after a power cut; the old process never closes its files in time.
    fn crash(&mut self) {
        let Some((dir, path)) = &mut self.data else { return };
        self.crashes += 1;
        let next = dir.path().join(self.crashes.to_string());
        std::fs::create_dir(&next).unwrap();
        for file in [FILE.to_owned(), format!("{FILE}-wal")] {
            if path.join(&file).exists() {
                std::fs::copy(path.join(&file), next.join(&file)).unwrap();
            }
        }
        *path = next;
        self.open();
    }

    fn store(&self) -> &dyn Backend {
        &**self.store.as_ref().unwrap()
    }
}

fn both(limits: &Limits) -> [Rig; 2] {
    [Rig::memory(limits.clone()), Rig::sqlite(limits.clone())]
}

fn record(lane: u8, n: u64, fill: u8) -> Record {
    let ciphertext = vec![fill; TAG + usize::from(fill)];
    let bytes = Outer { version: 1, lane: LaneId([lane; 16]), n, nonce: [lane; 24], ciphertext: &ciphertext }.to_bytes();
    Record::parse(bytes).unwrap()
}

fn key(mailbox: u8) -> Key {
    Key { mailbox: MailboxId([mailbox; 16]), token: Token([mailbox; 32]).hash() }
}

const PAYS: AccountId = AccountId([5; 32]);

fn refused<T: std::fmt::Debug>(answer: Result<T, StoreError>) -> Code {
    match answer {
        Err(StoreError::Refused(code)) => code,
        other => panic!("not refused: {other:?}"),
    }
}

/// What is held, as a set.
#[derive(Debug, Default, Clone)]
struct Model {
    erased: bool,
    lanes: BTreeMap<LaneId, BTreeMap<(u64, RecordHash), Bytes>>,
}

impl Model {
    fn push(&mut self, r: &Record, limits: &Limits) -> Code {
        let Some(lane) = self.lanes.get_mut(&r.lane) else {
            if self.lanes.len() >= limits.lanes {
                return Code::TooManyLanes;
            }
            self.lanes.insert(r.lane, [((r.n, r.hash), r.bytes.clone())].into());
            return Code::Ok;
        };
        if lane.contains_key(&(r.n, r.hash)) {
            return Code::Ok;
        }
        let top = lane.keys().next_back().unwrap().0;
        let versions = lane.keys().filter(|k| k.0 == r.n).count();
        if r.n > top + 1 {
            return Code::Gap;
        }
        if versions >= limits.versions {
            return Code::TooManyVersions;
        }
        lane.insert((r.n, r.hash), r.bytes.clone());
        if versions == 0 { Code::Ok } else { Code::Fork }
    }

    /// The vector by its definition: the unbroken run that ends at the highest number.
    fn vector(&self) -> Vector {
        let entry = |lane: &BTreeMap<(u64, RecordHash), Bytes>| {
            let numbers: BTreeSet<u64> = lane.keys().map(|k| k.0).collect();
            let n = *numbers.last().unwrap();
            let from = (1..=n).rev().take_while(|m| numbers.contains(m)).last().unwrap();
            Entry { from, n, tag: Sum::of(lane.keys().copied()).tag() }
        };
        self.lanes.iter().map(|(l, held)| (*l, entry(held))).collect()
    }

    fn agrees(&self, store: &dyn Backend, mailbox: u8, budget: u64) {
        let key = key(mailbox);
        if self.erased {
            assert_eq!(refused(store.heads(key, 0).wait()), Code::NoMailbox);
        } else {
            let heads = store.heads(key, 0).wait().unwrap();
            assert_eq!(heads.vector, self.vector());
            assert_eq!(heads.digest(), digest(&heads.vector));
        }
        for lane in (0..4).map(|l| LaneId([l; 16])) {
            let held: Vec<_> = self.lanes.get(&lane).into_iter().flatten().map(|(k, b)| (k.0, k.1, b.to_vec())).collect();
            let listed: Vec<_> = held.iter().map(|(n, h, b)| (*n, *h, b.len() as u64)).collect();
            assert_eq!(store.list(key.mailbox, lane).unwrap(), listed);
            let (mut paged, mut at) = (Vec::new(), after(0));
            loop {
                let page = store.beyond(key.mailbox, lane, at, budget).unwrap();
                assert!(page.records.len() <= 1 || page.records.iter().map(|r| r.2.len() as u64).sum::<u64>() <= budget);
                let totals = store.totals(key.mailbox, lane, at).unwrap();
                let left = held.len() - paged.len();
                assert_eq!(totals.0, left as u64);
                paged.extend(page.records);
                // A page may end between two versions of one number, and goes on there.
                at = paged.last().map_or(at, |r| (r.0, r.1));
                if !page.more {
                    break;
                }
            }
            assert_eq!(paged, held);
            for (n, hash, bytes) in &held {
                assert!(store.hashes(key.mailbox, lane, *n).unwrap().contains(hash));
                assert_eq!(store.get(key.mailbox, lane, (*n, *hash)).unwrap().as_ref(), Some(bytes));
            }
        }
    }
}

#[derive(Debug, Clone)]
enum Op {
    Push(u8, Vec<(u8, u64, u8)>),
    Erase(u8),
    Reopen,
    Crash,
}

fn ops() -> impl Strategy<Value = Vec<Op>> {
    let records = prop::collection::vec((0u8..4, prop_oneof![4 => 1u64..7, 1 => 6u64..12], 0u8..6), 1..6);
    let op = prop_oneof![
        16 => (0u8..2, records).prop_map(|(m, r)| Op::Push(m, r)),
        1 => (0u8..2).prop_map(Op::Erase),
        1 => Just(Op::Reopen),
        1 => Just(Op::Crash),
    ];
    prop::collection::vec(op, 1..24)
}

fn runner() -> TestRunner {
    let cases = std::env::var("CASES").ok().and_then(|c| c.parse().ok()).unwrap_or(48);
    TestRunner::new_with_rng(
        Cases { cases, failure_persistence: None, ..Cases::default() },
        proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha),
    )
}

#[test]
fn any_history_leaves_what_the_model_holds() {
    let limits = Limits { lanes: 3, ..Limits::default() };
    let law = |(ops, budget): (Vec<Op>, u64)| {
        for mut rig in both(&limits) {
            let mut models = [Model::default(), Model::default()];
            (0..2).for_each(|m| rig.store().make(key(m), Some(PAYS), 0).wait().unwrap());
            for op in &ops {
                match op {
                    Op::Push(m, records) => {
                        let records: Vec<_> = records.iter().map(|(l, n, f)| record(*l, *n, *f)).collect();
                        let model = &mut models[usize::from(*m)];
                        let before = model.vector();
                        let put = rig.store().put(key(*m), records.clone(), 0).wait();
                        if model.erased {
                            assert_eq!(refused(put.map(|p| p.codes)), Code::NoMailbox, "erase wins over a late push");
                            continue;
                        }
                        let put = put.unwrap();
                        let expected: Vec<_> = records.iter().map(|r| model.push(r, &limits)).collect();
                        assert_eq!(put.codes, expected);
                        assert_eq!(put.heads.vector, model.vector());
                        assert!(before.iter().all(|(l, e)| put.heads.vector[l].n >= e.n), "a head went back");
                        let stored = |c: &Code| matches!(c, Code::Ok | Code::Fork);
                        let records: Vec<_> = records.into_iter().zip(&put.codes).filter(|(_, c)| stored(c)).map(|(r, _)| r).collect();
                        let again = rig.store().put(key(*m), records, 0).wait().unwrap();
                        assert!(again.codes.iter().all(|c| *c == Code::Ok), "the same again is fine");
                        assert_eq!(again.heads.vector, put.heads.vector, "and changes nothing");
                    }
                    Op::Erase(m) => {
                        rig.store().erase(key(*m), PAYS, 0).wait().unwrap();
                        models[usize::from(*m)] = Model { erased: true, ..Model::default() };
                        assert_eq!(refused(rig.store().make(key(*m), Some(PAYS), 0).wait()), Code::MailboxTaken);
                    }
                    Op::Reopen => rig.open(),
                    Op::Crash => rig.crash(),
                }
                models.iter().zip(0..).for_each(|(model, m)| model.agrees(rig.store(), m, budget));
            }
        }
        Ok(())
    };
    runner().run(&(ops(), 60u64..400), law).unwrap();
}

#[test]
fn the_order_of_lanes_among_each_other_does_not_matter() {
    let limits = Limits::default();
    let pushes = prop::collection::vec((0u8..4, 1u64..7, 0u8..6), 1..40);
    let law = |(pushes, seed): (Vec<(u8, u64, u8)>, Vec<u8>)| {
        let mut lanes: BTreeMap<u8, Vec<Record>> = BTreeMap::new();
        for (l, n, f) in &pushes {
            lanes.entry(*l).or_default().push(record(*l, *n, *f));
        }
        let straight: Vec<Record> = pushes.iter().map(|(l, n, f)| record(*l, *n, *f)).collect();
        let mut queues: Vec<_> = lanes.into_values().map(Vec::into_iter).collect();
        let mut mixed = Vec::new();
        let mut turns = seed.iter().cycle();
        while queues.iter().any(|q| q.len() > 0) {
            let at = usize::from(*turns.next().unwrap()) % queues.len();
            let rest = queues.len();
            mixed.extend((0..rest).find_map(|i| queues[(at + i) % rest].next()));
        }
        for rig in both(&limits) {
            let heads = |m: u8, records: Vec<Record>| {
                rig.store().make(key(m), None, 0).wait().unwrap();
                rig.store().put(key(m), records, 0).wait().unwrap().heads.digest()
            };
            assert_eq!(heads(1, straight.clone()), heads(2, mixed.clone()));
        }
        Ok(())
    };
    runner().run(&(pushes, prop::collection::vec(any::<u8>(), 8)), law).unwrap();
}

#[test]
fn what_many_push_at_once_is_all_there_and_is_told_in_order() {
    for rig in both(&Limits { versions: 64, ..Limits::default() }) {
        rig.store().make(key(1), Some(PAYS), 0).wait().unwrap();
        let store = rig.store.clone().unwrap();
        std::thread::scope(|scope| {
            for t in 0..8u8 {
                let store = &store;
                scope.spawn(move || {
                    // Submitted without waiting, so that many share one commit.
                    let pending: Vec<_> = (1..=40).map(|n| store.put(key(1), vec![record(t, n, t)], 0)).collect();
                    for (put, n) in pending.into_iter().zip(1..=40u64).collect::<Vec<_>>().into_iter().rev() {
                        let put = put.wait().unwrap();
                        assert_eq!(put.codes, [Code::Ok]);
                        assert!(put.heads.vector[&LaneId([t; 16])].n >= n, "acknowledged, so it is in every later read");
                    }
                });
            }
        });
        let heads = rig.store().heads(key(1), 0).wait().unwrap();
        assert_eq!(heads.vector.len(), 8);
        assert!(heads.vector.values().all(|e| (e.from, e.n) == (1, 40)));
        drop((store, rig.store));
        let heard = rig.ear.0.lock().unwrap();
        assert_eq!(heard.len(), 320);
        assert_eq!(heard.last().unwrap().1, heads.digest(), "the last event tells what is held now");
        let digests: BTreeSet<_> = heard.iter().map(|e| e.1).collect();
        assert_eq!(digests.len(), 320);
    }
}

#[test]
fn a_next_mailbox_lapses_once_and_for_all_unless_it_is_used_or_made() {
    let limits = Limits::default();
    let week = limits.next_lapses;
    for mut rig in both(&limits) {
        rig.store().make(key(1), Some(PAYS), 0).wait().unwrap();
        let heads = |rig: &Rig, m, now: Millis| rig.store().heads(key(m), now).wait().map(drop);
        for m in 2..5 {
            rig.store().next(key(1), key(m), 10).wait().unwrap();
        }
        rig.store().put(key(3), vec![record(1, 1, 1)], week).wait().unwrap();
        rig.store().next(key(1), key(2), week).wait().unwrap();
        rig.open();
        assert_eq!(heads(&rig, 2, week + 9), Ok(()));
        assert_eq!(refused(heads(&rig, 2, week + 10)), Code::Lapsed, "asking again extended nothing");
        assert_eq!(refused(rig.store().put(key(2), vec![record(1, 1, 1)], week + 10).wait()), Code::Lapsed);
        assert_eq!(refused(rig.store().next(key(1), key(2), week + 10).wait()), Code::Lapsed, "a late retry revives nothing");
        let stranger = Key { token: Token([9; 32]).hash(), ..key(2) };
        assert_eq!(refused(rig.store().heads(stranger, week + 10).wait()), Code::NoMailbox);
        assert_eq!(heads(&rig, 3, week * 9), Ok(()), "one that was used stays");
        rig.store().make(key(2), Some(PAYS), week + 11).wait().unwrap();
        rig.store().make(key(4), Some(PAYS), 20).wait().unwrap();
        rig.open();
        assert_eq!((heads(&rig, 2, week * 9), heads(&rig, 4, week * 9)), (Ok(()), Ok(())));
    }
}

#[test]
fn making_is_idempotent_by_name_and_token_and_counts_against_the_account() {
    for mut rig in both(&Limits { account_mailboxes: 2, account_bytes: 300, ..Limits::default() }) {
        for _ in 0..3 {
            rig.store().make(key(1), Some(PAYS), 0).wait().unwrap();
        }
        let other = Key { token: Token([9; 32]).hash(), ..key(1) };
        assert_eq!(refused(rig.store().make(other, Some(PAYS), 0).wait()), Code::MailboxTaken);
        rig.store().next(key(1), key(2), 0).wait().unwrap();
        assert_eq!(refused(rig.store().make(key(3), Some(PAYS), 0).wait()), Code::TooManyMailboxes);
        assert_eq!(refused(rig.store().next(key(1), key(3), 0).wait()), Code::TooManyMailboxes);
        let codes = |rig: &Rig, m, r| rig.store().put(key(m), vec![r], 0).wait().unwrap().codes[0];
        assert_eq!(codes(&rig, 1, record(1, 1, 100)), Code::Ok);
        rig.open();
        assert_eq!(codes(&rig, 2, record(1, 1, 100)), Code::AccountFull);
        assert_eq!(codes(&rig, 1, record(1, 1, 100)), Code::Ok, "what is held already needs no room");
        assert_eq!(refused(rig.store().erase(key(1), AccountId([6; 32]), 0).wait()), Code::NoAccount);
        assert_eq!(refused(rig.store().erase(other, PAYS, 0).wait()), Code::NoMailbox);
        rig.store().erase(key(1), PAYS, 0).wait().unwrap();
        rig.store().erase(key(1), PAYS, 0).wait().unwrap();
        assert_eq!(codes(&rig, 2, record(1, 1, 100)), Code::Ok, "erasing makes room");
        rig.store().make(key(3), Some(PAYS), 0).wait().unwrap();
    }
}

#[test]
fn an_object_grows_from_its_start_and_is_whole_only_when_it_was_checked() {
    for mut rig in both(&Limits { mailbox_bytes: 100, ..Limits::default() }) {
        rig.store().make(key(1), Some(PAYS), 0).wait().unwrap();
        let hash = [1; 32];
        let part = |start, bytes: &[u8]| Part { hash, total: 10, start, bytes: Bytes::copy_from_slice(bytes) };
        let put = |rig: &Rig, p| rig.store().object_put(key(1), p, 0).wait().map(|s| s.held);
        assert_eq!(put(&rig, part(3, b"late")), Ok(0), "a part past the end of what is held stores nothing");
        assert_eq!(put(&rig, part(0, b"0123")), Ok(4));
        rig.crash();
        assert_eq!(put(&rig, part(2, b"2345")), Ok(6), "an overlap is cut");
        assert_eq!(put(&rig, part(0, b"01")), Ok(6));
        assert_eq!(refused(put(&rig, Part { total: 11, ..part(6, b"6") })), Code::Malformed);
        assert_eq!(refused(put(&rig, part(6, b"67890"))), Code::Malformed);
        assert_eq!(refused(rig.store().object_seal(key(1), hash, true, 0).wait()), Code::NoObject);
        assert_eq!(put(&rig, part(6, b"6789")), Ok(10));
        let read = |rig: &Rig, start, most| rig.store().object_read(key(1).mailbox, hash, start, most).unwrap();
        assert_eq!((read(&rig, 0, 99), read(&rig, 3, 4), read(&rig, 10, 4)), (b"0123456789".to_vec(), b"3456".to_vec(), vec![]));
        assert!(!rig.store().object(key(1).mailbox, hash).unwrap().unwrap().whole);
        rig.store().object_seal(key(1), hash, false, 0).wait().unwrap();
        assert_eq!(rig.store().object(key(1).mailbox, hash), Ok(None), "thrown away");
        assert_eq!(put(&rig, part(0, b"0123456789")), Ok(10));
        rig.store().object_seal(key(1), hash, true, 0).wait().unwrap();
        rig.store().object_seal(key(1), hash, false, 0).wait().unwrap();
        assert!(rig.store().object(key(1).mailbox, hash).unwrap().unwrap().whole, "what is whole stays");
        let big = Part { hash: [2; 32], total: 91, start: 0, bytes: vec![0; 91].into() };
        assert_eq!(refused(put(&rig, big)), Code::MailboxFull);
        rig.store().erase(key(1), PAYS, 0).wait().unwrap();
        assert_eq!((rig.store().object(key(1).mailbox, hash), read(&rig, 0, 9)), (Ok(None), vec![]));
    }
}

#[test]
fn a_ledger_changes_only_from_what_it_was() {
    for mut rig in both(&Limits::default()) {
        let (t, k) = (Table::Vouchers, [1; 32]);
        let set = |rig: &Rig, old: Option<&str>, new: &str| {
            rig.store().compare_and_set(t, k, old.map(|o| o.as_bytes().to_vec()), new.into()).wait().unwrap()
        };
        assert!(!set(&rig, Some("x"), "a") && set(&rig, None, "a") && !set(&rig, None, "b"));
        rig.crash();
        assert!(set(&rig, Some("a"), "b") && !set(&rig, Some("a"), "c"));
        assert_eq!(rig.store().value(t, &k), Ok(Some(b"b".to_vec())));
        assert_eq!((rig.store().values(t).unwrap().len(), rig.store().values(Table::Accounts).unwrap().len()), (1, 0));
        let store = rig.store.clone().unwrap();
        let wins: usize = std::thread::scope(|scope| {
            let tries: Vec<_> = (0..8u8)
                .map(|i| {
                    scope.spawn({
                        let store = &store;
                        move || store.compare_and_set(t, k, Some(b"b".to_vec()), vec![i]).wait().unwrap()
                    })
                })
                .collect();
            tries.into_iter().map(|t| usize::from(t.join().unwrap())).sum()
        });
        assert_eq!(wins, 1);
    }
}

#[test]
fn a_store_that_is_down_refuses_and_comes_back_by_itself() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("later");
    let store = SqliteStore::open(&data, Limits::default(), Arc::new(super::Silence)).unwrap();
    for _ in 0..2 {
        assert!(matches!(store.health(0).wait(), Err(StoreError::Down(_))));
        assert!(matches!(Store::make(&store, key(1), None, 0).wait(), Err(StoreError::Down(_))));
    }
    std::fs::create_dir(&data).unwrap();
    store.health(0).wait().unwrap();
    Store::make(&store, key(1), None, 0).wait().unwrap();
}

#[test]
fn a_later_database_is_refused_in_words() {
    let dir = tempfile::tempdir().unwrap();
    drop(SqliteStore::open(dir.path(), Limits::default(), Arc::new(super::Silence)).unwrap());
    let raw = rusqlite::Connection::open(dir.path().join(FILE)).unwrap();
    raw.pragma_update(None, "user_version", 99).unwrap();
    let error = SqliteStore::open(dir.path(), Limits::default(), Arc::new(super::Silence)).err().unwrap();
    assert!(matches!(error, StoreError::Newer { found: 99, .. }));
    assert!(error.to_string().contains("newer relay"));
}

#[test]
fn half_a_group_is_never_acknowledged() {
    let mut rig = Rig::sqlite(Limits::default());
    rig.store().make(key(1), Some(PAYS), 0).wait().unwrap();
    rig.store().put(key(1), vec![record(1, 1, 1)], 0).wait().unwrap();
    let path = rig.data.as_ref().unwrap().1.join(FILE);
    let raw = rusqlite::Connection::open(&path).unwrap();
    // The store breaks in the middle of a transaction: the second record of a push cannot be written.
    raw.execute_batch("CREATE TRIGGER broken BEFORE INSERT ON records WHEN new.n = 3 BEGIN SELECT RAISE(ABORT, 'disk'); END").unwrap();
    let failed = rig.store().put(key(1), vec![record(1, 2, 1), record(1, 3, 1)], 0).wait();
    assert!(matches!(failed, Err(StoreError::Down(_))), "{failed:?}");
    let heads = rig.store().heads(key(1), 0).wait().unwrap();
    assert_eq!(heads.vector[&LaneId([1; 16])].n, 1, "nothing of it is seen");
    assert_eq!(rig.ear.0.lock().unwrap().len(), 1, "and nothing of it was told");
    raw.execute_batch("DROP TRIGGER broken").unwrap();
    let put = rig.store().put(key(1), vec![record(1, 2, 1), record(1, 3, 1)], 0).wait().unwrap();
    assert_eq!(put.codes, [Code::Ok, Code::Ok]);
    rig.crash();
    assert_eq!(rig.store().heads(key(1), 0).wait().unwrap().vector[&LaneId([1; 16])].n, 3);
}
