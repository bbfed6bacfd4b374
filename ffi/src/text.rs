//! Text: what stands in it, and typing in it as a session. Offsets are UTF-16 code units, as the platforms count.

pub use ithaca_core::document::command::GoalText as GoalPart;
use ithaca_core::document::command::{Command, GoalsCommand, NoteCommand, RelationshipCommand, SessionCommand};
use ithaca_core::document::text::TextEdit;
use ithaca_core::document::{DocumentKind, derived_id};
pub use ithaca_core::editing::{TextInput, Utf16Splice as TextSplice};
use ithaca_core::engine::{Engine, EngineError, TextField, TextSession};
use ithaca_core::id::{DocumentId, ItemId, SpaceId};
use ithaca_core::{editing, view};

use crate::app::Ithaca;
use crate::error::{Done, Input, bad};
use crate::people::{People, Who};
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
#[uniffi::remote(Enum)]
pub enum GoalPart {
    Title,
    Why,
    Success,
    Risk,
    Support,
}

/// Where a text stands: a note's body, the shared notes of a session's document, a point of its agenda, a part of a goal, a clause of the agreement's draft, a
/// part of the growth plan.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum TextPlace {
    Note { note: DocumentId },
    SessionNotes { document: DocumentId },
    Agenda { document: DocumentId, item: ItemId },
    Goal { goal: ItemId, part: GoalPart },
    Clause { clause: ItemId },
    Plan { part: ItemId },
}

/// The same in the core.
type Units = std::ops::Range<u32>;

/// From the first unit to one past the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct TextRange {
    /// The first.
    pub start: u32,
    /// One past the last.
    pub end: u32,
}

uniffi::custom_type!(Units, TextRange, { remote, try_lift: |r| Ok(r.start..r.end), lower: |r| TextRange { start: r.start, end: r.end } });

/// What a keyboard did, in the text that the app shows.
#[uniffi::remote(Record)]
pub struct TextInput {
    /// The generation of the last state that the app has taken in.
    pub generation: u64,
    /// What is taken out, in the text before.
    pub replace: Units,
    /// What is put in there.
    pub text: String,
    /// The selection, in the text after; an empty range is the caret.
    pub selection: Units,
    /// What the keyboard is still composing, in the text after.
    pub composing: Option<Units>,
}

/// One place where the app's text has to change, against the text as the splice before left it.
#[uniffi::remote(Record)]
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
    pub range: Units,
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
    pub selection: Units,
    /// What is being composed.
    pub composing: Option<Units>,
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

impl TextState {
    fn of(s: editing::TextState, people: &People) -> Self {
        Self {
            text: s.text,
            splices: s.splices,
            selection: s.selection,
            composing: s.composing,
            fresh: s.fresh.into_iter().map(|f| FreshWords { range: f.range, by: people.who(f.person), since_ms: f.since }).collect(),
            can_undo: s.can_undo,
            can_redo: s.can_redo,
            generation: s.generation,
            unsaved: s.unsaved,
        }
    }
}

/// Where a text stands, as the core names it.
struct Spot {
    document: DocumentId,
    kind: DocumentKind,
    item: Option<ItemId>,
    key: &'static str,
    place: TextPlace,
}

impl Spot {
    fn of(space: SpaceId, place: TextPlace) -> Self {
        let derived = |kind| (derived_id(space, kind), kind);
        let (document, kind) = match place {
            TextPlace::Note { note } => (note, DocumentKind::Note),
            TextPlace::SessionNotes { document } | TextPlace::Agenda { document, .. } => (document, DocumentKind::Session),
            TextPlace::Goal { .. } => derived(DocumentKind::Goals),
            TextPlace::Clause { .. } | TextPlace::Plan { .. } => derived(DocumentKind::Relationship),
        };
        let (item, key) = match place {
            TextPlace::Note { .. } | TextPlace::SessionNotes { .. } => (None, "body"),
            TextPlace::Goal { goal, part } => (Some(goal), part.key()),
            TextPlace::Agenda { item, .. } | TextPlace::Clause { clause: item } | TextPlace::Plan { part: item } => (Some(item), "text"),
        };
        Self { document, kind, item, key, place }
    }

    fn command(&self, edit: TextEdit) -> Command {
        let item = self.item.unwrap_or(ItemId([0; 16]));
        match &self.place {
            TextPlace::Note { .. } => Command::Note(NoteCommand::Body(edit)),
            TextPlace::SessionNotes { .. } => Command::Session(SessionCommand::Notes(edit)),
            TextPlace::Agenda { .. } => Command::Session(SessionCommand::AgendaText { item, edit }),
            TextPlace::Goal { part, .. } => Command::Goals(GoalsCommand::GoalText { goal: item, field: *part, edit }),
            TextPlace::Clause { .. } => Command::Relationship(RelationshipCommand::ClauseText { clause: item, edit }),
            TextPlace::Plan { .. } => Command::Relationship(RelationshipCommand::PlanText { part: item, edit }),
        }
    }

    fn field(&self) -> TextField {
        self.item.map_or(TextField::Body, |item| TextField::Item { item, key: self.key.to_owned() })
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
    pub async fn open_text(&self, space: SpaceId, place: TextPlace) -> Done<OpenText> {
        let spot = Spot::of(space, place);
        self.engine(move |e| {
            let (session, state) = e.open_text(&space, spot.document, &spot.field(), now())?;
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
        self.typing(session, move |e, s| e.type_in(s, &input, now())).await
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
        self.ask(move |e| match e.close_text(TextSession(session), now()) {
            Err(EngineError::NotFound(_)) => Ok(()),
            done => done,
        })
        .await
    }

    /// An input widened to whole characters, for keyboards that take out an accent or one part of an emoji alone.
    ///
    /// # Errors
    /// As [`Ithaca::type_in`].
    pub async fn widened_input(&self, session: u64, input: TextInput) -> Done<TextInput> {
        self.ask(move |e| e.widened_input(TextSession(session), &input)).await
    }

    /// Chooses among wordings that stand side by side: these words replace all of them, for both people.
    ///
    /// # Errors
    /// `NotFound` when they are no longer there.
    pub async fn choose_words(&self, space: SpaceId, place: TextPlace, run: String) -> Done {
        let spot = Spot::of(space, place);
        self.ask(move |e| e.edit(&space, spot.document, spot.kind, &spot.command(TextEdit::Choose { run }), now()).map(drop)).await
    }
}

impl Ithaca {
    async fn typing(
        &self,
        session: u64,
        act: impl FnOnce(&mut Engine, TextSession) -> Result<editing::TextState, EngineError> + Send + 'static,
    ) -> Done<TextState> {
        let session = TextSession(session);
        self.engine(move |e| {
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

const DAY: &str = "a day looks like 2031-03-09";

/// A calendar day that a person entered.
pub(crate) fn day(text: Option<String>) -> Done<Option<String>> {
    let Some(text) = text.filter(|t| !t.is_empty()) else { return Ok(None) };
    let digits = |s: &str, n: usize| s.len() == n && s.bytes().all(|b| b.is_ascii_digit());
    let good = matches!(text.split('-').collect::<Vec<_>>().as_slice(), [y, m, d] if digits(y, 4) && digits(m, 2) && digits(d, 2));
    if good { Ok(Some(text)) } else { Err(bad(Input::Day, DAY)) }
}

/// The day where the phone is.
pub(crate) fn today(text: String) -> Done<String> {
    day(Some(text))?.ok_or_else(|| bad(Input::Day, DAY))
}
