//! What a device keeps, in SQLite with sealed values: one writer, any number of readers, one transaction for one act.
//!
//! [`Store`] owns the writing connection. [`Db`] is what both a transaction and a reader see: typed access to the tables, in one file
//! a noun. Nothing here decides anything; the engine does.

mod again;
mod documents;
mod events;
mod invites;
mod lanes;
mod outbox;
mod rows;
mod schema;
mod snapshots;
mod spaces;

use std::cell::{Cell, RefCell};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rand_chacha::ChaCha20Rng;
use rand_core::Rng;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};

pub use again::AgainRow;
pub use documents::{CarriedRow, ChangeRow, DocumentRow, Erased};
pub use events::EventRow;
pub use invites::{InviteRole, InviteRow, InviteState};
pub use lanes::{LaneRow, NOBODY, RecordRow, RecordState};
pub use outbox::{Outgoing, OutgoingRow};
pub use rows::RowRecord;
pub use snapshots::{CoveredRow, ShownRow, shadow};
pub use spaces::{MailboxRow, SpaceKind, SpaceRow};

use crate::identity::entropy::{Entropy, NoEntropy};
use crate::identity::keys::Secret;
use crate::switch::{Switch, holds};

thread_local! {
    /// SQLite called a database damaged in this thread. An error does not say of which connection it came; whoever asks looks at all of theirs.
    static CORRUPT: Cell<bool> = const { Cell::new(false) };
}

/// Why the store did not do what was asked. Nothing of the act was kept.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// See [`NoEntropy`].
    #[error(transparent)]
    Entropy(#[from] NoEntropy),
    /// No room on the disk.
    #[error("the disk is full: nothing of this was kept; free some space and try again")]
    Full,
    /// The file is no database, or its pages do not fit together.
    #[error("the database is damaged")]
    Corrupt,
    /// A database that a later version made.
    #[error("the database is of version {have}, this program knows {know}: update it; the database was left as it is")]
    Newer {
        /// Its version.
        have: usize,
        /// The newest this program knows.
        know: usize,
    },
    /// A sealed value does not open: another storage key, or bytes exchanged between rows.
    #[error("a stored value does not open with this profile's key")]
    DoesNotOpen,
    /// A stored value has another shape than this program wrote.
    #[error("a stored value ({0}) cannot be read")]
    Shape(&'static str),
    /// Another process holds the database for longer than anybody should.
    #[error("the database is busy in another process; try again")]
    Busy,
    /// Testing only: the process was made to stop here.
    #[error("stopped by a test")]
    Crashed,
    /// Anything else SQLite says, by its code.
    #[error("the database answered with code {0}")]
    Sqlite(i32),
}

impl From<rusqlite::Error> for StoreError {
    fn from(e: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode as E;
        match &e {
            rusqlite::Error::SqliteFailure(f, _) => match f.code {
                E::DiskFull => Self::Full,
                E::DatabaseCorrupt | E::NotADatabase => {
                    CORRUPT.set(true);
                    Self::Corrupt
                }
                E::DatabaseBusy | E::DatabaseLocked => Self::Busy,
                _ => Self::Sqlite(f.extended_code),
            },
            // The text of other errors may quote a value, so only their kind is kept.
            rusqlite::Error::InvalidColumnType(..) | rusqlite::Error::FromSqlConversionFailure(..) => Self::Shape("column"),
            _ => Self::Sqlite(0),
        }
    }
}

/// How the store is kept.
#[derive(Debug, Clone, Default)]
pub struct StoreOptions {
    /// Without waiting for the disk: for simulations, where a crash is that of the process alone.
    pub relaxed: bool,
}

/// The writing connection.
#[derive(Debug)]
pub struct Store {
    db: Connection,
    path: PathBuf,
    sealer: Sealer,
    stop_after: Option<u64>,
    relaxed: bool,
    /// Commits do not wait for the disk at the moment.
    soon: bool,
    /// Acts since the last commit, where [`Switch::DurableFirst`] does not hold.
    late: u32,
}

const EVENT_NONCE: &str = "event-nonce";

/// Seals and opens values at rest.
#[derive(Debug)]
struct Sealer {
    key: Secret,
    nonces: RefCell<ChaCha20Rng>,
    /// Half of the nonces of event rows: random for each database, so that one built again never meets the nonces of the one before.
    event_nonce: Cell<[u8; 8]>,
    /// A value did not open since the store was.
    damaged: Cell<bool>,
}

impl Store {
    /// Opens or makes the database at `path`; `root` is the device's root key.
    ///
    /// # Errors
    /// [`StoreError::Newer`], [`StoreError::DoesNotOpen`] (another root key) and [`StoreError::Corrupt`] leave the file as it is.
    pub fn open(path: &Path, root: &Secret, entropy: &mut dyn Entropy, options: &StoreOptions) -> Result<Self, StoreError> {
        CORRUPT.set(false);
        let mut db = Connection::open(path)?;
        db.busy_timeout(Duration::from_secs(10))?;
        db.set_prepared_statement_cache_capacity(128);
        // Otherwise a statement whose plan might depend on a bound value is prepared anew whenever another value is bound: for the partial
        // indices that is at every use, and costs more than the statement.
        db.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        let nonces = RefCell::new(entropy.generator()?);
        let sealer = Sealer { key: storage_key(root), nonces, event_nonce: Cell::default(), damaged: Cell::new(false) };
        // Until it is known to be ours, nothing is written: not even what an earlier end left in the log.
        db.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
        let is_new = schema::version(&db)? == 0;
        // A wrong key shows at once and not in the middle of something.
        if !is_new {
            Db { c: &db, sealer: &sealer }.meta("check")?;
        }
        db.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
        db.pragma_update(None, "journal_mode", "WAL")?;
        db.pragma_update(None, "synchronous", if options.relaxed { "OFF" } else { "FULL" })?;
        db.pragma_update(None, "temp_store", "MEMORY")?;
        db.pragma_update(None, "foreign_keys", "ON")?;
        schema::migrate(&mut db)?;
        let store = Self { db, path: path.to_owned(), sealer, stop_after: None, relaxed: options.relaxed, soon: false, late: 0 };
        if store.read().meta("check")?.is_none() {
            store.read().set_meta("check", b"ithaca")?;
        }
        let nonce = match store.read().meta(EVENT_NONCE)? {
            Some(held) => held.try_into().map_err(|_| StoreError::Shape("nonce"))?,
            None => {
                let new: [u8; 8] = entropy.array()?;
                store.read().set_meta(EVENT_NONCE, &new)?;
                new
            }
        };
        store.sealer.event_nonce.set(nonce);
        Ok(store)
    }

    /// Where the database stands.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The key that seals the keys file beside the database.
    pub fn kept_keys_key(&self) -> Secret {
        kept_keys_key(&self.sealer.key)
    }

    /// The same key, from the device's root key, where there is no database.
    pub fn kept_keys_key_of(root: &Secret) -> Secret {
        kept_keys_key(&storage_key(root))
    }

    /// Whether a value did not open, or SQLite found a page unsound, since the store was opened. May say so of another database.
    pub fn saw_damage(&self) -> bool {
        self.sealer.damaged.get() || CORRUPT.get()
    }

    /// Reads everything there is: `false` when a page is unsound, an index does not fit its table or a sealed value does not open. Takes as long as
    /// reading the whole file does.
    ///
    /// # Errors
    /// See [`StoreError`]; those that say damage are no errors here.
    pub fn is_whole(&self) -> Result<bool, StoreError> {
        match self.is_sound().and_then(|sound| Ok(sound && self.read().all_opens()?)) {
            Err(StoreError::Corrupt | StoreError::DoesNotOpen | StoreError::Shape(_)) => Ok(false),
            other => other,
        }
    }

    /// The tables, outside a transaction.
    pub fn read(&self) -> Db<'_> {
        Db { c: &self.db, sealer: &self.sealer }
    }

    /// Runs `act` in one transaction: all of it is durable when this returns `Ok`, none of it otherwise.
    ///
    /// # Errors
    /// Whatever `act` returns, and what SQLite says on committing.
    pub fn write<T, E: From<StoreError>>(&mut self, act: impl FnOnce(&Db<'_>) -> Result<T, E>) -> Result<T, E> {
        self.wait_for_disk(true)?;
        self.commit(act)
    }

    fn commit<T, E: From<StoreError>>(&mut self, act: impl FnOnce(&Db<'_>) -> Result<T, E>) -> Result<T, E> {
        self.fault()?;
        if !holds(Switch::DurableFirst) {
            return self.write_late(act);
        }
        let tx = self.db.transaction_with_behavior(TransactionBehavior::Immediate).map_err(StoreError::from)?;
        let out = act(&Db { c: &tx, sealer: &self.sealer })?;
        tx.commit().map_err(StoreError::from)?;
        self.fault()?;
        Ok(out)
    }

    /// As [`Store::write`], with `Ok` before it is durable: every eighth act commits those before it.
    fn write_late<T, E: From<StoreError>>(&mut self, act: impl FnOnce(&Db<'_>) -> Result<T, E>) -> Result<T, E> {
        let run = |sql: &str| self.db.execute_batch(sql).map_err(StoreError::from);
        if self.db.is_autocommit() {
            run("BEGIN IMMEDIATE")?;
        }
        run("SAVEPOINT act")?;
        let out = act(&self.read());
        run(if out.is_ok() { "RELEASE act" } else { "ROLLBACK TO act; RELEASE act" })?;
        self.late += 1;
        if self.late.is_multiple_of(8) {
            run("COMMIT")?;
        }
        self.fault()?;
        out
    }

    /// As [`Store::write`], without waiting for the disk: for what others hold as well and nobody was told of. It survives the process; if the machine
    /// fails it may be gone, and everything before it with it stays whole. The next [`Store::write`] makes it durable.
    ///
    /// # Errors
    /// As [`Store::write`].
    pub fn write_soon<T, E: From<StoreError>>(&mut self, act: impl FnOnce(&Db<'_>) -> Result<T, E>) -> Result<T, E> {
        self.wait_for_disk(false)?;
        self.commit(act)
    }

    /// Whether the next commit waits; SQLite is told only where that changes, since telling it costs as much as a small statement.
    fn wait_for_disk(&mut self, wait: bool) -> Result<(), StoreError> {
        if !self.relaxed && self.soon == wait {
            self.db.pragma_update(None, "synchronous", if wait { "FULL" } else { "NORMAL" })?;
            self.soon = !wait;
        }
        Ok(())
    }

    /// Testing: from the `n`th point between transactions on, everything fails as if the process had stopped there.
    pub fn stop_after(&mut self, n: Option<u64>) {
        self.stop_after = n;
    }

    /// Testing: the disk has no room for more than the database has now, or has room again.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn fill_disk(&self, full: bool) -> Result<(), StoreError> {
        let pages: i64 = if full { 1 } else { i64::from(u32::MAX - 1) };
        // SQLite never goes below what there is.
        self.db.query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(()))?;
        Ok(())
    }

    fn fault(&mut self) -> Result<(), StoreError> {
        match &mut self.stop_after {
            Some(0) => Err(StoreError::Crashed),
            Some(n) => {
                *n -= 1;
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// Writes what stands in the log into the database file and lets the log go.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn checkpoint(&self) -> Result<(), StoreError> {
        self.db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        Ok(())
    }

    /// SQLite's own check of the whole file: `true` when it finds nothing.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn is_sound(&self) -> Result<bool, StoreError> {
        Ok(self.db.query_row("PRAGMA quick_check(1)", [], |r| r.get::<_, String>(0))? == "ok")
    }
}

/// Typed access to the tables, inside a transaction or beside one.
#[derive(Clone, Copy)]
pub struct Db<'a> {
    c: &'a Connection,
    sealer: &'a Sealer,
}

impl Db<'_> {
    /// `nonce[24] | ciphertext`, bound to the table and the row's key.
    fn seal(&self, table: &str, key: &[u8], plain: &[u8]) -> Vec<u8> {
        let mut nonce = [0; 24];
        self.sealer.nonces.borrow_mut().fill_bytes(&mut nonce);
        let mut out = nonce.to_vec();
        out.extend(self.sealer.key.seal_with(&nonce, &context(table, key), plain));
        out
    }

    fn open(&self, table: &str, key: &[u8], sealed: &[u8]) -> Result<Vec<u8>, StoreError> {
        self.sealer.key.open(&context(table, key), sealed).map_err(|_| {
            self.sealer.damaged.set(true);
            StoreError::DoesNotOpen
        })
    }

    /// Begins a part of a transaction that may be undone alone.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn begin_part(&self) -> Result<(), StoreError> {
        self.c.prepare_cached("SAVEPOINT part")?.execute([])?;
        Ok(())
    }

    /// Ends it: kept, or undone.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn end_part(&self, keep: bool) -> Result<(), StoreError> {
        if !keep {
            self.c.prepare_cached("ROLLBACK TO part")?.execute([])?;
        }
        self.c.prepare_cached("RELEASE part")?.execute([])?;
        Ok(())
    }

    /// Whether every sealed value opens and every record is the one its hash says.
    fn all_opens(&self) -> Result<bool, StoreError> {
        let keys: Vec<String> = self.c.prepare("SELECT key FROM meta")?.query_map([], |r| r.get(0))?.collect::<Result<_, _>>()?;
        for key in keys {
            self.meta(&key)?;
        }
        self.journal()?;
        self.invites()?;
        self.notices()?;
        self.devices()?;
        self.mailboxes()?;
        for space in self.spaces()? {
            self.epochs(space.no)?;
            self.events(space.no)?;
            self.all_rows(space.no)?;
            self.lanes_of_space(space.no)?;
            for document in self.documents(space.no)? {
                self.saved(document.no)?;
                self.tail(document.no)?;
                self.asides(document.no)?;
            }
        }
        let mut records = self.c.prepare("SELECT hash, bytes FROM record WHERE bytes IS NOT NULL")?;
        let mut rows = records.query([])?;
        while let Some(row) = rows.next()? {
            if ithaca_wire::record::hash(row.get_ref(1)?.as_blob().map_err(|_| StoreError::Corrupt)?).0 != row.get::<_, [u8; 32]>(0)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// A value by name, opened.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn meta(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let sealed: Option<Vec<u8>> =
            self.c.prepare_cached("SELECT value FROM meta WHERE key = ?")?.query_row([key], |r| r.get(0)).optional()?;
        sealed.map(|s| self.open("meta", key.as_bytes(), &s)).transpose()
    }

    /// The names of values that begin with something.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn meta_keys(&self, beginning: &str) -> Result<Vec<String>, StoreError> {
        let mut q = self.c.prepare_cached("SELECT key FROM meta WHERE substr(key, 1, length(?1)) = ?1")?;
        Ok(q.query_map([beginning], |r| r.get(0))?.collect::<Result<_, _>>()?)
    }

    /// Sets a value by name, sealed.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn set_meta(&self, key: &str, value: &[u8]) -> Result<(), StoreError> {
        self.c
            .prepare_cached("INSERT INTO meta (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = ?2")?
            .execute(params![key, self.seal("meta", key.as_bytes(), value)])?;
        Ok(())
    }

    /// Forgets a value.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn drop_meta(&self, key: &str) -> Result<(), StoreError> {
        self.c.prepare_cached("DELETE FROM meta WHERE key = ?")?.execute([key])?;
        Ok(())
    }
}

fn storage_key(root: &Secret) -> Secret {
    root.derive(&[0; 32], "ithaca/v1/storage")
}

fn kept_keys_key(storage: &Secret) -> Secret {
    storage.derive(&[0; 32], "ithaca/v1/kept-keys")
}

fn context(table: &str, key: &[u8]) -> Vec<u8> {
    let mut context = b"ithaca/v1/at-rest|".to_vec();
    context.extend(table.as_bytes());
    context.push(b'|');
    context.extend(key);
    context
}

#[cfg(test)]
mod tests;
