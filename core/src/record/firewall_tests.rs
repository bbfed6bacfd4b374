//! Tests of the entry firewall: it agrees with automerge on what is honest, and lets in nothing that harms it.

use automerge::marks::{ExpandMark, Mark};
use automerge::transaction::Transactable;
use automerge::{ActorId, AutoCommit, ObjType, ROOT, ReadDoc, ScalarValue};
use proptest::prelude::*;

use super::*;

const ME: Actor = [7; 16];

fn cases() -> u32 {
    std::env::var("CASES").ok().and_then(|c| c.parse().ok()).unwrap_or(300)
}

/// Whoever changes one of these changes what other devices take.
#[test]
fn the_limits_are_those_that_the_protocol_names() {
    let all = |l: &Limits| (l.bytes, l.ops, l.preds, l.deps, l.actors, l.columns);
    assert_eq!(all(&RECEIVE), (262_144, 20_000, 20_000, 512, 1_024, 64));
    assert_eq!(all(&WRITE), (65_536, 10_000, 10_000, 256, 512, 32));
    assert_eq!(all(&SNAPSHOT), (67_108_864, 500_000, 500_000, 20_000, 4_096, 64));
    assert_eq!(COUNTERS, 4_294_967_295);
}

/// A chunk around a body, with a correct checksum.
fn chunk(kind: u8, body: &[u8], data: &[u8]) -> Vec<u8> {
    let mut typed = vec![1];
    leb128::write::unsigned(&mut typed, body.len() as u64).unwrap();
    let hash = Sha256::new().chain_update(&typed).chain_update(body).finalize();
    let mut out = vec![0x85, 0x6f, 0x4a, 0x83];
    out.extend(&hash[..4]);
    out.push(kind);
    leb128::write::unsigned(&mut out, data.len() as u64).unwrap();
    out.extend(data);
    out
}

fn uleb(n: u64) -> Vec<u8> {
    let mut out = Vec::new();
    leb128::write::unsigned(&mut out, n).unwrap();
    out
}

fn sleb(n: i64) -> Vec<u8> {
    let mut out = Vec::new();
    leb128::write::signed(&mut out, n).unwrap();
    out
}

/// A change body with these columns.
fn body(seq: u64, start: u64, columns: &[(u32, Vec<u8>)]) -> Vec<u8> {
    let mut b = vec![0, 16];
    b.extend(ME);
    b.extend([uleb(seq), uleb(start), sleb(0), uleb(0), uleb(0), uleb(columns.len() as u64)].concat());
    for (spec, data) in columns {
        b.extend(uleb(u64::from(*spec)));
        b.extend(uleb(data.len() as u64));
    }
    columns.iter().for_each(|(_, data)| b.extend(data));
    b
}

fn nulls(n: u64) -> Vec<u8> {
    [sleb(0), uleb(n)].concat()
}

fn run(n: i64, value: u64) -> Vec<u8> {
    [sleb(n), uleb(value)].concat()
}

fn look(columns: &[(u32, Vec<u8>)]) -> Result<Inspected, Refused> {
    let b = body(1, 1, columns);
    inspect(&chunk(1, &b, &b), &[ME], &RECEIVE)
}

type Edit = (u8, u8, String, usize);

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    prop::collection::vec((0u8..10, 0u8..3, "[a-zé]{1,3}", 0usize..400), 1..40)
}

/// Three documents that edit and merge; every change they made, in an order in which it can be applied.
fn history(edits: &[Edit]) -> Vec<Change> {
    let mut first = AutoCommit::new().with_actor(ActorId::from(&[1u8; 16][..]));
    let text = first.put_object(ROOT, "t", ObjType::Text).unwrap();
    let list = first.put_object(ROOT, "l", ObjType::List).unwrap();
    first.put(ROOT, "c", ScalarValue::counter(0)).unwrap();
    first.commit();
    let mut docs = vec![first];
    for n in 2..4u8 {
        let fork = docs[0].fork().with_actor(ActorId::from(&[n; 16][..]));
        docs.push(fork);
    }
    for (kind, who, word, n) in edits {
        let who = usize::from(*who);
        if *kind == 9 {
            let mut other = docs[(who + 1) % 3].clone();
            docs[who].merge(&mut other).unwrap();
            continue;
        }
        let d = &mut docs[who];
        let len = d.length(&text);
        match kind {
            0 => d.put(ROOT, word.as_str(), *n as i64 - 200).unwrap(),
            1 => d.splice_text(&text, n % (len + 1), 0, &word.repeat(1 + n / 8)).unwrap(),
            2 if len > 0 => d.splice_text(&text, n % len, 1, "").unwrap(),
            3 => d.insert(&list, 0, ScalarValue::F64(*n as f64)).unwrap(),
            4 => d.delete(ROOT, word.as_str()).unwrap_or(()),
            5 if len > 2 => d.mark(&text, Mark::new(word.clone(), true, 0, 1 + n % (len - 1)), ExpandMark::Both).unwrap(),
            6 => d.increment(ROOT, "c", *n as i64).unwrap_or(()), // deleted or overwritten meanwhile
            7 => d.put_object(ROOT, word.as_str(), ObjType::Map).map(|_| ()).unwrap(),
            _ => d.put(ROOT, word.as_str(), ScalarValue::Bytes(vec![1; *n])).unwrap(),
        }
        d.commit();
    }
    let mut all = docs[0].clone();
    for d in &mut docs[1..] {
        all.merge(d).unwrap();
    }
    all.get_changes(&[])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases()))]

    #[test]
    fn what_automerge_writes_is_let_in_and_counted_alike(edits in edits()) {
        for mut change in history(&edits) {
            let actor: Actor = change.actor_id().to_bytes().try_into().unwrap();
            for bytes in [change.raw_bytes().to_vec(), change.bytes().to_vec()] {
                let seen = inspect(&bytes, &[[9; 16], actor], &RECEIVE).unwrap();
                prop_assert_eq!(seen.n_ops, change.len() as u64);
                prop_assert_eq!((seen.seq, seen.start_op, seen.actor), (change.seq(), change.start_op().get(), actor));
                prop_assert_eq!(seen.deps, change.deps().iter().map(|d| d.0).collect::<Vec<_>>());
                prop_assert_eq!(seen.message.as_deref(), change.message());
                prop_assert_eq!(Change::from_bytes(seen.flat).unwrap().hash(), change.hash());
                prop_assert_eq!(inspect(&bytes, &[ME], &RECEIVE), Err(Refused::Actor));
            }
        }
    }

    /// Mutated bodies under a right checksum: refused, or automerge takes or refuses them without a panic.
    #[test]
    fn what_is_let_in_automerge_can_load(edits in edits(), which in any::<prop::sample::Index>(), flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4)) {
        let changes = history(&edits);
        let at = which.index(changes.len());
        let raw = changes[at].raw_bytes();
        let mut r = Reader(&raw[9..]);
        let len = r.unsigned().unwrap();
        let mut b = r.take(len).unwrap().to_vec();
        for (i, x) in flips {
            let i = i.index(b.len());
            b[i] = x;
        }
        let actor: Actor = changes[at].actor_id().to_bytes().try_into().unwrap();
        if let Ok(seen) = inspect(&chunk(1, &b, &b), &[actor], &RECEIVE)
            && let Ok(change) = Change::from_bytes(seen.flat.clone())
        {
            prop_assert_eq!(change.len() as u64, seen.n_ops);
            let mut doc = Automerge::new();
            doc.apply_changes(changes[..at].iter().cloned()).unwrap();
            let before = doc.get_heads();
            match apply(&mut doc, std::slice::from_ref(&seen)) {
                Ok(()) => prop_assert!(saved(&doc).is_none_or(|bytes| Automerge::load(&bytes).is_ok())),
                Err(NotApplied::Broken) => prop_assert!(doc.get_heads().is_empty()),
                Err(_) => prop_assert_eq!(doc.get_heads(), before),
            }
        }
    }

    #[test]
    fn never_panics(b in prop::collection::vec(any::<u8>(), 0..300), kind in 0u8..4) {
        let _ = inspect(&b, &[ME], &RECEIVE);
        let _ = inspect(&chunk(kind, &b, &b), &[ME], &RECEIVE);
    }
}

#[test]
fn s22_bombs_are_refused() {
    let five_million = 5_000_000;
    for spec in [1, 2, 17, 19, 21, 66, 86, 112, 165, 200 << 4 | 2, 200 << 4 | 5] {
        assert_eq!(look(&[(spec, nulls(five_million))]).err(), Some(Refused::TooManyOps), "column {spec}");
    }
    assert_eq!(look(&[(52, uleb(five_million))]).err(), Some(Refused::TooManyOps));
    assert_eq!(
        look(&[(66, run(1, 1)), (112, run(1, 20_000_000)), (113, run(20_000_000, 0)), (115, run(20_000_000, 1))]).err(),
        Some(Refused::TooManyPreds)
    );
    assert_eq!(look(&[(112, run(2, 10_001))]).err(), Some(Refused::TooManyPreds));
    assert_eq!(look(&[(112, run(1, 1)), (113, nulls(five_million))]).err(), Some(Refused::TooManyPreds));
    assert_eq!(look(&[(66, run(i64::MIN + 1, 0))]).err(), Some(Refused::TooManyOps));
    assert_eq!(look(&[(66, [nulls(u64::MAX), nulls(u64::MAX)].concat())]).err(), Some(Refused::TooManyOps));
}

#[test]
fn s22_a_deflate_bomb_stops_at_the_cap() {
    use std::io::Write;
    let mut e = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    (0..64).for_each(|_| e.write_all(&[0; 1 << 20]).unwrap());
    let data = e.finish().unwrap();
    assert!(data.len() < RECEIVE.bytes);
    assert_eq!(inspect(&chunk(2, &[], &data), &[ME], &RECEIVE), Err(Refused::TooLarge));
}

#[test]
fn s22_limits_hold_to_the_row() {
    let ops = |n: u64| look(&[(66, run(n as i64, 1))]);
    assert_eq!(ops(20_000).unwrap().n_ops, 20_000);
    assert_eq!(ops(20_001).err(), Some(Refused::TooManyOps));
    let preds = |n: u64| look(&[(66, run(1, 1)), (112, run(1, n)), (113, run(n as i64, 0)), (115, [sleb(n as i64), sleb(1)].concat())]);
    assert!(preds(20_000).is_ok());
    assert_eq!(preds(20_001).err(), Some(Refused::TooManyPreds));
    let b = body(1, 1, &[(66, run(10_001, 1))]);
    assert_eq!(inspect(&chunk(1, &b, &b), &[ME], &WRITE).err(), Some(Refused::TooManyOps));
}

#[test]
fn columns_must_be_sound() {
    assert_eq!(look(&[(66, run(1, 1)), (66, run(1, 1))]).err(), Some(Refused::Columns), "twice");
    assert_eq!(look(&[(66, run(1, 1)), (52, uleb(1))]).err(), Some(Refused::Columns), "out of order");
    assert_eq!(look(&[(66 | DEFLATED, run(1, 1))]).err(), Some(Refused::Columns), "deflated");
    assert_eq!(look(&[(87, vec![1])]).err(), Some(Refused::Columns), "value bytes alone");
    assert_eq!(look(&[(86, run(1, 3 << 4 | 6)), (87, b"ab".to_vec())]).err(), Some(Refused::Value), "value bytes too few");
    assert_eq!(look(&[(86, run(1, 3 << 4 | 6))]).err(), Some(Refused::Value), "value bytes missing");
    assert_eq!(look(&[(86, run(1, u64::MAX)), (87, vec![0; 9])]).err(), Some(Refused::Value));
    assert!(look(&[(86, run(1, 2 << 4 | 6)), (87, b"ab".to_vec())]).is_ok());
    assert_eq!(
        look(&[(112, run(1, 1)), (113, run(2, 0)), (115, [sleb(2), sleb(1)].concat())]).err(),
        Some(Refused::Columns),
        "counts differ"
    );
    assert_eq!(look(&[(1, run(1, 1))]).err(), Some(Refused::Actor), "an actor not named");
    assert_eq!(look(&[(2, run(1, COUNTERS))]).err(), Some(Refused::Counters), "an object's counter");
    assert_eq!(look(&[(19, sleb(1).into_iter().chain(sleb(-1)).collect())]).err(), Some(Refused::Counters), "a negative counter");
    assert_eq!(look(&[(19, [sleb(2), sleb(i64::MAX)].concat())]).err(), Some(Refused::Counters));
    assert_eq!(look(&[(21, [sleb(1), uleb(1), vec![0xff]].concat())]).err(), Some(Refused::Text));
    assert!(look(&[(66, run(1, 1)), (200 << 4 | 2, run(3, 9))]).is_ok(), "a later version's column is carried");
}

#[test]
fn frames_must_be_sound() {
    let good = body(1, 1, &[(66, run(1, 1))]);
    assert!(inspect(&chunk(1, &good, &good), &[ME], &RECEIVE).is_ok());
    for kind in [0, 3, 4, 255] {
        assert_eq!(inspect(&chunk(kind, &good, &good), &[ME], &RECEIVE), Err(Refused::Kind));
    }
    let mut bad = chunk(1, &good, &good);
    bad[4] ^= 1;
    assert_eq!(inspect(&bad, &[ME], &RECEIVE), Err(Refused::Checksum));
    assert_eq!(inspect(&[chunk(1, &good, &good), vec![0]].concat(), &[ME], &RECEIVE), Err(Refused::Trailing));
    for (seq, start) in [(0, 1), (1, 0), (COUNTERS, 1), (1, COUNTERS - 1), (1, u64::MAX)] {
        let b = body(seq, start, &[(66, run(1, 1))]);
        assert_eq!(inspect(&chunk(1, &b, &b), &[ME], &RECEIVE), Err(Refused::Counters), "{seq} {start}");
    }
    let mut deps = uleb(513);
    deps.extend(vec![0; 513 * 32]);
    assert_eq!(inspect(&chunk(1, &deps, &deps), &[ME], &RECEIVE), Err(Refused::TooManyDeps));
    let large = vec![0; RECEIVE.bytes + 1];
    assert_eq!(inspect(&chunk(1, &large, &large), &[ME], &RECEIVE), Err(Refused::TooLarge));
}

#[test]
fn an_honest_document_is_applied_and_saved() {
    let edits: Vec<Edit> = (0..30).map(|i| (i % 10, i % 3, "ab".into(), usize::from(i) * 7)).collect();
    let changes = history(&edits);
    let actors: Vec<Actor> = (1..4).map(|n| [n; 16]).collect();
    let seen: Vec<Inspected> = changes.iter().map(|c| inspect(c.raw_bytes(), &actors, &RECEIVE).unwrap()).collect();
    let mut doc = Automerge::new();
    assert_eq!(apply(&mut doc, &seen[1..]), Err(NotApplied::MissingDeps));
    apply(&mut doc, &seen[..5]).unwrap();
    apply(&mut doc, &seen).unwrap();
    assert_eq!(doc.get_changes(&[]).len(), changes.len());
    assert!(saved(&doc).is_some());
}

#[test]
fn a_change_that_names_an_actor_nobody_has_met_breaks_nothing_else() {
    let mut doc = AutoCommit::new().with_actor(ActorId::from(&[1u8; 16][..]));
    doc.put(ROOT, "a", 1).unwrap();
    let mut other = doc.fork().with_actor(ActorId::from(&ME[..]));
    other.put(ROOT, "a", 2).unwrap();
    let mut change = other.get_last_local_change().unwrap();
    let bytes = change.bytes().to_vec();
    let mut seen = inspect(&bytes, &[ME], &RECEIVE).unwrap();
    // The same change without its dependency: automerge takes it and panics.
    let raw = &seen.flat[9..];
    let mut r = Reader(raw);
    let len = r.unsigned().unwrap();
    let mut body = r.take(len).unwrap()[33..].to_vec();
    body.insert(0, 0);
    seen = inspect(&chunk(1, &body, &body), &[ME], &RECEIVE).unwrap();
    assert_eq!((seen.deps.len(), seen.others.len()), (0, 1));
    let mut empty = Automerge::new();
    assert_eq!(apply(&mut empty, &[seen]), Err(NotApplied::Broken));
}

#[test]
fn an_actor_names_space_device_and_incarnation() {
    let (s, d, i) = (SpaceId([1; 32]), DeviceId([2; 32]), Incarnation([3; 16]));
    let a = actor(s, d, i);
    assert_ne!(a, actor(SpaceId([9; 32]), d, i));
    assert_ne!(a, actor(s, DeviceId([9; 32]), i));
    assert_ne!(a, actor(s, d, Incarnation([9; 16])));
}
