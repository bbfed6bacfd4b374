//! Copies of a profile and profiles set back: the device notices, takes another name for what it writes on, and nothing is lost.

use std::fs;

use automerge::ROOT;
use automerge::transaction::Transactable;
use ithaca_core::engine::{Input, Request};
use ithaca_core::id::{Incarnation, SpaceId};

use super::hostile::chunk;
use super::net::{self, Net, Phone, agree};
use super::relay_double::Cheat;
use super::thief::Thief;

fn write_something(phone: &mut Phone, space: &SpaceId, who: &str) {
    phone.say(space, &format!("{who} speaks"));
    phone.write(space, 1, 0, &format!("{who} types. "));
    phone.write(space, 1, 0, &format!("{who} again. "));
}

fn has_everything(phone: &mut Phone, space: &SpaceId, who: &[&str]) {
    let (said, body) = (phone.said(space), phone.body(space, 1));
    for who in who {
        assert!(said.contains(&format!("{who} speaks")), "{who} in {said:?}");
        assert!(body.contains(&format!("{who} types. ")) && body.contains(&format!("{who} again. ")), "{who} in {body}");
    }
    assert_eq!(said.len(), who.len(), "{said:?}");
    assert_eq!(phone.status(space).set_aside, 0);
}

#[test]
fn s13_what_comes_back_to_a_set_back_device_by_its_private_space_reaches_the_pair_too() {
    let (mut net, mut ana, mut ben, space) = net::pair(99);
    ana.say(&space, "first");
    net.settle(&mut ana, &mut ben);
    ana.close();
    let mut before = ana.copied(5099);
    ana.start();
    // She adds a relay. Her private space leaves the phone, which tells own devices of it; what she told the pair does not.
    let now = ana.now;
    ana.engine().use_relays(&space, &["http://127.0.0.1:9".to_owned(), "http://127.0.0.1:10".to_owned()], now).unwrap();
    let thief = Thief::of(&ana, &space, 1);
    let pair: Vec<_> = ["http://127.0.0.1:9", "http://127.0.0.1:10"].map(|o| thief.key.mailbox(o).id).to_vec();
    net.ask = Some(Box::new(move |request| {
        for ask in request.mailboxes.iter_mut().filter(|a| pair.contains(&a.mailbox)) {
            ask.push = None;
        }
    }));
    net.sync(&mut ana);
    net.honest();
    ana.kill();
    before.start();
    net.settle(&mut before, &mut ben);
    net.settle(&mut before, &mut ben);
    agree(&mut before, &mut ben, &space);
}

#[test]
fn s13_a_clone_and_its_original_both_write_and_nothing_is_lost() {
    // Who syncs in which order; 0 the original, 1 its copy, 2 the partner.
    let orders: [&[usize]; 5] = [&[0, 1, 2], &[1, 0, 2], &[2, 1, 0], &[0, 2, 1, 2, 0], &[1, 2, 0]];
    for (i, order) in orders.into_iter().enumerate() {
        for unsent in [false, true] {
            let seed = 100 + 2 * i as u64 + u64::from(unsent);
            let (mut net, mut ana, mut ben, space) = net::pair(seed);
            ana.note(&space, 1, "note");
            write_something(&mut ana, &space, "first");
            if !unsent {
                net.settle(&mut ana, &mut ben);
            }
            ana.close();
            let mut copy = ana.copied(seed + 5000);
            ana.start();
            copy.start();
            assert!(!ana.opened.renewed && copy.opened.renewed, "the copy knows that it is one");
            write_something(&mut ana, &space, "original");
            write_something(&mut copy, &space, "copy");
            if !unsent {
                write_something(&mut ben, &space, "partner");
            }
            for _ in 0..3 {
                for who in order {
                    net.sync([&mut ana, &mut copy, &mut ben][*who]);
                }
            }
            let mut who = vec!["first", "original", "copy"];
            if !unsent {
                who.push("partner");
            }
            for phone in [&mut ana, &mut copy, &mut ben] {
                has_everything(phone, &space, &who);
            }
            assert_eq!(ana.code(&space), ben.code(&space));
            assert_eq!(copy.code(&space), ben.code(&space));
            for phone in [&mut ana, &mut copy, &mut ben] {
                phone.kill();
                phone.start();
            }
            assert_eq!(ana.code(&space), ben.code(&space));
            assert_eq!(copy.code(&space), ben.code(&space));
        }
    }
}

/// Files of the database, as they are now.
fn snapshot(phone: &Phone) -> Vec<(String, Option<Vec<u8>>)> {
    ["ithaca.db", "ithaca.db-wal"].map(|n| (n.to_owned(), fs::read(phone.path(n)).ok())).to_vec()
}

/// Puts them back in place.
fn set_back(phone: &Phone, files: &[(String, Option<Vec<u8>>)]) {
    drop(fs::remove_file(phone.path("ithaca.db-shm")));
    for (name, bytes) in files {
        match bytes {
            Some(bytes) => fs::write(phone.path(name), bytes).unwrap(),
            None => drop(fs::remove_file(phone.path(name))),
        }
    }
}

fn set_back_and_on(seed: u64, in_one_run: bool, writes_first: bool, partner_has_it: bool) {
    let what = format!("in one run {in_one_run}, writes first {writes_first}, partner has it {partner_has_it}");
    let (mut net, mut ana, mut ben, space) = net::pair(seed);
    ana.note(&space, 1, "note");
    write_something(&mut ana, &space, "first");
    net.settle(&mut ana, &mut ben);
    let earlier;
    if in_one_run {
        earlier = snapshot(&ana);
    } else {
        ana.close();
        earlier = snapshot(&ana);
        ana.start();
    }
    write_something(&mut ana, &space, "lost");
    net.sync(&mut ana);
    if partner_has_it {
        net.settle(&mut ana, &mut ben);
    }
    ana.kill();
    set_back(&ana, &earlier);
    ana.start();
    assert_eq!(ana.said(&space), ["first speaks"], "{what}: it was set back");
    if !in_one_run {
        assert!(ana.opened.renewed, "{what}");
    }
    let mut who = vec!["first", "lost"];
    if writes_first {
        write_something(&mut ana, &space, "after");
        who.push("after");
    }
    net.sync(&mut ana);
    net.settle(&mut ana, &mut ben);
    if !writes_first {
        write_something(&mut ana, &space, "after");
        who.push("after");
    }
    net.settle(&mut ana, &mut ben);
    net.settle(&mut ana, &mut ben);
    for phone in [&mut ana, &mut ben] {
        let (said, body) = (phone.said(&space), phone.body(&space, 1));
        for who in &who {
            let all = said.contains(&format!("{who} speaks")) && body.contains(&format!("{who} types. "));
            assert!(all && body.contains(&format!("{who} again. ")), "{what}: {who} in {said:?} {body}");
        }
        assert_eq!(phone.status(&space).set_aside, 0, "{what}");
    }
    assert_eq!(ana.code(&space), ben.code(&space), "{what}");
}

#[test]
fn s13_a_database_set_back_to_an_earlier_copy_loses_nothing() {
    for (i, (writes_first, partner)) in [(false, false), (true, false), (false, true), (true, true)].into_iter().enumerate() {
        set_back_and_on(200 + i as u64, false, writes_first, partner);
    }
}

#[test]
fn set_back_within_one_run_is_found_by_what_the_relay_holds() {
    for (i, partner) in [false, true].into_iter().enumerate() {
        set_back_and_on(210 + i as u64, true, false, partner);
    }
}

#[test]
fn set_back_within_one_run_and_written_on_before_anybody_said_so() {
    for (i, partner) in [false, true].into_iter().enumerate() {
        set_back_and_on(220 + i as u64, true, true, partner);
    }
}

#[test]
fn a_start_that_ended_between_the_marker_and_the_database_is_only_a_new_name() {
    let (mut net, mut ana, mut ben, space) = net::pair(230);
    ana.note(&space, 1, "note");
    write_something(&mut ana, &space, "first");
    ana.kill();
    for (i, marker) in [vec![9; 16], vec![], vec![1; 40]].into_iter().enumerate() {
        fs::write(ana.path("marker"), marker).unwrap();
        ana.start();
        assert!(ana.opened.renewed);
        ana.say(&space, &format!("{i}"));
        ana.kill();
    }
    fs::remove_file(ana.path("marker")).unwrap();
    ana.start();
    assert!(ana.opened.renewed);
    ana.kill();
    ana.start();
    assert!(!ana.opened.renewed, "told once");
    net.settle(&mut ana, &mut ben);
    assert_eq!(ben.said(&space).len(), 4);
    agree(&mut ana, &mut ben, &space);
}

#[test]
fn a_profile_that_lost_its_database_and_its_copy_go_on_together() {
    let (mut net, mut ana, mut ben, space) = net::pair(240);
    ana.note(&space, 1, "note");
    write_something(&mut ana, &space, "first");
    net.settle(&mut ana, &mut ben);
    ana.close();
    let mut copy = ana.copied(7777);
    fs::remove_file(ana.path("ithaca.db")).unwrap();
    ana.start();
    copy.start();
    write_something(&mut copy, &space, "copy");
    ana.say(&space, "lost speaks");
    let mut all = |net: &mut Net| {
        for _ in 0..3 {
            net.sync(&mut ana);
            net.sync(&mut copy);
            net.sync(&mut ben);
        }
    };
    all(&mut net);
    net.wipe();
    all(&mut net);
    assert_eq!(ana.code(&space), ben.code(&space));
    assert_eq!(copy.code(&space), ben.code(&space));
    assert_eq!(ben.said(&space).len(), 3);
}

/// What each has written stands there once, on every phone, and all say the same.
fn all_agree(what: &str, phones: &mut [&mut Phone], space: &SpaceId, who: &[&str]) {
    for phone in phones.iter_mut() {
        let (said, body) = (phone.said(space), phone.body(space, 1));
        for who in who {
            for words in [format!("{who} types. "), format!("{who} again. ")] {
                assert_eq!(body.matches(&words).count(), 1, "{what}: {words} in {body}");
            }
            assert_eq!(said.iter().filter(|s| **s == format!("{who} speaks")).count(), 1, "{what}: {who} in {said:?}");
        }
        assert_eq!(phone.status(space).set_aside, 0, "{what}");
    }
    let codes: Vec<String> = phones.iter_mut().map(|p| p.code(space)).collect();
    assert!(codes.iter().all(|c| *c == codes[0]), "{what}: {codes:?}");
}

/// A copy that neither it nor its original can know of: what would show it was forged.
fn unnoticed_copy(ana: &mut Phone, seed: u64) -> Phone {
    ana.close();
    let mut copy = ana.copied(seed);
    Thief::forge_inode(&copy);
    ana.start();
    copy.start();
    assert!(!ana.opened.renewed && !copy.opened.renewed, "neither knows");
    copy
}

#[test]
fn s13_a_copy_that_nobody_notices_writes_under_the_same_numbers_and_nothing_is_lost() {
    // Who syncs in which order; 0 the original, 1 its copy, 2 the partner.
    let orders: [&[usize]; 6] = [&[0, 1, 2], &[1, 0, 2], &[2, 1, 0], &[0, 2, 1, 2, 0], &[1, 2, 0], &[1, 2, 0, 2, 1]];
    for (i, order) in orders.into_iter().enumerate() {
        for partner in 0..3 {
            let what = format!("order {order:?}, partner {partner}");
            let seed = 300 + 4 * i as u64 + partner;
            let (mut net, mut ana, mut ben, space) = net::pair(seed);
            ana.note(&space, 1, "note");
            write_something(&mut ana, &space, "first");
            net.settle(&mut ana, &mut ben);
            let mut copy = unnoticed_copy(&mut ana, seed + 5000);
            write_something(&mut ana, &space, "original");
            write_something(&mut copy, &space, "copy");
            let mut who = vec!["first", "original", "copy"];
            if partner == 1 {
                write_something(&mut ben, &space, "partner");
            }
            if partner == 2 {
                // The partner goes on from what came first, before the other side is anywhere.
                net.sync([&mut ana, &mut copy][order[0] % 2]);
                net.sync(&mut ben);
                write_something(&mut ben, &space, "partner");
            }
            if partner > 0 {
                who.push("partner");
            }
            for _ in 0..5 {
                for who in order {
                    net.sync([&mut ana, &mut copy, &mut ben][*who]);
                }
            }
            all_agree(&what, &mut [&mut ana, &mut copy, &mut ben], &space, &who);
            // Everybody writes on, starts again, and it stays so.
            write_something(&mut ana, &space, "later");
            write_something(&mut copy, &space, "as well");
            write_something(&mut ben, &space, "and");
            who.extend(["later", "as well", "and"]);
            for _ in 0..4 {
                for phone in [&mut ana, &mut copy, &mut ben] {
                    net.sync(phone);
                }
            }
            for phone in [&mut ana, &mut copy, &mut ben] {
                phone.kill();
                phone.start();
            }
            all_agree(&what, &mut [&mut ana, &mut copy, &mut ben], &space, &who);
            assert_eq!(ana.engine().doctor(0).unwrap().iter().filter(|f| f.what == "database" && !f.good).count(), 0);
        }
    }
}

#[test]
fn s13_a_change_set_aside_counts_when_the_partner_turns_out_to_rest_on_it() {
    // Ben, out of touch, goes on from one side; the two sides have agreed on the other by then. One of the two ways round it flips.
    for way in 0..2 {
        let (mut net, mut ana, mut ben, space) = net::pair(350 + way);
        ana.note(&space, 1, "note");
        write_something(&mut ana, &space, "first");
        net.settle(&mut ana, &mut ben);
        let mut copy = unnoticed_copy(&mut ana, 5350 + way);
        write_something(&mut ana, &space, "original");
        write_something(&mut copy, &space, "copy");
        net.sync(if way == 0 { &mut ana } else { &mut copy });
        net.sync(&mut ben);
        write_something(&mut ben, &space, "partner");
        for _ in 0..4 {
            net.sync(&mut ana);
            net.sync(&mut copy);
        }
        all_agree("before Ben", &mut [&mut ana, &mut copy], &space, &["first", "original", "copy"]);
        write_something(&mut copy, &space, "on top");
        for _ in 0..5 {
            net.sync(&mut copy);
            net.sync(&mut ben);
            net.sync(&mut ana);
        }
        all_agree("after Ben", &mut [&mut ana, &mut copy, &mut ben], &space, &["first", "original", "copy", "on top", "partner"]);
    }
}

#[test]
fn s13_what_was_made_again_meanwhile_stands_once_where_the_first_making_counts() {
    // As above, but Ben, whose own words do not get out, hears first of the other side and later of what was made again of his.
    for way in 0..2 {
        let (mut net, mut ana, mut ben, space) = net::pair(360 + way);
        ana.note(&space, 1, "note");
        write_something(&mut ana, &space, "first");
        net.settle(&mut ana, &mut ben);
        let mut copy = unnoticed_copy(&mut ana, 5360 + way);
        write_something(&mut ana, &space, "original");
        write_something(&mut copy, &space, "copy");
        let (one, other) = if way == 0 { (&mut ana, &mut copy) } else { (&mut copy, &mut ana) };
        net.sync(one);
        net.sync(&mut ben);
        write_something(&mut ben, &space, "partner");
        // The other side is told of nothing yet, so it only says its own.
        net.answer =
            Some(Box::new(|response| response.mailboxes.iter_mut().for_each(|a| (a.records, a.vector, a.lists) = (None, None, None))));
        net.sync(other);
        net.honest();
        for _ in 0..3 {
            net.ask = Some(Box::new(|request| request.mailboxes.iter_mut().for_each(|ask| ask.push = None)));
            net.sync(&mut ben);
            net.honest();
            net.sync(other);
            net.sync(one);
        }
        all_agree("before Ben", &mut [one, other], &space, &["first", "original", "copy"]);
        for _ in 0..5 {
            net.sync(other);
            net.sync(&mut ben);
            net.sync(one);
        }
        all_agree("after Ben", &mut [one, other, &mut ben], &space, &["first", "original", "copy", "partner"]);
    }
}

#[test]
fn s13_another_life_in_a_lane_of_its_own_under_the_same_name_is_found_and_both_count() {
    for ana_first in [false, true] {
        let (mut net, mut ana, mut ben, space) = net::pair(360 + u64::from(ana_first));
        // Somebody with the keys of Ana's phone, under its present incarnation: the first change of its actor in a note that Ana begins as well.
        let mut other = Thief::of(&ana, &space, 1);
        other.opening.incarnation = Incarnation(Thief::meta(&ana, "incarnation").unwrap().try_into().unwrap());
        let record = other.change([1; 16], 4, chunk(other.actor(), |tx| tx.put(ROOT, "title", "the other's").unwrap()));
        ana.note(&space, 1, "hers");
        ana.write(&space, 1, 0, "Her words. ");
        if ana_first {
            net.sync(&mut ana);
            net.sync(&mut ben);
        }
        net.push(&other.mailbox(), &[record]);
        for _ in 0..2 {
            net.settle(&mut ben, &mut ana);
        }
        assert_eq!(ana.body(&space, 1), "Her words. ");
        assert_eq!(ben.body(&space, 1), "Her words. ");
        assert_eq!(ana.notices(), ["renewed"], "a life that is not this one writes under its name");
        assert!(ben.notices().is_empty(), "{:?}", ben.notices());
        ana.write(&space, 1, 0, "More. ");
        net.settle(&mut ana, &mut ben);
        assert_eq!(ben.body(&space, 1), "More. Her words. ");
        agree(&mut ana, &mut ben, &space);
    }
}

/// Ben's phone is set back together with the relay and writes under numbers that Ana's phone holds already; Ana's phone then stops after each of its calls.
#[test]
fn s13_two_records_of_one_number_are_found_below_one_that_both_hold_wherever_a_sync_stopped() {
    for stops_after in 0..10 {
        for answered in [false, true] {
            let seed = 300 + 2 * stops_after as u64 + u64::from(answered);
            let (mut net, mut ana, mut ben, space) = net::pair(seed);
            let thief = Thief::of(&ana, &space, 1);
            ben.say(&space, "first");
            net.settle(&mut ana, &mut ben);
            let kept = net.pushed.iter().filter(|(m, _)| *m == thief.mailbox().id).count();
            ben.close();
            let before: Vec<_> =
                fs::read_dir(ben.dir.path()).unwrap().map(|e| e.unwrap().path()).map(|p| (p.clone(), fs::read(p).unwrap())).collect();
            ben.start();
            for text in ["a", "b"] {
                ben.say(&space, text);
                net.sync(&mut ben);
            }
            net.sync(&mut ana);
            assert_eq!(ana.said(&space), ["first", "a", "b"]);
            Cheat::RollsBack(thief.mailbox(), kept).lay(&mut net);
            ben.close();
            for (path, bytes) in before {
                fs::write(path, bytes).unwrap();
            }
            ben.start();
            ben.say(&space, "c");
            net.sync(&mut ben);
            // Ana's phone stops after so many calls, with or without the last answer.
            let now = ana.now;
            let mut calls: Vec<_> = ana.engine().handle(now, Input::Now).unwrap();
            for n in 0.. {
                let Some(Request::Call { ticket, call, .. }) = calls.pop() else { break };
                let result = net.call(call, now);
                if n == stops_after && !answered {
                    break;
                }
                calls.extend(ana.engine().handle(now, Input::Done { ticket, result }).unwrap());
                if n == stops_after {
                    break;
                }
            }
            ana.kill();
            ana.start();
            for _ in 0..3 {
                net.settle(&mut ana, &mut ben);
            }
            assert_eq!(
                ben.status(&space).known_missing + ana.status(&space).known_missing,
                0,
                "stopped after {stops_after} calls, {answered}"
            );
            agree(&mut ana, &mut ben, &space);
            let mut said = ana.said(&space);
            said.sort();
            assert_eq!(said, ["a", "b", "c", "first"], "stopped after {stops_after} calls, {answered}");
        }
    }
}
