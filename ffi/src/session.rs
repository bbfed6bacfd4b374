//! Sessions: before, during, after, harvest. The shared notes and points of the agenda are edited in [`crate::text`].

use std::collections::BTreeSet;

use ithaca_core::document::command::{ItemCommand, SessionCommand as C};
use ithaca_core::document::{Command, DocumentKind};
use ithaca_core::engine::{Audience, Engine};
use ithaca_core::event::payload::{self, SessionAlias, SessionStateSet};
use ithaca_core::event::{self, EventDraft, Payload};
use ithaca_core::id::{DocumentId, ItemId, SpaceId};
use ithaca_core::view::{self, RowKind, carried, same_meeting, since_last};

use crate::app::Ithaca;
use crate::card::{DifferView, ValueView, differs, values};
use crate::error::{Done, missing, refused};
use crate::goal::{ActionView, TickView, ticks};
use crate::people::{People, Who, id};
use crate::runtime::now;
use crate::status::Place;
use crate::text::{TextView, day};

/// What became of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum SessionState {
    /// Ahead.
    Planned,
    /// It took place.
    Held,
    /// Somebody did not come.
    Missed,
    /// Called off.
    Cancelled,
}

/// One of the forms of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum Form {
    /// The check-in before.
    Before,
    /// The check-in after.
    After,
    /// The harvest.
    Harvest,
}

/// How a prompt is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum PromptKind {
    /// A place from 1 to 5.
    Scale,
    /// Words.
    Words,
    /// Things chosen from a list.
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
    /// Words, if any.
    pub words: Option<String>,
    /// A place on the scale, if any.
    pub scale: Option<u8>,
    /// Things chosen. In the answer to `tried` they are ids of actions, or words that were read, when given, and words when read.
    pub chosen: Vec<String>,
}

/// What a person answered in a form.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct FormView {
    /// Which form.
    pub form: Form,
    /// Who.
    pub by: Who,
    /// The answers.
    pub answers: Vec<Answer>,
    /// When, on their wall clock.
    pub at_ms: i64,
    /// Other answers of the same person that nothing replaced.
    pub also: Vec<Vec<Answer>>,
    /// Whether nobody but one's own devices holds it.
    pub alone: bool,
}

/// A person's minutes.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct MinutesView {
    /// Who.
    pub by: Who,
    /// The words.
    pub text: String,
    /// When, on their wall clock.
    pub at_ms: i64,
    /// Other minutes of the same person that nothing replaced.
    pub also: Vec<String>,
    /// Whether nobody but one's own devices holds it.
    pub alone: bool,
}

/// A session in a list.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct SessionLine {
    /// Its id.
    pub session: String,
    /// Its name.
    pub title: String,
    /// The calendar day it stands under.
    pub day: Option<String>,
    /// Where.
    pub place: Option<String>,
    /// What became of it.
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
    /// Those in the bin.
    pub bin: Vec<SessionLine>,
    /// *Same meeting?*: groups on one day.
    pub same_meeting: Vec<Vec<String>>,
}

/// A point of the agenda.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct AgendaView {
    /// Its id.
    pub item: String,
    /// The session's document it stands in: it is ticked and edited there.
    pub document: String,
    /// Its words.
    pub text: TextView,
    /// Who ticked it off.
    pub done: Vec<TickView>,
    /// The session it is carried from.
    pub carried_from: Option<String>,
}

/// A proposed time.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ProposalView {
    /// Its id.
    pub item: String,
    /// The session's document it stands in.
    pub document: String,
    /// The instant.
    pub at_ms: i64,
    /// The proposer's zone.
    pub zone: String,
    /// Who accepted it.
    pub accepted: Vec<Who>,
    /// Whether both did, and it is the one that holds.
    pub agreed: bool,
}

/// The shared notes of one session document.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct SessionNotes {
    /// The document: a joined meeting has several.
    pub document: String,
    /// The notes.
    pub text: TextView,
}

/// A session, with what belongs to it from elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct SessionView {
    /// Its line.
    pub line: SessionLine,
    /// The documents it stands for: several, where sessions are one meeting.
    pub documents: Vec<String>,
    /// What people said last about what became of it.
    pub said: Vec<ValueView>,
    /// The shared notes.
    pub notes: Vec<SessionNotes>,
    /// The agenda, in order; what earlier sessions left open behind it while this one is ahead.
    pub agenda: Vec<AgendaView>,
    /// Points in the bin.
    pub agenda_bin: Vec<AgendaView>,
    /// Proposed times that stand.
    pub proposals: Vec<ProposalView>,
    /// Techniques used.
    pub techniques: Vec<String>,
    /// Mentoring functions served.
    pub functions: Vec<String>,
    /// What each person answered.
    pub forms: Vec<FormView>,
    /// Each person's minutes.
    pub minutes: Vec<MinutesView>,
    /// Promised since the last session.
    pub since_last: Vec<ActionView>,
    /// Promised in this one.
    pub promised: Vec<ActionView>,
    /// Fields on which people differ.
    pub differs: Vec<DifferView>,
    /// Deleted by somebody and kept since somebody else edited it.
    pub kept: bool,
    /// Whether this person mentors on some topic here.
    pub mentor: bool,
    /// How far the last thing written here came.
    pub at: Place,
}

/// What is done to a session.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum SessionEdit {
    /// Names it.
    Title {
        /// The name.
        title: String,
    },
    /// Its day.
    Date {
        /// The day.
        date: Option<String>,
    },
    /// Where.
    Place {
        /// Where.
        place: Option<String>,
    },
    /// A new point at the end of the agenda.
    AddAgenda {
        /// Its words.
        text: String,
    },
    /// Ticks off a point, or takes one's tick back. A carried point is ticked where it stands: name that document as the session.
    TickAgenda {
        /// The point.
        item: String,
        /// The day; `None` takes the tick back.
        date: Option<String>,
    },
    /// Moves a point behind another; `None` is the front.
    MoveAgenda {
        /// The point.
        item: String,
        /// Behind which.
        after: Option<String>,
    },
    /// Puts a point into the bin.
    DeleteAgenda {
        /// The point.
        item: String,
    },
    /// Takes a point out of the bin.
    RestoreAgenda {
        /// The point.
        item: String,
    },
    /// Adds or takes away a technique.
    Technique {
        /// The technique.
        technique: String,
        /// Whether it is on.
        on: bool,
    },
    /// Adds or takes away a mentoring function.
    Function {
        /// The function.
        function: String,
        /// Whether it is on.
        on: bool,
    },
    /// Proposes a time.
    Propose {
        /// The instant.
        at_ms: i64,
        /// The proposer's zone.
        zone: String,
    },
    /// Accepts a proposed time, or takes that back.
    AcceptTime {
        /// The proposal.
        item: String,
        /// Whether it is accepted.
        on: bool,
    },
    /// Puts it into the bin.
    Delete,
    /// Takes it out of the bin.
    Restore,
}

impl SessionEdit {
    fn command(self, e: &mut Engine) -> Done<Command> {
        let new = |e: &mut Engine| Done::Ok(ItemId(e.new_id()?));
        let item = |c| Ok(Command::Item(c));
        Ok(Command::Session(match self {
            Self::Title { title } => C::Title(title),
            Self::Date { date } => C::Date(day(date)?),
            Self::Place { place } => C::Place(place),
            Self::AddAgenda { text } => C::AddAgenda { id: new(e)?, text },
            Self::TickAgenda { item: i, date } => return item(ItemCommand::Tick { item: id(&i)?, date: day(date)? }),
            Self::MoveAgenda { item: i, after } => {
                return item(ItemCommand::Move { item: id(&i)?, after: after.as_deref().map(id).transpose()? });
            }
            Self::DeleteAgenda { item: i } => return item(ItemCommand::Delete { item: id(&i)? }),
            Self::RestoreAgenda { item: i } => return item(ItemCommand::Restore { item: id(&i)? }),
            Self::Technique { technique, on } => C::Technique { technique, on },
            Self::Function { function, on } => C::Function { function, on },
            Self::Propose { at_ms, zone } => C::ProposeTime { id: new(e)?, at_ms, zone },
            Self::AcceptTime { item, on } => C::AcceptTime { proposal: id(&item)?, on },
            Self::Delete => C::Delete,
            Self::Restore => C::Restore,
        }))
    }
}

impl SessionState {
    fn of(s: event::SessionState) -> Self {
        match s {
            event::SessionState::Planned => Self::Planned,
            event::SessionState::Held => Self::Held,
            event::SessionState::Missed => Self::Missed,
            event::SessionState::Cancelled => Self::Cancelled,
        }
    }

    fn core(self) -> event::SessionState {
        match self {
            Self::Planned => event::SessionState::Planned,
            Self::Held => event::SessionState::Held,
            Self::Missed => event::SessionState::Missed,
            Self::Cancelled => event::SessionState::Cancelled,
        }
    }
}

impl Form {
    fn core(self) -> view::Form {
        match self {
            Self::Before => view::Form::Before,
            Self::After => view::Form::After,
            Self::Harvest => view::Form::Harvest,
        }
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
        let before = v.check_ins.iter().filter(|c| c.phase == event::Phase::Before);
        Self {
            session: v.id.to_string(),
            title: v.title.clone(),
            day: v.day(),
            place: v.place.clone(),
            state: SessionState::of(v.state),
            agreed_at_ms: v.agreed(&people.everybody()).map(|p| p.at_ms),
            ready: before.map(|c| c.person).collect::<BTreeSet<_>>().into_iter().map(|p| people.who(p)).collect(),
            differs: v.cards > 0,
        }
    }
}

fn forms(v: &view::SessionView, people: &People) -> Vec<FormView> {
    let check_in = |c: &view::CheckInView| FormView {
        form: if c.phase == event::Phase::Before { Form::Before } else { Form::After },
        by: people.who(c.person),
        answers: shown(&c.answers),
        at_ms: c.at_ms,
        also: c.also.iter().map(|a| shown(a)).collect(),
        alone: c.private,
    };
    let harvest = |h: &view::HarvestView| FormView {
        form: Form::Harvest,
        by: people.who(h.person),
        answers: shown(&h.answers),
        at_ms: h.at_ms,
        also: h.also.iter().map(|a| shown(a)).collect(),
        alone: h.private,
    };
    v.check_ins.iter().map(check_in).chain(v.harvests.iter().map(harvest)).collect()
}

fn point(a: &view::AgendaView, from: Option<DocumentId>, people: &People) -> AgendaView {
    AgendaView {
        item: a.id.to_string(),
        document: a.document.to_string(),
        text: TextView::of(&a.text, people),
        done: ticks(&a.done, people),
        carried_from: from.map(|f| f.to_string()),
    }
}

fn session(e: &Engine, space: &SpaceId, which: DocumentId) -> Done<SessionView> {
    let (people, all) = (People::of(e, space)?, e.sessions(space)?);
    let binned: Vec<view::SessionView>;
    let v = match all.iter().find(|s| s.ids.contains(&which)) {
        Some(v) => v,
        None => {
            binned = e.view(space, RowKind::Session, &which.0)?.into_iter().collect();
            binned.first().ok_or_else(|| missing("session"))?
        }
    };
    let actions: Vec<view::ActionView> = e.views(space, RowKind::Action, true, usize::MAX >> 1)?;
    let agreed = v.agreed(&people.everybody()).map(|p| p.id);
    let mut agenda: Vec<AgendaView> = v.agenda.iter().map(|a| point(a, None, &people)).collect();
    if v.alive && v.state == event::SessionState::Planned {
        agenda.extend(carried(&all, v.id).iter().map(|c| point(&c.item, Some(c.session), &people)));
    }
    let proposal = |p: &view::ProposalView| ProposalView {
        item: p.id.to_string(),
        document: p.document.to_string(),
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
    let here = |a: &&view::ActionView| a.is_listed() && a.from.is_some_and(|f| v.ids.iter().any(|i| i.0 == f.0));
    Ok(SessionView {
        line: SessionLine::of(v, &people),
        documents: v.ids.iter().map(ToString::to_string).collect(),
        said: values(&v.said, &people),
        notes: v.notes.iter().map(|n| SessionNotes { document: n.document.to_string(), text: TextView::of(&n.text, &people) }).collect(),
        agenda,
        agenda_bin: v.bin.iter().map(|a| point(a, None, &people)).collect(),
        proposals: v.proposals.iter().map(proposal).collect(),
        techniques: v.techniques.clone(),
        functions: v.functions.clone(),
        forms: forms(v, &people),
        minutes: v.minutes.iter().map(minutes).collect(),
        since_last: since_last(&actions, &all, v.id).into_iter().map(|a| ActionView::of(a, &people)).collect(),
        promised: actions.iter().filter(here).map(|a| ActionView::of(a, &people)).collect(),
        differs: differs(&v.differ, &people),
        kept: v.kept,
        mentor: e.is_mentor(space)?,
        at: e.document_status(space, v.id)?.at.into(),
    })
}

fn edit(e: &mut Engine, space: &SpaceId, session: DocumentId, command: &Command) -> Done {
    e.edit(space, session, DocumentKind::Session, command, now())?;
    Ok(())
}

fn state(e: &mut Engine, space: &SpaceId, session: DocumentId, payload: Payload) -> Done {
    must_be(e, space, session)?;
    e.state(space, EventDraft { subject: session.0, payload }, now())?;
    Ok(())
}

fn must_be(e: &Engine, space: &SpaceId, session: DocumentId) -> Done {
    e.view::<serde::de::IgnoredAny>(space, RowKind::Session, &session.0)?.map(drop).ok_or_else(|| missing("session"))
}

fn audience(alone: bool) -> Audience {
    if alone { Audience::Me } else { Audience::Both }
}

#[uniffi::export]
impl Ithaca {
    /// The sessions of a space, those that are one meeting joined.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn sessions(&self, space: String) -> Done<Sessions> {
        let space = id(&space)?;
        self.handle
            .engine(move |e| {
                let (people, all) = (People::of(e, &space)?, e.sessions(&space)?);
                let bin: Vec<view::SessionView> = e.views(&space, RowKind::Session, false, usize::MAX >> 1)?;
                let line = |s: &view::SessionView| SessionLine::of(s, &people);
                let groups = same_meeting(&all);
                Ok(Sessions {
                    lines: all.iter().map(line).collect(),
                    bin: bin.iter().map(line).collect(),
                    same_meeting: groups.iter().map(|g| g.iter().map(ToString::to_string).collect()).collect(),
                })
            })
            .await
    }

    /// A session by any of its documents, in the bin or not.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn session(&self, space: String, session: String) -> Done<SessionView> {
        let (space, which) = (id(&space)?, id(&session)?);
        self.handle.engine(move |e| self::session(e, &space, which)).await
    }

    /// Plans a session. Gives its id.
    ///
    /// # Errors
    /// `ReadOnly`, `BadInput`.
    pub async fn plan_session(&self, space: String, title: String, date: Option<String>, edits: Vec<SessionEdit>) -> Done<String> {
        let (space, date) = (id(&space)?, day(date)?);
        self.handle
            .engine(move |e| {
                let session = DocumentId(e.new_id()?);
                let commands = edits.into_iter().map(|c| c.command(e)).collect::<Done<Vec<_>>>()?;
                edit(e, &space, session, &Command::Session(C::Create { title, date }))?;
                commands.iter().try_for_each(|c| edit(e, &space, session, c))?;
                Ok(session.to_string())
            })
            .await
    }

    /// Does several things to a session, one after the other. What cannot be read is refused before the first is done.
    ///
    /// # Errors
    /// `NotFound`, `ReadOnly`, `BadInput`; those done before stay.
    pub async fn edit_session(&self, space: String, session: String, edits: Vec<SessionEdit>) -> Done {
        let (space, session) = (id(&space)?, id(&session)?);
        self.handle
            .engine(move |e| {
                must_be(e, &space, session)?;
                let commands = edits.into_iter().map(|c| c.command(e)).collect::<Done<Vec<_>>>()?;
                commands.iter().try_for_each(|c| edit(e, &space, session, c))
            })
            .await
    }

    /// Says what became of a session, and why.
    ///
    /// # Errors
    /// `NotFound`, `ReadOnly`.
    pub async fn set_session_state(&self, space: String, session: String, state: SessionState, reason: Option<String>) -> Done {
        let (space, session) = (id(&space)?, id(&session)?);
        let payload = SessionStateSet { state: state.core(), reason }.into();
        self.handle.engine(move |e| self::state(e, &space, session, payload)).await
    }

    /// Says that two sessions are one meeting, or are not.
    ///
    /// # Errors
    /// `NotFound`, `ReadOnly`; `Refused` for one and the same.
    pub async fn same_meeting(&self, space: String, one: String, other: String, same: bool) -> Done {
        let (space, one, other): (SpaceId, DocumentId, DocumentId) = (id(&space)?, id(&one)?, id(&other)?);
        if one == other {
            return Err(refused("these are one and the same session"));
        }
        let payload = SessionAlias { other: ItemId(one.max(other).0), same }.into();
        self.handle.engine(move |e| state(e, &space, one.min(other), payload)).await
    }

    /// The prompts of a form for this person: a mentor's, or a mentee's.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn prompts(&self, space: String, form: Form) -> Done<Vec<Prompt>> {
        let space = id(&space)?;
        let kind = |k| match k {
            view::PromptKind::Scale => PromptKind::Scale,
            view::PromptKind::Words => PromptKind::Words,
            view::PromptKind::Chosen => PromptKind::Chosen,
        };
        self.handle
            .engine(move |e| {
                let prompts = form.core().prompts(e.is_mentor(&space)?);
                Ok(prompts.map(|p| Prompt { name: p.name.to_owned(), kind: kind(p.kind) }).collect())
            })
            .await
    }

    /// Fills a form. Actions named under `tried` are ticked off today (`today`, where the phone is), techniques named under `techniques` are put
    /// on the session. With `alone` only one's own devices hold it and nothing else changes, until the form is filled without.
    ///
    /// # Errors
    /// `NotFound`, `ReadOnly`; `BadInput` for a place that is not 1 to 5 or a technique there is none of; `Refused` where nothing is answered.
    pub async fn submit_form(&self, space: String, session: String, form: Form, answers: Vec<Answer>, alone: bool, today: String) -> Done {
        let (space, session) = (id(&space)?, id(&session)?);
        let today = day(Some(today))?.unwrap_or_default();
        let answer = |a: Answer| payload::Answer { prompt: a.prompt, words: a.words, scale: a.scale, chosen: Some(a.chosen) };
        let answers = answers.into_iter().map(answer).collect();
        let done = self.handle.engine(move |e| Ok(e.fill_form(&space, session, form.core(), answers, &today, (audience(alone), now()))?));
        done.await.map(drop)
    }

    /// Keeps one's minutes of a session; with `alone` on one's own devices alone.
    ///
    /// # Errors
    /// `NotFound`, `ReadOnly`; `Refused` for none, and for more than 64 KiB.
    pub async fn keep_minutes(&self, space: String, session: String, text: String, alone: bool) -> Done {
        let (space, session) = (id(&space)?, id(&session)?);
        self.handle.engine(move |e| Ok(e.keep_minutes(&space, session, text, audience(alone), now())?)).await.map(drop)
    }
}
