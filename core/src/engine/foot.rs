//! The foot of a screen: how far what was written in a space came, in few numbers, and when something last came from elsewhere.

use std::collections::BTreeSet;

use serde::Serialize;

use super::{Engine, EngineError};
use crate::id::SpaceId;
use crate::sync::machine::Millis;

/// How far what was written in a space came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Foot {
    /// The other person's name; empty in one's own space.
    pub name: String,
    /// How many wait here.
    pub here: u64,
    /// How many are on a relay and not yet on the other's phone.
    pub on_relay: u64,
    /// When something of the other's, or of another own device, last came in, to the minute.
    pub heard_at_ms: Option<Millis>,
    /// Since when something written here waits for a word that it came.
    pub unconfirmed_since_ms: Option<Millis>,
}

/// How often at most it is written down that something came.
const EVERY: Millis = 60_000;

fn key(space: &SpaceId) -> String {
    format!("heard/{space}")
}

impl Engine {
    /// How far what was written in a space came.
    ///
    /// # Errors
    /// [`EngineError::NotFound`].
    pub fn foot(&self, space: &SpaceId) -> Result<Foot, EngineError> {
        let w = self.whereabouts(space)?;
        let on_relay = if *space == self.personal()? { 0 } else { w.not_on_other.saturating_sub(w.not_on_relay) };
        let (here, unconfirmed_since_ms) = (w.waiting.saturating_add(w.not_on_relay), w.unconfirmed_since);
        Ok(Foot { name: w.name, here, on_relay, heard_at_ms: self.heard_at(space)?, unconfirmed_since_ms })
    }

    fn heard_at(&self, space: &SpaceId) -> Result<Option<Millis>, EngineError> {
        let kept = self.setting(&key(space))?;
        Ok(kept.and_then(|b| b.as_slice().try_into().ok()).map(Millis::from_be_bytes))
    }

    /// Remembers that something of these spaces came from elsewhere, for [`Foot::heard_at_ms`].
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn heard_of(&mut self, spaces: &BTreeSet<SpaceId>, now: Millis) -> Result<(), EngineError> {
        for space in spaces {
            if self.heard_at(space)?.is_none_or(|at| now.abs_diff(at) >= EVERY.unsigned_abs()) {
                self.keep_setting(&key(space), &now.to_be_bytes())?;
            }
        }
        Ok(())
    }
}
