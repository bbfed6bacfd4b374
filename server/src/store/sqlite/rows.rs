//! What placing a record looks up in a lane that stands in SQLite.

use ithaca_wire::id::RecordHash;
use rusqlite::{Connection, params};

use super::{hash_at, unsigned};
use crate::store::place::Rows;

type Sql<T> = Result<T, rusqlite::Error>;

pub(super) struct LaneRows<'a> {
    pub connection: &'a Connection,
    pub row: Option<i64>,
}

impl Rows for LaneRows<'_> {
    type Error = rusqlite::Error;

    fn versions(&mut self, n: u64) -> Sql<Vec<RecordHash>> {
        let mut statement = self.connection.prepare_cached("SELECT hash FROM records WHERE lane = ?1 AND n = ?2 ORDER BY hash")?;
        statement.query_map(params![self.row, n as i64], |r| hash_at(r, 0))?.collect()
    }

    fn run_below(&mut self, n: u64) -> Sql<u64> {
        let mut statement = self.connection.prepare_cached("SELECT n FROM records WHERE lane = ?1 AND n < ?2 ORDER BY n DESC")?;
        let mut rows = statement.query(params![self.row, n as i64])?;
        let mut low = n;
        while let Some(row) = rows.next()? {
            let m = unsigned(row, 0)?;
            if m + 1 < low {
                break;
            }
            low = m;
        }
        Ok(low)
    }
}
