//! Bad luck: parents that come after their children, very long texts, and everything in the wrong order.

use ithaca_core::document::DocumentKind;
use ithaca_core::document::command::{Command, NoteCommand};
use ithaca_core::document::text::TextEdit;
use ithaca_core::engine::EngineError;
use ithaca_core::event::payload::{GoalStatus, GoalStatusSet, Message, Payload};
use ithaca_core::event::{Event, SPACE_SUBJECT, Subject};
use ithaca_core::id::{DocumentId, EventId};
use ithaca_core::record::body::Body;

use super::net::{self, agree};
use super::thief::Thief;

const CLOCK: u64 = 1_930_262_400_000;

fn event(subject: Subject, clock: u64, parents: Vec<EventId>, payload: Payload) -> Vec<u8> {
    Event { subject, parents, clock, wall_ms: clock as i64, payload }.encode()
}

fn message(clock: u64, parents: Vec<EventId>, text: &str) -> Vec<u8> {
    event(SPACE_SUBJECT, clock, parents, Message { text: text.to_owned(), reply: None }.into())
}

/// Every order of `n` things.
fn orders(n: usize) -> Vec<Vec<usize>> {
    if n == 0 {
        return vec![vec![]];
    }
    let mut out = Vec::new();
    for shorter in orders(n - 1) {
        for at in 0..=shorter.len() {
            let mut order = shorter.clone();
            order.insert(at, n - 1);
            out.push(order);
        }
    }
    out
}

#[test]
fn events_are_in_one_order_however_their_parents_come() {
    let goal = [8; 16];
    for (i, order) in orders(4).into_iter().enumerate() {
        let (mut net, mut ana, mut ben, space) = net::pair(1000 + i as u64);
        // Clocks fall while parents say that each comes after the one before.
        let mut lanes: Vec<Thief> = (0..4).map(|n| Thief::of(&ben, &space, 50 + n)).collect();
        let device = ben.engine().device();
        let mut records = Vec::new();
        let (mut before, mut before_goal) = (Vec::new(), Vec::new());
        for (n, thief) in lanes.iter_mut().enumerate() {
            let clock = CLOCK - 1000 * n as u64;
            let said = message(clock, before.clone(), &format!("{n}"));
            let status = [GoalStatus::Active, GoalStatus::Achieved, GoalStatus::Dropped, GoalStatus::Paused][n];
            let set = event(goal, clock, before_goal.clone(), GoalStatusSet { status, reason: Some(format!("{n}")) }.into());
            before = vec![ithaca_core::event::id(space, device, &said)];
            before_goal = vec![ithaca_core::event::id(space, device, &set)];
            records.push(thief.body(Body { events: vec![said, set], ..Body::default() }));
        }
        for n in &order {
            net.push(&lanes[0].mailbox(), &[records[*n].clone()]);
            net.sync(&mut ana);
        }
        net.sync(&mut ben);
        assert_eq!(ana.said(&space), ["0", "1", "2", "3"], "{order:?}");
        assert_eq!(ben.said(&space), ["0", "1", "2", "3"], "{order:?}");
        for phone in [&mut ana, &mut ben] {
            let about = phone.engine().events_about(&space, goal).unwrap();
            let reasons = about.into_iter().map(|e| match e.event.payload {
                Payload::GoalStatusSet(s) => s.reason.unwrap(),
                other => panic!("{other:?}"),
            });
            assert_eq!(reasons.collect::<Vec<_>>(), ["0", "1", "2", "3"], "{order:?}");
        }
        // And what is said next comes after all of it.
        ana.say(&space, "next");
        net.settle(&mut ana, &mut ben);
        assert_eq!(ben.said(&space).last().unwrap(), "next");
        agree(&mut ana, &mut ben, &space);
    }
}

#[test]
fn long_texts_arrive_whole() {
    let (mut net, mut ana, mut ben, space) = net::pair(1);
    let sentence = "Wir treffen uns – früh – im Café, sagt sie; 語 😀. ";
    let long: String = sentence.chars().cycle().take(105_000).collect();
    let now = ana.now;
    ana.note(&space, 1, "imported");
    let base_heads = ana.engine().document(&space, DocumentId([1; 16])).unwrap().heads();
    ana.command(&space, DocumentId([1; 16]), NoteCommand::Body(TextEdit::Rewrite { base_heads, text: long.clone() }));
    assert_eq!(ana.body(&space, 1).chars().count(), 105_000);
    net.settle(&mut ana, &mut ben);
    assert!(ben.body(&space, 1) == long);
    // A paste of a hundred thousand characters into it, and out again.
    let paste: String = "paste ".chars().cycle().take(100_000).collect();
    ben.write(&space, 1, 50, &paste);
    net.settle(&mut ana, &mut ben);
    assert_eq!(ana.body(&space, 1).chars().count(), 205_000);
    assert!(ana.body(&space, 1) == ben.body(&space, 1));
    let out = Command::Note(NoteCommand::Body(TextEdit::Splice { pos: 50, delete: 100_000, insert: String::new() }));
    ana.engine().edit(&space, DocumentId([1; 16]), DocumentKind::Note, &out, now).unwrap();
    // While the other writes at both ends.
    ben.write(&space, 1, 0, "Front. ");
    ben.write(&space, 1, 205_007, " Back.");
    net.settle(&mut ana, &mut ben);
    for phone in [&mut ana, &mut ben] {
        assert!(phone.body(&space, 1) == format!("Front. {long} Back."));
        assert_eq!(phone.status(&space).set_aside, 0);
    }
    agree(&mut ana, &mut ben, &space);
    ana.kill();
    ana.start();
    agree(&mut ana, &mut ben, &space);
    assert!(ana.body(&space, 1) == format!("Front. {long} Back."));
}

#[test]
fn messages_of_sixty_kibibytes_arrive_and_longer_ones_are_refused() {
    let (mut net, mut ana, mut ben, space) = net::pair(2);
    // Bytes that do not compress.
    let mut x = 1u64;
    let mut noise = |n: usize| -> String {
        let mut next = || {
            x = x.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            char::from(33 + ((x >> 33) % 90) as u8)
        };
        (0..n).map(|_| next()).collect()
    };
    let texts: Vec<String> = (0..12).map(|_| noise(60 * 1024)).collect();
    for text in &texts {
        ana.say(&space, text);
    }
    let refused = ana.try_say(&space, &noise(65 * 1024)).unwrap_err();
    assert!(matches!(refused, EngineError::Invalid(_)), "{refused:?}");
    net.settle(&mut ana, &mut ben);
    assert!(ben.said(&space) == texts);
    agree(&mut ana, &mut ben, &space);
}

#[test]
fn many_small_things_written_offline_arrive_in_one_sync() {
    let (mut net, mut ana, mut ben, space) = net::pair(3);
    for i in 0..700u32 {
        ana.say(&space, &format!("{i}"));
    }
    for i in 0..200u8 {
        ana.note(&space, i, "n");
        ana.write(&space, i, 0, "text");
    }
    net.sync(&mut ana);
    net.sync(&mut ben);
    assert_eq!(ben.said(&space).len(), 700);
    assert_eq!(ben.body(&space, 199), "text");
    net.settle(&mut ana, &mut ben);
    agree(&mut ana, &mut ben, &space);
}
