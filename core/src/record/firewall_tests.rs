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
    let again = Automerge::load(&saved(&doc).unwrap()).unwrap();
    assert_eq!(again.get_heads(), doc.get_heads());
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

/// Limits so narrow that each can be met exactly.
const NARROW: Limits = Limits { bytes: 10_000, ops: 3, preds: 2, deps: 2, actors: 2, columns: 3 };

/// The parts of a change body.
struct Parts {
    deps: u64,
    message: usize,
    others: Vec<Vec<u8>>,
    columns: Vec<(u32, Vec<u8>)>,
}

impl Parts {
    fn new() -> Self {
        Self { deps: 0, message: 0, others: vec![], columns: vec![(66, run(1, 1))] }
    }

    fn body(&self) -> Vec<u8> {
        let mut b = uleb(self.deps);
        (0..self.deps).for_each(|n| b.extend([n as u8; 32]));
        b.extend([uleb(16), ME.to_vec(), uleb(1), uleb(1), sleb(0)].concat());
        b.extend([uleb(self.message as u64), vec![b'a'; self.message], uleb(self.others.len() as u64)].concat());
        self.others.iter().for_each(|o| b.extend([uleb(o.len() as u64), o.clone()].concat()));
        b.extend(uleb(self.columns.len() as u64));
        self.columns.iter().for_each(|(spec, data)| b.extend([uleb(u64::from(*spec)), uleb(data.len() as u64)].concat()));
        self.columns.iter().for_each(|(_, data)| b.extend(data));
        b
    }

    fn seen(&self, limits: &Limits) -> Result<Inspected, Refused> {
        let b = self.body();
        inspect(&chunk(1, &b, &b), &[ME], limits)
    }
}

fn deflated(plain: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut e = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    e.write_all(plain).unwrap();
    e.finish().unwrap()
}

#[test]
fn each_limit_of_a_change_is_met_and_not_passed() {
    let seen = |change: &dyn Fn(&mut Parts)| {
        let mut parts = Parts::new();
        change(&mut parts);
        parts.seen(&NARROW).map(|seen| seen.n_ops)
    };
    assert_eq!((seen(&|p| p.deps = 2), seen(&|p| p.deps = 3)), (Ok(1), Err(Refused::TooManyDeps)));
    let others = |n: u8| move |p: &mut Parts| p.others = (0..n).map(|n| vec![n; 16]).collect();
    assert_eq!((seen(&others(2)), seen(&others(3))), (Ok(1), Err(Refused::TooManyActors)));
    let long = |n: usize| move |p: &mut Parts| p.others = vec![vec![1; n]];
    assert_eq!((seen(&long(64)), seen(&long(65))), (Ok(1), Err(Refused::TooManyActors)));
    for bad in [vec![vec![2; 16], vec![1; 16]], vec![vec![2; 16], vec![2; 16]], vec![ME.to_vec()]] {
        assert_eq!(seen(&|p| p.others = bad.clone()), Err(Refused::TooManyActors), "{bad:?}");
    }
    let columns = |n: u32| move |p: &mut Parts| p.columns = (0..n).map(|n| (66 + 16 * n, run(1, 1))).collect();
    assert_eq!((seen(&columns(3)), seen(&columns(4))), (Ok(1), Err(Refused::Columns)));
    // Bytes, as they came and inflated.
    let mut parts = Parts::new();
    parts.message = 9_900;
    let plain = parts.body();
    let exactly = Limits { bytes: plain.len(), ..NARROW };
    let below = Limits { bytes: plain.len() - 1, ..NARROW };
    assert!(parts.seen(&exactly).is_ok());
    assert_eq!(parts.seen(&below), Err(Refused::TooLarge));
    let small = chunk(2, &plain, &deflated(&plain));
    assert_eq!(inspect(&small, &[ME], &exactly).map(|seen| seen.flat), Ok(chunk(1, &plain, &plain)));
    assert_eq!(inspect(&small, &[ME], &below), Err(Refused::TooLarge));
    let squeezed = deflated(&plain).len();
    assert!(squeezed < 100);
    assert_eq!(inspect(&small, &[ME], &Limits { bytes: squeezed, ..NARROW }), Err(Refused::TooLarge));
    let followed = [deflated(&plain), vec![0]].concat();
    assert_eq!(inspect(&chunk(2, &plain, &followed), &[ME], &exactly), Err(Refused::Trailing));
}

#[test]
fn each_limit_of_a_column_is_met_and_not_passed() {
    let b = |columns: &[(u32, Vec<u8>)], start| {
        let b = body(1, start, columns);
        inspect(&chunk(1, &b, &b), &[ME], &NARROW).map(|seen| seen.n_ops)
    };
    let look = |columns: &[(u32, Vec<u8>)]| b(columns, 1);
    // Runs, literals and nulls are counted alike.
    let literal = |n: i64| [sleb(-n), vec![1; n as usize]].concat();
    for (three, four) in [
        (run(3, 1), run(4, 1)),
        (literal(3), literal(4)),
        (nulls(3), nulls(4)),
        ([run(2, 1), nulls(1)].concat(), [literal(2), run(2, 5)].concat()),
    ] {
        assert_eq!((look(&[(66, three)]), look(&[(66, four)])), (Ok(3), Err(Refused::TooManyOps)));
    }
    assert_eq!((look(&[(52, uleb(3))]), look(&[(52, [uleb(1), uleb(3)].concat())])), (Ok(0), Err(Refused::TooManyOps)), "alternating");
    // An operation's last counter, an object's, a key's.
    assert_eq!((b(&[(66, run(1, 1))], COUNTERS - 2), b(&[(66, run(1, 1))], COUNTERS - 1)), (Ok(1), Err(Refused::Counters)));
    assert_eq!((look(&[(2, run(1, COUNTERS - 1))]), look(&[(2, run(1, COUNTERS))])), (Ok(0), Err(Refused::Counters)));
    let step = |n: i64| [sleb(1), sleb(n)].concat();
    let top = COUNTERS as i64;
    assert_eq!((look(&[(19, step(top - 1))]), look(&[(19, step(top))])), (Ok(0), Err(Refused::Counters)));
    assert_eq!((look(&[(19, [step(5), step(-5)].concat())]), look(&[(19, [step(5), step(-6)].concat())])), (Ok(0), Err(Refused::Counters)));
    assert_eq!(look(&[(19, [sleb(2), sleb(top / 2 + 1)].concat())]), Err(Refused::Counters), "twice the step");
    assert_eq!(look(&[(19, [nulls(1), step(1)].concat())]), Ok(0));
    // Actors are the author, 0, and those named.
    assert_eq!((look(&[(1, run(1, 0))]), look(&[(1, run(1, 1))]), look(&[(1, nulls(2))])), (Ok(0), Err(Refused::Actor), Ok(0)));
    let mut parts = Parts::new();
    parts.others = vec![vec![9; 16]];
    parts.columns = vec![(1, run(1, 1))];
    assert!(parts.seen(&NARROW).is_ok());
    parts.columns = vec![(1, run(1, 2))];
    assert_eq!(parts.seen(&NARROW), Err(Refused::Actor));
    // Predecessors: so many as their counts say, of each kind.
    let preds = |groups: Vec<u8>, actors: i64, counters: i64| {
        look(&[(112, groups), (113, run(actors, 0)), (115, [sleb(counters), sleb(1)].concat())])
    };
    assert_eq!((preds(run(1, 2), 2, 2), preds(run(1, 3), 3, 3)), (Ok(0), Err(Refused::TooManyPreds)));
    assert_eq!((preds(run(2, 1), 2, 2), preds([run(1, 1), run(1, 2)].concat(), 3, 3)), (Ok(0), Err(Refused::TooManyPreds)));
    assert_eq!((preds(run(1, 2), 1, 2), preds(run(1, 2), 2, 1)), (Err(Refused::Columns), Err(Refused::Columns)));
    assert_eq!(look(&[(112, run(1, 1))]), Err(Refused::Columns));
    assert_eq!(look(&[(112, run(1, 0))]), Ok(0));
    assert_eq!(look(&[(112, run(1, 1)), (113, run(1, 0))]), Err(Refused::Columns));
    // Values: so many bytes as their lengths say, right after them.
    let values = |lengths: Vec<u8>, id: u32, bytes: usize| look(&[(86, lengths), (id, vec![7; bytes])]);
    let two = || run(2, 3 << 4 | 6);
    assert_eq!((values(two(), 87, 6), values(two(), 87, 5), values(two(), 87, 7)), (Ok(0), Err(Refused::Value), Err(Refused::Value)));
    assert_eq!(values(two(), 103, 6), Err(Refused::Value), "of another column");
    assert_eq!((look(&[(86, run(2, 6))]), look(&[(86, two())])), (Ok(0), Err(Refused::Value)), "of no length, and none");
    assert_eq!((look(&[(86, run(2, 6)), (98, run(1, 1))]), look(&[(86, two()), (98, run(1, 1))])), (Ok(0), Err(Refused::Value)));
    assert_eq!(look(&[(86, nulls(3)), (87, vec![])]), Ok(0));
    assert_eq!(look(&[(86, run(2, 6)), (103, vec![7; 6])]), Err(Refused::Columns), "bytes of another column, after none");
    assert_eq!(look(&[(66, run(1, COUNTERS))]), Ok(1), "what is no counter may be larger");
    // An actor's index is no step: 64 is the first that would be a negative one.
    parts.others = (0..64).map(|n| vec![n; 16]).filter(|o| *o != ME).chain([vec![99; 16]]).collect();
    parts.columns = vec![(112, run(1, 1)), (113, run(1, 64)), (115, step(1))];
    assert_eq!(parts.seen(&RECEIVE).map(|seen| seen.others.len()), Ok(64));
}

#[test]
fn numbers_have_one_form() {
    let numbers = |bytes: &[u8]| Reader(bytes).unsigned();
    assert_eq!((numbers(&[0]), numbers(&[0x7f]), numbers(&[0x80, 1])), (Ok(0), Ok(127), Ok(128)));
    assert_eq!(
        (numbers(&[0x80, 0]), numbers(&[0x81, 0]), numbers(&[0x80])),
        (Err(Refused::Malformed), Err(Refused::Malformed), Err(Refused::Malformed))
    );
    assert_eq!((numbers(&[0x80, 1, 5]), numbers(&[0x80, 0, 5])), (Ok(128), Err(Refused::Malformed)));
    let signed = |bytes: &[u8]| Reader(bytes).signed();
    assert_eq!((signed(&[0]), signed(&[0x7f]), signed(&[0xc0, 0])), (Ok(0), Ok(-1), Ok(64)));
    assert_eq!((signed(&[0x80, 0]), signed(&[0xff, 0x7f])), (Err(Refused::Malformed), Err(Refused::Malformed)));
}

/// The parts of a document chunk.
struct Saved {
    kind: u8,
    actors: Vec<Vec<u8>>,
    heads: Vec<[u8; 32]>,
    changes: Vec<(u32, Vec<u8>)>,
    ops: Vec<(u32, Vec<u8>)>,
    last: Vec<u8>,
}

impl Saved {
    fn new() -> Self {
        Self {
            kind: 0,
            actors: vec![vec![1; 16]],
            heads: vec![[3; 32]],
            changes: vec![(1, run(1, 0))],
            ops: vec![(66, run(1, 1))],
            last: vec![],
        }
    }

    fn body(&self) -> Vec<u8> {
        let mut b = uleb(self.actors.len() as u64);
        self.actors.iter().for_each(|a| b.extend([uleb(a.len() as u64), a.clone()].concat()));
        b.extend(uleb(self.heads.len() as u64));
        self.heads.iter().for_each(|h| b.extend(h));
        for columns in [&self.changes, &self.ops] {
            b.extend(uleb(columns.len() as u64));
            columns.iter().for_each(|(spec, data)| b.extend([uleb(u64::from(*spec)), uleb(data.len() as u64)].concat()));
        }
        for columns in [&self.changes, &self.ops] {
            columns.iter().for_each(|(_, data)| b.extend(data));
        }
        b.extend(&self.last);
        b
    }

    fn chunk(&self) -> Vec<u8> {
        let body = self.body();
        let mut typed = vec![self.kind];
        leb128::write::unsigned(&mut typed, body.len() as u64).unwrap();
        let hash = Sha256::new().chain_update(&typed).chain_update(&body).finalize();
        [&[0x85, 0x6f, 0x4a, 0x83], &hash[..4], &typed, &body].concat()
    }

    fn walk(&self, limits: &Limits) -> Result<(), Refused> {
        walk_document(&self.chunk(), &[[3; 32]], limits)
    }
}

#[test]
fn each_limit_of_a_document_is_met_and_not_passed() {
    let walk = |change: &dyn Fn(&mut Saved)| {
        let mut saved = Saved::new();
        change(&mut saved);
        saved.walk(&NARROW)
    };
    assert_eq!(walk(&|_| {}), Ok(()));
    assert_eq!(walk(&|s| s.last = vec![1, 2, 3]), Ok(()), "places of heads, and later versions' bytes");
    assert_eq!(walk(&|s| s.kind = 1), Err(Refused::Kind));
    let chunk = Saved::new().chunk();
    let walk_bytes = |bytes: &[u8]| walk_document(bytes, &[[3; 32]], &NARROW);
    assert_eq!(walk_bytes(&[&chunk[..], &[0]].concat()), Err(Refused::Trailing));
    for (at, why) in [(0, Refused::Magic), (5, Refused::Checksum)] {
        let mut bad = chunk.clone();
        bad[at] ^= 1;
        assert_eq!(walk_bytes(&bad), Err(why));
    }
    let size = Saved::new().body().len();
    assert_eq!(Saved::new().walk(&Limits { bytes: size, ..NARROW }), Ok(()));
    assert_eq!(Saved::new().walk(&Limits { bytes: size - 1, ..NARROW }), Err(Refused::TooLarge));
    let actors = |n: u8| move |s: &mut Saved| s.actors = (0..n).map(|n| vec![n; 16]).collect();
    assert_eq!((walk(&actors(2)), walk(&actors(3))), (Ok(()), Err(Refused::TooManyActors)));
    let long = |n: usize| move |s: &mut Saved| s.actors = vec![vec![1; n]];
    assert_eq!((walk(&long(64)), walk(&long(65))), (Ok(()), Err(Refused::TooManyActors)));
    for bad in [vec![vec![2; 16], vec![1; 16]], vec![vec![2; 16], vec![2; 16]]] {
        assert_eq!(walk(&|s| s.actors = bad.clone()), Err(Refused::TooManyActors));
    }
    assert_eq!(walk(&|s| s.heads = vec![[4; 32]]), Err(Refused::Heads));
    assert_eq!(walk(&|s| s.heads = vec![[3; 32], [4; 32]]), Err(Refused::Heads));
    assert_eq!(walk(&|s| s.heads = vec![]), Err(Refused::Heads));
    // Columns: how many, in which order, whose actors; one may be deflated.
    let columns = |n: u32| move |s: &mut Saved| s.changes = (0..n).map(|n| (2 + 16 * n, run(1, 1))).collect();
    assert_eq!((walk(&columns(3)), walk(&columns(4))), (Ok(()), Err(Refused::Columns)));
    assert_eq!(walk(&|s| s.ops = vec![(66, run(1, 1)), (52, uleb(1))]), Err(Refused::Columns));
    assert_eq!(walk(&|s| s.ops = vec![(66, run(1, 1)), (66 | DEFLATED, deflated(&run(1, 1)))]), Err(Refused::Columns));
    assert_eq!(walk(&|s| s.ops = vec![(66 | DEFLATED, deflated(&run(1, 1))), (66, run(1, 1))]), Err(Refused::Columns));
    assert_eq!(walk(&|s| s.ops = vec![(52, uleb(1)), (66 | DEFLATED, deflated(&run(3, 1)))]), Ok(()));
    assert_eq!(walk(&|s| s.ops = vec![(66 | DEFLATED, deflated(&run(4, 1)))]), Err(Refused::TooManyOps));
    assert_eq!(walk(&|s| s.ops = vec![(1, run(1, 1))]), Err(Refused::Actor));
    assert_eq!(walk(&|s| (s.actors, s.ops) = (vec![vec![1; 16], vec![2; 16]], vec![(1, run(1, 1))])), Ok(()));
    // What is deflated counts inflated, all of it together.
    let large = |n: usize| (87, vec![7; n]);
    let lengths = |n: usize| (86, run(1, (n as u64) << 4 | 6));
    let squeezed = |n: usize| (87 | DEFLATED, deflated(&vec![7; n]));
    let fits = Limits { bytes: 10_000, ..NARROW };
    let mut saved = Saved::new();
    (saved.changes, saved.ops) = (vec![lengths(5_000), squeezed(5_000)], vec![lengths(4_992), squeezed(4_992)]);
    assert_eq!(saved.walk(&fits), Ok(()), "their lengths are of 4 bytes each");
    (saved.changes, saved.ops) = (vec![lengths(5_000), squeezed(5_000)], vec![lengths(4_993), squeezed(4_993)]);
    assert_eq!(saved.walk(&fits), Err(Refused::TooLarge));
    (saved.changes, saved.ops) = (vec![lengths(9_000), squeezed(9_000)], vec![lengths(993), large(993)]);
    assert_eq!(saved.walk(&fits), Ok(()));
    (saved.changes, saved.ops) = (vec![lengths(9_000), squeezed(9_000)], vec![lengths(994), large(994)]);
    assert_eq!(saved.walk(&fits), Err(Refused::TooLarge));
}

#[test]
fn the_columns_of_every_group_of_a_document_have_so_many_rows_as_it_says() {
    let walk = |ops: Vec<(u32, Vec<u8>)>| {
        let mut saved = Saved::new();
        saved.ops = ops;
        saved.walk(&Limits { columns: 8, preds: 4, ..NARROW })
    };
    // Group 8, as successors are; 7 are predecessors, which stand in changes.
    let group =
        |counts: Vec<u8>, actors: i64, counters: i64| vec![(128, counts), (129, run(actors, 0)), (131, [sleb(counters), sleb(1)].concat())];
    assert_eq!(walk(group(run(1, 2), 2, 2)), Ok(()));
    assert_eq!(walk(group(run(2, 2), 4, 4)), Ok(()));
    assert_eq!(walk(group([run(1, 1), run(1, 2)].concat(), 3, 3)), Ok(()));
    assert_eq!(walk(group([run(1, 1), nulls(1)].concat(), 1, 1)), Ok(()));
    assert_eq!(walk(group(run(1, 2), 1, 2)), Err(Refused::Columns));
    assert_eq!(walk(group(run(1, 2), 2, 1)), Err(Refused::Columns));
    assert_eq!(walk(group(run(1, 2), 3, 3)), Err(Refused::Columns));
    assert_eq!(walk(group(run(5, 1), 5, 5)), Err(Refused::TooManyOps));
    assert_eq!(walk(vec![(128, run(1, 2)), (130, run(2, 9))]), Ok(()), "integers");
    assert_eq!(walk(vec![(128, run(1, 2)), (130, run(1, 9))]), Err(Refused::Columns));
    assert_eq!(walk(vec![(128, run(1, 1)), (132, uleb(1))]), Err(Refused::Columns), "nothing else is in a group");
    assert_eq!(walk(vec![(128, run(1, 2)), (146, run(1, 9))]), Ok(()), "another group's column");
}
