//! A store in SQLite: WAL, `synchronous=FULL`, one writer thread that commits many requests at once, and readers beside it.
//!
//! Only the writer changes anything. It answers after the commit, and tells live listeners after that.

mod group;
mod objects;
mod rows;
mod schema;
mod writer;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock, mpsc};
use std::thread::JoinHandle;

use ithaca_wire::error::Code;
use ithaca_wire::id::RecordHash;
use ithaca_wire::{LaneId, MailboxId, TokenHash};
use rusqlite::{Connection, OptionalExtension, Row, params};

use self::group::Job;
use self::schema::down;
use super::{
    AccountId, Bus, Heads, Key, Ledger, Limits, Listed, Millis, ObjectState, Page, Part, Pending, Put, Record, Reply, Store, StoreError,
    Table,
};

/// Name of the database in the data directory.
pub const FILE: &str = "relay.db";

/// Committed heads, for readers; the writer alone fills it, so it never goes back.
type Shared = Arc<RwLock<HashMap<MailboxId, Known>>>;

#[derive(Debug, Clone)]
struct Known {
    token: TokenHash,
    expires: Option<Millis>,
    heads: Arc<Heads>,
}

/// A store in SQLite. Dropping it finishes what was submitted.
pub struct SqliteStore {
    path: PathBuf,
    jobs: Option<mpsc::Sender<Job>>,
    writer: Option<JoinHandle<()>>,
    shared: Shared,
    readers: Mutex<Vec<Connection>>,
}

/// Idle reading connections kept.
const READERS: usize = 8;

impl SqliteStore {
    /// Opens or makes the database in `data`. A store that cannot be opened now is down, and tries again with every write.
    ///
    /// # Errors
    /// [`StoreError::Newer`]; [`StoreError::Down`] only when no thread can be started.
    pub fn open(data: &Path, limits: Limits, bus: Arc<dyn Bus>) -> Result<Self, StoreError> {
        let path = data.join(FILE);
        let connection = match schema::open(&path) {
            Ok(connection) => Some(connection),
            Err(newer @ StoreError::Newer { .. }) => return Err(newer),
            Err(error) => {
                tracing::error!(%error, "the store is down; writes are refused until it comes back");
                None
            }
        };
        let shared = Shared::default();
        let (jobs, queue) = mpsc::channel();
        let writer = writer::Writer::new(path.clone(), connection, limits, bus, Arc::clone(&shared));
        let spawned = std::thread::Builder::new().name("relay-writer".into()).spawn(move || writer.run(&queue));
        let writer = spawned.map_err(|e| StoreError::Down(e.to_string()))?;
        Ok(Self { path, jobs: Some(jobs), writer: Some(writer), shared, readers: Mutex::default() })
    }

    fn submit<T>(&self, job: impl FnOnce(Reply<T>) -> Job) -> Pending<T> {
        let (reply, pending) = Pending::new();
        if let Some(jobs) = &self.jobs {
            // A writer that stopped drops the reply, and the asker hears that the store is down.
            let _ = jobs.send(job(reply));
        }
        pending
    }

    fn read<T>(&self, f: impl FnOnce(&Connection) -> Result<T, rusqlite::Error>) -> Result<T, StoreError> {
        let idle = self.readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = match idle {
            Some(connection) => connection,
            None => schema::open_reader(&self.path)?,
        };
        // A connection that failed is not used again.
        let found = f(&connection).map_err(down)?;
        let mut readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        if readers.len() < READERS {
            readers.push(connection);
        }
        Ok(found)
    }
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(writer) = self.writer.take() {
            // Nothing is left to do about a writer that panicked.
            let _ = writer.join();
        }
    }
}

fn hash_at(row: &Row<'_>, column: usize) -> Result<RecordHash, rusqlite::Error> {
    row.get::<_, [u8; 32]>(column).map(RecordHash)
}

fn unsigned(row: &Row<'_>, column: usize) -> Result<u64, rusqlite::Error> {
    // Nothing negative is ever written.
    row.get::<_, i64>(column).map(|v| v.max(0) as u64)
}

/// Finds a lane's row by the names of mailbox and lane.
const LANE: &str = "(SELECT l.id FROM lanes l JOIN mailboxes m ON m.id = l.mailbox WHERE m.name = ?1 AND l.name = ?2)";

impl Store for SqliteStore {
    fn make(&self, key: Key, account: Option<AccountId>, now: Millis) -> Pending<()> {
        self.submit(|reply| Job::Make { key, account, now, reply })
    }

    fn next(&self, key: Key, next: Key, now: Millis) -> Pending<()> {
        self.submit(|reply| Job::Next { key, next, now, reply })
    }

    fn erase(&self, key: Key, account: AccountId, _: Millis) -> Pending<()> {
        self.submit(|reply| Job::Erase { key, account, reply })
    }

    fn heads(&self, key: Key, now: Millis) -> Pending<Arc<Heads>> {
        let known = self.shared.read().unwrap_or_else(PoisonError::into_inner).get(&key.mailbox).cloned();
        match known {
            Some(known) if !key.opens(&known.token) => Pending::ready(Err(Code::NoMailbox.into())),
            Some(known) if known.expires.is_some_and(|at| now >= at) => Pending::ready(Err(Code::Lapsed.into())),
            Some(known) => Pending::ready(Ok(known.heads)),
            None => self.submit(|reply| Job::Heads { key, now, reply }),
        }
    }

    fn put(&self, key: Key, records: Vec<Record>, now: Millis) -> Pending<Put> {
        self.submit(|reply| Job::Put { key, records, now, reply })
    }

    fn beyond(&self, mailbox: MailboxId, lane: LaneId, after: (u64, RecordHash), budget: u64) -> Result<Page, StoreError> {
        self.read(|c| {
            let mut page = Page::default();
            let mut statement = c.prepare_cached(&format!(
                "SELECT n, hash, bytes FROM records WHERE lane = {LANE} AND (n, hash) > (?3, ?4) ORDER BY n, hash"
            ))?;
            let mut rows = statement.query(params![mailbox.0, lane.0, after.0 as i64, after.1.0])?;
            let mut spent = 0;
            while let Some(row) = rows.next()? {
                let bytes = row.get_ref(2)?.as_blob()?;
                spent += bytes.len() as u64;
                if spent > budget && !page.records.is_empty() {
                    page.more = true;
                    break;
                }
                page.records.push((unsigned(row, 0)?, hash_at(row, 1)?, bytes.to_vec()));
            }
            Ok(page)
        })
    }

    fn totals(&self, mailbox: MailboxId, lane: LaneId, after: (u64, RecordHash)) -> Result<(u64, u64), StoreError> {
        self.read(|c| {
            let sql = format!("SELECT COUNT(*), COALESCE(SUM(size), 0) FROM records WHERE lane = {LANE} AND (n, hash) > (?3, ?4)");
            let mut statement = c.prepare_cached(&sql)?;
            statement.query_row(params![mailbox.0, lane.0, after.0 as i64, after.1.0], |r| Ok((unsigned(r, 0)?, unsigned(r, 1)?)))
        })
    }

    fn list(&self, mailbox: MailboxId, lane: LaneId) -> Result<Vec<Listed>, StoreError> {
        self.read(|c| {
            let mut statement = c.prepare_cached(&format!("SELECT n, hash, size FROM records WHERE lane = {LANE} ORDER BY n, hash"))?;
            let rows = statement.query_map(params![mailbox.0, lane.0], |r| Ok((unsigned(r, 0)?, hash_at(r, 1)?, unsigned(r, 2)?)))?;
            rows.collect()
        })
    }

    fn hashes(&self, mailbox: MailboxId, lane: LaneId, n: u64) -> Result<Vec<RecordHash>, StoreError> {
        self.read(|c| {
            let mut statement = c.prepare_cached(&format!("SELECT hash FROM records WHERE lane = {LANE} AND n = ?3 ORDER BY hash"))?;
            statement.query_map(params![mailbox.0, lane.0, n as i64], |r| hash_at(r, 0))?.collect()
        })
    }

    fn get(&self, mailbox: MailboxId, lane: LaneId, name: (u64, RecordHash)) -> Result<Option<Vec<u8>>, StoreError> {
        self.read(|c| {
            let mut statement = c.prepare_cached(&format!("SELECT bytes FROM records WHERE lane = {LANE} AND n = ?3 AND hash = ?4"))?;
            statement.query_row(params![mailbox.0, lane.0, name.0 as i64, name.1.0], |r| r.get(0)).optional()
        })
    }

    fn object_put(&self, key: Key, part: Part, now: Millis) -> Pending<ObjectState> {
        self.submit(|reply| Job::ObjectPut { key, part, now, reply })
    }

    fn object_seal(&self, key: Key, hash: [u8; 32], good: bool, now: Millis) -> Pending<()> {
        self.submit(|reply| Job::ObjectSeal { key, hash, good, now, reply })
    }

    fn object(&self, mailbox: MailboxId, hash: [u8; 32]) -> Result<Option<ObjectState>, StoreError> {
        self.read(|c| {
            let sql =
                "SELECT o.total, o.held, o.whole FROM objects o JOIN mailboxes m ON m.id = o.mailbox WHERE m.name = ?1 AND o.hash = ?2";
            let mut statement = c.prepare_cached(sql)?;
            let row = |r: &Row<'_>| Ok(ObjectState { total: unsigned(r, 0)?, held: unsigned(r, 1)?, whole: r.get(2)? });
            statement.query_row(params![mailbox.0, hash], row).optional()
        })
    }

    fn object_read(&self, mailbox: MailboxId, hash: [u8; 32], start: u64, most: u64) -> Result<Vec<u8>, StoreError> {
        self.read(|c| {
            let sql = "SELECT k.start, k.bytes FROM chunks k JOIN objects o ON o.id = k.object JOIN mailboxes m ON m.id = o.mailbox
                WHERE m.name = ?1 AND o.hash = ?2 AND k.start + length(k.bytes) > ?3 ORDER BY k.start";
            let mut statement = c.prepare_cached(sql)?;
            let mut rows = statement.query(params![mailbox.0, hash, i64::try_from(start).unwrap_or(i64::MAX)])?;
            let most = usize::try_from(most).unwrap_or(usize::MAX);
            let mut out = Vec::new();
            while out.len() < most
                && let Some(row) = rows.next()?
            {
                let skip = usize::try_from(start.saturating_sub(unsigned(row, 0)?)).unwrap_or(usize::MAX);
                let bytes = row.get_ref(1)?.as_blob()?;
                out.extend(bytes.iter().skip(skip).take(most - out.len()));
            }
            Ok(out)
        })
    }

    fn health(&self, now: Millis) -> Pending<()> {
        self.submit(|reply| Job::Health { now, reply })
    }
}

impl Ledger for SqliteStore {
    fn value(&self, table: Table, key: &[u8; 32]) -> Result<Option<Vec<u8>>, StoreError> {
        self.read(|c| {
            let mut statement = c.prepare_cached("SELECT value FROM ledger WHERE kind = ?1 AND key = ?2")?;
            statement.query_row(params![table as i64, key], |r| r.get(0)).optional()
        })
    }

    fn compare_and_set(&self, table: Table, key: [u8; 32], expected: Option<Vec<u8>>, new: Vec<u8>) -> Pending<bool> {
        self.submit(|reply| Job::Set { table, key, expected, new, reply })
    }

    fn values(&self, table: Table) -> Result<Vec<([u8; 32], Vec<u8>)>, StoreError> {
        self.read(|c| {
            let mut statement = c.prepare_cached("SELECT key, value FROM ledger WHERE kind = ?1 ORDER BY key")?;
            let rows = statement.query_map([table as i64], |r| Ok((r.get(0)?, r.get(1)?)))?;
            rows.collect()
        })
    }
}
