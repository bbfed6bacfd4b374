//! `ithaca-relay`. Not built yet: it refuses to start rather than pretend.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::FAILURE
}
