//! Sessions as they are shown: those that are one meeting joined, and one with what belongs to it from elsewhere.

use std::collections::BTreeSet;

use serde::Serialize;

use super::ALL;
use crate::engine::{Engine, EngineError};
use crate::event::SessionState;
use crate::event::state::aliases;
use crate::id::{DocumentId, ItemId, SpaceId};
use crate::view::{self, ActionView, Carried, RowKind, SessionView};

/// A session with what belongs to it from elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SessionInFull {
    /// The session, in the bin or not.
    pub session: SessionView,
    /// The proposed time that both accepted.
    pub agreed: Option<ItemId>,
    /// What earlier sessions left open; nothing once this one is over or in the bin.
    pub carried: Vec<Carried>,
    /// Actions promised since the last session.
    pub since_last: Vec<ActionView>,
    /// Actions promised in this one.
    pub promised: Vec<ActionView>,
}

impl Engine {
    /// Sessions, those that are one meeting joined, by day; those without a day last.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn sessions(&self, space: &SpaceId) -> Result<Vec<SessionView>, EngineError> {
        let db = self.store.read();
        let events = self.core.shown_of_kind(&db, space, 8)?;
        let mut sessions = view::joined(self.views(space, RowKind::Session, true, usize::MAX >> 1)?, &aliases(&events));
        self.keep_private(&db, &mut sessions)?;
        sessions.sort_by_cached_key(|s| (s.day().is_none(), s.day(), s.id));
        Ok(sessions)
    }

    /// Planned sessions, as [`Engine::sessions`] has them.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn open_sessions(&self, space: &SpaceId) -> Result<Vec<SessionView>, EngineError> {
        let db = self.store.read();
        let roots = aliases(&self.core.shown_of_kind(&db, space, 8)?);
        let mut sessions: Vec<SessionView> = self.open_views(space, RowKind::Session)?;
        // Of one meeting in several documents all are needed: one of them may say that it was held.
        let open: BTreeSet<DocumentId> = sessions.iter().map(|s| s.id).collect();
        let met: BTreeSet<DocumentId> = open.iter().filter_map(|id| roots.get(id).copied()).collect();
        for (id, _) in roots.iter().filter(|(id, root)| met.contains(root) && !open.contains(id)) {
            sessions.extend(self.view::<SessionView>(space, RowKind::Session, &id.0)?.filter(|s| s.alive));
        }
        let mut sessions = view::joined(sessions, &roots);
        self.keep_private(&db, &mut sessions)?;
        sessions.retain(|s| s.state == SessionState::Planned);
        sessions.sort_by_cached_key(|s| (s.day().is_none(), s.day(), s.id));
        Ok(sessions)
    }

    /// What a phone may remind of in a space, from one day to another; see [`view::upcoming()`].
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn upcoming(&self, space: &SpaceId, today: &str, until: &str) -> Result<Vec<view::Upcoming>, EngineError> {
        let actions: Vec<view::ActionView> = self.open_views(space, RowKind::Action)?;
        Ok(view::upcoming(&self.open_sessions(space)?, &actions, &self.core.both(space)?, self.me(), today, until))
    }

    /// A session by any of its documents, with what belongs to it from elsewhere.
    ///
    /// # Errors
    /// [`EngineError::NotFound`].
    pub fn session_in_full(&self, space: &SpaceId, which: DocumentId) -> Result<SessionInFull, EngineError> {
        let all = self.sessions(space)?;
        let session = match all.iter().find(|s| s.ids.contains(&which)) {
            Some(session) => session.clone(),
            None => self.view::<SessionView>(space, RowKind::Session, &which.0)?.ok_or(EngineError::NotFound("session"))?,
        };
        let actions: Vec<ActionView> = self.views(space, RowKind::Action, true, ALL)?;
        let here = |a: &&ActionView| a.is_listed() && a.from.is_some_and(|f| session.ids.iter().any(|i| i.0 == f.0));
        let ahead = session.alive && session.state == SessionState::Planned;
        Ok(SessionInFull {
            agreed: session.agreed(&self.core.both(space)?).map(|p| p.id),
            carried: if ahead { view::carried(&all, session.id) } else { Vec::new() },
            since_last: view::since_last(&actions, &all, session.id).into_iter().cloned().collect(),
            promised: actions.iter().filter(here).cloned().collect(),
            session,
        })
    }
}
