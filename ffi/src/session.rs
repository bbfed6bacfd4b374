//! Sessions: before, during, after, harvest. The shared notes and points of the agenda are edited in [`crate::text`].

use std::collections::BTreeSet;

use ithaca_core::document::command::{ItemCommand, SessionCommand as C};
use ithaca_core::document::{Command, DocumentKind};
use ithaca_core::engine::{Audience, Engine, SessionInFull};
pub use ithaca_core::event::SessionState;
use ithaca_core::event::payload::{self, SessionAlias, SessionStateSet};
use ithaca_core::event::{EventDraft, Payload, Phase};
use ithaca_core::id::{DocumentId, ItemId, SpaceId};
use ithaca_core::view::{self, RowKind, same_meeting};
pub use ithaca_core::view::{Form, PromptKind};

use crate::app::Ithaca;
use crate::card::{DifferView, ValueView, differs, values};
use crate::error::{Done, missing, refused};
use crate::goal::{ActionView, TickView, ticks};
use crate::people::{People, Who};
use crate::runtime::now;
use crate::status::Place;
use crate::text::{TextView, day, today};

/// What became of a session.
#[uniffi::remote(Enum)]
pub enum SessionState {
    Planned,
    Held,
    Missed,
    Cancelled,
}

/// One of the forms of a session.
#[uniffi::remote(Enum)]
pub enum Form {
    Before,
    After,
    Harvest,
}

/// How a prompt is answered: a place from 1 to 5, words, things chosen from a list.
#[uniffi::remote(Enum)]
pub enum PromptKind {
    Scale,
    Words,
    Chosen,
}

/// A prompt. Its words are the app's.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Prompt {
    /// Its stable name.
    pub name: String,
    /// How it is answered.
    pub kind: PromptKind,
}

/// An answer to one prompt.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Answer {
    /// The prompt's name.
    pub prompt: String,
    pub words: Option<String>,
    /// A place on the scale.
    pub scale: Option<u8>,
    /// Things chosen. In the answer to `tried` they are ids of actions, or words that were read, when given, and words when read.
    pub chosen: Vec<String>,
}

/// What a person answered in a form.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct FormView {
    pub form: Form,
    pub by: Who,
    pub answers: Vec<Answer>,
    pub at_ms: i64,
    /// Other answers of the same person that nothing replaced.
    pub also: Vec<Vec<Answer>>,
    /// Whether nobody but one's own devices holds it.
    pub alone: bool,
}

/// A person's minutes.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct MinutesView {
    pub by: Who,
    pub text: String,
    pub at_ms: i64,
    /// Other minutes of the same person that nothing replaced.
    pub also: Vec<String>,
    /// Whether nobody but one's own devices holds it.
    pub alone: bool,
}

/// A session in a list.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct SessionLine {
    pub session: DocumentId,
    pub title: String,
    /// The calendar day it stands under.
    pub day: Option<String>,
    pub place: Option<String>,
    pub state: SessionState,
    /// The time both accepted.
    pub agreed_at_ms: Option<i64>,
    /// Who filled the check-in before.
    pub ready: Vec<Who>,
    /// Whether two differ on something in it.
    pub differs: bool,
}

/// The sessions of a space.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Sessions {
    /// By day; those without a day last.
    pub lines: Vec<SessionLine>,
    pub bin: Vec<SessionLine>,
    /// *Same meeting?*: groups on one day.
    pub same_meeting: Vec<Vec<DocumentId>>,
}

/// A point of the agenda.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct AgendaView {
    pub item: ItemId,
    /// The session's document it stands in: it is ticked and edited there.
    pub document: DocumentId,
    pub text: TextView,
    /// Who ticked it off.
    pub done: Vec<TickView>,
    /// The session it is carried from.
    pub carried_from: Option<DocumentId>,
}

/// A proposed time.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ProposalView {
    pub item: ItemId,
    /// The session's document it stands in.
    pub document: DocumentId,
    /// The instant.
    pub at_ms: i64,
    /// The proposer's zone.
    pub zone: String,
    pub accepted: Vec<Who>,
    /// Whether both did, and it is the one that holds.
    pub agreed: bool,
}

/// The shared notes of one session document.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct SessionNotes {
    /// The document: a joined meeting has several.
    pub document: DocumentId,
    pub text: TextView,
}

/// A session, with what belongs to it from elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct SessionView {
    pub line: SessionLine,
    /// The documents it stands for: several, where sessions are one meeting.
    pub documents: Vec<DocumentId>,
    /// What people said last about what became of it.
    pub said: Vec<ValueView>,
    pub notes: Vec<SessionNotes>,
    /// The agenda, in order; what earlier sessions left open behind it while this one is ahead.
    pub agenda: Vec<AgendaView>,
    pub agenda_bin: Vec<AgendaView>,
    /// Proposed times that stand.
    pub proposals: Vec<ProposalView>,
    pub techniques: Vec<String>,
    /// Mentoring functions served.
    pub functions: Vec<String>,
    pub forms: Vec<FormView>,
    pub minutes: Vec<MinutesView>,
    /// Promised since the last session.
    pub since_last: Vec<ActionView>,
    /// Promised in this one.
    pub promised: Vec<ActionView>,
    pub differs: Vec<DifferView>,
    /// Deleted by somebody and kept since somebody else edited it.
    pub kept: bool,
    /// Whether this person mentors on some topic here.
    pub mentor: bool,
    /// How far the last thing written here came.
    pub at: Place,
}

/// What is done to a session. Where one can be `None`, that clears it. `AddAgenda` puts a new point at the end; `TickAgenda` without a day takes the tick back,
/// and names the document that a carried point stands in as the session; `MoveAgenda` puts one behind another, or first; `Propose` names an instant and the
/// proposer's zone.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum SessionEdit {
    Title { title: String },
    Date { date: Option<String> },
    Place { place: Option<String> },
    AddAgenda { text: String },
    TickAgenda { item: ItemId, date: Option<String> },
    MoveAgenda { item: ItemId, after: Option<ItemId> },
    DeleteAgenda { item: ItemId },
    RestoreAgenda { item: ItemId },
    Technique { technique: String, on: bool },
    Function { function: String, on: bool },
    Propose { at_ms: i64, zone: String },
    AcceptTime { item: ItemId, on: bool },
    Delete,
    Restore,
}

impl SessionEdit {
    fn command(self, e: &mut Engine) -> Done<Command> {
        let mut new = || Done::Ok(ItemId(e.new_id()?));
        Ok(Command::Session(match self {
            Self::Title { title } => C::Title(title),
            Self::Date { date } => C::Date(day(date)?),
            Self::Place { place } => C::Place(place),
            Self::AddAgenda { text } => C::AddAgenda { id: new()?, text },
            Self::TickAgenda { item, date } => return Ok(Command::Item(ItemCommand::Tick { item, date: day(date)? })),
            Self::MoveAgenda { item, after } => return Ok(Command::Item(ItemCommand::Move { item, after })),
            Self::DeleteAgenda { item } => return Ok(Command::Item(ItemCommand::Delete { item })),
            Self::RestoreAgenda { item } => return Ok(Command::Item(ItemCommand::Restore { item })),
            Self::Technique { technique, on } => C::Technique { technique, on },
            Self::Function { function, on } => C::Function { function, on },
            Self::Propose { at_ms, zone } => C::ProposeTime { id: new()?, at_ms, zone },
            Self::AcceptTime { item, on } => C::AcceptTime { proposal: item, on },
            Self::Delete => C::Delete,
            Self::Restore => C::Restore,
        }))
    }
}

fn shown(all: &[payload::Answer]) -> Vec<Answer> {
    let one = |a: &payload::Answer| Answer {
        prompt: a.prompt.clone(),
        words: a.words.clone(),
        scale: a.scale,
        chosen: a.chosen.clone().unwrap_or_default(),
    };
    all.iter().map(one).collect()
}

impl SessionLine {
    pub(crate) fn of(v: &view::SessionView, people: &People) -> Self {
        let before = v.check_ins.iter().filter(|c| c.phase == Phase::Before);
        Self {
            session: v.id,
            title: v.title.clone(),
            day: v.day(),
            place: v.place.clone(),
            state: v.state,
            agreed_at_ms: v.agreed(&people.both).map(|p| p.at_ms),
            ready: people.all(&before.map(|c| c.person).collect::<BTreeSet<_>>()),
            differs: v.cards > 0,
        }
    }
}

fn forms(v: &view::SessionView, people: &People) -> Vec<FormView> {
    let filled = |form, person, answers: &[payload::Answer], at_ms, also: &[Vec<payload::Answer>], alone| FormView {
        form,
        by: people.who(person),
        answers: shown(answers),
        at_ms,
        also: also.iter().map(|a| shown(a)).collect(),
        alone,
    };
    let phase = |p| if p == Phase::Before { Form::Before } else { Form::After };
    let check_ins = v.check_ins.iter().map(|c| filled(phase(c.phase), c.person, &c.answers, c.at_ms, &c.also, c.private));
    let harvests = v.harvests.iter().map(|h| filled(Form::Harvest, h.person, &h.answers, h.at_ms, &h.also, h.private));
    check_ins.chain(harvests).collect()
}

fn session(e: &Engine, space: &SpaceId, which: DocumentId) -> Done<SessionView> {
    let people = People::of(e, space)?;
    let SessionInFull { session: v, agreed, carried, since_last, promised } = e.session_in_full(space, which)?;
    let point = |a: &view::AgendaView, carried_from| AgendaView {
        item: a.id,
        document: a.document,
        text: TextView::of(&a.text, &people),
        done: ticks(&a.done, &people),
        carried_from,
    };
    let proposal = |p: &view::ProposalView| ProposalView {
        item: p.id,
        document: p.document,
        at_ms: p.at_ms,
        zone: p.zone.clone(),
        accepted: people.all(&p.accepted),
        agreed: Some(p.id) == agreed,
    };
    let minutes = |m: &view::MinutesView| MinutesView {
        by: people.who(m.person),
        text: m.text.clone(),
        at_ms: m.at_ms,
        also: m.also.clone(),
        alone: m.private,
    };
    let own = v.agenda.iter().map(|a| point(a, None));
    Ok(SessionView {
        line: SessionLine::of(&v, &people),
        said: values(&v.said, &people),
        notes: v.notes.iter().map(|n| SessionNotes { document: n.document, text: TextView::of(&n.text, &people) }).collect(),
        agenda: own.chain(carried.iter().map(|c| point(&c.item, Some(c.session)))).collect(),
        agenda_bin: v.bin.iter().map(|a| point(a, None)).collect(),
        proposals: v.proposals.iter().map(proposal).collect(),
        forms: forms(&v, &people),
        minutes: v.minutes.iter().map(minutes).collect(),
        since_last: since_last.iter().map(|a| ActionView::of(a, &people)).collect(),
        promised: promised.iter().map(|a| ActionView::of(a, &people)).collect(),
        differs: differs(&v.differ, &people),
        mentor: e.is_mentor(space)?,
        at: e.document_status(space, v.id)?.at,
        documents: v.ids,
        techniques: v.techniques,
        functions: v.functions,
        kept: v.kept,
    })
}

fn edit(e: &mut Engine, space: &SpaceId, session: DocumentId, command: &Command) -> Done {
    e.edit(space, session, DocumentKind::Session, command, now())?;
    Ok(())
}

fn must_be(e: &Engine, space: &SpaceId, session: DocumentId) -> Done {
    e.view::<serde::de::IgnoredAny>(space, RowKind::Session, &session.0)?.map(drop).ok_or_else(|| missing("session"))
}

fn state(e: &mut Engine, space: &SpaceId, session: DocumentId, payload: Payload) -> Done {
    must_be(e, space, session)?;
    e.state(space, EventDraft { subject: session.0, payload }, now())?;
    Ok(())
}

fn audience(alone: bool) -> Audience {
    if alone { Audience::Me } else { Audience::Both }
}

#[uniffi::export]
impl Ithaca {
    /// The sessions of a space, those that are one meeting joined.
    pub async fn sessions(&self, space: SpaceId) -> Done<Sessions> {
        self.engine(move |e| {
            let (people, all) = (People::of(e, &space)?, e.sessions(&space)?);
            let bin: Vec<view::SessionView> = e.views(&space, RowKind::Session, false, usize::MAX >> 1)?;
            let lines = |all: &[view::SessionView]| all.iter().map(|s| SessionLine::of(s, &people)).collect();
            Ok(Sessions { lines: lines(&all), bin: lines(&bin), same_meeting: same_meeting(&all) })
        })
        .await
    }

    /// A session by any of its documents, in the bin or not.
    pub async fn session(&self, space: SpaceId, session: DocumentId) -> Done<SessionView> {
        self.engine(move |e| self::session(e, &space, session)).await
    }

    /// Plans a session. Gives its id.
    ///
    /// # Errors
    /// `ReadOnly`, `BadInput`.
    pub async fn plan_session(&self, space: SpaceId, title: String, date: Option<String>, edits: Vec<SessionEdit>) -> Done<DocumentId> {
        let date = day(date)?;
        self.engine(move |e| {
            let session = DocumentId(e.new_id()?);
            let commands = edits.into_iter().map(|c| c.command(e)).collect::<Done<Vec<_>>>()?;
            edit(e, &space, session, &Command::Session(C::Create { title, date }))?;
            commands.iter().try_for_each(|c| edit(e, &space, session, c))?;
            Ok(session)
        })
        .await
    }

    /// Does several things to a session, one after the other. What cannot be read is refused before the first is done.
    ///
    /// # Errors
    /// `NotFound`, `ReadOnly`, `BadInput`; those done before stay.
    pub async fn edit_session(&self, space: SpaceId, session: DocumentId, edits: Vec<SessionEdit>) -> Done {
        self.engine(move |e| {
            must_be(e, &space, session)?;
            let commands = edits.into_iter().map(|c| c.command(e)).collect::<Done<Vec<_>>>()?;
            commands.iter().try_for_each(|c| edit(e, &space, session, c))
        })
        .await
    }

    /// Says what became of a session, and why.
    pub async fn set_session_state(&self, space: SpaceId, session: DocumentId, state: SessionState, reason: Option<String>) -> Done {
        self.engine(move |e| self::state(e, &space, session, SessionStateSet { state, reason }.into())).await
    }

    /// Says that two sessions are one meeting, or are not.
    ///
    /// # Errors
    /// `NotFound`, `ReadOnly`; `Refused` for one and the same.
    pub async fn same_meeting(&self, space: SpaceId, one: DocumentId, other: DocumentId, same: bool) -> Done {
        if one == other {
            return Err(refused("these are one and the same session"));
        }
        let payload = SessionAlias { other: ItemId(one.max(other).0), same }.into();
        self.engine(move |e| state(e, &space, one.min(other), payload)).await
    }

    /// The prompts of a form for this person: a mentor's, or a mentee's.
    pub async fn prompts(&self, space: SpaceId, form: Form) -> Done<Vec<Prompt>> {
        let shown = |p: &view::Prompt| Prompt { name: p.name.to_owned(), kind: p.kind };
        self.engine(move |e| Ok(form.prompts(e.is_mentor(&space)?).map(shown).collect())).await
    }

    /// Fills a form. Actions named under `tried` are ticked off today (`today`, where the phone is), techniques named under `techniques` are put
    /// on the session. With `alone` only one's own devices hold it and nothing else changes, until the form is filled without.
    ///
    /// # Errors
    /// `NotFound`, `ReadOnly`; `BadInput` for a place that is not 1 to 5 or a technique there is none of; `Refused` where nothing is answered.
    pub async fn submit_form(
        &self,
        space: SpaceId,
        session: DocumentId,
        form: Form,
        answers: Vec<Answer>,
        alone: bool,
        today: String,
    ) -> Done {
        let today = self::today(today)?;
        let answer = |a: Answer| payload::Answer { prompt: a.prompt, words: a.words, scale: a.scale, chosen: Some(a.chosen) };
        let answers = answers.into_iter().map(answer).collect();
        self.ask(move |e| e.fill_form(&space, session, form, answers, &today, (audience(alone), now())).map(drop)).await
    }

    /// Keeps one's minutes of a session; with `alone` on one's own devices alone.
    ///
    /// # Errors
    /// `NotFound`, `ReadOnly`; `Refused` for none, and for more than 64 KiB.
    pub async fn keep_minutes(&self, space: SpaceId, session: DocumentId, text: String, alone: bool) -> Done {
        self.ask(move |e| e.keep_minutes(&space, session, text, audience(alone), now()).map(drop)).await
    }
}
