//! The database: numbered migrations, and how a connection is opened.

use std::path::Path;
use std::time::Duration;

use ithaca_wire::vector::Sum;
use rusqlite::{Connection, OpenFlags, params};

use super::{hash_at, unsigned};
use crate::store::StoreError;

/// Each runs once, in order, in a transaction of its own; `user_version` counts them. A released one never changes.
const MIGRATIONS: [&str; 2] = [V1, V2];

const V1: &str = "
    CREATE TABLE mailboxes (
        id INTEGER PRIMARY KEY,
        name BLOB NOT NULL UNIQUE,
        token BLOB NOT NULL,
        account BLOB,
        erased INTEGER NOT NULL DEFAULT 0,
        expires INTEGER,
        used INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    CREATE TABLE lanes (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        mailbox INTEGER NOT NULL,
        name BLOB NOT NULL,
        first INTEGER NOT NULL,
        n INTEGER NOT NULL,
        tag BLOB NOT NULL,
        forks BLOB,
        used INTEGER NOT NULL,
        UNIQUE (mailbox, name)
    ) STRICT;
    CREATE TABLE records (
        id INTEGER PRIMARY KEY,
        lane INTEGER NOT NULL,
        n INTEGER NOT NULL,
        hash BLOB NOT NULL,
        size INTEGER NOT NULL,
        bytes BLOB NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX records_by_place ON records (lane, n, hash, size);
    CREATE TABLE forked (
        lane INTEGER NOT NULL,
        n INTEGER NOT NULL,
        hash BLOB NOT NULL,
        PRIMARY KEY (lane, n, hash)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE usage (
        account BLOB PRIMARY KEY NOT NULL,
        bytes INTEGER NOT NULL,
        mailboxes INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE objects (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        mailbox INTEGER NOT NULL,
        hash BLOB NOT NULL,
        total INTEGER NOT NULL,
        held INTEGER NOT NULL,
        whole INTEGER NOT NULL,
        UNIQUE (mailbox, hash)
    ) STRICT;
    CREATE TABLE chunks (
        object INTEGER NOT NULL,
        start INTEGER NOT NULL,
        bytes BLOB NOT NULL,
        PRIMARY KEY (object, start)
    ) STRICT;
    CREATE TABLE ledger (
        kind INTEGER NOT NULL,
        key BLOB NOT NULL,
        value BLOB NOT NULL,
        PRIMARY KEY (kind, key)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE health (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        at INTEGER NOT NULL
    ) STRICT;
";

const V2: &str = "
    -- Of everything held in the lane, instead of the hash of its last record: see `ithaca_wire::vector::Sum`. [`migrate`] computes it.
    ALTER TABLE lanes ADD COLUMN sum BLOB NOT NULL DEFAULT x'0000000000000000000000000000000000000000000000000000000000000000';
    ALTER TABLE lanes DROP COLUMN tag;
    ALTER TABLE lanes DROP COLUMN forks;
    DROP TABLE forked;
";

/// What an engine's error says about the store as a whole. SQLite's messages name tables and files, never what a client sent.
pub(super) fn down(error: rusqlite::Error) -> StoreError {
    StoreError::Down(error.to_string())
}

fn tuned(connection: Connection) -> Result<Connection, rusqlite::Error> {
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.set_prepared_statement_cache_capacity(64);
    connection.pragma_update(None, "cache_size", -8192)?;
    Ok(connection)
}

/// Opens the database for writing, makes it if need be, and brings it up to date.
///
/// # Errors
/// [`StoreError::Newer`] for a file of a later relay; [`StoreError::Down`].
pub(super) fn open(path: &Path) -> Result<Connection, StoreError> {
    let mut connection = Connection::open(path).and_then(tuned).map_err(down)?;
    let known = MIGRATIONS.len() as i64;
    let found: i64 = connection.pragma_query_value(None, "user_version", |r| r.get(0)).map_err(down)?;
    if found > known {
        return Err(StoreError::Newer { found, known });
    }
    // WAL and FULL: a commit is on the disk before it returns, and readers never wait for the writer.
    connection.pragma_update(None, "journal_mode", "WAL").map_err(down)?;
    connection.pragma_update(None, "synchronous", "FULL").map_err(down)?;
    migrate(&mut connection).map_err(down)?;
    Ok(connection)
}

fn migrate(connection: &mut Connection) -> Result<(), rusqlite::Error> {
    let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    // Read again under the lock: another process may have done it meanwhile.
    let found: i64 = transaction.pragma_query_value(None, "user_version", |r| r.get(0))?;
    for sql in MIGRATIONS.iter().skip(usize::try_from(found).unwrap_or(usize::MAX)) {
        transaction.execute_batch(sql)?;
    }
    if found == 1 {
        sum_up(&transaction)?;
    }
    if found < MIGRATIONS.len() as i64 {
        transaction.pragma_update(None, "user_version", MIGRATIONS.len() as i64)?;
    }
    transaction.commit()
}

/// Computes the sum of every lane.
fn sum_up(connection: &Connection) -> Result<(), rusqlite::Error> {
    let mut lanes = connection.prepare("SELECT id FROM lanes")?;
    let mut held = connection.prepare("SELECT n, hash FROM records WHERE lane = ?1")?;
    let mut keep = connection.prepare("UPDATE lanes SET sum = ?2 WHERE id = ?1")?;
    let lanes: Vec<i64> = lanes.query_map([], |r| r.get(0))?.collect::<Result<_, _>>()?;
    for lane in lanes {
        let held: Vec<_> = held.query_map([lane], |r| Ok((unsigned(r, 0)?, hash_at(r, 1)?)))?.collect::<Result<_, _>>()?;
        keep.execute(params![lane, Sum::of(held).to_bytes()])?;
    }
    Ok(())
}

/// Opens the database for reading.
///
/// # Errors
/// [`StoreError::Down`].
pub(super) fn open_reader(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Connection::open_with_flags(path, flags).and_then(tuned).map_err(down)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that fails says so by panicking")]

    use ithaca_wire::id::RecordHash;

    use super::*;

    /// Sums are computed where a lane has a tag of its last record only.
    #[test]
    fn a_relay_of_the_first_version_has_its_lanes_summed_up() {
        let mut db = Connection::open_in_memory().unwrap();
        db.execute_batch(V1).unwrap();
        db.pragma_update(None, "user_version", 1).unwrap();
        let lane = "INSERT INTO lanes (id, mailbox, name, first, n, tag, forks, used) VALUES (?1, 1, ?2, 1, 2, x'07', NULL, 30)";
        db.execute(lane, params![1, [1u8]]).unwrap();
        db.execute(lane, params![2, [2u8]]).unwrap();
        let held = [(1, 4), (2, 9), (2, 5)].map(|(n, hash)| (n, RecordHash([hash; 32])));
        for (n, hash) in &held {
            let sql = "INSERT INTO records (lane, n, hash, size, bytes) VALUES (1, ?1, ?2, 1, x'00')";
            db.execute(sql, params![*n as i64, hash.0]).unwrap();
        }
        migrate(&mut db).unwrap();
        let read = |id: i64| {
            let sql = "SELECT sum, first, n, used FROM lanes WHERE id = ?1";
            db.query_row(sql, [id], |r| Ok((r.get::<_, [u8; 32]>(0)?, [r.get(1)?, r.get(2)?, r.get::<_, i64>(3)?]))).unwrap()
        };
        assert_eq!(read(1), (Sum::of(held).to_bytes(), [1, 2, 30]));
        assert_eq!(read(2), ([0; 32], [1, 2, 30]));
    }
}
