//! Histories in which devices were copied and did not notice: whatever came in whatever order, all decide alike and every word stands there once.

use std::collections::{BTreeMap, BTreeSet};

use automerge::{ROOT, ReadDoc};
use proptest::prelude::*;

use super::*;
use crate::document::{Author, Clock, Document, DocumentKind};
use crate::id::DocumentId;

const SPACE: SpaceId = SpaceId([9; 32]);

#[derive(Default)]
struct World {
    lives: BTreeMap<Actor, Life>,
    incarnations: u8,
    words: BTreeMap<String, usize>,
    clock: u64,
}

#[derive(Clone)]
struct Replica {
    life: Life,
    known: BTreeMap<Hash, Vec<u8>>,
}

fn life(device: u8, incarnation: u8) -> Life {
    Life { device: DeviceId([device; 32]), incarnation: Incarnation([incarnation; 16]), person: Some(PersonId([device; 32])) }
}

fn actor_of(life: &Life) -> Actor {
    firewall::actor(SPACE, life.device, life.incarnation)
}

fn nodes(known: &BTreeMap<Hash, Vec<u8>>) -> Vec<Node> {
    let seen = |b: &Vec<u8>| {
        let actor = Change::from_bytes(b.clone()).unwrap().actor_id().to_bytes().try_into().unwrap();
        firewall::inspect(b, &[actor], &firewall::RECEIVE).unwrap()
    };
    known.iter().map(|(h, b)| Node::new(*h, &seen(b))).collect()
}

fn built(known: &BTreeMap<Hash, Vec<u8>>, counting: &[Hash]) -> Document {
    let mut doc = Document::new(SPACE, DocumentId([1; 16]), DocumentKind::Note);
    let applied = doc.apply(counting.iter().map(|h| known[h].clone()).collect()).unwrap();
    assert_eq!(applied.applied, counting.len(), "all that counts fits");
    doc
}

fn text(doc: &Document) -> String {
    let (_, body) = doc.doc.get(ROOT, "body").unwrap().unwrap();
    doc.doc.text(&body).unwrap()
}

impl World {
    fn replica(&mut self, device: u8, incarnation: u8) -> Replica {
        let life = life(device, incarnation);
        self.lives.insert(actor_of(&life), life);
        Replica { life, known: BTreeMap::new() }
    }

    /// What an engine does when something came in; `true` when it made something again.
    fn settle(&mut self, r: &mut Replica) -> bool {
        let nodes = nodes(&r.known);
        let decision = decide(SPACE, &nodes, &self.lives);
        let mine = actor_of(&r.life);
        let aside = nodes.iter().filter(|n| decision.aside.contains(&n.hash));
        if decision.contested.contains(&mine) || aside.into_iter().any(|n| n.actor == mine) {
            self.incarnations += 1;
            r.life = life(r.life.device.0[0], 100 + self.incarnations);
            self.lives.insert(actor_of(&r.life), r.life);
        }
        let mut more = false;
        for made in again(SPACE, &nodes, &decision, &self.lives, |h| r.known.get(h).map(Vec::as_slice)) {
            if made.device == r.life.device && !r.known.contains_key(&made.hash) {
                let life = Life { incarnation: made.incarnation, ..r.life };
                self.lives.insert(actor_of(&life), life);
                r.known.insert(made.hash, made.bytes);
                more = true;
            }
        }
        more
    }

    fn edit(&mut self, r: &mut Replica, random: u64) {
        while self.settle(r) {}
        let decision = decide(SPACE, &nodes(&r.known), &self.lives);
        let mut doc = built(&r.known, &decision.counting);
        self.clock += 1;
        let author = Author {
            person: r.life.person.unwrap(),
            device: r.life.device,
            actor: actor_of(&r.life),
            clock: Clock(self.clock << 16),
            wall_ms: 0,
        };
        // Only between words, so that each can be found again.
        let now: Vec<char> = text(&doc).chars().collect();
        let ends: Vec<usize> = std::iter::once(0).chain((0..now.len()).filter(|i| now[*i] == '>').map(|i| i + 1)).collect();
        let at = random as usize % ends.len();
        let splice = if random.is_multiple_of(5) && at + 1 < ends.len() {
            let word: String = now[ends[at]..ends[at + 1]].iter().collect();
            let len = word.chars().count();
            self.words.insert(word, 0);
            (ends[at], len, String::new())
        } else {
            let word = format!("<{}>", self.words.len());
            self.words.insert(word.clone(), 1);
            (ends[at], 0, word)
        };
        for bytes in doc.type_text(&author, &["body".to_owned()], &[splice]).unwrap() {
            r.known.insert(Change::from_bytes(bytes.clone()).unwrap().hash().0, bytes);
        }
    }
}

/// How many changes were set aside, and how many because the first making counts after all.
fn play(seed: u64) -> (usize, usize) {
    let mut x = seed | 1;
    let mut random = move || {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        x >> 5
    };
    let mut world = World::default();
    // Ana's device and a copy of it, Ben's and a copy, and two others.
    let mut all: Vec<Replica> = [(1, 1), (1, 1), (2, 1), (3, 1), (2, 1), (4, 1)].map(|(d, i)| world.replica(d, i)).to_vec();
    let n = 3 + random() as usize % 4;
    all.truncate(n);
    world.edit(&mut all[0], 1);
    let first = all[0].known.clone();
    all.iter_mut().for_each(|r| r.known = first.clone());
    for _ in 0..10 + random() % 30 {
        let (i, j) = (random() as usize % n, random() as usize % n);
        if random() % 2 == 0 {
            world.edit(&mut all[i], random());
        } else {
            let from = all[j].known.clone();
            let some = random() % 4 == 0;
            all[i].known.extend(from.into_iter().filter(|_| !some || random() % 2 == 0));
        }
    }
    // Everybody meets until nobody has anything to add.
    for round in 0.. {
        assert!(round < 20, "seed {seed}: it never ends");
        let union: BTreeMap<Hash, Vec<u8>> = all.iter().flat_map(|r| r.known.clone()).collect();
        let mut more = all.iter().any(|r| r.known.len() != union.len());
        for r in &mut all {
            r.known = union.clone();
            more |= world.settle(r);
        }
        if !more {
            break;
        }
    }
    let known = &all[0].known;
    let mut nodes = nodes(known);
    let decision = decide(SPACE, &nodes, &world.lives);
    for _ in 0..4 {
        nodes.sort_by_cached_key(|_| random());
        assert_eq!(decide(SPACE, &nodes, &world.lives), decision, "seed {seed}: the order does not matter");
    }
    let slots: Vec<(Actor, u64)> = nodes.iter().filter(|n| decision.counting.contains(&n.hash)).map(|n| (n.actor, n.seq)).collect();
    assert_eq!(slots.iter().collect::<BTreeSet<_>>().len(), slots.len());
    assert_eq!(decision.counting.len() + decision.aside.len(), nodes.len(), "nothing waits");
    let text = text(&built(known, &decision.counting));
    for (word, times) in &world.words {
        assert_eq!(text.matches(word).count(), *times, "seed {seed}: {word} in {text}");
    }
    let twice = nodes.iter().filter(|n| decision.aside.contains(&n.hash) && decision.holding.contains_key(&n.actor)).count();
    (decision.aside.len(), twice)
}

#[test]
fn s13_whatever_clashes_all_decide_alike_and_every_word_stands_there_once() {
    let cases = std::env::var("CASES").ok().and_then(|c| c.parse().ok()).unwrap_or(300);
    let (mut aside, mut twice) = (0, 0);
    for seed in 1..=cases {
        let (a, t) = play(seed * 0x9e37_79b9);
        (aside, twice) = (aside + a, twice + t);
    }
    assert!(aside > cases as usize / 2 && (twice > 0 || cases < 100), "{aside} set aside, {twice} made twice: nothing was tried");
}

fn node(hash: u8, actor: u8, seq: u64, deps: &[u8]) -> Node {
    let deps = deps.iter().map(|d| [*d; 32]).collect();
    Node { hash: [hash; 32], actor: [actor; 16], seq, deps, ops: (u64::from(hash), u64::from(hash) + 1), group: None }
}

/// Actor n is person n's only device.
fn lives(n: u8) -> BTreeMap<Actor, Life> {
    (1..=n).map(|i| ([i; 16], life(i, 1))).collect()
}

fn aside(nodes: &[Node]) -> Vec<u8> {
    let mut out: Vec<u8> = decide(SPACE, nodes, &lives(9)).aside.iter().map(|h| h[0]).collect();
    out.sort_unstable();
    out
}

#[test]
fn the_one_on_which_more_others_rest_counts_then_the_lower_hash() {
    let both = [node(5, 1, 1, &[]), node(7, 1, 1, &[])];
    assert_eq!(aside(&both), [7]);
    let mut rested = both.to_vec();
    rested.push(node(8, 1, 2, &[7]));
    assert_eq!(aside(&rested), [7, 8], "one's own writing is no witness");
    rested.push(node(9, 2, 1, &[8]));
    assert_eq!(aside(&rested), [5]);
    rested.push(node(10, 2, 2, &[5, 9]));
    rested.push(node(11, 2, 3, &[5]));
    assert_eq!(aside(&rested[..5]), [7, 8, 9, 10], "what rests on both rests on the lower hash as well");
    rested[4] = node(10, 3, 1, &[5]);
    rested.truncate(5);
    assert_eq!(aside(&rested), [7, 8, 9]);
    rested.push(node(12, 4, 1, &[7]));
    assert_eq!(aside(&rested), [5, 10]);
    // A change that waits for a predecessor is no witness yet.
    rested[5] = node(12, 4, 1, &[7, 99]);
    assert_eq!(aside(&rested), [7, 8, 9]);
}

#[test]
fn a_change_that_rests_on_another_of_its_own_number_never_pushes_it_out() {
    assert_eq!(aside(&[node(7, 1, 1, &[]), node(5, 1, 1, &[7])]), [5]);
    assert_eq!(aside(&[node(7, 1, 1, &[]), node(5, 1, 1, &[7]), node(9, 2, 1, &[5])]), [5, 9]);
}

proptest! {
    #[test]
    fn any_graph_is_decided_the_same_in_any_order(
        edges in prop::collection::vec((1u8..4, 1u64..4, prop::collection::vec(0usize..30, 0..3)), 1..30),
        turn in any::<u64>(),
    ) {
        let mut nodes: Vec<Node> = Vec::new();
        for (i, (actor, seq, deps)) in edges.into_iter().enumerate() {
            let deps: Vec<u8> = deps.into_iter().filter(|d| *d < i).map(|d| d as u8 + 1).collect();
            nodes.push(node(i as u8 + 1, actor, seq, &deps));
        }
        let decision = decide(SPACE, &nodes, &lives(4));
        let (by, len) = (turn as usize % nodes.len(), nodes.len());
        nodes.rotate_left(by);
        nodes.swap(0, (turn >> 32) as usize % len);
        prop_assert_eq!(&decide(SPACE, &nodes, &lives(4)), &decision);
        let slots: Vec<(Actor, u64)> =
            nodes.iter().filter(|n| decision.counting.contains(&n.hash)).map(|n| (n.actor, n.seq)).collect();
        prop_assert_eq!(slots.iter().collect::<BTreeSet<_>>().len(), slots.len());
        // Nothing that counts rests on what does not.
        for n in nodes.iter().filter(|n| decision.counting.contains(&n.hash)) {
            prop_assert!(n.deps.iter().all(|d| decision.counting.contains(d)));
        }
    }
}

#[test]
fn the_incarnation_of_a_second_making_is_what_it_always_was() {
    assert_eq!(hex::encode(life(1, 3).again(&[7; 32]).0), "1340fd7183dba0a22ff17cdc76cd5101");
}
