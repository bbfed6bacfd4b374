//! A relay, a wire or a partner that cheats: exactly what is bad is set aside or passed over, and everybody else goes on.

use std::io::Write;

use automerge::transaction::Transactable;
use automerge::{ActorId, Automerge, ObjType, ROOT, ReadDoc};
use ithaca_core::document::command::{Command, GoalsCommand};
use ithaca_core::document::{Document, DocumentKind, derived_id};
use ithaca_core::id::{DocumentId, ItemId};
use ithaca_core::record::body::{Body, DocumentChanges};
use ithaca_core::record::frame::Kind;
use ithaca_core::record::seal::{self, Place, seal};
use ithaca_core::space::payload::{Leave, Payload};
use ithaca_core::space::statement::Statement;
use ithaca_wire::LaneId;
use ithaca_wire::record::{self, Outer};
use minicbor::bytes::ByteVec;

use super::net::{self, Net, Phone, agree};
use super::relay_double::{Cheat, said};
use super::thief::Thief;

const CLOCK: u64 = 1_930_262_400_000;
const NOTE: u16 = 4;

/// The record of `lane` that is `n`th, as it was pushed.
pub fn pushed(net: &Net, thief: &Thief, after: usize) -> Vec<Vec<u8>> {
    let mailbox = thief.mailbox().id;
    net.pushed.iter().skip(after).filter(|(m, _)| *m == mailbox).map(|(_, r)| r.clone()).collect()
}

pub fn junk(lane: LaneId, n: u64, fill: u8) -> Vec<u8> {
    let ciphertext = vec![fill; 207];
    Outer { version: record::VERSION, lane, n, nonce: [fill; 24], ciphertext: &ciphertext }.to_bytes()
}

/// A change of a new document by `actor`, with whatever `fill` puts in.
pub fn chunk(actor: [u8; 16], fill: impl FnOnce(&mut automerge::transaction::Transaction<'_>)) -> Vec<u8> {
    let mut doc = Document::new(ithaca_core::id::SpaceId([0; 32]), DocumentId([0; 16]), DocumentKind::Note);
    let mut doc = Automerge::load(&doc.save()).unwrap().with_actor(ActorId::from(actor.as_slice()));
    let heads = doc.get_heads();
    let mut tx = doc.transaction();
    fill(&mut tx);
    tx.commit();
    doc.get_changes(&heads).remove(0).raw_bytes().to_vec()
}

/// A compressed change chunk that inflates to `n` bytes.
fn bomb(n: usize) -> Vec<u8> {
    let mut deflated = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    deflated.write_all(&vec![0; n]).unwrap();
    let deflated = deflated.finish().unwrap();
    let mut out = vec![0x85, 0x6f, 0x4a, 0x83, 1, 2, 3, 4, 2];
    let mut len = deflated.len();
    loop {
        let byte = (len & 127) as u8;
        len >>= 7;
        out.push(if len > 0 { byte | 128 } else { byte });
        if len == 0 {
            break;
        }
    }
    out.extend(deflated);
    out
}

#[test]
fn s22_each_bad_record_of_a_partner_is_set_aside_and_the_lane_goes_on() {
    type Make = fn(&mut Thief, [u8; 16]) -> Vec<u8>;
    let bad: [(&str, bool, Make); 12] = [
        ("a body that is no CBOR", true, |t, _| t.record(Kind::Content, vec![0xff; 40])),
        ("an empty body", true, |t, _| t.record(Kind::Content, vec![])),
        ("a document chunk", true, |t, _| {
            let mut doc = Automerge::new().with_actor(ActorId::from(t.actor().as_slice()));
            let mut tx = doc.transaction();
            tx.put(ROOT, "title", "whole").unwrap();
            tx.commit();
            t.change([9; 16], NOTE, doc.save())
        }),
        ("another device's actor", true, |t, other| {
            let chunk = chunk(other, |tx| tx.put(ROOT, "title", "theirs").unwrap());
            t.change([9; 16], NOTE, chunk)
        }),
        ("a bomb", true, |t, _| t.change([9; 16], NOTE, bomb(8 << 20))),
        ("a change that ends early", true, |t, _| {
            let mut chunk = chunk(t.actor(), |tx| tx.put(ROOT, "title", "x").unwrap());
            chunk.truncate(chunk.len() - 3);
            t.change([9; 16], NOTE, chunk)
        }),
        ("an event that cannot be decoded", true, |t, _| t.body(Body { events: vec![vec![1, 2, 3]], ..Body::default() })),
        ("an event whose clock is too large", true, |t, _| {
            let events = vec![t.event(1 << 50, "later than anything")];
            t.body(Body { events, ..Body::default() })
        }),
        ("a good event beside a bad one", true, |t, _| {
            let events = vec![t.event(CLOCK + 2, "must not be shown"), vec![0]];
            t.body(Body { events, ..Body::default() })
        }),
        ("good changes of one document beside a bad one of another", true, |t, _| {
            let good = chunk(t.actor(), |tx| tx.put(ROOT, "title", "must not be shown").unwrap());
            let part = |id: u8, c: Vec<u8>| DocumentChanges { document: DocumentId([id; 16]), kind: NOTE, chunks: vec![ByteVec::from(c)] };
            t.body(Body { changes: vec![part(1, good), part(2, vec![7; 30])], ..Body::default() })
        }),
        ("a statement of another space", false, |t, _| {
            let other = ithaca_core::id::SpaceId([77; 32]);
            let parents = [ithaca_core::id::StatementId([77; 32])];
            let statement = Statement::sign(other.into(), t.device.signing(), &parents, &Payload::Leave(Leave { cut: vec![] })).unwrap();
            t.body(Body { statements: vec![statement.bytes().to_vec(), vec![1, 2, 3]], ..Body::default() })
        }),
        ("the list of goals as a note", true, |t, _| {
            let chunk = chunk(t.actor(), |tx| tx.put(ROOT, "title", "not goals").unwrap());
            let id = derived_id(t.space, DocumentKind::Goals);
            t.change(id.0, NOTE, chunk)
        }),
    ];
    let (mut net, mut ana, mut ben, space) = net::pair(11);
    for (i, (what, aside, make)) in bad.into_iter().enumerate() {
        let mut thief = Thief::of(&ben, &space, 100 + i as u64);
        let other = ithaca_core::record::firewall::actor(space, ana.engine().device(), thief.opening.incarnation);
        let clock = CLOCK + 10 * i as u64;
        let records = [thief.says(clock, &format!("before {i}")), make(&mut thief, other), thief.says(clock + 5, &format!("after {i}"))];
        net.push(&thief.mailbox(), &records);
        let before = ana.status(&space).set_aside;
        net.sync(&mut ana);
        net.sync(&mut ben);
        let said = ana.said(&space);
        assert!(said.contains(&format!("before {i}")) && said.contains(&format!("after {i}")), "{what}: {said:?}");
        assert!(!said.contains(&"must not be shown".to_owned()), "{what}");
        assert_eq!(ana.status(&space).set_aside - before, u64::from(aside), "{what}");
        assert_eq!(ana.notices().contains(&"aside".to_owned()), aside, "{what}: {:?}", ana.notices());
        for notice in ana.engine().notices().unwrap() {
            assert!(notice.words.contains("Ben") && !notice.words.contains("newer"), "{what}: {}", notice.words);
            ana.engine().dismiss(notice.no).unwrap();
        }
        ana.say(&space, &format!("ana goes on {i}"));
        net.settle(&mut ana, &mut ben);
        assert!(ben.said(&space).contains(&format!("ana goes on {i}")), "{what}");
    }
    let titles: Vec<ithaca_core::view::NoteView> = ana.engine().views(&space, ithaca_core::view::RowKind::Note, true, 10).unwrap();
    assert!(titles.iter().all(|n| n.title != "must not be shown" && n.title != "not goals"), "{titles:?}");
    let goals = Command::Goals(GoalsCommand::AddGoal { id: ItemId([5; 16]), title: "Mine".into() });
    let now = ana.now;
    ana.engine().edit(&space, derived_id(space, DocumentKind::Goals), DocumentKind::Goals, &goals, now).unwrap();
    net.settle(&mut ana, &mut ben);
    agree(&mut ana, &mut ben, &space);
    ana.kill();
    ana.start();
    agree(&mut ana, &mut ben, &space);
}

/// Changes of one document in a row, and one in the place of the last that names an object which is not there.
fn in_a_row(actor: [u8; 16], puts: &[(&str, &str)]) -> (Vec<Vec<u8>>, Vec<u8>) {
    let mut doc = Document::new(ithaca_core::id::SpaceId([0; 32]), DocumentId([0; 16]), DocumentKind::Note);
    let mut doc = Automerge::load(&doc.save()).unwrap().with_actor(ActorId::from(actor.as_slice()));
    let (mut row, mut before) = (Vec::new(), doc.clone());
    for (key, value) in puts {
        before = doc.clone();
        let heads = doc.get_heads();
        let mut tx = doc.transaction();
        tx.put(ROOT, *key, *value).unwrap();
        tx.commit();
        row.push(doc.get_changes(&heads).remove(0).raw_bytes().to_vec());
    }
    let heads = before.get_heads();
    let mut tx = before.transaction();
    let lost = tx.put_object(ROOT, "lost", ObjType::Map).unwrap();
    tx.commit();
    let after = before.get_heads();
    let mut tx = before.transaction();
    tx.put(&lost, "in", "nothing").unwrap();
    tx.commit();
    // As if the object had been made by nobody.
    let mut unfit = before.get_changes(&after).remove(0).decode();
    (unfit.deps, unfit.seq) = (heads, puts.len() as u64);
    let unfit = automerge::Change::from(unfit).raw_bytes().to_vec();
    (row, unfit)
}

#[test]
fn s22_of_many_records_of_one_document_that_come_at_once_only_the_one_that_does_not_fit_is_set_aside() {
    for at in 1..4 {
        let (mut net, mut ana, mut ben, space) = net::pair(40 + at as u64);
        let mut thief = Thief::of(&ben, &space, 150 + at as u64);
        let (row, unfit) =
            in_a_row(thief.actor(), &[("title", "one"), ("date", "2031-02-03"), ("title", "three"), ("template", "four")][..=at]);
        let last = row.len() - 1;
        let mut records = Vec::new();
        for (n, chunk) in row.into_iter().enumerate() {
            if n == last {
                let document = DocumentId([9; 16]);
                let part = DocumentChanges { document, kind: NOTE, chunks: vec![ByteVec::from(unfit.clone())] };
                let other = DocumentChanges { document: DocumentId([8; 16]), kind: NOTE, chunks: vec![] };
                let events = vec![thief.event(CLOCK, "must not be shown")];
                records.push(thief.body(Body { changes: vec![part, other], events, ..Body::default() }));
            }
            records.push(thief.change([9; 16], NOTE, chunk));
        }
        // And the other side writes into it as well, before and after.
        net.push(&thief.mailbox(), &records[..1]);
        net.settle(&mut ana, &mut ben);
        ana.write(&space, 9, 0, "Ana's. ");
        net.push(&thief.mailbox(), &records[1..]);
        net.settle(&mut ana, &mut ben);
        for phone in [&mut ana, &mut ben] {
            assert_eq!(phone.status(&space).set_aside, 1);
            assert!(phone.said(&space).is_empty());
            let document = phone.engine().document(&space, DocumentId([9; 16])).unwrap();
            assert_eq!(document.changes().len(), last + 2, "the row and what Ana wrote");
            assert_eq!(phone.body(&space, 9), "Ana's. ");
        }
        agree(&mut ana, &mut ben, &space);
        for phone in [&mut ana, &mut ben] {
            phone.kill();
            phone.start();
            phone.write(&space, 9, 0, "Again. ");
        }
        net.settle(&mut ana, &mut ben);
        agree(&mut ana, &mut ben, &space);
        assert_eq!(ana.body(&space, 9), "Again. Again. Ana's. ");
    }
}

#[test]
fn s7_a_record_of_a_later_version_is_kept_and_said_so() {
    let (mut net, mut ana, ben, space) = net::pair(12);
    let mut thief = Thief::of(&ben, &space, 1);
    let records = [thief.says(CLOCK, "one"), thief.record(Kind::Unknown(9), vec![1, 2, 3]), thief.says(CLOCK + 1, "three")];
    net.push(&thief.mailbox(), &records);
    net.sync(&mut ana);
    assert_eq!(ana.said(&space), ["one", "three"]);
    let notices = ana.engine().notices().unwrap();
    assert!(notices.iter().any(|n| n.words.contains("newer version")), "{notices:?}");
}

#[test]
fn s22_odd_shapes_in_valid_changes_do_no_harm() {
    let (mut net, mut ana, mut ben, space) = net::pair(13);
    let shapes: [fn(&mut automerge::transaction::Transaction<'_>); 9] = [
        |tx| tx.put(ROOT, "title", 7).unwrap(),
        |tx| drop(tx.put_object(ROOT, "title", ObjType::Map).unwrap()),
        |tx| tx.delete(ROOT, "body").unwrap(),
        |tx| tx.put(ROOT, "body", "no text object").unwrap(),
        |tx| drop(tx.put_object(ROOT, "body", ObjType::List).unwrap()),
        |tx| tx.delete(ROOT, "items").unwrap(),
        |tx| tx.put(ROOT, "items", f64::NAN).unwrap(),
        |tx| tx.put(ROOT, "replaced", automerge::ScalarValue::counter(i64::MIN)).unwrap(),
        |tx| {
            let (_, items) = tx.get(ROOT, "items").unwrap().unwrap();
            let goal = tx.put_object(&items, "goal/01010101010101010101010101010101", ObjType::List).unwrap();
            tx.insert(&goal, 0, i64::MAX).unwrap();
            let (_, replaced) = tx.get(ROOT, "replaced").unwrap().unwrap();
            tx.put(&replaced, "nonsense", vec![0xff; 64]).unwrap();
            tx.put(ROOT, "tag/", automerge::ScalarValue::Timestamp(i64::MIN)).unwrap();
            tx.put(ROOT, "date", "\u{0}\u{ffff}").unwrap();
        },
    ];
    let mut n = 0;
    for kind in 0..6u16 {
        for shape in shapes {
            n += 1;
            let mut thief = Thief::of(&ben, &space, 200 + n);
            let id = match kind {
                1 => derived_id(space, DocumentKind::Relationship).0,
                2 => derived_id(space, DocumentKind::Goals).0,
                _ => [n as u8 + 100; 16],
            };
            let record = thief.change(id, kind, chunk(thief.actor(), shape));
            net.push(&thief.mailbox(), &[record]);
        }
    }
    net.settle(&mut ana, &mut ben);
    ana.say(&space, "still here");
    net.settle(&mut ana, &mut ben);
    agree(&mut ana, &mut ben, &space);
    for phone in [&mut ana, &mut ben] {
        phone.engine().cards(&space).unwrap();
        phone.engine().export(&space).unwrap();
        phone.engine().markdown(&space).unwrap();
        phone.engine().pairs().unwrap();
        phone.engine().sessions(&space).unwrap();
        let now = phone.now;
        phone.engine().doctor(now).unwrap();
        phone.kill();
        phone.start();
    }
    agree(&mut ana, &mut ben, &space);
}

#[test]
fn s29_squatting_on_the_partners_lane_hides_nothing() {
    let (mut net, mut ana, mut ben, space) = net::pair(14);
    let thief = Thief::of(&ben, &space, 1);
    let from = net.pushed.len();
    ben.say(&space, "one");
    net.sync(&mut ben);
    let last = pushed(&net, &thief, from).pop().unwrap();
    let (lane, n) = Outer::parse(&last).map(|o| (o.lane, o.n)).unwrap();
    // At the next number as many as a relay keeps, at a held one, and far ahead.
    let squat: Vec<Vec<u8>> = (0..4).map(|i| junk(lane, n + 1, i)).chain([junk(lane, n, 9)]).collect();
    Cheat::Puts(thief.mailbox(), squat).lay(&mut net);
    let far = junk(lane, n + 1000, 7);
    net.answer = Some(Box::new(move |response| {
        for answer in response.mailboxes.iter_mut().filter(|a| a.digest.is_some()) {
            answer.records.get_or_insert_default().push(ByteVec::from(far.clone()));
        }
    }));
    net.sync(&mut ana);
    assert_eq!(ana.said(&space), ["one"]);
    net.honest();
    for text in ["two", "three"] {
        ben.say(&space, text);
        net.settle(&mut ana, &mut ben);
    }
    assert_eq!(ana.said(&space), ["one", "two", "three"]);
    agree(&mut ana, &mut ben, &space);
    assert!(said(&mut ana).is_empty() && said(&mut ben).is_empty(), "{:?} {:?}", said(&mut ana), said(&mut ben));
}

#[test]
fn junk_that_one_phone_alone_was_shown_hides_nothing_later() {
    let (mut net, mut ana, mut ben, space) = net::pair(15);
    let thief = Thief::of(&ben, &space, 1);
    let from = net.pushed.len();
    ben.say(&space, "one");
    net.sync(&mut ben);
    let last = pushed(&net, &thief, from).pop().unwrap();
    let (lane, n) = Outer::parse(&last).map(|o| (o.lane, o.n)).unwrap();
    let mailbox = 300;
    let bad: Vec<ByteVec> = (0..8)
        .map(|i| junk(lane, n + 1, i))
        .chain((0..mailbox).map(|i| junk(LaneId([i as u8; 16]), 1 + i / 256, 3)))
        .map(ByteVec::from)
        .collect();
    net.answer = Some(Box::new(move |response| {
        for answer in response.mailboxes.iter_mut().filter(|a| a.digest.is_some()) {
            answer.records.get_or_insert_default().extend(bad.clone());
        }
    }));
    net.sync(&mut ana);
    net.honest();
    ben.say(&space, "two");
    net.settle(&mut ana, &mut ben);
    assert_eq!(ana.said(&space), ["one", "two"]);
    // A phone that starts again opens a new lane where it must; the junk lanes do not keep it out.
    ben.kill();
    std::fs::write(ben.path("marker"), [1; 16]).unwrap();
    ben.start();
    ben.say(&space, "three");
    net.settle(&mut ana, &mut ben);
    assert_eq!(ana.said(&space), ["one", "two", "three"]);
}

#[test]
fn s29_squatting_on_ones_own_lane_is_answered_by_a_new_lane() {
    for n_junk in [1u8, 4] {
        for ahead in [0u64, 1, 50] {
            let (mut net, mut ana, mut ben, space) = net::pair(16 + u64::from(n_junk) + 10 * ahead);
            let thief = Thief::of(&ben, &space, 1);
            let from = net.pushed.len();
            ben.say(&space, "one");
            net.sync(&mut ben);
            let last = pushed(&net, &thief, from).pop().unwrap();
            let (lane, n) = Outer::parse(&last).map(|o| (o.lane, o.n)).unwrap();
            let squat: Vec<ByteVec> = (0..n_junk).map(|i| junk(lane, n + ahead, i)).map(ByteVec::from).collect();
            net.push(&thief.mailbox(), &squat.iter().map(|r| r.to_vec()).collect::<Vec<_>>());
            net.answer = Some(Box::new(move |response| {
                for answer in response.mailboxes.iter_mut().filter(|a| a.digest.is_some()) {
                    answer.records.get_or_insert_default().extend(squat.clone());
                }
            }));
            // Written in touch, so that the seal comes before the pull; then out of touch.
            ben.say(&space, "two");
            net.sync(&mut ben);
            ben.now += 600_000;
            ben.say(&space, "three");
            net.sync(&mut ben);
            net.honest();
            ben.say(&space, "four");
            net.settle(&mut ana, &mut ben);
            assert_eq!(ana.said(&space), ["one", "two", "three", "four"], "{n_junk} at +{ahead}");
            agree(&mut ana, &mut ben, &space);
            assert!(
                said(&mut ana).is_empty() && said(&mut ben).is_empty(),
                "{n_junk} at +{ahead}: {:?} {:?}",
                said(&mut ana),
                said(&mut ben)
            );
        }
    }
}

#[test]
fn s29_a_record_sealed_again_by_somebody_without_the_signing_key_is_the_same_record() {
    let (mut net, mut ana, mut ben, space) = net::pair(30);
    let from = net.pushed.len();
    let thief = Thief::of(&ana, &space, 1);
    ben.say(&space, "one");
    net.sync(&mut ben);
    let original = pushed(&net, &thief, from).pop().unwrap();
    let outer = Outer::parse(&original).unwrap();
    let inner = seal::open(thief.key.content(), &thief.epoch(), &outer).unwrap();
    let again = |fill: u8| {
        let mut aad = b"ithaca/v1/seal".to_vec();
        aad.extend(thief.epoch().0);
        aad.extend(outer.lane.0);
        aad.extend(outer.n.to_be_bytes());
        let plain = inner.to_bytes(record::HEADER + record::TAG);
        let ciphertext = thief.key.content().seal_with(&[fill; 24], &aad, &plain);
        Outer { version: record::VERSION, lane: outer.lane, n: outer.n, nonce: [fill; 24], ciphertext: &ciphertext }.to_bytes()
    };
    assert!(seal::open(thief.key.content(), &thief.epoch(), &Outer::parse(&again(1)).unwrap()).is_ok());
    let incarnation = |phone: &Phone| Thief::meta(phone, "incarnation");
    let before = incarnation(&ben);
    Cheat::Puts(thief.mailbox(), vec![again(1), again(2)]).lay(&mut net);
    net.settle(&mut ana, &mut ben);
    for phone in [&mut ana, &mut ben] {
        assert_eq!(phone.said(&space), ["one"]);
        assert_eq!(phone.status(&space).set_aside, 0);
        assert!(phone.notices().is_empty(), "{:?}", phone.notices());
    }
    assert_eq!(incarnation(&ben), before, "the same record under another seal is no copy of this device");
    ben.say(&space, "two");
    net.settle(&mut ana, &mut ben);
    assert_eq!(ana.said(&space), ["one", "two"]);
    agree(&mut ana, &mut ben, &space);
}

#[test]
fn s4_records_signed_by_another_than_the_lanes_device_say_nothing() {
    let (mut net, mut ana, mut ben, space) = net::pair(31);
    let real = Thief::of(&ben, &space, 1);
    // Ana's keys, Ben's name: the opening says Ben's device, the signature is Ana's.
    let mut forger = Thief::of(&ana, &space, 2);
    forger.opening.device = real.id();
    let forged = forger.says(CLOCK, "Ben never said this");
    // And behind Ben's own records.
    let from = net.pushed.len();
    ben.say(&space, "one");
    net.sync(&mut ben);
    let last = pushed(&net, &real, from).pop().unwrap();
    let outer = Outer::parse(&last).unwrap();
    let body = Body { events: vec![forger.event(CLOCK, "nor this")], ..Body::default() }.to_bytes();
    let place = Place { opening: &forger.opening, lane: outer.lane, n: outer.n + 1, prev: ithaca_core::id::RecordId([3; 32]) };
    let (behind, _) = seal(&mut forger.entropy, forger.key.content(), forger.device.signing(), &place, Kind::Content, body).unwrap();
    net.push(&real.mailbox(), &[forged, behind]);
    net.settle(&mut ana, &mut ben);
    ben.say(&space, "two");
    net.settle(&mut ana, &mut ben);
    assert_eq!(ana.said(&space), ["one", "two"]);
    assert_eq!(ben.said(&space), ["one", "two"]);
    agree(&mut ana, &mut ben, &space);
    assert!(!ben.notices().contains(&"renewed".to_owned()));
}

#[test]
fn s9_old_records_again_and_answers_in_any_order_change_nothing() {
    let (mut net, mut ana, mut ben, space) = net::pair(32);
    let thief = Thief::of(&ben, &space, 1);
    for i in 0..5 {
        ben.say(&space, &format!("{i}"));
        ben.note(&space, i, "note");
        ben.write(&space, i, 0, "words");
        net.sync(&mut ben);
    }
    Cheat::Reorders.lay(&mut net);
    net.settle(&mut ana, &mut ben);
    net.honest();
    let all = pushed(&net, &thief, 0);
    net.push(&thief.mailbox(), &all);
    net.settle(&mut ana, &mut ben);
    assert_eq!(ana.said(&space), ["0", "1", "2", "3", "4"]);
    agree(&mut ana, &mut ben, &space);
    assert!(ana.notices().is_empty() && ben.notices().is_empty());
}

#[test]
fn a_relay_that_lies_about_what_it_holds_is_believed_only_while_it_does() {
    // It says it took everything and drops it; or says it holds what the phone holds.
    for lie in 0..3 {
        let (mut net, mut ana, mut ben, space) = net::pair(40 + lie);
        ben.say(&space, "one");
        match lie {
            0 => net.ask = Some(Box::new(|request| request.mailboxes.iter_mut().for_each(|a| a.push = None))),
            1 => net.answer = Some(Box::new(|response| response.mailboxes.iter_mut().for_each(|a| a.digest = None))),
            _ => {
                // It drops what is pushed, says nothing about its state, and confirms.
                net.ask = Some(Box::new(|request| {
                    for ask in &mut request.mailboxes {
                        (ask.push, ask.digest, ask.vector) = (None, None, None);
                    }
                }));
            }
        }
        net.sync(&mut ben);
        net.sync(&mut ben);
        net.honest();
        net.settle(&mut ana, &mut ben);
        net.settle(&mut ana, &mut ben);
        assert_eq!(ana.said(&space), ["one"], "lie {lie}");
        agree(&mut ana, &mut ben, &space);
    }
}

#[test]
fn a_relay_that_drops_every_push_or_answers_gap_for_ever_does_not_keep_a_phone_busy() {
    use ithaca_wire::error::Code;
    for way in 0..4 {
        let (mut net, mut ana, mut ben, space) = net::pair(50 + way);
        ben.say(&space, "one");
        net.sync(&mut ben);
        let thief = Thief::of(&ben, &space, 1);
        let old = pushed(&net, &thief, 0).remove(0);
        ben.say(&space, "two");
        match way {
            0 => net.ask = Some(Box::new(|request| request.mailboxes.iter_mut().for_each(|a| a.push = None))),
            1 | 2 => {
                net.answer = Some(Box::new(move |response| {
                    for answer in &mut response.mailboxes {
                        answer.pushed = Some(vec![(0, if way == 1 { Code::Gap } else { Code::Fork })]);
                        answer.vector = None;
                        answer.digest = Some([way as u8; 16]);
                    }
                }));
            }
            _ => {
                net.answer = Some(Box::new(move |response| {
                    for answer in &mut response.mailboxes {
                        answer.digest = Some([3; 16]);
                        answer.lacking = Some((1000, 1 << 20));
                        answer.records = Some(vec![ByteVec::from(old.clone())]);
                    }
                }));
            }
        }
        let calls = net.calls;
        net.sync(&mut ben);
        assert!(net.calls - calls < 40, "way {way}: {} calls", net.calls - calls);
        net.honest();
        net.settle(&mut ana, &mut ben);
        assert_eq!(ana.said(&space), ["one", "two"], "way {way}");
        agree(&mut ana, &mut ben, &space);
    }
}

#[test]
fn answers_of_other_shapes_do_no_harm() {
    for way in 0..4 {
        let (mut net, mut ana, mut ben, space) = net::pair(60 + way);
        ben.say(&space, "one");
        net.answer = Some(Box::new(move |response| match way {
            0 => response.mailboxes.clear(),
            1 => response.version = 9,
            2 => {
                let more = response.mailboxes.clone();
                response.mailboxes.extend(more);
            }
            _ => {
                for answer in &mut response.mailboxes {
                    answer.records = Some(vec![ByteVec::from(vec![]), ByteVec::from(vec![1; 300]), ByteVec::from(vec![0; 80])]);
                    answer.pushed = Some(vec![(u32::MAX, ithaca_wire::error::Code::Gap), (7, ithaca_wire::error::Code::Fork)]);
                }
            }
        }));
        net.sync(&mut ben);
        net.honest();
        net.settle(&mut ana, &mut ben);
        assert_eq!(ana.said(&space), ["one"], "way {way}");
        agree(&mut ana, &mut ben, &space);
    }
}

#[test]
fn s11_a_relay_that_forgets_is_given_everything_again() {
    let (mut net, mut ana, mut ben, space) = net::pair(70);
    for i in 0..4 {
        ben.say(&space, &format!("b{i}"));
        ana.say(&space, &format!("a{i}"));
        net.sync(&mut ben);
        Cheat::Forgets.lay(&mut net);
        net.sync(&mut ana);
        if i % 2 == 0 {
            net.wipe();
        }
    }
    net.settle(&mut ana, &mut ben);
    net.wipe();
    net.settle(&mut ana, &mut ben);
    assert_eq!(ana.said(&space).len(), 8);
    agree(&mut ana, &mut ben, &space);
    let mut cy = Net::new();
    std::mem::swap(&mut net, &mut cy);
    net.settle(&mut ana, &mut ben);
    agree(&mut ana, &mut ben, &space);
}

#[test]
fn s24_mutated_bodies_under_a_valid_signature_stop_nobody() {
    let cases: u64 = std::env::var("CASES").ok().and_then(|c| c.parse().ok()).unwrap_or(150);
    let (mut net, mut ana, mut ben, space) = net::pair(80);
    ben.note(&space, 1, "note");
    ben.write(&space, 1, 0, "some words to mutate");
    ben.say(&space, "one");
    net.settle(&mut ana, &mut ben);
    let mut thief = Thief::of(&ben, &space, 1);
    // Bodies as the engine writes them, with a hole knocked into each.
    let mut models = Vec::new();
    for (mailbox, bytes) in &net.pushed {
        let outer = Outer::parse(bytes).unwrap();
        if *mailbox == thief.mailbox().id
            && let Ok(inner) = seal::open(thief.key.content(), &thief.epoch(), &outer)
        {
            models.push(inner.body);
        }
    }
    let events = vec![thief.event(CLOCK, "an honest event to mutate")];
    let chunks = vec![ByteVec::from(chunk(thief.actor(), |tx| tx.put(ROOT, "title", "an honest change").unwrap()))];
    let changes = vec![DocumentChanges { document: DocumentId([6; 16]), kind: NOTE, chunks }];
    let content = Body { events, changes, ..Body::default() }.content().unwrap();
    let mut x = 88_172_645_463_325_252u64;
    let mut random = |below: usize| {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        (x % below.max(1) as u64) as usize
    };
    for case in 0..cases {
        // Either the outside of a body or what stands inside its compression.
        let outside = case % 2 == 0;
        let mut bytes = if outside { models[random(models.len())].clone() } else { content.clone() };
        for _ in 0..=random(4) {
            let at = random(bytes.len());
            match random(4) {
                0 => bytes[at] = random(256) as u8,
                1 => bytes.truncate(at),
                2 => bytes.insert(at, random(256) as u8),
                _ => bytes[at] ^= 1 << random(8),
            }
            if bytes.is_empty() {
                break;
            }
        }
        if !outside {
            let packed = ithaca_core::record::body::compress(&bytes);
            let mut body = vec![0xa2, 0x03, 0x59];
            body.extend((packed.len() as u16).to_be_bytes());
            body.extend(packed);
            body.extend([0x04, 0x01]);
            bytes = body;
        }
        let record = thief.record(Kind::Content, bytes);
        net.push(&thief.mailbox(), &[record]);
        net.sync(&mut ana);
    }
    let record = thief.says(CLOCK + 1, "the last word");
    net.push(&thief.mailbox(), &[record]);
    net.settle(&mut ana, &mut ben);
    assert!(ana.said(&space).contains(&"the last word".to_owned()));
    assert!(ana.status(&space).set_aside > 0 || cases < 20, "some were bad");
    assert_eq!(ana.code(&space), ben.code(&space));
    ana.kill();
    ana.start();
    assert_eq!(ana.code(&space), ben.code(&space));
}
