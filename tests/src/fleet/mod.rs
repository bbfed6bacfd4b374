//! A fleet in a seeded simulation: people, devices and a relay in one thread. The engine, the sealing, the firewall, the SQLite store and the
//! relay's answers are those that ship; only the network, the clock and the randomness are replaced.

mod attacks;
mod check;
mod disasters;
mod notices;
pub mod relay;
mod withheld;
mod world;

use std::collections::BTreeMap;

use ithaca_core::switch::{Switch, turn_off};
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

pub use world::World;

/// What a run showed.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Things that happened, by name.
    pub counts: BTreeMap<&'static str, u64>,
}

impl Report {
    #[allow(clippy::print_stderr, reason = "LOUD=1 asks for it")]
    fn add(&mut self, what: &'static str) {
        if std::env::var_os("LOUD").is_some() && what != "request lost" {
            eprintln!("  {what}");
        }
        *self.counts.entry(what).or_default() += 1;
    }
}

/// How a run is made harder.
#[derive(Debug, Clone, Copy)]
pub struct Faults {
    /// Things people do.
    pub steps: usize,
    /// Of 100 messages so many are lost.
    pub loss: u64,
    /// Of 100 requests so many arrive twice.
    pub twice: u64,
    /// Of 1,000 steps so many end with a device that stops between two effects.
    pub crash: u64,
    /// Of 1,000 steps so many end with a relay that lost everything.
    pub wipe: u64,
    /// Of 1,000 steps so many are something extraordinary: devices copied, set back, added, revoked; relays set back; junk.
    pub disasters: u64,
    /// Clocks are wrong by up to so many days.
    pub days_wrong: i64,
    /// Snapshots are made after so many records, far sooner than people would.
    pub snapshots: Option<u64>,
}

impl Faults {
    /// Drawn from the seed: some runs are calm, some are not.
    fn draw(rng: &mut ChaCha8Rng) -> Self {
        Self {
            steps: 40 + below(rng, 80) as usize,
            loss: below(rng, 40),
            twice: below(rng, 20),
            crash: below(rng, 60),
            wipe: if below(rng, 3) == 0 { 15 } else { 0 },
            disasters: [0, 30, 60, 120][below(rng, 4) as usize],
            days_wrong: [0, 0, 2, 30][below(rng, 4) as usize],
            snapshots: [None, None, Some(20), Some(60)][below(rng, 4) as usize],
        }
    }
}

/// A folder for a device: in memory where the machine has such a place, since nothing here is about the disk.
pub(crate) fn folder() -> Result<tempfile::TempDir, String> {
    let memory = std::path::Path::new("/dev/shm");
    let dir = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    dir.map_err(|e| e.to_string())
}

/// A number below `n`.
pub(crate) fn below(rng: &mut ChaCha8Rng, n: u64) -> u64 {
    if n == 0 { 0 } else { rng.next_u64() % n }
}

/// Runs one seed while one rule does not hold.
///
/// # Errors
/// What broke.
pub fn run_without(rule: Switch, seed: u64) -> Result<Report, String> {
    turn_off(Some(rule));
    let run = std::panic::catch_unwind(|| run(seed));
    turn_off(None);
    run.unwrap_or_else(|_| Err(format!("seed {seed}: it stopped")))
}

/// Runs one seed: faults, then peace, then every promise is checked.
///
/// # Errors
/// What was broken, with the command that repeats it.
pub fn run(seed: u64) -> Result<Report, String> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let faults = Faults::draw(&mut rng);
    let told = |why: String| format!("seed {seed}: {why}\n  repeat it with: make sim SEED={seed}");
    let mut world = World::new(seed, rng, faults).map_err(told)?;
    world.live().map_err(told)?;
    world.rest().map_err(told)?;
    check::promises(&mut world).map_err(told)?;
    check::confidential(&mut world).map_err(told)?;
    withheld::told(&mut world).map_err(told)?;
    Ok(world.report)
}
