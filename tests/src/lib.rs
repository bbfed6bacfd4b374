//! What whole fleets of devices are tried with: journeys, simulation, processes, benchmarks. Here stands what these share.

pub mod decade;
pub mod fleet;
pub mod forgetful;
pub mod fuzz;
pub mod people;
pub mod play;

use std::path::PathBuf;

/// A program of this workspace, built beside the tests.
///
/// # Errors
/// When it is not there, with what to do.
pub fn program(name: &str) -> Result<PathBuf, String> {
    let me = std::env::current_exe().map_err(|e| e.to_string())?;
    let found = me.ancestors().skip(1).take(3).map(|dir| dir.join(name)).find(|p| p.is_file());
    found.ok_or_else(|| format!("{name} is not built: run `cargo build --workspace --bins` first, or `make test`"))
}
