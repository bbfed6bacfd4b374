//! A person at a terminal: the real program in a folder of its own.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a helper of a test may fail it")]
#![allow(dead_code, reason = "each test file uses a part")]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// One person's profile.
pub struct Person {
    pub dir: PathBuf,
}

impl Person {
    /// A new profile below `home`.
    pub fn new(home: &Path, name: &str) -> Self {
        let person = Self { dir: home.join(name) };
        person.ok(&["init", "--name", name]);
        person
    }

    /// The program, with nothing of this machine's own settings.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ithaca"));
        for var in ["EDITOR", "VISUAL", "ITHACA_PASSPHRASE_FILE"] {
            command.env_remove(var);
        }
        command.env("ITHACA_PROFILE", &self.dir).env("TZ", "UTC").args(args).stdin(Stdio::null());
        command
    }

    /// Runs it.
    pub fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    /// Runs it; it must succeed. Gives what it printed.
    pub fn ok(&self, args: &[&str]) -> String {
        let out = self.run(args);
        assert!(out.status.success(), "ithaca {args:?}: {}", String::from_utf8_lossy(&out.stderr));
        String::from_utf8(out.stdout).unwrap()
    }

    /// Runs it; it must end with this code. Gives what it said beside the output.
    pub fn fails(&self, code: i32, args: &[&str]) -> String {
        let out = self.run(args);
        let said = String::from_utf8(out.stderr).unwrap();
        assert_eq!(out.status.code(), Some(code), "ithaca {args:?}: {said}");
        assert!(!said.contains("panicked"), "{said}");
        said
    }

    /// Runs it with `--json`.
    pub fn json(&self, args: &[&str]) -> Value {
        let mut all = vec!["--json"];
        all.extend(args);
        let text = self.ok(&all);
        serde_json::from_str(&text).unwrap_or_else(|e| panic!("ithaca {args:?}: {e}: {text}"))
    }

    /// Runs it with something on its standard input.
    pub fn with_input(&self, args: &[&str], input: &str) -> Output {
        let mut child = self.command(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    }

    /// Gives a note another text where it reads `from`.
    pub fn rewrite(&self, note: &str, from: &str, to: &str) {
        let text = self.ok(&["note", "show", note]);
        assert!(text.contains(from), "{text}");
        let out = self.with_input(&["note", "write", note], &text.replace(from, to));
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    }

    /// The state code of the only relationship.
    pub fn code(&self) -> String {
        let status = self.json(&["status"]);
        status["status"]["spaces"][1]["state_code"].as_str().unwrap().to_owned()
    }
}

/// Pairs two people over a relay.
pub fn pair(ana: &Person, ben: &Person, origin: &str) {
    ana.ok(&["relay", "set", origin]);
    let invited = ana.json(&["pair", "invite"]);
    let link = invited["invitation"]["link"].as_str().unwrap().to_owned();
    let joined = ben.with_input(&["pair", "join", "-"], &link);
    assert!(joined.status.success(), "{}", String::from_utf8_lossy(&joined.stderr));
    assert!(ana.ok(&["pair", "approve", "--yes"]).contains("You and Ben are a pair"));
    for person in [ben, ana, ben, ana] {
        person.ok(&["sync"]);
    }
    assert_eq!(ana.code(), ben.code());
}

/// Lets several people sync, one after the other.
pub fn sync(people: &[&Person]) {
    for person in people {
        person.ok(&["sync"]);
    }
}
