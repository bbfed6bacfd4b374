//! History and insight: who changed what and when, and what was used how often.

use ithaca_core::document::history::{HistoryEntry, What};
use ithaca_core::id::{DocumentId, ItemId, SpaceId};
use ithaca_core::view;

use crate::app::Ithaca;
use crate::error::Done;
use crate::people::{People, Who, count};

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
    pub by: Option<Who>,
    /// The item; `None` for the document itself.
    pub item: Option<ItemId>,
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
        item: e.item,
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
    pub async fn history(&self, space: SpaceId, document: DocumentId, item: Option<ItemId>) -> Done<Vec<HistoryLine>> {
        self.engine(move |e| {
            let entries = match item {
                Some(item) => e.history_of_item(&space, document, item)?,
                None => e.history(&space, document)?,
            };
            let people = People::of(e, &space)?;
            Ok(entries.into_iter().map(|h| line(h, &people)).collect())
        })
        .await
    }

    /// The mix of techniques and functions over the last `n` held sessions.
    pub async fn insights(&self, space: SpaceId, n: u32) -> Done<InsightsView> {
        let used = |all: Vec<(String, usize)>| all.into_iter().map(|(word, n)| Used { word, n: count(n) }).collect();
        self.ask(move |e| {
            let mix = view::insights(&e.sessions(&space)?, n as usize);
            Ok(InsightsView { n_sessions: count(mix.sessions), techniques: used(mix.techniques), functions: used(mix.functions) })
        })
        .await
    }
}
