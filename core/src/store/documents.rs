//! Documents: the last saved form, and the changes since.

use rusqlite::{OptionalExtension, Row, params};

use super::{Db, StoreError};
use crate::id::DocumentId;

/// Whether a document was deleted for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Erased {
    /// It stands.
    No,
    /// It was, and what the tombstones know of it has not all come: kept, and shown nowhere.
    Waits,
    /// It was, and nothing of it is kept beside the sealed records.
    Done,
}

/// A document as it is kept.
#[derive(Debug, Clone)]
pub struct DocumentRow {
    /// Row number.
    pub no: i64,
    /// Row number of its space.
    pub space: i64,
    /// Its id.
    pub id: DocumentId,
    /// Its kind's wire code.
    pub kind: u16,
    /// Its heads, sorted, 32 bytes each.
    pub heads: Vec<u8>,
    /// How many changes stand beside the saved form.
    pub tail: u64,
    /// Whether it was deleted for good.
    pub erased: Erased,
}

/// The last record of a device of this person that carries a change of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CarriedRow {
    /// Whose, as a row number.
    pub device: i64,
    /// Whether this device sealed it, in its present life.
    pub own: bool,
    /// The lane, as a row number.
    pub lane: i64,
    /// Its number.
    pub n: u64,
}

/// A change beside the saved form.
#[derive(Debug, Clone)]
pub struct ChangeRow {
    /// Row number.
    pub no: i64,
    /// Its automerge hash.
    pub hash: [u8; 32],
    /// The chunk.
    pub bytes: Vec<u8>,
}

const DOCUMENT: &str = "no, space, id, kind, heads, tail, erased";

fn document(r: &Row<'_>) -> rusqlite::Result<DocumentRow> {
    Ok(DocumentRow {
        no: r.get(0)?,
        space: r.get(1)?,
        id: DocumentId(r.get(2)?),
        kind: r.get(3)?,
        heads: r.get(4)?,
        tail: r.get::<_, i64>(5)? as u64,
        erased: match r.get(6)? {
            0 => Erased::No,
            1 => Erased::Waits,
            _ => Erased::Done,
        },
    })
}

impl Db<'_> {
    /// One document.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn document(&self, space: i64, id: &DocumentId) -> Result<Option<DocumentRow>, StoreError> {
        let mut q = self.c.prepare_cached(&format!("SELECT {DOCUMENT} FROM document WHERE space = ? AND id = ?"))?;
        Ok(q.query_row(params![space, id.0], document).optional()?)
    }

    /// A document by its row number.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn document_no(&self, no: i64) -> Result<Option<DocumentRow>, StoreError> {
        let mut q = self.c.prepare_cached(&format!("SELECT {DOCUMENT} FROM document WHERE no = ?"))?;
        Ok(q.query_row([no], document).optional()?)
    }

    /// Every document of a space, by id.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn documents(&self, space: i64) -> Result<Vec<DocumentRow>, StoreError> {
        let mut q = self.c.prepare_cached(&format!("SELECT {DOCUMENT} FROM document WHERE space = ? ORDER BY id"))?;
        Ok(q.query_map([space], document)?.collect::<Result<_, _>>()?)
    }

    /// A new document with nothing in it; its row number.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn add_document(&self, space: i64, id: &DocumentId, kind: u16) -> Result<i64, StoreError> {
        self.c
            .prepare_cached("INSERT INTO document (space, id, kind, heads, tail) VALUES (?, ?, ?, x'', 0)")?
            .execute(params![space, id.0, kind])?;
        Ok(self.c.last_insert_rowid())
    }

    /// The saved form, opened.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn saved(&self, no: i64) -> Result<Option<Vec<u8>>, StoreError> {
        let sealed: Option<Vec<u8>> =
            self.c.prepare_cached("SELECT sealed FROM document WHERE no = ?")?.query_row([no], |r| r.get(0)).optional()?.flatten();
        sealed.map(|s| self.open("document", &no.to_be_bytes(), &s)).transpose()
    }

    /// The changes since, in the order they came.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn tail(&self, no: i64) -> Result<Vec<ChangeRow>, StoreError> {
        let mut q = self.c.prepare_cached("SELECT no, hash, sealed FROM change WHERE document = ? ORDER BY no")?;
        let rows: Vec<(i64, [u8; 32], Vec<u8>)> =
            q.query_map([no], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?.collect::<Result<_, _>>()?;
        rows.into_iter().map(|(no, hash, s)| Ok(ChangeRow { no, hash, bytes: self.open("change", &hash, &s)? })).collect()
    }

    /// One change by its row number: its document's row number and bytes.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn change(&self, no: i64) -> Result<Option<(i64, Vec<u8>)>, StoreError> {
        let mut q = self.c.prepare_cached("SELECT document, hash, sealed FROM change WHERE no = ?")?;
        let row: Option<(i64, [u8; 32], Vec<u8>)> = q.query_row([no], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?))).optional()?;
        row.map(|(document, hash, s)| Ok((document, self.open("change", &hash, &s)?))).transpose()
    }

    /// Keeps a change beside the saved form; its row number.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn add_change(&self, document: i64, hash: &[u8; 32], bytes: &[u8]) -> Result<i64, StoreError> {
        self.c.prepare_cached("INSERT INTO change (document, hash, sealed) VALUES (?, ?, ?)")?.execute(params![
            document,
            hash,
            self.seal("change", hash, bytes)
        ])?;
        Ok(self.c.last_insert_rowid())
    }

    /// Says what a document's heads are now and that `more` changes were added.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn set_heads(&self, no: i64, heads: &[u8], more: usize) -> Result<(), StoreError> {
        self.c.prepare_cached("UPDATE document SET heads = ?, tail = tail + ? WHERE no = ?")?.execute(params![heads, more as i64, no])?;
        Ok(())
    }

    /// Replaces the saved form and lets every change go that is not in the outbox.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn save_document(&self, no: i64, saved: &[u8]) -> Result<(), StoreError> {
        self.c
            .prepare_cached("UPDATE document SET sealed = ?2 WHERE no = ?1")?
            .execute(params![no, self.seal("document", &no.to_be_bytes(), saved)])?;
        self.c
            .prepare_cached("DELETE FROM change WHERE document = ? AND no NOT IN (SELECT CAST(ref AS INTEGER) FROM outbox WHERE kind = 0)")?
            .execute([no])?;
        self.c
            .prepare_cached("UPDATE document SET tail = (SELECT COUNT(*) FROM change WHERE document = ?1) WHERE no = ?1")?
            .execute([no])?;
        Ok(())
    }

    /// Notes that a record carries a change of this document. It stands until one of a greater number does, or one in another lane.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn set_carried(&self, no: i64, by: &CarriedRow) -> Result<(), StoreError> {
        let sql = "INSERT INTO carried VALUES (?, ?, ?, ?, ?) ON CONFLICT (document, device, own)
            DO UPDATE SET lane = excluded.lane, n = excluded.n WHERE lane <> excluded.lane OR n < excluded.n";
        self.c.prepare_cached(sql)?.execute(params![no, by.device, by.own, by.lane, by.n as i64])?;
        Ok(())
    }

    /// The last records of this person's devices that carry a change of a document.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn carried(&self, no: i64) -> Result<Vec<CarriedRow>, StoreError> {
        let mut q = self.c.prepare_cached("SELECT device, own, lane, n FROM carried WHERE document = ?")?;
        let row = |r: &Row<'_>| Ok(CarriedRow { device: r.get(0)?, own: r.get(1)?, lane: r.get(2)?, n: r.get::<_, i64>(3)? as u64 });
        Ok(q.query_map([no], row)?.collect::<Result<_, _>>()?)
    }

    /// Empties a space of its documents and what was made from them, to be built again from its records. Changes that were not sent yet stay.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn clear_documents(&self, space: i64) -> Result<(), StoreError> {
        self.c.execute(
            "DELETE FROM change WHERE document IN (SELECT no FROM document WHERE space = ?)
             AND no NOT IN (SELECT CAST(ref AS INTEGER) FROM outbox WHERE kind = 0)",
            [space],
        )?;
        self.c.execute(
            "UPDATE document SET sealed = NULL, heads = x'', tail = (SELECT COUNT(*) FROM change WHERE document = document.no), erased = 0
             WHERE space = ?",
            [space],
        )?;
        self.c.execute("DELETE FROM row WHERE space = ?", [space])?;
        self.c.execute("DELETE FROM past WHERE space = ?", [space])?;
        self.c.execute("DELETE FROM aside WHERE document IN (SELECT no FROM document WHERE space = ?)", [space])?;
        Ok(())
    }

    /// Empties one document, to be built again from changes. Those that were not sent yet stay.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn clear_document(&self, no: i64) -> Result<(), StoreError> {
        self.c.execute(
            "DELETE FROM change WHERE document = ? AND no NOT IN (SELECT CAST(ref AS INTEGER) FROM outbox WHERE kind = 0)",
            [no],
        )?;
        self.c.execute("DELETE FROM aside WHERE document = ?", [no])?;
        self.c.execute(
            "UPDATE document SET sealed = NULL, heads = x'', tail = (SELECT COUNT(*) FROM change WHERE document = ?1) WHERE no = ?1",
            [no],
        )?;
        Ok(())
    }

    /// Notes that a document was deleted for good, and that not all of what is known of it has come.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn await_erasing(&self, no: i64) -> Result<(), StoreError> {
        self.c.prepare_cached("UPDATE document SET erased = 1 WHERE no = ? AND erased = 0")?.execute([no])?;
        Ok(())
    }

    /// Drops everything of a document but its sealed records: saved form, changes, those that wait to be sent, rows, what was being typed.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn erase_document(&self, no: i64) -> Result<(), StoreError> {
        for sql in [
            "DELETE FROM outbox WHERE kind = 0 AND CAST(ref AS INTEGER) IN (SELECT no FROM change WHERE document = ?)",
            "DELETE FROM change WHERE document = ?",
            "DELETE FROM aside WHERE document = ?",
            "DELETE FROM row WHERE document = ?",
            "DELETE FROM journal WHERE document = ?",
            "DELETE FROM carried WHERE document = ?",
            "UPDATE document SET sealed = NULL, heads = x'', tail = 0, erased = 2 WHERE no = ?",
        ] {
            self.c.prepare_cached(sql)?.execute([no])?;
        }
        Ok(())
    }

    /// Hashes of the changes of a document that wait to be sent.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn unsent(&self, no: i64) -> Result<Vec<[u8; 32]>, StoreError> {
        let mut q = self.c.prepare_cached(
            "SELECT hash FROM change WHERE document = ? AND no IN (SELECT CAST(ref AS INTEGER) FROM outbox WHERE kind = 0)",
        )?;
        Ok(q.query_map([no], |r| r.get(0))?.collect::<Result<_, _>>()?)
    }

    /// Keeps a change that is set aside.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn put_aside(&self, document: i64, hash: &[u8; 32], actor: &[u8; 16], bytes: &[u8]) -> Result<(), StoreError> {
        self.c.prepare_cached("INSERT OR IGNORE INTO aside (document, hash, actor, sealed) VALUES (?, ?, ?, ?)")?.execute(params![
            document,
            hash,
            actor,
            self.seal("aside", hash, bytes)
        ])?;
        Ok(())
    }

    /// Hashes of the changes of a document that are set aside.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn aside_hashes(&self, document: i64) -> Result<Vec<[u8; 32]>, StoreError> {
        let mut q = self.c.prepare_cached("SELECT hash FROM aside WHERE document = ? ORDER BY hash")?;
        Ok(q.query_map([document], |r| r.get(0))?.collect::<Result<_, _>>()?)
    }

    /// The changes of a document that are set aside, by hash.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn asides(&self, document: i64) -> Result<Vec<Vec<u8>>, StoreError> {
        let mut q = self.c.prepare_cached("SELECT hash, sealed FROM aside WHERE document = ? ORDER BY hash")?;
        let rows: Vec<([u8; 32], Vec<u8>)> = q.query_map([document], |r| Ok((r.get(0)?, r.get(1)?)))?.collect::<Result<_, _>>()?;
        rows.into_iter().map(|(hash, s)| self.open("aside", &hash, &s)).collect()
    }

    /// Whether a change of this actor is set aside.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn is_aside(&self, actor: &[u8; 16]) -> Result<bool, StoreError> {
        Ok(self.c.prepare_cached("SELECT EXISTS (SELECT 1 FROM aside WHERE actor = ?)")?.query_row([actor], |r| r.get(0))?)
    }

    /// Keeps a change of a record past a cut.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn put_past(&self, space: i64, document: &DocumentId, hash: &[u8; 32], bytes: &[u8]) -> Result<(), StoreError> {
        self.c
            .prepare_cached("INSERT OR IGNORE INTO past (space, document, hash, counted, sealed) VALUES (?, ?, ?, 0, ?)")?
            .execute(params![space, document.0, hash, self.seal("past", hash, bytes)])?;
        Ok(())
    }

    /// A change past a cut that does not count yet; it does from now on.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn count_past(&self, space: i64, document: &DocumentId, hash: &[u8; 32]) -> Result<Option<Vec<u8>>, StoreError> {
        let sql = "UPDATE past SET counted = 1 WHERE space = ? AND document = ? AND hash = ? AND NOT counted RETURNING sealed";
        let sealed: Option<Vec<u8>> = self.c.prepare_cached(sql)?.query_row(params![space, document.0, hash], |r| r.get(0)).optional()?;
        sealed.map(|s| self.open("past", hash, &s)).transpose()
    }

    /// Changes past a cut that count because others rest on them.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn counted_past(&self, space: i64, document: &DocumentId) -> Result<Vec<[u8; 32]>, StoreError> {
        let mut q = self.c.prepare_cached("SELECT hash FROM past WHERE space = ? AND document = ? AND counted")?;
        Ok(q.query_map(params![space, document.0], |r| r.get(0))?.collect::<Result<_, _>>()?)
    }

    /// Whether a space has changes past a cut that do not count.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn has_past(&self, space: i64) -> Result<bool, StoreError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM past WHERE space = ? AND NOT counted)";
        Ok(self.c.prepare_cached(sql)?.query_row([space], |r| r.get(0))?)
    }

    /// Adds what somebody types and has not committed.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn add_journal(&self, document: i64, splices: &[u8]) -> Result<(), StoreError> {
        self.c
            .prepare_cached("INSERT INTO journal (document, sealed) VALUES (?, ?)")?
            .execute(params![document, self.seal("journal", &document.to_be_bytes(), splices)])?;
        Ok(())
    }

    /// What was typed and not committed, oldest first: (document, bytes).
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn journal(&self) -> Result<Vec<(i64, Vec<u8>)>, StoreError> {
        let mut q = self.c.prepare_cached("SELECT document, sealed FROM journal ORDER BY no")?;
        let rows: Vec<(i64, Vec<u8>)> = q.query_map([], |r| Ok((r.get(0)?, r.get(1)?)))?.collect::<Result<_, _>>()?;
        rows.into_iter().map(|(d, s)| Ok((d, self.open("journal", &d.to_be_bytes(), &s)?))).collect()
    }

    /// Forgets what was typed in a document, once it is in a change.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn clear_journal(&self, document: i64) -> Result<(), StoreError> {
        self.c.prepare_cached("DELETE FROM journal WHERE document = ?")?.execute([document])?;
        Ok(())
    }
}
