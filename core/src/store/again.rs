//! What was said again in another lane because its own was disturbed: by this device, and as others tell of theirs.

use ithaca_wire::LaneId;
use rusqlite::params;

use super::{Db, StoreError};

/// Numbers `first` to `last` of a lane, said again by `device` (a row number).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AgainRow {
    /// The lane where they stood.
    pub lane: LaneId,
    /// Who said them again.
    pub device: i64,
    /// First of them.
    pub first: u64,
    /// Last of them.
    pub last: u64,
}

impl Db<'_> {
    /// Up to which number an own lane's records were put back into the outbox, to be issued again in another.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn issued(&self, lane: &LaneId) -> Result<u64, StoreError> {
        Ok(self.meta(&format!("issued/{lane}"))?.and_then(|b| b.try_into().ok()).map_or(0, u64::from_be_bytes))
    }

    /// Remembers that.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn set_issued(&self, lane: &LaneId, n: u64) -> Result<(), StoreError> {
        self.set_meta(&format!("issued/{lane}"), &n.to_be_bytes())
    }

    /// The first number of an own lane for which a relay has no place, if that was not answered yet.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn refused(&self, lane: &LaneId) -> Result<Option<u64>, StoreError> {
        Ok(self.meta(&format!("refused/{lane}"))?.and_then(|b| b.try_into().ok()).map(u64::from_be_bytes))
    }

    /// Remembers, or forgets, that.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn set_refused(&self, lane: &LaneId, n: Option<u64>) -> Result<(), StoreError> {
        let key = format!("refused/{lane}");
        n.map_or_else(|| self.drop_meta(&key), |n| self.set_meta(&key, &n.to_be_bytes()))
    }

    /// Keeps that a device said numbers of a lane again; `told` is false for an own line that has yet to go out.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn put_again(&self, row: &AgainRow, told: bool) -> Result<(), StoreError> {
        self.c
            .prepare_cached(
                "INSERT INTO again (lane, device, first, last, told) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (lane, device, first) DO UPDATE SET last = max(last, ?4), told = ?5",
            )?
            .execute(params![row.lane.0, row.device, row.first as i64, row.last as i64, told])?;
        Ok(())
    }

    /// What was said again of a lane, by number.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn again(&self, lane: &LaneId) -> Result<Vec<AgainRow>, StoreError> {
        let mut q = self.c.prepare_cached("SELECT lane, device, first, last FROM again WHERE lane = ? ORDER BY first")?;
        Ok(q.query_map([lane.0], row)?.collect::<Result<_, _>>()?)
    }

    /// Own lines that have yet to go out.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn untold_again(&self) -> Result<Vec<AgainRow>, StoreError> {
        let mut q = self.c.prepare_cached("SELECT lane, device, first, last FROM again WHERE told = 0 ORDER BY lane, first")?;
        Ok(q.query_map([], row)?.collect::<Result<_, _>>()?)
    }
}

fn row(r: &rusqlite::Row<'_>) -> rusqlite::Result<AgainRow> {
    Ok(AgainRow { lane: LaneId(r.get(0)?), device: r.get(1)?, first: r.get::<_, i64>(2)? as u64, last: r.get::<_, i64>(3)? as u64 })
}
