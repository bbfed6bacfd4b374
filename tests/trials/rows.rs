//! Each way a relay can cheat, and the sentence that a user then sees: this one, and no other that alarms. Rows that stand with what they try
//! elsewhere (`missing`, `split`, `hostile`) are not repeated here.

use ithaca_core::record::body::Body;
use ithaca_core::record::seal;
use ithaca_wire::record::Outer;

use super::net::{self, DAY, agree};
use super::relay_double::{Cheat, said};
use super::thief::Thief;

#[test]
fn s29_a_dropped_tail_is_named_by_the_number_that_the_partners_phone_knows() {
    let (mut net, mut ana, mut ben, space) = net::pair(600);
    let mut tablet = net.second(&mut ana, 6_000, "Tablet");
    net.settle_all(&mut [&mut ana, &mut tablet, &mut ben]);
    for phone in [&mut ana, &mut tablet, &mut ben] {
        for notice in phone.engine().notices().unwrap() {
            phone.engine().dismiss(notice.no).unwrap();
        }
    }
    tablet.say(&space, "one");
    net.settle_all(&mut [&mut tablet, &mut ben, &mut ana]);
    let from = net.pushed.len();
    let mailbox = Thief::of(&ben, &space, 1).mailbox().id;
    for text in ["two", "three", "four"] {
        tablet.say(&space, text);
        net.sync(&mut tablet);
    }
    let first = net.pushed[from..].iter().find(|(m, _)| *m == mailbox).map(|(_, r)| r.clone()).unwrap();
    let (lane, n) = Outer::parse(&first).map(|o| (o.lane, o.n)).unwrap();
    for _ in 0..3 {
        net.sync(&mut ben);
    }
    Cheat::DropsTail(lane, n).lay(&mut net);
    net.sync(&mut ana);
    net.sync(&mut ana);
    assert_eq!(said(&mut ana), ["Ben's phone knows 3 records that you have not received. They are asked for again with every sync."]);
    assert_eq!(ana.status(&space).known_missing, 3);
    net.honest();
    net.settle_all(&mut [&mut ana, &mut tablet, &mut ben]);
    assert_eq!(ana.said(&space), ["one", "two", "three", "four"]);
    for phone in [&mut ana, &mut tablet, &mut ben] {
        assert!(said(phone).is_empty(), "{:?}", said(phone));
    }
}

#[test]
fn s29_what_is_kept_from_one_person_is_said_to_the_other_after_a_week() {
    let (mut net, mut ana, mut ben, space) = net::pair(610);
    net.settle(&mut ana, &mut ben);
    let start = ana.now;
    let sentence = "What you wrote is not confirmed by Ben's phone since 2031-03-03. It may be off, or the relay keeps something back. It is \
                    sent again every day.";
    ana.say(&space, "one");
    for day in 0..9 {
        (ana.now, ben.now) = (start + day * DAY, start + day * DAY);
        net.honest();
        net.sync(&mut ana);
        Cheat::Withholds.lay(&mut net);
        net.sync(&mut ben);
        let expected: &[&str] = if day >= 7 { &[sentence] } else { &[] };
        assert_eq!(said(&mut ana), expected, "day {day}");
        assert!(ben.said(&space).is_empty() && said(&mut ben).is_empty(), "a relay that keeps everything back cannot be told from silence");
    }
    net.honest();
    net.settle(&mut ana, &mut ben);
    assert_eq!(ben.said(&space), ["one"]);
    assert!(said(&mut ana).is_empty() && said(&mut ben).is_empty());
    agree(&mut ana, &mut ben, &space);
}

#[test]
fn s29_a_daily_heartbeat_shows_that_the_last_record_was_dropped_where_nobody_writes_again() {
    let (mut net, mut ana, mut ben, space) = net::pair(620);
    net.settle(&mut ana, &mut ben);
    let thief = Thief::of(&ben, &space, 1);
    let from = net.pushed.len();
    ana.say(&space, "the last word");
    net.sync(&mut ana);
    let mailbox = thief.mailbox().id;
    let last = net.pushed[from..].iter().rfind(|(m, _)| *m == mailbox).map(|(_, r)| r.clone()).unwrap();
    let (lane, n) = Outer::parse(&last).map(|o| (o.lane, o.n)).unwrap();
    Cheat::DropsOne(lane, n).lay(&mut net);
    net.sync(&mut ben);
    assert!(said(&mut ben).is_empty());
    // Records that only say what was received, sealed since: none on the first day, then one a day, however often is synced.
    let start = ana.now;
    let beats = |net: &net::Net| {
        let mut seen = std::collections::BTreeSet::new();
        for (_, bytes) in net.pushed[from..].iter().filter(|(m, _)| *m == mailbox) {
            let outer = Outer::parse(bytes).unwrap();
            let inner = seal::open(thief.key.content(), &thief.epoch(), &outer).unwrap();
            if outer.lane == lane && outer.n > n && Body::parse(&inner.body).unwrap().is_only_frontier() {
                seen.insert(outer.n);
            }
        }
        seen.len()
    };
    for (hours, expected) in [(1, 0), (23, 0), (25, 1), (26, 1), (47, 1), (50, 2), (51, 2)] {
        (ana.now, ben.now) = (start + hours * DAY / 24, start + hours * DAY / 24);
        net.sync(&mut ana);
        net.sync(&mut ana);
        assert_eq!(beats(&net), expected, "after {hours} hours");
    }
    net.sync(&mut ben);
    net.sync(&mut ben);
    let words = said(&mut ben);
    assert!(words.len() == 1 && words[0].starts_with("A record is missing: something before what came from Ana's phone"), "{words:?}");
    net.honest();
    net.settle(&mut ana, &mut ben);
    assert_eq!(ben.said(&space), ["the last word"]);
    assert!(said(&mut ana).is_empty() && said(&mut ben).is_empty());
    let at_rest = beats(&net);
    (ana.now, ben.now) = (ana.now + 3 * DAY, ben.now + 3 * DAY);
    net.settle(&mut ana, &mut ben);
    assert_eq!(beats(&net), at_rest, "what is confirmed needs no heartbeat");
    agree(&mut ana, &mut ben, &space);
}

#[test]
fn s29_what_a_relay_keeps_for_ever_nobody_notices_and_only_key_holders_read() {
    use ithaca_core::event::payload::{MessageWithdraw, Payload};
    use ithaca_core::event::{EventDraft, SPACE_SUBJECT};
    let (mut net, mut ana, mut ben, space) = net::pair(630);
    let event = ana.say(&space, "said in haste");
    net.settle(&mut ana, &mut ben);
    let (now, payload) = (ana.now, Payload::MessageWithdraw(MessageWithdraw { target: event }));
    ana.engine().state(&space, EventDraft { subject: SPACE_SUBJECT, payload }, now).unwrap();
    net.settle(&mut ana, &mut ben);
    assert!(ana.said(&space).is_empty() && ben.said(&space).is_empty(), "withdrawn for both");
    // The relay kept it all the same, sealed: the two can still open it, which is why the app says so before.
    let thief = Thief::of(&ben, &space, 1);
    let holds = |open: &dyn Fn(&Outer<'_>) -> Option<Vec<u8>>| {
        let kept = net.pushed.iter().filter(|(m, _)| *m == thief.mailbox().id).filter_map(|(_, r)| open(&Outer::parse(r).unwrap()));
        kept.filter_map(|b| Body::parse(&b).ok()).flat_map(|b| b.events).any(|e| e.windows(13).any(|w| w == b"said in haste"))
    };
    assert!(holds(&|o| seal::open(thief.key.content(), &thief.epoch(), o).ok().map(|i| i.body)));
    assert!(!net.pushed.iter().any(|(_, r)| r.windows(13).any(|w| w == b"said in haste")));
    let personal = ben.engine().personal().unwrap();
    let stranger = Thief::of(&ben, &personal, 2);
    assert!(!holds(&|o| seal::open(stranger.key.content(), &stranger.epoch(), o).ok().map(|i| i.body)));
    assert!(said(&mut ana).is_empty() && said(&mut ben).is_empty(), "nothing can notice it");
}
