//! The program itself: what it prints, what it refuses, and what is left after it is killed.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails says so by panicking")]

mod common;

use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;

use clap::Parser;
use common::{BOX, TOKEN, Talk, pull, push, record, records};
use ithaca_server::Sources;
use ithaca_server::cli::{Cli, run as run_here};
use ithaca_server::testing::TestRelay;
use ithaca_wire::error::Code;
use ithaca_wire::vector::Vector;

fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ithaca-relay"));
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn run(arguments: &[&str]) -> Output {
    program(arguments).output().unwrap()
}

struct Running {
    child: Child,
    origin: String,
}

impl Running {
    fn start(data: &Path, more: &[&str]) -> Self {
        let base = ["serve", "--listen", "127.0.0.1:0", "--print-ready", "--data", data.to_str().unwrap()];
        let mut child = program(&[&base, more].concat()).stderr(Stdio::null()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let origin = lines.next().unwrap().unwrap().strip_prefix("listening on ").unwrap().to_owned();
        assert!(origin.starts_with("http://127.0.0.1:"));
        assert_eq!(lines.find(|l| !l.as_ref().unwrap().starts_with("metrics on")).unwrap().unwrap(), "ready");
        Self { child, origin }
    }

    fn talk(&self) -> Talk {
        // Only for its client.
        Talk { origin: self.origin.clone(), ..Talk::to(&TestRelay::open().unwrap()) }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // SIGKILL: nothing is flushed and nothing is closed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn said(output: &[u8], word: &str) -> String {
    let text = String::from_utf8(output.to_vec()).unwrap();
    text.lines().find_map(|l| l.strip_prefix(word)).unwrap_or_else(|| panic!("no line begins with {word}")).trim().to_owned()
}

#[tokio::test]
async fn what_was_acknowledged_is_there_after_a_kill() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let path = data.to_str().unwrap();
    let made = run(&["account", "new", "--data", path, "--label", "ours"]);
    assert!(made.status.success());
    let account: [u8; 32] = hex::decode(said(&made.stdout, "secret")).unwrap().try_into().unwrap();
    let mut acknowledged = 0u64;
    for round in 0..3u64 {
        let relay = Running::start(&data, &[]);
        let talk = relay.talk();
        assert_eq!(talk.make(BOX, TOKEN, Some(account), None).await.status, 204);
        let read = records(&talk.one(pull(&Vector::new())).await);
        assert!(read.len() as u64 >= acknowledged, "lost what was acknowledged in round {round}");
        let killer = relay.child.id();
        let pushing = async {
            // Pushes go on while the process is killed; what it answered before must be there.
            for n in read.len() as u64 + 1.. {
                let body = ithaca_wire::cbor::encode(&common::request(vec![push(vec![record(1, n, 0, 300)])]));
                let sent = talk.client.post(format!("{}/v1/sync", talk.origin)).body(body).send().await;
                let Ok(answer) = sent else { break };
                if !answer.status().is_success() || answer.bytes().await.is_err() {
                    break;
                }
                acknowledged = n;
                if n.is_multiple_of(25) {
                    Command::new("kill").args(["-9", &killer.to_string()]).status().unwrap();
                }
            }
        };
        pushing.await;
        assert!(acknowledged >= 25 * (round + 1));
    }
    let relay = Running::start(&data, &[]);
    assert!(records(&relay.talk().one(pull(&Vector::new())).await).len() as u64 >= acknowledged);
}

#[tokio::test]
async fn accounts_are_made_and_revoked_beside_a_running_relay() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().to_str().unwrap();
    let relay = Running::start(dir.path(), &["--metrics-listen", "127.0.0.1:0"]);
    let talk = relay.talk();
    let made = run(&["account", "new", "--data", path, "--label", "programme"]);
    let (id, secret) = (said(&made.stdout, "account"), said(&made.stdout, "secret"));
    let account: [u8; 32] = hex::decode(&secret).unwrap().try_into().unwrap();
    assert_eq!(talk.make(BOX, TOKEN, Some(account), None).await.status, 204);
    let listed = String::from_utf8(run(&["account", "list", "--data", path]).stdout).unwrap();
    assert!(listed.contains(&id) && listed.contains("active  programme") && !listed.contains(&secret));
    assert!(run(&["account", "revoke", "--data", path, &id]).status.success());
    assert_eq!(talk.make(BOX, TOKEN, Some(account), None).await.code(), Code::NoAccount);
    assert!(String::from_utf8(run(&["account", "list", "--data", path]).stdout).unwrap().contains("revoked"));
    assert!(!run(&["account", "revoke", "--data", path, "ffff"]).status.success());
    // A second relay over the same directory would not see what the first knows.
    let second = run(&["serve", "--listen", "127.0.0.1:0", "--data", path]);
    assert!(!second.status.success() && String::from_utf8_lossy(&second.stderr).contains("another relay uses this data directory"));
}

/// Whoever reads that the relay listens may stop it at once.
#[tokio::test]
async fn it_listens_for_its_end_before_it_says_that_it_serves() {
    let Cli { command, .. } = Cli::parse_from(["ithaca-relay", "serve", "--memory", "--listen", "127.0.0.1:0", "--print-ready"]);
    let listens = AtomicBool::new(false);
    struct Out<'a>(&'a AtomicBool, Vec<u8>);
    impl Write for Out<'_> {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            assert!(self.0.load(Relaxed), "said before it could be stopped: {}", String::from_utf8_lossy(bytes));
            self.1.write(bytes)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut out = Out(&listens, Vec::new());
    let stop = || {
        listens.store(true, Relaxed);
        Ok(std::future::ready(()))
    };
    run_here(command, Sources::system(), &mut out, stop).await.unwrap();
    assert!(String::from_utf8(out.1).unwrap().ends_with("ready\n"));
}

#[cfg(unix)]
#[test]
fn it_stops_when_told() {
    let dir = tempfile::tempdir().unwrap();
    let mut relay = Running::start(dir.path(), &["--log-json"]);
    Command::new("kill").args(["-TERM", &relay.child.id().to_string()]).status().unwrap();
    assert!(relay.child.wait().unwrap().success());
}

#[test]
fn what_would_be_dangerous_is_refused_in_words() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().to_str().unwrap();
    let refused = |arguments: &[&str], word: &str| {
        let output = run(arguments);
        assert!(!output.status.success());
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(text.contains(word), "{text}");
    };
    refused(&["serve", "--listen", "0.0.0.0:0", "--data", path], "clear text beyond this machine");
    refused(&["serve", "--data", path, "--open"], "--i-understand-anyone-can-store-data-here");
    refused(&["serve"], "--data");
    refused(&["serve", "--data", path, "--tls-cert", "c.pem"], "--tls-key");
    refused(
        &["serve", "--listen", "127.0.0.1:0", "--data", path, "--tls-cert", "/nowhere", "--tls-key", "/nowhere"],
        "the TLS certificate",
    );
}
