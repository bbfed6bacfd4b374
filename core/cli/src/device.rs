//! This device: making its profile, naming its relay, completions for its shell.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use clap_complete::Shell;
use serde_json::json;

use crate::error::{CliError, Done};
use crate::print::short;
use crate::profile::{App, all_input};
use crate::say;
use crate::time::now;

/// Make a profile on this device: a new person, with this as the first device.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  ithaca init --name Ana\n  ithaca init --name Ana --relay https://relay.example --passphrase")]
pub struct Init {
    /// Your name, as the people you pair with see it
    #[arg(long)]
    name: String,
    /// The relay to use
    #[arg(long, value_name = "URL")]
    relay: Option<String>,
    /// Seal the profile with a passphrase, asked for now and by every command, instead of a key file that only you can read
    #[arg(long)]
    passphrase: bool,
}

#[derive(Debug, Subcommand)]
pub enum Relay {
    /// Use a relay from now on, for new relationships and for what is private
    #[command(
        after_help = "Examples:\n  ithaca relay set https://relay.example\n  ithaca relay set https://relay.example --account-file account.txt"
    )]
    Set {
        /// Its address
        url: String,
        /// The account's secret, which its operator gave you, stands in this file
        #[arg(long, value_name = "FILE", conflicts_with = "account_stdin")]
        account_file: Option<PathBuf>,
        /// Read the account's secret from standard input
        #[arg(long)]
        account_stdin: bool,
    },
    /// Show the relay
    Show,
}

/// Completions for a shell.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  ithaca completions bash > ~/.local/share/bash-completion/completions/ithaca")]
pub struct Completions {
    shell: Shell,
}

/// `init`.
///
/// # Errors
/// See [`CliError`].
pub fn init(app: &mut App, init: &Init) -> Done {
    // An address that cannot be used must not leave half of what was asked for.
    if let Some(relay) = &init.relay {
        ithaca_core::transport::http::origin(relay).map_err(ithaca_core::engine::EngineError::from)?;
    }
    let mut engine = app.create(&init.name, init.passphrase || app.global.passphrase_stdin)?;
    let relay = init.relay.as_deref().map(|r| engine.set_relay(r, None, now())).transpose()?;
    let (name, person, device, folder) = (engine.name()?, engine.me(), engine.device(), engine.folder().to_owned());
    app.close(engine)?;
    say!(app.out, "This device is {name}'s now ({}). The profile is in {}.", short(device), folder.display());
    match &relay {
        Some(relay) => {
            say!(app.out, "Relay: {relay}. It sees when and how much, not what.\nNext: `ithaca pair invite`, or `ithaca pair join`.")
        }
        None => say!(app.out, "Next: `ithaca relay set URL`, then `ithaca pair invite`; or `ithaca pair join` with somebody's link."),
    }
    app.out.value(&json!({ "name": name, "person": person, "device": device, "profile": folder, "relay": relay }))
}

/// `relay`.
///
/// # Errors
/// See [`CliError`].
pub fn relay(app: &mut App, command: Relay) -> Done {
    let origin = match command {
        Relay::Set { url, account_file, account_stdin } => {
            let account = match (account_file, account_stdin) {
                (Some(path), _) => Some(account(&read(&path)?)?),
                (None, true) => Some(account(&all_input()?)?),
                (None, false) => None,
            };
            let mut engine = app.open()?;
            let origin = engine.set_relay(&url, account, now())?;
            app.close(engine)?;
            Some(origin)
        }
        Relay::Show => {
            let engine = app.open()?;
            let origin = engine.relay()?;
            app.close(engine)?;
            origin
        }
    };
    match &origin {
        Some(origin) => say!(app.out, "{origin}"),
        None => say!(app.out, "No relay is named: nothing leaves this device. Name one with `ithaca relay set URL`."),
    }
    app.out.value(&json!({ "relay": origin }))
}

fn read(path: &Path) -> Done<String> {
    std::fs::read_to_string(path).map_err(|e| CliError::io(path.display().to_string(), &e))
}

/// An account's secret: 64 hexadecimal digits.
fn account(text: &str) -> Done<[u8; 32]> {
    let mut out = [0; 32];
    hex::decode_to_slice(text.trim(), &mut out)
        .map_err(|_| CliError::Usage("an account's secret has 64 hexadecimal digits; ask the relay's operator for it".into()))?;
    Ok(out)
}

/// `completions`.
///
/// # Errors
/// See [`CliError`].
pub fn completions(app: &mut App, c: &Completions, command: &mut clap::Command) -> Done {
    let mut script = Vec::new();
    clap_complete::generate(c.shell, command, "ithaca", &mut script);
    app.out.write(&String::from_utf8_lossy(&script))
}
