//! Typing: an editing session on a text of a document. Every keystroke is in the journal when its call returns; a pause or fifty keystrokes make
//! a change of them, never in the middle of a composition. What others wrote comes in with every call.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Core, Engine, EngineError};
use crate::document::read::{Writers, writer};
use crate::document::schema::{self, Class};
use crate::document::{Document, DocumentKind};
use crate::editing::{Checked, Due, EditingSession, Foreign, Region, TextInput, TextState};
use crate::id::{DocumentId, ItemId, PersonId, SpaceId};
use crate::store::{Db, Erased};
use crate::sync::machine::Millis;

/// How long a keystroke may wait for the disk, in milliseconds; it survives the process at once.
const DISK_MS: i64 = 250;
/// Most letters of which one keystroke waits for nobody: a paste is made durable at once.
const PASTE: usize = 64;

/// An open editing session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TextSession(pub u64);

/// Which text of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TextField {
    /// The body of a note, the notes of a session.
    Body,
    /// A text of an item: a goal's title, a point of the agenda, a clause, a part of the plan.
    Item {
        /// The item.
        item: ItemId,
        /// The field's key, as the table has it.
        key: String,
    },
}

impl TextField {
    fn path(&self) -> Vec<String> {
        match self {
            Self::Body => vec!["body".to_owned()],
            Self::Item { item, key } => vec!["items".to_owned(), item.to_string(), key.clone()],
        }
    }

    fn is_text_of(&self, document: &Document) -> bool {
        let noun = match self {
            Self::Body => String::new(),
            Self::Item { item, .. } => crate::document::read::Item::get(document, *item).map(|i| i.text_of("noun")).unwrap_or_default(),
        };
        let key = if let Self::Item { key, .. } = self { key.as_str() } else { "body" };
        schema::field(document.kind, &noun, key).is_some_and(|f| f.class == Class::Text) && document.text_of(&self.path(), None).is_some()
    }
}

/// A session with the place it writes to.
#[derive(Debug, Clone)]
struct Typed {
    space: SpaceId,
    /// Row number of the document.
    row: i64,
    document: DocumentId,
    kind: DocumentKind,
    path: Vec<String>,
    session: EditingSession,
    /// The heads of the document that the session was told of.
    heads: Vec<[u8; 32]>,
    /// When the journal was last known to be on the disk.
    on_disk: Millis,
    /// Rows of the journal wait for the disk.
    soon: bool,
    /// The journal says less than the session: it is written anew.
    unsaid: bool,
}

/// The open sessions.
#[derive(Debug, Default)]
pub(super) struct Typing {
    open: BTreeMap<TextSession, Typed>,
    next: u64,
}

/// A row of the journal about a text. Positions are code points.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Row {
    /// What is not in the document yet, against its text as at these heads; it stands for every row before it.
    Whole { path: Vec<String>, heads: Vec<[u8; 32]>, places: Vec<(usize, usize, String)> },
    /// A keystroke after it, against the text as the row before left it.
    Key { path: Vec<String>, pos: usize, delete: usize, insert: String },
}

impl Row {
    fn path(&self) -> &[String] {
        match self {
            Self::Whole { path, .. } | Self::Key { path, .. } => path,
        }
    }

    fn bytes(&self) -> Result<Vec<u8>, EngineError> {
        serde_json::to_vec(self).map_err(|_| EngineError::Invalid("this cannot be kept"))
    }
}

impl Engine {
    /// Begins to edit a text, or goes on with the session that is open on it. The state holds the whole text; it may be asked for again.
    ///
    /// # Errors
    /// [`EngineError::ReadOnly`]; [`EngineError::NotFound`] where there is no such document or text.
    pub fn open_text(
        &mut self,
        space: &SpaceId,
        document: DocumentId,
        field: &TextField,
        now: Millis,
    ) -> Result<(TextSession, TextState), EngineError> {
        self.core.may_write(space)?;
        let path = field.path();
        let found = self.core.typing.open.iter().find(|(_, t)| t.space == *space && t.document == document && t.path == path);
        if let Some(id) = found.map(|(id, _)| *id) {
            let state = self.with(id, |engine, typed| {
                engine.pull(typed, now)?;
                typed.session.seen(typed.session.state(false, now).generation)?;
                Ok(typed.session.state(true, now))
            })?;
            return Ok((id, state));
        }
        let db = self.store.read();
        let no = self.core.space(space)?.no;
        let row = db.document(no, &document)?.filter(|r| r.erased == Erased::No).ok_or(EngineError::NotFound("document"))?;
        let open = self.core.docs.get(&db, (no, *space), document, None)?.ok_or(EngineError::NotFound("document"))?;
        if !field.is_text_of(&open.document) {
            return Err(EngineError::NotFound("text in this document"));
        }
        let session = EditingSession::new(&open.document.text_of(&path, None).unwrap_or_default());
        let (heads, kind) = (open.document.heads(), open.document.kind);
        let state = session.state(true, now);
        let id = TextSession(self.core.typing.next);
        self.core.typing.next += 1;
        let typed = Typed { space: *space, row: row.no, document, kind, path, session, heads, on_disk: now, soon: false, unsaid: true };
        self.core.typing.open.insert(id, typed);
        Ok((id, state))
    }

    /// Takes what a keyboard did. It is journalled when this returns, and on the disk within a quarter of a second of typing or with the next
    /// [`Engine::refresh_text`].
    ///
    /// # Errors
    /// [`EngineError::Editing`] for offsets that do not fit: nothing was taken then. [`EngineError::ReadOnly`]; [`EngineError::Store`].
    pub fn type_in(&mut self, id: TextSession, input: &TextInput, now: Millis) -> Result<TextState, EngineError> {
        let mut wrote = false;
        let state = self.with(id, |engine, typed| {
            typed.session.seen(input.generation)?;
            let checked = typed.session.check(input)?;
            engine.pull(typed, now)?;
            let due = typed.session.due(now) == Due::Now;
            if !due && !checked.writes() {
                typed.session.take(&checked, now);
                return Ok(typed.session.state(false, now));
            }
            let plain = typed.session.is_level() && !typed.unsaid && !due;
            let mut next = if plain { None } else { Some(typed.clone()) };
            let waits = due || now.saturating_sub(typed.on_disk) >= DISK_MS || checked.text.len() > PASTE;
            wrote = due;
            let act = |core: &mut Core, db: &Db<'_>| {
                core.may_write(&typed.space)?;
                match &mut next {
                    None => db.add_journal(typed.row, &key(&typed.path, &checked).bytes()?)?,
                    Some(next) => {
                        if due {
                            core.commit_typed(db, next, now)?;
                        }
                        next.session.take(&checked, now);
                        next.unsaid = !journal_whole(db, next)?;
                    }
                }
                Ok(())
            };
            if waits {
                engine.transact(act)?
            } else {
                engine.transact_soon(act)?
            }
            match next {
                Some(next) => *typed = next,
                None => typed.session.take(&checked, now),
            }
            typed.soon = !waits;
            if waits {
                typed.on_disk = now;
            }
            Ok(typed.session.state(false, now))
        })?;
        if wrote {
            self.after_writing(now);
        }
        Ok(state)
    }

    /// Takes in what others wrote, makes a change of what was typed if its time has come, and puts the journal on the disk. To be called about
    /// four times a second while somebody types, and whenever the space changed. `seen` is the generation that the app has taken in.
    ///
    /// # Errors
    /// As [`Engine::type_in`].
    pub fn refresh_text(&mut self, id: TextSession, seen: u64, now: Millis) -> Result<TextState, EngineError> {
        let mut wrote = false;
        let state = self.with(id, |engine, typed| {
            typed.session.seen(seen)?;
            engine.pull(typed, now)?;
            wrote = typed.session.due(now) == Due::Now;
            if wrote || typed.soon {
                engine.settle_text(typed, wrote, now)?;
            }
            Ok(typed.session.state(false, now))
        })?;
        if wrote {
            self.after_writing(now);
        }
        Ok(state)
    }

    /// Takes back one's own newest burst of typing, whatever others wrote since.
    ///
    /// # Errors
    /// As [`Engine::type_in`].
    pub fn undo_text(&mut self, id: TextSession, seen: u64, now: Millis) -> Result<TextState, EngineError> {
        self.turn_text(id, seen, now, EditingSession::undo)
    }

    /// Does again what was taken back last.
    ///
    /// # Errors
    /// As [`Engine::type_in`].
    pub fn redo_text(&mut self, id: TextSession, seen: u64, now: Millis) -> Result<TextState, EngineError> {
        self.turn_text(id, seen, now, EditingSession::redo)
    }

    fn turn_text(
        &mut self,
        id: TextSession,
        seen: u64,
        now: Millis,
        turn: impl FnOnce(&mut EditingSession, i64) -> bool,
    ) -> Result<TextState, EngineError> {
        self.with(id, |engine, typed| {
            typed.session.seen(seen)?;
            engine.pull(typed, now)?;
            let mut next = typed.clone();
            if turn(&mut next.session, now) {
                engine.settle_text(&mut next, false, now)?;
                *typed = next;
            }
            Ok(typed.session.state(false, now))
        })
    }

    /// Ends a session; what was typed becomes a change, a composition as it stands. Where that fails the session stays open and the words in the
    /// journal.
    ///
    /// # Errors
    /// As [`Engine::type_in`].
    pub fn close_text(&mut self, id: TextSession, now: Millis) -> Result<(), EngineError> {
        self.with(id, |engine, typed| {
            engine.pull(typed, now)?;
            let mut next = typed.clone();
            next.session.end_composition();
            let wrote = !next.session.pending().is_empty();
            if wrote || !next.unsaid {
                engine.settle_text(&mut next, wrote, now)?;
            }
            *typed = next;
            Ok(())
        })?;
        self.core.typing.open.remove(&id);
        self.after_writing(now);
        Ok(())
    }

    /// The space of an open session's text.
    #[must_use]
    pub fn space_of_text(&self, id: TextSession) -> Option<SpaceId> {
        self.core.typing.open.get(&id).map(|t| t.space)
    }

    /// An input widened to whole characters, for keyboards that take out an accent or one part of an emoji alone.
    ///
    /// # Errors
    /// [`EngineError::NotFound`], [`EngineError::Editing`].
    pub fn widened_input(&self, id: TextSession, input: &TextInput) -> Result<TextInput, EngineError> {
        Ok(self.core.typing.open.get(&id).ok_or(EngineError::NotFound("text that is being edited"))?.session.widened(input)?)
    }

    /// Makes a change of what was typed, or writes the journal anew, waiting for the disk. The session is as before where it fails.
    fn settle_text(&mut self, typed: &mut Typed, commit: bool, now: Millis) -> Result<(), EngineError> {
        let mut next = typed.clone();
        self.transact(|core, db| {
            core.may_write(&next.space)?;
            if commit {
                core.commit_typed(db, &mut next, now)?;
            }
            next.unsaid = !journal_whole(db, &next)?;
            Ok(())
        })?;
        (next.on_disk, next.soon) = (now, false);
        *typed = next;
        Ok(())
    }

    /// Works on a session that is out of its place meanwhile, so that what the engine does to the document does not count it.
    fn with<T>(&mut self, id: TextSession, act: impl FnOnce(&mut Self, &mut Typed) -> Result<T, EngineError>) -> Result<T, EngineError> {
        let mut typed = self.core.typing.open.remove(&id).ok_or(EngineError::NotFound("text that is being edited"))?;
        let done = act(self, &mut typed);
        self.core.typing.open.insert(id, typed);
        done
    }

    /// Takes in what others wrote.
    fn pull(&mut self, typed: &mut Typed, now: Millis) -> Result<(), EngineError> {
        let db = self.store.read();
        self.core.pull(&db, typed, now)
    }
}

impl Core {
    fn pull(&mut self, db: &Db<'_>, typed: &mut Typed, now: Millis) -> Result<(), EngineError> {
        let no = self.space(&typed.space)?.no;
        let open = self.docs.get(db, (no, typed.space), typed.document, None)?.ok_or(EngineError::NotFound("document"))?;
        let heads = open.document.heads();
        if heads == typed.heads {
            return Ok(());
        }
        // A document that was deleted for good begins anew under its row.
        if db.document_no(typed.row)?.is_none_or(|r| r.erased != Erased::No) {
            return Err(EngineError::NotFound("document; it was deleted for good"));
        }
        let me = self.me;
        let space = self.space(&typed.space)?;
        let writers = self.writers(space);
        let open = self.docs.get(db, (no, typed.space), typed.document, None)?.ok_or(EngineError::NotFound("document"))?;
        take_in(&open.document, typed, &writers, Some(me), now);
        typed.heads = heads;
        typed.unsaid = true;
        Ok(())
    }

    /// Makes a change of what was typed. The session was told of everything that the document holds.
    fn commit_typed(&mut self, db: &Db<'_>, typed: &mut Typed, now: Millis) -> Result<(), EngineError> {
        let places = places(typed.session.pending());
        if places.is_empty() {
            return Ok(());
        }
        let path = typed.path.clone();
        self.edit(db, &typed.space, typed.document, typed.kind, now, |d, author| d.type_places(author, &path, &places))?;
        let no = self.space(&typed.space)?.no;
        let open = self.docs.get(db, (no, typed.space), typed.document, None)?.ok_or(EngineError::NotFound("document"))?;
        let before = std::mem::replace(&mut typed.heads, open.document.heads());
        typed.session.committed(before, now);
        Ok(())
    }
}

/// Tells a session what happened to its text since the heads it knows.
fn take_in(document: &Document, typed: &mut Typed, writers: &Writers, me: Option<PersonId>, now: Millis) {
    let text = document.text_of(&typed.path, None).unwrap_or_default();
    let place = |heads: &[[u8; 32]], pos: usize| document.text_place(&typed.path, heads, pos);
    if let Some(changes) = document.text_since(&typed.path, &typed.heads) {
        let foreign: Vec<Foreign> = changes
            .into_iter()
            .map(|c| {
                let by = writer(writers, &c.actor).filter(|p| me.is_some_and(|me| me != *p));
                Foreign { pos: c.pos, delete: c.delete, insert: c.insert, by }
            })
            .collect();
        typed.session.foreign(&foreign, now, &place);
    }
    // Where the heads are not held any more (changes were set aside) the difference of the letters is all there is.
    let held = typed.session.stored_text();
    if held != text {
        let (old, new): (Vec<char>, Vec<char>) = (held.chars().collect(), text.chars().collect());
        let pos = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
        let rest = old.len().min(new.len()) - pos;
        let tail = old.iter().rev().zip(new.iter().rev()).take(rest).take_while(|(a, b)| a == b).count();
        let insert = new.get(pos..new.len() - tail).unwrap_or_default().iter().collect();
        typed.session.foreign(&[Foreign { pos, delete: old.len() - tail - pos, insert, by: None }], now, &|_, _| None);
    }
}

fn places(regions: Vec<Region>) -> Vec<(usize, usize, String)> {
    regions.into_iter().map(|r| (r.pos, r.delete, r.insert)).collect()
}

fn key(path: &[String], input: &Checked) -> Row {
    Row::Key { path: path.to_vec(), pos: input.start, delete: input.end - input.start, insert: input.text.clone() }
}

/// Says in the journal all that a session has and the document has not, in the place of what it said before. `false` where there is
/// nothing to say, and the next keystroke has nothing to follow.
fn journal_whole(db: &Db<'_>, typed: &Typed) -> Result<bool, EngineError> {
    let rows = db.journal()?;
    db.clear_journal(typed.row)?;
    for (_, bytes) in rows.into_iter().filter(|(row, _)| *row == typed.row) {
        if serde_json::from_slice::<Row>(&bytes).map_or(true, |r| r.path() != typed.path) {
            db.add_journal(typed.row, &bytes)?;
        }
    }
    let places = places(typed.session.unsaved());
    if places.is_empty() {
        return Ok(false);
    }
    let whole = Row::Whole { path: typed.path.clone(), heads: typed.heads.clone(), places };
    db.add_journal(typed.row, &whole.bytes()?)?;
    Ok(true)
}

/// Says again what the open sessions on a document hold, after its journal was cleared.
pub(super) fn journal_again(typing: &Typing, db: &Db<'_>, row: i64) -> Result<(), EngineError> {
    typing.open.values().filter(|t| t.row == row).try_for_each(|typed| journal_whole(db, typed).map(|_| ()))
}

/// What rows of a journal add to a document's texts: typed before a crash, and against an older state of it.
pub(super) fn replayed(document: &Document, rows: &[Vec<u8>]) -> Vec<(Vec<String>, Vec<(usize, usize, String)>)> {
    let mut open: BTreeMap<Vec<String>, Typed> = BTreeMap::new();
    for row in rows.iter().filter_map(|bytes| serde_json::from_slice::<Row>(bytes).ok()) {
        match row {
            Row::Whole { path, heads, places } => {
                let Some(text) = document.text_of(&path, Some(&heads)).or_else(|| document.text_of(&path, None)) else { continue };
                let mut session = EditingSession::new(&text);
                for (pos, delete, insert) in places.iter().rev() {
                    session.replay(*pos, *delete, insert);
                }
                let (space, kind, document) = (document.space, document.kind, document.id);
                let typed =
                    Typed { space, row: 0, document, kind, path: path.clone(), session, heads, on_disk: 0, soon: false, unsaid: false };
                open.insert(path, typed);
            }
            Row::Key { path, pos, delete, insert } => {
                if let Some(typed) = open.get_mut(&path) {
                    typed.session.replay(pos, delete, &insert);
                }
            }
        }
    }
    open.into_iter()
        .map(|(path, mut typed)| {
            take_in(document, &mut typed, &Writers::new(), None, 0);
            (path, places(typed.session.unsaved()))
        })
        .collect()
}

#[cfg(test)]
#[path = "typing_tests.rs"]
mod tests;
