//! A note: something written down, shared in a pair's space or private in one's own.

use serde::{Deserialize, Serialize};

use super::{Differ, Provenance, TextView, differ};
use crate::card::Card;
use crate::document::Document;
use crate::document::read::{Item, Writers};
use crate::id::{DocumentId, SpaceId};

/// What a note shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoteView {
    /// Its document.
    pub id: DocumentId,
    /// Its name.
    pub title: String,
    /// Its calendar day; where two people differ, the earlier.
    pub date: Option<String>,
    /// Where.
    pub place: Option<String>,
    /// What it says.
    pub body: TextView,
    /// Tags in their first spelling.
    pub tags: Vec<String>,
    /// Mentoring functions.
    pub functions: Vec<String>,
    /// Links.
    pub links: Vec<String>,
    /// The relationship a private note belongs to.
    pub pair: Option<SpaceId>,
    /// Whether it is not in the bin.
    pub alive: bool,
    /// Somebody deleted it while somebody else edited it: kept; `provenance` says who edited it.
    pub kept: bool,
    /// Fields on which people differ.
    pub differ: Differ,
    /// How many cards it has.
    pub cards: usize,
    /// Who and when.
    pub provenance: Provenance,
}

impl NoteView {
    pub(crate) fn of(document: &Document, cards: &[Card], writers: &Writers) -> Self {
        let root = Item::root(document);
        Self {
            id: document.id,
            title: root.text_of("title"),
            date: root.earliest("date"),
            place: root.some("place"),
            body: TextView::of(&root, "body", writers),
            tags: root.set("tags"),
            functions: root.set("functions"),
            links: root.set("links"),
            pair: root.some("pair").and_then(|p| p.parse().ok()),
            alive: root.is_alive(),
            kept: root.is_kept(),
            differ: differ(cards, None),
            cards: cards.len(),
            provenance: Provenance::of(&root, writers),
        }
    }

    /// The words a search finds it by.
    pub(crate) fn search(&self) -> String {
        let mut out = vec![self.title.as_str(), self.body.words()];
        out.extend(self.place.as_deref());
        out.extend(self.tags.iter().chain(&self.functions).chain(&self.links).map(String::as_str));
        out.join("\n")
    }
}
