//! Words that a person began and gave nobody yet: on one device at every pause, on the others when the screen is left, at the partner never.

use super::net::{Phone, pair};

const NAME: &str = "say.01";

fn begun(phone: &mut Phone) -> String {
    phone.engine().draft(NAME).unwrap()
}

fn types(phone: &mut Phone, text: &str) {
    let now = phone.now;
    phone.engine().keep_draft(NAME, text, now).unwrap();
}

fn leaves(phone: &mut Phone) {
    let now = phone.now;
    phone.engine().tell_draft(NAME, now).unwrap();
}

#[test]
fn what_was_begun_on_one_device_goes_on_on_the_other_and_the_partner_never_has_it() {
    let (mut net, mut ana, mut ben, space) = pair(1);
    let mut tablet = net.second(&mut ana, 7_001, "Tablet");
    net.settle_all(&mut [&mut ana, &mut tablet, &mut ben]);
    let (code, personal) = (ben.code(&space), ana.engine().personal().unwrap());

    types(&mut ana, "The bridge at");
    net.settle_all(&mut [&mut ana, &mut tablet, &mut ben]);
    assert_eq!((begun(&mut ana).as_str(), begun(&mut tablet).as_str()), ("The bridge at", ""), "a pause of typing tells nobody");
    leaves(&mut ana);
    assert_eq!(ana.status(&personal).waiting, 0, "nothing that the person gave away waits");
    net.settle_all(&mut [&mut ana, &mut tablet, &mut ben]);
    assert_eq!((begun(&mut ana).as_str(), begun(&mut tablet).as_str()), ("The bridge at", "The bridge at"));

    types(&mut tablet, "The bridge at the mill is gone.");
    leaves(&mut tablet);
    net.settle_all(&mut [&mut tablet, &mut ana, &mut ben]);
    assert_eq!(begun(&mut ana), "The bridge at the mill is gone.");
    assert_eq!(begun(&mut ben), "");
    assert_eq!(ben.code(&space), code, "nothing of it came into the relationship");
    assert_eq!(ana.code(&personal), tablet.code(&personal));

    // Given away on the tablet: nothing is left to go on with, anywhere.
    types(&mut tablet, "");
    leaves(&mut tablet);
    net.settle_all(&mut [&mut tablet, &mut ana]);
    assert_eq!((begun(&mut ana).as_str(), begun(&mut tablet).as_str()), ("", ""));
}

#[test]
fn of_two_begun_apart_the_later_is_shown_and_what_goes_on_from_there_holds() {
    let (mut net, mut ana, mut ben, _) = pair(2);
    let mut tablet = net.second(&mut ana, 7_002, "Tablet");
    net.settle_all(&mut [&mut ana, &mut tablet, &mut ben]);
    types(&mut ana, "from the phone");
    tablet.now = ana.now + 60_000;
    types(&mut tablet, "from the tablet");
    leaves(&mut tablet);
    net.settle_all(&mut [&mut tablet, &mut ana]);
    assert_eq!(begun(&mut ana), "from the tablet", "the phone's own stood before it");

    // Whoever types on the phone now has seen what the tablet told, whatever its clock said.
    types(&mut ana, "from the tablet, and the phone");
    assert_eq!(begun(&mut ana), "from the tablet, and the phone");
    leaves(&mut ana);
    net.settle_all(&mut [&mut ana, &mut tablet]);
    assert_eq!(begun(&mut tablet), "from the tablet, and the phone");
}

#[test]
fn what_was_begun_here_later_is_not_hidden_by_what_came_meanwhile() {
    let (mut net, mut ana, mut ben, _) = pair(4);
    let mut tablet = net.second(&mut ana, 7_004, "Tablet");
    net.settle_all(&mut [&mut ana, &mut tablet, &mut ben]);
    types(&mut tablet, "from the tablet");
    leaves(&mut tablet);
    ana.now += 60_000;
    types(&mut ana, "from the phone");
    net.settle_all(&mut [&mut tablet, &mut ana]);
    assert_eq!((begun(&mut ana).as_str(), begun(&mut tablet).as_str()), ("from the phone", "from the tablet"));
    leaves(&mut ana);
    net.settle_all(&mut [&mut ana, &mut tablet]);
    assert_eq!(begun(&mut tablet), "from the phone");
}

#[test]
fn what_an_app_that_was_killed_had_no_time_to_tell_is_told_when_it_opens() {
    let (mut net, mut ana, mut ben, _) = pair(5);
    let mut tablet = net.second(&mut ana, 7_005, "Tablet");
    net.settle_all(&mut [&mut ana, &mut tablet, &mut ben]);
    let personal = ana.engine().personal().unwrap();
    types(&mut ana, "The bridge at");
    ana.kill();
    ana.start();
    net.settle_all(&mut [&mut ana, &mut tablet]);
    assert_eq!((begun(&mut ana).as_str(), begun(&mut tablet).as_str()), ("The bridge at", "The bridge at"));
    let code = ana.code(&personal);
    ana.kill();
    ana.start();
    assert_eq!(ana.code(&personal), code, "once");

    // What no event can hold stays here, and keeps nobody from opening.
    let long = "word ".repeat(14_000);
    types(&mut ana, &long);
    ana.kill();
    ana.start();
    assert_eq!(begun(&mut ana), long);
}

#[test]
fn a_draft_outlives_the_app_and_is_told_once() {
    let (mut net, mut ana, mut ben, _) = pair(3);
    let personal = ana.engine().personal().unwrap();
    net.settle(&mut ana, &mut ben);
    types(&mut ana, "half a");
    ana.kill();
    ana.start();
    assert_eq!(begun(&mut ana), "half a");
    leaves(&mut ana);
    net.settle(&mut ana, &mut ben);
    let code = ana.code(&personal);
    // Looked at and left, or typed back to what it was: nothing new to tell.
    leaves(&mut ana);
    types(&mut ana, "half a");
    leaves(&mut ana);
    assert_eq!(ana.code(&personal), code);
    assert_eq!(begun(&mut ana), "half a");
    assert!(ana.engine().keep_draft("", "a", 0).is_err() && ana.engine().keep_draft(&"n".repeat(129), "a", 0).is_err());

    // Too long to be told: this device keeps it.
    let long = "word ".repeat(14_000);
    types(&mut ana, &long);
    let now = ana.now;
    assert!(ana.engine().tell_draft(NAME, now).is_err());
    assert_eq!(begun(&mut ana), long);
}
