//! Several devices of one person: added, used side by side, revoked.

use ithaca_core::engine::{Compared, EngineError, Joining, NewcomerState, Where};
use ithaca_core::id::DocumentId;
use ithaca_core::identity::entropy::SeededEntropy;

use super::net::{Net, ORIGIN, Phone, pair};

/// Ana with two phones, Ben with one, and the space of the two.
fn three(seed: u64) -> (Net, Phone, Phone, Phone, ithaca_core::id::SpaceId) {
    let (mut net, mut ana, mut ben, space) = pair(seed);
    let personal = ana.engine().personal().unwrap();
    ana.say(&space, "from the first");
    ana.note(&space, 1, "Shared");
    ana.write(&space, 1, 0, "words");
    ana.note(&personal, 2, "Private");
    ana.write(&personal, 2, 0, "mine");
    net.settle(&mut ana, &mut ben);
    let mut second = net.second(&mut ana, 7_000 + seed, "Tablet");
    net.settle_all(&mut [&mut ana, &mut second, &mut ben]);
    (net, ana, second, ben, space)
}

#[test]
fn s19_a_second_device_has_everything_and_everybody_is_told() {
    let (mut net, mut ana, mut second, mut ben, space) = three(1);
    let personal = ana.engine().personal().unwrap();
    assert_eq!(second.engine().me(), ana.engine().me());
    assert_eq!((second.said(&space), second.body(&space, 1)), (vec!["from the first".to_owned()], "words".to_owned()));
    assert_eq!(second.body(&personal, 2), "mine");
    assert_eq!(second.engine().name().unwrap(), "Ana");
    let pairs = second.engine().pairs().unwrap();
    assert_eq!(pairs.iter().map(|p| p.name.as_str()).collect::<Vec<_>>(), ["Ben"]);
    assert!(ben.notices().contains(&"new_device".to_owned()), "{:?}", ben.notices());
    assert!(second.notices().is_empty(), "{:?}", second.notices());
    let devices = ana.engine().devices().unwrap();
    assert_eq!(
        devices.iter().map(|d| (d.this_one, d.revoked, d.name.as_str())).collect::<Vec<_>>(),
        [(true, false, ""), (false, false, "Tablet")]
    );

    second.say(&space, "from the second");
    second.write(&space, 1, 5, " and more");
    second.write(&personal, 2, 4, " alone");
    ben.say(&space, "to both");
    net.settle_all(&mut [&mut second, &mut ben, &mut ana]);
    for phone in [&mut ana, &mut second, &mut ben] {
        assert_eq!(phone.said(&space).len(), 3);
        assert_eq!(phone.body(&space, 1), "words and more");
    }
    assert_eq!(ana.body(&personal, 2), "mine alone");
    assert_eq!(ana.code(&space), second.code(&space));
    assert_eq!(ana.code(&space), ben.code(&space));
    assert_eq!(ana.code(&personal), second.code(&personal));
}

#[test]
fn what_is_chosen_on_one_device_holds_on_the_other() {
    let (mut net, mut ana, mut second, mut ben, space) = three(2);
    let now = ana.now;
    ana.engine().compared(&space, Compared::InPerson, now).unwrap();
    net.settle_all(&mut [&mut ana, &mut second]);
    assert_eq!(second.engine().pairs().unwrap()[0].verified, Some((now, Compared::InPerson)));
    second.engine().block(&space, true, now).unwrap();
    net.settle_all(&mut [&mut second, &mut ana]);
    assert!(ana.engine().pairs().unwrap()[0].blocked);
    ben.say(&space, "are you there");
    net.settle_all(&mut [&mut ben, &mut ana, &mut second]);
    assert_eq!(ana.said(&space).len(), 1);
    second.engine().block(&space, false, now).unwrap();
    net.settle_all(&mut [&mut second, &mut ana, &mut ben]);
    assert_eq!(ana.said(&space).len(), 2);
}

#[test]
fn a_pair_made_on_one_device_comes_to_the_other() {
    let (mut net, mut ana, mut second, _, first) = three(3);
    let mut cy = Phone::new("Cy", 99);
    let space = net.pair(&mut second, &mut cy);
    cy.say(&space, "hello");
    net.settle_all(&mut [&mut cy, &mut second, &mut ana]);
    assert_eq!(ana.said(&space), ["hello"]);
    ana.say(&space, "welcome");
    net.settle_all(&mut [&mut ana, &mut cy, &mut second]);
    assert_eq!((cy.said(&space).len(), second.said(&space).len()), (2, 2));
    assert_eq!(cy.code(&space), ana.code(&space));
    assert_ne!(space, first);
}

/// S17, S19: a removed device opens nothing sealed later; the others go on.
#[test]
fn s17_a_revoked_device_opens_nothing_sealed_later_and_what_it_writes_does_not_count() {
    let (mut net, mut ana, mut second, mut ben, space) = three(4);
    let personal = ana.engine().personal().unwrap();
    second.say(&space, "before the end");
    net.settle_all(&mut [&mut second, &mut ana, &mut ben]);
    let (now, device) = (ana.now, second.engine().device());
    assert!(matches!(second.engine().revoke_device(&device, now), Err(EngineError::Invalid(_))));
    ana.engine().revoke_device(&device, now).unwrap();
    assert!(matches!(ana.engine().revoke_device(&device, now), Err(EngineError::Invalid(_))));
    ana.say(&space, "after the end");
    ana.write(&personal, 2, 0, "still ");
    net.settle(&mut ana, &mut ben);
    ben.say(&space, "and Ben after it");
    net.settle(&mut ana, &mut ben);
    assert_eq!(ben.said(&space), ["from the first", "before the end", "after the end", "and Ben after it"]);
    assert_eq!(ana.code(&space), ben.code(&space));

    // It still comes and writes, not knowing; or knowing, with everything it holds.
    second.say(&space, "from a thief");
    net.settle_all(&mut [&mut second, &mut ana, &mut ben]);
    assert!(!ana.said(&space).contains(&"from a thief".to_owned()) && !ben.said(&space).contains(&"from a thief".to_owned()));
    assert!(!second.said(&space).contains(&"after the end".to_owned()) && !second.said(&space).contains(&"and Ben after it".to_owned()));
    assert_eq!(second.body(&personal, 2), "mine");
    assert_eq!(ana.code(&space), ben.code(&space));
    let shown = ana.engine().devices().unwrap();
    assert!(shown.iter().any(|d| d.device == device && d.revoked), "{shown:?}");
    assert!(second.engine().doctor(now).unwrap().iter().any(|f| f.what == "device" && !f.good));
    // Of all that went over the wire since, its keys open only what it sent itself.
    assert!(net.opened_by(&mut ana, &space) > net.opened_by(&mut second, &space));
}

/// S20: two devices that revoke each other at once are both out, and a third goes on.
#[test]
fn s20_two_devices_that_revoke_each_other_are_both_out() {
    let (mut net, mut ana, mut second, mut ben, space) = three(5);
    let mut third = net.second(&mut ana, 8_005, "Laptop");
    net.settle_all(&mut [&mut ana, &mut second, &mut third, &mut ben]);
    let now = ana.now;
    let (a, b) = (ana.engine().device(), second.engine().device());
    ana.engine().revoke_device(&b, now).unwrap();
    second.engine().revoke_device(&a, now).unwrap();
    net.settle_all(&mut [&mut ana, &mut second, &mut third, &mut ben]);
    let revoked = |p: &mut Phone| p.engine().devices().unwrap().iter().filter(|d| d.revoked).count();
    assert_eq!((revoked(&mut ana), revoked(&mut second), revoked(&mut third)), (2, 2, 2));
    third.now += 120_000;
    ben.now += 120_000;
    third.say(&space, "the one that is left");
    net.settle_all(&mut [&mut third, &mut ben]);
    ben.say(&space, "good");
    net.settle_all(&mut [&mut ben, &mut third, &mut ana, &mut second]);
    assert!(ben.said(&space).contains(&"the one that is left".to_owned()));
    assert!(third.said(&space).contains(&"good".to_owned()));
    assert!(!ana.said(&space).contains(&"good".to_owned()) && !second.said(&space).contains(&"good".to_owned()));
    assert_eq!(third.code(&space), ben.code(&space));
}

#[test]
fn a_device_on_its_way_can_be_interrupted_anywhere() {
    let (mut net, mut ana, mut ben, space) = pair(6);
    ana.say(&space, "kept");
    net.settle(&mut ana, &mut ben);
    let new = Phone::bare(6_006);
    let vault = new.vault();
    let entropy = |n| Box::new(SeededEntropy::new(n));
    let begun = Joining::begin(new.dir.path(), &vault, entropy(1), ORIGIN, "").unwrap();
    let (code, now) = (begun.code(), ana.now);
    drop(begun);
    let mut new = new;
    assert!(matches!(new.try_start(), Err(EngineError::NotAdded)), "nothing opens before it was added");
    let again = |n| Joining::resume(new.dir.path(), &vault, entropy(n)).unwrap().unwrap();
    let scanned = ana.engine().scan_device(&code, None, now).unwrap();
    assert_eq!(ana.engine().scan_device(&code, None, now).unwrap(), scanned, "scanning twice is scanning once");
    net.sync(&mut ana);
    net.joins(&mut again(2), now);
    ana.kill();
    ana.start();
    net.sync(&mut ana);
    ana.engine().approve_device(&scanned.id, now).unwrap();
    net.sync(&mut ana);
    let mut offered = again(3);
    net.joins(&mut offered, now);
    drop(offered);
    let mut agreed = again(4);
    agreed.agree().unwrap();
    drop(agreed);
    net.joins(&mut again(5), now);
    net.sync(&mut ana);
    net.sync(&mut ana);
    net.joins(&mut again(6), now);
    assert!(Joining::resume(new.dir.path(), &vault, entropy(7)).unwrap().is_none());
    new.start();
    net.settle_all(&mut [&mut new, &mut ana]);
    assert_eq!(new.said(&space), ["kept"]);
    assert!(new.notices().is_empty() && !new.opened.renewed);
}

#[test]
fn nobody_is_added_by_a_code_they_did_not_agree_to() {
    let (mut net, mut ana, _, _) = pair(7);
    let (mut new, mut thief) = (Phone::bare(7_007), Phone::new("Mallory", 7_008));
    let mut joining = Joining::begin(new.dir.path(), &new.vault(), Box::new(SeededEntropy::new(1)), ORIGIN, "Ana's").unwrap();
    let now = ana.now;
    // Whoever saw the code first offers; the new device shows who, and its person says no: nothing was signed.
    thief.engine().set_relay(ORIGIN, None, now).unwrap();
    let scanned = thief.engine().scan_device(&joining.code(), None, now).unwrap();
    net.sync(&mut thief);
    net.joins(&mut joining, now);
    net.sync(&mut thief);
    thief.engine().approve_device(&scanned.id, now).unwrap();
    net.sync(&mut thief);
    net.joins(&mut joining, now);
    net.settle_all(&mut [&mut thief, &mut ana]);
    assert_eq!(thief.engine().devices().unwrap().len(), 1);
    assert_eq!(thief.engine().newcomers(now).unwrap()[0].state, NewcomerState::Offered);
    drop(joining);
    assert!(new.try_start().is_err());
}

/// PROTOCOL §2: records past a cut do not count, but what a counting change rests on does, on every device and in every order of arrival.
#[test]
fn s17_honest_work_that_rests_on_what_was_written_after_the_end_survives() {
    for order in 0..3 {
        let (mut net, mut ana, mut second, mut ben, space) = three(20 + order);
        let (now, device) = (ana.now, second.engine().device());
        second.write(&space, 1, 5, " one");
        second.say(&space, "alone");
        second.note(&space, 9, "Nobody built on this");
        net.settle_all(&mut [&mut second, &mut ben]);
        // Ben has it and goes on with the note; Ana has not seen any of it when she revokes the device.
        ben.write(&space, 1, 9, " two");
        ana.engine().revoke_device(&device, now).unwrap();
        match order {
            0 => net.settle_all(&mut [&mut ana, &mut ben]),
            1 => net.settle_all(&mut [&mut ben, &mut ana]),
            _ => net.settle_all(&mut [&mut second, &mut ben, &mut ana]),
        }
        net.settle_all(&mut [&mut ana, &mut ben, &mut second]);
        let mut late = net.second(&mut ana, 9_000 + order, "Late");
        net.settle_all(&mut [&mut ana, &mut ben, &mut late]);
        for phone in [&mut ana, &mut ben, &mut late] {
            assert_eq!(phone.body(&space, 1), "words one two", "order {order}");
            assert!(!phone.said(&space).contains(&"alone".to_owned()), "order {order}");
            let notes: Vec<ithaca_core::view::NoteView> = phone.engine().views(&space, ithaca_core::view::RowKind::Note, true, 10).unwrap();
            assert!(notes.iter().all(|n| n.title != "Nobody built on this"), "order {order}");
        }
        assert_eq!((ana.code(&space), late.code(&space)), (ben.code(&space), ben.code(&space)), "order {order}");
        let told = ana.engine().history(&space, ithaca_core::id::DocumentId([1; 16])).unwrap();
        assert_eq!(told.iter().filter(|h| h.after_end).count(), 1, "{told:?}");
    }
}

/// Two epochs made before either was told: the partner must find the second through a mailbox that they know.
#[test]
fn epochs_made_one_after_the_other_without_a_network_are_found() {
    let (mut net, mut ana, mut second, mut ben, space) = three(30);
    let (now, device) = (ana.now, second.engine().device());
    ana.engine().revoke_device(&device, now).unwrap();
    ana.engine().new_words(None, now).unwrap();
    ana.engine().new_words(None, now).unwrap();
    ana.say(&space, "after three changes of keys");
    net.settle(&mut ana, &mut ben);
    assert!(ben.said(&space).contains(&"after three changes of keys".to_owned()), "{:?}", ben.said(&space));
    ben.say(&space, "and back");
    net.settle(&mut ben, &mut ana);
    assert!(ana.said(&space).contains(&"and back".to_owned()));
    super::net::agree(&mut ana, &mut ben, &space);
    net.settle_all(&mut [&mut second, &mut ana, &mut ben]);
    assert!(!second.said(&space).contains(&"after three changes of keys".to_owned()));
}

#[test]
fn how_far_something_came_is_known_on_every_device_of_its_writer() {
    let (mut net, mut ana, mut ben, space) = pair(70);
    ana.note(&space, 9, "note");
    let mut tablet = net.second(&mut ana, 7070, "Tablet");
    net.settle_all(&mut [&mut ana, &mut tablet, &mut ben]);
    ana.close();
    let mut copy = ana.copied(7071);
    ana.start();
    copy.start();
    let said = [ana.say(&space, "from the phone"), copy.say(&space, "from its copy")];
    copy.write(&space, 9, 0, "words");
    for _ in 0..2 {
        net.sync(&mut ana);
        net.sync(&mut copy);
        net.sync(&mut tablet);
    }
    let at = |phone: &mut Phone| {
        let [one, two] = said.map(|m| phone.engine().event_status(&space, &m).unwrap().at);
        [one, two, phone.engine().document_status(&space, DocumentId([9; 16])).unwrap().at]
    };
    for phone in [&mut ana, &mut copy, &mut tablet] {
        assert_eq!(at(phone), [Where::Relay; 3], "Ben's phone has not been here");
    }
    net.settle_all(&mut [&mut ben, &mut ana, &mut copy, &mut tablet]);
    for phone in [&mut ana, &mut copy, &mut tablet, &mut ben] {
        assert_eq!(at(phone), [Where::Other; 3]);
    }
    // Of two devices' changes the one that came less far is shown.
    tablet.write(&space, 9, 0, "more ");
    net.sync(&mut tablet);
    net.sync(&mut ana);
    ana.write(&space, 9, 0, "and ");
    assert_eq!(at(&mut ana)[2], Where::Here);
    net.sync(&mut ana);
    net.sync(&mut tablet);
    for phone in [&mut ana, &mut tablet] {
        assert_eq!(at(phone)[2], Where::Relay);
    }
    net.settle_all(&mut [&mut ben, &mut ana, &mut tablet]);
    for phone in [&mut ana, &mut tablet] {
        assert_eq!(at(phone)[2], Where::Other);
    }
}
