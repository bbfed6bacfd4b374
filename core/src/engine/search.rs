//! Search: an index in memory over everything a person can read here, by words and, for languages written without spaces, by three letters.

use std::collections::BTreeSet;

use rusqlite::{Connection, params};
use serde::Serialize;

use super::apply::{noun, unstored};
use super::{Engine, EngineError};
use crate::id::SpaceId;
use crate::store::{SpaceKind, StoreError};

/// What changed since the index looked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Key {
    /// The rows of one document: space, row number.
    Document(SpaceId, i64),
    /// The messages of a space.
    Messages(SpaceId),
}

/// Something found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Found {
    /// Where.
    pub space: SpaceId,
    /// `note`, `goal`, `action`, `session`, `relationship`, `message`.
    pub noun: String,
    /// The noun's id in hexadecimal.
    pub id: String,
    /// The words around the place, with `[` and `]` about what matched.
    pub excerpt: String,
}

/// The index.
#[derive(Debug)]
pub(super) struct Index {
    db: Connection,
}

impl Index {
    fn new() -> Result<Self, StoreError> {
        let db = Connection::open_in_memory()?;
        db.execute_batch(
            "CREATE TABLE line (no INTEGER PRIMARY KEY, space BLOB NOT NULL, document INTEGER NOT NULL, noun TEXT NOT NULL, id BLOB NOT NULL, words TEXT NOT NULL);
             CREATE INDEX line_document ON line (space, document);
             CREATE VIRTUAL TABLE by_word USING fts5 (words, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2');
             CREATE VIRTUAL TABLE by_letters USING fts5 (words, content = '', contentless_delete = 1, tokenize = 'trigram');",
        )?;
        Ok(Self { db })
    }

    fn add(&self, space: &SpaceId, document: i64, noun: &str, id: &[u8], words: &str) -> Result<(), StoreError> {
        self.db
            .prepare_cached("INSERT INTO line (space, document, noun, id, words) VALUES (?, ?, ?, ?, ?)")?
            .execute(params![space.0, document, noun, id, words])?;
        let no = self.db.last_insert_rowid();
        self.db.prepare_cached("INSERT INTO by_word (rowid, words) VALUES (?, ?)")?.execute(params![no, words])?;
        self.db.prepare_cached("INSERT INTO by_letters (rowid, words) VALUES (?, ?)")?.execute(params![no, words])?;
        Ok(())
    }

    fn drop(&self, space: &SpaceId, document: i64) -> Result<(), StoreError> {
        let mut q = self.db.prepare_cached("DELETE FROM line WHERE space = ? AND document = ? RETURNING no")?;
        let gone: Vec<i64> = q.query_map(params![space.0, document], |r| r.get(0))?.collect::<Result<_, _>>()?;
        for no in gone {
            self.db.prepare_cached("DELETE FROM by_word WHERE rowid = ?")?.execute([no])?;
            self.db.prepare_cached("DELETE FROM by_letters WHERE rowid = ?")?.execute([no])?;
        }
        Ok(())
    }

    fn find(&self, table: &str, query: &str, limit: usize) -> Result<Vec<i64>, StoreError> {
        let sql = format!("SELECT rowid FROM {table} WHERE {table} MATCH ? ORDER BY rank LIMIT ?");
        let mut q = self.db.prepare_cached(&sql)?;
        Ok(q.query_map(params![query, limit as i64], |r| r.get(0))?.collect::<Result<_, _>>()?)
    }
}

/// Messages of a space stand under this number in the index.
const MESSAGES: i64 = -1;
/// And under this one what a person keeps to themselves about sessions of it.
const KEPT: i64 = -2;

impl Engine {
    /// Everything that has all the words of `query`, best first. The last word may be the beginning of one.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn search(&mut self, query: &str, limit: usize) -> Result<Vec<Found>, EngineError> {
        let words: Vec<String> = query.split_whitespace().map(|w| format!("\"{}\"", w.replace('"', ""))).filter(|w| w.len() > 2).collect();
        if words.is_empty() {
            return Ok(Vec::new());
        }
        self.refresh()?;
        let Some(index) = &self.index else { return Ok(Vec::new()) };
        let mut found = index.find("by_word", &format!("{}*", words.join(" ")), limit)?;
        // Three letters are the least that the other index knows.
        if words.iter().all(|w| w.chars().count() >= 5) {
            found.extend(index.find("by_letters", &words.join(" "), limit)?);
        }
        let mut seen = BTreeSet::new();
        let mut out = Vec::new();
        for no in found.into_iter().filter(|no| seen.insert(*no)).take(limit) {
            let mut q = index.db.prepare_cached("SELECT space, noun, id, words FROM line WHERE no = ?").map_err(StoreError::from)?;
            let (space, noun, id, words): ([u8; 32], String, Vec<u8>, String) =
                q.query_row([no], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?))).map_err(StoreError::from)?;
            let found = Found { space: SpaceId(space), noun, id: hex::encode(id), excerpt: excerpt(&words, query) };
            // What a snapshot shows and records say already stands in the index twice.
            if !out.iter().any(|f: &Found| (f.space, &f.noun, &f.id) == (found.space, &found.noun, &found.id)) {
                out.push(found);
            }
        }
        Ok(out)
    }

    /// Builds the index, or brings it up to what changed.
    fn refresh(&mut self) -> Result<(), EngineError> {
        let stale = std::mem::take(&mut self.core.stale_rows);
        let keys: Vec<Key> = match &self.index {
            Some(_) => stale.into_iter().collect(),
            None => {
                let db = self.store.read();
                let mut keys = Vec::new();
                for space in self.core.spaces.values() {
                    keys.push(Key::Messages(space.id));
                    for no in self.core.numbers(&db, &space.id)? {
                        keys.extend(db.documents(no)?.into_iter().map(|d| Key::Document(space.id, d.no)));
                    }
                }
                keys
            }
        };
        let index = match self.index.take() {
            Some(index) => index,
            None => Index::new()?,
        };
        index.db.execute_batch("BEGIN").map_err(StoreError::from)?;
        for key in keys {
            match key {
                Key::Document(space, document) => {
                    index.drop(&space, document)?;
                    for row in self.store.read().rows_of(document)?.into_iter().filter(|r| r.alive) {
                        if let (Some(kind), Some((words, _))) = (noun(row.kind), unstored(&row.view)) {
                            index.add(&space, document, &format!("{kind:?}").to_lowercase(), &row.id, words)?;
                        }
                    }
                }
                Key::Messages(space) => {
                    if self.core.spaces.get(&space).is_none_or(|s| s.kind == SpaceKind::Personal) {
                        continue;
                    }
                    index.drop(&space, MESSAGES)?;
                    for message in self.messages(&space, None, usize::MAX >> 1)? {
                        if let Some(text) = message.text {
                            index.add(&space, MESSAGES, "message", &message.id.0, &text)?;
                        }
                    }
                }
            }
        }
        let kept = self.core.kept_by_session(&self.store.read())?;
        for space in self.core.spaces.keys() {
            index.drop(space, KEPT)?;
        }
        for (space, kept) in &kept {
            if let Some(space) = space {
                index.add(space, KEPT, "session", &kept.session.0, &kept.search())?;
            }
        }
        index.db.execute_batch("COMMIT").map_err(StoreError::from)?;
        self.index = Some(index);
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
