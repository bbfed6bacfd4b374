//! Projecting: the rows of one document, as lists keep them. A row holds only what follows from its document and the events about it, so
//! it can be made again at any time.

use serde::Serialize;

use super::{ActionView, GoalView, MilestoneView, NoteView, RelationshipView, SessionView, StageView, day_ms, rank_sort};
use crate::card;
use crate::document::read::{Item, Writers};
use crate::document::{Document, DocumentKind};
use crate::event::{HeldEvent, Payload, SPACE_SUBJECT, SessionState};
use crate::id::PersonId;

/// The nouns that have rows, with codes that never change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(i64)]
pub enum RowKind {
    /// [`RelationshipView`]; its id is the document's.
    Relationship = 1,
    /// [`GoalView`].
    Goal = 2,
    /// [`ActionView`].
    Action = 3,
    /// [`SessionView`] of one document; [`super::joined`] joins them.
    Session = 4,
    /// [`NoteView`].
    Note = 5,
    /// [`StageView`]; one a space, its id is zeros.
    Stage = 6,
}

impl RowKind {
    /// Every kind.
    pub const ALL: [Self; 6] = [Self::Relationship, Self::Goal, Self::Action, Self::Session, Self::Note, Self::Stage];

    /// The code in the store.
    pub fn code(self) -> i64 {
        self as i64
    }

    /// The kind of a code.
    pub fn from_code(code: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.code() == code)
    }
}

/// One line of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The noun.
    pub kind: RowKind,
    /// The document's or item's id.
    pub id: [u8; 16],
    /// Whether lists show it: not in the bin, and no other action shown in its place.
    pub alive: bool,
    /// What lists sort by, greatest first, then by id: the hybrid clock of the last edit for notes, the day for sessions (in milliseconds;
    /// the clock where there is no day), the place people gave it for goals and actions.
    pub sort: i64,
    /// Whether it is still to come or to be done: a planned session, an open action.
    pub open: bool,
    /// Whether people differ on something in it.
    pub differs: bool,
    /// The words to index for search, a line a field.
    pub search: String,
    /// The view.
    pub json: String,
}

impl Row {
    fn new(kind: RowKind, id: [u8; 16], alive: bool, sort: i64, search: String, view: &impl Serialize) -> Self {
        // Views are plain structs with text keys: writing them cannot fail.
        Self { kind, id, alive, sort, open: false, differs: false, search, json: serde_json::to_string(view).unwrap_or_default() }
    }

    fn asks(self, open: bool, cards: usize) -> Self {
        Self { open, differs: cards > 0, ..self }
    }
}

/// The rows of one document. `events` are those about the document or one of its items, and for a session every alias of the space; events
/// about something else change nothing. None for a document of a later version's kind, or one in which nobody wrote.
pub fn project(document: &Document, events: &[HeldEvent], writers: &Writers) -> Vec<Row> {
    if document.is_untouched() {
        return Vec::new();
    }
    let cards = card::cards(document, events, writers);
    match document.kind {
        DocumentKind::Note => {
            let view = NoteView::of(document, &cards, writers);
            vec![Row::new(RowKind::Note, view.id.0, view.alive, clock(view.provenance.clock), view.search(), &view).asks(false, view.cards)]
        }
        DocumentKind::Session => {
            let about: Vec<HeldEvent> = events.iter().filter(|e| e.event.subject == document.id.0).cloned().collect();
            let is_alias = |e: &&HeldEvent| matches!(e.event.payload, Payload::SessionAlias(_));
            let aliases: Vec<HeldEvent> = events.iter().filter(is_alias).cloned().collect();
            let view = SessionView::of(document, &about, &aliases, &cards, writers);
            let sort = view.day().and_then(|d| day_ms(&d)).unwrap_or_else(|| clock(view.provenance.clock));
            let ahead = view.state == SessionState::Planned;
            vec![Row::new(RowKind::Session, view.id.0, view.alive, sort, view.search(), &view).asks(ahead, view.cards)]
        }
        DocumentKind::Relationship => {
            let view = RelationshipView::of(document, &cards, writers);
            vec![Row::new(RowKind::Relationship, view.id.0, true, 0, view.search(), &view).asks(false, view.cards)]
        }
        DocumentKind::Goals => goals(document, events, &cards, writers),
        DocumentKind::Unknown(_) => Vec::new(),
    }
}

fn goals(document: &Document, events: &[HeldEvent], cards: &[card::Card], writers: &Writers) -> Vec<Row> {
    let by_subject = card::by_subject(events);
    let milestones = MilestoneView::all(document, cards, writers);
    let actions = ActionView::all(document, cards, writers);
    let mut out = Vec::new();
    for (id, item) in Item::all(document, "goal") {
        let about = by_subject.get(&id.0).map(Vec::as_slice).unwrap_or_default();
        let view = GoalView::of(document, (id, &item), about, &milestones, &actions, cards, writers);
        out.push(Row::new(RowKind::Goal, id.0, view.alive, rank_sort(&view.rank), view.search(), &view).asks(false, view.cards));
    }
    for view in actions {
        let row = Row::new(RowKind::Action, view.id.0, view.is_listed(), rank_sort(&view.rank), view.search(), &view);
        out.push(row.asks(!view.is_done(), view.cards));
    }
    out
}

/// The stage of a space, and its row. `events` are those of the space's own subject; `both` the people whose word it takes.
pub fn project_stage(events: &[HeldEvent], both: &[PersonId]) -> StageView {
    StageView::of(events, both)
}

/// The row of a stage.
pub fn stage_row(view: &StageView) -> Row {
    Row::new(RowKind::Stage, SPACE_SUBJECT, true, 0, String::new(), view)
}

fn clock(clock: u64) -> i64 {
    i64::try_from(clock).unwrap_or(i64::MAX)
}
