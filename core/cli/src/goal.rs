//! Goals and their milestones: what a mentee wants to reach, and how far it is.

use clap::{Subcommand, ValueEnum};
use ithaca_core::document::command::{GoalText, GoalsCommand as C, ItemCommand};
use ithaca_core::document::text::TextEdit;
use ithaca_core::document::{Command, DocumentKind, derived_id};
use ithaca_core::engine::Engine;
use ithaca_core::event::payload::GoalStatusSet;
use ithaca_core::event::{EventDraft, GoalStatus};
use ithaca_core::id::{ItemId, SpaceId};
use ithaca_core::view::{GoalView, MilestoneView};

use crate::editor::{self, Source, Text};
use crate::error::Done;
use crate::find::{self, Candidate, pick};
use crate::note::{alternatives, run_of};
use crate::print::{People, Placed, short};
use crate::profile::App;
use crate::say;
use crate::time::{day, now, today};

/// A text of a goal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// What
    Title,
    /// What for
    Why,
    /// How one will know
    Success,
    /// What may go wrong
    Risk,
    /// What helps then
    Support,
}

impl Part {
    fn field(self) -> GoalText {
        match self {
            Self::Title => GoalText::Title,
            Self::Why => GoalText::Why,
            Self::Success => GoalText::Success,
            Self::Risk => GoalText::Risk,
            Self::Support => GoalText::Support,
        }
    }

    fn of(self, goal: &GoalView) -> &ithaca_core::view::TextView {
        match self {
            Self::Title => &goal.title,
            Self::Why => &goal.why,
            Self::Success => &goal.success,
            Self::Risk => &goal.risk,
            Self::Support => &goal.support,
        }
    }
}

#[derive(Debug, Subcommand)]
pub enum Goal {
    /// Set a goal
    #[command(
        alias = "add",
        after_help = "Example:\n  ithaca goal new 'Safe handover' --why 'Nothing gets lost at night.' --target 2031-06-01"
    )]
    New {
        title: String,
        /// What for
        #[arg(long)]
        why: Option<String>,
        /// How one will know
        #[arg(long)]
        success: Option<String>,
        /// A stretch goal, with what may go wrong and what helps then
        #[arg(long)]
        stretch: bool,
        /// What may go wrong
        #[arg(long)]
        risk: Option<String>,
        /// What helps then
        #[arg(long)]
        support: Option<String>,
        /// The day it is to be reached
        #[arg(long, value_parser = day)]
        target: Option<String>,
    },
    /// Goals with how far they are
    List {
        /// Those in the bin
        #[arg(long)]
        bin: bool,
    },
    /// A goal with its milestones
    Show { goal: String },
    /// Edit one of a goal's texts in $EDITOR; what somebody else wrote meanwhile stays
    Edit {
        goal: String,
        #[arg(value_enum, default_value = "why")]
        part: Part,
    },
    /// Give one of a goal's texts new words, read from standard input
    Write {
        goal: String,
        #[arg(value_enum, default_value = "why")]
        part: Part,
    },
    /// Choose among words that stand side by side
    Choose {
        goal: String,
        #[arg(value_enum)]
        part: Part,
        /// One of the words, or its number in `goal show`
        words: String,
    },
    /// Say where it stands
    #[command(after_help = "Example:\n  ithaca goal status handover achieved --reason 'Three nights alone.'")]
    Status {
        goal: String,
        /// proposed, active, paused, achieved or dropped
        #[arg(value_parser = status)]
        status: GoalStatus,
        /// Why
        #[arg(long)]
        reason: Option<String>,
    },
    /// The day it is to be reached, or `none`
    Target {
        goal: String,
        #[arg(value_parser = day)]
        date: String,
    },
    /// The day to look at it again, or `none`
    Review {
        goal: String,
        #[arg(value_parser = day)]
        date: String,
    },
    /// Put a goal into the bin
    Delete { goal: String },
    /// Take a goal out of the bin
    Restore { goal: String },
}

#[derive(Debug, Subcommand)]
pub enum Milestone {
    /// A step on the way to a goal
    #[command(alias = "new", after_help = "Example:\n  ithaca milestone add handover 'Do one alone'")]
    Add { goal: String, text: String },
    /// Tick it off
    Tick {
        milestone: String,
        /// The day it was done
        #[arg(long, value_parser = day)]
        on: Option<String>,
    },
    /// Take your tick back
    Untick { milestone: String },
    /// Give it other words
    Words { milestone: String, text: String },
    /// Put it into the bin
    Delete { milestone: String },
}

fn status(word: &str) -> Result<GoalStatus, String> {
    GoalStatus::ALL
        .iter()
        .copied()
        .find(|s| s.word() == word)
        .ok_or_else(|| "a status is proposed, active, paused, achieved or dropped".into())
}

/// Does something to the goals, milestones and actions of a space.
///
/// # Errors
/// See [`crate::error::CliError`].
pub fn edit(engine: &mut Engine, space: &SpaceId, command: &Command) -> Done {
    engine.edit(space, derived_id(*space, DocumentKind::Goals), DocumentKind::Goals, command, now())?;
    Ok(())
}

/// `goal`.
///
/// # Errors
/// See [`crate::error::CliError`].
pub fn run(app: &mut App, command: Goal) -> Done {
    match command {
        Goal::New { title, why, success, stretch, risk, support, target } => {
            let texts = [(GoalText::Why, why), (GoalText::Success, success), (GoalText::Risk, risk), (GoalText::Support, support)];
            new(app, title, stretch, target, texts)
        }
        Goal::List { bin } => list(app, !bin),
        Goal::Show { goal } => show(app, &goal),
        Goal::Edit { goal, part } => write(app, &goal, part, &Source::Editor),
        Goal::Write { goal, part } => write(app, &goal, part, &Source::Input(None)),
        Goal::Choose { goal, part, words } => change(app, &goal, true, |g| {
            let edit = TextEdit::Choose { run: run_of(part.of(g), &words)? };
            Ok(Command::Goals(C::GoalText { goal: g.id, field: part.field(), edit }))
        }),
        Goal::Status { goal, status, reason } => {
            let mut engine = app.open()?;
            let goal = find::goal(app, &engine, &goal, true)?;
            let payload = GoalStatusSet { status, reason }.into();
            engine.state(&goal.space, EventDraft { subject: goal.view.id.0, payload }, now())?;
            app.close(engine)?;
            app.kept("Kept on this device.", Some(&goal.view.id.to_string()), Some(&goal.space))
        }
        Goal::Target { goal, date } => change(app, &goal, true, |g| Ok(Command::Goals(C::GoalTargetDate { goal: g.id, date: Some(date) }))),
        Goal::Review { goal, date } => change(app, &goal, true, |g| Ok(Command::Goals(C::GoalReviewDate { goal: g.id, date: Some(date) }))),
        Goal::Delete { goal } => change(app, &goal, true, |g| Ok(Command::Item(ItemCommand::Delete { item: g.id }))),
        Goal::Restore { goal } => change(app, &goal, false, |g| Ok(Command::Item(ItemCommand::Restore { item: g.id }))),
    }
}

fn new(app: &mut App, title: String, stretch: bool, target: Option<String>, texts: [(GoalText, Option<String>); 4]) -> Done {
    let mut engine = app.open()?;
    let space = app.pair(&engine)?.space;
    let goal = find::new_item(&mut engine)?;
    let mut commands = vec![C::AddGoal { id: goal, title }];
    for (field, text) in texts {
        commands.extend(text.map(|insert| C::GoalText { goal, field, edit: TextEdit::Splice { pos: 0, delete: 0, insert } }));
    }
    if stretch {
        commands.push(C::GoalKind { goal, kind: Some("stretch".into()) });
    }
    commands.extend(target.filter(|t| !t.is_empty()).map(|t| C::GoalTargetDate { goal, date: Some(t) }));
    for command in commands {
        edit(&mut engine, &space, &Command::Goals(command))?;
    }
    app.close(engine)?;
    app.kept("Kept on this device. It goes with the next sync.", Some(&goal.to_string()), Some(&space))
}

fn change(app: &mut App, asked: &str, alive: bool, command: impl FnOnce(&GoalView) -> Done<Command>) -> Done {
    let mut engine = app.open()?;
    let goal = find::goal(app, &engine, asked, alive)?;
    edit(&mut engine, &goal.space, &command(&goal.view)?)?;
    app.close(engine)?;
    app.kept("Done.", Some(&goal.view.id.to_string()), Some(&goal.space))
}

fn write(app: &mut App, asked: &str, part: Part, source: &Source) -> Done {
    let engine = app.open()?;
    let goal = find::goal(app, &engine, asked, true)?;
    let (space, id) = (goal.space, goal.view.id);
    let text = Text { space, document: goal.view.document, kind: DocumentKind::Goals, text: part.of(&goal.view).text.clone() };
    let command = |edit| Command::Goals(C::GoalText { goal: id, field: part.field(), edit });
    let changed = editor::edit(app, engine, &text, source, command)?;
    let words = if changed { "Kept on this device." } else { "Nothing was changed." };
    app.kept(words, Some(&id.to_string()), Some(&space))
}

fn line(g: &GoalView) -> String {
    let mut out = format!("{}  {} · {}", short(g.id), g.title.words(), g.status.word());
    if g.progress.of > 0 {
        out.push_str(&format!(" · {} of {} done", g.progress.done, g.progress.of));
    }
    if let Some(target) = &g.target_date {
        out.push_str(&format!(" · by {target}"));
    }
    if g.cards > 0 {
        out.push_str(" · you two differ");
    }
    out
}

fn list(app: &mut App, alive: bool) -> Done {
    let engine = app.open()?;
    let goals = find::goals(app, &engine, alive)?;
    app.close(engine)?;
    for g in &goals {
        say!(app.out, "{}", line(&g.view));
    }
    if goals.is_empty() {
        say!(app.out, "{}", if alive { "No goal yet. Set one: `ithaca goal new 'Safe handover'`." } else { "The bin is empty." });
    }
    app.out.value(&goals)
}

fn show(app: &mut App, asked: &str) -> Done {
    let engine = app.open()?;
    let goal = find::goal(app, &engine, asked, true)?;
    let people = People::of(&engine, &goal.space)?;
    app.close(engine)?;
    let v = &goal.view;
    say!(app.out, "{}", line(v));
    for said in v.said.iter().filter(|s| s.reason.is_some() || v.said.len() > 1) {
        let why = said.reason.as_ref().map(|r| format!(": {r}")).unwrap_or_default();
        say!(app.out, "  {} – {}{why}", said.words, people.maybe(said.by));
    }
    if v.kept {
        say!(app.out, "Deleted once and kept, for {} edited it.", people.maybe(v.provenance.edited_by));
    }
    for part in [Part::Title, Part::Why, Part::Success, Part::Risk, Part::Support] {
        let (text, key) = (part.of(v), part.field().key());
        if part != Part::Title && !text.is_empty() {
            say!(app.out, "{key}: {}", text.words());
        }
        for choice in alternatives(text, &people) {
            say!(app.out, "{choice} (goal choose {} {key} …)", short(v.id));
        }
    }
    if let Some(review) = &v.review_date {
        say!(app.out, "to look at again: {review}");
    }
    for m in &v.milestones {
        let by: Vec<String> = m.done.iter().map(|t| format!("{} {}", people.who(t.person), t.date)).collect();
        let done = if by.is_empty() { String::new() } else { format!(" · {}", by.join(", ")) };
        say!(app.out, "  {} {}  {}{done}", if m.done.is_empty() { "☐" } else { "☑" }, short(m.id), m.text);
    }
    app.out.value(&goal)
}

/// `milestone`.
///
/// # Errors
/// See [`crate::error::CliError`].
pub fn milestone(app: &mut App, command: Milestone) -> Done {
    match command {
        Milestone::Add { goal, text } => {
            let mut engine = app.open()?;
            let goal = find::goal(app, &engine, &goal, true)?;
            let id = find::new_item(&mut engine)?;
            edit(&mut engine, &goal.space, &Command::Goals(C::AddMilestone { id, goal: goal.view.id, text }))?;
            app.close(engine)?;
            app.kept("Kept on this device.", Some(&id.to_string()), Some(&goal.space))
        }
        Milestone::Tick { milestone, on } => {
            let date = on.unwrap_or_else(|| today().to_string());
            about(app, &milestone, |item| Command::Item(ItemCommand::Tick { item, date: Some(date) }))
        }
        Milestone::Untick { milestone } => about(app, &milestone, |item| Command::Item(ItemCommand::Tick { item, date: None })),
        Milestone::Words { milestone, text } => about(app, &milestone, |item| Command::Goals(C::Words { item, text })),
        Milestone::Delete { milestone } => about(app, &milestone, |item| Command::Item(ItemCommand::Delete { item })),
    }
}

fn about(app: &mut App, asked: &str, command: impl FnOnce(ItemId) -> Command) -> Done {
    let mut engine = app.open()?;
    let goals: Vec<Placed<GoalView>> = find::goals(app, &engine, true)?;
    let of = |g: &Placed<GoalView>, m: &MilestoneView| Candidate {
        id: m.id.to_string(),
        title: m.text.clone(),
        hint: g.view.title.words().to_owned(),
        value: (g.space, m.id),
    };
    let all = goals.iter().flat_map(|g| g.view.milestones.iter().map(|m| of(g, m))).collect();
    let (space, id) = pick("milestone", "ithaca goal show", asked, all)?;
    edit(&mut engine, &space, &command(id))?;
    app.close(engine)?;
    app.kept("Done.", Some(&id.to_string()), Some(&space))
}
