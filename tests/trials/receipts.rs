//! Receipts: how far a person read, told to the other where that is wanted.

use ithaca_core::engine::EngineError;
use ithaca_core::id::{EventId, SpaceId};

use super::net::{self, Phone, agree};

/// Which of these messages the other is known to have read.
fn read(phone: &mut Phone, space: &SpaceId) -> Vec<String> {
    let all = phone.engine().messages(space, None, 99).unwrap();
    all.into_iter().filter(|m| !m.read_by.is_empty()).filter_map(|m| m.text).collect()
}

fn reads(phone: &mut Phone, space: &SpaceId, message: &EventId) -> Result<bool, EngineError> {
    let now = phone.now;
    phone.engine().read_to(space, message, now)
}

#[test]
fn what_was_read_is_told_only_where_that_is_wanted_and_once() {
    let (mut net, mut ana, mut ben, space) = net::pair(1_200);
    let (one, two) = (ben.say(&space, "one"), ben.say(&space, "two"));
    net.settle(&mut ana, &mut ben);
    assert!(!reads(&mut ana, &space, &two).unwrap(), "nobody is told who did not say so");
    net.settle(&mut ana, &mut ben);
    assert!(read(&mut ben, &space).is_empty());

    let now = ana.now;
    ana.engine().tell_what_is_read(&space, true, now).unwrap();
    let mut tablet = net.second(&mut ana, 7, "Tablet");
    net.settle_all(&mut [&mut ana, &mut tablet, &mut ben]);
    assert!(tablet.engine().pairs().unwrap()[0].receipts, "it is chosen for the person, not for the device");
    assert!(!ben.engine().pairs().unwrap()[0].receipts);
    assert!(reads(&mut ana, &space, &one).unwrap());
    assert!(!reads(&mut ana, &space, &one).unwrap(), "once");
    net.settle_all(&mut [&mut ana, &mut tablet, &mut ben]);
    assert_eq!(read(&mut ben, &space), ["one"]);

    assert!(reads(&mut tablet, &space, &two).unwrap());
    net.settle_all(&mut [&mut tablet, &mut ana, &mut ben]);
    assert_eq!(read(&mut ben, &space), ["one", "two"]);
    assert!(!reads(&mut ana, &space, &two).unwrap(), "the tablet told it");
    let mine = ana.say(&space, "mine");
    assert!(!reads(&mut ana, &space, &mine).unwrap(), "one's own words need no telling");
    assert!(matches!(reads(&mut ana, &space, &EventId([9; 16])), Err(EngineError::NotFound("message"))));

    let now = ana.now;
    ana.engine().tell_what_is_read(&space, false, now).unwrap();
    let three = ben.say(&space, "three");
    net.settle_all(&mut [&mut ana, &mut tablet, &mut ben]);
    assert!(!reads(&mut ana, &space, &three).unwrap() && !reads(&mut tablet, &space, &three).unwrap());
    net.settle_all(&mut [&mut ana, &mut tablet, &mut ben]);
    assert_eq!(read(&mut ben, &space), ["one", "two"]);
    agree(&mut ana, &mut ben, &space);

    let now = ana.now;
    ana.engine().tell_what_is_read(&space, true, now).unwrap();
    ana.engine().leave(&space, now).unwrap();
    assert!(!reads(&mut ana, &space, &three).unwrap(), "who left tells nothing more");
}
