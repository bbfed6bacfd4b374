//! Search: whatever was said, reworded, taken back and came in since the index was built, it finds what a new index would.

use ithaca_core::engine::Found;
use ithaca_core::event::payload::{MessageEdit, MessageWithdraw, Reaction};
use ithaca_core::event::{EventDraft, Payload, SPACE_SUBJECT};
use ithaca_core::id::{EventId, SpaceId};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::net::{Phone, pair};

const WORDS: [&str; 8] = ["bridge", "Straßenbahn", "river", "会議は月曜日です", "café", "Brücke", "tomorrow", "bridgehead"];
const QUERIES: [&str; 9] = ["bridge", "RIVER", "bahn", "月曜", "cafe", "brücke", "tomorr", "river bridge", "nothing"];

fn found(phone: &mut Phone, query: &str, limit: usize) -> Vec<String> {
    let found: Vec<Found> = phone.engine().search(query, limit).unwrap();
    let mut out: Vec<String> = found.into_iter().map(|f| format!("{} {}", f.noun.word(), f.id)).collect();
    out.sort();
    out
}

fn state(phone: &mut Phone, space: &SpaceId, payload: Payload) {
    phone.now += 1;
    let now = phone.now;
    phone.engine().state(space, EventDraft { subject: SPACE_SUBJECT, payload }, now).unwrap();
}

#[test]
fn an_index_that_was_kept_up_finds_what_a_new_one_does() {
    for seed in 0..6 {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let (mut net, mut ana, mut ben, space) = pair(700 + seed);
        let mut said: Vec<EventId> = Vec::new();
        let mut hits = 0;
        for step in 0..60 {
            let below = |rng: &mut ChaCha8Rng, n: usize| rng.next_u64() as usize % n;
            let words = format!("{} {}", WORDS[below(&mut rng, WORDS.len())], WORDS[below(&mut rng, WORDS.len())]);
            let phone = if rng.next_u64().is_multiple_of(2) { &mut ana } else { &mut ben };
            let target = (!said.is_empty()).then(|| said[below(&mut rng, said.len())]);
            match (rng.next_u64() % 8, target) {
                (0, Some(target)) => state(phone, &space, MessageEdit { target, text: words }.into()),
                (1, Some(target)) => state(phone, &space, MessageWithdraw { target }.into()),
                (2, Some(target)) => state(phone, &space, Reaction { target, emoji: "👍".into(), on: true }.into()),
                (3, _) => {
                    let id = 10 + step;
                    phone.note(&space, id, "A note");
                    phone.write(&space, id, 0, &words);
                }
                (4, _) => net.settle(&mut ana, &mut ben),
                _ => said.push(phone.say(&space, &words)),
            }
            if step % 6 == 5 {
                for phone in [&mut ana, &mut ben] {
                    let kept_up = QUERIES.map(|q| found(phone, q, 1000));
                    hits += kept_up.iter().map(Vec::len).sum::<usize>();
                    phone.close();
                    phone.start();
                    assert_eq!(kept_up, QUERIES.map(|q| found(phone, q, 1000)), "seed {seed}, step {step}");
                }
            }
        }
        assert!(hits > 200, "{hits} hits");
    }
}

#[test]
fn what_is_written_while_an_index_is_built_in_parts_is_found_once() {
    let (mut net, mut ana, mut ben, space) = pair(711);
    let mut said: Vec<EventId> = Vec::new();
    for n in 0..900 {
        // Both at the same moments.
        said.push(ana.say(&space, &format!("ferry {n}")));
        ben.say(&space, &format!("ferry of Ben's {n}"));
        (ana.now, ben.now) = (ana.now + 9, ben.now + 9);
    }
    net.settle(&mut ana, &mut ben);
    ana.close();
    ana.start();
    let mut parts = 0;
    while !ana.engine().prepare_search().unwrap() {
        let target = said[parts * 100];
        state(&mut ana, &space, MessageEdit { target, text: format!("train {parts}") }.into());
        ana.say(&space, "ferry, the last");
        parts += 1;
        assert!(parts < 50, "it never ends");
    }
    assert!(parts >= 3, "{parts} parts");
    let mut all = |query: &str| found(&mut ana, query, 100_000);
    let ferries = all("ferry");
    assert_eq!(ferries.len(), 1_800, "as many were said meanwhile as were reworded");
    assert_eq!((all("train").len(), all("last").len(), all("ferry 899").len(), all("ferry of 5").len()), (parts, parts, 2, 252));
}

#[test]
fn words_are_found_by_their_beginning_first_and_inside_of_others_after() {
    let (mut net, mut ana, mut ben, space) = pair(710);
    ana.note(&space, 1, "Tram");
    ana.write(&space, 1, 0, "Die Straßenbahn fährt nicht");
    let inside = ana.say(&space, "Kabelbahn");
    let begins = ana.say(&space, "Bahn oder Bus?");
    ana.say(&space, "会議は月曜日です");
    net.settle(&mut ana, &mut ben);
    let all = ben.engine().search("bahn", 10).unwrap();
    assert_eq!(all.len(), 3);
    assert_eq!((all[0].id.as_str(), all[0].excerpt.as_str()), (begins.to_string().as_str(), "[Bahn] oder Bus?"));
    assert!(all.iter().any(|f| f.id == inside.to_string()));
    assert_eq!(ben.engine().search("bahn", 1).unwrap().len(), 1);
    assert_eq!(ben.engine().search("ah", 10).unwrap().len(), 0, "two letters stand inside of almost everything");
    assert_eq!(ben.engine().search("aße ni", 10).unwrap().len(), 1, "beside a longer one they help");
    assert_eq!(ben.engine().search("月曜", 10).unwrap().len(), 1, "and are a word in a script without spaces");
    assert_eq!(ben.engine().search("fahrt \"nicht\"", 10).unwrap().len(), 1, "without the marks on letters, and in any order");
    for nothing in [" \" ", "\0", "a\0b", "*", "-", "NEAR(", "🙂🙂", "^ OR ^"] {
        assert_eq!(ben.engine().search(nothing, 10).unwrap().len(), 0, "{nothing:?}");
    }
}
