//! Search over everything a person can read here.

use ithaca_core::id::SpaceId;

use crate::app::Ithaca;
use crate::error::Done;
use crate::people::id;

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum FoundNoun {
    /// A note.
    Note,
    /// A goal.
    Goal,
    /// An action.
    Action,
    /// A session.
    Session,
    /// The relationship.
    Relationship,
    /// A message.
    Message,
}

/// Something found.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct FoundView {
    /// Where.
    pub space: String,
    /// What.
    pub noun: FoundNoun,
    /// Its id.
    pub id: String,
    /// The words around the place, with `[` and `]` about what matched.
    pub excerpt: String,
}

#[uniffi::export]
impl Ithaca {
    /// Everything that has all the words of `query`, best first; the last may be the beginning of one. In one space, or in all.
    ///
    /// # Errors
    /// See [`crate::IthacaError`].
    pub async fn search(&self, query: String, space: Option<String>, limit: u32) -> Done<Vec<FoundView>> {
        let only: Option<SpaceId> = space.as_deref().map(id).transpose()?;
        // In parts, between which the engine does what else it is asked for.
        while !self.handle.engine(|e| Ok(e.prepare_search()?)).await? {}
        self.handle
            .engine(move |e| {
                let found = e.search(&query, if only.is_some() { usize::MAX >> 33 } else { limit as usize })?;
                let fits = found.into_iter().filter(|f| only.is_none_or(|o| o == f.space));
                let shown = fits.filter_map(|f| {
                    let noun = match f.noun.as_str() {
                        "note" => FoundNoun::Note,
                        "goal" => FoundNoun::Goal,
                        "action" => FoundNoun::Action,
                        "session" => FoundNoun::Session,
                        "relationship" => FoundNoun::Relationship,
                        "message" => FoundNoun::Message,
                        _ => return None,
                    };
                    Some(FoundView { space: f.space.to_string(), noun, id: f.id, excerpt: f.excerpt })
                });
                Ok(shown.take(limit as usize).collect())
            })
            .await
    }
}
