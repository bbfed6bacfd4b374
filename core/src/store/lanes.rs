//! Lanes and the records in them; frontiers; what relays hold.

use ithaca_wire::LaneId;
use ithaca_wire::id::RecordHash;
use ithaca_wire::vector::{Entry, Sum};
use rusqlite::types::ToSql;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{Db, StoreError};
use crate::id::{EpochId, RecordId};

/// Stands in a frontier for no device: a record beyond this number came and could not be chained.
pub const NOBODY: i64 = 0;

/// What became of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordState {
    /// Held, not opened yet.
    Fetched = 0,
    /// Opened, verified, and read.
    Accepted = 1,
    /// Does not open; only its hash is kept.
    Junk = 2,
    /// Opens, but no record before it makes its signature hold.
    Unverified = 3,
    /// Accepted; its content waits until its author is known to be, or have been, a member.
    Waiting = 4,
    /// Accepted; its body was refused and is named.
    Aside = 5,
}

impl RecordState {
    fn from_code(code: i64) -> Result<Self, StoreError> {
        [Self::Fetched, Self::Accepted, Self::Junk, Self::Unverified, Self::Waiting, Self::Aside]
            .into_iter()
            .find(|s| *s as i64 == code)
            .ok_or(StoreError::Shape("record state"))
    }

    /// Whether its signature was found right in its chain.
    pub fn is_chained(self) -> bool {
        matches!(self, Self::Accepted | Self::Waiting | Self::Aside)
    }
}

/// A lane as this device holds it.
#[derive(Debug, Clone)]
pub struct LaneRow {
    /// Row number.
    pub no: i64,
    /// Its id.
    pub id: LaneId,
    /// Row number of its space.
    pub space: i64,
    /// Its epoch.
    pub epoch: EpochId,
    /// Whether this device writes it.
    pub own: bool,
    /// Its opening's bytes, once the first record was opened.
    pub opening: Option<Vec<u8>>,
    /// Row number of the device that writes it, once known.
    pub device: Option<i64>,
    /// First number held.
    pub start: u64,
    /// Last number of the unbroken run held.
    pub fetched: u64,
    /// Of everything held.
    pub sum: Sum,
    /// Whether several versions of one number are held.
    pub forked: bool,
    /// Last number whose record verified in an unbroken run from 1.
    pub accepted: u64,
    /// Id of the record at `accepted`.
    pub accepted_id: Option<RecordId>,
    /// The last accepted record that says more than what was received.
    pub said: u64,
}

const LANE: &str = "no, id, space, epoch, own, opening, device, start, fetched, sum, forked, accepted, accepted_id, said";

fn lane(r: &Row<'_>) -> rusqlite::Result<LaneRow> {
    Ok(LaneRow {
        no: r.get(0)?,
        id: LaneId(r.get(1)?),
        space: r.get(2)?,
        epoch: EpochId(r.get(3)?),
        own: r.get(4)?,
        opening: r.get(5)?,
        device: r.get(6)?,
        start: r.get::<_, i64>(7)? as u64,
        fetched: r.get::<_, i64>(8)? as u64,
        sum: Sum::from_bytes(r.get(9)?),
        forked: r.get(10)?,
        accepted: r.get::<_, i64>(11)? as u64,
        accepted_id: r.get::<_, Option<[u8; 32]>>(12)?.map(RecordId),
        said: r.get::<_, i64>(13)? as u64,
    })
}

impl LaneRow {
    /// Its line in a vector; `None` while nothing is held.
    pub fn entry(&self) -> Option<Entry> {
        (self.fetched > 0).then_some(Entry { from: self.start, n: self.fetched, tag: self.sum.tag() })
    }
}

/// One version of one number in a lane.
#[derive(Debug, Clone)]
pub struct RecordRow {
    /// The number.
    pub n: u64,
    /// Hash of the outer bytes.
    pub hash: RecordHash,
    /// What became of it.
    pub state: RecordState,
    /// Its id, once verified.
    pub id: Option<RecordId>,
    /// The outer bytes, unless junk.
    pub bytes: Option<Vec<u8>>,
}

/// See [`Db::sum_to`].
pub(super) fn sum_to(c: &Connection, lane: i64, n: u64) -> rusqlite::Result<Sum> {
    let mut q = c.prepare_cached("SELECT n, hash FROM record WHERE lane = ? AND n <= ?")?;
    let held = q.query_map(params![lane, n as i64], |r| Ok((r.get::<_, i64>(0)? as u64, RecordHash(r.get(1)?))))?;
    Ok(Sum::of(held.collect::<Result<Vec<_>, _>>()?))
}

impl Db<'_> {
    /// Every lane of an epoch.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn lanes(&self, epoch: &EpochId) -> Result<Vec<LaneRow>, StoreError> {
        let mut q = self.c.prepare_cached(&format!("SELECT {LANE} FROM lane WHERE epoch = ? ORDER BY id"))?;
        Ok(q.query_map([epoch.0], lane)?.collect::<Result<_, _>>()?)
    }

    /// Every lane of a space.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn lanes_of_space(&self, space: i64) -> Result<Vec<LaneRow>, StoreError> {
        let mut q = self.c.prepare_cached(&format!("SELECT {LANE} FROM lane WHERE space = ? ORDER BY no"))?;
        Ok(q.query_map([space], lane)?.collect::<Result<_, _>>()?)
    }

    /// One lane of an epoch.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn lane(&self, epoch: &EpochId, id: &LaneId) -> Result<Option<LaneRow>, StoreError> {
        let mut q = self.c.prepare_cached(&format!("SELECT {LANE} FROM lane WHERE epoch = ? AND id = ?"))?;
        Ok(q.query_row(params![epoch.0, id.0], lane).optional()?)
    }

    /// A new lane; its row number.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn add_lane(&self, row: &LaneRow) -> Result<i64, StoreError> {
        self.c
            .prepare_cached(
                "INSERT INTO lane (id, space, epoch, own, opening, device, start, fetched, sum, forked, accepted, accepted_id, said)
                 VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            )?
            .execute(params![
                row.id.0,
                row.space,
                row.epoch.0,
                row.own,
                row.opening,
                row.device,
                row.start as i64,
                row.fetched as i64,
                row.sum.to_bytes(),
                row.forked,
                row.accepted as i64,
                row.accepted_id.map(|i| i.0),
                row.said as i64
            ])?;
        Ok(self.c.last_insert_rowid())
    }

    /// Writes back what changes in a lane.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn update_lane(&self, row: &LaneRow) -> Result<(), StoreError> {
        self.c
            .prepare_cached(
                "UPDATE lane SET opening = ?, device = ?, start = ?, fetched = ?, sum = ?, forked = ?, accepted = ?, accepted_id = ?, said = ? WHERE no = ?",
            )?
            .execute(params![
                row.opening,
                row.device,
                row.start as i64,
                row.fetched as i64,
                row.sum.to_bytes(),
                row.forked,
                row.accepted as i64,
                row.accepted_id.map(|i| i.0),
                row.said as i64,
                row.no
            ])?;
        Ok(())
    }

    /// Notes that record `n` of a lane says more than what was received.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn raise_said(&self, lane: i64, n: u64) -> Result<(), StoreError> {
        self.c.prepare_cached("UPDATE lane SET said = MAX(said, ?) WHERE no = ?")?.execute(params![n as i64, lane])?;
        Ok(())
    }

    /// Keeps a record; `false` if those bytes were held.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn put_record(&self, lane: i64, row: &RecordRow) -> Result<bool, StoreError> {
        let n = self
            .c
            .prepare_cached("INSERT OR IGNORE INTO record (lane, n, hash, state, id, bytes) VALUES (?, ?, ?, ?, ?, ?)")?
            .execute(params![lane, row.n as i64, row.hash.0, row.state as i64, row.id.map(|i| i.0), row.bytes])?;
        Ok(n == 1)
    }

    /// Says what became of a record; junk lets its bytes go.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn set_record_state(
        &self,
        lane: i64,
        n: u64,
        hash: &RecordHash,
        state: RecordState,
        id: Option<RecordId>,
    ) -> Result<(), StoreError> {
        let sql = if state == RecordState::Junk {
            "UPDATE record SET state = ?1, id = ?2, bytes = NULL WHERE lane = ?3 AND n = ?4 AND hash = ?5"
        } else {
            // Said again, it writes nothing.
            "UPDATE record SET state = ?1, id = ?2 WHERE lane = ?3 AND n = ?4 AND hash = ?5 AND (state <> ?1 OR id IS NOT ?2)"
        };
        self.c.prepare_cached(sql)?.execute(params![state as i64, id.map(|i| i.0), lane, n as i64, hash.0])?;
        Ok(())
    }

    /// Ids of the versions of one number whose signature was found right in its chain.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn chained(&self, lane: i64, n: u64) -> Result<Vec<RecordId>, StoreError> {
        // The states of [`RecordState::is_chained`].
        let mut q = self
            .c
            .prepare_cached("SELECT id FROM record WHERE lane = ? AND n = ? AND state IN (1, 4, 5) AND id IS NOT NULL ORDER BY hash")?;
        Ok(q.query_map(params![lane, n as i64], |r| r.get(0).map(RecordId))?.collect::<Result<_, _>>()?)
    }

    /// Every version held at one number.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn versions(&self, lane: i64, n: u64) -> Result<Vec<RecordRow>, StoreError> {
        self.records_where("lane = ?1 AND n = ?2 ORDER BY hash", &[&lane, &(n as i64)])
    }

    /// Records of a lane from `n` on, at most `limit`.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn records_from(&self, lane: i64, n: u64, limit: usize) -> Result<Vec<RecordRow>, StoreError> {
        self.records_where("lane = ?1 AND n >= ?2 ORDER BY n, hash LIMIT ?3", &[&lane, &(n as i64), &(limit as i64)])
    }

    /// Records of a lane in a state.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn records_in_state(&self, lane: i64, state: RecordState) -> Result<Vec<RecordRow>, StoreError> {
        if matches!(state, RecordState::Accepted | RecordState::Junk) {
            return self.records_where("lane = ?1 AND state = ?2 ORDER BY n, hash", &[&lane, &(state as i64)]);
        }
        // Told so, SQLite looks into the index of what is open; left to itself it reads every record of the lane.
        let open = format!("lane = ?1 AND state = {} AND state IN (0, 3, 4, 5) ORDER BY n, hash", state as i64);
        self.records_in("record INDEXED BY record_open", &open, &[&lane])
    }

    fn records_where(&self, condition: &str, args: &[&dyn ToSql]) -> Result<Vec<RecordRow>, StoreError> {
        self.records_in("record", condition, args)
    }

    fn records_in(&self, table: &str, condition: &str, args: &[&dyn ToSql]) -> Result<Vec<RecordRow>, StoreError> {
        let mut q = self.c.prepare_cached(&format!("SELECT n, hash, state, id, bytes FROM {table} WHERE {condition}"))?;
        let rows: Vec<(i64, [u8; 32], i64, Option<[u8; 32]>, Option<Vec<u8>>)> =
            q.query_map(args, |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?, r.get(4)?)))?.collect::<Result<_, _>>()?;
        rows.into_iter()
            .map(|(n, hash, state, id, bytes)| {
                Ok(RecordRow { n: n as u64, hash: RecordHash(hash), state: RecordState::from_code(state)?, id: id.map(RecordId), bytes })
            })
            .collect()
    }

    /// Every (number, hash) held of a lane, sorted.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn hashes(&self, lane: i64) -> Result<Vec<(u64, RecordHash)>, StoreError> {
        let mut q = self.c.prepare_cached("SELECT n, hash FROM record WHERE lane = ? ORDER BY n, hash")?;
        Ok(q.query_map([lane], |r| Ok((r.get::<_, i64>(0)? as u64, RecordHash(r.get(1)?))))?.collect::<Result<_, _>>()?)
    }

    /// The last (number, hash) pairs held of a lane up to number `last`, sorted, and the first number of which they tell: 1 where nothing lies before. At
    /// most `limit`, or all of one number's.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn hashes_down(&self, lane: i64, last: u64, limit: usize) -> Result<(Vec<(u64, RecordHash)>, u64), StoreError> {
        let sql = "SELECT n, hash FROM record WHERE lane = ? AND n <= ? ORDER BY n DESC, hash DESC LIMIT ?";
        let mut q = self.c.prepare_cached(sql)?;
        let row = |r: &Row<'_>| Ok((r.get::<_, i64>(0)? as u64, RecordHash(r.get(1)?)));
        let mut held: Vec<_> = q.query_map(params![lane, last as i64, limit as i64 + 1], row)?.collect::<Result<_, _>>()?;
        let mut first = 1;
        if held.len() > limit {
            // The lowest number may not be whole.
            let (top, low) = (held.first().map_or(1, |(n, _)| *n), held.last().map_or(1, |(n, _)| *n));
            if top == low {
                held = self.versions(lane, top)?.into_iter().rev().map(|v| (top, v.hash)).collect();
            }
            first = top.min(low + 1);
            held.retain(|(n, _)| *n >= first);
        }
        held.reverse();
        Ok((held, first))
    }

    /// The sum of what is held of a lane up to number `n`.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn sum_to(&self, lane: i64, n: u64) -> Result<Sum, StoreError> {
        Ok(sum_to(self.c, lane, n)?)
    }

    /// What a relay is known to hold of a lane: the unbroken run from 1.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn stored(&self, origin: &str, lane: i64) -> Result<u64, StoreError> {
        let mut q = self.c.prepare_cached("SELECT n FROM stored WHERE origin = ? AND lane = ?")?;
        Ok(q.query_row(params![origin, lane], |r| r.get::<_, i64>(0)).optional()?.unwrap_or(0) as u64)
    }

    /// Remembers what a relay holds of a lane.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn set_stored(&self, origin: &str, lane: i64, n: u64) -> Result<(), StoreError> {
        self.c
            .prepare_cached("INSERT INTO stored (origin, lane, n) VALUES (?1, ?2, ?3) ON CONFLICT (origin, lane) DO UPDATE SET n = ?3")?
            .execute(params![origin, lane, n as i64])?;
        Ok(())
    }

    /// A device's frontier says it accepted `lane` up to `n`; frontiers only rise. `false` if it had said so, or more, before.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn raise_frontier(&self, device: i64, lane: &LaneId, n: u64, tag: &[u8; 8]) -> Result<bool, StoreError> {
        let raised = self
            .c
            .prepare_cached(
                "INSERT INTO frontier (device, lane, n, tag) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (device, lane) DO UPDATE SET n = ?3, tag = ?4 WHERE n < ?3",
            )?
            .execute(params![device, lane.0, n as i64, tag])?;
        Ok(raised > 0)
    }

    /// What every other device said of one lane: (device, number).
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn frontiers(&self, lane: &LaneId) -> Result<Vec<(i64, u64)>, StoreError> {
        let mut q = self.c.prepare_cached("SELECT device, n FROM frontier WHERE lane = ?")?;
        Ok(q.query_map([lane.0], |r| Ok((r.get(0)?, r.get::<_, i64>(1)? as u64)))?.collect::<Result<_, _>>()?)
    }

    /// What was said of one lane: (device, number, first 8 bytes of the id of the record there); [`NOBODY`] said what a hole shows.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn frontier_lines(&self, lane: &LaneId) -> Result<Vec<(i64, u64, [u8; 8])>, StoreError> {
        let mut q = self.c.prepare_cached("SELECT device, n, tag FROM frontier WHERE lane = ? ORDER BY device")?;
        Ok(q.query_map([lane.0], |r| Ok((r.get(0)?, r.get::<_, i64>(1)? as u64, r.get(2)?)))?.collect::<Result<_, _>>()?)
    }

    /// Remembers in which space a lane was named, if nothing of it is held.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn name_lane(&self, space: i64, lane: &LaneId) -> Result<(), StoreError> {
        self.c
            .prepare_cached("INSERT OR IGNORE INTO named (lane, space) SELECT ?1, ?2 WHERE NOT EXISTS (SELECT 1 FROM lane WHERE id = ?1)")?
            .execute(params![lane.0, space])?;
        Ok(())
    }

    /// Lanes that were named in a space before anything of them was held.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn named_lanes(&self, space: i64) -> Result<Vec<LaneId>, StoreError> {
        let mut q = self.c.prepare_cached("SELECT lane FROM named WHERE space = ? ORDER BY lane")?;
        Ok(q.query_map([space], |r| Ok(LaneId(r.get(0)?)))?.collect::<Result<_, _>>()?)
    }

    /// Up to which number an own lane stays confirmed although more was said, since when, and when it was last pushed again (both ms).
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn unmoved(&self, lane: i64) -> Result<Option<(u64, i64, i64)>, StoreError> {
        let mut q = self.c.prepare_cached("SELECT n, since, again FROM unmoved WHERE lane = ?")?;
        Ok(q.query_row([lane], |r| Ok((r.get::<_, i64>(0)? as u64, r.get(1)?, r.get(2)?))).optional()?)
    }

    /// Remembers that.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn set_unmoved(&self, lane: i64, n: u64, since: i64, again: i64) -> Result<(), StoreError> {
        self.c
            .prepare_cached("INSERT OR REPLACE INTO unmoved (lane, n, since, again) VALUES (?, ?, ?, ?)")?
            .execute(params![lane, n as i64, since, again])?;
        Ok(())
    }

    /// Forgets it: everything is confirmed.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn drop_unmoved(&self, lane: i64) -> Result<(), StoreError> {
        self.c.prepare_cached("DELETE FROM unmoved WHERE lane = ?")?.execute([lane])?;
        Ok(())
    }

    /// What this device's frontiers have said of a lane.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn told(&self, lane: i64) -> Result<u64, StoreError> {
        let mut q = self.c.prepare_cached("SELECT n FROM told WHERE lane = ?")?;
        Ok(q.query_row([lane], |r| r.get::<_, i64>(0)).optional()?.unwrap_or(0) as u64)
    }

    /// Remembers what this device's frontiers have said.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn set_told(&self, lane: i64, n: u64) -> Result<(), StoreError> {
        self.c
            .prepare_cached("INSERT INTO told (lane, n) VALUES (?1, ?2) ON CONFLICT (lane) DO UPDATE SET n = ?2")?
            .execute(params![lane, n as i64])?;
        Ok(())
    }
}
