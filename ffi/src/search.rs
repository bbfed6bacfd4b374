//! Search over everything a person can read here.

pub use ithaca_core::engine::{Found as FoundView, FoundNoun};
use ithaca_core::id::SpaceId;

use crate::app::Ithaca;
use crate::error::Done;

/// What was found.
#[uniffi::remote(Enum)]
pub enum FoundNoun {
    Note,
    Goal,
    Action,
    Session,
    Relationship,
    Message,
}

/// Something found.
#[uniffi::remote(Record)]
pub struct FoundView {
    pub space: SpaceId,
    pub noun: FoundNoun,
    /// The id of the noun.
    pub id: String,
    /// The words around the place, with `[` and `]` about what matched.
    pub excerpt: String,
}

#[uniffi::export]
impl Ithaca {
    /// Everything that has all the words of `query`, best first; the last may be the beginning of one. In one space, or in all.
    pub async fn search(&self, query: String, space: Option<SpaceId>, limit: u32) -> Done<Vec<FoundView>> {
        // In parts, between which the engine does what else it is asked for.
        while !self.ask(|e| e.prepare_search()).await? {}
        self.ask(move |e| e.search_in(space.as_ref(), &query, limit as usize)).await
    }
}
