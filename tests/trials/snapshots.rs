//! Snapshots: made when due, shown on a device that is new, and never winning over what records say.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use ithaca_core::document::DocumentKind;
use ithaca_core::document::command::{Command, NoteCommand};
use ithaca_core::document::text::TextEdit;
use ithaca_core::engine::{EngineError, Input, Request};
use ithaca_core::event::payload::{Message, Payload};
use ithaca_core::event::{Event, SPACE_SUBJECT};
use ithaca_core::id::{DocumentId, RecordId, SpaceId};
use ithaca_core::record::snapshot::{self, Snapshot};
use ithaca_core::store::StoreError;
use ithaca_core::transport::Call;
use ithaca_core::view::{NoteView, RowKind};
use ithaca_wire::record::Outer;

use super::net::{Net, Phone, agree, pair};

/// Records after which Ana makes a snapshot.
const AFTER: u64 = 30;

/// Ana and Ben after so much that Ana has made a snapshot, and a little more. Ben makes none.
fn long(seed: u64) -> (Net, Phone, Phone, SpaceId) {
    long_by(seed, |_| {})
}

fn long_by(seed: u64, forge: fn(&mut Snapshot)) -> (Net, Phone, Phone, SpaceId) {
    let (mut net, mut ana, mut ben, space) = pair(seed);
    ana.engine().snapshot_after(AFTER, 0);
    ana.engine().forge_snapshots(forge);
    ben.engine().use_snapshots(false);
    ana.note(&space, 1, "Ours");
    for i in 0..12 {
        ana.say(&space, &format!("ana says {i}"));
        ana.write(&space, 1, 0, "a");
        net.sync(&mut ana);
        ben.say(&space, &format!("ben says {i}"));
        net.sync(&mut ben);
        ben.write(&space, 1, 0, "b");
        net.sync(&mut ben);
    }
    net.settle(&mut ana, &mut ben);
    assert!(net.puts > 0, "a snapshot was due and none was made");
    agree(&mut ana, &mut ben, &space);
    ana.engine().use_snapshots(false);
    for i in 0..3 {
        ben.say(&space, &format!("later {i}"));
        ben.write(&space, 1, 0, "L");
        net.sync(&mut ben);
    }
    net.settle(&mut ana, &mut ben);
    (net, ana, ben, space)
}

/// The relay gives no record of the beginning of any lane, so that what a new device shows comes from a snapshot.
fn keeps_old_back(net: &mut Net, space_lanes: Vec<ithaca_wire::LaneId>) {
    net.answer = Some(Box::new(move |response| {
        for records in response.mailboxes.iter_mut().filter_map(|a| a.records.as_mut()) {
            records.retain(|r| Outer::parse(r).is_ok_and(|o| o.n > 5 || !space_lanes.contains(&o.lane)));
        }
    }));
}

/// The lanes of a space, from what was pushed.
fn lanes(net: &Net, phone: &mut Phone, space: &SpaceId) -> Vec<ithaca_wire::LaneId> {
    let keys = phone.engine().keys_of(space).unwrap();
    let mut out = Vec::new();
    for (mailbox, bytes) in &net.pushed {
        if keys.iter().any(|k| k.mailbox(super::net::ORIGIN).id == *mailbox) {
            out.extend(Outer::parse(bytes).ok().map(|o| o.lane));
        }
    }
    out
}

/// A second phone of Ana's that is given no old records of the space.
fn second_without_old(net: &mut Net, ana: &mut Phone, space: &SpaceId, seed: u64) -> Phone {
    let lanes = lanes(net, ana, space);
    keeps_old_back(net, lanes);
    net.second(ana, seed, "Tablet")
}

fn notes(phone: &mut Phone, space: &SpaceId) -> Vec<NoteView> {
    phone.engine().views(space, RowKind::Note, true, 100).unwrap()
}

#[test]
fn a_new_device_shows_everything_before_it_has_the_old_records_and_ends_with_the_same_code() {
    let (mut net, mut ana, mut ben, space) = long(1);
    let mut second = second_without_old(&mut net, &mut ana, &space, 7001);
    assert!(net.gets > 0);
    assert!(second.engine().being_verified(&space).unwrap() && second.status(&space).being_verified);
    assert!(second.engine().document_being_verified(&space, DocumentId([1; 16])).unwrap());
    // What the snapshot says, and what was written after it.
    assert_eq!(second.said(&space), ana.said(&space));
    assert_eq!(second.body(&space, 1), ana.body(&space, 1));
    assert_eq!(notes(&mut second, &space).len(), 1);
    assert!(!second.engine().search("later", 10).unwrap().is_empty());
    assert_ne!(second.code(&space), ana.code(&space), "the code is over what records say");

    // What is new can be written; what rests on something that is being verified cannot.
    second.say(&space, "from the tablet");
    second.note(&space, 2, "New");
    assert_eq!(second.said(&space).last().unwrap(), "from the tablet");
    assert_eq!(notes(&mut second, &space).len(), 2);
    let edit = Command::Note(NoteCommand::Body(TextEdit::Splice { pos: 0, delete: 0, insert: "x".into() }));
    let now = second.now;
    let refused = second.engine().edit(&space, DocumentId([1; 16]), DocumentKind::Note, &edit, now);
    assert!(matches!(refused, Err(EngineError::ReadOnly(_))), "{refused:?}");
    net.settle_all(&mut [&mut second, &mut ana, &mut ben]);
    assert!(ben.said(&space).contains(&"from the tablet".to_owned()));
    // What is written meanwhile comes too.
    ben.say(&space, "meanwhile");
    net.sync(&mut ben);
    for _ in 0..2 {
        net.sync(&mut second);
    }
    assert!(second.said(&space).contains(&"meanwhile".to_owned()), "{:?}", second.said(&space));

    net.honest();
    second.kill();
    second.start();
    assert!(second.engine().being_verified(&space).unwrap());
    assert_eq!(second.body(&space, 1), ana.body(&space, 1));
    net.settle_all(&mut [&mut second, &mut ana, &mut ben]);
    assert!(!second.engine().being_verified(&space).unwrap());
    assert_eq!(second.code(&space), ana.code(&space));
    assert_eq!(second.said(&space), ana.said(&space));
    assert!(second.notices().is_empty(), "{:?}", second.notices());
    agree(&mut second, &mut ben, &space);
    second.write(&space, 1, 0, "x");
    net.settle_all(&mut [&mut second, &mut ana, &mut ben]);
    assert_eq!(ben.body(&space, 1), second.body(&space, 1));
}

#[test]
fn the_records_of_a_space_wait_for_its_snapshot_and_come_after_it_or_without_it() {
    for there in [true, false] {
        let (mut net, mut ana, mut ben, space) = long(3);
        let lanes = lanes(&net, &mut ana, &space);
        let (given, before) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(usize::MAX)));
        let (counts, notes) = (given.clone(), (given.clone(), before.clone()));
        net.answer = Some(Box::new(move |response| {
            let records = response.mailboxes.iter().filter_map(|a| a.records.as_ref()).flatten();
            let old = records.filter(|r| Outer::parse(r).is_ok_and(|o| o.n <= 5 && lanes.contains(&o.lane))).count();
            counts.fetch_add(old, Ordering::Relaxed);
        }));
        net.object = Some(Box::new(move |bytes| {
            notes.1.fetch_min(notes.0.load(Ordering::Relaxed), Ordering::Relaxed);
            if !there {
                bytes.clear();
            }
        }));
        let mut second = net.second(&mut ana, 7003, "Tablet");
        assert!(net.gets > 0 && before.load(Ordering::Relaxed) == 0, "records came before the snapshot");
        assert!(given.load(Ordering::Relaxed) > 0, "and then not at all");
        net.settle_all(&mut [&mut second, &mut ana, &mut ben]);
        assert_eq!(second.code(&space), ana.code(&space));
        assert!(!second.engine().being_verified(&space).unwrap());
    }
}

/// Whether a call asks for what came after a snapshot (by a vector alone), and whether for the records of these mailboxes.
fn asks_for(call: &Call, mailboxes: &[ithaca_wire::MailboxId]) -> (bool, bool) {
    let Call::Sync(request) = call else { return (false, false) };
    let asks: Vec<_> = request.mailboxes.iter().filter(|a| mailboxes.contains(&a.mailbox)).collect();
    (asks.iter().any(|a| a.digest.is_none() && a.vector.is_some()), asks.iter().any(|a| a.digest.is_some()))
}

#[test]
fn the_records_behind_a_snapshot_are_asked_for_when_what_came_after_it_is_shown() {
    let (mut net, mut ana, mut ben, space) = long(4);
    let mailboxes: Vec<_> = ana.engine().keys_of(&space).unwrap().iter().map(|k| k.mailbox(super::net::ORIGIN).id).collect();
    let mut second = net.bare_second(&mut ana, 7004, "Tablet");
    let now = second.now;
    let mut waiting = std::collections::VecDeque::from(second.engine().handle(now, Input::Now).unwrap());
    let (mut tails, mut records) = (0, 0);
    while let Some(request) = waiting.pop_front() {
        let Request::Call { ticket, call, .. } = request else { continue };
        let (tail, record) = asks_for(&call, &mailboxes);
        (tails, records) = (tails + usize::from(tail), records + usize::from(record && tails > 0));
        let result = net.call(call, now);
        waiting.extend(second.engine().handle(now, Input::Done { ticket, result }).unwrap());
        let under_way: Vec<_> = waiting.iter().filter_map(|r| if let Request::Call { call, .. } = r { Some(call) } else { None }).collect();
        let (tail, record) = under_way.iter().map(|c| asks_for(c, &mailboxes)).fold((false, false), |a, b| (a.0 | b.0, a.1 | b.1));
        assert!(tails > 0 || !(tail && record), "what is newest shares the way with what is oldest");
    }
    assert!(tails > 0 && records > 0, "{tails} {records}");
    net.settle_all(&mut [&mut second, &mut ana, &mut ben]);
    assert_eq!(second.code(&space), ana.code(&space));
}

#[test]
fn a_relay_that_gives_nothing_after_a_snapshot_keeps_no_record_back() {
    let (mut net, mut ana, mut ben, space) = long(5);
    let (asked, fails) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (sees, spoils, counts) = (asked.clone(), asked, fails.clone());
    net.ask = Some(Box::new(move |request| {
        // Only what came after a snapshot is asked for by a vector alone.
        let after = request.mailboxes.iter().any(|a| a.digest.is_none() && a.vector.as_ref().is_some_and(|v| !v.is_empty()));
        sees.store(usize::from(after), Ordering::Relaxed);
    }));
    net.answer = Some(Box::new(move |response| {
        if spoils.swap(0, Ordering::Relaxed) == 1 {
            response.mailboxes.clear();
            counts.fetch_add(1, Ordering::Relaxed);
        }
    }));
    let mut second = net.second(&mut ana, 7005, "Tablet");
    // It never answers that: an honest answer later would let them go as well.
    net.settle_all(&mut [&mut second, &mut ana, &mut ben]);
    assert!(fails.load(Ordering::Relaxed) > 0, "nothing was spoiled");
    assert_eq!(second.code(&space), ana.code(&space));
    assert!(!second.engine().being_verified(&space).unwrap());
}

#[test]
fn a_lane_that_a_snapshot_covers_enters_no_frontier_and_no_vector_before_its_records_are_here() {
    let (mut net, mut ana, mut ben, space) = long(2);
    let mut second = second_without_old(&mut net, &mut ana, &space, 7002);
    second.say(&space, "one");
    net.settle_all(&mut [&mut second, &mut ben]);
    for line in second.engine().lanes(&space).unwrap() {
        assert!(line.contains("(own)") || line.contains("told 0"), "{line}");
        assert!(line.contains("(own)") || line.contains("accepted 0"), "{line}");
    }
    net.honest();
    // Whoever waits for a word from the tablet has none: nothing it only saw in a snapshot counts as received.
    let said = ben.engine().lanes(&space).unwrap();
    assert!(said.iter().any(|l| l.contains("(own)")), "{said:?}");
}

#[test]
fn one_is_made_by_the_real_measure_and_not_before() {
    let (mut net, mut ana, mut ben, space) = pair(3);
    ben.engine().use_snapshots(false);
    let mut n = 0;
    while net.puts == 0 {
        // Nothing here compresses: bytes of every record count.
        let words: String = (0..40u64).map(|i| format!("{:x}", (i + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15 ^ (n * 77 + 1)))).collect();
        ana.say(&space, &words);
        net.sync(&mut ana);
        n += 1;
        assert!(n < 700, "never");
    }
    assert!(n + 16 >= snapshot::RECORDS, "after {n} records");
    let puts = net.puts;
    for _ in 0..5 {
        ana.say(&space, "more");
        net.sync(&mut ana);
    }
    assert_eq!(net.puts, puts, "another at once");
}

#[test]
fn no_room_for_a_snapshot_changes_nothing_and_it_is_tried_again_later() {
    let (mut net, mut ana, mut ben, space) = pair(4);
    ana.engine().snapshot_after(AFTER, 0);
    net.full = true;
    for i in 0..40 {
        ana.say(&space, &format!("{i}"));
        net.sync(&mut ana);
    }
    net.settle(&mut ana, &mut ben);
    agree(&mut ana, &mut ben, &space);
    assert_eq!(net.puts, 1, "tried again at once");
    assert!(ana.notices().is_empty(), "{:?}", ana.notices());
    net.full = false;
    ana.now += 3_600_000;
    net.sync(&mut ana);
    assert!(net.puts > 1);
    let mut second = net.second(&mut ana, 7004, "Tablet");
    assert!(net.gets > 0);
    assert_eq!(second.code(&space), ana.code(&space));
}

fn false_message(text: &str, clock: u64) -> Vec<u8> {
    let payload = Payload::Message(Message { text: text.into(), reply: None });
    Event { subject: SPACE_SUBJECT, parents: Vec::new(), clock, wall_ms: 0, payload }.encode()
}

/// Words put into a member's mouth are shown at most as "being verified", and go when the records are here.
#[test]
fn what_no_record_says_goes_and_a_notice_says_so() {
    let (mut net, mut ana, mut ben, space) = long_by(5, |s| {
        let device = s.events[0].0;
        s.events.push((device, false_message("never said", 1 << 40)));
        s.events.remove(0);
    });
    let mut second = second_without_old(&mut net, &mut ana, &space, 7005);
    assert!(second.engine().being_verified(&space).unwrap());
    assert!(second.said(&space).contains(&"never said".to_owned()));
    second.say(&space, "mine");
    net.honest();
    net.settle_all(&mut [&mut second, &mut ana, &mut ben]);
    assert!(!second.engine().being_verified(&space).unwrap());
    assert!(!second.said(&space).contains(&"never said".to_owned()));
    assert_eq!(second.code(&space), ana.code(&space));
    assert_eq!(second.said(&space), ana.said(&space));
    assert!(second.notices().contains(&"snapshot_differs".to_owned()), "{:?}", second.notices());
    assert!(!ben.said(&space).contains(&"never said".to_owned()));
}

/// Everything that is wrong in itself is refused whole, and the records come as without it.
#[test]
fn a_snapshot_that_is_not_in_order_is_refused_whole() {
    let forgeries: [(&str, fn(&mut Snapshot)); 9] = [
        ("wrong heads", |s| s.documents[0].heads[0] = [7; 32].into()),
        ("a head left out", |s| s.documents[0].heads.clear()),
        ("a document cut short", |s| {
            let mut bytes = s.documents[0].saved.to_vec();
            bytes.truncate(bytes.len() / 2);
            s.documents[0].saved = bytes.into();
        }),
        ("a document twice", |s| s.documents.push(s.documents[0].clone())),
        ("a kind it is not", |s| s.documents[0].kind = 1),
        ("writers nobody names", |s| s.incarnations.clear()),
        ("a stranger's event", |s| s.events[0].0 = ithaca_core::id::DeviceId([9; 32])),
        ("no event", |s| s.events[0].1 = b"no event".to_vec()),
        ("a lane of another epoch", |s| s.lanes[0].opening.epoch = ithaca_core::id::EpochId([9; 32])),
    ];
    for (i, (what, forge)) in forgeries.into_iter().enumerate() {
        let seed = 20 + i as u64;
        let (mut net, mut ana, mut ben, space) = long_by(seed, forge);
        let mut second = second_without_old(&mut net, &mut ana, &space, 7000 + seed);
        assert!(net.gets > 0, "{what}");
        let shown = second.engine().being_verified(&space).unwrap();
        // A writer that records named already may be known without it.
        assert!(!shown, "{what}");
        assert!(second.notices().contains(&"snapshot_refused".to_owned()), "{what}: {:?}", second.notices());
        net.honest();
        net.settle_all(&mut [&mut second, &mut ana, &mut ben]);
        assert_eq!(second.code(&space), ana.code(&space), "{what}");
        assert_eq!(second.said(&space), ana.said(&space), "{what}");
    }
}

/// A false place in a lane: nothing after it verifies, so it is read from its beginning.
#[test]
fn a_false_place_in_a_lane_brings_nothing_and_is_told() {
    let (mut net, mut ana, mut ben, space) = long_by(6, |s| s.lanes.iter_mut().for_each(|l| l.last = RecordId([7; 32])));
    let mut second = second_without_old(&mut net, &mut ana, &space, 7006);
    assert!(second.engine().being_verified(&space).unwrap());
    assert!(!second.said(&space).contains(&"later 0".to_owned()));
    net.honest();
    net.settle_all(&mut [&mut second, &mut ana, &mut ben]);
    assert_eq!(second.code(&space), ana.code(&space));
    assert!(second.notices().contains(&"snapshot_differs".to_owned()), "{:?}", second.notices());
}

/// A relay that swaps, cuts or loses objects costs time and nothing else.
#[test]
fn objects_that_are_not_what_was_put_are_not_used() {
    type Alter = fn(&mut Vec<u8>);
    let cheats: [Alter; 4] = [|b| b[30] ^= 1, |b| b.truncate(b.len() - 1), Vec::clear, |b| b.push(0)];
    for (i, cheat) in cheats.into_iter().enumerate() {
        let (mut net, mut ana, mut ben, space) = long(40 + i as u64);
        net.object = Some(Box::new(cheat));
        let mut second = net.second(&mut ana, 7040 + i as u64, "Tablet");
        assert!(net.gets > 0);
        net.settle_all(&mut [&mut second, &mut ana, &mut ben]);
        assert!(!second.engine().being_verified(&space).unwrap());
        assert_eq!(second.code(&space), ana.code(&space));
        assert!(second.notices().is_empty(), "{:?}", second.notices());
    }
}

/// One that leaves things out is only old.
#[test]
fn a_stale_snapshot_hides_nothing_for_long() {
    let (mut net, mut ana, mut ben, space) = long_by(7, |s| {
        s.documents.clear();
        s.events.truncate(1);
    });
    let mut second = second_without_old(&mut net, &mut ana, &space, 7007);
    assert!(second.engine().being_verified(&space).unwrap());
    net.honest();
    net.settle_all(&mut [&mut second, &mut ana, &mut ben]);
    assert_eq!((second.code(&space), second.said(&space)), (ana.code(&space), ana.said(&space)));
}

#[test]
fn what_was_deleted_for_good_is_in_no_snapshot() {
    let (mut net, mut ana, mut ben, space) = pair(8);
    ana.engine().snapshot_after(AFTER, 0);
    ana.engine().forge_snapshots(|s| {
        assert!(s.documents.iter().any(|d| d.id == DocumentId([2; 16])));
        assert!(!s.documents.iter().any(|d| d.id == DocumentId([1; 16])), "deleted, and yet in a snapshot");
    });
    ben.engine().use_snapshots(false);
    ana.note(&space, 1, "Gone");
    ana.note(&space, 2, "Stays");
    net.settle(&mut ana, &mut ben);
    let now = ana.now;
    ana.engine().delete_for_good(&space, DocumentId([1; 16]), now).unwrap();
    for i in 0..40 {
        ana.say(&space, &format!("{i}"));
        net.sync(&mut ana);
    }
    net.settle(&mut ana, &mut ben);
    assert!(net.puts > 0);
    let mut second = second_without_old(&mut net, &mut ana, &space, 7008);
    assert!(second.engine().being_verified(&space).unwrap());
    assert_eq!(notes(&mut second, &space).iter().map(|n| n.title.clone()).collect::<Vec<_>>().len(), 1);
    net.honest();
    net.settle_all(&mut [&mut second, &mut ana, &mut ben]);
    assert_eq!(notes(&mut second, &space).len(), 1);
    assert_eq!(second.code(&space), ana.code(&space));

    // One deleted after the snapshot was made goes from what is shown too.
    let (mut net, mut ana, mut ben, space) = long(9);
    let now = ana.now;
    ana.engine().delete_for_good(&space, DocumentId([1; 16]), now).unwrap();
    net.settle(&mut ana, &mut ben);
    let mut second = second_without_old(&mut net, &mut ana, &space, 7009);
    assert!(notes(&mut second, &space).is_empty());
    net.honest();
    net.settle_all(&mut [&mut second, &mut ana, &mut ben]);
    assert!(notes(&mut second, &space).is_empty());
    assert_eq!(second.code(&space), ana.code(&space));
    assert!(second.notices().is_empty(), "{:?}", second.notices());
}

#[test]
fn a_device_that_uses_none_gets_along_with_those_that_do() {
    let (mut net, mut ana, mut ben, space) = long(10);
    let mut second = net.second(&mut ana, 7010, "Tablet");
    second.engine().use_snapshots(false);
    second.say(&space, "plain");
    net.settle_all(&mut [&mut second, &mut ana, &mut ben]);
    assert_eq!(second.code(&space), ben.code(&space));
    assert_eq!(ben.code(&space), ana.code(&space));
    assert!(ben.notices().iter().all(|n| n == "new_device"), "{:?}", ben.notices());
}

#[test]
fn a_stop_between_any_two_writes_loses_nothing_on_either_side() {
    // Of the one that makes it.
    for n in 0..8 {
        let (mut net, mut ana, mut ben, space) = pair(100 + n);
        for i in 0..40 {
            ana.say(&space, &format!("{i}"));
            net.sync(&mut ana);
        }
        net.settle(&mut ana, &mut ben);
        ana.engine().snapshot_after(AFTER, 0);
        ana.engine().stop_after(Some(n));
        let stopped = net.try_sync(&mut ana);
        if let Err(e) = &stopped {
            assert!(matches!(e, EngineError::Store(StoreError::Crashed)), "{e:?}");
        }
        ana.kill();
        ana.start();
        net.settle(&mut ana, &mut ben);
        agree(&mut ana, &mut ben, &space);
        let mut second = net.second(&mut ana, 7100 + n, "Tablet");
        assert_eq!(second.code(&space), ana.code(&space));
    }
    // Of the one that shows it: before, while and after it is shown, and while records take its place.
    for n in 0..24 {
        let (mut net, mut ana, mut ben, space) = long(200 + n);
        let lanes = lanes(&net, &mut ana, &space);
        keeps_old_back(&mut net, lanes);
        let mut second = net.bare_second(&mut ana, 7200 + n, "Tablet");
        second.engine().stop_after(Some(n));
        let mut stops = 0;
        // One more than it can stop, and one to read on.
        for _ in 0..5 {
            if let Err(e) = net.try_sync(&mut second) {
                assert!(matches!(e, EngineError::Store(StoreError::Crashed)), "{e:?}");
                stops += 1;
                second.kill();
                second.start();
            }
        }
        assert!(stops <= 1);
        assert_eq!(second.said(&space), ana.said(&space), "after {n} writes");
        net.honest();
        second.engine().stop_after(Some(n));
        let _ = net.try_sync(&mut second);
        second.kill();
        second.start();
        net.settle_all(&mut [&mut second, &mut ana, &mut ben]);
        assert!(!second.engine().being_verified(&space).unwrap());
        assert_eq!((second.code(&space), second.said(&space)), (ana.code(&space), ana.said(&space)));
        // That it stopped in the middle of sending is told; of the snapshot there is nothing to tell.
        assert!(second.notices().iter().all(|n| n == "renewed"), "{:?}", second.notices());
    }
}

#[test]
fn a_disk_without_room_for_a_snapshot_is_called_full_and_everything_comes_when_there_is_room() {
    let (mut net, mut ana, mut ben, space) = pair(31);
    ana.engine().snapshot_after(AFTER, 0);
    for i in 0..AFTER + 5 {
        ana.say(&space, &format!("{i} {}", "and so on ".repeat(400)));
        net.sync(&mut ana);
    }
    net.settle(&mut ana, &mut ben);
    assert!(net.puts > 0, "a snapshot was due and none was made");
    let mut second = net.bare_second(&mut ana, 7301, "Tablet");
    let now = second.now;
    let mut calls = second.engine().handle(now, Input::Now).unwrap();
    let full = loop {
        let Some(Request::Call { ticket, call, .. }) = calls.pop() else { panic!("the disk was never too small") };
        second.engine().fill_disk(matches!(call, Call::GetObject { .. })).unwrap();
        let result = net.call(call, now);
        match second.engine().handle(now, Input::Done { ticket, result }) {
            Ok(more) => calls.extend(more),
            Err(e) => break e,
        }
    };
    assert!(matches!(full, EngineError::Store(StoreError::Full)), "{full:?}");
    second.engine().fill_disk(false).unwrap();
    net.settle_all(&mut [&mut second, &mut ana, &mut ben]);
    assert_eq!((second.code(&space), second.said(&space)), (ana.code(&space), ana.said(&space)));
    assert!(second.notices().is_empty(), "{:?}", second.notices());
}
