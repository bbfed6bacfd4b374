//! A relay that keeps something back, drops what it confirmed, or is set back: said in plain words, mended when it can be, and then no longer said.

use ithaca_wire::record::Outer;

use super::net::{self, DAY, Net, Phone, agree};
use super::relay_double::{Cheat, said};
use super::thief::Thief;

/// Records pushed to a mailbox since the `after`th of all.
fn pushed(net: &Net, thief: &Thief, after: usize) -> Vec<Vec<u8>> {
    let mailbox = thief.mailbox().id;
    net.pushed.iter().skip(after).filter(|(m, _)| *m == mailbox).map(|(_, r)| r.clone()).collect()
}

fn words(phone: &mut Phone, kind: &str) -> Vec<String> {
    phone.engine().notices().unwrap().into_iter().filter(|n| n.kind == kind).map(|n| n.words).collect()
}

#[test]
fn s9_a_record_dropped_in_the_middle_is_named_and_asked_for_again() {
    let (mut net, mut ana, mut ben, space) = net::pair(400);
    let thief = Thief::of(&ben, &space, 1);
    ben.say(&space, "one");
    net.settle(&mut ana, &mut ben);
    let from = net.pushed.len();
    ben.say(&space, "two");
    net.sync(&mut ben);
    let two = pushed(&net, &thief, from).pop().unwrap();
    for text in ["three", "four"] {
        ben.say(&space, text);
        net.sync(&mut ben);
    }
    let (lane, n) = Outer::parse(&two).map(|o| (o.lane, o.n)).unwrap();
    Cheat::DropsOne(lane, n).lay(&mut net);
    for _ in 0..2 {
        net.sync(&mut ana);
        assert_eq!(ana.said(&space), ["one"]);
        assert_eq!(ana.status(&space).known_missing, 2, "what lies before the last that came");
        let sentence =
            "A record is missing: something before what came from Ben's phone was not received (2). It is asked for again with every sync.";
        assert_eq!(said(&mut ana), [sentence], "this and nothing else");
    }
    let now = ana.now;
    assert!(ana.engine().doctor(now).unwrap().iter().any(|f| !f.good && f.words.contains("were not received")));
    // Dismissed is told; the same situation is no news.
    let no = ana.engine().notices().unwrap().into_iter().find(|n| n.kind == "gap").unwrap().no;
    ana.engine().dismiss(no).unwrap();
    ben.say(&space, "five");
    net.sync(&mut ben);
    net.sync(&mut ana);
    assert!(words(&mut ana, "gap").is_empty());
    net.honest();
    net.settle(&mut ana, &mut ben);
    assert_eq!(ana.said(&space), ["one", "two", "three", "four", "five"]);
    assert_eq!(ana.status(&space).known_missing, 0);
    agree(&mut ana, &mut ben, &space);
    assert!(ana.notices().is_empty() && ben.notices().is_empty());
}

/// A record under another number, sealed by somebody who may read: it opens, and nothing says that it is not its writer's until what comes before it is here.
fn sealed_as(thief: &Thief, record: &[u8], n: u64) -> Vec<u8> {
    let outer = Outer::parse(record).unwrap();
    let aad = |n: u64| [b"ithaca/v1/seal".as_slice(), &thief.epoch().0, &outer.lane.0, &n.to_be_bytes()].concat();
    let plain = thief.key.content().open_with(&outer.nonce, &aad(outer.n), outer.ciphertext).unwrap();
    let ciphertext = thief.key.content().seal_with(&[7; 24], &aad(n), &plain);
    Outer { version: outer.version, lane: outer.lane, n, nonce: [7; 24], ciphertext: &ciphertext }.to_bytes()
}

/// A record sealed again as the next comes before what it would follow; then the relay gives everything, or forgets that record.
fn nobody_s(seed: u64, forgets: bool) {
    let (mut net, mut ana, mut ben, space) = net::pair(seed);
    let thief = Thief::of(&ben, &space, 1);
    let from = net.pushed.len();
    ben.say(&space, "one");
    net.sync(&mut ben);
    let kept = pushed(&net, &thief, 0).len();
    let one = pushed(&net, &thief, from).pop().unwrap();
    let (lane, n) = Outer::parse(&one).map(|o| (o.lane, o.n)).unwrap();
    net.push(&thief.mailbox(), &[sealed_as(&thief, &one, n + 1)]);
    Cheat::DropsOne(lane, n).lay(&mut net);
    net.sync(&mut ana);
    assert_eq!(ana.status(&space).known_missing, 1, "for all that Ana's phone knows");
    assert_eq!(words(&mut ana, "gap").len(), 1);
    net.honest();
    if forgets {
        Cheat::RollsBack(thief.mailbox(), kept).lay(&mut net);
    }
    net.settle(&mut ana, &mut ben);
    assert_eq!((ana.said(&space), ana.status(&space).known_missing), (vec!["one".to_owned()], 0));
    assert!(words(&mut ana, "gap").is_empty());
    ben.say(&space, "two");
    net.settle(&mut ana, &mut ben);
    agree(&mut ana, &mut ben, &space);
}

#[test]
fn s9_a_record_that_is_nobody_s_leaves_no_gap_once_what_comes_before_it_is_here() {
    nobody_s(405, false);
}

/// What came beyond a hole shows that there is something before it, and not that it is itself its lane's.
#[test]
fn s9_a_record_that_is_nobody_s_leaves_no_gap_where_the_relay_forgets_it() {
    nobody_s(407, true);
}

fn cut(seed: u64, whole_lane: bool) {
    let (mut net, mut ana, mut ben, space) = net::pair(seed);
    let thief = Thief::of(&ana, &space, 1);
    for text in ["one", "two"] {
        ana.say(&space, text);
        net.settle(&mut ana, &mut ben);
    }
    let from = net.pushed.len();
    ana.say(&space, "three");
    net.sync(&mut ana);
    let last = pushed(&net, &thief, from).pop().unwrap();
    let (lane, n) = Outer::parse(&last).map(|o| (o.lane, o.n)).unwrap();
    net.settle(&mut ana, &mut ben);
    agree(&mut ana, &mut ben, &space);
    // Ana's phone loses its database, and the relay what she wrote last.
    ana.kill();
    std::fs::remove_file(ana.path("ithaca.db")).unwrap();
    ana.start();
    Cheat::DropsTail(lane, if whole_lane { 0 } else { n }).lay(&mut net);
    net.sync(&mut ana);
    net.sync(&mut ana);
    assert!(!ana.said(&space).contains(&"three".to_owned()));
    assert!(ana.status(&space).known_missing >= 1);
    if !whole_lane {
        assert_eq!(ana.status(&space).known_missing, 1);
        assert_eq!(ana.said(&space), ["one", "two"]);
    }
    let said = words(&mut ana, "missing");
    assert!(said.len() == 1 && said[0].contains("Ben's phone knows") && said[0].contains("you have not received"), "{said:?}");
    net.honest();
    net.settle(&mut ana, &mut ben);
    assert_eq!(ana.said(&space), ["one", "two", "three"]);
    assert_eq!(ana.status(&space).known_missing, 0);
    assert!(words(&mut ana, "missing").is_empty());
    agree(&mut ana, &mut ben, &space);
}

#[test]
fn s10_a_cut_tail_is_noticed_from_what_the_partner_says_to_have() {
    cut(410, false);
}

#[test]
fn s10_a_lane_kept_back_whole_is_noticed_from_what_the_partner_says_to_have() {
    cut(411, true);
}

#[test]
fn s10_what_a_relay_confirmed_and_dropped_is_pushed_again_after_a_day_and_once_a_day() {
    let (mut net, mut ana, mut ben, space) = net::pair(420);
    net.settle(&mut ana, &mut ben);
    ana.say(&space, "one");
    let pushes = Cheat::ConfirmsAndDrops.lay(&mut net);
    net.sync(&mut ana);
    let mut before = *pushes.borrow();
    assert!(before > 0);
    let line = ana.status(&space);
    // An acknowledgement sealed before it counts along.
    assert!(line.not_on_relay == 0 && line.not_on_other > 0, "it is believed: {line:?}");
    assert_eq!(line.unconfirmed_since, Some(ana.now));
    // While nobody confirms, it is pushed again at most once a day.
    for (hours, again) in [(5, false), (12, false), (23, false), (24, true), (30, false), (47, false), (49, true), (50, false)] {
        ana.now = ithaca_tests::people::START + hours * DAY / 24;
        net.sync(&mut ana);
        net.sync(&mut ana);
        assert_eq!(*pushes.borrow() > before, again, "after {hours} hours");
        before = *pushes.borrow();
    }
    let pushes = Cheat::Withholds.lay(&mut net);
    ana.now += DAY;
    net.sync(&mut ana);
    assert!(*pushes.borrow() > 0);
    net.honest();
    ben.now = ana.now;
    net.sync(&mut ben);
    assert_eq!(ben.said(&space), ["one"], "the relay has it now, and nobody had to ask");
    net.settle(&mut ana, &mut ben);
    assert_eq!(ana.status(&space).unconfirmed_since, None);
    agree(&mut ana, &mut ben, &space);
}

#[test]
fn s10_what_nobody_confirms_for_a_week_is_said_and_taken_back_when_it_is_confirmed() {
    let (mut net, mut ana, mut ben, space) = net::pair(430);
    net.settle(&mut ana, &mut ben);
    Cheat::ConfirmsAndDrops.lay(&mut net);
    ana.say(&space, "one");
    for day in 0..9 {
        ana.now = ithaca_tests::people::START + day * DAY;
        if day > 0 {
            ana.say(&space, &format!("day {day}"));
        }
        net.sync(&mut ana);
        net.sync(&mut ana);
        let said = words(&mut ana, "unconfirmed");
        assert_eq!(said.len(), usize::from(day >= 7), "day {day}: {said:?}");
        let sentence = "What you wrote is not confirmed by Ben's phone since 2031-03-03. It may be off, or the relay keeps something \
                        back. It is sent again every day.";
        assert!(said.iter().all(|w| w == sentence), "{said:?}");
        assert_eq!(super::relay_double::said(&mut ana).len(), said.len(), "this and nothing else");
    }
    let now = ana.now;
    assert!(ana.engine().doctor(now).unwrap().iter().any(|f| !f.good && f.words.contains("2031-03-03")));
    net.honest();
    ben.now = ana.now;
    net.settle(&mut ana, &mut ben);
    assert_eq!(ben.said(&space).len(), 9);
    assert!(words(&mut ana, "unconfirmed").is_empty());
    agree(&mut ana, &mut ben, &space);
}

#[test]
fn s11_a_relay_set_back_to_an_older_copy_is_told_once_and_given_everything_again() {
    let (mut net, mut ana, mut ben, space) = net::pair(440);
    for i in 0..4 {
        ana.say(&space, &format!("a{i}"));
        ben.say(&space, &format!("b{i}"));
        net.settle(&mut ana, &mut ben);
    }
    assert!(ana.notices().is_empty() && ben.notices().is_empty());
    for n in [5, 2] {
        Cheat::RollsBack(Thief::of(&ana, &space, 9).mailbox(), n).lay(&mut net);
        net.settle(&mut ana, &mut ben);
        let sentence = "The relay at http://127.0.0.1:9 forgot what it held; this phone is sending it again.";
        assert_eq!(said(&mut ana), [sentence], "{n}: this and nothing else");
        assert!(said(&mut ben).iter().all(|w| w == sentence), "{:?}", said(&mut ben));
        agree(&mut ana, &mut ben, &space);
        // It is told again only when it happens again.
        for phone in [&mut ana, &mut ben] {
            for notice in phone.engine().notices().unwrap() {
                phone.engine().dismiss(notice.no).unwrap();
            }
        }
        ana.say(&space, "on");
        net.settle(&mut ana, &mut ben);
        assert!(ana.notices().is_empty() && ben.notices().is_empty());
    }
    // Somebody who has nothing gets all of it from the relay.
    ana.kill();
    std::fs::remove_file(ana.path("ithaca.db")).unwrap();
    ana.start();
    net.sync(&mut ana);
    assert_eq!(ana.said(&space).len(), 10);
}

#[test]
fn a_hole_that_nobody_can_fill_is_pushed_around_once() {
    let (mut net, mut ana, mut ben, space) = net::pair(1_400);
    let thief = Thief::of(&ben, &space, 1);
    ana.say(&space, "one");
    net.settle(&mut ana, &mut ben);
    ana.close();
    let mut before = ana.copied(6_400);
    ana.start();
    let first = net.pushed.len();
    for words in ["two", "three"] {
        ana.say(&space, words);
        net.sync(&mut ana);
    }
    ana.kill();
    // The relay is set back too, and then somebody brings it the last of what it had.
    let last = pushed(&net, &thief, first).pop().unwrap();
    net.wipe();
    before.start();
    // Its mailbox is there again once somebody came, and the last comes before what lies before it.
    net.ask = Some(Box::new(|request| request.mailboxes.iter_mut().for_each(|ask| ask.push = None)));
    net.sync(&mut ben);
    net.honest();
    net.push(&thief.mailbox(), &[last]);
    for _ in 0..4 {
        net.settle(&mut before, &mut ben);
    }
    for phone in [&mut before, &mut ben] {
        for notice in phone.engine().notices().unwrap() {
            phone.engine().dismiss(notice.no).unwrap();
        }
    }
    let settled = net.pushed.len();
    for _ in 0..3 {
        net.settle(&mut before, &mut ben);
    }
    assert_eq!(net.pushed.len(), settled, "the same is pushed again and again");
    for phone in [&mut before, &mut ben] {
        assert_eq!(phone.notices(), Vec::<String>::new(), "and nobody is told again that the relay forgot");
    }
    agree(&mut before, &mut ben, &space);
}
