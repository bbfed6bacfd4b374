//! The simulation, over many seeds: `make sim SEEDS=2000`, `make sim SEED=17`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test that fails stops"
)]

use std::collections::BTreeMap;

use ithaca_tests::fleet;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|v| v.parse().ok())
}

#[test]
fn s29_whole_fleets_lose_nothing_and_agree_at_rest() {
    let seeds: Vec<u64> = match number("SEED") {
        Some(seed) => vec![seed],
        None => (0..number("SEEDS").unwrap_or(200)).collect(),
    };
    let (mut failed, mut counts) = (Vec::new(), BTreeMap::new());
    for seed in &seeds {
        match fleet::run(*seed) {
            Ok(report) => report.counts.into_iter().for_each(|(what, n)| *counts.entry(what).or_insert(0) += n),
            Err(why) => failed.push(why),
        }
        if failed.len() >= 5 {
            break;
        }
    }
    eprintln!("{} seeds: {counts:?}", seeds.len());
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}
