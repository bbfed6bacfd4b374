//! `make bench`: the goals of speed and size, ours beside the floor and beside peers in one run, as a table.
//!
//! `ithaca-bench [GOALS] [DIR]`: goals as numbers with commas between them, or `all`; `typed` and `growth` are measures without a goal. `ROUNDS` (5) says how often each is measured; quoted
//! are medians over all rounds, and floors and peers take turns with ours within each round.
#![allow(clippy::disallowed_methods, reason = "a benchmark reads the clock")]

mod cold;
mod device;
mod floor;
mod growth;
mod history;
mod live;
mod load;
mod local;
mod peers;
mod process;
mod sheet;
mod tap;
mod text;
mod together;
mod typed;

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use crate::sheet::Sheet;

/// What a step of a benchmark gives, or why it failed.
pub type Done<T = ()> = Result<T, String>;

/// Any error as words.
pub fn words(e: impl std::fmt::Display) -> String {
    e.to_string()
}

/// Prints a line.
pub fn say(line: &str) -> Done {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").and_then(|()| out.flush()).map_err(words)
}

/// Every goal that this program measures.
const GOALS: [u8; 16] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16];

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let done = match args.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["floor-relay", dir] => floor::serve(Path::new(dir)),
        ["cold-device", dir, space, last, counted] => cold::device(dir, space, last, counted),
        ["typed"] => typed::run(),
        ["growth"] => growth::run(Path::new("tests/growth.svg")),
        rest => run(rest.first().copied().unwrap_or("all"), rest.get(1).map(PathBuf::from)),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            drop(writeln!(std::io::stderr(), "the benchmark failed: {why}"));
            ExitCode::FAILURE
        }
    }
}

fn goals(text: &str) -> Done<BTreeSet<u8>> {
    if matches!(text, "" | "all") {
        return Ok(GOALS.into());
    }
    let goals: BTreeSet<u8> = text.split(',').map(|g| g.trim().parse().map_err(|_| format!("{g:?} is no goal"))).collect::<Done<_>>()?;
    match goals.iter().find(|g| !GOALS.contains(g)) {
        Some(other) => Err(format!("goal {other} is not measured here; these are: {GOALS:?}")),
        None => Ok(goals),
    }
}

fn run(wanted: &str, dir: Option<PathBuf>) -> Done {
    let goals = goals(wanted)?;
    let rounds = std::env::var("ROUNDS").ok().and_then(|r| r.parse().ok()).unwrap_or(5usize);
    // Not where files may live in memory: what is measured is durable.
    let home = dir.unwrap_or_else(|| PathBuf::from("target")).join(format!("bench-{}", std::process::id()));
    std::fs::create_dir_all(&home).map_err(words)?;
    let done = measure(&goals, rounds, &home);
    drop(std::fs::remove_dir_all(&home));
    let sheet = done?;
    say(&format!("\n{}\n{}\n{}", machine(), sheet.table(), sheet.spread()))
}

/// Makes what is needed, then runs the rounds; within a round ours, floor and peers take turns.
fn measure(goals: &BTreeSet<u8>, rounds: usize, home: &Path) -> Done<Sheet> {
    let any = |of: &[u8]| of.iter().any(|g| goals.contains(g));
    let mut sheet = Sheet::default();
    let mut text = text::Text::new(12);
    say("Making what is measured, which takes minutes …")?;
    let mut live = if any(&[1, 2, 3, 4]) { Some(live::Live::start(&home.join("live"))?) } else { None };
    let mut histories = if any(&[5, 10, 14]) { Some(history::Histories::start(&home.join("history"), &mut sheet)?) } else { None };
    let mut spaces = if any(&[8, 9]) { Some(local::Spaces::start(&home.join("local"))?) } else { None };
    let years = if any(&[16]) { Some(local::Years::start(&home.join("years"))?) } else { None };
    let relays =
        if any(&[12]) { Some((process::relay(&home.join("appends"), None)?, floor::start(&home.join("floor appends"))?)) } else { None };
    let mut idle = any(&[13]).then(|| load::Idle::new(&home.join("idle")));
    let mut cold = if any(&[6, 7]) { Some(cold::Cold::start(&home.join("cold"))?) } else { None };
    let mut together = if any(&[11]) { Some(together::Together::start(&home.join("together"))?) } else { None };
    let mut peers = peers::Peers::here(&home.join("peers"));
    if peers.is_none() {
        say("Peers are not measured: run `npm ci` in tests/bench/peers, with Node.")?;
    }
    for round in 1..=rounds {
        say(&format!("Round {round} of {rounds}"))?;
        if let Some(live) = &mut live {
            live.round(&mut sheet)?;
        }
        if let Some(histories) = &mut histories {
            histories.round(&mut sheet)?;
        }
        if let Some(spaces) = &mut spaces {
            spaces.round(&mut sheet)?;
        }
        if let Some(years) = &years {
            years.round(&mut sheet)?;
        }
        if let Some((relay, floor)) = &relays {
            load::appends(relay, floor, &mut text, &mut sheet)?;
        }
        if let Some(idle) = &mut idle {
            idle.round(&mut sheet)?;
        }
        if let Some(cold) = &mut cold {
            cold.round(&mut sheet)?;
        }
        if let Some(together) = &mut together {
            together.round(&mut sheet)?;
        }
        if any(&[15]) {
            history::idle_sync(&home.join(format!("idle sync {round}")), &mut sheet)?;
        }
        if let Some(peers) = &mut peers {
            peers.round(goals, &mut sheet)?;
        }
    }
    if let Some(live) = live {
        live.stop()?;
    }
    live::lines(&mut sheet);
    history::lines(&mut sheet);
    history::idle_lines(&mut sheet);
    local::lines(&mut sheet);
    local::years_lines(&mut sheet);
    load::append_lines(&mut sheet);
    load::idle_lines(&mut sheet);
    cold::lines(&mut sheet);
    together::lines(&mut sheet);
    Ok(sheet)
}

/// Where and on what this was measured.
fn machine() -> String {
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu.lines().find_map(|l| l.strip_prefix("model name")).unwrap_or_default().trim_start_matches([' ', '\t', ':']);
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let shell = |program: &str, args: &[&str]| {
        let out = Command::new(program).args(args).output().ok();
        out.map(|o| String::from_utf8_lossy(&o.stdout).trim().to_owned()).unwrap_or_default()
    };
    let commit = shell("git", &["describe", "--always", "--dirty"]);
    let date = shell("date", &["-u", "+%Y-%m-%d"]);
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or_default();
    format!("{date}, commit {commit}, {cores} cores ({model}), load at the end {load}\n")
}
