//! Answers: what a person says in a check-in, a harvest or minutes, told to the other or kept to themselves.
//!
//! What is kept stands in the personal space, about the same session: the other's devices and the pair's export never hold it, one's own other
//! devices and recovery words do.

use std::collections::{BTreeMap, BTreeSet};

use super::read::read;
use super::{Core, Engine, EngineError};
use crate::document::{Command, DocumentKind, derived_id};
use crate::event::payload::{Answer, CheckIn, Harvest, Minutes};
use crate::event::state::aliases;
use crate::event::{EventDraft, HeldEvent, Payload};
use crate::id::{DocumentId, EventId, SpaceId};
use crate::store::{Db, SpaceKind};
use crate::sync::machine::Millis;
use crate::view::{ActionView, Form, KeptAnswers, RowKind, SessionView, form_deeds};

/// The kinds of events that are answers.
const ANSWERS: std::ops::RangeInclusive<u16> = 9..=11;

/// Who is to hold an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// Everybody of the session's space. What was kept of the same form is taken back.
    Both,
    /// One's own devices alone. What was told of the same form before stays told.
    Me,
}

impl Engine {
    /// Fills a form of a session. Told to both, it does what it says too: actions that `tried` names by their ids are ticked off on `today`, and
    /// techniques that `techniques` names are put on the session. Kept to oneself it changes nothing that the other sees.
    ///
    /// # Errors
    /// [`EngineError::NotFound`] for the session; [`EngineError::Answer`] for what a prompt does not take; [`EngineError::Invalid`] where nothing is
    /// answered or it is too long; [`EngineError::ReadOnly`]. Nothing is kept then.
    pub fn fill_form(
        &mut self,
        space: &SpaceId,
        session: DocumentId,
        form: Form,
        mut answers: Vec<Answer>,
        today: &str,
        (audience, now): (Audience, Millis),
    ) -> Result<EventId, EngineError> {
        for answer in &mut answers {
            answer.words.take_if(|w| w.trim().is_empty());
            answer.chosen.take_if(|c| c.is_empty());
        }
        answers.retain(|a| a.words.is_some() || a.scale.is_some() || a.chosen.is_some());
        if answers.is_empty() {
            return Err(EngineError::Invalid("nothing was answered, so nothing was kept"));
        }
        let actions: Vec<ActionView> = self.views(space, RowKind::Action, true, usize::MAX >> 1)?;
        let deeds = form_deeds(&mut answers, &actions, self.me(), today).map_err(EngineError::Answer)?;
        let payload = match form.phase() {
            Some(phase) => CheckIn { phase, answers }.into(),
            None => Harvest { answers }.into(),
        };
        self.answer(space, session, payload, &deeds, (audience, now))
    }

    /// Keeps one's minutes of a session.
    ///
    /// # Errors
    /// As [`Engine::fill_form`].
    pub fn keep_minutes(
        &mut self,
        space: &SpaceId,
        session: DocumentId,
        text: String,
        audience: Audience,
        now: Millis,
    ) -> Result<EventId, EngineError> {
        if text.trim().is_empty() {
            return Err(EngineError::Invalid("the minutes are empty"));
        }
        self.answer(space, session, Minutes { text }.into(), &[], (audience, now))
    }

    fn answer(
        &mut self,
        space: &SpaceId,
        session: DocumentId,
        payload: Payload,
        deeds: &[Command],
        (audience, now): (Audience, Millis),
    ) -> Result<EventId, EngineError> {
        let id = self.transact(|core, db| {
            core.shown_row(db, space, RowKind::Session, &session.0)?.ok_or(EngineError::NotFound("session"))?;
            let personal = core.personal().ok_or(EngineError::Keys)?;
            let draft = |id: DocumentId, payload| EventDraft { subject: id.0, payload };
            if audience == Audience::Me {
                core.may_write(&personal)?;
                // What was kept under another document of the meeting is replaced as well.
                for (kept, nothing) in core.kept_like(db, space, session, &payload)?.into_iter().filter(|(kept, _)| *kept != session) {
                    core.state(db, &personal, draft(kept, nothing), now)?;
                }
                return core.state(db, &personal, draft(session, payload), now);
            }
            core.may_write(space)?;
            core.may_state(db, space, &draft(session, payload.clone()))?;
            for command in deeds {
                let (document, kind) = match command {
                    Command::Item(_) => (derived_id(*space, DocumentKind::Goals), DocumentKind::Goals),
                    _ => (session, DocumentKind::Session),
                };
                core.is_verified(db, space, document)?;
                core.edit(db, space, document, kind, now, |d, author| d.edit(author, command))?;
            }
            for (kept, nothing) in core.kept_like(db, space, session, &payload)? {
                core.state(db, &personal, draft(kept, nothing), now)?;
            }
            core.state(db, space, draft(session, payload), now)
        })?;
        self.after_writing(now);
        Ok(id)
    }

    /// Adds to sessions what this person keeps to themselves about them.
    pub(super) fn keep_private(&self, db: &Db<'_>, sessions: &mut [SessionView]) -> Result<(), EngineError> {
        let kept = self.core.kept_by_session(db)?;
        if !kept.is_empty() {
            let kept: Vec<KeptAnswers> = kept.into_iter().map(|(_, k)| k).collect();
            sessions.iter_mut().for_each(|s| s.keep_private(&kept));
        }
        Ok(())
    }
}

impl Core {
    /// What this person keeps to themselves about any session, in order.
    fn kept_answers(&self, db: &Db<'_>) -> Result<Vec<HeldEvent>, EngineError> {
        let Some(personal) = self.personal() else { return Ok(Vec::new()) };
        let mut all = Vec::new();
        for kind in ANSWERS {
            all.extend(self.kind_of(db, &personal, kind)?);
        }
        all.sort_by_key(|e| (e.effective, e.id));
        Ok(all)
    }

    /// What this person keeps to themselves, by session, each with the space in which the session stands; without one where this device does not hold it.
    pub(super) fn kept_by_session(&self, db: &Db<'_>) -> Result<Vec<(Option<SpaceId>, KeptAnswers)>, EngineError> {
        let all = self.kept_answers(db)?;
        let about: BTreeSet<DocumentId> = all.iter().map(|e| DocumentId(e.event.subject)).collect();
        let mut out = Vec::new();
        for session in about {
            let (mut at, mut title) = (None, String::new());
            for space in self.spaces.values().filter(|s| s.kind == SpaceKind::Pair) {
                if let Some(row) = self.shown_row(db, &space.id, RowKind::Session, &session.0)? {
                    (at, title) = (Some(space.id), read::<SessionView>(&row.view)?.title);
                }
            }
            out.extend(KeptAnswers::of(&all, session, title).map(|kept| (at, kept)));
        }
        Ok(out)
    }

    /// What takes back what is kept of the form that `told` fills, by the documents of the meeting under which something stands.
    fn kept_like(
        &self,
        db: &Db<'_>,
        space: &SpaceId,
        session: DocumentId,
        told: &Payload,
    ) -> Result<Vec<(DocumentId, Payload)>, EngineError> {
        let Some(nothing) = unanswered(told) else { return Ok(Vec::new()) };
        let mut last: BTreeMap<DocumentId, Payload> = BTreeMap::new();
        for kept in self.kept_answers(db)? {
            if unanswered(&kept.event.payload).as_ref() == Some(&nothing) {
                last.insert(DocumentId(kept.event.subject), kept.event.payload);
            }
        }
        last.retain(|_, kept| *kept != nothing);
        if last.is_empty() {
            return Ok(Vec::new());
        }
        let roots = aliases(&self.shown_of_kind(db, space, 8)?);
        let root = |id: &DocumentId| roots.get(id).copied().unwrap_or(*id);
        last.retain(|id, _| root(id) == root(&session));
        Ok(last.into_keys().map(|id| (id, nothing.clone())).collect())
    }
}

/// The same form with nothing answered, which takes back what was; `None` for what is no form.
fn unanswered(payload: &Payload) -> Option<Payload> {
    match payload {
        Payload::CheckIn(c) => Some(CheckIn { phase: c.phase, answers: Vec::new() }.into()),
        Payload::Harvest(_) => Some(Harvest { answers: Vec::new() }.into()),
        Payload::Minutes(_) => Some(Minutes { text: String::new() }.into()),
        _ => None,
    }
}
