//! Numbers of a lane that somebody takes: what was to stand there is said again elsewhere, for whoever comes later too, and no relay can make a phone do
//! that for ever.

use std::cell::Cell;
use std::rc::Rc;

use ithaca_core::engine::Where;
use ithaca_core::record::body::{Again, Body};
use ithaca_core::record::frame::Kind;
use ithaca_wire::error::Code;
use ithaca_wire::record::Outer;
use ithaca_wire::{LaneId, limits};

use super::hostile::{junk, pushed};
use super::net::{self, Net, agree};
use super::relay_double::{Cheat, said};
use super::thief::Thief;

/// Where the last record stands that was pushed to a pair's mailbox since the `after`th of all.
fn last(net: &Net, thief: &Thief, after: usize) -> (LaneId, u64) {
    let record = pushed(net, thief, after).pop().unwrap();
    Outer::parse(&record).map(|o| (o.lane, o.n)).unwrap()
}

/// The relay forgets all but `kept` records of the pair, and every version that it keeps of a number is taken.
fn forgets_and_is_taken(net: &mut Net, thief: &Thief, kept: usize, (lane, n): (LaneId, u64)) {
    Cheat::RollsBack(thief.mailbox(), kept).lay(net);
    let squat: Vec<Vec<u8>> = (0..limits::VERSIONS).map(|i| junk(lane, n, i as u8)).collect();
    net.push(&thief.mailbox(), &squat);
}

/// What is pushed does not arrive, so many times; where it was to stand stands something else, which is shown or not.
fn takes_numbers(net: &mut Net, times: usize, shows: bool) {
    let left = Rc::new(Cell::new(times));
    let took = left.clone();
    net.ask = Some(Box::new(move |request| {
        for ask in &mut request.mailboxes {
            let Some(push) = ask.push.as_mut().filter(|_| left.get() > 0) else { continue };
            let places: Vec<(LaneId, u64)> = push.iter().filter_map(|r| Outer::parse(r).ok()).map(|o| (o.lane, o.n)).collect();
            push.clear();
            for (lane, n) in places {
                push.extend((0..limits::VERSIONS).map(|i| junk(lane, n, i as u8).into()));
            }
        }
    }));
    net.answer = Some(Box::new(move |response| {
        for answer in &mut response.mailboxes {
            if answer.pushed.is_some() && took.get() > 0 {
                took.set(took.get() - 1);
                answer.pushed = Some((0..64).map(|i| (i, Code::TooManyVersions)).collect());
            }
            if !shows {
                (answer.records, answer.lists) = (None, None);
            }
        }
    }));
}

#[test]
fn s11_a_number_that_a_relay_forgot_and_somebody_took_is_said_again_for_who_comes_later() {
    for writes_on in [false, true] {
        let (mut net, mut ana, mut ben, space) = net::pair(900 + u64::from(writes_on));
        let thief = Thief::of(&ana, &space, 1);
        let from = net.pushed.len();
        ben.say(&space, "one");
        net.settle(&mut ana, &mut ben);
        let kept = pushed(&net, &thief, 0).len();
        let mut places = Vec::new();
        for text in ["two", "three"] {
            ben.say(&space, text);
            net.sync(&mut ben);
            places.push(last(&net, &thief, from));
            net.settle(&mut ana, &mut ben);
        }
        forgets_and_is_taken(&mut net, &thief, kept, places[0]);
        if writes_on {
            ben.say(&space, "four");
        }
        net.settle(&mut ana, &mut ben);
        ben.now += 600_000;
        ana.now += 600_000;
        net.settle(&mut ana, &mut ben);
        agree(&mut ana, &mut ben, &space);
        // Everybody had it when the number was taken; this phone comes later, and the number can never be filled again.
        let mut late = net.second(&mut ana, 7, "Tablet");
        net.settle_all(&mut [&mut ana, &mut late, &mut ben]);
        let words: &[&str] = if writes_on { &["one", "two", "three", "four"] } else { &["one", "two", "three"] };
        for phone in [&mut ana, &mut ben, &mut late] {
            assert_eq!(phone.said(&space), words, "writes on: {writes_on}");
            assert_eq!(phone.status(&space).known_missing, 0, "writes on: {writes_on}");
            assert!(said(phone).iter().all(|w| w.contains("forgot") || w.contains("device")), "{:?}", said(phone));
        }
        agree(&mut late, &mut ben, &space);
        agree(&mut late, &mut ana, &space);
        // The phones hold what the relay has no room for: a difference that remains, compared once and named from then on.
        for phone in [&mut ana, &mut ben] {
            net.sync(phone);
            let calls = net.calls;
            net.sync(phone);
            assert!(net.calls - calls <= 2, "{} calls", net.calls - calls);
        }
    }
}

#[test]
fn s29_a_relay_that_finds_no_room_for_any_record_makes_no_phone_write_for_ever() {
    for with_junk in [false, true] {
        let (mut net, mut ana, mut ben, space) = net::pair(910 + u64::from(with_junk));
        ben.say(&space, "one");
        takes_numbers(&mut net, usize::MAX, with_junk);
        let before = ben.engine().lanes(&space).unwrap().len();
        for _ in 0..40 {
            ben.now += 60_000;
            net.sync(&mut ben);
        }
        let after = ben.engine().lanes(&space).unwrap().len();
        assert!(after > before && after <= before + 5, "junk seen: {with_junk}; {before} lanes, and {after} forty minutes later");
        // When there is room again all of it goes out.
        net.honest();
        ben.now += net::DAY;
        ana.now = ben.now;
        net.settle(&mut ana, &mut ben);
        assert_eq!(ana.said(&space), ["one"], "junk seen: {with_junk}");
        agree(&mut ana, &mut ben, &space);
    }
}

#[test]
fn s9_nobody_speaks_for_another_device_s_lane() {
    let (mut net, mut ana, mut ben, space) = net::pair(920);
    let mut tablet = net.second(&mut ana, 7, "Tablet");
    let reads = Thief::of(&ana, &space, 1);
    let from = net.pushed.len();
    ana.say(&space, "one");
    net.settle_all(&mut [&mut ana, &mut tablet, &mut ben]);
    let mut places = Vec::new();
    for text in ["two", "three"] {
        ana.say(&space, text);
        net.sync(&mut ana);
        places.push(last(&net, &reads, from));
    }
    let (lane, n) = places[0];
    Cheat::DropsOne(lane, n).lay(&mut net);
    // Ben says of Ana's lane that all of it stands elsewhere.
    let mut liar = Thief::of(&ben, &space, 2);
    let again = vec![Again { lane, first: 1, last: u64::MAX }];
    let lie = liar.record(Kind::Content, Body { again, ..Body::default() }.to_bytes());
    net.push(&liar.mailbox(), &[lie]);
    net.sync(&mut tablet);
    assert_eq!(tablet.said(&space), ["one"]);
    assert!(tablet.status(&space).known_missing >= 1, "{:?}", tablet.status(&space));
    net.honest();
    net.settle_all(&mut [&mut ana, &mut tablet, &mut ben]);
    assert_eq!(tablet.said(&space), ["one", "two", "three"]);
    assert_eq!(tablet.status(&space).known_missing, 0);
}

/// Takes every place of the number that a phone gives next in its lane.
fn squats_on_the_next_of(net: &mut Net, thief: &Thief, from: usize) {
    let (lane, n) = last(net, thief, from);
    let squat: Vec<Vec<u8>> = (0..limits::VERSIONS).map(|i| junk(lane, n + 1, i as u8)).collect();
    net.push(&thief.mailbox(), &squat);
}

#[test]
fn s29_what_a_squatter_kept_from_being_acknowledged_is_acknowledged_elsewhere() {
    let (mut net, mut ana, mut ben, space) = net::pair(930);
    let two = ana.say(&space, "two");
    net.sync(&mut ana);
    // The number is that of a record with nothing but what Ben received.
    takes_numbers(&mut net, 1, true);
    net.sync(&mut ben);
    net.honest();
    assert_eq!(ben.said(&space), ["two"]);
    ana.now += 600_000;
    ben.now += 600_000;
    net.settle(&mut ana, &mut ben);
    assert_eq!(ana.engine().event_status(&space, &two).unwrap().at, Where::Other);
    assert!(said(&mut ana).is_empty() && said(&mut ben).is_empty());
    agree(&mut ana, &mut ben, &space);
}

#[test]
fn s29_no_snapshot_covers_a_number_that_somebody_took() {
    let (mut net, mut ana, mut ben, space) = net::pair(940);
    let thief = Thief::of(&ana, &space, 1);
    ben.engine().use_snapshots(false);
    let from = net.pushed.len();
    for i in 0..8 {
        ana.say(&space, &format!("ana {i}"));
        net.settle(&mut ana, &mut ben);
    }
    let before = net.pushed.len();
    ana.say(&space, "and on");
    net.sync(&mut ana);
    assert!(net.pushed.len() > before && before > from);
    squats_on_the_next_of(&mut net, &thief, before);
    ana.engine().snapshot_after(4, 0);
    for i in 0..4 {
        ana.say(&space, &format!("later {i}"));
        net.settle(&mut ana, &mut ben);
    }
    assert!(net.puts > 0, "a snapshot was due and none was made");
    let mut late = net.second(&mut ana, 7, "Tablet");
    assert!(net.gets > 0, "it did not begin with the snapshot");
    net.settle_all(&mut [&mut ana, &mut ben, &mut late]);
    assert!(!late.engine().being_verified(&space).unwrap(), "it waits for a record that nobody can give it");
    assert!(said(&mut late).iter().all(|w| w.contains("device")), "{:?}", said(&mut late));
    agree(&mut late, &mut ben, &space);
}

#[test]
fn s29_what_only_one_other_device_got_before_its_number_was_taken_reaches_the_others() {
    let (mut net, mut ana, mut ben, space) = net::pair(950);
    let mut tablet = net.second(&mut ana, 7, "Tablet");
    net.settle_all(&mut [&mut ana, &mut tablet, &mut ben]);
    let thief = Thief::of(&ana, &space, 1);
    let (kept, from) = (pushed(&net, &thief, 0).len(), net.pushed.len());
    ben.say(&space, "one");
    net.sync(&mut ben);
    let place = last(&net, &thief, from);
    // The tablet is off while this happens.
    net.settle(&mut ana, &mut ben);
    forgets_and_is_taken(&mut net, &thief, kept, place);
    net.settle(&mut ana, &mut ben);
    net.settle_all(&mut [&mut ben, &mut tablet, &mut ana]);
    assert_eq!(tablet.said(&space), ["one"]);
    assert_eq!(tablet.status(&space).known_missing, 0);
    agree(&mut tablet, &mut ben, &space);
}

#[test]
fn s29_what_a_new_epoch_rests_on_is_not_said_again_under_that_epoch() {
    let (mut net, mut ana, mut ben, space) = net::pair(960);
    let mut tablet = net.second(&mut ben, 8, "Tablet");
    net.settle_all(&mut [&mut ana, &mut tablet, &mut ben]);
    // What Ben says of relays is kept from everybody until it is not tried again today.
    takes_numbers(&mut net, usize::MAX, true);
    let now = ben.now;
    ben.engine().use_relays(&space, &["http://127.0.0.1:9".to_owned(), "http://127.0.0.1:10".to_owned()], now).unwrap();
    for _ in 0..6 {
        net.sync(&mut ben);
    }
    net.honest();
    // The epoch that follows is stated after it, and reaches Ana; what it rests on is said again the day after.
    let out = tablet.engine().device();
    ben.engine().revoke_device(&out, now).unwrap();
    net.settle(&mut ben, &mut ana);
    for phone in [&mut ana, &mut ben] {
        phone.now += 2 * net::DAY;
    }
    ben.say(&space, "on");
    net.settle(&mut ben, &mut ana);
    net.settle(&mut ben, &mut ana);
    agree(&mut ana, &mut ben, &space);
    assert_eq!(ana.said(&space), ["on"]);
}

#[test]
fn s29_a_number_taken_behind_the_back_of_a_push_is_filled_again_for_who_lacks_it() {
    let (mut net, mut ana, mut ben, space) = net::pair(970);
    let mut tablet = net.second(&mut ana, 7, "Tablet");
    net.settle_all(&mut [&mut ana, &mut tablet, &mut ben]);
    let thief = Thief::of(&ana, &space, 1);
    let (kept, from) = (pushed(&net, &thief, 0).len(), net.pushed.len());
    ben.say(&space, "one");
    net.sync(&mut ben);
    let (lane, n) = last(&net, &thief, from);
    net.sync(&mut tablet);
    // The relay forgets it, somebody takes its number once, and Ben writes on before he looks: relay and phones end with one record.
    Cheat::RollsBack(thief.mailbox(), kept).lay(&mut net);
    net.push(&thief.mailbox(), &[junk(lane, n, 1)]);
    ben.say(&space, "two");
    net.sync(&mut ben);
    net.settle_all(&mut [&mut tablet, &mut ben, &mut ana]);
    assert_eq!(ana.said(&space), ["one", "two"]);
    for phone in [&mut ana, &mut tablet, &mut ben] {
        assert_eq!(phone.status(&space).known_missing, 0);
    }
    agree(&mut ana, &mut ben, &space);
    agree(&mut tablet, &mut ben, &space);
}

#[test]
fn s29_what_stands_below_one_last_record_is_compared_part_by_part_where_a_list_is_too_long() {
    const WORDS: [&str; 7] = ["one", "two", "three", "four", "five", "six", "seven"];
    for listed in [1, 2, 3, 99] {
        let (mut net, mut ana, mut ben, space) = net::pair(980 + listed as u64);
        for phone in [&mut ana, &mut ben] {
            phone.engine().set_listed(listed);
        }
        let thief = Thief::of(&ana, &space, 1);
        let (kept, from) = (pushed(&net, &thief, 0).len(), net.pushed.len());
        for text in WORDS {
            ben.say(&space, text);
            net.sync(&mut ben);
        }
        // The relay forgets all of it; what it is given again is the writer's but under two numbers, where a stranger's stand alone.
        let mut records = pushed(&net, &thief, from);
        assert_eq!(records.len(), WORDS.len());
        for (i, version) in [(1, 5), (4, 6)] {
            let (lane, n) = Outer::parse(&records[i]).map(|o| (o.lane, o.n)).unwrap();
            records[i] = junk(lane, n, version);
        }
        Cheat::RollsBack(thief.mailbox(), kept).lay(&mut net);
        net.push(&thief.mailbox(), &records);
        net.settle(&mut ana, &mut ben);
        assert_eq!(ana.said(&space), WORDS, "{listed} numbers a list");
        agree(&mut ana, &mut ben, &space);
        // What differs no more is not listed any more.
        let calls = net.calls;
        net.settle(&mut ana, &mut ben);
        assert_eq!(net.calls - calls, 6, "one call a sync says that all is as it was");
    }
}
