//! Messages: by pages, saying, rewording, taking back, reacting.

use ithaca_core::engine::Engine;
use ithaca_core::event::payload::{Message, MessageEdit, MessageWithdraw, Reaction};
use ithaca_core::event::{EventDraft, Payload, SPACE_SUBJECT};
use ithaca_core::id::{EventId, SpaceId};
use ithaca_core::view;

use crate::app::Ithaca;
use crate::error::{Done, Input, bad};
use crate::people::{People, Who, id};
use crate::runtime::now;
use crate::status::Place;

/// Who reacted with one emoji.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ReactionView {
    /// The emoji.
    pub emoji: String,
    /// Who.
    pub people: Vec<Who>,
}

/// A message.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct MessageView {
    /// Its id.
    pub message: String,
    /// Who said it.
    pub by: Who,
    /// When, on their wall clock.
    pub at_ms: i64,
    /// Its place in the order: a page before it begins here.
    pub order: u64,
    /// What it says now; `None` when withdrawn.
    pub text: Option<String>,
    /// The message it answers.
    pub reply: Option<String>,
    /// When it was last reworded.
    pub edited_at_ms: Option<i64>,
    /// It was taken back, and may have been read before.
    pub may_have_been_read: bool,
    /// Reactions that stand.
    pub reactions: Vec<ReactionView>,
    /// Others who said they read it.
    pub read_by: Vec<Who>,
    /// For one's own: how far it came.
    pub at: Option<Place>,
}

/// A page of messages.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct MessagePage {
    /// Messages, oldest first.
    pub messages: Vec<MessageView>,
    /// What the page before this one is asked with; `None` where there is none.
    pub before: Option<u64>,
}

pub(crate) fn page(e: &Engine, space: &SpaceId, before: Option<u64>, limit: usize) -> Done<MessagePage> {
    let (people, me) = (People::of(e, space)?, e.me());
    let all = e.messages(space, before, limit)?;
    let mine: Vec<EventId> = all.iter().filter(|m| m.by == me).map(|m| m.id).collect();
    let mut places = e.event_statuses(space, &mine)?.into_iter();
    let first = if all.len() < limit { None } else { all.first().map(|m| m.effective) };
    let one = |m: view::MessageView| {
        let at = if m.by == me { places.next() } else { None };
        let maybe = m.may_have_been_read
            || (m.withdrawn && !matches!(at, Some(ithaca_core::engine::Where::Here | ithaca_core::engine::Where::Relay)));
        MessageView {
            message: m.id.to_string(),
            by: people.who(m.by),
            at_ms: m.at_ms,
            order: m.effective,
            reply: m.reply.map(|r| r.to_string()),
            edited_at_ms: m.edited_at_ms,
            may_have_been_read: maybe,
            reactions: m.reactions.iter().map(|r| ReactionView { emoji: r.emoji.clone(), people: people.all(&r.people) }).collect(),
            read_by: people.all(&m.read_by),
            at: at.map(Place::from),
            text: m.text,
        }
    };
    Ok(MessagePage { messages: all.into_iter().map(one).collect(), before: first })
}

fn state(e: &mut Engine, space: &SpaceId, payload: Payload) -> Done<EventId> {
    Ok(e.state(space, EventDraft { subject: SPACE_SUBJECT, payload }, now())?)
}

fn said(text: String) -> Done<String> {
    if text.trim().is_empty() { Err(bad(Input::Value, "there is nothing to say")) } else { Ok(text) }
}

#[uniffi::export]
impl Ithaca {
    /// The last messages before `before` (see [`MessagePage`]), or the last of all.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn messages(&self, space: String, before: Option<u64>, limit: u32) -> Done<MessagePage> {
        let space = id(&space)?;
        self.handle.engine(move |e| page(e, &space, before, limit as usize)).await
    }

    /// Says something. Gives the message's id.
    ///
    /// # Errors
    /// `ReadOnly`; `Refused` for more than 64 KiB.
    pub async fn say(&self, space: String, text: String, reply: Option<String>) -> Done<String> {
        let (space, reply, text) = (id(&space)?, reply.as_deref().map(id).transpose()?, said(text)?);
        self.handle.engine(move |e| Ok(state(e, &space, Message { text, reply }.into())?.to_string())).await
    }

    /// Rewords one's own message.
    ///
    /// # Errors
    /// As [`Ithaca::say`].
    pub async fn reword(&self, space: String, message: String, text: String) -> Done {
        let (space, target, text) = (id(&space)?, id(&message)?, said(text)?);
        self.handle.engine(move |e| state(e, &space, MessageEdit { target, text }.into()).map(drop)).await
    }

    /// This person read up to a message: the other is told if that is wanted, and was not before.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn read_to(&self, space: String, message: String) -> Done {
        let (space, message) = (id(&space)?, id(&message)?);
        self.handle.engine(move |e| Ok(e.read_to(&space, &message, now()).map(drop)?)).await
    }

    /// Takes one's own message back; until that arrives they may read it.
    ///
    /// # Errors
    /// `ReadOnly`.
    pub async fn withdraw_message(&self, space: String, message: String) -> Done {
        let (space, target) = (id(&space)?, id(&message)?);
        self.handle.engine(move |e| state(e, &space, MessageWithdraw { target }.into()).map(drop)).await
    }

    /// Reacts to a message, or takes the reaction back.
    ///
    /// # Errors
    /// `ReadOnly`.
    pub async fn react(&self, space: String, message: String, emoji: String, on: bool) -> Done {
        let (space, target) = (id(&space)?, id(&message)?);
        self.handle.engine(move |e| state(e, &space, Reaction { target, emoji, on }.into()).map(drop)).await
    }
}
