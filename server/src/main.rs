//! `ithaca-relay`: reads the command line, runs, and says in one sentence what went wrong.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;
use ithaca_server::cli::{Cli, run};
use ithaca_server::{Sources, log};
use tokio::signal;

fn main() -> ExitCode {
    let cli = Cli::parse();
    match go(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Without standard error there is nobody to tell.
            let _ = writeln!(io::stderr(), "ithaca-relay: {error}");
            ExitCode::FAILURE
        }
    }
}

fn go(cli: Cli) -> io::Result<()> {
    log::begin(cli.log, cli.log_json)?;
    // Reading threads bound how many answers are read at once, and so how much memory they take.
    let runtime = tokio::runtime::Builder::new_multi_thread().max_blocking_threads(64).enable_all().build()?;
    runtime.block_on(run(cli.command, Sources::system(), &mut io::stdout(), stop()))
}

/// Ends at SIGINT or SIGTERM.
async fn stop() {
    #[cfg(unix)]
    if let Ok(mut terminate) = signal::unix::signal(signal::unix::SignalKind::terminate()) {
        tokio::select! {
            _ = signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        }
        return;
    }
    drop(signal::ctrl_c().await);
}
