//! Text: what stands in it, and editing it by splices. Offsets are UTF-16 code units, as the platforms count.

use ithaca_core::document::command::{Command, GoalText, GoalsCommand, NoteCommand, RelationshipCommand, SessionCommand};
use ithaca_core::document::text::TextEdit;
use ithaca_core::document::{DocumentKind, derived_id};
use ithaca_core::engine::{Engine, Letters};
use ithaca_core::id::{DocumentId, ItemId, SpaceId};
use ithaca_core::view;

use crate::app::Ithaca;
use crate::error::{Done, Input, IthacaError, bad};
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

/// One edit: at `at` take out `remove` and put in `insert`.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Splice {
    /// Where.
    pub at: u32,
    /// How much to take out.
    pub remove: u32,
    /// What to put in.
    pub insert: String,
}

/// A text and the version it has.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct TextNow {
    /// The letters.
    pub text: String,
    /// The version; an edit names it, so that its offsets mean the same here as there.
    pub version: String,
}

/// What an edit came to.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Edited {
    /// The version now.
    pub version: String,
    /// The letters now, where they are not those the caller has after its own edit: somebody else wrote meanwhile.
    pub merged: Option<String>,
}

/// An offset in UTF-16 code units as one in code points.
fn code_point(text: &str, utf16: u32) -> Done<usize> {
    let (mut units, mut points) = (0u32, 0usize);
    let mut letters = text.chars();
    while units < utf16 {
        let letter = letters.next().ok_or_else(|| bad(Input::Offset, "past the end of the text"))?;
        units += letter.len_utf16() as u32;
        points += 1;
    }
    if units == utf16 { Ok(points) } else { Err(bad(Input::Offset, "inside a surrogate pair")) }
}

/// Does the splices to a text, one after the other; gives them in code points.
fn splice(text: &mut String, splices: &[Splice]) -> Done<Vec<(usize, usize, String)>> {
    let mut out = Vec::with_capacity(splices.len());
    for s in splices {
        let end = s.at.checked_add(s.remove).ok_or_else(|| bad(Input::Offset, "past the end of the text"))?;
        let (from, to) = (code_point(text, s.at)?, code_point(text, end)?);
        let byte = |n: usize| text.char_indices().nth(n).map_or(text.len(), |(b, _)| b);
        let range = byte(from)..byte(to);
        text.replace_range(range, &s.insert);
        out.push((from, to - from, s.insert.clone()));
    }
    Ok(out)
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

    fn letters(&self, engine: &mut Engine, base: Option<&[[u8; 32]]>) -> Done<Letters> {
        Ok(engine.letters(&self.space, self.document, self.item, self.key, base)?)
    }

    fn edit(&self, engine: &mut Engine, edit: TextEdit) -> Done {
        engine.edit(&self.space, self.document, self.kind, &self.command(edit), now())?;
        Ok(())
    }
}

fn version(heads: &[[u8; 32]]) -> String {
    heads.iter().map(hex::encode).collect::<Vec<_>>().join(",")
}

fn heads(version: &str) -> Done<Vec<[u8; 32]>> {
    let one = |text: &str| {
        let mut out = [0; 32];
        hex::decode_to_slice(text, &mut out).map(|()| out).map_err(|_| bad(Input::Value, "not a version"))
    };
    version.split(',').map(one).collect()
}

fn edit_text(engine: &mut Engine, spot: &Spot, base: Option<&str>, splices: &[Splice]) -> Done<Edited> {
    let base = base.map(heads).transpose()?;
    let now_is = spot.letters(engine, None)?;
    let current = base.as_ref().is_none_or(|b| *b == now_is.heads);
    // Where somebody wrote meanwhile the offsets belong to the text as the caller knew it.
    let mut text = if current { now_is.text } else { spot.letters(engine, base.as_deref())?.text };
    let points = splice(&mut text, splices)?;
    match (current, spot.item) {
        _ if splices.is_empty() => {}
        (true, None) => {
            engine.type_text(&spot.space, spot.document, spot.kind, &points, now())?;
        }
        (true, Some(_)) => {
            for (pos, delete, insert) in points {
                spot.edit(engine, TextEdit::Splice { pos, delete, insert })?;
            }
        }
        (false, _) => spot.edit(engine, TextEdit::Rewrite { base_heads: base.unwrap_or_default(), text: text.clone() })?,
    }
    let after = spot.letters(engine, None)?;
    Ok(Edited { version: version(&after.heads), merged: Some(after.text).filter(|t| *t != text) })
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
    /// A text with its version, to begin editing.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn read_text(&self, space: String, place: TextPlace) -> Done<TextNow> {
        let spot = Spot::of(&space, place)?;
        self.handle
            .engine(move |e| {
                let letters = spot.letters(e, None)?;
                Ok(TextNow { text: letters.text, version: version(&letters.heads) })
            })
            .await
    }

    /// Edits a text: splices one after the other, against the text as it was in `version`, or as it is now. What somebody else wrote meanwhile
    /// stays. An edit that changes nothing writes nothing.
    ///
    /// # Errors
    /// `BadInput` for an offset past the end or inside a surrogate pair: nothing is changed then. `Stale` for a version this device does not hold.
    pub async fn edit_text(&self, space: String, place: TextPlace, version: Option<String>, splices: Vec<Splice>) -> Done<Edited> {
        let spot = Spot::of(&space, place)?;
        self.handle.engine(move |e| edit_text(e, &spot, version.as_deref(), &splices)).await
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

/// A calendar day that a person entered.
pub(crate) fn day(text: Option<String>) -> Done<Option<String>> {
    let Some(text) = text.filter(|t| !t.is_empty()) else { return Ok(None) };
    let digits = |s: &str, n: usize| s.len() == n && s.bytes().all(|b| b.is_ascii_digit());
    let good = matches!(text.split('-').collect::<Vec<_>>().as_slice(), [y, m, d] if digits(y, 4) && digits(m, 2) && digits(d, 2));
    if good { Ok(Some(text)) } else { Err(IthacaError::BadInput { input: Input::Day, why: "a day looks like 2031-03-09".to_owned() }) }
}

#[cfg(test)]
mod tests {
    use super::{Splice, code_point, splice};

    #[test]
    fn offsets_are_utf16_and_one_inside_a_pair_is_refused() {
        assert_eq!(code_point("a😀b", 0).unwrap(), 0);
        assert_eq!(code_point("a😀b", 1).unwrap(), 1);
        assert!(code_point("a😀b", 2).is_err());
        assert_eq!(code_point("a😀b", 3).unwrap(), 2);
        assert_eq!(code_point("a😀b", 4).unwrap(), 3);
        assert!(code_point("a😀b", 5).is_err());
    }

    #[test]
    fn splices_follow_one_another() {
        let mut text = "Visit 😀 Monday".to_owned();
        let all = [Splice { at: 6, remove: 2, insert: "the".into() }, Splice { at: 9, remove: 0, insert: " ward on".into() }];
        assert_eq!(splice(&mut text, &all).unwrap(), [(6, 1, "the".to_owned()), (9, 0, " ward on".to_owned())]);
        assert_eq!(text, "Visit the ward on Monday");
        assert!(splice(&mut text, &[Splice { at: u32::MAX, remove: 2, insert: String::new() }]).is_err());
    }
}
