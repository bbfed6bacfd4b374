//! The relay's store: an append that was answered is there.

use std::collections::BTreeMap;
use std::sync::Arc;

use ithaca_server::store::sqlite::SqliteStore;
use ithaca_server::store::{Key, Limits, Record, Silence, Store};
use ithaca_tests::forgetful;
use ithaca_wire::error::Code;
use ithaca_wire::record::{self, Outer};
use ithaca_wire::{LaneId, MailboxId, TokenHash};

use super::{alone, cases, put};

/// Appends of two records each.
const APPENDS: u64 = 24;

fn key(n: u8) -> Key {
    Key { mailbox: MailboxId([n; 16]), token: TokenHash([n; 32]) }
}

/// The two records of the `n`th append.
fn records(n: u64) -> Vec<Record> {
    let make = |k: u64| {
        let ciphertext = vec![n as u8; 200 + 900 * (n % 5) as usize];
        let outer = Outer { version: record::VERSION, lane: lane(n), n: 2 * (n / 3) + k, nonce: [k as u8; 24], ciphertext: &ciphertext };
        Record::parse(outer.to_bytes()).unwrap()
    };
    vec![make(1), make(2)]
}

fn lane(n: u64) -> LaneId {
    LaneId([(n % 3) as u8 + 1; 16])
}

fn open(folder: &std::path::Path) -> SqliteStore {
    SqliteStore::open(folder, Limits::default(), Arc::new(Silence)).unwrap()
}

/// Writes with the tape running, cuts the power at every `stride`th act, and says what was lost or half.
fn losses(deaf: bool, seed: u64, stride: usize) -> (usize, Vec<String>) {
    let (folder, after) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    forgetful::install();
    forgetful::record(folder.path(), deaf);
    let mut store = open(folder.path());
    store.make(key(1), None, 0).wait().unwrap();
    let mut n = 0;
    while n < APPENDS {
        // Several wait for one commit, as they do in a relay at work.
        let pending: Vec<_> = (n..(n + 1 + n % 3).min(APPENDS)).map(|n| (n, store.put(key(1), records(n), 0))).collect();
        for (k, put) in pending {
            assert!(put.wait().unwrap().codes.iter().all(|c| *c == Code::Ok));
            forgetful::done(k);
            n = k + 1;
        }
        if n % 10 == 0 {
            drop(store);
            store = open(folder.path());
        }
    }
    drop(store);
    let tape = forgetful::stop();
    assert!(tape.len() > 100 && (deaf || tape.n_syncs() > 10), "{} acts, {} syncs", tape.len(), tape.n_syncs());
    let (mut broken, mut looked) = (Vec::new(), 0);
    for lucky in [None, Some(seed)] {
        tape.cuts(
            lucky,
            |n| n % stride == seed as usize % stride,
            |n, image, acknowledged| {
                looked += 1;
                put(image, after.path());
                let store = open(after.path());
                let held = held(&store);
                for k in 0..APPENDS {
                    let there = records(k).iter().filter(|r| held.get(&(r.lane, r.n)) == Some(&r.bytes.to_vec())).count();
                    if there != 2 && (there == 1 || acknowledged.contains(&k)) {
                        broken.push(format!("cut after act {n}, {lucky:?}: {there} of 2 records of append {k}"));
                    }
                }
                // And it goes on: what was not acknowledged is sent again.
                let made = store.make(key(1), None, 1).wait();
                let again = made.and_then(|()| store.put(key(1), records(APPENDS - 1), 1).wait());
                if again.is_err() {
                    broken.push(format!("cut after act {n}, {lucky:?}: the store does not write any more: {again:?}"));
                }
            },
        );
    }
    (looked, broken)
}

fn held(store: &SqliteStore) -> BTreeMap<(LaneId, u64), Vec<u8>> {
    let mut out = BTreeMap::new();
    for n in 0..3 {
        for (number, hash, _) in store.list(key(1).mailbox, lane(n)).unwrap_or_default() {
            if let Ok(Some(bytes)) = store.get(key(1).mailbox, lane(n), (number, hash)) {
                out.insert((lane(n), number), bytes);
            }
        }
    }
    out
}

#[test]
fn what_the_relay_answered_survives_a_cut_anywhere() {
    let _alone = alone();
    for seed in 0..cases() as u64 {
        let (looked, broken) = losses(false, seed, if cases() > 1 { 1 } else { 2 });
        println!("the relay: {looked} cuts");
        assert!(looked > 50, "{looked} cuts");
        assert!(broken.is_empty(), "seed {seed}: {}", broken.join("\n"));
    }
}

#[test]
fn on_a_disk_whose_syncs_do_nothing_the_same_trial_finds_losses() {
    let _alone = alone();
    let found = (0..3).find(|seed| !losses(true, *seed, 5).1.is_empty());
    assert!(found.is_some(), "the trial above would not notice a relay that does not wait for the disk");
}
