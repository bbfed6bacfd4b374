//! Cards: where two people differ, with who says what and why, and keeping one of the values.

use ithaca_core::card::CardValue;
pub use ithaca_core::engine::CardNoun;
use ithaca_core::engine::{self, Engine};
use ithaca_core::id::SpaceId;
use ithaca_core::view::Differ;

use crate::app::Ithaca;
use crate::error::{Done, IthacaError, missing};
use crate::people::{People, Who, count};
use crate::runtime::now;

/// One of the values of a card.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ValueView {
    /// The value as words; empty when cleared.
    pub words: String,
    /// Where the value is a person.
    pub person: Option<Who>,
    /// Who says so.
    pub by: Option<Who>,
    pub at_ms: i64,
    /// Why, where they said.
    pub reason: Option<String>,
}

/// A field on which two people differ.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct DifferView {
    /// The field's key.
    pub field: String,
    pub values: Vec<ValueView>,
}

/// What a card is about.
#[uniffi::remote(Enum)]
pub enum CardNoun {
    Note,
    Session,
    Goal,
    Milestone,
    Action,
    Relationship,
    Other,
}

/// You two differ.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct CardView {
    /// Its id, the same on every phone.
    pub card: String,
    pub space: SpaceId,
    /// What it is about.
    pub noun: CardNoun,
    /// The title of what it is about.
    pub title: String,
    /// The field's key.
    pub field: String,
    /// The values, in the same order on every phone; at least two.
    pub values: Vec<ValueView>,
    /// Which of them is shown meanwhile; `None` where the cautious value is none of them.
    pub shown: Option<u32>,
    /// The value shown meanwhile, where it is none of them.
    pub meanwhile: Option<String>,
    /// Two of one's own devices differ; the other person does not see it.
    pub only_mine: bool,
}

pub(crate) fn values(all: &[CardValue], people: &People) -> Vec<ValueView> {
    let one = |v: &CardValue| ValueView {
        words: v.words.clone(),
        person: v.words.parse().ok().map(|p| people.who(p)),
        by: people.maybe(v.by),
        at_ms: v.at_ms,
        reason: v.reason.clone(),
    };
    all.iter().map(one).collect()
}

pub(crate) fn differs(differ: &Differ, people: &People) -> Vec<DifferView> {
    differ.iter().map(|(field, v)| DifferView { field: field.clone(), values: values(v, people) }).collect()
}

pub(crate) fn cards(engine: &mut Engine, space: &SpaceId) -> Done<Vec<CardView>> {
    let people = People::of(engine, space)?;
    let one = |engine::CardView { card, noun, title, meanwhile }| CardView {
        card: hex::encode(card.id),
        space: *space,
        noun,
        title,
        values: values(&card.values, &people),
        shown: (card.shown < card.values.len()).then(|| count(card.shown)),
        meanwhile,
        only_mine: card.only_for.is_some(),
        field: card.field,
    };
    Ok(engine.card_views(space)?.into_iter().map(one).collect())
}

#[uniffi::export]
impl Ithaca {
    /// The cards of a space.
    pub async fn cards(&self, space: SpaceId) -> Done<Vec<CardView>> {
        self.engine(move |e| cards(e, &space)).await
    }

    /// Keeps one of a card's values, for both people. `words` are that value's, as they were shown.
    ///
    /// # Errors
    /// `NotFound` when the card is gone; `Stale` when its values are others now.
    pub async fn keep_value(&self, space: SpaceId, card: String, index: u32, words: String) -> Done {
        self.engine(move |e| {
            let found = e.cards(&space)?.into_iter().find(|c| hex::encode(c.id) == card).ok_or_else(|| missing("card"))?;
            found.values.get(index as usize).filter(|v| v.words == words).ok_or(IthacaError::Stale)?;
            Ok(e.resolve(&space, &found, index as usize, now())?)
        })
        .await
    }
}
