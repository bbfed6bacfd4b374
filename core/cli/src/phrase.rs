//! `ithaca phrase` and `ithaca restore`: twelve words that bring a person back on an empty machine.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use ithaca_core::engine::Restoring;
use ithaca_core::identity::entropy::OsEntropy;
use ithaca_core::identity::recovery::RecoveryWords;
use serde_json::json;

use crate::error::{CliError, Done};
use crate::own_device::welcome;
use crate::pairing::only_dash;
use crate::profile::{App, secret_input};
use crate::say;
use crate::sync::{ask_relay, once, trouble};
use crate::time::now;

#[derive(Debug, Subcommand)]
pub enum Phrase {
    /// Make new recovery words and show them, once
    Show(Show),
    /// See whether words you wrote down are the ones in force, and whether the relay has what they need
    Check(Words),
    /// Consent to new words that another device of yours made
    Agree,
    /// What is known of your words; never the words
    Status,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ithaca phrase show                      asks for the words in force, if there are any
  ithaca phrase show --without-old        your other devices consent instead: `ithaca phrase agree`

The words are kept nowhere: write them on paper, with the relay's address beside them. Only the old words end the old words: what devices
alone replace might be a thief's doing, and still brings you back.")]
pub struct Show {
    /// `-` reads the words in force from standard input; without it they are asked for
    #[arg(value_name = "-", value_parser = only_dash)]
    from: Option<String>,
    /// The words in force are lost, or were never made
    #[arg(long, conflicts_with = "from")]
    without_old: bool,
}

#[derive(Debug, Args)]
pub struct Words {
    /// `-` reads the words from standard input; without it they are asked for
    #[arg(value_name = "-", value_parser = only_dash)]
    from: Option<String>,
}

/// Come back on an empty machine by your recovery words.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ithaca restore --relay https://relay.example
  ithaca restore --relay https://relay.example --rescue ana.rescue    where the old relay is gone: your partner makes the file

The words are asked for, or read from standard input with `-`.")]
pub struct Restore {
    /// `-` reads the words from standard input; without it they are asked for
    #[arg(value_name = "-", value_parser = only_dash)]
    from: Option<String>,
    /// The relay whose address stands beside the words; with a rescue file, the one to use from now on
    #[arg(long, value_name = "URL")]
    relay: String,
    /// A file that your partner made with `ithaca pair rescue`
    #[arg(long, value_name = "FILE")]
    rescue: Option<PathBuf>,
    /// What to call this device
    #[arg(long)]
    label: Option<String>,
    /// Which person, by four words, where the words lead to more than one
    #[arg(long, value_name = "FOUR WORDS")]
    person: Option<String>,
    /// Seal the profile with a passphrase instead of a key file that only you can read
    #[arg(long)]
    passphrase: bool,
}

/// `phrase`.
///
/// # Errors
/// See [`CliError`].
pub fn run(app: &mut App, command: Phrase) -> Done {
    match command {
        Phrase::Show(c) => show(app, &c),
        Phrase::Check(c) => check(app, &c),
        Phrase::Agree => {
            let mut engine = app.open()?;
            once(&mut engine)?;
            engine.agree_to_words(now())?;
            let view = once(&mut engine)?;
            app.close(engine)?;
            app.kept("Agreed. The words hold as soon as the device that made them syncs.", None, None)?;
            trouble(&view).map_or(Ok(()), |words| Err(CliError::Waiting(words)))
        }
        Phrase::Status => status(app),
    }
}

fn parse(text: &str) -> Done<RecoveryWords> {
    RecoveryWords::parse(text).map_err(|e| ithaca_core::engine::EngineError::from(e).into())
}

fn show(app: &mut App, c: &Show) -> Done {
    let engine = app.open()?;
    let made = engine.words()?.made;
    app.close(engine)?;
    let old = match made && !c.without_old {
        true => Some(parse(&secret_input(c.from.is_some(), None, "The words in force (or start again with --without-old):")?)?),
        false => None,
    };
    let mut engine = app.open()?;
    let words = engine.new_words(old.as_ref(), now())?;
    let view = once(&mut engine)?;
    let (state, relay) = (engine.words()?, engine.words_relay()?);
    app.close(engine)?;
    say!(app.out, "Write these on paper. They are shown once and kept nowhere.\n\n  {}\n", *words);
    match &relay {
        Some(relay) => say!(app.out, "Beside them: {relay}\n"),
        None => say!(app.out, "No relay is named yet: without one only a partner's rescue file brings you back.\n"),
    }
    say!(app.out, "Whoever has them can become you. On an empty machine: `ithaca restore --relay …`. Try them: `ithaca phrase check`.");
    match state.waits_for {
        0 => {}
        1 => say!(app.out, "They hold once your other device agreed: `ithaca phrase agree` there."),
        n => say!(app.out, "They hold once your {n} other devices agreed: `ithaca phrase agree` on each."),
    }
    let trouble = trouble(&view);
    app.out.value(&json!({ "words": *words, "relay": relay, "waits_for": state.waits_for, "trouble": trouble }))?;
    trouble.map_or(Ok(()), |words| Err(CliError::Waiting(words)))
}

fn check(app: &mut App, c: &Words) -> Done {
    let text = secret_input(c.from.is_some(), None, "The words:")?;
    let words = parse(&text)?;
    let engine = app.open()?;
    let (right, relay) = (engine.are_words(&words), engine.words_relay()?);
    app.close(engine)?;
    if !right {
        return Err(CliError::Refused("these are twelve good words, but not the ones in force".into()));
    }
    let mut ready = None;
    if let Some(relay) = &relay {
        let restoring = Restoring::by_relay(&text, relay)?;
        ready = ask_relay(async |http| restoring.is_ready(http).await)?;
        if ready.is_none() {
            return Err(CliError::Waiting(format!(
                "These are the words in force. Whether the relay has what they need is not known: {relay} gives no answer"
            )));
        }
    }
    match ready {
        Some(true) => say!(app.out, "These are the words in force, and the relay has what they need."),
        Some(false) => say!(app.out, "These are the words in force, but the relay has not got what they need yet: run `ithaca sync`."),
        None => say!(app.out, "These are the words in force. No relay is named: only a partner's rescue file brings you back."),
    }
    app.out.value(&json!({ "right": right, "relay": relay, "ready": ready }))
}

fn status(app: &mut App) -> Done {
    let engine = app.open()?;
    let state = engine.words()?;
    app.close(engine)?;
    match (state.made, state.tended) {
        (false, _) => say!(
            app.out,
            "No recovery words yet: if every device of yours is lost, what is private is lost. Make them: `ithaca phrase show`."
        ),
        (true, true) => say!(app.out, "There are recovery words, and this device keeps what they need at the relay."),
        (true, false) => {
            say!(app.out, "There are recovery words; this device has not learned yet where they look. Sync with your other devices.")
        }
    }
    if let Some(by) = &state.asks_consent {
        say!(app.out, "Another device of yours ({by}) made new words. If that was you: `ithaca phrase agree`.");
    }
    if state.waits_for > 0 {
        say!(app.out, "New words made here wait for {} of your devices: `ithaca phrase agree` there.", state.waits_for);
    }
    app.out.value(&state)
}

/// `restore`.
///
/// # Errors
/// See [`CliError`].
pub fn restore(app: &mut App, c: &Restore) -> Done {
    app.must_be_empty()?;
    let text = secret_input(c.from.is_some(), None, "Your twelve words:")?;
    let file = c.rescue.as_ref().map(|p| std::fs::read(p).map_err(|e| CliError::io(p.display().to_string(), &e))).transpose()?;
    let mut restoring = match &file {
        Some(file) => Restoring::by_file(&text, file, &c.relay)?,
        None => Restoring::by_relay(&text, &c.relay)?,
    };
    if file.is_none() {
        ask_relay(async |http| restoring.look(http).await)??;
    }
    let persons = restoring.persons();
    let named = |words: &str| c.person.as_ref().is_none_or(|p| p.split_whitespace().eq(words.split(' ')));
    let fitting: Vec<_> = persons.iter().filter(|(_, words)| named(words)).collect();
    let (person, _) = match fitting.as_slice() {
        [one] => *one,
        [] => return Err(CliError::Refused("these words lead to nobody: they were replaced, or never got to this relay".into())),
        _ => {
            let noun =
                "person; somebody who had a device of yours put another beside. Say --person with the four words your partners see. One";
            return Err(CliError::Ambiguous { noun, candidates: persons.iter().map(|(_, words)| words.clone()).collect() });
        }
    };
    app.make_empty(c.passphrase || app.global.passphrase_stdin, |dir, vault| restoring.finish(person, dir, vault, &mut OsEntropy))?;
    let mut engine = app.open()?;
    if let Some(file) = &file {
        engine.take_rescue(file, now())?;
    }
    if let Some(label) = &c.label {
        let device = engine.device();
        engine.name_device(&device, label, now())?;
    }
    app.close(engine)?;
    say!(app.out, "Welcome back. Look at `ithaca device list`, and revoke what is lost.");
    welcome(app)
}
