//! Status: what is where, what is to be known once, and what could be wrong. Nothing here says that all is well while something waits.

use clap::{Args, Subcommand};
use ithaca_core::engine::{Engine, SpaceStatus};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::error::{CliError, Done};
use crate::print::{day_and_time, short};
use crate::profile::App;
use crate::say;
use crate::time::now;

/// Notices.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  ithaca notices dismiss 3")]
pub struct Notices {
    #[command(subcommand)]
    command: Option<NoticesCommand>,
}

#[derive(Debug, Subcommand)]
enum NoticesCommand {
    /// Forget a notice
    Dismiss {
        /// Its number
        no: i64,
    },
}

/// What the last sync of this device came to.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct LastSync {
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// Relays that could not be used then, and why.
    pub trouble: Vec<(String, String)>,
}

const LAST: &str = "last-sync";

impl LastSync {
    /// The last one, if there was one.
    ///
    /// # Errors
    /// See [`CliError`].
    pub fn read(engine: &Engine) -> Done<Option<Self>> {
        Ok(engine.setting(LAST)?.and_then(|b| serde_json::from_slice(&b).ok()))
    }

    /// Remembers it.
    ///
    /// # Errors
    /// See [`CliError`].
    pub fn keep(&self, engine: &mut Engine) -> Done {
        let bytes = serde_json::to_vec(self).unwrap_or_default();
        Ok(engine.keep_setting(LAST, &bytes)?)
    }
}

/// Where what was written in a space is.
pub fn whereabouts(s: &SpaceStatus, private: bool) -> String {
    let on_relay = s.not_on_other.saturating_sub(s.not_on_relay);
    let here = s.waiting + s.not_on_relay;
    let mut out = Vec::new();
    if here > 0 {
        out.push(format!("{here} {} here", if here == 1 { "waits" } else { "wait" }));
    }
    if on_relay > 0 && !private {
        out.push(format!("{on_relay} on the relay, not yet on {}'s phone", s.name));
    }
    match (out.is_empty(), private) {
        (true, true) => "nothing waits".to_owned(),
        (true, false) => format!("all on {}'s phone", s.name),
        (false, _) => out.join(" · "),
    }
}

/// `status`.
///
/// # Errors
/// See [`CliError`].
pub fn status(app: &mut App) -> Done {
    let mut engine = app.open()?;
    let (view, notices, invites) = (engine.status(now())?, engine.notices()?, engine.invites(now())?);
    let (name, personal, last, pairs) = (engine.name()?, engine.personal()?, LastSync::read(&engine)?, engine.pairs()?);
    let mut cards = Vec::new();
    for space in &view.spaces {
        cards.push(engine.cards(&space.space)?.len());
    }
    app.close(engine)?;
    say!(app.out, "{name} · this device {}", short(view.device));
    for (s, cards) in view.spaces.iter().zip(&cards) {
        let private = s.space == personal;
        let title = if private { "Private".to_owned() } else { format!("With {}", s.name) };
        say!(app.out, "\n{title} · state code {} ({})", s.state_code, s.state_words);
        say!(app.out, "  {}", whereabouts(s, private));
        let pair = pairs.iter().find(|p| p.space == s.space);
        if pair.is_some_and(|p| p.must_compare) {
            say!(app.out, "  Nothing is sent before you compared the safety number: `ithaca pair compare`.");
        }
        if pair.is_some_and(|p| p.blocked) {
            say!(app.out, "  You blocked {}: nothing is fetched or sent.", s.name);
        }
        if s.being_verified {
            say!(app.out, "  Being verified: everything is shown; what is behind it still comes, and notes can be changed then.");
        }
        if s.set_aside > 0 {
            say!(app.out, "  {} set aside: damaged, or from a newer version. All are kept.", s.set_aside);
        }
        if s.unknown_author > 0 {
            say!(app.out, "  {} from a device that is not known yet.", s.unknown_author);
        }
        if *cards > 0 {
            say!(app.out, "  You two differ on {cards}: `ithaca cards`.");
        }
    }
    app.out.line("")?;
    for relay in &view.relays {
        let old = last.as_ref().and_then(|l| l.trouble.iter().find(|(o, _)| *o == relay.origin)).map(|(_, why)| why);
        match (relay.trouble.as_ref().or(old), &last) {
            (Some(why), Some(last)) => {
                say!(app.out, "Relay {}: {why} ({}). It is tried with the next `ithaca sync`.", relay.origin, day_and_time(last.at));
            }
            (None, Some(last)) => say!(app.out, "Relay {}: reached {}", relay.origin, day_and_time(last.at)),
            (_, None) => say!(app.out, "Relay {}: not asked yet; `ithaca sync` does", relay.origin),
        }
    }
    if view.relays.is_empty() {
        say!(app.out, "No relay is named: nothing leaves this device. Name one with `ithaca relay set URL`.");
    }
    for invite in invites.iter().filter(|i| i.state.waits()) {
        match (invite.mine, invite.answers.first()) {
            (true, Some(answer)) => say!(app.out, "{} answered your invitation: `ithaca pair approve`.", answer.name),
            (true, None) => say!(app.out, "An invitation waits for an answer, until {}.", day_and_time(invite.expires_ms)),
            (false, _) => say!(app.out, "Your answer to an invitation waits to be approved, until {}.", day_and_time(invite.expires_ms)),
        }
    }
    for n in &notices {
        say!(app.out, "{}. {} ({})", n.no, n.words, day_and_time(n.at_ms));
    }
    app.out.value(&json!({ "name": name, "status": view, "last_sync": last, "notices": notices, "invites": invites.len() }))
}

/// `notices`.
///
/// # Errors
/// See [`CliError`].
pub fn notices(app: &mut App, c: &Notices) -> Done {
    let mut engine = app.open()?;
    if let Some(NoticesCommand::Dismiss { no }) = c.command {
        if !engine.notices()?.iter().any(|n| n.no == no) {
            return Err(CliError::NotFound { noun: "notice", list: "ithaca notices" });
        }
        engine.dismiss(no)?;
    }
    let notices = engine.notices()?;
    app.close(engine)?;
    for n in &notices {
        say!(app.out, "{}. {} ({})", n.no, n.words, day_and_time(n.at_ms));
    }
    if notices.is_empty() {
        say!(app.out, "Nothing to know.");
    }
    app.out.value(&notices)
}

/// `doctor`.
///
/// # Errors
/// [`CliError::Refused`] when something is not as it should be.
pub fn doctor(app: &mut App) -> Done {
    let engine = app.open()?;
    let mut findings = engine.doctor(now())?;
    if let Some(last) = LastSync::read(&engine)? {
        for (origin, why) in last.trouble {
            findings.retain(|f| !(f.good && f.what == origin));
            let words = format!("{why} (at the last sync, {})", day_and_time(last.at));
            findings.push(ithaca_core::engine::Finding { good: false, what: origin, words });
        }
    }
    app.close(engine)?;
    for f in &findings {
        say!(app.out, "{} {}: {}", if f.good { "good " } else { "look:" }, f.what, f.words);
    }
    app.out.value(&findings)?;
    match findings.iter().filter(|f| !f.good).count() {
        0 => Ok(()),
        1 => Err(CliError::Refused("one thing is not as it should be".into())),
        n => Err(CliError::Refused(format!("{n} things are not as they should be"))),
    }
}
