//! Cards: where two people differ, with who says what and why, and keeping one of the values.

use ithaca_core::card::{Card, CardValue, ChoiceKind};
use ithaca_core::engine::Engine;
use ithaca_core::id::SpaceId;
use ithaca_core::view::{ActionView, Differ, GoalView, NoteView, RowKind, SessionView};

use crate::app::Ithaca;
use crate::error::{Done, IthacaError, missing};
use crate::people::{People, Who, id};
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
    /// When, on their wall clock.
    pub at_ms: i64,
    /// Why, where they said.
    pub reason: Option<String>,
}

/// A field on which two people differ.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct DifferView {
    /// The field's key.
    pub field: String,
    /// All values.
    pub values: Vec<ValueView>,
}

/// What a card is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum CardNoun {
    /// A note.
    Note,
    /// A session.
    Session,
    /// A goal.
    Goal,
    /// A milestone.
    Milestone,
    /// An action.
    Action,
    /// The relationship.
    Relationship,
    /// Something else.
    Other,
}

/// You two differ.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct CardView {
    /// Its id, the same on every phone.
    pub card: String,
    /// Its space.
    pub space: String,
    /// The document.
    pub document: String,
    /// The item in it, if it is about one.
    pub item: Option<String>,
    /// What it is about.
    pub noun: CardNoun,
    /// The title of what it is about.
    pub title: String,
    /// The field's key.
    pub field: String,
    /// The field's name in English.
    pub label: String,
    /// The values, in the same order on every phone; at least two.
    pub values: Vec<ValueView>,
    /// Which of them is shown meanwhile; `None` where the cautious value is none of them.
    pub shown: Option<u32>,
    /// The value shown meanwhile, where it is none of them.
    pub meanwhile: Option<String>,
    /// Two of one's own devices differ; the other person does not see it.
    pub only_mine: bool,
}

impl ValueView {
    pub(crate) fn of(v: &CardValue, people: &People) -> Self {
        let person = v.words.parse().ok().map(|p| people.who(p));
        Self { words: v.words.clone(), person, by: people.maybe(v.by), at_ms: v.at_ms, reason: v.reason.clone() }
    }
}

pub(crate) fn values(all: &[CardValue], people: &People) -> Vec<ValueView> {
    all.iter().map(|v| ValueView::of(v, people)).collect()
}

pub(crate) fn differs(differ: &Differ, people: &People) -> Vec<DifferView> {
    differ.iter().map(|(field, v)| DifferView { field: field.clone(), values: values(v, people) }).collect()
}

fn about(engine: &Engine, space: &SpaceId, card: &Card) -> Done<(CardNoun, String)> {
    if let Some(item) = card.item {
        if let Some(goal) = engine.view::<GoalView>(space, RowKind::Goal, &item.0)? {
            return Ok((CardNoun::Goal, goal.title.words().to_owned()));
        }
        if let Some(action) = engine.view::<ActionView>(space, RowKind::Action, &item.0)? {
            return Ok((CardNoun::Action, action.text));
        }
        let goals: Vec<GoalView> = engine.views(space, RowKind::Goal, true, usize::MAX >> 1)?;
        let milestone = goals.into_iter().flat_map(|g| g.milestones).find(|m| m.id == item);
        return Ok(milestone.map_or((CardNoun::Other, String::new()), |m| (CardNoun::Milestone, m.text)));
    }
    if let Some(note) = engine.view::<NoteView>(space, RowKind::Note, &card.document.0)? {
        return Ok((CardNoun::Note, note.title));
    }
    if let Some(session) = engine.view::<SessionView>(space, RowKind::Session, &card.document.0)? {
        return Ok((CardNoun::Session, session.title));
    }
    Ok((CardNoun::Relationship, String::new()))
}

/// What is shown meanwhile where that is none of the values.
fn meanwhile(engine: &Engine, space: &SpaceId, card: &Card) -> Done<Option<String>> {
    Ok(match (card.kind, card.item) {
        _ if card.shown < card.values.len() => None,
        (ChoiceKind::GoalStatus, Some(goal)) => engine.view::<GoalView>(space, RowKind::Goal, &goal.0)?.map(|g| g.status.word().to_owned()),
        (ChoiceKind::SessionState, _) => {
            engine.view::<SessionView>(space, RowKind::Session, &card.document.0)?.map(|s| s.state.word().to_owned())
        }
        _ => None,
    })
}

pub(crate) fn cards(engine: &mut Engine, space: &SpaceId) -> Done<Vec<CardView>> {
    let people = People::of(engine, space)?;
    let cards = engine.cards(space)?;
    let one = |card: Card| {
        let (noun, title) = about(engine, space, &card)?;
        Ok(CardView {
            card: hex::encode(card.id),
            space: space.to_string(),
            document: card.document.to_string(),
            item: card.item.map(|i| i.to_string()),
            noun,
            title,
            values: values(&card.values, &people),
            shown: u32::try_from(card.shown).ok().filter(|_| card.shown < card.values.len()),
            meanwhile: meanwhile(engine, space, &card)?,
            only_mine: card.only_for.is_some(),
            field: card.field,
            label: card.label,
        })
    };
    cards.into_iter().map(one).collect()
}

#[uniffi::export]
impl Ithaca {
    /// The cards of a space.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn cards(&self, space: String) -> Done<Vec<CardView>> {
        let space = id(&space)?;
        self.handle.engine(move |e| cards(e, &space)).await
    }

    /// Keeps one of a card's values, for both people. `words` are that value's, as they were shown.
    ///
    /// # Errors
    /// `NotFound` when the card is gone; `Stale` when its values are others now.
    pub async fn keep_value(&self, space: String, card: String, index: u32, words: String) -> Done {
        let space = id(&space)?;
        self.handle
            .engine(move |e| {
                let found = e.cards(&space)?.into_iter().find(|c| hex::encode(c.id) == card).ok_or_else(|| missing("card"))?;
                let value = found.values.get(index as usize).ok_or(IthacaError::Stale)?;
                if value.words != words {
                    return Err(IthacaError::Stale);
                }
                Ok(e.resolve(&space, &found, index as usize, now())?)
            })
            .await
    }
}
