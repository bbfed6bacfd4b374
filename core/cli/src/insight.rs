//! Insight: what was used how often, where words stand, and who changed what when.

use clap::Args;
use ithaca_core::document::history::{HistoryEntry, What};
use ithaca_core::document::{DocumentKind, derived_id};
use ithaca_core::id::{DocumentId, ItemId, SpaceId};
use ithaca_core::view::insights as mix;
use serde_json::json;

use crate::error::Done;
use crate::find::{self, Candidate, pick};
use crate::print::{People, day_and_time, short};
use crate::profile::App;
use crate::say;

/// The mix of techniques and functions.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  ithaca insights -n 6")]
pub struct Insights {
    /// Over how many of the last held sessions
    #[arg(short, long, default_value_t = 6)]
    n: usize,
}

/// Find words.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  ithaca search night shift")]
pub struct Search {
    /// All of them have to occur; the last may be the beginning of one
    #[arg(required = true)]
    words: Vec<String>,
    /// At most so many
    #[arg(short, long, default_value_t = 20)]
    n: usize,
}

/// Who changed what.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  ithaca history Plan\n  ithaca history relationship")]
pub struct History {
    /// A note, goal, action or session; `relationship` for what `pair set` sets
    #[arg(value_name = "ID-OR-TITLE")]
    what: String,
}

/// `insights`.
///
/// # Errors
/// See [`crate::error::CliError`].
pub fn insights(app: &mut App, c: &Insights) -> Done {
    let engine = app.open()?;
    let pair = app.pair(&engine)?;
    let insights = mix(&engine.sessions(&pair.space)?, c.n);
    app.close(engine)?;
    if insights.sessions == 0 {
        say!(app.out, "No session was held yet.");
    } else {
        let of = insights.sessions;
        say!(app.out, "The last {} held with {}", if of == 1 { "session".to_owned() } else { format!("{of} sessions") }, pair.name);
        let used = |word: &str| insights.techniques.iter().find(|(t, _)| t.to_lowercase() == word).map_or(0, |(_, n)| *n);
        let other = insights.techniques.iter().filter(|(t, _)| !ithaca_core::view::TECHNIQUES.contains(&t.to_lowercase().as_str()));
        let rows = ithaca_core::view::TECHNIQUES.iter().map(|t| ((*t).to_owned(), used(t))).chain(other.cloned());
        for (word, n) in rows.collect::<Vec<_>>() {
            say!(app.out, "  {word:<14} {}{}  {n} of {of}", "●".repeat(n), "○".repeat(of.saturating_sub(n)));
        }
        if !insights.functions.is_empty() {
            let functions: Vec<String> = insights.functions.iter().map(|(f, n)| format!("{f} {n}")).collect();
            say!(app.out, "Functions: {}", functions.join(" · "));
        }
    }
    app.out.value(&insights)
}

/// `search`.
///
/// # Errors
/// See [`crate::error::CliError`].
pub fn search(app: &mut App, c: &Search) -> Done {
    let mut engine = app.open()?;
    let only = if app.global.with.is_some() { Some(app.pair(&engine)?.space) } else { None };
    let (names, personal) = (engine.pairs()?, engine.personal()?);
    let found = engine.search_in(only.as_ref(), &c.words.join(" "), c.n)?;
    app.close(engine)?;
    for f in &found {
        let with = names.iter().find(|p| p.space == f.space).map(|p| format!("with {}", p.name));
        let with = with.unwrap_or_else(|| if f.space == personal { "private".to_owned() } else { String::new() });
        say!(app.out, "{}  {} · {with}\n    {}", short(&f.id), f.noun.word(), f.excerpt);
    }
    if found.is_empty() {
        say!(app.out, "Nothing on this device has these words.");
    }
    app.out.value(&found)
}

/// `history`.
///
/// # Errors
/// See [`crate::error::CliError`].
pub fn history(app: &mut App, c: &History) -> Done {
    let mut engine = app.open()?;
    let (space, document, item) = if c.what == "relationship" {
        let space = app.pair(&engine)?.space;
        (space, derived_id(space, DocumentKind::Relationship), None)
    } else {
        found(app, &engine, &c.what)?
    };
    let entries = match item {
        Some(item) => engine.history_of_item(&space, document, item)?,
        None => engine.history(&space, document)?,
    };
    let people = People::of(&engine, &space)?;
    app.close(engine)?;
    for e in &entries {
        say!(app.out, "{}  {} {}", day_and_time(e.at_s.saturating_mul(1000)), people.maybe(e.by), people.named(&sentence(e)));
    }
    app.out.value(&json!({ "space": space, "document": document, "history": entries }))
}

fn found(app: &App, engine: &ithaca_core::engine::Engine, asked: &str) -> Done<(SpaceId, DocumentId, Option<ItemId>)> {
    let mut all = Vec::new();
    for alive in [true, false] {
        for n in find::notes(app, engine, alive, false)? {
            let value = (n.space, n.view.id, None);
            all.push(Candidate { id: n.view.id.to_string(), title: n.view.title, hint: "note".to_owned(), value });
        }
        for g in find::goals(app, engine, alive)? {
            let value = (g.space, g.view.document, Some(g.view.id));
            all.push(Candidate { id: g.view.id.to_string(), title: g.view.title.words().to_owned(), hint: "goal".to_owned(), value });
        }
        for a in find::actions(app, engine, alive)? {
            let value = (a.space, a.view.document, Some(a.view.id));
            all.push(Candidate { id: a.view.id.to_string(), title: a.view.text, hint: "action".to_owned(), value });
        }
    }
    for s in find::sessions(app, engine)? {
        for id in &s.view.ids {
            all.push(Candidate {
                id: id.to_string(),
                title: s.view.title.clone(),
                hint: "session".to_owned(),
                value: (s.space, *id, None),
            });
        }
    }
    pick("note, goal, action or session", "ithaca search", asked, all)
}

fn sentence(e: &HistoryEntry) -> String {
    let noun = if e.noun.is_empty() || e.noun == e.label { String::new() } else { format!("{}: ", e.noun) };
    let what = match &e.what {
        What::Added(words) => format!("{} + {words}", e.label),
        What::Removed(words) => format!("{} − {words}", e.label),
        What::Set { from, to } if from.is_empty() => format!("{}: {to}", e.label),
        What::Set { from, to } if to.is_empty() => format!("{}: {from} → nothing", e.label),
        What::Set { from, to } => format!("{}: {from} → {to}", e.label),
        What::Moved => "moved it in the list".to_owned(),
        What::Deleted => "put it into the bin".to_owned(),
        What::Restored => "took it out of the bin, or edited it there".to_owned(),
    };
    let after = if e.after_end { "  (written after the end; it counts because others built on it)" } else { "" };
    format!("{noun}{what}{after}")
}
