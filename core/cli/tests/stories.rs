//! Stories of two people at two terminals, each command a process of its own, the network cut by stopping the relay.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a helper of a test may fail it")]

mod common;

use common::{Person, pair, sync};
use ithaca_server::testing::TestRelay;
use serde_json::Value;
use tempfile::TempDir;

fn two() -> (TempDir, TestRelay, Person, Person) {
    let home = tempfile::tempdir().unwrap();
    let relay = TestRelay::open().unwrap();
    let (ana, ben) = (Person::new(home.path(), "Ana"), Person::new(home.path(), "Ben"));
    pair(&ana, &ben, &relay.origin());
    (home, relay, ana, ben)
}

fn id(value: &Value) -> String {
    value["id"].as_str().unwrap().to_owned()
}

#[test]
fn days_apart_both_writing() {
    let home = tempfile::tempdir().unwrap();
    let relay_data = home.path().join("relay");
    std::fs::create_dir(&relay_data).unwrap();
    let relay = TestRelay::builder().data(&relay_data).start().unwrap();
    let port = relay.address().port();
    let (ana, ben) = (Person::new(home.path(), "Ana"), Person::new(home.path(), "Ben"));
    // The relay takes only who has an account; who is invited brings none.
    let account = hex::encode(relay.account().unwrap());
    let set = ana.with_input(&["relay", "set", &relay.origin(), "--account-stdin"], &account);
    assert!(set.status.success(), "{}", String::from_utf8_lossy(&set.stderr));
    pair(&ana, &ben, &relay.origin());
    ana.ok(&["note", "new", "Plan", "--text", "Visit ward on Monday. Bring the checklist.", "--tag", "old"]);
    ana.ok(&["goal", "new", "Safe handover"]);
    for step in ["Watch one", "Do one together", "Do one alone", "Teach one"] {
        ana.ok(&["milestone", "add", "Safe handover", step]);
    }
    ana.ok(&["milestone", "tick", "Watch one"]);
    sync(&[&ana, &ben, &ana]);
    assert!(ana.ok(&["note", "show", "Plan", "--full"]).contains("On Ben's phone"));

    // The network is gone.
    drop(relay);
    ana.rewrite("Plan", "Monday", "Tuesday 08:00");
    ana.ok(&["note", "tag", "Plan", "+ward"]);
    ana.ok(&["action", "add", "Print checklist"]);
    ana.ok(&["goal", "new", "Lead morning round"]);
    ben.rewrite("Plan", "checklist.", "checklist. Ask about the night shift.");
    ben.ok(&["note", "tag", "Plan", "+night", "-old"]);
    ben.ok(&["action", "new", "Print checklist"]);
    ben.ok(&["milestone", "tick", "Do one together"]);
    assert!(ben.fails(4, &["sync"]).contains("safe here"));
    assert!(ben.ok(&["status"]).contains("wait here"));

    let _relay = TestRelay::builder().data(&relay_data).port(port).start().unwrap();
    sync(&[&ben, &ana, &ben, &ana]);
    for person in [&ana, &ben] {
        assert_eq!(person.ok(&["note", "show", "Plan"]), "Visit ward on Tuesday 08:00. Bring the checklist. Ask about the night shift.\n");
        assert_eq!(person.json(&["note", "show", "Plan"])["note"]["tags"], serde_json::json!(["night", "ward"]));
        assert!(person.ok(&["goal", "list"]).contains("2 of 4 done"));
        assert_eq!(person.json(&["goal", "list"]).as_array().unwrap().len(), 2);
        assert!(person.ok(&["action", "list"]).contains("Same thing?"));
        assert_eq!(person.json(&["cards"]), serde_json::json!([]), "no dialog");
    }
    assert_eq!(ana.code(), ben.code());
    let history = ana.ok(&["history", "Plan"]);
    assert!(history.contains("you text: Monday → Tuesday 08:00") && history.contains("Ben tag + night"), "{history}");

    // Both replace one word, differently; one chooses.
    ana.rewrite("Plan", "Tuesday", "Wednesday");
    ben.rewrite("Plan", "Tuesday", "Thursday");
    sync(&[&ana, &ben, &ana]);
    let both = ana.ok(&["note", "show", "Plan"]);
    assert!(both.contains('│') && both.contains("Thursday – Ben") && both.contains("Wednesday – you"), "{both}");
    ana.fails(3, &["note", "choose", "Plan", "Friday"]);
    ana.ok(&["note", "choose", "Plan", "thursday"]);
    sync(&[&ana, &ben]);
    assert!(ben.ok(&["note", "show", "Plan"]).starts_with("Visit ward on Thursday 08:00."));
    // The same actions are one.
    let all = ana.json(&["action", "list"])["same_thing"][0].clone();
    ana.ok(&["action", "same", all[0].as_str().unwrap(), all[1].as_str().unwrap()]);
    assert_eq!(ana.json(&["action", "list"])["actions"].as_array().unwrap().len(), 1);
}

#[test]
fn a_session_with_check_ins_and_harvest() {
    let (_home, relay, ana, ben) = two();
    ana.ok(&["pair", "set", "--kind", "apprenticeship", "--mentor", "newborn resuscitation=me", "--zone", "Africa/Nairobi"]);
    ana.ok(&["session", "plan", "Zero", "--date", "today", "--agenda", "The night shift"]);
    ana.ok(&["session", "held", "Zero"]);
    for action in ["Read the card", "Ask the nurse", "Print checklist"] {
        ben.ok(&["action", "add", action]);
    }
    ana.ok(&[
        "session",
        "plan",
        "First visit",
        "--date",
        "tomorrow",
        "--time",
        "14:00",
        "--place",
        "the ward",
        "--agenda",
        "Dose",
        "--agenda",
        "Handover",
    ]);
    sync(&[&ana, &ben, &ana, &ben]);
    let planned = ben.ok(&["session", "show", "First"]);
    assert!(planned.contains("carried from Zero") && planned.contains("(Africa/Nairobi)"), "{planned}");
    drop(relay);
    ben.ok(&["session", "accept-time", "First"]);
    ben.fails(3, &["session", "before", "First", "--tried", "zebra"]);
    ben.ok(&["session", "before", "First", "--arriving", "2", "--worth", "handover", "--tried", "Read the card,Ask the nurse"]);
    ben.ok(&["session", "agenda", "First", "tick", "dose"]);
    ben.ok(&["session", "agenda", "First", "tick", "night"]);
    ben.ok(&["session", "harvest", "First", "--learned", "Say the dose aloud", "--useful", "5"]);
    let shown = ben.ok(&["session", "show", "First"]);
    for words in ["How are you arriving? 2 of 5", "What have you learned? Say the dose aloud", "How useful is it? 5 of 5", "☑", "agreed"]
    {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    let actions = ben.ok(&["action", "list"]);
    assert_eq!(actions.matches('☑').count(), 2, "{actions}");
    let kept = ben.ok(&["session", "after", "First", "--heard", "2", "--private"]);
    assert!(kept.contains("only your own devices get it"), "{kept}");
    ben.ok(&["session", "minutes", "First", "It was tense.", "--private"]);
    let shown = ben.ok(&["session", "show", "First"]);
    assert_eq!(shown.matches(" · for you alone").count(), 2, "{shown}");
    ben.ok(&["session", "after", "First", "--heard", "3"]);
    let shown = ben.ok(&["session", "show", "First"]);
    assert!(shown.contains("heard? 3 of 5") && !shown.contains("2 of 5 · ") && shown.matches(" · for you alone").count() == 1, "{shown}");
    ben.fails(1, &["session", "minutes", "First", " "]);
    ben.fails(2, &["session", "after", "First", "--techniques", "shouting"]);
    ana.ok(&["session", "technique", "First", "showing", "harvesting"]);
    ana.fails(2, &["session", "technique", "First", "shouting"]);
    ana.ok(&["session", "function", "First", "coaching", "acceptance"]);
    ana.ok(&["session", "held", "First"]);
    ana.ok(&["action", "add", "Say the dose", "--for", "Ben", "--due", "2031-03-09", "--from", "First visit"]);
    ana.ok(&["action", "add", "Introduce Ben to the head nurse", "--from", "First visit"]);
    ana.ok(&["note", "new", "Reflection", "--private", "--text", "zebra-47"]);
    ana.ok(&["session", "plan", "Second visit", "--date", "2031-03-17"]);
    let next = ana.ok(&["session", "show", "Second"]);
    for words in ["carried from First visit", "Say the dose", "Introduce Ben"] {
        assert!(next.contains(words), "{words}: {next}");
    }
    let mix = ana.json(&["insights"]);
    assert_eq!(mix["sessions"], 2);
    assert_eq!(mix["techniques"], serde_json::json!([["harvesting", 1], ["showing", 1]]));
    assert!(ana.ok(&["insights"]).contains("showing        ●○  1 of 2"));
}

#[test]
fn delete_against_edit_status_against_status_one_meeting_twice() {
    let (home, _relay, ana, ben) = two();
    ana.ok(&["note", "add", "Shift plan", "--text", "Nights."]);
    ana.ok(&["goal", "new", "Safe handover"]);
    sync(&[&ana, &ben, &ana]);
    ben.ok(&["note", "delete", "Shift plan"]);
    ana.rewrite("Shift plan", "Nights.", "Nights and days.");
    ana.ok(&["goal", "status", "handover", "achieved", "--reason", "three nights alone"]);
    ben.ok(&["goal", "status", "handover", "paused", "--reason", "too tired"]);
    let one = id(&ana.json(&["session", "plan", "June visit", "--date", "2031-06-03"]));
    let other = id(&ben.json(&["session", "plan", "Visit", "--date", "2031-06-03"]));
    assert!(ana.with_input(&["session", "notes", &one, "--stdin"], "Ana's notes").status.success());
    assert!(ben.with_input(&["session", "notes", &other, "--stdin"], "Ben's notes").status.success());
    sync(&[&ana, &ben, &ana, &ben]);
    for person in [&ana, &ben] {
        assert!(person.ok(&["note", "show", "Shift plan", "--full"]).contains("Deleted once and kept"));
        assert!(person.ok(&["goal", "list"]).contains("active"));
        let cards = person.ok(&["cards"]);
        assert!(
            cards.contains("you two differ")
                && cards.contains("three nights alone")
                && cards.contains("too tired")
                && cards.contains("meanwhile: active"),
            "{cards}"
        );
        assert!(person.ok(&["session", "list"]).contains("Same meeting?"));
    }
    let card = id(&ana.json(&["cards"])[0]);
    ana.fails(2, &["cards", "choose", &card, "3"]);
    ana.ok(&["cards", "choose", &card, "1"]);
    ana.ok(&["session", "join", &one, &other]);
    sync(&[&ana, &ben]);
    for person in [&ana, &ben] {
        assert_eq!(person.json(&["cards"]).as_array().unwrap().iter().filter(|c| c["field"] == "status").count(), 0);
        assert_eq!(person.json(&["session", "list"])["sessions"].as_array().unwrap().len(), 1);
        for session in [&one, &other] {
            let shown = person.ok(&["session", "show", session]);
            assert!(shown.contains("Ana's notes") && shown.contains("Ben's notes"), "{shown}");
        }
    }
    ben.ok(&["say", "Not today."]);
    sync(&[&ben, &ana, &ben]);
    assert!(ben.ok(&["messages"]).contains("on Ana's phone"));
    ben.ok(&["message", "withdraw", "Not today."]);
    sync(&[&ben, &ana]);
    for person in [&ana, &ben] {
        assert!(person.ok(&["messages"]).contains("it may have been read"));
    }
    // A file gives the same state code, here and in a stranger's hands.
    let file = home.path().join("pair.json");
    let written = ana.json(&["export", "--out", file.to_str().unwrap()]);
    ana.fails(1, &["export", "--out", file.to_str().unwrap()]);
    let cy = Person::new(home.path(), "Cy");
    let imported = cy.json(&["import", file.to_str().unwrap()]);
    assert_eq!(imported["archive"], true);
    assert_eq!(imported["state_code"], serde_json::json!([written["state_code"], written["state_code"]]));
    assert!(cy.ok(&["--with", "Ben", "note", "list"]).contains("Shift plan"));
    cy.fails(1, &["--with", "Ben", "goal", "new", "Another"]);
    assert!(ana.ok(&["export", "--markdown", "--out", "-"]).contains("Safe handover"));
}

#[test]
fn what_was_read_is_told_only_by_who_says_so() {
    let (_home, _relay, ana, ben) = two();
    ana.ok(&["say", "Here by noon."]);
    sync(&[&ana, &ben]);
    ben.ok(&["messages"]);
    sync(&[&ben, &ana]);
    assert!(!ana.ok(&["messages"]).contains("read by"));
    ben.fails(2, &["pair", "receipts", "maybe"]);
    ben.ok(&["pair", "receipts", "on"]);
    assert!(ben.ok(&["pair", "show"]).contains("they see which messages you read"));
    ben.ok(&["messages"]);
    sync(&[&ben, &ana]);
    assert!(ana.ok(&["messages"]).contains("read by Ben"));
    ben.ok(&["pair", "receipts", "off"]);
    ana.ok(&["say", "On the bridge."]);
    sync(&[&ana, &ben]);
    ben.ok(&["messages"]);
    sync(&[&ben, &ana]);
    assert_eq!(ana.ok(&["messages"]).matches("read by Ben").count(), 1, "what was told stays, and no more is told");
}

#[test]
fn stages_endings_and_leaving() {
    let (_home, _relay, ana, ben) = two();
    ben.fails(1, &["pair", "stage", "agree"]);
    ana.ok(&["pair", "stage", "propose", "cultivation"]);
    sync(&[&ana, &ben]);
    ben.ok(&["pair", "stage", "agree"]);
    ben.ok(&["pair", "compare", "--in-person"]);
    assert!(ben.ok(&["pair", "show"]).contains("compared in person"));
    sync(&[&ben, &ana]);
    assert!(ana.ok(&["pair", "list"]).contains("cultivation · running"));
    ana.ok(&["pair", "end", "--reason", "moved away"]);
    sync(&[&ana, &ben]);
    assert!(ben.ok(&["pair", "list"]).contains("ended"));
    ben.fails(1, &["say", "Goodbye."]);
    ben.fails(2, &["pair", "leave"]);
    ben.ok(&["pair", "leave", "--yes"]);
    assert!(ben.ok(&["pair", "list"]).contains("you left"));
    ben.fails(1, &["note", "new", "Plan"]);
}

#[test]
fn watching_takes_in_what_comes_and_lets_others_work() {
    use std::io::{BufRead, BufReader};
    let (_home, _relay, ana, ben) = two();
    sync(&[&ben, &ana, &ben]);
    let mut watch = ben.command(&["sync", "--watch"]).stdout(std::process::Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(watch.stdout.take().unwrap()).lines();
    assert!(lines.next().unwrap().unwrap().contains("all on Ana's phone"));
    // Ben's own commands work meanwhile, and what they write goes out by itself.
    ben.ok(&["say", "Here by noon."]);
    loop {
        let line = lines.next().unwrap().unwrap();
        if line.contains("on the relay") {
            break;
        }
    }
    ana.ok(&["sync"]);
    assert!(ana.ok(&["messages"]).contains("Here by noon."));
    // What Ana's phone holds now reaches Ben's by the live stream.
    loop {
        if lines.next().unwrap().unwrap().contains("all on Ana's phone") {
            break;
        }
    }
    watch.kill().unwrap();
    watch.wait().unwrap();
}
