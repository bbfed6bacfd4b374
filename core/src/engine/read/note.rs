//! Notes as lists show them: of one space or all, shared and private together, by pages.

use std::cmp::Reverse;

use super::ALL;
use crate::document::command::set_key;
use crate::engine::{Engine, EngineError};
use crate::id::SpaceId;
use crate::view::{NoteView, RowKind};

/// Which notes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NoteFilter {
    /// Those of one space; `None`: every one that this person reads, but for saved copies.
    pub space: Option<SpaceId>,
    /// With `space`: this person's private ones that belong to the relationship, too.
    pub with_private: bool,
    /// Those with a tag, in any spelling.
    pub tag: Option<String>,
    /// Those in the bin.
    pub bin: bool,
}

/// A note in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlacedNote {
    /// Its space.
    pub space: SpaceId,
    /// Only on this person's devices.
    pub private: bool,
    /// The note.
    pub note: NoteView,
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotePage {
    /// Those edited last first.
    pub notes: Vec<PlacedNote>,
    /// Whether there are more.
    pub more: bool,
}

impl Engine {
    /// Notes from the `offset`th of those that fit, at most `limit`.
    ///
    /// # Errors
    /// [`EngineError::NotFound`] for a space.
    pub fn note_page(&self, filter: &NoteFilter, offset: usize, limit: usize) -> Result<NotePage, EngineError> {
        let personal = self.personal()?;
        let spaces: Vec<SpaceId> = match filter.space {
            Some(space) if filter.with_private && space != personal => vec![space, personal],
            Some(space) => vec![space],
            None => std::iter::once(personal).chain(self.pairs()?.into_iter().filter(|p| !p.archive).map(|p| p.space)).collect(),
        };
        let tag = filter.tag.as_deref().map(set_key);
        // A filter that rows do not know needs them all; the newest of each space are enough otherwise.
        let of_pair = filter.space.filter(|s| filter.with_private && *s != personal);
        let end = offset.saturating_add(limit);
        let enough = if tag.is_some() || of_pair.is_some() { ALL } else { end.saturating_add(1) };
        let mut all: Vec<PlacedNote> = Vec::new();
        for space in spaces {
            let private = space == personal;
            let fits = |n: &NoteView| {
                (!private || of_pair.is_none() || n.pair == of_pair) && tag.as_ref().is_none_or(|t| n.tags.iter().any(|x| set_key(x) == *t))
            };
            let notes: Vec<NoteView> = self.views(&space, RowKind::Note, !filter.bin, enough)?;
            all.extend(notes.into_iter().filter(fits).map(|note| PlacedNote { space, private, note }));
        }
        all.sort_by_key(|n| (Reverse(n.note.provenance.clock), n.note.id));
        let more = all.len() > end;
        Ok(NotePage { notes: all.into_iter().skip(offset).take(limit).collect(), more })
    }
}
