//! Cards: where two people differ, with who says what and why, and choosing.

use clap::{Args, Subcommand};
use ithaca_core::card::{Card, CardValue, ChoiceKind};
use ithaca_core::engine::Engine;
use ithaca_core::id::SpaceId;
use ithaca_core::view::{ActionView, GoalView, NoteView, RowKind, SessionView};

use crate::error::{CliError, Done};
use crate::find::{Candidate, pick};
use crate::print::{People, Placed, day_and_time, short};
use crate::profile::App;
use crate::say;
use crate::time::now;

/// Where you two differ.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  ithaca cards\n  ithaca cards choose 1a2b3c4d 2")]
pub struct Cards {
    #[command(subcommand)]
    command: Option<CardsCommand>,
}

#[derive(Debug, Subcommand)]
enum CardsCommand {
    /// Keep one of the values, for both of you
    Choose {
        /// The card: the beginning of its id, or its field where that says enough
        card: String,
        /// The number of the value
        #[arg(value_parser = clap::value_parser!(u16).range(1..))]
        n: u16,
    },
}

/// `cards`.
///
/// # Errors
/// See [`CliError`].
pub fn run(app: &mut App, c: &Cards) -> Done {
    let mut engine = app.open()?;
    let mut cards: Vec<Placed<Card>> = Vec::new();
    let mut spaces: Vec<(SpaceId, Option<String>)> = app.pairs(&engine)?.into_iter().map(|p| (p.space, Some(p.name))).collect();
    spaces.push((engine.personal()?, None));
    for (space, with) in spaces {
        cards.extend(engine.cards(&space)?.into_iter().map(|view| Placed { space, with: with.clone(), view }));
    }
    match &c.command {
        Some(CardsCommand::Choose { card, n }) => {
            let all = cards.into_iter().map(|c| Candidate {
                id: hex::encode(c.view.id),
                title: c.view.label.clone(),
                hint: words(&c.view.values),
                value: c,
            });
            let card = pick("card", "ithaca cards", card, all.collect())?;
            let index = usize::from(*n) - 1;
            if index >= card.view.values.len() {
                return Err(CliError::Usage(format!("this card has {} values", card.view.values.len())));
            }
            engine.resolve(&card.space, &card.view, index, now())?;
            app.close(engine)?;
            app.kept("Chosen, for both of you. It goes with the next sync.", Some(&hex::encode(card.view.id)), Some(&card.space))
        }
        None => {
            let mut shown = Vec::new();
            for card in &cards {
                let (people, title) = (People::of(&engine, &card.space)?, about(&mut engine, &card.space, &card.view)?);
                shown.push((people, title, cautious(&engine, &card.space, &card.view)?));
            }
            app.close(engine)?;
            for (card, (people, title, meanwhile)) in cards.iter().zip(&shown) {
                say!(app.out, "{}  {title} · {}: you two differ", short(hex::encode(card.view.id)), card.view.label);
                for (i, v) in card.view.values.iter().enumerate() {
                    value(app, i, v, card.view.shown == i, people)?;
                }
                if let Some(word) = meanwhile {
                    say!(app.out, "  meanwhile: {word}");
                }
            }
            if cards.is_empty() {
                say!(app.out, "You differ on nothing.");
            }
            app.out.value(&cards)
        }
    }
}

fn words(values: &[CardValue]) -> String {
    values.iter().map(|v| v.words.as_str()).collect::<Vec<_>>().join(" │ ")
}

fn value(app: &mut App, i: usize, v: &CardValue, shown: bool, people: &People) -> Done {
    let words = if v.words.is_empty() { "(nothing)".to_owned() } else { people.named(&v.words) };
    let why = v.reason.as_ref().map(|r| format!(": {r}")).unwrap_or_default();
    let mark = if shown { " · shown meanwhile" } else { "" };
    app.out.line(format_args!("  {}  {words} – {}, {}{why}{mark}", i + 1, people.maybe(v.by), day_and_time(v.at_ms)))
}

/// What is shown meanwhile where that is none of a card's values.
fn cautious(engine: &Engine, space: &SpaceId, card: &Card) -> Done<Option<&'static str>> {
    if card.shown < card.values.len() {
        return Ok(None);
    }
    Ok(match (card.kind, card.item) {
        (ChoiceKind::GoalStatus, Some(goal)) => engine.view::<GoalView>(space, RowKind::Goal, &goal.0)?.map(|g| g.status.word()),
        (ChoiceKind::SessionState, _) => engine.view::<SessionView>(space, RowKind::Session, &card.document.0)?.map(|s| s.state.word()),
        _ => None,
    })
}

/// The title of what a card is about.
fn about(engine: &mut Engine, space: &SpaceId, card: &Card) -> Done<String> {
    if let Some(item) = card.item {
        if let Some(goal) = engine.view::<GoalView>(space, RowKind::Goal, &item.0)? {
            return Ok(goal.title.words().to_owned());
        }
        if let Some(action) = engine.view::<ActionView>(space, RowKind::Action, &item.0)? {
            return Ok(action.text);
        }
        let goals: Vec<GoalView> = engine.views(space, RowKind::Goal, true, usize::MAX >> 1)?;
        let milestone = goals.into_iter().flat_map(|g| g.milestones).find(|m| m.id == item);
        return Ok(milestone.map_or_else(|| "an item".to_owned(), |m| m.text));
    }
    if let Some(note) = engine.view::<NoteView>(space, RowKind::Note, &card.document.0)? {
        return Ok(note.title);
    }
    if let Some(session) = engine.view::<SessionView>(space, RowKind::Session, &card.document.0)? {
        return Ok(session.title);
    }
    Ok("the relationship".to_owned())
}
