//! The commands one by one: their help, their exit codes, two at once, editing, what may not be seen.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a helper of a test may fail it")]

mod common;

use std::fs;
use std::process::{Command, Stdio};

use common::Person;
use serde_json::Value;

fn help(path: &[String]) -> String {
    let out = Command::new(env!("CARGO_BIN_EXE_ithaca")).args(path).arg("--help").output().unwrap();
    assert!(out.status.success(), "{path:?}");
    String::from_utf8(out.stdout).unwrap()
}

/// Every command below one, itself included, with its help.
fn walk(path: &[String], all: &mut Vec<(Vec<String>, String)>) {
    let text = help(path);
    let commands = text.lines().skip_while(|l| *l != "Commands:").skip(1).take_while(|l| !l.is_empty());
    let names: Vec<String> = commands
        .filter(|l| l.starts_with("  ") && !l.starts_with("   "))
        .filter_map(|l| l.split_whitespace().next())
        .map(str::to_owned)
        .collect();
    all.push((path.to_vec(), text));
    for name in names.into_iter().filter(|n| n != "help") {
        walk(&[path, &[name]].concat(), all);
    }
}

#[test]
fn every_command_has_help() {
    let mut all = Vec::new();
    walk(&[], &mut all);
    assert!(all.len() > 85, "{}", all.len());
    for (path, text) in &all {
        assert!(
            text.contains("Usage:") && text.lines().next().is_some_and(|l| !l.trim().is_empty() && !l.starts_with("Usage")),
            "{path:?}: {text}"
        );
        assert!(!text.contains('!'), "{path:?} shouts");
    }
    let root = &all[0].1;
    for words in ["Exit codes:", "Examples:", "ITHACA_PROFILE"] {
        assert!(root.contains(words), "{words}");
    }
}

#[test]
fn exit_codes_say_what_is_wrong() {
    let home = tempfile::tempdir().unwrap();
    let nobody = Person { dir: home.path().join("nobody") };
    assert!(nobody.fails(1, &["status"]).contains("there is no profile"));
    nobody.fails(2, &["notes"]);
    nobody.fails(2, &["note", "date", "x", "9.3.2031"]);
    nobody.fails(2, &["session", "before", "x", "--arriving", "6"]);
    let ana = Person::new(home.path(), "Ana");
    assert!(ana.fails(1, &["init", "--name", "Ana"]).contains("already"));
    let alone = ana.fails(3, &["note", "new", "Plan"]);
    assert!(alone.contains("ithaca pair invite") && alone.contains("--private"), "{alone}");
    assert!(ana.fails(3, &["say", "Hello."]).contains("ithaca pair join"));
    assert!(ana.fails(3, &["note", "show", "zebra"]).contains("ithaca note list"));
    ana.fails(1, &["pair", "invite"]);
    assert!(ana.fails(4, &["sync"]).contains("No relay is named"));
    ana.fails(1, &["relay", "set", "http://relay.example"]);
    ana.ok(&["relay", "set", "http://127.0.0.1:1"]);
    ana.ok(&["note", "new", "Plan", "--private", "--text", "on this device"]);
    let waits = ana.fails(4, &["sync"]);
    assert!(waits.contains("cannot be reached") && waits.contains("safe here"), "{waits}");
    let status = ana.ok(&["status"]);
    assert!(status.contains("wait here") && status.contains("cannot be reached"), "{status}");
    assert!(!status.to_lowercase().contains("synced"));
    ana.ok(&["note", "new", "Plan for June", "--private"]);
    let several = ana.fails(3, &["note", "show", "pl"]);
    assert!(several.contains("Plan for June") && several.lines().count() == 3, "{several}");
    ana.fails(3, &["notices", "dismiss", "7"]);
    ana.fails(3, &["--with", "zebra", "note", "new", "Plan", "--private"]);
    // The same as JSON.
    let said: Value = serde_json::from_str(&ana.fails(3, &["--json", "note", "show", "pl"])).unwrap();
    assert_eq!((said["exit"].as_u64(), said["candidates"].as_array().map(Vec::len)), (Some(3), Some(2)));
}

#[test]
fn an_invitation_is_never_an_argument() {
    let home = tempfile::tempdir().unwrap();
    let ben = Person::new(home.path(), "Ben");
    let said = ben.fails(2, &["pair", "join", "http://127.0.0.1:1/i#v1.AAAA"]);
    assert!(said.contains("--link-file"), "{said}");
    let out = ben.with_input(&["pair", "join", "-"], "no link at all");
    assert_eq!(out.status.code(), Some(1));
}

#[test]
fn json_parses_whatever_is_asked() {
    let home = tempfile::tempdir().unwrap();
    let ana = Person::new(home.path(), "Ana");
    ana.ok(&["note", "new", "Diary", "--private", "--text", "Ward at eight.", "--tag", "ward", "--date", "2031-03-03"]);
    let lists: [&[&str]; 14] = [
        &["status"],
        &["note", "list"],
        &["note", "bin"],
        &["note", "show", "diary"],
        &["goal", "list"],
        &["action", "list"],
        &["session", "list"],
        &["pair", "list"],
        &["pair", "invitations"],
        &["cards"],
        &["search", "ward"],
        &["history", "diary"],
        &["notices"],
        &["relay", "show"],
    ];
    for args in lists {
        ana.json(args);
    }
    assert_eq!(ana.json(&["search", "eight"])[0]["noun"], "note");
    assert_eq!(ana.json(&["note", "show", "diary"])["note"]["date"], "2031-03-03");
    assert_eq!(ana.ok(&["note", "show", "diary"]), "Ward at eight.\n");
}

#[test]
fn many_commands_at_once_are_all_done() {
    let home = tempfile::tempdir().unwrap();
    let ana = Person::new(home.path(), "Ana");
    let titles: Vec<String> = (0..8).map(|n| format!("Note {n}")).collect();
    let quiet = |c: &mut Command| c.stdout(Stdio::null()).spawn().unwrap();
    let children: Vec<_> = titles.iter().map(|t| quiet(&mut ana.command(&["note", "new", t, "--private"]))).collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    assert_eq!(ana.json(&["note", "list"]).as_array().unwrap().len(), titles.len());
}

#[test]
fn a_profile_that_is_held_is_waited_for_and_then_named() {
    use ithaca_core::engine::{Engine, Options};
    use ithaca_core::identity::{entropy::OsEntropy, vault::FileVault};
    let home = tempfile::tempdir().unwrap();
    let ana = Person::new(home.path(), "Ana");
    let vault = FileVault::new(ana.dir.join("vault.key"));
    let held = Engine::open(&ana.dir, &vault, Box::new(OsEntropy), &Options::default(), 1_930_262_400_000).unwrap();
    assert!(ana.fails(5, &["status"]).contains("another command"));
    drop(held);
    ana.ok(&["status"]);
}

#[cfg(unix)]
#[test]
fn what_changes_while_the_editor_is_open_stays() {
    use std::os::unix::fs::PermissionsExt;
    let home = tempfile::tempdir().unwrap();
    let ana = Person::new(home.path(), "Ana");
    ana.ok(&["note", "new", "Plan", "--private", "--text", "Visit ward on Monday. Bring the checklist."]);
    let editor = home.path().join("editor.sh");
    let script = format!(
        "#!/bin/sh\nset -e\ntest \"$1\" = -w\ntest \"$(stat -c %a \"$2\" 2>/dev/null || stat -f %Lp \"$2\")\" = 600\n\
         '{}' note show Plan | sed 's/checklist/list and water/' | '{}' note write Plan\nsed 's/Monday/Tuesday/' \"$2\" > \"$2.new\"\nmv \"$2.new\" \"$2\"\n",
        env!("CARGO_BIN_EXE_ithaca"),
        env!("CARGO_BIN_EXE_ithaca")
    );
    fs::write(&editor, script).unwrap();
    fs::set_permissions(&editor, fs::Permissions::from_mode(0o700)).unwrap();
    let out = ana.command(&["note", "edit", "Plan"]).env("EDITOR", format!("'{}' -w", editor.display())).output().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    assert_eq!(ana.ok(&["note", "show", "Plan"]), "Visit ward on Tuesday. Bring the list and water.\n");
    let left =
        || fs::read_dir(&ana.dir).unwrap().filter(|f| f.as_ref().unwrap().file_name().to_string_lossy().starts_with("edit-")).count();
    assert_eq!(left(), 0);
    // An editor that fails changes nothing, and what was typed is kept.
    let out = ana.command(&["note", "edit", "Plan"]).env("EDITOR", "sh -c 'echo typed >> \"$1\"; exit 1' -").output().unwrap();
    assert_eq!(out.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&out.stderr).contains("is kept in"));
    assert_eq!(left(), 1);
    assert_eq!(ana.ok(&["note", "show", "Plan"]), "Visit ward on Tuesday. Bring the list and water.\n");
}

#[test]
fn what_was_read_earlier_can_be_named_as_the_base() {
    let home = tempfile::tempdir().unwrap();
    let ana = Person::new(home.path(), "Ana");
    ana.ok(&["note", "new", "Plan", "--private", "--text", "one two three"]);
    let heads = ana.json(&["note", "show", "Plan"])["heads"].as_str().unwrap().to_owned();
    ana.rewrite("Plan", "three", "three four");
    assert!(ana.with_input(&["note", "write", "Plan", "--base", &heads], "zero one two three").status.success());
    assert_eq!(ana.ok(&["note", "show", "Plan"]), "zero one two three four\n");
    assert_eq!(ana.with_input(&["note", "write", "Plan", "--base", "12"], "x").status.code(), Some(2));
}

#[test]
fn a_passphrase_is_read_from_where_nobody_sees_it() {
    let home = tempfile::tempdir().unwrap();
    let ana = Person { dir: home.path().join("ana") };
    let made = ana.with_input(&["init", "--name", "Ana", "--passphrase-stdin"], "correct horse\n");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    assert!(!ana.dir.join("vault.key").exists());
    // The rest of the input is the text.
    let noted =
        ana.with_input(&["--passphrase-stdin", "note", "new", "Diary", "--private", "--text", "-"], "correct horse\nWard at eight.");
    assert!(noted.status.success(), "{}", String::from_utf8_lossy(&noted.stderr));
    let wrong = ana.with_input(&["--passphrase-stdin", "status"], "wrong\n");
    assert_eq!(wrong.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("passphrase"));
    let file = home.path().join("passphrase");
    fs::write(&file, "correct horse\n").unwrap();
    let read = ana.command(&["note", "show", "Diary"]).env("ITHACA_PASSPHRASE_FILE", &file).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&read.stdout), "Ward at eight.\n");
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_ithaca"))
        .args(["completions", "zsh"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let out = child.wait_with_output().unwrap();
    assert!(out.status.success() && out.stderr.is_empty(), "{}", String::from_utf8_lossy(&out.stderr));
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let out = Command::new(env!("CARGO_BIN_EXE_ithaca")).args(["completions", shell]).output().unwrap();
        assert!(out.status.success() && out.stdout.len() > 10_000, "{shell}");
    }
}

#[test]
fn notes_are_tagged_dated_binned_and_restored() {
    let home = tempfile::tempdir().unwrap();
    let ana = Person::new(home.path(), "Ana");
    ana.ok(&["note", "new", "Plan", "--private", "--tag", "old"]);
    ana.ok(&["note", "tag", "Plan", "+ward", "-old", "night"]);
    ana.fails(2, &["note", "tag", "Plan", "+x", "--json"]);
    ana.ok(&["note", "date", "Plan", "2031-03-09"]);
    ana.ok(&["note", "place", "Plan", "the ward"]);
    ana.ok(&["note", "title", "Plan", "Visit"]);
    let note = ana.json(&["note", "show", "Visit"])["note"].clone();
    assert_eq!(note["tags"], serde_json::json!(["night", "ward"]));
    assert_eq!((note["date"].as_str(), note["place"].as_str()), (Some("2031-03-09"), Some("the ward")));
    ana.ok(&["note", "date", "Visit", "none"]);
    assert!(ana.json(&["note", "show", "Visit"])["note"]["date"].is_null());
    ana.ok(&["note", "delete", "Visit"]);
    ana.fails(3, &["note", "show", "Visit"]);
    assert!(ana.ok(&["note", "bin"]).contains("Visit"));
    ana.ok(&["note", "restore", "Visit"]);
    assert!(ana.ok(&["note", "list", "--tag", "WARD"]).contains("Visit"));
}

#[test]
fn a_note_is_deleted_for_good_out_of_the_list_or_the_bin_and_asks_first() {
    let home = tempfile::tempdir().unwrap();
    let ana = Person::new(home.path(), "Ana");
    for binned in [false, true] {
        ana.ok(&["note", "new", "Plan", "--private"]);
        if binned {
            ana.ok(&["note", "delete", "Plan"]);
        }
        // Nobody can be asked here.
        ana.fails(2, &["note", "delete", "Plan", "--for-good"]);
        let said = ana.ok(&["note", "delete", "Plan", "--for-good", "--yes"]);
        assert!(said.contains("sealed bytes stay on relays") && said.contains("copies saved elsewhere remain"), "{said}");
        for list in ["bin", "list"] {
            assert_eq!(ana.json(&["note", list]), serde_json::json!([]), "{list}");
        }
        ana.fails(3, &["note", "restore", "Plan"]);
    }
    ana.fails(2, &["note", "delete", "Plan", "--yes"]);
}
