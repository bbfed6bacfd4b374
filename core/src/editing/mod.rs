//! Editing: a text while a person types in it on this device. What comes from a keyboard goes in, what others wrote goes in, and out come the
//! text, its selection and what is to be written to the document. Nothing here writes a document, knows a clock or does I/O.
//!
//! A [`session`] keeps the letters of the text as [`pieces`]: each stands in up to three views of the text (what the person is shown, what the
//! document holds, what the app knows of), so that nothing ever has to be moved over something else to find its place.

mod composition;
mod offset;
mod pieces;
mod session;
#[cfg(test)]
mod tests;
mod undo;

use std::ops::Range;

use serde::{Deserialize, Serialize};

pub use offset::EditingError;
pub use pieces::Region;
pub use session::{Checked, Due, EditingSession, FRESH_MS, Foreign, KEYSTROKES, PAUSE_MS};

use crate::id::PersonId;

/// What a keyboard did, in the text that the app shows. Offsets are UTF-16 code units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextInput {
    /// The generation of the last state that the app has taken in.
    pub generation: u64,
    /// What is taken out, in the text before.
    pub replace: Range<u32>,
    /// What is put in there.
    pub text: String,
    /// The selection, in the text after; an empty range is the caret.
    pub selection: Range<u32>,
    /// The part that the keyboard is still composing, in the text after.
    pub composing: Option<Range<u32>>,
}

/// One place where the app's text has to change. Offsets are UTF-16 code units, against the text as the splice before left it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Utf16Splice {
    /// First unit to take out.
    pub start: u32,
    /// One past the last unit to take out.
    pub end: u32,
    /// What to put in.
    pub text: String,
}

/// Words that somebody else wrote just now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fresh {
    /// Where, in UTF-16 code units of the text as it is shown.
    pub range: Range<u32>,
    /// Who.
    pub person: PersonId,
    /// When they came in, in milliseconds since 1970.
    pub since: i64,
}

/// A text as the app is to show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextState {
    /// The whole text; only when a session is opened, and `splices` is empty then.
    pub text: Option<String>,
    /// What is to change in the app's text as of the generation it named and everything it typed up to this call. An app that has typed since
    /// leaves them: the answer to what it typed holds them again, moved.
    pub splices: Vec<Utf16Splice>,
    /// The selection, in UTF-16 code units.
    pub selection: Range<u32>,
    /// What is being composed, in UTF-16 code units.
    pub composing: Option<Range<u32>>,
    /// Words of others that came in within the last two seconds.
    pub fresh: Vec<Fresh>,
    /// Whether there is something of one's own to undo.
    pub can_undo: bool,
    /// Whether something undone can be done again.
    pub can_redo: bool,
    /// To be named by the next call, once `splices` are taken in.
    pub generation: u64,
    /// Whether something typed is not part of the document yet. It is in the journal.
    pub unsaved: bool,
}
