//! Messages as they are shown: by pages, with how far one's own came.

use serde::Serialize;

use crate::engine::{Engine, EngineError, Where};
use crate::event::{HeldEvent, Payload};
use crate::id::{EventId, SpaceId};
use crate::view::{self, MessageView};

/// A message with how far it came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Said {
    /// The message. What was taken back says that it may have been read wherever nothing shows that it was not: where it lies on the other's phone, and
    /// where it is the other's, since whoever sees it may have.
    pub message: MessageView,
    /// Of this person's: how far it came.
    pub at: Option<Where>,
}

/// A page of messages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MessagePage {
    /// Messages, oldest first.
    pub messages: Vec<Said>,
    /// The effective clock that the page before this one is asked with; `None` where there is none.
    pub before: Option<u64>,
}

impl Engine {
    /// The last `limit` messages before the effective clock `before`, oldest first, with what was said about them.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn messages(&self, space: &SpaceId, before: Option<u64>, limit: usize) -> Result<Vec<MessageView>, EngineError> {
        let mut events = self.said(space, before.unwrap_or(u64::MAX), limit)?;
        let Some(first) = events.iter().filter(|e| matches!(e.event.payload, Payload::Message(_))).map(|e| e.effective).min() else {
            return Ok(Vec::new());
        };
        // A receipt says nothing about what comes after it.
        let db = self.store.read();
        let receipts = self.core.shown_events(&db, space, false, |no| db.events_since(no, 5, first), usize::MAX)?;
        events.extend(receipts.into_iter().filter_map(|r| self.core.held(r)));
        Ok(view::messages(&events))
    }

    /// The last `limit` messages before an effective clock, newest first, and what was said about them but for receipts.
    pub(in crate::engine) fn said(&self, space: &SpaceId, before: u64, limit: usize) -> Result<Vec<HeldEvent>, EngineError> {
        let db = self.store.read();
        let said = self.core.shown_events(&db, space, true, |no| db.last_events(no, 1, before, limit), limit)?;
        let Some(first) = said.last().map(|r| r.effective) else { return Ok(Vec::new()) };
        let mut events: Vec<HeldEvent> = said.into_iter().filter_map(|r| self.core.held(r)).collect();
        events.extend(self.core.said_of_messages(&db, space, first, before)?);
        Ok(events)
    }

    /// One message, with what was said about it but for receipts.
    pub(in crate::engine) fn message(&self, space: &SpaceId, id: &EventId) -> Result<Option<MessageView>, EngineError> {
        let db = self.store.read();
        let counting = |no| Ok(db.event(no, id)?.filter(|r| r.counts).into_iter().collect());
        let Some(said) = self.core.shown_events(&db, space, true, counting, 1)?.pop() else { return Ok(None) };
        let mut events = self.core.said_of_messages(&db, space, said.effective, said.effective.saturating_add(1))?;
        events.extend(self.core.held(said));
        Ok(view::messages(&events).into_iter().find(|m| m.id == *id))
    }

    /// A page of messages: the last `limit` before the effective clock `before`.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn message_page(&self, space: &SpaceId, before: Option<u64>, limit: usize) -> Result<MessagePage, EngineError> {
        let all = self.messages(space, before, limit)?;
        let first = if all.len() < limit { None } else { all.first().map(|m| m.effective) };
        let one = |mut message: MessageView| {
            let at = if message.by == self.me() { Some(self.event_status(space, &message.id)?.at) } else { None };
            message.may_have_been_read |= message.withdrawn && !matches!(at, Some(Where::Here | Where::Relay));
            Ok(Said { message, at })
        };
        Ok(MessagePage { messages: all.into_iter().map(one).collect::<Result<_, EngineError>>()?, before: first })
    }
}
