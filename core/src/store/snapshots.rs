//! Snapshots that are shown until the records behind them are here: where each comes from, how far it covers, and what it holds, apart from everything
//! that is built from records.

use ithaca_wire::LaneId;
use ithaca_wire::vector::Sum;
use rusqlite::{OptionalExtension, params};

use super::{Db, StoreError};
use crate::id::{EpochId, RecordId};

/// Under which number of a space the content of its snapshot stands.
pub fn shadow(space: i64) -> i64 {
    -space
}

/// A snapshot that is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShownRow {
    /// Row number of its space.
    pub space: i64,
    /// Epoch of the record that names it.
    pub epoch: EpochId,
    /// Lane of that record.
    pub lane: LaneId,
    /// Its number there.
    pub n: u64,
}

/// How far a lane is covered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoveredRow {
    /// Its epoch.
    pub epoch: EpochId,
    /// The lane.
    pub lane: LaneId,
    /// Its opening's bytes.
    pub opening: Vec<u8>,
    /// Everything up to this number is shown.
    pub n: u64,
    /// Id of the record there.
    pub last: RecordId,
    /// Of everything up to it.
    pub sum: Sum,
}

impl Db<'_> {
    /// Snapshots that are shown.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn shown(&self) -> Result<Vec<ShownRow>, StoreError> {
        let mut q = self.c.prepare_cached("SELECT space, epoch, lane, n FROM snapshot ORDER BY space")?;
        let row = |r: &rusqlite::Row<'_>| {
            Ok(ShownRow { space: r.get(0)?, epoch: EpochId(r.get(1)?), lane: LaneId(r.get(2)?), n: r.get::<_, i64>(3)? as u64 })
        };
        Ok(q.query_map([], row)?.collect::<Result<_, _>>()?)
    }

    /// Whether a snapshot of this space is shown.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn shows_snapshot(&self, space: i64) -> Result<bool, StoreError> {
        Ok(self.c.prepare_cached("SELECT EXISTS (SELECT 1 FROM snapshot WHERE space = ?)")?.query_row([space], |r| r.get(0))?)
    }

    /// Notes that a snapshot is shown.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn show_snapshot(&self, row: &ShownRow) -> Result<(), StoreError> {
        self.c.prepare_cached("INSERT OR REPLACE INTO snapshot (space, epoch, lane, n) VALUES (?, ?, ?, ?)")?.execute(params![
            row.space,
            row.epoch.0,
            row.lane.0,
            row.n as i64
        ])?;
        Ok(())
    }

    /// How far lanes of a space are covered.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn covered(&self, space: i64) -> Result<Vec<CoveredRow>, StoreError> {
        let mut q =
            self.c.prepare_cached("SELECT epoch, lane, opening, n, last, sum FROM snapshot_lane WHERE space = ? ORDER BY epoch, lane")?;
        let row = |r: &rusqlite::Row<'_>| {
            Ok(CoveredRow {
                epoch: EpochId(r.get(0)?),
                lane: LaneId(r.get(1)?),
                opening: r.get(2)?,
                n: r.get::<_, i64>(3)? as u64,
                last: RecordId(r.get(4)?),
                sum: Sum::from_bytes(r.get(5)?),
            })
        };
        Ok(q.query_map([space], row)?.collect::<Result<_, _>>()?)
    }

    /// Says how far a lane is covered.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn cover(&self, space: i64, row: &CoveredRow) -> Result<(), StoreError> {
        self.c
            .prepare_cached(
                "INSERT OR REPLACE INTO snapshot_lane (space, epoch, lane, opening, n, last, sum) VALUES (?, ?, ?, ?, ?, ?, ?)",
            )?
            .execute(params![space, row.epoch.0, row.lane.0, row.opening, row.n as i64, row.last.0, row.sum.to_bytes()])?;
        Ok(())
    }

    /// Forgets one document of a snapshot, by its row number.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn drop_shown_document(&self, document: i64) -> Result<(), StoreError> {
        for sql in [
            "DELETE FROM row WHERE document = ?",
            "DELETE FROM change WHERE document = ?",
            "DELETE FROM document WHERE no = ? AND space < 0",
        ] {
            self.c.prepare_cached(sql)?.execute([document])?;
        }
        Ok(())
    }

    /// Forgets a space's snapshot and everything it held.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn drop_shown(&self, space: i64) -> Result<(), StoreError> {
        for document in self.documents(shadow(space))? {
            self.drop_shown_document(document.no)?;
        }
        for sql in ["DELETE FROM event WHERE space = ?", "DELETE FROM row WHERE space = ?"] {
            self.c.prepare_cached(sql)?.execute([shadow(space)])?;
        }
        for sql in ["DELETE FROM snapshot WHERE space = ?", "DELETE FROM snapshot_lane WHERE space = ?"] {
            self.c.prepare_cached(sql)?.execute([space])?;
        }
        Ok(())
    }

    /// How many events of a snapshot no record that counts carries.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn unfounded_events(&self, space: i64) -> Result<u64, StoreError> {
        let sql = "SELECT COUNT(*) FROM event s WHERE s.space = ?1
                   AND NOT EXISTS (SELECT 1 FROM event l WHERE l.id = s.id AND l.space = ?2 AND l.counts)";
        let n: i64 = self.c.prepare_cached(sql)?.query_row([shadow(space), space], |r| r.get(0))?;
        Ok(n as u64)
    }

    /// Records accepted in a space, and the bytes of all that are held there.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn record_totals(&self, space: i64) -> Result<(u64, u64), StoreError> {
        let n: Option<i64> = self.c.prepare_cached("SELECT SUM(accepted) FROM lane WHERE space = ?")?.query_row([space], |r| r.get(0))?;
        let sql = "SELECT SUM(LENGTH(bytes)) FROM record WHERE lane IN (SELECT no FROM lane WHERE space = ?)";
        let bytes: Option<i64> = self.c.prepare_cached(sql)?.query_row([space], |r| r.get(0)).optional()?.flatten();
        Ok((n.unwrap_or(0) as u64, bytes.unwrap_or(0) as u64))
    }

    /// Records accepted in a space.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn n_accepted(&self, space: i64) -> Result<u64, StoreError> {
        let n: Option<i64> = self.c.prepare_cached("SELECT SUM(accepted) FROM lane WHERE space = ?")?.query_row([space], |r| r.get(0))?;
        Ok(n.unwrap_or(0) as u64)
    }

    /// How many events of a kind a space has.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn n_events(&self, space: i64, kind: u16) -> Result<u64, StoreError> {
        let mut q = self.c.prepare_cached("SELECT COUNT(*) FROM event WHERE space = ? AND kind = ?")?;
        Ok(q.query_row(params![space, kind], |r| r.get::<_, i64>(0))? as u64)
    }
}
