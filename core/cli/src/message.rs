//! Messages: what one person says to the other.

use clap::{Args, Subcommand};
use ithaca_core::engine::{Engine, Said};
use ithaca_core::event::payload::{self, MessageEdit, MessageWithdraw, Reaction};
use ithaca_core::event::{EventDraft, Payload, SPACE_SUBJECT};
use ithaca_core::id::{EventId, SpaceId};
use ithaca_core::view::MessageView;

use crate::error::{CliError, Done};
use crate::find::{Candidate, pick};
use crate::print::{People, day_and_time, place_words, short};
use crate::profile::{App, all_input};
use crate::say;
use crate::time::now;

/// Say something to the other person.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  ithaca say 'I arrive at noon.'\n  ithaca say --reply 1a2b3c4d 'Good.'\n  ithaca say < letter.txt")]
pub struct Say {
    /// What; without it, it is read from standard input
    text: Option<String>,
    /// The message it answers
    #[arg(long, value_name = "MESSAGE")]
    reply: Option<String>,
}

/// Read what was said.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  ithaca messages -n 50")]
pub struct Messages {
    /// How many of the last
    #[arg(short, long, default_value_t = 20)]
    n: usize,
}

#[derive(Debug, Subcommand)]
pub enum Message {
    /// Reword what you said
    Edit { message: String, text: String },
    /// Take back what you said; the other may have read it
    Withdraw { message: String },
    /// React
    #[command(after_help = "Example:\n  ithaca message react 1a2b3c4d 👍")]
    React {
        message: String,
        emoji: String,
        /// Take the reaction back
        #[arg(long)]
        off: bool,
    },
}

/// As many messages as anybody looks through to find one.
const ALL: usize = 100_000;

/// `say`.
///
/// # Errors
/// See [`CliError`].
pub fn say(app: &mut App, c: Say) -> Done {
    let text = match c.text.as_deref() {
        None | Some("-") => all_input()?.trim_end().to_owned(),
        Some(text) => text.to_owned(),
    };
    if text.trim().is_empty() {
        return Err(CliError::Usage("there is nothing to say".into()));
    }
    let mut engine = app.open()?;
    let pair = app.pair(&engine)?;
    let reply = c.reply.as_deref().map(|r| find(&engine, &pair.space, r, false)).transpose()?.map(|m| m.id);
    let draft = EventDraft { subject: SPACE_SUBJECT, payload: payload::Message { text, reply }.into() };
    let id = engine.state(&pair.space, draft, now())?;
    app.close(engine)?;
    app.kept("Said, on this device. It goes with the next sync.", Some(&id.to_string()), Some(&pair.space))
}

fn find(engine: &Engine, space: &SpaceId, asked: &str, mine: bool) -> Done<MessageView> {
    let me = engine.me();
    let all = engine.messages(space, None, ALL)?.into_iter().filter(|m| !mine || m.by == me);
    let all =
        all.map(|m| Candidate { id: m.id.to_string(), title: m.text.clone().unwrap_or_default(), hint: day_and_time(m.at_ms), value: m });
    pick("message", "ithaca messages", asked, all.collect())
}

/// `message`.
///
/// # Errors
/// See [`CliError`].
pub fn about(app: &mut App, c: Message) -> Done {
    let mut engine = app.open()?;
    let pair = app.pair(&engine)?;
    let one = |asked: &str, mine| find(&engine, &pair.space, asked, mine).map(|m| m.id);
    let (target, payload, words): (EventId, Payload, &str) = match c {
        Message::Edit { message, text } => {
            let target = one(&message, true)?;
            (target, MessageEdit { target, text }.into(), "Reworded, on this device.")
        }
        Message::Withdraw { message } => {
            let target = one(&message, true)?;
            (
                target,
                MessageWithdraw { target }.into(),
                "Withdrawn, on this device. Until it arrives they may read it, and they may have read it.",
            )
        }
        Message::React { message, emoji, off } => {
            let target = one(&message, false)?;
            (target, Reaction { target, emoji, on: !off }.into(), "Done.")
        }
    };
    engine.state(&pair.space, EventDraft { subject: SPACE_SUBJECT, payload }, now())?;
    app.close(engine)?;
    app.kept(words, Some(&target.to_string()), Some(&pair.space))
}

/// `messages`.
///
/// # Errors
/// See [`CliError`].
pub fn messages(app: &mut App, c: &Messages) -> Done {
    let mut engine = app.open()?;
    let pair = app.pair(&engine)?;
    let people = People::of(&engine, &pair.space)?;
    let me = engine.me();
    let shown = engine.message_page(&pair.space, None, c.n)?.messages;
    if let Some(last) = shown.iter().rfind(|s| s.message.by != me) {
        engine.read_to(&pair.space, &last.message.id, now())?;
    }
    app.close(engine)?;
    for Said { message: m, at } in &shown {
        let mut more = vec![day_and_time(m.at_ms)];
        if let Some(reply) = m.reply {
            more.push(format!("answers {}", short(reply)));
        }
        if m.edited_at_ms.is_some() {
            more.push("reworded".to_owned());
        }
        match at {
            Some(_) if !m.read_by.is_empty() => more.push(format!("read by {}", people.all(&m.read_by))),
            Some(at) => more.push(place_words(*at, &pair.name)),
            None => {}
        }
        say!(app.out, "{}  {} · {}", short(m.id), people.who(m.by), more.join(" · "));
        match (&m.text, m.may_have_been_read) {
            (Some(text), _) => text.lines().try_for_each(|l| app.out.line(format_args!("    {l}")))?,
            (None, true) => say!(app.out, "    withdrawn; it may have been read"),
            (None, false) => say!(app.out, "    withdrawn"),
        }
        for r in &m.reactions {
            say!(app.out, "    {} {}", r.emoji, people.all(&r.people));
        }
    }
    if shown.is_empty() {
        say!(app.out, "Nothing said yet. Begin: `ithaca say 'Hello {}.'`", pair.name);
    }
    app.out.value(&shown)
}
