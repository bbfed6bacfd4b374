//! Search: an index in memory over everything a person can read here. Words are found by what they begin with; what stands inside of words, as in languages
//! written without spaces, by walking through the letters: an index of those takes longer to build, after each start, than it ever saves.

use std::collections::{BTreeSet, VecDeque};

use rusqlite::{Connection, params};
use serde::Serialize;

use super::apply::{noun, unstored};
use super::{Engine, EngineError};
use crate::id::{EventId, SpaceId};
use crate::store::{SpaceKind, StoreError};
use crate::view::{self, MessageView, RowKind};

/// What changed since the index looked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Key {
    /// The rows of one document: space, row number.
    Document(SpaceId, i64),
    /// The messages of a space.
    Messages(SpaceId),
    /// Those of them whose effective clock lies below this one.
    Before(SpaceId, u64),
    /// One of them.
    Message(SpaceId, EventId),
}

/// Sorts of things that are found. Their numbers stand in the index alone, which lives in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FoundNoun {
    /// A note.
    Note,
    /// A goal.
    Goal,
    /// An action.
    Action,
    /// A session.
    Session,
    /// The relationship.
    Relationship,
    /// A message.
    Message,
}

impl FoundNoun {
    const ALL: [Self; 6] = [Self::Note, Self::Goal, Self::Action, Self::Session, Self::Relationship, Self::Message];

    fn of(kind: RowKind) -> Option<Self> {
        match kind {
            RowKind::Note => Some(Self::Note),
            RowKind::Goal => Some(Self::Goal),
            RowKind::Action => Some(Self::Action),
            RowKind::Session => Some(Self::Session),
            RowKind::Relationship => Some(Self::Relationship),
            RowKind::Stage => None,
        }
    }

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Goal => "goal",
            Self::Action => "action",
            Self::Session => "session",
            Self::Relationship => "relationship",
            Self::Message => "message",
        }
    }
}

/// Something found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Found {
    /// Where.
    pub space: SpaceId,
    /// What.
    pub noun: FoundNoun,
    /// The noun's id in hexadecimal.
    pub id: String,
    /// The words around the place, with `[` and `]` about what matched.
    pub excerpt: String,
}

/// Lines after which a part is done; messages are read so many at a time.
const PART: usize = 250;
/// Messages of a space stand under this number in the index.
const MESSAGES: i64 = -1;
/// And under this one what a person keeps to themselves about sessions of it.
const KEPT: i64 = -2;

/// The index.
#[derive(Debug)]
pub(super) struct Index {
    db: Connection,
    /// What it does not have yet, or not as it is now, in this order.
    todo: VecDeque<Key>,
}

impl Index {
    fn new(todo: VecDeque<Key>) -> Result<Self, StoreError> {
        let db = Connection::open_in_memory()?;
        db.execute_batch(
            "CREATE TABLE line (no INTEGER PRIMARY KEY, space BLOB NOT NULL, document INTEGER NOT NULL, noun INTEGER NOT NULL, id BLOB NOT NULL, words TEXT NOT NULL, lower TEXT);
             CREATE INDEX line_document ON line (space, document, id);
             CREATE VIRTUAL TABLE by_word USING fts5 (words, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2');
             -- Nothing is saved by writing into memory in small parts.
             INSERT INTO by_word (by_word, rank) VALUES ('hashsize', 67108864);",
        )?;
        Ok(Self { db, todo })
    }

    fn add(&self, space: &SpaceId, document: i64, noun: FoundNoun, id: &[u8], words: &str) -> Result<(), StoreError> {
        self.db
            .prepare_cached("INSERT INTO line (space, document, noun, id, words, lower) VALUES (?, ?, ?, ?, ?, ?)")?
            .execute(params![space.0, document, noun as u8, id, words, Some(words.to_lowercase()).filter(|lower| lower != words)])?;
        let no = self.db.last_insert_rowid();
        self.db.prepare_cached("INSERT INTO by_word (rowid, words) VALUES (?, ?)")?.execute(params![no, words])?;
        Ok(())
    }

    fn add_message(&self, space: &SpaceId, message: &MessageView) -> Result<(), StoreError> {
        message.text.as_ref().map_or(Ok(()), |text| self.add(space, MESSAGES, FoundNoun::Message, &message.id.0, text))
    }

    /// Forgets the lines of a document, or one of them.
    fn drop(&self, space: &SpaceId, document: i64, id: Option<&[u8]>) -> Result<(), StoreError> {
        let which = if id.is_some() { "id = ?3" } else { "?3 IS NULL" };
        let mut q = self.db.prepare_cached(&format!("DELETE FROM line WHERE space = ?1 AND document = ?2 AND {which} RETURNING no"))?;
        let gone: Vec<i64> = q.query_map(params![space.0, document, id], |r| r.get(0))?.collect::<Result<_, _>>()?;
        for no in gone {
            self.db.prepare_cached("DELETE FROM by_word WHERE rowid = ?")?.execute([no])?;
        }
        Ok(())
    }

    /// Lines that have all of the words, the last of them perhaps as the beginning of one; best first.
    fn by_word(&self, words: &[&str], limit: usize) -> Result<Vec<i64>, StoreError> {
        let quoted: Vec<String> = words.iter().map(|w| format!("\"{w}\"")).collect();
        let mut q = self.db.prepare_cached("SELECT rowid FROM by_word WHERE by_word MATCH ? ORDER BY rank LIMIT ?")?;
        let args = params![format!("{}*", quoted.join(" ")), limit as i64];
        Ok(q.query_map(args, |r| r.get(0))?.collect::<Result<_, _>>()?)
    }

    /// Lines in which all of the words stand somewhere, inside of others too; what was added last comes first.
    fn by_letters(&self, words: &[&str], limit: usize) -> Result<Vec<i64>, StoreError> {
        let lower: Vec<String> = words.iter().map(|w| w.to_lowercase()).collect();
        let mut q = self.db.prepare_cached("SELECT no, COALESCE(lower, words) FROM line ORDER BY no DESC")?;
        let mut rows = q.query([])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()?.filter(|_| found.len() < limit) {
            let line = row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?;
            if lower.iter().all(|w| line.contains(w.as_str())) {
                found.push(row.get(0)?);
            }
        }
        Ok(found)
    }
}

impl Engine {
    /// Everything that has all the words of `query`, best first. The last word may be the beginning of one.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn search(&mut self, query: &str, limit: usize) -> Result<Vec<Found>, EngineError> {
        self.search_in(None, query, limit)
    }

    /// The same in one space.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn search_in(&mut self, only: Option<&SpaceId>, query: &str, limit: usize) -> Result<Vec<Found>, EngineError> {
        // What would end a word, or the query, for the index: a paste may hold anything.
        let query = query.replace(['"', '\0'], " ");
        let words: Vec<&str> = query.split_whitespace().collect();
        if words.is_empty() {
            return Ok(Vec::new());
        }
        self.refresh(usize::MAX)?;
        let Some(index) = &self.index else { return Ok(Vec::new()) };
        // The index knows no spaces: of one, all that fits anywhere is looked through.
        let most = if only.is_some() { i64::MAX as usize } else { limit };
        let mut found = index.by_word(&words, most)?;
        // One or two letters stand inside of almost everything, alone; in a script without spaces they are a word.
        if found.len() < most && words.iter().any(|w| w.chars().count() >= 3 || !w.is_ascii()) {
            found.extend(index.by_letters(&words, most)?);
        }
        let (mut seen, mut shown) = (BTreeSet::new(), BTreeSet::new());
        let mut out = Vec::new();
        for no in found.into_iter().filter(|no| seen.insert(*no)).take(most) {
            if out.len() == limit {
                break;
            }
            let mut q = index.db.prepare_cached("SELECT space, noun, id, words FROM line WHERE no = ?").map_err(StoreError::from)?;
            let (space, noun, id, words): ([u8; 32], u8, Vec<u8>, String) =
                q.query_row([no], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?))).map_err(StoreError::from)?;
            if only.is_some_and(|o| o.0 != space) {
                continue;
            }
            let noun = *FoundNoun::ALL.get(usize::from(noun)).ok_or(StoreError::Shape("index"))?;
            let found = Found { space: SpaceId(space), noun, id: hex::encode(id), excerpt: excerpt(&words, &query) };
            // What a snapshot shows and records say already stands in the index twice.
            if shown.insert((found.space, found.noun, found.id.clone())) {
                out.push(found);
            }
        }
        Ok(out)
    }

    /// Does a part of what the next search would do first, about a hundredth of a second of it: whether nothing is left. Building the index takes a second where
    /// two people wrote for ten years, and nobody who types meanwhile is to wait for that.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn prepare_search(&mut self) -> Result<bool, EngineError> {
        self.refresh(PART)
    }

    /// Builds the index, or brings it up to what changed, some `most` lines of it: whether nothing is left.
    fn refresh(&mut self, most: usize) -> Result<bool, EngineError> {
        let mut index = match self.index.take() {
            Some(index) => index,
            None => Index::new(self.everything()?)?,
        };
        // What changed since comes last: it takes the place of what the index has by then.
        index.todo.extend(std::mem::take(&mut self.core.stale_rows));
        index.db.execute_batch("BEGIN").map_err(StoreError::from)?;
        let mut lines = 0;
        while lines < most
            && let Some(key) = index.todo.pop_front()
        {
            lines += self.index(&mut index, key)?.max(1);
        }
        let whole = index.todo.is_empty();
        if whole {
            self.index_kept(&index)?;
        }
        index.db.execute_batch("COMMIT").map_err(StoreError::from)?;
        self.index = Some(index);
        Ok(whole)
    }

    /// All there is to index.
    fn everything(&self) -> Result<VecDeque<Key>, EngineError> {
        let db = self.store.read();
        let mut keys = VecDeque::new();
        for space in self.core.spaces.values() {
            keys.push_back(Key::Messages(space.id));
            for no in self.core.numbers(&db, &space.id)? {
                keys.extend(db.documents(no)?.into_iter().map(|d| Key::Document(space.id, d.no)));
            }
        }
        Ok(keys)
    }

    /// Indexes one thing anew; gives how many lines it has.
    fn index(&self, index: &mut Index, key: Key) -> Result<usize, EngineError> {
        match key {
            Key::Document(space, document) => {
                index.drop(&space, document, None)?;
                let rows: Vec<_> = self.store.read().rows_of(document)?.into_iter().filter(|r| r.alive).collect();
                for row in &rows {
                    if let (Some(noun), Some((words, _))) = (noun(row.kind).and_then(FoundNoun::of), unstored(&row.view)) {
                        index.add(&space, document, noun, &row.id, words)?;
                    }
                }
                Ok(rows.len())
            }
            Key::Messages(space) => {
                if self.core.spaces.get(&space).is_some_and(|s| s.kind != SpaceKind::Personal) {
                    index.drop(&space, MESSAGES, None)?;
                    index.todo.push_front(Key::Before(space, u64::MAX));
                }
                Ok(0)
            }
            Key::Before(space, before) => {
                let mut page = view::messages(&self.said(&space, before, PART)?);
                if let Some(first) = page.first().map(|m| m.effective).filter(|_| page.len() == PART) {
                    // Of the messages of this clock, one a device, some may lie before the page: they come with the next, all of them.
                    page.retain(|m| m.effective > first);
                    index.todo.push_front(Key::Before(space, first.saturating_add(1)));
                }
                for message in &page {
                    index.add_message(&space, message)?;
                }
                Ok(page.len())
            }
            Key::Message(space, id) => {
                index.drop(&space, MESSAGES, Some(&id.0))?;
                if let Some(message) = self.message(&space, &id)? {
                    index.add_message(&space, &message)?;
                }
                Ok(1)
            }
        }
    }

    /// Indexes what a person keeps to themselves about sessions.
    fn index_kept(&self, index: &Index) -> Result<(), EngineError> {
        let kept = self.core.kept_by_session(&self.store.read())?;
        for space in self.core.spaces.keys() {
            index.drop(space, KEPT, None)?;
        }
        for (space, kept) in &kept {
            if let Some(space) = space {
                index.add(space, KEPT, FoundNoun::Session, &kept.session.0, &kept.search())?;
            }
        }
        Ok(())
    }
}

/// The words around the first place where one of the query's words stands.
fn excerpt(words: &str, query: &str) -> String {
    let lower = words.to_lowercase();
    let hit = query.split_whitespace().filter_map(|w| lower.find(&w.to_lowercase()).map(|at| (at, w.to_lowercase().len()))).min();
    // Lower case may have other lengths; then the beginning is shown.
    let (at, len) = hit
        .filter(|(at, len)| lower.len() == words.len() && words.is_char_boundary(*at) && words.is_char_boundary(at + len))
        .unwrap_or((0, 0));
    let from = words.char_indices().map(|(i, _)| i).filter(|i| *i + 40 >= at).min().unwrap_or(0);
    let to = words.char_indices().map(|(i, c)| i + c.len_utf8()).find(|i| *i >= at + len + 40).unwrap_or(words.len());
    let part = |a: usize, b: usize| words.get(a..b).unwrap_or_default().replace('\n', " ");
    let mut out = String::new();
    if from > 0 {
        out.push('…');
    }
    out.push_str(&part(from, at));
    if len > 0 {
        out.push_str(&format!("[{}]", part(at, at + len)));
    }
    out.push_str(&part(at + len, to));
    if to < words.len() {
        out.push('…');
    }
    out
}
