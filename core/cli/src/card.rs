//! Cards: where two people differ, with who says what and why, and choosing.

use clap::{Args, Subcommand};
use ithaca_core::card::CardValue;
use ithaca_core::engine::{CardNoun, CardView};
use ithaca_core::id::SpaceId;

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
    let mut cards: Vec<Placed<CardView>> = Vec::new();
    let mut spaces: Vec<(SpaceId, Option<String>)> = app.pairs(&engine)?.into_iter().map(|p| (p.space, Some(p.name))).collect();
    spaces.push((engine.personal()?, None));
    for (space, with) in spaces {
        cards.extend(engine.card_views(&space)?.into_iter().map(|view| Placed { space, with: with.clone(), view }));
    }
    match &c.command {
        Some(CardsCommand::Choose { card, n }) => {
            let all = cards.into_iter().map(|c| Candidate {
                id: hex::encode(c.view.card.id),
                title: c.view.card.label.clone(),
                hint: words(&c.view.card.values),
                value: c,
            });
            let card = pick("card", "ithaca cards", card, all.collect())?;
            let (index, space, card) = (usize::from(*n) - 1, card.space, card.view.card);
            if index >= card.values.len() {
                return Err(CliError::Usage(format!("this card has {} values", card.values.len())));
            }
            engine.resolve(&space, &card, index, now())?;
            app.close(engine)?;
            app.kept("Chosen, for both of you. It goes with the next sync.", Some(&hex::encode(card.id)), Some(&space))
        }
        None => {
            let people = cards.iter().map(|c| People::of(&engine, &c.space)).collect::<Done<Vec<_>>>()?;
            app.close(engine)?;
            for (CardView { card, noun, title, meanwhile }, people) in cards.iter().map(|c| &c.view).zip(&people) {
                let about = match noun {
                    CardNoun::Relationship => "the relationship",
                    CardNoun::Other => "an item",
                    _ => title,
                };
                say!(app.out, "{}  {about} · {}: you two differ", short(hex::encode(card.id)), card.label);
                for (i, v) in card.values.iter().enumerate() {
                    value(app, i, v, card.shown == i, people)?;
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
