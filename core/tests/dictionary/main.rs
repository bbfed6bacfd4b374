//! The dictionary that records are compressed with: how it was trained, and what it saves on words it was not trained on.
//!
//! `UPDATE=1 cargo test -p ithaca-core --test dictionary train -- --ignored --nocapture` trains it again, prints the table below and
//! writes `core/src/record/dictionary-1.bin`, byte for byte the same from the same samples. Never do so once a release carried it: a new one
//! is a new file under a new id.
//!
//! Means over 40 pairs that write held-out words, in bytes of compressed content (frame, magic and dictionary id left out):
//!
//! ```text
//!                      content  no dictionary  dictionary  at level 19 (what is used up to 8 KiB)
//! message                  223            164         145          123
//! ten messages            1683            489         467          397
//! typing (1-3 pauses)      401            337         278          264
//! note: title, date        237            230         184          182
//! action                   477            425         289          285
//! milestone                351            357         243          240
//! clause                   470            443         323          295
//! check-in                 386            289         224          197
//! harvest                  404            297         234          205
//! tick                     256            262         213          210
//! ```
//! Compressing takes 45 µs a record, inflating 4 µs. What is left of a tick are hashes, ids and clocks, which nothing compresses.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test: helpers may stop it too")]

mod samples;
mod words;

use std::collections::BTreeMap;

use ithaca_core::event::{Clock, EventDraft, SPACE_SUBJECT, payload as said};
use ithaca_core::id::{EpochId, Incarnation, RecordId, SpaceId};
use ithaca_core::identity::entropy::SeededEntropy;
use ithaca_core::identity::keys::{DeviceKeys, Secret};
use ithaca_core::record::body::{Body, compress, inflate};
use ithaca_core::record::frame::{Kind, Opening};
use ithaca_core::record::seal::{Place, seal};
use ithaca_wire::LaneId;
use samples::Life;
use words::LANGUAGES;

/// Bytes of the dictionary.
const SIZE: usize = 16 * 1024;

fn lives(seeds: std::ops::Range<u64>, held: bool) -> Vec<Life> {
    seeds
        .map(|seed| {
            let mut life = Life::new(seed, held);
            life.messages(24);
            life.month();
            life
        })
        .collect()
}

fn with(dictionary: &[u8], level: i32, content: &[u8]) -> usize {
    let mut c = zstd::bulk::Compressor::with_dictionary(level, dictionary).unwrap();
    c.include_dictid(false).unwrap();
    c.include_checksum(false).unwrap();
    c.compress(content).unwrap().len() - 4
}

#[test]
#[allow(clippy::disallowed_methods, reason = "it prints times and decides nothing by them")]
#[ignore = "trains the dictionary; see the head of this file"]
fn train() {
    let mut samples: Vec<Vec<u8>> = Vec::new();
    for life in lives(0..400, false) {
        for sample in life.samples {
            // Rows of events are compressed alone, and alike.
            samples.extend(sample.body.events.iter().filter(|_| sample.what == "message").cloned());
            samples.extend(sample.body.content());
        }
    }
    println!("{} samples of {} bytes", samples.len(), samples.iter().map(Vec::len).sum::<usize>());
    let dictionary = zstd::dict::from_samples(&samples, SIZE).unwrap();
    let mut sums: BTreeMap<&str, [usize; 5]> = BTreeMap::new();
    for sample in lives(10_000..10_040, true).into_iter().flat_map(|l| l.samples) {
        let content = sample.body.content().unwrap();
        let sizes = [content.len(), with(&[], 3, &content), with(&dictionary, 3, &content), with(&dictionary, 19, &content), 1];
        sums.entry(sample.what).or_default().iter_mut().zip(sizes).for_each(|(s, n)| *s += n);
    }
    let contents: Vec<Vec<u8>> = lives(30_000..30_004, true).into_iter().flat_map(|l| l.samples).filter_map(|s| s.body.content()).collect();
    let from = std::time::Instant::now();
    let small: Vec<Vec<u8>> = contents.iter().map(|c| compress(c)).collect();
    let middle = std::time::Instant::now();
    assert!(small.iter().zip(&contents).all(|(s, c)| inflate(s).as_ref() == Some(c)));
    let n = contents.len() as u32;
    println!("compress {:?}, inflate and compare {:?} each", (middle - from) / n, middle.elapsed() / n);
    println!("held out: {:14} content, no dictionary, dictionary, dictionary at level 19", "");
    for (what, [a, b, c, d, n]) in sums {
        println!("{what:20} {:6} {:6} {:6} {:6}   of {n}", a / n, b / n, c / n, d / n);
    }
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/src/record/dictionary-1.bin"), &dictionary).unwrap();
    }
}

/// Bytes of the sealed record, the second of its lane, that carries a body.
fn sealed(body: Body) -> usize {
    let keys = DeviceKeys::from_seed(&Secret::new([1; 32]));
    let zeros = (LaneId([0; 16]), 0, RecordId([0; 32]));
    let (space, epoch, incarnation) = (SpaceId([1; 32]), EpochId([2; 32]), Incarnation([3; 16]));
    let opening = Opening { space, epoch, device: keys.id(), incarnation, from: zeros };
    let place = Place { opening: &opening, lane: LaneId([4; 16]), n: 2, prev: RecordId([5; 32]) };
    let (bytes, _) =
        seal(&mut SeededEntropy::new(1), &Secret::new([6; 32]), keys.signing(), &place, Kind::Content, body.to_bytes()).unwrap();
    bytes.len()
}

fn message(text: &str, clock: u64) -> Vec<u8> {
    let draft = EventDraft { subject: SPACE_SUBJECT, payload: said::Message { text: text.to_owned(), reply: None }.into() };
    draft.stated(Clock(clock), clock as i64 - 1, &[]).encode()
}

/// Every stretch of 128 characters of the held-out words of a language.
fn stretches(language: &words::Language) -> Vec<String> {
    let all: Vec<char> = language.held.iter().flat_map(|s| s.chars().chain([' '])).collect();
    all.windows(128).step_by(7).map(|w| w.iter().collect()).collect()
}

#[test]
fn a_message_of_128_latin_letters_in_words_never_trained_on_fits_the_smallest_record() {
    for language in LANGUAGES {
        let all = stretches(language);
        let bodies: Vec<Body> = all.iter().map(|text| Body { events: vec![message(text, 1_800_000_123_456)], ..Body::default() }).collect();
        let fit = bodies.iter().filter(|b| sealed((*b).clone()) == 256).count();
        let largest = bodies.iter().map(|b| b.clone().to_bytes().len()).max();
        println!("{}: {fit} of {} fit; largest body {largest:?} of 121 bytes", language.name, all.len());
        // Other scripts take two or three bytes a letter.
        if all.iter().all(|text| text.len() < 160) {
            assert!(fit * 5 >= all.len() * 4, "messages in {} do not fit", language.name);
            assert!(largest.is_some_and(|l| l <= 121 + 16), "a message in {} takes more than one step of padding", language.name);
        }
        assert!(language.name != "English" || fit == all.len(), "a message in English does not fit");
    }
}

#[test]
fn ten_different_messages_of_128_letters_in_one_record_weigh_180_bytes_each_at_most() {
    let english = stretches(&LANGUAGES[0]);
    let ten = english.iter().step_by(english.len().div_ceil(10)).zip(0u64..).map(|(text, i)| message(text, 1_800_000_000_000 + i * 4_321));
    let events: Vec<_> = ten.collect();
    assert_eq!(events.len(), 10);
    let bytes = sealed(Body { events, ..Body::default() });
    println!("ten messages of 128 letters: {} bytes each, sealed", bytes / 10);
    assert!(bytes <= 1_800, "ten messages weigh {bytes} bytes");
}

#[test]
fn the_dictionary_saves_a_fifth_at_least_of_every_kind_of_edit_it_was_not_trained_on() {
    let mut sums: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for sample in lives(20_000..20_006, true).into_iter().flat_map(|l| l.samples) {
        let content = sample.body.content().unwrap();
        let sum = sums.entry(sample.what).or_default();
        sum.0 += with(&[], 19, &content);
        sum.1 += compress(&content).len();
    }
    for what in ["message", "typing", "milestone", "action", "clause", "check-in", "agenda"] {
        let (without, within) = sums[what];
        assert!(within * 5 <= without * 4, "{what}: {within} bytes of {without}");
    }
}
