//! Rows that lists and screens read, and notices.

use rusqlite::{OptionalExtension, params};

use super::{Db, StoreError};

/// One line of a list: a view in JSON, with what lists sort and filter by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowRecord {
    /// What noun it is.
    pub kind: i64,
    /// The noun's id.
    pub id: [u8; 16],
    /// Row number of its document, if it has one.
    pub document: Option<i64>,
    /// Whether it is not in the bin.
    pub alive: bool,
    /// What lists sort by, greatest first.
    pub sort: i64,
    /// Whether it is still to come or to be done: a planned session, an open action.
    pub open: bool,
    /// Whether people differ on something in it.
    pub differs: bool,
    /// The view and the words to search, as the engine wrote them.
    pub view: Vec<u8>,
}

const ROW: &str = "kind, id, document, alive, sort, open, differs, sealed";

impl Db<'_> {
    /// Replaces every row of a document.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn put_rows(&self, space: i64, document: Option<i64>, rows: &[RowRecord]) -> Result<(), StoreError> {
        if let Some(document) = document {
            self.c.prepare_cached("DELETE FROM row WHERE document = ?")?.execute([document])?;
        }
        let mut q = self.c.prepare_cached(
            "INSERT OR REPLACE INTO row (space, kind, id, document, alive, sort, open, differs, sealed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )?;
        for row in rows {
            let sealed = self.seal("row", &row.id, &row.view);
            q.execute(params![space, row.kind, row.id, document, row.alive, row.sort, row.open, row.differs, sealed])?;
        }
        Ok(())
    }

    /// Rows of one noun, greatest sort first.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn rows(&self, space: i64, kind: i64, alive: bool, limit: usize) -> Result<Vec<RowRecord>, StoreError> {
        let sql = format!("SELECT {ROW} FROM row WHERE space = ? AND kind = ? AND alive = ? ORDER BY sort DESC, id LIMIT ?");
        let mut q = self.c.prepare_cached(&sql)?;
        let rows: Vec<RowRecord> = q.query_map(params![space, kind, alive, limit as i64], Self::row_record)?.collect::<Result<_, _>>()?;
        self.opened(rows)
    }

    /// Rows of one noun that live and are still to come or to be done, greatest sort first.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn open_rows(&self, space: i64, kind: i64) -> Result<Vec<RowRecord>, StoreError> {
        // Named, since the planner would rather walk every row in the order that is asked for than sort the few.
        let sql =
            format!("SELECT {ROW} FROM row INDEXED BY row_open WHERE space = ? AND kind = ? AND alive AND open ORDER BY sort DESC, id");
        let mut q = self.c.prepare_cached(&sql)?;
        let rows = q.query_map([space, kind], Self::row_record)?.collect::<Result<_, _>>()?;
        self.opened(rows)
    }

    /// Rows of a space that live and on which people differ.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn differing_rows(&self, space: i64) -> Result<Vec<RowRecord>, StoreError> {
        let mut q = self.c.prepare_cached(&format!(
            "SELECT {ROW} FROM row INDEXED BY row_differs WHERE space = ? AND alive AND differs ORDER BY kind, id"
        ))?;
        let rows = q.query_map([space], Self::row_record)?.collect::<Result<_, _>>()?;
        self.opened(rows)
    }

    /// One row by its id.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn row(&self, space: i64, kind: i64, id: &[u8; 16]) -> Result<Option<RowRecord>, StoreError> {
        let mut q = self.c.prepare_cached(&format!("SELECT {ROW} FROM row WHERE space = ? AND kind = ? AND id = ?"))?;
        let row = q.query_row(params![space, kind, id], Self::row_record).optional()?;
        Ok(self.opened(row.into_iter().collect())?.pop())
    }

    /// The rows of a document.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn rows_of(&self, document: i64) -> Result<Vec<RowRecord>, StoreError> {
        let mut q = self.c.prepare_cached(&format!("SELECT {ROW} FROM row WHERE document = ? ORDER BY kind, id"))?;
        let rows = q.query_map([document], Self::row_record)?.collect::<Result<_, _>>()?;
        self.opened(rows)
    }

    /// Every row of a space.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn all_rows(&self, space: i64) -> Result<Vec<RowRecord>, StoreError> {
        let mut q = self.c.prepare_cached(&format!("SELECT {ROW} FROM row WHERE space = ? ORDER BY kind, id"))?;
        let rows = q.query_map([space], Self::row_record)?.collect::<Result<_, _>>()?;
        self.opened(rows)
    }

    fn row_record(r: &rusqlite::Row<'_>) -> rusqlite::Result<RowRecord> {
        Ok(RowRecord {
            kind: r.get(0)?,
            id: r.get(1)?,
            document: r.get(2)?,
            alive: r.get(3)?,
            sort: r.get(4)?,
            open: r.get(5)?,
            differs: r.get(6)?,
            view: r.get(7)?,
        })
    }

    fn opened(&self, rows: Vec<RowRecord>) -> Result<Vec<RowRecord>, StoreError> {
        rows.into_iter().map(|r| Ok(RowRecord { view: self.open("row", &r.id, &r.view)?, ..r })).collect()
    }

    /// Keeps a notice to be shown until it was seen. One of the same kind and words about the same space is kept once.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn add_notice(&self, space: Option<i64>, kind: &str, at: i64, words: &[u8]) -> Result<(), StoreError> {
        if self.notices()?.iter().any(|(_, s, k, _, w)| *s == space && k == kind && w == words) {
            return Ok(());
        }
        self.c.prepare_cached("INSERT OR IGNORE INTO notice (space, kind, at, sealed) VALUES (?, ?, ?, ?)")?.execute(params![
            space,
            kind,
            at,
            self.seal("notice", kind.as_bytes(), words)
        ])?;
        Ok(())
    }

    /// Every notice: number, space, kind, time (ms), words.
    ///
    /// # Errors
    /// See [`StoreError`].
    #[allow(clippy::type_complexity, reason = "a row as it stands")]
    pub fn notices(&self) -> Result<Vec<(i64, Option<i64>, String, i64, Vec<u8>)>, StoreError> {
        let mut q = self.c.prepare_cached("SELECT no, space, kind, at, sealed FROM notice ORDER BY no")?;
        let rows: Vec<(i64, Option<i64>, String, i64, Vec<u8>)> =
            q.query_map([], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?, r.get(4)?)))?.collect::<Result<_, _>>()?;
        rows.into_iter().map(|(n, s, k, at, w)| Ok((n, s, k.clone(), at, self.open("notice", k.as_bytes(), &w)?))).collect()
    }

    /// Forgets a notice that was seen.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn drop_notice(&self, no: i64) -> Result<(), StoreError> {
        self.c.prepare_cached("DELETE FROM notice WHERE no = ?")?.execute([no])?;
        Ok(())
    }
}
