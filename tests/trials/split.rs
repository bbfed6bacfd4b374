//! A relay that shows two people different histories of one lane.

use super::net;
use super::relay_double::{Cheat, said};
use super::thief::Thief;

const CLOCK: u64 = 1_930_262_400_000;

#[test]
fn s12_two_histories_are_told_apart_by_the_tags_in_frontiers_and_both_are_kept() {
    let (mut net, mut ana, mut ben, space) = net::pair(500);
    // Somebody with the keys of Ben's phone signs two first records of one lane.
    let (mut one, mut other) = (Thief::of(&ben, &space, 1), Thief::of(&ben, &space, 1));
    assert_eq!(one.lane, other.lane);
    let (to_ana, to_ben) = (one.says(CLOCK, "shown to Ana"), other.says(CLOCK, "shown to Ben"));
    for round in 0..4 {
        Cheat::Shows(to_ana.clone()).lay(&mut net);
        net.sync(&mut ana);
        Cheat::Shows(to_ben.clone()).lay(&mut net);
        net.sync(&mut ben);
        if round == 1 {
            // What looks like one's own is acknowledged with the next record only.
            ben.say(&space, "both have this");
        }
    }
    let (at_ana, at_ben) = (ana.said(&space), ben.said(&space));
    assert!(at_ana.contains(&"shown to Ana".to_owned()) && !at_ana.contains(&"shown to Ben".to_owned()), "{at_ana:?}");
    assert!(at_ben.contains(&"shown to Ben".to_owned()) && !at_ben.contains(&"shown to Ana".to_owned()), "{at_ben:?}");
    for (phone, name) in [(&mut ana, "Ben"), (&mut ben, "Ana")] {
        let sentence = format!(
            "The relay shows you and {name} different histories. Both are kept. Meet, or send each other a file, to make them one."
        );
        assert!(said(phone).contains(&sentence), "{:?}", said(phone));
    }
    // When the wire is honest both get both, and it is over.
    net.honest();
    net.settle(&mut ana, &mut ben);
    net.settle(&mut ana, &mut ben);
    for phone in [&mut ana, &mut ben] {
        let mut said = phone.said(&space);
        said.sort();
        assert_eq!(said, ["both have this", "shown to Ana", "shown to Ben"]);
        assert!(!phone.notices().contains(&"split".to_owned()), "{:?}", phone.notices());
    }
    assert_eq!(ana.code(&space), ben.code(&space));
}

#[test]
fn s12_where_nobody_cheats_no_history_is_called_split() {
    let (mut net, mut ana, mut ben, space) = net::pair(501);
    for i in 0..10 {
        ana.say(&space, &format!("a{i}"));
        net.sync(&mut ana);
        ben.say(&space, &format!("b{i}"));
        net.sync(&mut ben);
        if i == 5 {
            ben.kill();
            std::fs::write(ben.path("marker"), [1; 16]).unwrap();
            ben.start();
            net.wipe();
        }
    }
    net.settle(&mut ana, &mut ben);
    assert!(!ana.notices().contains(&"split".to_owned()) && !ben.notices().contains(&"split".to_owned()));
}
