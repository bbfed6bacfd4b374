//! A record that kills the process, and what was being typed when it died.

use std::fs;

use ithaca_core::document::DocumentKind;
use ithaca_core::document::command::{Command, NoteCommand};
use ithaca_core::document::text::TextEdit;
use ithaca_core::id::{DocumentId, SpaceId};
use ithaca_wire::record;

use super::net::{self, Net, Phone, agree};
use super::thief::Thief;

/// Ana did not sync since Ben sent three records; their hashes.
fn three(seed: u64) -> (Net, Phone, Phone, SpaceId, Vec<[u8; 32]>) {
    let (mut net, ana, mut ben, space) = net::pair(seed);
    let mailbox = Thief::of(&ben, &space, 1).mailbox().id;
    let mut hashes = Vec::new();
    for text in ["one", "two", "three"] {
        let from = net.pushed.len();
        ben.say(&space, text);
        net.sync(&mut ben);
        let (_, bytes) = net.pushed[from..].iter().find(|(m, _)| *m == mailbox).unwrap();
        hashes.push(record::hash(bytes).0);
    }
    (net, ana, ben, space, hashes)
}

/// The process dies while these are being applied.
fn die(phone: &mut Phone, hashes: &[[u8; 32]]) {
    phone.kill();
    fs::write(phone.path("trial"), hashes.concat()).unwrap();
    phone.start();
    assert!(!phone.path("trial").exists());
}

#[test]
fn s23_after_three_deaths_a_record_is_set_aside_and_the_rest_of_the_batch_is_applied() {
    let (mut net, mut ana, mut ben, space, hashes) = three(1);
    die(&mut ana, &hashes);
    die(&mut ana, &hashes[1..2]);
    die(&mut ana, &hashes[1..2]);
    net.sync(&mut ana);
    assert_eq!(ana.said(&space), ["one", "three"]);
    assert_eq!(ana.status(&space).set_aside, 1);
    assert_eq!(ana.notices(), ["aside"]);
    ben.say(&space, "four");
    net.settle(&mut ana, &mut ben);
    assert_eq!(ana.said(&space), ["one", "three", "four"]);
    ana.kill();
    ana.start();
    assert_eq!(ana.said(&space), ["one", "three", "four"], "it stays aside");
    ana.say(&space, "still writing");
    net.settle(&mut ana, &mut ben);
    assert!(ben.said(&space).contains(&"still writing".to_owned()));
}

#[test]
fn two_deaths_set_nothing_aside() {
    let (mut net, mut ana, mut ben, space, hashes) = three(2);
    die(&mut ana, &hashes);
    die(&mut ana, &hashes);
    net.settle(&mut ana, &mut ben);
    assert_eq!(ana.said(&space), ["one", "two", "three"]);
    assert!(ana.notices().is_empty());
    agree(&mut ana, &mut ben, &space);
}

#[test]
fn a_mark_that_is_torn_or_strange_does_not_keep_the_app_from_starting() {
    let (mut net, mut ana, mut ben, space, hashes) = three(3);
    for bytes in [vec![], vec![1; 31], vec![2; 33], hashes[0][..16].to_vec(), vec![0; 32 * 2000]] {
        ana.kill();
        fs::write(ana.path("trial"), bytes).unwrap();
        ana.start();
    }
    net.settle(&mut ana, &mut ben);
    assert_eq!(ana.said(&space), ["one", "two", "three"]);
    agree(&mut ana, &mut ben, &space);
}

fn splice(pos: usize, insert: &str) -> Command {
    Command::Note(NoteCommand::Body(TextEdit::Splice { pos, delete: 0, insert: insert.to_owned() }))
}

#[test]
fn what_was_journaled_becomes_part_of_the_note_once() {
    let (mut net, mut ana, mut ben, space) = net::pair(4);
    let id = DocumentId([1; 16]);
    ana.note(&space, 1, "note");
    ana.write(&space, 1, 0, "Begun. ");
    ana.engine().journal(&space, id, &splice(7, "Typed")).unwrap();
    ana.engine().journal(&space, id, &splice(12, " on.")).unwrap();
    assert_eq!(ana.body(&space, 1), "Begun. ", "a journal is not shown");
    net.settle(&mut ana, &mut ben);
    assert_eq!(ben.body(&space, 1), "Begun. ");
    for _ in 0..3 {
        ana.kill();
        ana.start();
        assert_eq!(ana.body(&space, 1), "Begun. Typed on.");
    }
    net.settle(&mut ana, &mut ben);
    assert_eq!(ben.body(&space, 1), "Begun. Typed on.");
    agree(&mut ana, &mut ben, &space);
    // An edit holds what was journaled before it.
    ana.engine().journal(&space, id, &splice(0, "Lost? ")).unwrap();
    ana.write(&space, 1, 0, "Kept. ");
    ana.kill();
    ana.start();
    assert_eq!(ana.body(&space, 1), "Kept. Begun. Typed on.");
    // One that does not fit any more, and one after a merge that moved everything.
    ana.engine().journal(&space, id, &splice(10_000, "beyond the end")).unwrap();
    ana.engine().journal(&space, id, &splice(0, "Still fits. ")).unwrap();
    ana.kill();
    ana.start();
    assert!(ana.body(&space, 1).contains("Still fits. "), "{}", ana.body(&space, 1));
    ana.engine().journal(&space, id, &splice(0, "At the front. ")).unwrap();
    ben.write(&space, 1, 0, "Ben was here. ");
    net.settle(&mut ana, &mut ben);
    ana.kill();
    ana.start();
    net.settle(&mut ana, &mut ben);
    for phone in [&mut ana, &mut ben] {
        let body = phone.body(&space, 1);
        assert!(body.contains("At the front. ") && body.contains("Ben was here. "), "{body}");
    }
    agree(&mut ana, &mut ben, &space);
}

#[test]
fn a_journal_survives_a_crash_while_it_becomes_a_change() {
    for n in 0..6 {
        let (_, mut ana, _, space) = net::pair(20 + n);
        ana.note(&space, 1, "note");
        ana.engine().journal(&space, DocumentId([1; 16]), &splice(0, "Typed.")).unwrap();
        ana.engine().stop_after(Some(n));
        let now = ana.now;
        let other = Command::Note(NoteCommand::Title("Other".into()));
        drop(ana.engine().edit(&space, DocumentId([2; 16]), DocumentKind::Note, &other, now));
        ana.kill();
        ana.start();
        assert_eq!(ana.body(&space, 1), "Typed.");
        ana.kill();
        ana.start();
        assert_eq!(ana.body(&space, 1), "Typed.");
    }
}

#[test]
fn what_was_journaled_where_nothing_may_be_written_any_more_does_not_stop_the_start() {
    let (mut net, mut ana, mut ben, space) = net::pair(30);
    ana.note(&space, 1, "note");
    ana.engine().journal(&space, DocumentId([1; 16]), &splice(0, "Too late.")).unwrap();
    let now = ana.now;
    ana.engine().leave(&space, now).unwrap();
    ana.kill();
    ana.start();
    net.settle(&mut ana, &mut ben);
    assert_eq!(ana.body(&space, 1), "");
}
