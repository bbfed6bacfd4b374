//! Cards as they are shown: what a card is about, and what holds meanwhile.

use serde::{Deserialize, Serialize};

use super::{ALL, read};
use crate::card::{self, Card, Choice, ChoiceKind};
use crate::document::DocumentKind;
use crate::engine::{Engine, EngineError};
use crate::id::{DocumentId, SpaceId};
use crate::sync::machine::Millis;
use crate::view::{ActionView, GoalView, NoteView, RowKind, SessionView};

/// What a card is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
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
    /// An item of another sort: a clause, a point of an agenda.
    Other,
}

/// A card with what it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CardView {
    /// The card.
    #[serde(flatten)]
    pub card: Card,
    /// What it is about.
    pub noun: CardNoun,
    /// The title of that; empty where it has none.
    pub title: String,
    /// The word for what holds meanwhile, where that is none of the values: the cautious status or state.
    pub meanwhile: Option<String>,
}

/// What a row says of the cards in it.
#[derive(Deserialize)]
struct Cards {
    #[serde(default)]
    cards: usize,
}

impl Engine {
    /// Cards of a space: what two people differ on.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn cards(&mut self, space: &SpaceId) -> Result<Vec<Card>, EngineError> {
        let mut documents: Vec<DocumentId> = Vec::new();
        {
            let db = self.store.read();
            for no in self.core.numbers(&db, space)? {
                // Of a few among thousands: only those are looked up.
                for row in db.differing_rows(no)? {
                    if let Some(of) = row.document.filter(|_| read::<Cards>(&row.view).is_ok_and(|c| c.cards > 0)) {
                        documents.extend(db.document_no(of)?.map(|d| d.id));
                    }
                }
            }
        }
        documents.sort_unstable();
        documents.dedup();
        let mut out = Vec::new();
        for document in documents {
            let (document, events, writers) = self.with_events(space, document)?;
            out.extend(card::cards(&document, &events, &writers));
        }
        let me = self.core.me;
        out.retain(|c| c.only_for.is_none_or(|p| p == me));
        Ok(out)
    }

    /// Chooses a card's value, for both people.
    ///
    /// # Errors
    /// [`EngineError::NotFound`] when there is no such value.
    pub fn resolve(&mut self, space: &SpaceId, card: &Card, index: usize, now: Millis) -> Result<(), EngineError> {
        match card::resolve(card, index).ok_or(EngineError::NotFound("value on this card"))? {
            Choice::Command(command) => {
                let db = self.store.read();
                let row = db.document(self.core.space(space)?.no, &card.document)?.ok_or(EngineError::NotFound("document"))?;
                self.edit(space, card.document, DocumentKind::from_code(row.kind), &command, now)?;
            }
            Choice::Event(draft) => {
                self.state(space, draft, now)?;
            }
        }
        Ok(())
    }

    /// Cards of a space with what each is about.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn card_views(&mut self, space: &SpaceId) -> Result<Vec<CardView>, EngineError> {
        let cards = self.cards(space)?;
        let one = |card: Card| {
            let (noun, title) = self.about(space, &card)?;
            let meanwhile = self.meanwhile(space, &card)?.map(str::to_owned);
            Ok(CardView { card, noun, title, meanwhile })
        };
        cards.into_iter().map(one).collect()
    }

    fn about(&self, space: &SpaceId, card: &Card) -> Result<(CardNoun, String), EngineError> {
        if let Some(item) = card.item {
            if let Some(goal) = self.view::<GoalView>(space, RowKind::Goal, &item.0)? {
                return Ok((CardNoun::Goal, goal.title.words().to_owned()));
            }
            if let Some(action) = self.view::<ActionView>(space, RowKind::Action, &item.0)? {
                return Ok((CardNoun::Action, action.text));
            }
            let goals: Vec<GoalView> = self.views(space, RowKind::Goal, true, ALL)?;
            let milestone = goals.into_iter().flat_map(|g| g.milestones).find(|m| m.id == item);
            return Ok(milestone.map_or((CardNoun::Other, String::new()), |m| (CardNoun::Milestone, m.text)));
        }
        if let Some(note) = self.view::<NoteView>(space, RowKind::Note, &card.document.0)? {
            return Ok((CardNoun::Note, note.title));
        }
        if let Some(session) = self.view::<SessionView>(space, RowKind::Session, &card.document.0)? {
            return Ok((CardNoun::Session, session.title));
        }
        Ok((CardNoun::Relationship, String::new()))
    }

    fn meanwhile(&self, space: &SpaceId, card: &Card) -> Result<Option<&'static str>, EngineError> {
        Ok(match (card.kind, card.item) {
            _ if card.shown < card.values.len() => None,
            (ChoiceKind::GoalStatus, Some(goal)) => self.view::<GoalView>(space, RowKind::Goal, &goal.0)?.map(|g| g.status.word()),
            (ChoiceKind::SessionState, _) => self.view::<SessionView>(space, RowKind::Session, &card.document.0)?.map(|s| s.state.word()),
            _ => None,
        })
    }
}
