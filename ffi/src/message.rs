//! Messages: by pages, saying, rewording, taking back, reacting.

use ithaca_core::engine::{Engine, Said};
use ithaca_core::event::payload::{Message, MessageEdit, MessageWithdraw, Reaction};
use ithaca_core::event::{EventDraft, Payload, SPACE_SUBJECT};
use ithaca_core::id::{EventId, SpaceId};

use crate::app::Ithaca;
use crate::error::{Done, Input, bad};
use crate::people::{People, Who};
use crate::runtime::now;
use crate::status::Place;

/// Who reacted with one emoji.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ReactionView {
    pub emoji: String,
    pub people: Vec<Who>,
}

/// A message.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct MessageView {
    pub message: EventId,
    pub by: Who,
    pub at_ms: i64,
    /// What it says now; `None` when withdrawn.
    pub text: Option<String>,
    /// The message it answers.
    pub reply: Option<EventId>,
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
    let people = People::of(e, space)?;
    let page = e.message_page(space, before, limit)?;
    let one = |Said { message: m, at }| MessageView {
        message: m.id,
        by: people.who(m.by),
        at_ms: m.at_ms,
        text: m.text,
        reply: m.reply,
        edited_at_ms: m.edited_at_ms,
        may_have_been_read: m.may_have_been_read,
        reactions: m.reactions.into_iter().map(|r| ReactionView { people: people.all(&r.people), emoji: r.emoji }).collect(),
        read_by: people.all(&m.read_by),
        at,
    };
    Ok(MessagePage { messages: page.messages.into_iter().map(one).collect(), before: page.before })
}

fn said(text: String) -> Done<String> {
    if text.trim().is_empty() { Err(bad(Input::Value, "there is nothing to say")) } else { Ok(text) }
}

impl Ithaca {
    async fn tell(&self, space: SpaceId, payload: Payload) -> Done<EventId> {
        self.ask(move |e| e.state(&space, EventDraft { subject: SPACE_SUBJECT, payload }, now())).await
    }
}

#[uniffi::export]
impl Ithaca {
    /// The last messages before `before` (see [`MessagePage`]), or the last of all.
    pub async fn messages(&self, space: SpaceId, before: Option<u64>, limit: u32) -> Done<MessagePage> {
        self.engine(move |e| page(e, &space, before, limit as usize)).await
    }

    /// Says something. Gives the message's id.
    ///
    /// # Errors
    /// `ReadOnly`; `Refused` for more than 64 KiB.
    pub async fn say(&self, space: SpaceId, text: String, reply: Option<EventId>) -> Done<EventId> {
        self.tell(space, Message { text: said(text)?, reply }.into()).await
    }

    /// Rewords one's own message.
    ///
    /// # Errors
    /// As [`Ithaca::say`].
    pub async fn reword(&self, space: SpaceId, message: EventId, text: String) -> Done {
        self.tell(space, MessageEdit { target: message, text: said(text)? }.into()).await.map(drop)
    }

    /// This person read up to a message: the other is told if that is wanted, and was not before.
    pub async fn read_to(&self, space: SpaceId, message: EventId) -> Done {
        self.ask(move |e| e.read_to(&space, &message, now()).map(drop)).await
    }

    /// Takes one's own message back; until that arrives they may read it.
    pub async fn withdraw_message(&self, space: SpaceId, message: EventId) -> Done {
        self.tell(space, MessageWithdraw { target: message }.into()).await.map(drop)
    }

    /// Reacts to a message, or takes the reaction back.
    pub async fn react(&self, space: SpaceId, message: EventId, emoji: String, on: bool) -> Done {
        self.tell(space, Reaction { target: message, emoji, on }.into()).await.map(drop)
    }
}
