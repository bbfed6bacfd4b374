//! Stories of one person with several devices, each command a process of its own, over a relay that takes only who has an account.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a helper of a test may fail it")]

mod common;

use std::path::Path;

use common::{Person, pair, sync};
use ithaca_server::testing::TestRelay;
use tempfile::TempDir;

/// Ana, who has an account, and Ben, who has none, are a pair.
fn two() -> (TempDir, TestRelay, Person, Person) {
    let home = tempfile::tempdir().unwrap();
    let relay_data = home.path().join("relay");
    std::fs::create_dir(&relay_data).unwrap();
    let relay = TestRelay::builder().data(&relay_data).start().unwrap();
    let (ana, ben) = (Person::new(home.path(), "Ana"), Person::new(home.path(), "Ben"));
    let account = hex::encode(relay.account().unwrap());
    assert!(ana.with_input(&["relay", "set", &relay.origin(), "--account-stdin"], &account).status.success());
    pair(&ana, &ben, &relay.origin());
    sync(&[&ben, &ana]);
    (home, relay, ana, ben)
}

fn json(out: &std::process::Output) -> serde_json::Value {
    serde_json::from_slice(&out.stdout)
        .unwrap_or_else(|e| panic!("{e}: {} {}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr)))
}

/// Adds a device to whoever has `old`, step by step as two people side by side would.
fn add_device(home: &Path, relay: &str, old: &Person, name: &str) -> Person {
    let new = Person { dir: home.join(name) };
    let begun = new.json(&["device", "add", "--relay", relay, "--label", name, "--no-wait", "--no-qr"]);
    assert_eq!(begun["stage"], "waiting");
    let said = new.fails(1, &["note", "list"]);
    assert!(said.contains("not added yet"), "{said}");
    let code = begun["code"].as_str().unwrap();
    let out = old.with_input(&["device", "approve", "-", "--yes", "--no-wait"], code);
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    new.ok(&["device", "add", "--no-wait"]);
    let shown = old.ok(&["device", "approve", "--yes", "--no-wait"]);
    assert!(shown.contains(begun["device_words"].as_str().unwrap()), "both show the same four words: {shown}");
    let offered = new.json(&["device", "add", "--no-wait"]);
    assert!(shown.contains(offered["words"].as_str().unwrap()), "the old one says which four words the new one shows: {shown}");
    assert_eq!(offered["stage"], "offered");
    let unasked = new.fails(2, &["device", "add"]);
    assert!(unasked.contains("--expect"), "what is named is an option that there is: {unasked}");
    let wrong = new.fails(1, &["device", "add", "--no-wait", "--expect", "one two three four"]);
    assert!(wrong.contains("nothing was agreed"), "{wrong}");
    new.ok(&["device", "add", "--no-wait", "--expect", offered["words"].as_str().unwrap()]);
    let added = old.ok(&["device", "approve", "--no-wait"]);
    assert!(added.contains("It is yours"), "{added}");
    let ready = new.json(&["device", "add", "--no-wait"]);
    assert_eq!(ready["stage"], "ready");
    sync(&[&new, old]);
    new
}

#[test]
fn two_devices_of_one_person_and_one_of_another() {
    let (home, relay, ana, ben) = two();
    let origin = relay.origin();
    ana.ok(&["note", "new", "Plan", "--text", "Visit the ward."]);
    ana.ok(&["note", "new", "Mine", "--private", "--text", "Only for me."]);
    sync(&[&ana, &ben, &ana]);
    let laptop = add_device(home.path(), &origin, &ana, "Laptop");
    assert_eq!(laptop.ok(&["note", "show", "Plan"]), "Visit the ward.\n");
    assert_eq!(laptop.ok(&["note", "show", "Mine"]), "Only for me.\n");
    laptop.rewrite("Plan", "ward", "ward on Tuesday");
    ana.rewrite("Plan", "Visit", "Together visit");
    sync(&[&laptop, &ana, &ben, &laptop, &ana]);
    for person in [&ana, &laptop, &ben] {
        assert_eq!(person.ok(&["note", "show", "Plan"]), "Together visit the ward on Tuesday.\n");
    }
    assert_eq!((ana.code(), laptop.code()), (ben.code(), ben.code()));
    assert!(ben.ok(&["notices"]).contains("Ana uses a new device"));
    let listed = ana.ok(&["device", "list"]);
    assert!(listed.contains("this device") && listed.contains("Laptop"), "{listed}");

    // Who has no account adds a device too.
    let tablet = add_device(home.path(), &origin, &ben, "Tablet");
    tablet.ok(&["say", "from the tablet"]);
    sync(&[&tablet, &ana, &ben]);
    assert!(ana.ok(&["messages"]).contains("from the tablet"));

    // The laptop is lost.
    ana.fails(3, &["device", "revoke", "Phone", "--yes"]);
    assert!(ana.ok(&["device", "revoke", "Laptop", "--yes"]).contains("It is out"));
    ana.ok(&["say", "after the loss"]);
    laptop.ok(&["say", "from whoever found it"]);
    sync(&[&ana, &ben]);
    laptop.run(&["sync"]);
    sync(&[&ana, &ben, &tablet]);
    laptop.run(&["sync"]);
    for person in [&ana, &ben, &tablet] {
        let said = person.ok(&["messages"]);
        assert!(said.contains("after the loss") && !said.contains("whoever found it"), "{said}");
    }
    assert!(!laptop.ok(&["messages"]).contains("after the loss"));
    let doctor = laptop.run(&["doctor"]);
    assert!(String::from_utf8_lossy(&doctor.stdout).contains("this device was revoked"));
    let status = ben.ok(&["status"]);
    assert!(!status.contains("wait here"), "{status}");
}

#[test]
fn everything_lost_and_twelve_words_left() {
    let (home, relay, ana, ben) = two();
    let origin = relay.origin();
    ana.ok(&["note", "new", "Mine", "--private", "--text", "Only for me."]);
    ana.ok(&["say", "to Ben"]);
    assert!(ben.fails(1, &["pair", "rescue", "--to", "none"]).contains("no recovery words"));
    assert!(ana.ok(&["phrase", "status"]).contains("No recovery words yet"));
    let words = ana.json(&["phrase", "show"])["words"].as_str().unwrap().to_owned();
    let right = ana.with_input(&["phrase", "check", "-"], &words);
    assert!(String::from_utf8_lossy(&right.stdout).contains("the relay has what they need"), "{}", String::from_utf8_lossy(&right.stderr));
    let swapped = words.split(' ').rev().collect::<Vec<_>>().join(" ");
    let wrong = ana.with_input(&["phrase", "check", "-"], &swapped);
    // No phrase at all, or, one time in sixteen, a good one that is not in force.
    assert!(swapped == words || !wrong.status.success());
    sync(&[&ana, &ben, &ana]);
    std::fs::remove_dir_all(&ana.dir).unwrap();

    let back = Person { dir: home.path().join("Back") };
    let mistaken = back.with_input(&["restore", "--relay", &origin, "-"], "one two three");
    assert!(String::from_utf8_lossy(&mistaken.stderr).contains("a phrase has 12 words, these are 3"));
    let out = back.with_input(&["--json", "restore", "--relay", &origin, "--label", "New phone", "-"], &words);
    assert_eq!((json(&out)["name"].as_str(), json(&out)["pairs"].as_u64()), (Some("Ana"), Some(1)));
    assert_eq!(back.ok(&["note", "show", "Mine"]), "Only for me.\n");
    assert!(back.ok(&["messages"]).contains("to Ben"));
    let listed = back.json(&["device", "list"]);
    let old = listed["devices"].as_array().unwrap().iter().find(|d| d["this"] == false).unwrap()["device"].as_str().unwrap().to_owned();
    back.ok(&["device", "revoke", &old, "--yes"]);
    back.ok(&["say", "I am back"]);
    sync(&[&back, &ben, &back]);
    assert!(ben.ok(&["messages"]).contains("I am back"));
    assert_eq!(back.code(), ben.code());

    // And once more, with the relay gone: Ben's phone is the source.
    sync(&[&back, &ben]);
    drop(relay);
    std::fs::remove_dir_all(&back.dir).unwrap();
    let file = home.path().join("ana.rescue");
    ben.ok(&["pair", "rescue", "--to", file.to_str().unwrap()]);
    assert!(ben.fails(1, &["pair", "rescue", "--to", file.to_str().unwrap()]).contains("--force"));
    let fresh = TestRelay::open().unwrap();
    let again = Person { dir: home.path().join("Again") };
    let out = again.with_input(&["restore", "--relay", &fresh.origin(), "--rescue", file.to_str().unwrap(), "-"], &words);
    let said = String::from_utf8_lossy(&out.stdout).into_owned() + &String::from_utf8_lossy(&out.stderr);
    assert!(said.contains("Welcome back"), "{said}");
    let messages = again.ok(&["messages"]);
    assert!(messages.contains("to Ben") && messages.contains("I am back"), "{messages}");
    assert!(again.ok(&["note", "list"]).contains("No note"), "what nobody else held is lost");
}

#[test]
fn a_pair_moves_to_another_relay_and_nothing_stays_behind() {
    let (home, relay, ana, ben) = two();
    let (old, new) = (relay.origin(), TestRelay::open().unwrap());
    ana.ok(&["note", "new", "Plan", "--text", "Visit the ward."]);
    sync(&[&ana, &ben, &ana]);
    assert_eq!(ana.json(&["pair", "relay"])["relays"], serde_json::json!([old]));
    let said = ana.fails(2, &["pair", "relay", "--add", "http://relay.example"]);
    assert!(said.contains("https"), "{said}");
    let said = ana.fails(1, &["pair", "relay", "--drop", &new.origin()]);
    assert!(said.contains("is not kept at"), "{said}");
    let said = ana.fails(1, &["pair", "relay", "--drop", &old]);
    assert!(said.contains("one relay at least"), "{said}");
    // Ben has not heard of the new one: the old one cannot go yet.
    let both = ana.ok(&["pair", "relay", "--add", &new.origin()]);
    assert!(both.contains(&old) && both.contains(&new.origin()) && both.contains("--drop"), "{both}");
    let said = ana.fails(1, &["pair", "relay", "--drop", &old]);
    assert!(said.contains("not every device is known to have heard"), "{said}");
    sync(&[&ana, &ben, &ana, &ben, &ana]);
    ana.ok(&["pair", "relay", "--drop", &old]);
    sync(&[&ana, &ben, &ana]);
    drop(relay);
    assert_eq!(ben.json(&["pair", "relay"])["relays"], serde_json::json!([new.origin()]));
    // Both still have a private space at the old one, which is not reached: status 4.
    ben.rewrite("Plan", "ward", "ward on Tuesday");
    for person in [&ben, &ana] {
        person.fails(4, &["sync"]);
    }
    assert_eq!(ana.ok(&["note", "show", "Plan"]), "Visit the ward on Tuesday.\n");
    assert_eq!(ana.code(), ben.code());
    drop(home);
}
