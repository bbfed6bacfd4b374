//! A command: what a person does to a document, by noun. Ids are final and come from the caller; [`super::plan`] makes steps of it.

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use super::read::Scalar;
use super::text::TextEdit;
use crate::id::{ItemId, PersonId, SpaceId};

/// What a person does to a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// To a note.
    Note(NoteCommand),
    /// To goals, milestones and actions.
    Goals(GoalsCommand),
    /// To a session.
    Session(SessionCommand),
    /// To the relationship.
    Relationship(RelationshipCommand),
    /// To any item of a document that has it.
    Item(ItemCommand),
    /// Decides a card: this value, of those two people differ on.
    Pick {
        /// The item; `None` for the document itself.
        item: Option<ItemId>,
        /// The field's key.
        field: String,
        /// The value.
        value: Scalar,
    },
}

/// Commands on a note. Dates are calendar days `YYYY-MM-DD`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoteCommand {
    /// Begins it. `pair` names the relationship a private note belongs to.
    Create { title: String, pair: Option<SpaceId> },
    /// Names it.
    Title(String),
    /// Dates it, or not.
    Date(Option<String>),
    /// Says where.
    Place(Option<String>),
    /// Edits the body.
    Body(TextEdit),
    /// Adds or removes a tag.
    Tag { tag: String, on: bool },
    /// Adds or removes a mentoring function.
    Function { function: String, on: bool },
    /// Adds or removes a link.
    Link { link: String, on: bool },
    /// Deletes it; an edit made without knowing keeps it.
    Delete,
    /// Takes it out of the bin.
    Restore,
}

/// Texts of a goal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GoalText {
    /// What.
    Title,
    /// What for.
    Why,
    /// How one will know.
    Success,
    /// What may go wrong (stretch goals).
    Risk,
    /// What helps then (stretch goals).
    Support,
}

impl GoalText {
    /// Every one.
    pub const ALL: [Self; 5] = [Self::Title, Self::Why, Self::Success, Self::Risk, Self::Support];
    /// Its key.
    pub fn key(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Why => "why",
            Self::Success => "success",
            Self::Risk => "risk",
            Self::Support => "support",
        }
    }
}

/// Commands on goals, milestones and actions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GoalsCommand {
    /// A new goal, at the end of the list.
    AddGoal { id: ItemId, title: String },
    /// Edits one of a goal's texts.
    GoalText { goal: ItemId, field: GoalText, edit: TextEdit },
    /// `stretch` or nothing.
    GoalKind { goal: ItemId, kind: Option<String> },
    /// When it is to be reached.
    GoalTargetDate { goal: ItemId, date: Option<String> },
    /// When to look at it again.
    GoalReviewDate { goal: ItemId, date: Option<String> },
    /// A new milestone of a goal.
    AddMilestone { id: ItemId, goal: ItemId, text: String },
    /// A new action: a promise. `from` is the goal or session it came from.
    AddAction { id: ItemId, text: String, owners: Vec<PersonId>, due: Option<String>, from: Option<ItemId> },
    /// Its words, of a milestone or an action.
    Words { item: ItemId, text: String },
    /// When an action is due.
    ActionDue { action: ItemId, date: Option<String> },
    /// What sort of action.
    ActionType { action: ItemId, kind: Option<String> },
    /// Adds or removes an owner.
    ActionOwner { action: ItemId, person: PersonId, on: bool },
    /// *Same thing?* Both become the one with the smaller id; `same: false` remembers that they are not.
    SameThing { action: ItemId, other: ItemId, same: bool },
}

/// Commands on a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionCommand {
    /// Begins it.
    Create { title: String, date: Option<String> },
    /// Names it.
    Title(String),
    /// The day.
    Date(Option<String>),
    /// Where.
    Place(Option<String>),
    /// Edits the shared notes.
    Notes(TextEdit),
    /// A new point of the agenda, at the end.
    AddAgenda { id: ItemId, text: String },
    /// Edits a point.
    AgendaText { item: ItemId, edit: TextEdit },
    /// Adds or removes one of the techniques.
    Technique { technique: String, on: bool },
    /// Adds or removes a mentoring function.
    Function { function: String, on: bool },
    /// Proposes an instant, in the proposer's zone. The proposer accepts it by that.
    ProposeTime { id: ItemId, at_ms: i64, zone: String },
    /// Accepts a proposal, or takes that back.
    AcceptTime { proposal: ItemId, on: bool },
    /// Deletes the session; an edit made without knowing keeps it.
    Delete,
    /// Takes it out of the bin.
    Restore,
}

/// What a person shows of themself to this partner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PersonField {
    /// Name as shown.
    Name,
    /// Language, as a BCP 47 tag.
    Language,
    /// Time zone, as an IANA name.
    Zone,
    /// How to be reached.
    Reachable,
}

impl PersonField {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::Name, Self::Language, Self::Zone, Self::Reachable];
    /// Its part of the key `people/<person>/<field>`.
    pub fn key(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Language => "language",
            Self::Zone => "zone",
            Self::Reachable => "reachable",
        }
    }
}

/// Commands on the relationship.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RelationshipCommand {
    /// Formal, informal, peer …
    Kind(Option<String>),
    /// Cloning, nurturing, friendship, apprenticeship.
    Model(Option<String>),
    /// Where the work is.
    Setting(Option<String>),
    /// How often, how long.
    Cadence(Option<String>),
    /// Who mentors on a topic; `None` clears it.
    Role { topic: String, mentor: Option<PersonId> },
    /// What the author shows of themself.
    Myself { field: PersonField, value: Option<String> },
    /// A new clause of the agreement's draft.
    AddClause { id: ItemId, title: String, text: String },
    /// Edits a clause.
    ClauseText { clause: ItemId, edit: TextEdit },
    /// A new part of the growth plan; section: strengths, gaps, one thing, markers.
    AddPlan { id: ItemId, section: String, text: String },
    /// Edits a part of the plan.
    PlanText { part: ItemId, edit: TextEdit },
}

/// Commands on any item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemCommand {
    /// Ticks it off on a day, or not (`None`), in the author's name.
    Tick { item: ItemId, date: Option<String> },
    /// Moves it behind another of its noun; `None` is the front.
    Move { item: ItemId, after: Option<ItemId> },
    /// Deletes it; an edit made without knowing keeps it.
    Delete { item: ItemId },
    /// Brings it back.
    Restore { item: ItemId },
}

/// A set's key for something written: NFC, trimmed, case-folded.
pub fn set_key(spelling: &str) -> String {
    spelling.trim().nfc().collect::<String>().to_lowercase().nfc().collect()
}
