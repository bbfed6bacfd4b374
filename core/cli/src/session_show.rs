//! A session as people read it: before, during, after, harvest.

use ithaca_core::engine::SessionInFull;
use ithaca_core::event::Phase;
use ithaca_core::event::payload::Answer;
use ithaca_core::view::{Form, SessionView, same_meeting};
use serde_json::json;

use crate::action;
use crate::error::Done;
use crate::find;
use crate::form::question;
use crate::note::alternatives;
use crate::print::{People, Placed, day_and_time, short};
use crate::profile::App;
use crate::say;

/// `session list`.
///
/// # Errors
/// See [`crate::error::CliError`].
pub fn list(app: &mut App) -> Done {
    let engine = app.open()?;
    let sessions = find::sessions(app, &engine)?;
    let mut hints = Vec::new();
    for pair in app.pairs(&engine)? {
        hints.extend(same_meeting(&engine.sessions(&pair.space)?));
    }
    app.close(engine)?;
    for s in &sessions {
        let mut more = vec![s.view.day().unwrap_or_else(|| "no day yet".to_owned()), s.view.state.word().to_owned()];
        more.extend(s.with.as_ref().map(|w| format!("with {w}")));
        more.extend(s.view.place.clone());
        more.extend((s.view.cards > 0).then(|| "you two differ".to_owned()));
        say!(app.out, "{}  {} · {}", short(s.view.id), s.view.title, more.join(" · "));
    }
    if sessions.is_empty() {
        say!(app.out, "No session yet. Plan one: `ithaca session plan 'First visit' --date tomorrow`.");
    }
    for group in &hints {
        let ids: Vec<String> = group.iter().map(short).collect();
        say!(app.out, "Same meeting? ithaca session join {}", ids.join(" "));
    }
    app.out.value(&json!({ "sessions": sessions, "same_meeting": hints }))
}

/// `session show`.
///
/// # Errors
/// See [`crate::error::CliError`].
pub fn show(app: &mut App, asked: &str) -> Done {
    let engine = app.open()?;
    let session = find::session(app, &engine, asked)?;
    let people = People::of(&engine, &session.space)?;
    let (all, whole) = (engine.sessions(&session.space)?, engine.session_in_full(&session.space, session.view.id)?);
    app.close(engine)?;
    head(app, &whole, &people)?;
    before(app, &whole, &all, &people)?;
    during(app, &whole.session, &people)?;
    after(app, &whole, &people)?;
    app.out.value(&Placed { space: session.space, with: session.with, view: whole })
}

fn head(app: &mut App, whole: &SessionInFull, people: &People) -> Done {
    let v = &whole.session;
    let mut more = vec![v.day().unwrap_or_else(|| "no day yet".to_owned()), v.state.word().to_owned()];
    more.extend(v.place.clone());
    say!(app.out, "{}  {} · {}", short(v.id), v.title, more.join(" · "));
    if v.ids.len() > 1 {
        say!(app.out, "{} sessions that are one meeting", v.ids.len());
    }
    for said in v.said.iter().filter(|s| s.reason.is_some() || v.said.len() > 1) {
        let why = said.reason.as_ref().map(|r| format!(": {r}")).unwrap_or_default();
        say!(app.out, "  {} – {}{why}", said.words, people.maybe(said.by));
    }
    for field in v.differ.keys() {
        say!(app.out, "You two differ on the {field}: see `ithaca cards`.");
    }
    for p in &v.proposals {
        let who = if Some(p.id) == whole.agreed { "agreed".to_owned() } else { format!("accepted by {}", people.all(&p.accepted)) };
        say!(app.out, "{}  {} here ({}) · {who}", short(p.id), day_and_time(p.at_ms), p.zone);
    }
    Ok(())
}

fn before(app: &mut App, whole: &SessionInFull, all: &[SessionView], people: &People) -> Done {
    let v = &whole.session;
    if !v.agenda.is_empty() || !whole.carried.is_empty() {
        say!(app.out, "\nAgenda");
    }
    for a in &v.agenda {
        say!(app.out, "  {} {}  {}", if a.done.is_empty() { "☐" } else { "☑" }, short(a.id), a.text.words());
    }
    for c in &whole.carried {
        let from = all.iter().find(|s| s.ids.contains(&c.session)).map_or("", |s| s.title.as_str());
        say!(app.out, "  ☐ {}  {} · carried from {from}", short(c.item.id), c.item.text.words());
    }
    if !whole.since_last.is_empty() {
        say!(app.out, "\nPromised since last time");
        for a in &whole.since_last {
            say!(app.out, "  {}", action::line(a, people));
        }
    }
    check_ins(app, v, Phase::Before, people)
}

fn during(app: &mut App, v: &SessionView, people: &People) -> Done {
    for (label, words) in [("Techniques", &v.techniques), ("Functions", &v.functions)] {
        if !words.is_empty() {
            say!(app.out, "\n{label}: {}", words.join(", "));
        }
    }
    for n in v.notes.iter().filter(|n| !n.text.is_empty()) {
        say!(app.out, "\nNotes\n{}", n.text.words());
        for choice in alternatives(&n.text, people) {
            say!(app.out, "{choice}");
        }
    }
    Ok(())
}

fn after(app: &mut App, whole: &SessionInFull, people: &People) -> Done {
    let v = &whole.session;
    check_ins(app, v, Phase::After, people)?;
    for h in &v.harvests {
        say!(app.out, "\nHarvest · {} · {}{}", people.who(h.person), day_and_time(h.at_ms), for_whom(h.private));
        answers(app, Form::Harvest, &h.answers)?;
        h.also.iter().try_for_each(|a| answers(app, Form::Harvest, a))?;
    }
    for m in &v.minutes {
        say!(app.out, "\nMinutes · {}{}\n{}", people.who(m.person), for_whom(m.private), m.text);
    }
    if !whole.promised.is_empty() {
        say!(app.out, "\nPromised here");
        for a in &whole.promised {
            say!(app.out, "  {}", action::line(a, people));
        }
    }
    Ok(())
}

fn check_ins(app: &mut App, v: &SessionView, phase: Phase, people: &People) -> Done {
    for c in v.check_ins.iter().filter(|c| c.phase == phase) {
        let (label, form) = if phase == Phase::Before { ("Before", Form::Before) } else { ("After", Form::After) };
        say!(app.out, "\n{label} · {} · {}{}", people.who(c.person), day_and_time(c.at_ms), for_whom(c.private));
        answers(app, form, &c.answers)?;
        c.also.iter().try_for_each(|a| answers(app, form, a))?;
    }
    Ok(())
}

fn for_whom(private: bool) -> &'static str {
    if private { " · for you alone" } else { "" }
}

fn answers(app: &mut App, form: Form, answers: &[Answer]) -> Done {
    for a in answers {
        let mut parts: Vec<String> = a.scale.map(|s| format!("{s} of 5")).into_iter().collect();
        parts.extend(a.words.clone());
        parts.extend(a.chosen.as_ref().filter(|c| !c.is_empty()).map(|c| c.join(", ")));
        say!(app.out, "  {} {}", question(form, &a.prompt), parts.join(" · "));
    }
    Ok(())
}
