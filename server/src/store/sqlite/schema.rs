//! The database: numbered migrations, and how a connection is opened.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use crate::store::StoreError;

/// Each runs once, in order, in a transaction of its own; `user_version` counts them. A released one never changes.
const MIGRATIONS: [&str; 1] = ["
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
"];

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
    if found < MIGRATIONS.len() as i64 {
        transaction.pragma_update(None, "user_version", MIGRATIONS.len() as i64)?;
    }
    transaction.commit()
}

/// Opens the database for reading.
///
/// # Errors
/// [`StoreError::Down`].
pub(super) fn open_reader(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Connection::open_with_flags(path, flags).and_then(tuned).map_err(down)
}
