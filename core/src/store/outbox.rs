//! The outbox: what was written here and is in no record yet.

use rusqlite::params;

use super::{Db, StoreError};
use crate::id::StatementId;

/// What waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outgoing {
    /// A change, by its row number.
    Change(i64),
    /// An event, by its row number.
    Event(i64),
    /// A statement.
    Statement(StatementId),
}

/// A line of the outbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutgoingRow {
    /// Row number, rising in the order of writing.
    pub no: i64,
    /// What waits.
    pub item: Outgoing,
}

impl Db<'_> {
    /// Puts something behind everything else that waits in its space.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn put_out(&self, space: i64, item: Outgoing) -> Result<(), StoreError> {
        let mut q = self.c.prepare_cached("INSERT INTO outbox (space, kind, ref) VALUES (?, ?, ?)")?;
        match item {
            Outgoing::Change(no) => q.execute(params![space, 0, no])?,
            Outgoing::Event(no) => q.execute(params![space, 1, no])?,
            Outgoing::Statement(id) => q.execute(params![space, 2, id.0])?,
        };
        Ok(())
    }

    /// What waits in a space, oldest first.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn outgoing(&self, space: i64, limit: usize) -> Result<Vec<OutgoingRow>, StoreError> {
        let mut q = self.c.prepare_cached("SELECT no, kind, ref FROM outbox WHERE space = ? ORDER BY no LIMIT ?")?;
        let mut rows = q.query(params![space, limit as i64])?;
        let mut out = Vec::new();
        while let Some(r) = rows.next()? {
            let item = match r.get::<_, i64>(1)? {
                0 => Outgoing::Change(r.get(2)?),
                1 => Outgoing::Event(r.get(2)?),
                2 => Outgoing::Statement(StatementId(r.get(2)?)),
                _ => return Err(StoreError::Shape("outbox kind")),
            };
            out.push(OutgoingRow { no: r.get(0)?, item });
        }
        Ok(out)
    }

    /// Whether changes of a document (by its row number) wait.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn waits_out(&self, space: i64, document: i64) -> Result<bool, StoreError> {
        let mut q = self.c.prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM outbox JOIN change ON change.no = CAST(outbox.ref AS INTEGER)
             WHERE outbox.space = ? AND outbox.kind = 0 AND change.document = ?)",
        )?;
        Ok(q.query_row(params![space, document], |r| r.get(0))?)
    }

    /// How many things wait in a space.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn n_outgoing(&self, space: i64) -> Result<u64, StoreError> {
        Ok(self.c.prepare_cached("SELECT COUNT(*) FROM outbox WHERE space = ?")?.query_row([space], |r| r.get::<_, i64>(0))? as u64)
    }

    /// How many changes, and events of other kinds than `but`, wait in a space.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn n_written(&self, space: i64, but: [u16; 3]) -> Result<u64, StoreError> {
        let sql = "SELECT COUNT(*) FROM outbox LEFT JOIN event ON outbox.kind = 1 AND event.no = CAST(outbox.ref AS INTEGER)
                   WHERE outbox.space = ? AND (outbox.kind = 0 OR outbox.kind = 1 AND event.kind NOT IN (?, ?, ?))";
        let n: i64 = self.c.prepare_cached(sql)?.query_row(params![space, but[0], but[1], but[2]], |r| r.get(0))?;
        Ok(n as u64)
    }

    /// The statements that wait in a space.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn outgoing_statements(&self, space: i64) -> Result<Vec<StatementId>, StoreError> {
        let mut q = self.c.prepare_cached("SELECT ref FROM outbox WHERE space = ? AND kind = 2 ORDER BY no")?;
        Ok(q.query_map([space], |r| r.get(0).map(StatementId))?.collect::<Result<_, _>>()?)
    }

    /// Takes out what a record now carries.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn drop_out(&self, no: i64) -> Result<(), StoreError> {
        self.c.prepare_cached("DELETE FROM outbox WHERE no = ?")?.execute([no])?;
        Ok(())
    }
}
