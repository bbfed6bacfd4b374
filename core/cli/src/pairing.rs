//! Becoming a pair: an invitation goes by any way both trust, an answer and an approval through the relay.

use std::path::PathBuf;

use clap::Args;
use ithaca_core::engine::{Answered, InviteView};
use qrcode::QrCode;
use qrcode::render::unicode::Dense1x2;
use serde_json::json;

use crate::error::{CliError, Done};
use crate::find::{Candidate, pick};
use crate::print::{day_and_time, short};
use crate::profile::{App, confirmed, secret_input};
use crate::say;
use crate::sync::{once, trouble};
use crate::time::now;

/// Invite somebody.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  ithaca pair invite\n\nWhoever has the link or the words can answer once; you approve who it was.")]
pub struct Invite {
    /// Leave out the picture
    #[arg(long)]
    no_qr: bool,
}

/// Answer an invitation.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ithaca pair join                       asks for the link or the twelve words
  ithaca pair join - < link.txt
  ithaca pair join --link-file link.txt --relay https://relay.example

The link is a secret and is never an argument: others on this machine could see it in the list of processes.")]
pub struct Join {
    /// `-` reads the link or the words from standard input; without it they are asked for
    #[arg(value_name = "-", value_parser = only_dash)]
    from: Option<String>,
    /// The file with the link or the words
    #[arg(long, value_name = "FILE", conflicts_with = "from")]
    link_file: Option<PathBuf>,
    /// The relay, beside twelve words; the link names it
    #[arg(long, value_name = "URL")]
    relay: Option<String>,
}

/// Approve who answered.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  ithaca pair approve\n  ithaca pair approve --who Ben --yes")]
pub struct Approve {
    /// Whose answer
    #[arg(long, value_name = "NAME")]
    who: Option<String>,
    /// Do not ask whether the safety number is the same
    #[arg(long)]
    yes: bool,
}

/// Refuses a secret that stands where others can see it.
///
/// # Errors
/// In words, for anything but `-`.
pub fn only_dash(text: &str) -> Result<String, String> {
    if text == "-" {
        Ok(text.to_owned())
    } else {
        Err("a secret on the command line can be seen by others on this machine: use `-`, a file (--link-file, --code-file), or nothing and paste it".into())
    }
}

/// `pair invite`.
///
/// # Errors
/// See [`CliError`].
pub fn invite(app: &mut App, c: &Invite) -> Done {
    let mut engine = app.open()?;
    let invite = engine.invite(now())?;
    let view = once(&mut engine)?;
    app.close(engine)?;
    let link = invite.link.clone().unwrap_or_default();
    say!(
        app.out,
        "Send this link by a way you trust, or read the words aloud. It works once, until {}.\n",
        day_and_time(invite.expires_ms)
    );
    say!(app.out, "{link}\n");
    if let Some(words) = &invite.words {
        say!(app.out, "{words}\n(with the words goes the relay's address: {})\n", invite.relay);
    }
    if !c.no_qr {
        let picture = QrCode::new(&link).map_err(|_| CliError::Refused("the link is too long for a picture".into()))?;
        say!(app.out, "{}\n", picture.render::<Dense1x2>().quiet_zone(true).build());
    }
    say!(app.out, "When they answered: `ithaca pair approve`.");
    let trouble = trouble(&view);
    app.out.value(&json!({ "invitation": invite, "trouble": trouble }))?;
    trouble.map_or(Ok(()), |words| Err(CliError::Waiting(words)))
}

/// `pair join`.
///
/// # Errors
/// See [`CliError`].
pub fn join(app: &mut App, c: &Join) -> Done {
    let text = secret_input(c.from.is_some(), c.link_file.as_deref(), "The link, or the twelve words:")?;
    let mut engine = app.open()?;
    let mut invite = engine.join(text.trim(), c.relay.as_deref(), now())?;
    let view = once(&mut engine)?;
    if let Some(now_is) = engine.invites(now())?.into_iter().find(|i| i.id == invite.id) {
        invite = now_is;
    }
    app.close(engine)?;
    say!(app.out, "Your answer is made. When it is approved, `ithaca sync` brings the rest.");
    let trouble = trouble(&view);
    app.out.value(&json!({ "invitation": invite, "trouble": trouble }))?;
    trouble.map_or(Ok(()), |words| Err(CliError::Waiting(words)))
}

/// `pair approve`.
///
/// # Errors
/// See [`CliError`].
pub fn approve(app: &mut App, c: &Approve) -> Done {
    let mut engine = app.open()?;
    let view = once(&mut engine)?;
    let invites = engine.invites(now())?;
    app.close(engine)?;
    let answers: Vec<(InviteView, Answered)> = invites
        .into_iter()
        .filter(|i| i.mine && i.state.waits())
        .flat_map(|i| i.answers.clone().into_iter().map(move |a| (i.clone(), a)))
        .collect();
    let (invite, answer) = chosen(c.who.as_deref(), answers).map_err(|e| match (e, trouble(&view)) {
        (CliError::NotFound { .. }, Some(words)) => CliError::Waiting(words),
        (e, _) => e,
    })?;
    say!(app.out, "{} answered. Safety number, the same on both devices:\n\n  {}\n", answer.name, answer.safety_number);
    if !confirmed(&format!("Let {} in?", answer.name), c.yes)? {
        return Err(CliError::Refused("nobody was let in".into()));
    }
    let mut engine = app.open()?;
    let space = engine.approve(&invite.id, &answer.person, now())?;
    let view = once(&mut engine)?;
    app.close(engine)?;
    say!(app.out, "You and {} are a pair ({}).", answer.name, short(space));
    if answer.spoken {
        say!(app.out, "They used the words: nothing is sent before you compared the number. Then: `ithaca pair compare --spoken`.");
    }
    let trouble = trouble(&view);
    app.out.value(
        &json!({ "space": space, "person": answer.person, "name": answer.name, "safety_number": answer.safety_number, "trouble": trouble }),
    )?;
    trouble.map_or(Ok(()), |words| Err(CliError::Waiting(words)))
}

fn chosen(who: Option<&str>, answers: Vec<(InviteView, Answered)>) -> Done<(InviteView, Answered)> {
    let (noun, list) = ("answer to an invitation", "ithaca pair invitations");
    let candidates = answers.into_iter().map(|(i, a)| Candidate {
        id: a.person.to_string(),
        title: a.name.clone(),
        hint: format!("invitation {}", short(&i.id)),
        value: (i, a),
    });
    let mut all: Vec<_> = candidates.collect();
    match (who, all.len()) {
        (Some(who), _) => pick(noun, list, who, all),
        (None, 0 | 1) => all.pop().map(|c| c.value).ok_or(CliError::NotFound { noun, list }),
        (None, _) => Err(CliError::Ambiguous { noun, candidates: all.iter().map(Candidate::line).collect() }),
    }
}

/// `pair invitations`.
///
/// # Errors
/// See [`CliError`].
pub fn list(app: &mut App) -> Done {
    let engine = app.open()?;
    let invites = engine.invites(now())?;
    app.close(engine)?;
    for i in &invites {
        let whose = if i.mine { "yours" } else { "answered by you" };
        say!(app.out, "{}  {whose} · {} · until {}", short(&i.id), i.state.word(), day_and_time(i.expires_ms));
        for a in &i.answers {
            say!(app.out, "          {} answered · safety number {}", a.name, a.safety_number);
        }
    }
    if invites.is_empty() {
        say!(app.out, "No invitation yet. Make one: `ithaca pair invite`.");
    }
    app.out.value(&invites)
}

/// `pair withdraw`.
///
/// # Errors
/// See [`CliError`].
pub fn withdraw(app: &mut App, invitation: &str) -> Done {
    let mut engine = app.open()?;
    engine.withdraw_invite(invitation, now())?;
    app.close(engine)?;
    app.kept("Withdrawn.", None, None)
}
