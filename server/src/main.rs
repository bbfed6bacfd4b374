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
    runtime.block_on(run(cli.command, Sources::system(), &mut io::stdout(), stop))
}

/// Listens for SIGINT and SIGTERM from this call on; what it returns ends at the first of them.
#[cfg(unix)]
fn stop() -> io::Result<impl Future<Output = ()>> {
    use signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Listens for Ctrl-C from this call on; what it returns ends at the first.
#[cfg(windows)]
fn stop() -> io::Result<impl Future<Output = ()>> {
    let mut interrupt = signal::windows::ctrl_c()?;
    Ok(async move { drop(interrupt.recv().await) })
}
