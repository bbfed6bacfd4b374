//! Text: what stands in it, and typing in it as a session. Offsets are UTF-16 code units, as the platforms count.

use ithaca_core::document::command::{Command, GoalText, GoalsCommand, NoteCommand, RelationshipCommand, SessionCommand};
use ithaca_core::document::text::TextEdit;
use ithaca_core::document::{DocumentKind, derived_id};
use ithaca_core::engine::{Engine, EngineError, TextField, TextSession};
use ithaca_core::id::{DocumentId, ItemId, SpaceId};
use ithaca_core::{editing, view};

use crate::app::Ithaca;
use crate::error::{Done, Input, IthacaError};
use crate::people::{People, Who, id};
use crate::runtime::now;

/// A text as it reads.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct TextView {
    /// The letters, as offsets count them.
    pub text: String,
    /// What people read, where two people's words stand side by side.
    pub display: Option<String>,
    /// Places where several wordings stand side by side, in the order of the text.
    pub choices: Vec<TextChoice>,
}

/// Several wordings of one place.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct TextChoice {
    /// The wordings; at least two.
    pub wordings: Vec<Wording>,
}

/// One of several wordings.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Wording {
    /// What [`Ithaca::choose_words`] names.
    pub run: String,
    /// The words.
    pub words: String,
    /// Where they begin in `text`.
    pub start: u32,
    /// One past their end.
    pub end: u32,
    /// Everybody who wrote them.
    pub by: Vec<Who>,
}

/// A part of a goal that is a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum GoalPart {
    /// What.
    Title,
    /// What for.
    Why,
    /// How one will know.
    Success,
    /// What may go wrong.
    Risk,
    /// What helps then.
    Support,
}

impl GoalPart {
    pub(crate) fn field(self) -> GoalText {
        match self {
            Self::Title => GoalText::Title,
            Self::Why => GoalText::Why,
            Self::Success => GoalText::Success,
            Self::Risk => GoalText::Risk,
            Self::Support => GoalText::Support,
        }
    }
}

/// Where a text stands.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum TextPlace {
    /// The body of a note.
    Note {
        /// The note.
        note: String,
    },
    /// The shared notes of a session's document.
    SessionNotes {
        /// The document.
        document: String,
    },
    /// A point of an agenda.
    Agenda {
        /// The session's document it stands in.
        document: String,
        /// The point.
        item: String,
    },
    /// A part of a goal.
    Goal {
        /// The goal.
        goal: String,
        /// The part.
        part: GoalPart,
    },
    /// A clause of the agreement's draft.
    Clause {
        /// The clause.
        clause: String,
    },
    /// A part of the growth plan.
    Plan {
        /// The part.
        part: String,
    },
}

/// From the first unit to one past the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct TextRange {
    /// The first.
    pub start: u32,
    /// One past the last.
    pub end: u32,
}

/// What a keyboard did, in the text that the app shows.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct TextInput {
    /// The generation of the last state that the app has taken in.
    pub generation: u64,
    /// What is taken out, in the text before.
    pub replace: TextRange,
    /// What is put in there.
    pub text: String,
    /// The selection, in the text after; an empty range is the caret.
    pub selection: TextRange,
    /// What the keyboard is still composing, in the text after.
    pub composing: Option<TextRange>,
}

/// One place where the app's text has to change, against the text as the splice before left it.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct TextSplice {
    /// The first unit to take out.
    pub start: u32,
    /// One past the last.
    pub end: u32,
    /// What to put in.
    pub text: String,
}

/// Words that somebody else wrote within the last two seconds.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct FreshWords {
    /// Where, in the text as it is shown.
    pub range: TextRange,
    /// Who.
    pub by: Who,
    /// When they came in.
    pub since_ms: i64,
}

/// A text as the app is to show it.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct TextState {
    /// The whole text; only when a session is opened, and `splices` is empty then.
    pub text: Option<String>,
    /// What is to change in the app's text as of the generation it named and all it typed up to this call. An app that has typed since leaves
    /// them: the answer to what it typed holds them again, moved.
    pub splices: Vec<TextSplice>,
    /// The selection.
    pub selection: TextRange,
    /// What is being composed.
    pub composing: Option<TextRange>,
    /// Words of others that came in just now.
    pub fresh: Vec<FreshWords>,
    /// Whether there is something of one's own to undo.
    pub can_undo: bool,
    /// Whether something undone can be done again.
    pub can_redo: bool,
    /// To be named by the next call, once `splices` are taken in.
    pub generation: u64,
    /// Whether something typed is not part of the document yet. It is kept: [`Ithaca::refresh_text`] four times a second makes it a part.
    pub unsaved: bool,
}

/// A text that was opened.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct OpenText {
    /// Names the session to the calls that follow.
    pub session: u64,
    /// What to show.
    pub state: TextState,
}

impl From<std::ops::Range<u32>> for TextRange {
    fn from(r: std::ops::Range<u32>) -> Self {
        Self { start: r.start, end: r.end }
    }
}

impl From<TextInput> for editing::TextInput {
    fn from(i: TextInput) -> Self {
        let range = |r: TextRange| r.start..r.end;
        Self {
            generation: i.generation,
            replace: range(i.replace),
            text: i.text,
            selection: range(i.selection),
            composing: i.composing.map(range),
        }
    }
}

impl TextState {
    fn of(s: editing::TextState, people: &People) -> Self {
        Self {
            text: s.text,
            splices: s.splices.into_iter().map(|s| TextSplice { start: s.start, end: s.end, text: s.text }).collect(),
            selection: s.selection.into(),
            composing: s.composing.map(TextRange::from),
            fresh: s.fresh.into_iter().map(|f| FreshWords { range: f.range.into(), by: people.who(f.person), since_ms: f.since }).collect(),
            can_undo: s.can_undo,
            can_redo: s.can_redo,
            generation: s.generation,
            unsaved: s.unsaved,
        }
    }
}

/// Where a text stands, as the core names it.
struct Spot {
    space: SpaceId,
    document: DocumentId,
    kind: DocumentKind,
    item: Option<ItemId>,
    key: &'static str,
    place: TextPlace,
}

impl Spot {
    fn of(space: &str, place: TextPlace) -> Done<Self> {
        let space: SpaceId = id(space)?;
        let derived = |kind| Done::Ok((derived_id(space, kind), kind));
        let (document, kind): (DocumentId, DocumentKind) = match &place {
            TextPlace::Note { note } => Ok((id(note)?, DocumentKind::Note)),
            TextPlace::SessionNotes { document } | TextPlace::Agenda { document, .. } => Ok((id(document)?, DocumentKind::Session)),
            TextPlace::Goal { .. } => derived(DocumentKind::Goals),
            TextPlace::Clause { .. } | TextPlace::Plan { .. } => derived(DocumentKind::Relationship),
        }?;
        let (item, key) = match &place {
            TextPlace::Note { .. } | TextPlace::SessionNotes { .. } => (None, "body"),
            TextPlace::Agenda { item, .. } => (Some(id(item)?), "text"),
            TextPlace::Goal { goal, part } => (Some(id(goal)?), part.field().key()),
            TextPlace::Clause { clause } => (Some(id(clause)?), "text"),
            TextPlace::Plan { part } => (Some(id(part)?), "text"),
        };
        Ok(Self { space, document, kind, item, key, place })
    }

    fn command(&self, edit: TextEdit) -> Command {
        let item = self.item.unwrap_or(ItemId([0; 16]));
        match &self.place {
            TextPlace::Note { .. } => Command::Note(NoteCommand::Body(edit)),
            TextPlace::SessionNotes { .. } => Command::Session(SessionCommand::Notes(edit)),
            TextPlace::Agenda { .. } => Command::Session(SessionCommand::AgendaText { item, edit }),
            TextPlace::Goal { part, .. } => Command::Goals(GoalsCommand::GoalText { goal: item, field: part.field(), edit }),
            TextPlace::Clause { .. } => Command::Relationship(RelationshipCommand::ClauseText { clause: item, edit }),
            TextPlace::Plan { .. } => Command::Relationship(RelationshipCommand::PlanText { part: item, edit }),
        }
    }

    fn field(&self) -> TextField {
        self.item.map_or(TextField::Body, |item| TextField::Item { item, key: self.key.to_owned() })
    }

    fn edit(&self, engine: &mut Engine, edit: TextEdit) -> Done {
        engine.edit(&self.space, self.document, self.kind, &self.command(edit), now())?;
        Ok(())
    }
}

impl TextView {
    pub(crate) fn of(v: &view::TextView, people: &People) -> Self {
        // Offsets are looked up once for the whole text; most texts have no choices at all.
        let mut units: Vec<u32> = Vec::new();
        if !v.alternatives.is_empty() {
            let mut at = 0;
            units.push(0);
            units.extend(v.text.chars().map(|c| {
                at += c.len_utf16() as u32;
                at
            }));
        }
        let unit = |n: usize| units.get(n).or(units.last()).copied().unwrap_or(0);
        let wording = |a: &view::AlternativeView| Wording {
            run: a.run.clone(),
            words: a.words.clone(),
            start: unit(a.start),
            end: unit(a.end),
            by: if a.also_by.is_empty() { people.maybe(a.by).into_iter().collect() } else { people.all(&a.also_by) },
        };
        let choices = v.alternatives.iter().map(|group| TextChoice { wordings: group.iter().map(wording).collect() });
        Self { text: v.text.clone(), display: v.display.clone(), choices: choices.collect() }
    }
}

#[uniffi::export]
impl Ithaca {
    /// Begins to type in a text, or goes on with the session that is open on it.
    ///
    /// # Errors
    /// `NotFound`; `ReadOnly`.
    pub async fn open_text(&self, space: String, place: TextPlace) -> Done<OpenText> {
        let spot = Spot::of(&space, place)?;
        self.handle
            .engine(move |e| {
                let (session, state) = e.open_text(&spot.space, spot.document, &spot.field(), now())?;
                Ok(OpenText { session: session.0, state: told(e, session, state)? })
            })
            .await
    }

    /// Takes what a keyboard did; it is kept when this returns. What others wrote meanwhile comes back as splices.
    ///
    /// # Errors
    /// `BadInput` for offsets past the end, inside a surrogate pair or inside a character: nothing was taken. `NotFound` where the session is
    /// not open (the engine was suspended): open the text again, nothing is lost. `ReadOnly`; `StorageFull`.
    pub async fn type_in(&self, session: u64, input: TextInput) -> Done<TextState> {
        self.typing(session, move |e, s| e.type_in(s, &input.into(), now())).await
    }

    /// Takes in what others wrote and makes what was typed a part of the document once its time has come. `seen` is the generation that the app
    /// has taken in.
    ///
    /// # Errors
    /// As [`Ithaca::type_in`].
    pub async fn refresh_text(&self, session: u64, seen: u64) -> Done<TextState> {
        self.typing(session, move |e, s| e.refresh_text(s, seen, now())).await
    }

    /// Takes back one's own newest burst of typing, whatever others wrote since.
    ///
    /// # Errors
    /// As [`Ithaca::type_in`].
    pub async fn undo_text(&self, session: u64, seen: u64) -> Done<TextState> {
        self.typing(session, move |e, s| e.undo_text(s, seen, now())).await
    }

    /// Does again what was taken back last.
    ///
    /// # Errors
    /// As [`Ithaca::type_in`].
    pub async fn redo_text(&self, session: u64, seen: u64) -> Done<TextState> {
        self.typing(session, move |e, s| e.redo_text(s, seen, now())).await
    }

    /// Ends a session; what was typed is a part of the document then. A session that is not open any more is no error.
    ///
    /// # Errors
    /// `ReadOnly`; `StorageFull`: the session stays open, the words are kept.
    pub async fn close_text(&self, session: u64) -> Done {
        self.handle
            .engine(move |e| match e.close_text(TextSession(session), now()) {
                Err(EngineError::NotFound(_)) => Ok(()),
                done => Ok(done?),
            })
            .await
    }

    /// An input widened to whole characters, for keyboards that take out an accent or one part of an emoji alone.
    ///
    /// # Errors
    /// As [`Ithaca::type_in`].
    pub async fn widened_input(&self, session: u64, input: TextInput) -> Done<TextInput> {
        self.handle
            .engine(move |e| {
                let wide = e.widened_input(TextSession(session), &input.into())?;
                Ok(TextInput {
                    generation: wide.generation,
                    replace: wide.replace.into(),
                    text: wide.text,
                    selection: wide.selection.into(),
                    composing: wide.composing.map(TextRange::from),
                })
            })
            .await
    }

    /// Chooses among wordings that stand side by side: these words replace all of them, for both people.
    ///
    /// # Errors
    /// `NotFound` when they are no longer there.
    pub async fn choose_words(&self, space: String, place: TextPlace, run: String) -> Done {
        let spot = Spot::of(&space, place)?;
        self.handle.engine(move |e| spot.edit(e, TextEdit::Choose { run })).await
    }
}

impl Ithaca {
    async fn typing(
        &self,
        session: u64,
        act: impl FnOnce(&mut Engine, TextSession) -> Result<editing::TextState, EngineError> + Send + 'static,
    ) -> Done<TextState> {
        let session = TextSession(session);
        self.handle
            .engine(move |e| {
                let state = act(e, session)?;
                told(e, session, state)
            })
            .await
    }
}

/// A state with the names of those who wrote in it. Names are looked up only where there is somebody to name: this runs with every keystroke.
fn told(engine: &Engine, session: TextSession, state: editing::TextState) -> Done<TextState> {
    let people = match engine.space_of_text(session) {
        Some(space) if !state.fresh.is_empty() => People::of(engine, &space)?,
        _ => People::nobody(engine),
    };
    Ok(TextState::of(state, &people))
}

/// A calendar day that a person entered.
pub(crate) fn day(text: Option<String>) -> Done<Option<String>> {
    let Some(text) = text.filter(|t| !t.is_empty()) else { return Ok(None) };
    let digits = |s: &str, n: usize| s.len() == n && s.bytes().all(|b| b.is_ascii_digit());
    let good = matches!(text.split('-').collect::<Vec<_>>().as_slice(), [y, m, d] if digits(y, 4) && digits(m, 2) && digits(d, 2));
    if good { Ok(Some(text)) } else { Err(IthacaError::BadInput { input: Input::Day, why: "a day looks like 2031-03-09".to_owned() }) }
}
