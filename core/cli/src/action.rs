//! Actions: what somebody promised, by when.

use clap::Subcommand;
use ithaca_core::document::Command;
use ithaca_core::document::command::{GoalsCommand as C, ItemCommand};
use ithaca_core::view::{ActionView, same_thing};

use crate::error::{CliError, Done};
use crate::find;
use crate::goal::edit;
use crate::print::{People, Placed, short};
use crate::profile::App;
use crate::say;
use crate::time::{day, today};

#[derive(Debug, Subcommand)]
pub enum Action {
    /// Promise something
    #[command(
        alias = "new",
        after_help = "Examples:\n  ithaca action add 'Print checklist' --due 2031-03-09\n  ithaca action add 'Say the dose aloud' --for Ben --from 'First visit'"
    )]
    Add {
        text: String,
        /// Whose promise: me, or a name; can be given several times
        #[arg(long = "for", value_name = "WHO", default_value = "me")]
        owners: Vec<String>,
        /// The day it is due
        #[arg(long, value_parser = day)]
        due: Option<String>,
        /// The session or goal it came from
        #[arg(long, value_name = "SESSION-OR-GOAL")]
        from: Option<String>,
    },
    /// Promises, open ones first
    List {
        /// Only the open ones
        #[arg(long)]
        open: bool,
        /// Those in the bin
        #[arg(long)]
        bin: bool,
    },
    /// Tick it off
    Tick {
        action: String,
        /// The day it was done
        #[arg(long, value_parser = day)]
        on: Option<String>,
    },
    /// Take your tick back
    Untick { action: String },
    /// The day it is due, or `none`
    Due {
        action: String,
        #[arg(value_parser = day)]
        date: String,
    },
    /// Give it other words
    Words { action: String, text: String },
    /// Add or take away an owner
    Owner {
        action: String,
        /// me, or a name
        who: String,
        /// Take away
        #[arg(long)]
        off: bool,
    },
    /// Two are the same thing, and become one
    #[command(after_help = "Example:\n  ithaca action same 1a2b3c4d 5e6f7a8b")]
    Same {
        one: String,
        other: String,
        /// They are not the same thing; the question does not come again
        #[arg(long)]
        not: bool,
    },
    /// Put it into the bin
    Delete { action: String },
    /// Take it out of the bin
    Restore { action: String },
}

/// `action`.
///
/// # Errors
/// See [`CliError`].
pub fn run(app: &mut App, command: Action) -> Done {
    match command {
        Action::Add { text, owners, due, from } => add(app, text, &owners, due, from.as_deref()),
        Action::List { open, bin } => list(app, open, !bin),
        Action::Tick { action, on } => {
            let date = on.unwrap_or_else(|| today().to_string());
            change(app, &action, true, |a| Command::Item(ItemCommand::Tick { item: a.id, date: Some(date) }))
        }
        Action::Untick { action } => change(app, &action, true, |a| Command::Item(ItemCommand::Tick { item: a.id, date: None })),
        Action::Due { action, date } => change(app, &action, true, |a| Command::Goals(C::ActionDue { action: a.id, date: Some(date) })),
        Action::Words { action, text } => change(app, &action, true, |a| Command::Goals(C::Words { item: a.id, text })),
        Action::Owner { action, who, off } => {
            let mut engine = app.open()?;
            let a = find::action(app, &engine, &action, true)?;
            let person = find::person(&engine, &a.space, &who)?;
            edit(&mut engine, &a.space, &Command::Goals(C::ActionOwner { action: a.view.id, person, on: !off }))?;
            app.close(engine)?;
            app.kept("Done.", Some(&a.view.id.to_string()), Some(&a.space))
        }
        Action::Same { one, other, not } => same(app, &one, &other, !not),
        Action::Delete { action } => change(app, &action, true, |a| Command::Item(ItemCommand::Delete { item: a.id })),
        Action::Restore { action } => change(app, &action, false, |a| Command::Item(ItemCommand::Restore { item: a.id })),
    }
}

fn add(app: &mut App, text: String, owners: &[String], due: Option<String>, from: Option<&str>) -> Done {
    let mut engine = app.open()?;
    let (space, from) = match from {
        Some(from) => {
            let (space, id) = find::origin(app, &engine, from)?;
            (space, Some(id))
        }
        None => (app.pair(&engine)?.space, None),
    };
    let owners = owners.iter().map(|o| find::person(&engine, &space, o)).collect::<Done<Vec<_>>>()?;
    let id = find::new_item(&mut engine)?;
    edit(&mut engine, &space, &Command::Goals(C::AddAction { id, text, owners, due: due.filter(|d| !d.is_empty()), from }))?;
    app.close(engine)?;
    app.kept("Kept on this device. It goes with the next sync.", Some(&id.to_string()), Some(&space))
}

fn change(app: &mut App, asked: &str, alive: bool, command: impl FnOnce(&ActionView) -> Command) -> Done {
    let mut engine = app.open()?;
    let action = find::action(app, &engine, asked, alive)?;
    edit(&mut engine, &action.space, &command(&action.view))?;
    app.close(engine)?;
    app.kept("Done.", Some(&action.view.id.to_string()), Some(&action.space))
}

fn same(app: &mut App, one: &str, other: &str, same: bool) -> Done {
    let mut engine = app.open()?;
    let (a, b) = (find::action(app, &engine, one, true)?, find::action(app, &engine, other, true)?);
    if a.space != b.space || a.view.id == b.view.id {
        return Err(CliError::Usage("name two different actions of one relationship".into()));
    }
    edit(&mut engine, &a.space, &Command::Goals(C::SameThing { action: a.view.id, other: b.view.id, same }))?;
    app.close(engine)?;
    let kept = a.view.id.min(b.view.id);
    app.kept(if same { "They are one now." } else { "Remembered: not the same." }, Some(&kept.to_string()), Some(&a.space))
}

/// An action as a line.
pub fn line(a: &ActionView, people: &People) -> String {
    let mut out = format!("{} {}  {}", if a.is_done() { "☑" } else { "☐" }, short(a.id), a.text);
    if !a.owners.is_empty() {
        out.push_str(&format!(" · {}", people.all(&a.owners)));
    }
    if let Some(due) = &a.due {
        let late = !a.is_done() && *due < today().to_string();
        out.push_str(&format!(" · {} {due}", if late { "was due" } else { "by" }));
    }
    for t in &a.done {
        out.push_str(&format!(" · {} {}", people.who(t.person), t.date));
    }
    if a.cards > 0 {
        out.push_str(" · you two differ");
    }
    out
}

fn list(app: &mut App, only_open: bool, alive: bool) -> Done {
    let engine = app.open()?;
    let mut actions = find::actions(app, &engine, alive)?;
    if alive {
        actions.retain(|a| a.view.is_listed() && !(only_open && a.view.is_done()));
    }
    // One's own open promises first, by the day they are due.
    let me = engine.me();
    actions.sort_by_key(|a| (a.view.is_done(), !a.view.owners.contains(&me), a.view.due.clone().unwrap_or_else(|| "9999".into())));
    let mut lines = Vec::new();
    for a in &actions {
        let people = People::of(&engine, &a.space)?;
        lines.push(line(&a.view, &people));
    }
    app.close(engine)?;
    for line in &lines {
        say!(app.out, "{line}");
    }
    if actions.is_empty() {
        say!(
            app.out,
            "{}",
            if alive { "Nothing promised yet. Begin: `ithaca action add 'Print checklist' --due tomorrow`." } else { "The bin is empty." }
        );
    }
    let hints = hints(&actions);
    for group in &hints {
        let ids: Vec<String> = group.iter().map(short).collect();
        say!(app.out, "Same thing? ithaca action same {}", ids.join(" "));
    }
    app.out.value(&serde_json::json!({ "actions": actions, "same_thing": hints }))
}

fn hints(actions: &[Placed<ActionView>]) -> Vec<Vec<ithaca_core::id::ItemId>> {
    let mut spaces: Vec<_> = actions.iter().map(|a| a.space).collect();
    spaces.sort_unstable();
    spaces.dedup();
    let of = |space| actions.iter().filter(|a| a.space == space).map(|a| a.view.clone()).collect::<Vec<_>>();
    spaces.into_iter().flat_map(|s| same_thing(&of(s))).collect()
}
