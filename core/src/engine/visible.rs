//! What a relay and other people can see of a space: computed from what is there, so that what a screen says about it is true.

use serde::Serialize;
use serde::de::IgnoredAny;

use super::read::ALL;
use super::{Engine, EngineError};
use crate::id::{PersonId, SpaceId};
use crate::view::{NoteView, RowKind};

/// Who has what of a space.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Visible {
    /// The relays that carry it: each sees times, addresses and padded sizes, no words, no names.
    pub relays: Vec<String>,
    /// Who reads what is shared here, this person among them.
    pub readers: Vec<PersonId>,
    /// How many devices of this person read everything of theirs.
    pub own_devices: usize,
    /// How many private notes belong to this relationship: only this person's devices have them.
    pub private_notes: usize,
    /// How many notes, sessions, goals and actions both read.
    pub shared: usize,
}

impl Engine {
    /// What the relay and others can see of a space.
    ///
    /// # Errors
    /// [`EngineError::NotFound`].
    pub fn visible(&self, space: &SpaceId) -> Result<Visible, EngineError> {
        let readers = self.names(space)?.into_keys().collect();
        let relays = match self.pairs()?.into_iter().find(|p| p.space == *space) {
            Some(pair) => pair.relays,
            None => self.relay()?.into_iter().collect(),
        };
        let mut shared = 0;
        for kind in [RowKind::Note, RowKind::Session, RowKind::Goal, RowKind::Action] {
            shared += self.views::<IgnoredAny>(space, kind, true, ALL)?.len();
        }
        let private: Vec<NoteView> = self.views(&self.personal()?, RowKind::Note, true, ALL)?;
        Ok(Visible {
            relays,
            readers,
            own_devices: self.devices()?.iter().filter(|d| !d.revoked).count(),
            private_notes: private.iter().filter(|n| n.pair == Some(*space)).count(),
            shared,
        })
    }
}
