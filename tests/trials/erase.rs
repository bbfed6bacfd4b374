//! Deleting for good, in every order in which it can become known.

use ithaca_core::document::command::NoteCommand;
use ithaca_core::engine::{EngineError, returned_id};
use ithaca_core::id::{DocumentId, SpaceId};
use ithaca_core::view::{NoteView, RowKind};
use ithaca_wire::record::Outer;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::net::{DAY, Net, Phone, agree, pair};

const NOTE: DocumentId = DocumentId([1; 16]);

fn erase(phone: &mut Phone, space: &SpaceId) {
    let now = phone.now;
    phone.engine().delete_for_good(space, NOTE, now).unwrap();
}

/// The bodies of all notes that are not in the bin, in order.
fn bodies(phone: &mut Phone, space: &SpaceId) -> Vec<String> {
    let notes: Vec<NoteView> = phone.engine().views(space, RowKind::Note, true, 1000).unwrap();
    let mut out: Vec<String> = notes.into_iter().map(|n| n.body.text).collect();
    out.sort();
    out
}

fn found(phone: &mut Phone, word: &str) -> usize {
    phone.engine().search(word, 10).unwrap().len()
}

fn noted(seed: u64) -> (Net, Phone, Phone, SpaceId) {
    let (mut net, mut ana, mut ben, space) = pair(seed);
    ana.note(&space, 1, "Plan");
    ana.write(&space, 1, 0, "monday");
    net.settle(&mut ana, &mut ben);
    (net, ana, ben, space)
}

#[test]
fn what_is_deleted_for_good_is_gone_on_every_phone() {
    let (mut net, mut ana, mut ben, space) = noted(400);
    assert_eq!((found(&mut ana, "monday"), found(&mut ben, "monday")), (1, 1));
    erase(&mut ben, &space);
    assert_eq!((bodies(&mut ben, &space).len(), found(&mut ben, "monday")), (0, 0));
    net.settle(&mut ana, &mut ben);
    agree(&mut ana, &mut ben, &space);
    for phone in [&mut ana, &mut ben] {
        assert_eq!((bodies(phone, &space).len(), found(phone, "monday")), (0, 0));
        assert!(!phone.engine().export(&space).unwrap().contains("monday"));
        let again = phone.engine().document(&space, NOTE);
        assert!(matches!(again, Err(EngineError::NotFound(_))), "{again:?}");
        phone.close();
        phone.start();
        assert_eq!(bodies(phone, &space).len(), 0);
        let now = phone.now;
        let command = ithaca_core::document::Command::Note(NoteCommand::Title("back".into()));
        let edited = phone.engine().edit(&space, NOTE, ithaca_core::document::DocumentKind::Note, &command, now);
        assert!(matches!(edited, Err(EngineError::NotFound(_))), "{edited:?}");
        assert!(!phone.notices().contains(&"returned".to_owned()));
    }
    agree(&mut ana, &mut ben, &space);
}

#[test]
fn what_was_never_sent_is_not_sent_any_more_and_nobody_waits_for_it() {
    let (mut net, mut ana, mut ben, space) = noted(401);
    ben.write(&space, 1, 0, "never sent ");
    erase(&mut ben, &space);
    net.settle(&mut ana, &mut ben);
    agree(&mut ana, &mut ben, &space);
    assert_eq!((bodies(&mut ana, &space).len(), bodies(&mut ben, &space).len()), (0, 0));
    // One that nobody else ever had leaves no trace at all.
    ben.note(&space, 2, "Mine");
    let now = ben.now;
    ben.engine().delete_for_good(&space, DocumentId([2; 16]), now).unwrap();
    let before = net.pushed.len();
    net.settle(&mut ana, &mut ben);
    assert_eq!(net.pushed.len(), before);
    agree(&mut ana, &mut ben, &space);
}

#[test]
fn an_edit_made_without_knowing_returns_whole_as_a_new_note() {
    for first in [true, false] {
        let (mut net, mut ana, mut ben, space) = noted(402);
        ben.command(&space, NOTE, NoteCommand::Tag { tag: "Ward".into(), on: true });
        net.settle(&mut ana, &mut ben);
        ana.write(&space, 1, 6, " and tuesday");
        erase(&mut ben, &space);
        // The edit comes to Ben before or after the tombstone comes to Ana.
        if first {
            net.sync(&mut ana);
        }
        net.settle(&mut ben, &mut ana);
        net.settle(&mut ana, &mut ben);
        agree(&mut ana, &mut ben, &space);
        let id = returned_id(&space, NOTE, &ana.engine().device());
        for phone in [&mut ana, &mut ben] {
            assert_eq!(bodies(phone, &space), ["monday and tuesday"]);
            let note: NoteView = phone.engine().view(&space, RowKind::Note, &id.0).unwrap().unwrap();
            assert_eq!((note.title.as_str(), note.tags), ("Plan", vec!["Ward".to_owned()]));
            assert_eq!(found(phone, "tuesday"), 1);
        }
        assert!(ana.notices().contains(&"returned".to_owned()) && !ben.notices().contains(&"returned".to_owned()));
        // And what returned can be deleted in its turn.
        let now = ben.now;
        ben.engine().delete_for_good(&space, id, now).unwrap();
        net.settle(&mut ben, &mut ana);
        assert_eq!(bodies(&mut ana, &space).len(), 0);
        agree(&mut ana, &mut ben, &space);
    }
}

#[test]
fn two_devices_of_the_editor_return_it_once() {
    let (mut net, mut ana, mut ben, space) = noted(403);
    let mut second = net.second(&mut ana, 7_403, "Tablet");
    net.settle_all(&mut [&mut ana, &mut second, &mut ben]);
    // One after the other, and Ben knows of neither.
    ana.write(&space, 1, 6, " tuesday");
    net.sync(&mut ana);
    net.sync(&mut second);
    second.write(&space, 1, 14, " friday");
    net.sync(&mut second);
    net.sync(&mut ana);
    erase(&mut ben, &space);
    net.settle_all(&mut [&mut ben, &mut ana, &mut second]);
    let codes = [ana.code(&space), second.code(&space), ben.code(&space)];
    assert!(codes.iter().all(|c| *c == codes[0]), "{codes:?}");
    for phone in [&mut ana, &mut second, &mut ben] {
        assert_eq!(bodies(phone, &space), ["monday tuesday friday"]);
    }
}

#[test]
fn a_tombstone_that_comes_before_what_it_knows_waits_for_it() {
    let (mut net, mut ana, mut ben, space) = noted(404);
    let mut second = net.second(&mut ana, 7_404, "Tablet");
    net.settle_all(&mut [&mut ana, &mut second, &mut ben]);
    second.write(&space, 1, 6, " tuesday");
    net.sync(&mut second);
    ana.write(&space, 1, 0, "late ");
    let held = net.pushed.len();
    net.sync(&mut ana);
    let lanes: Vec<_> = net.pushed[held..].iter().map(|(_, r)| Outer::parse(r).unwrap().lane).collect();
    net.sync(&mut ben);
    erase(&mut ben, &space);
    net.sync(&mut ben);
    // The relay keeps Ana's lane from her tablet.
    net.answer = Some(Box::new(move |response| {
        for answer in &mut response.mailboxes {
            answer.records.iter_mut().for_each(|r| r.retain(|r| Outer::parse(r).is_ok_and(|o| !lanes.contains(&o.lane))));
        }
    }));
    net.sync(&mut second);
    net.sync(&mut second);
    assert_eq!(bodies(&mut second, &space).len(), 0, "shown though it is known to be deleted");
    net.honest();
    net.settle_all(&mut [&mut second, &mut ana, &mut ben]);
    for phone in [&mut ana, &mut second, &mut ben] {
        assert_eq!(bodies(phone, &space).len(), 0, "what the tombstone knew came back");
    }
    assert_eq!((ana.code(&space), second.code(&space)), (ben.code(&space), ben.code(&space)));
}

/// Whoever writes, deletes and syncs when: all end with the same, and no word is lost that nobody who deleted had seen.
#[test]
fn every_order_ends_alike_and_loses_no_word_that_was_not_seen() {
    let cases: u64 = std::env::var("CASES").ok().and_then(|c| c.parse().ok()).unwrap_or(6);
    for seed in 0..cases {
        let (mut net, mut ana, mut ben, space) = noted(1_000 + seed);
        let mut second = net.second(&mut ana, 8_000 + seed, "Tablet");
        net.settle_all(&mut [&mut ana, &mut second, &mut ben]);
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let (mut written, mut seen) = (Vec::new(), String::new());
        for step in 0..30 {
            let phone = match rng.next_u32() % 3 {
                0 => &mut ana,
                1 => &mut second,
                _ => &mut ben,
            };
            phone.now += 1_000;
            let shown: Option<NoteView> = phone.engine().view(&space, RowKind::Note, &NOTE.0).unwrap();
            match (rng.next_u32() % 8, shown) {
                (0, Some(note)) => {
                    seen.push_str(&note.body.text);
                    erase(phone, &space);
                }
                (1..=3, Some(_)) => {
                    let word = format!("word{step} ");
                    phone.write(&space, 1, 0, &word);
                    written.push(word);
                }
                (4, _) => {
                    phone.close();
                    phone.start();
                }
                _ => net.sync(phone),
            }
        }
        net.settle_all(&mut [&mut ana, &mut second, &mut ben]);
        net.settle_all(&mut [&mut ana, &mut second, &mut ben]);
        let all = bodies(&mut ana, &space);
        assert_eq!((&all, &all), (&bodies(&mut second, &space), &bodies(&mut ben, &space)), "seed {seed}");
        assert_eq!((ana.code(&space), second.code(&space)), (ben.code(&space), ben.code(&space)), "seed {seed}");
        for word in written.iter().filter(|w| !seen.contains(w.as_str())) {
            assert!(all.iter().any(|b| b.contains(word.as_str())), "seed {seed}: {word} is lost: {all:?}");
        }
    }
}

#[test]
fn the_bin_is_emptied_after_thirty_days_and_only_when_every_device_has_the_deletion() {
    let (mut net, mut ana, mut ben, space) = noted(405);
    ana.command(&space, NOTE, NoteCommand::Delete);
    net.sync(&mut ana);
    let now = ana.now;
    assert_eq!(ana.engine().not_holding(&space, NOTE).unwrap().len(), 1, "Ben's phone was away");
    ana.now += 31 * DAY;
    assert_eq!(ana.engine().empty_bin(now + 31 * DAY).unwrap(), 0, "Ben's phone has not said that it holds the deletion");
    ben.now = ana.now;
    net.settle(&mut ben, &mut ana);
    assert_eq!(ana.engine().not_holding(&space, NOTE).unwrap(), []);
    assert_eq!(ana.engine().empty_bin(now + 29 * DAY).unwrap(), 0, "before its time");
    assert_eq!(ben.engine().empty_bin(now + 31 * DAY).unwrap(), 0, "it was not Ben who deleted it");
    assert_eq!(ana.engine().empty_bin(now + 31 * DAY).unwrap(), 1);
    net.settle(&mut ana, &mut ben);
    agree(&mut ana, &mut ben, &space);
    let binned: Vec<NoteView> = ben.engine().views(&space, RowKind::Note, false, 10).unwrap();
    assert!(binned.is_empty());
}

/// An edit made while the phone was away beats the bin, and the bin never empties what lives.
#[test]
fn what_was_edited_while_away_is_not_emptied() {
    let (mut net, mut ana, mut ben, space) = noted(406);
    ana.command(&space, NOTE, NoteCommand::Delete);
    net.sync(&mut ana);
    ben.write(&space, 1, 6, " stays");
    ben.now += 40 * DAY;
    ana.now = ben.now;
    net.settle(&mut ben, &mut ana);
    let now = ana.now;
    assert_eq!(ana.engine().empty_bin(now).unwrap(), 0);
    assert_eq!(bodies(&mut ana, &space), ["monday stays"]);
    agree(&mut ana, &mut ben, &space);
}

#[test]
fn a_database_built_again_deletes_and_returns_as_before() {
    let (mut net, mut ana, mut ben, space) = noted(407);
    ana.write(&space, 1, 6, " and tuesday");
    erase(&mut ben, &space);
    net.settle(&mut ben, &mut ana);
    net.settle(&mut ana, &mut ben);
    ana.close();
    std::fs::write(ana.path("ithaca.db"), b"damage").unwrap();
    ana.start();
    net.settle(&mut ana, &mut ben);
    net.settle(&mut ana, &mut ben);
    assert_eq!(
        (bodies(&mut ana, &space), bodies(&mut ben, &space)),
        (vec!["monday and tuesday".to_owned()], vec!["monday and tuesday".to_owned()])
    );
    assert_eq!(ana.code(&space), ben.code(&space));
}
