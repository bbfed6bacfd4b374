//! History and insight: who changed what and when, and what was used how often.

use ithaca_core::document::history::{HistoryEntry, What};
use ithaca_core::id::{ItemId, SpaceId};
use ithaca_core::view::{self, RowKind};

use crate::app::Ithaca;
use crate::error::Done;
use crate::people::{People, Who, id};

/// What an edit did to a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum HistoryDeed {
    /// Put words in, or a member into a set: `to`.
    Added,
    /// Took words or a member out: `from`.
    Removed,
    /// Replaced `from` by `to`.
    Replaced,
    /// Gave it another place.
    Moved,
    /// Put it into the bin.
    Deleted,
    /// Took it out of the bin, or edited it there.
    Restored,
}

/// One field of one edit.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct HistoryLine {
    /// When, on the writer's wall clock.
    pub at_ms: i64,
    /// Who.
    pub by: Option<Who>,
    /// The item; `None` for the document itself.
    pub item: Option<String>,
    /// The item's noun.
    pub noun: String,
    /// The field's key.
    pub field: String,
    /// The field's name in English.
    pub label: String,
    /// What was done.
    pub deed: HistoryDeed,
    /// What stood there.
    pub from: String,
    /// What stands there after it.
    pub to: String,
    /// Where one of the two is a person.
    pub person: Option<Who>,
    /// Written after the end; it counts because others built on it.
    pub after_end: bool,
}

/// How often something was used.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Used {
    /// What.
    pub word: String,
    /// In how many sessions.
    pub n: u32,
}

/// The mix of techniques and functions.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct InsightsView {
    /// How many held sessions were counted.
    pub n_sessions: u32,
    /// Techniques, the most used first.
    pub techniques: Vec<Used>,
    /// Mentoring functions, the most used first.
    pub functions: Vec<Used>,
}

fn line(e: HistoryEntry, people: &People) -> HistoryLine {
    let (deed, from, to) = match e.what {
        What::Added(words) => (HistoryDeed::Added, String::new(), words),
        What::Removed(words) => (HistoryDeed::Removed, words, String::new()),
        What::Set { from, to } => (HistoryDeed::Replaced, from, to),
        What::Moved => (HistoryDeed::Moved, String::new(), String::new()),
        What::Deleted => (HistoryDeed::Deleted, String::new(), String::new()),
        What::Restored => (HistoryDeed::Restored, String::new(), String::new()),
    };
    let person = to.parse().ok().or_else(|| from.parse().ok()).map(|p| people.who(p));
    HistoryLine {
        at_ms: e.at_s.saturating_mul(1000),
        by: people.maybe(e.by),
        item: e.item.map(|i| i.to_string()),
        noun: e.noun,
        field: e.field,
        label: e.label,
        deed,
        from,
        to,
        person,
        after_end: e.after_end,
    }
}

#[uniffi::export]
impl Ithaca {
    /// Who changed what in a document, oldest first; of one item in it, and its milestones, where one is named.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn history(&self, space: String, document: String, item: Option<String>) -> Done<Vec<HistoryLine>> {
        let (space, document): (SpaceId, _) = (id(&space)?, id(&document)?);
        let item: Option<ItemId> = item.as_deref().map(id).transpose()?;
        self.handle
            .engine(move |e| {
                let (people, mut entries) = (People::of(e, &space)?, e.history(&space, document)?);
                if let Some(item) = item {
                    let goal: Option<view::GoalView> = e.view(&space, RowKind::Goal, &item.0)?;
                    let steps: Vec<ItemId> = goal.into_iter().flat_map(|g| g.milestones.into_iter().chain(g.bin)).map(|m| m.id).collect();
                    entries.retain(|h| h.item.is_some_and(|i| i == item || steps.contains(&i)));
                }
                Ok(entries.into_iter().map(|h| line(h, &people)).collect())
            })
            .await
    }

    /// The mix of techniques and functions over the last `n` held sessions.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn insights(&self, space: String, n: u32) -> Done<InsightsView> {
        let space: SpaceId = id(&space)?;
        let used =
            |all: Vec<(String, usize)>| all.into_iter().map(|(word, n)| Used { word, n: u32::try_from(n).unwrap_or(u32::MAX) }).collect();
        self.handle
            .engine(move |e| {
                let mix = view::insights(&e.sessions(&space)?, n as usize);
                let n_sessions = u32::try_from(mix.sessions).unwrap_or(u32::MAX);
                Ok(InsightsView { n_sessions, techniques: used(mix.techniques), functions: used(mix.functions) })
            })
            .await
    }
}
