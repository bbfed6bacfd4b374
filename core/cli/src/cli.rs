//! The command line as a whole: what can be said, and which noun answers.

use std::path::PathBuf;

use clap::{Args, CommandFactory, Parser, Subcommand};
use serde_json::json;

use crate::error::{CliError, Done};
use crate::print::aside;
use crate::profile::App;
use crate::{action, archive, card, device, goal, insight, message, note, own_device, pair, phrase, session, status, sync};

const EXAMPLES: &str = "\
Examples:
  ithaca init --name Ana --relay https://relay.example
  ithaca pair invite                       a link, twelve words and a picture for Ben
  ithaca note new Plan --text 'Visit the ward on Monday.'
  ithaca session plan 'First visit' --date 2031-03-09 --time 14:00
  ithaca say 'I arrive at noon.'
  ithaca sync

Everything works without a network. What is written is on this device when a command returns, and goes with the next `ithaca sync`.
Notes, goals, sessions and the rest are named by the beginning of their id or by their title.

Exit codes:
  0  done
  1  not done, for the reason given
  2  the command cannot be understood
  3  nothing, or more than one thing, fits what was named
  4  a relay could not be reached: what was written is safe here and waits
  5  another command is using this profile";

/// Mentoring that works where there is no signal: notes, goals, sessions and messages of two people, kept on their own devices.
#[derive(Debug, Parser)]
#[command(name = "ithaca", version, after_help = EXAMPLES, propagate_version = false, max_term_width = 100)]
pub struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

/// Options of every command.
#[derive(Debug, Args)]
pub struct Global {
    /// The folder of the profile [default: `ithaca` in the folder for applications' data]
    #[arg(long, global = true, help_heading = "Everywhere", value_name = "DIR", env = "ITHACA_PROFILE")]
    pub profile: Option<PathBuf>,
    /// Print JSON instead of words
    #[arg(long, global = true, help_heading = "Everywhere")]
    pub json: bool,
    /// Which relationship: a name, or the beginning of an id; not needed where there is one
    #[arg(long, global = true, help_heading = "Everywhere", value_name = "NAME-OR-ID")]
    pub with: Option<String>,
    /// Read the profile's passphrase from the first line of standard input; else it is asked for, or read from the file that
    /// ITHACA_PASSPHRASE_FILE names
    #[arg(long, global = true, help_heading = "Everywhere")]
    pub passphrase_stdin: bool,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a profile on this device
    Init(device::Init),
    /// The relay that carries what you write, unread
    #[command(subcommand)]
    Relay(device::Relay),
    /// Relationships: invite, join, approve, pause, end
    #[command(subcommand)]
    Pair(pair::Pair),
    /// Your devices: add one, approve one, name, revoke
    #[command(subcommand)]
    Device(own_device::Device),
    /// Recovery words: make them, check them
    #[command(subcommand)]
    Phrase(phrase::Phrase),
    /// Come back on an empty machine by your recovery words
    Restore(phrase::Restore),
    /// Notes, shared or private
    #[command(subcommand)]
    Note(note::Note),
    /// Goals
    #[command(subcommand)]
    Goal(goal::Goal),
    /// Milestones of a goal
    #[command(subcommand)]
    Milestone(goal::Milestone),
    /// Actions: what somebody promised
    #[command(subcommand)]
    Action(action::Action),
    /// Sessions: plan, check in, hold, harvest
    #[command(subcommand)]
    Session(session::Session),
    /// Say something
    Say(message::Say),
    /// Read what was said
    Messages(message::Messages),
    /// Reword, withdraw or react to a message
    #[command(subcommand)]
    Message(message::Message),
    /// Where you two differ, and choosing
    Cards(card::Cards),
    /// The mix of techniques and functions over the last sessions
    Insights(insight::Insights),
    /// Find words in everything on this device
    Search(insight::Search),
    /// Who changed what, and when
    History(insight::History),
    /// Send what waits and take in what came
    Sync(sync::Sync),
    /// What is where: this device, the relay, the other's phone
    Status,
    /// What you should know once
    Notices(status::Notices),
    /// Take a relationship, or what is private, out as a file
    Export(archive::Export),
    /// Bring an exported file in
    Import(archive::Import),
    /// Look at everything that could be wrong
    Doctor,
    /// Completions for a shell
    Completions(device::Completions),
}

/// Does what was asked.
///
/// # Errors
/// See [`CliError`].
pub fn run(cli: Cli) -> Done {
    let mut app = App::new(cli.global)?;
    match cli.command {
        Command::Init(c) => device::init(&mut app, &c),
        Command::Relay(c) => device::relay(&mut app, c),
        Command::Pair(c) => pair::run(&mut app, c),
        Command::Device(c) => own_device::run(&mut app, c),
        Command::Phrase(c) => phrase::run(&mut app, c),
        Command::Restore(c) => phrase::restore(&mut app, &c),
        Command::Note(c) => note::run(&mut app, c),
        Command::Goal(c) => goal::run(&mut app, c),
        Command::Milestone(c) => goal::milestone(&mut app, c),
        Command::Action(c) => action::run(&mut app, c),
        Command::Session(c) => session::run(&mut app, c),
        Command::Say(c) => message::say(&mut app, c),
        Command::Messages(c) => message::messages(&mut app, &c),
        Command::Message(c) => message::about(&mut app, c),
        Command::Cards(c) => card::run(&mut app, &c),
        Command::Insights(c) => insight::insights(&mut app, &c),
        Command::Search(c) => insight::search(&mut app, &c),
        Command::History(c) => insight::history(&mut app, &c),
        Command::Sync(c) => sync::run(&mut app, &c),
        Command::Status => status::status(&mut app),
        Command::Notices(c) => status::notices(&mut app, &c),
        Command::Export(c) => archive::export(&mut app, &c),
        Command::Import(c) => archive::import(&mut app, &c),
        Command::Doctor => status::doctor(&mut app),
        Command::Completions(c) => device::completions(&mut app, &c, &mut Cli::command()),
    }
}

/// Tells the user why a command was not done.
pub fn complain(e: &CliError, json: bool) {
    let candidates: &[String] = if let CliError::Ambiguous { candidates, .. } = e { candidates } else { &[] };
    match e {
        CliError::Pipe => {}
        _ if json => aside(json!({ "error": e.to_string(), "exit": e.code(), "candidates": candidates })),
        // It waits, which is no error.
        CliError::Waiting(words) => aside(words),
        _ => {
            aside(format_args!("ithaca: {e}"));
            candidates.iter().for_each(|c| aside(format_args!("  {c}")));
        }
    }
}
