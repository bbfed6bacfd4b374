//! `ithaca`, killed while it writes; what it acknowledged arrives on another device.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use ithaca_server::testing::TestRelay;
use ithaca_tests::program;
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

const KILLS: usize = 200;

fn ithaca(profile: &Path, args: &[&str], input: &str) -> Output {
    use std::io::Write;
    let mut child = Command::new(program("ithaca").unwrap())
        .arg("--profile")
        .arg(profile)
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

fn done(profile: &Path, args: &[&str], input: &str) -> String {
    let out = ithaca(profile, args, input);
    assert!(out.status.success(), "ithaca {}: {}", args.join(" "), String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).unwrap()
}

#[test]
fn what_a_command_acknowledged_survives_two_hundred_kills() {
    let relay = TestRelay::builder().config(|c| c.open = true).start().unwrap();
    let dir = tempfile::tempdir().unwrap();
    let (ana, ben) = (dir.path().join("ana"), dir.path().join("ben"));
    done(&ana, &["init", "--name", "Ana", "--relay", &relay.origin()], "");
    done(&ben, &["init", "--name", "Ben"], "");
    let invited: serde_json::Value = serde_json::from_str(&done(&ana, &["--json", "pair", "invite"], "")).unwrap();
    done(&ben, &["pair", "join", "-"], invited["invitation"]["link"].as_str().unwrap());
    done(&ana, &["sync"], "");
    done(&ana, &["pair", "approve", "--yes"], "");
    done(&ben, &["sync"], "");
    let mut rng = ChaCha8Rng::seed_from_u64(23);
    let (mut acknowledged, mut killed) = (BTreeSet::new(), 0);
    for n in 0.. {
        if killed == KILLS {
            break;
        }
        let text = format!("word {n} of Ana");
        // Every seventh command sends as well, so that kills fall into syncs too.
        let args: &[&str] = if n % 7 == 6 { &["sync"] } else { &["say", &text] };
        let mut child = Command::new(program("ithaca").unwrap())
            .arg("--profile")
            .arg(&ana)
            .args(args)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // Half of them live to the end; the others are killed at a random moment of the 60 ms that a command takes.
        if rng.next_u32() % 4 == 0 {
            assert!(child.wait().unwrap().success(), "a command after a kill");
            acknowledged.extend((n % 7 != 6).then_some(text));
            continue;
        }
        let (over, moment) = mpsc::channel::<()>();
        let wait = Duration::from_micros(u64::from(rng.next_u32() % 60_000));
        let clock = thread::spawn(move || {
            let _ = moment.recv_timeout(wait);
        });
        clock.join().unwrap();
        drop(over);
        match child.try_wait().unwrap() {
            Some(status) => {
                assert!(status.success(), "a command after a kill");
                acknowledged.extend((n % 7 != 6).then_some(text));
            }
            None => {
                child.kill().unwrap();
                // It may have ended between the look and the kill; then it was acknowledged.
                if child.wait().unwrap().success() {
                    acknowledged.extend((n % 7 != 6).then_some(text));
                } else {
                    killed += 1;
                }
            }
        }
    }
    assert!(acknowledged.len() > 20, "only {} messages were acknowledged", acknowledged.len());
    done(&ana, &["sync"], "");
    done(&ben, &["sync"], "");
    let shown = done(&ben, &["--json", "messages", "-n", "100000"], "");
    let lost: Vec<&String> = acknowledged.iter().filter(|text| !shown.contains(&format!("\"{text}\""))).collect();
    assert!(lost.is_empty(), "{} of {} acknowledged messages are gone: {lost:?}", lost.len(), acknowledged.len());
    let doctor = done(&ana, &["doctor"], "");
    assert!(!doctor.contains("bad "), "{doctor}");
}
