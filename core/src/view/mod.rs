//! A view: what a list or a screen shows of one noun, and nothing it does not follow from. Views are made from documents and events, kept
//! as rows, and never written back.

pub mod action;
pub mod form;
pub mod goal;
pub mod home;
pub mod message;
pub mod note;
pub mod project;
pub mod relationship;
pub mod session;
pub mod several;
pub mod stage;
pub mod upcoming;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::card::{Card, CardValue};
use crate::document::read::{Item, Writers, writer};
use crate::document::text::Reading;
use crate::id::{ItemId, PersonId};

pub use action::ActionView;
pub use form::{FORMS, Form, Prompt, PromptKind, Side, TECHNIQUES, form_deeds};
pub use goal::{GoalView, MilestoneView, Progress};
pub use home::{next_session, promised};
pub use message::{MessageView, ReactionView, messages};
pub use note::NoteView;
pub use project::{Row, RowKind, project, project_stage, stage_row};
pub use relationship::{ClauseView, PersonView, PlanView, RelationshipView, RoleView};
pub use session::{AgendaView, CheckInView, HarvestView, KeptAnswers, MinutesView, NotesView, ProposalView, SessionView};
pub use several::{Carried, Insights, carried, insights, joined, same_meeting, same_thing, since_last};
pub use stage::{StageProposal, StageView, StopView};
pub use upcoming::{Upcoming, UpcomingNoun, upcoming};

/// A text as it reads, and where people's words for one place stand side by side.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TextView {
    /// The letters, as positions of edits count them.
    pub text: String,
    /// What people read, where it is another thing than `text`: equal alternatives once, a thin bar between different ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display: Option<String>,
    /// Places with several alternatives, in the order of the text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alternatives: Vec<Vec<AlternativeView>>,
}

/// One of several words for one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlternativeView {
    /// What [`crate::document::text::TextEdit::Choose`] names.
    pub run: String,
    /// The words.
    pub words: String,
    /// Where they begin in `text`, in code points.
    pub start: usize,
    /// One past their end.
    pub end: usize,
    /// Who wrote them.
    pub by: Option<PersonId>,
    /// Everybody who wrote the same words there, the writer of this run among them.
    pub also_by: Vec<PersonId>,
}

impl TextView {
    /// A text inside an item or document.
    pub(crate) fn of(item: &Item<'_>, key: &str, writers: &Writers) -> Self {
        Self::from_reading(item.reading(key), writers)
    }

    pub(crate) fn from_reading(reading: Reading, writers: &Writers) -> Self {
        let display = Some(reading.display()).filter(|d| *d != reading.text);
        let mut alternatives: Vec<Vec<AlternativeView>> = Vec::new();
        for group in &reading.alternatives {
            let shown: Vec<AlternativeView> = group
                .iter()
                .filter(|r| r.shown)
                .map(|r| {
                    let same = group.iter().filter(|o| o.words == r.words).filter_map(|o| writer(writers, &o.actor));
                    let mut also_by: Vec<PersonId> = same.collect();
                    also_by.sort_unstable();
                    also_by.dedup();
                    let by = writer(writers, &r.actor);
                    AlternativeView { run: r.id.clone(), words: r.words.clone(), start: r.start, end: r.end, by, also_by }
                })
                .collect();
            if shown.len() > 1 {
                alternatives.push(shown);
            }
        }
        Self { text: reading.text, display, alternatives }
    }

    /// What people read.
    pub fn words(&self) -> &str {
        self.display.as_deref().unwrap_or(&self.text)
    }

    /// Whether nothing stands in it.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }
}

/// Who made something and who edited it last.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Provenance {
    /// Who made the item; `None` for a document, whose history tells.
    pub made_by: Option<PersonId>,
    /// When, on the wall clock of its device, in seconds since 1970; 0 for a document.
    pub made_at_s: i64,
    /// Who edited it last, as the documents merge.
    pub edited_by: Option<PersonId>,
    /// When, on the wall clock of that device, in seconds since 1970; 0 in the bin.
    pub edited_at_s: i64,
    /// The greatest hybrid clock of an edit: what lists sort by; 0 in the bin.
    pub clock: u64,
}

impl Provenance {
    pub(crate) fn of(item: &Item<'_>, writers: &Writers) -> Self {
        let (made, edited) = (item.made(), item.last_edit());
        let person = |w: &crate::document::read::Written| writer(writers, &w.actor);
        Self {
            made_by: made.as_ref().and_then(person),
            made_at_s: made.map_or(0, |w| w.at),
            edited_by: edited.as_ref().and_then(person),
            edited_at_s: edited.map_or(0, |w| w.at),
            clock: item.clock(),
        }
    }
}

/// The fields of one noun on which people differ, with all their values.
pub type Differ = BTreeMap<String, Vec<CardValue>>;

/// The differing fields of an item among a document's cards.
pub(crate) fn differ(cards: &[Card], item: Option<ItemId>) -> Differ {
    cards.iter().filter(|c| c.item == item).map(|c| (c.field.clone(), c.values.clone())).collect()
}

/// A place in a list as a number: the earlier in the list, the greater. Exact for the first 13 letters of a rank.
pub(crate) fn rank_sort(rank: &str) -> i64 {
    let letter = |i: usize| rank.as_bytes().get(i).map_or(0, |b| i64::from(b.saturating_sub(b'a').min(25)) + 1);
    -(0..13).fold(0i64, |n, i| n * 27 + letter(i))
}

/// A calendar day as milliseconds since 1970 at its beginning in UTC; `None` for what is no day `YYYY-MM-DD`.
pub(crate) fn day_ms(day: &str) -> Option<i64> {
    let date = chrono::NaiveDate::parse_from_str(day, "%Y-%m-%d").ok()?;
    Some(date.and_time(chrono::NaiveTime::MIN).and_utc().timestamp_millis())
}

/// The UTC day of an instant, as `YYYY-MM-DD`.
pub(crate) fn day_of(at_ms: i64) -> Option<String> {
    chrono::DateTime::from_timestamp_millis(at_ms).map(|t| t.format("%Y-%m-%d").to_string())
}

#[cfg(test)]
mod tests;
