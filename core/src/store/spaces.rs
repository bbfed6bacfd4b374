//! Statements, spaces, epochs, mailboxes, devices.

use rusqlite::{OptionalExtension, params};

use super::{Db, StoreError};
use crate::id::{DeviceId, EpochId, PersonId, SpaceId, StatementId};
use crate::identity::keys::Secret;
use ithaca_wire::MailboxId;

/// What audience a space is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SpaceKind {
    /// One person's own.
    Personal,
    /// A mentor and a mentee.
    Pair,
    /// Read from an export; nothing is written or sent.
    Archive,
    /// What recovery words lead to: statements of this person alone.
    Recovery,
}

impl SpaceKind {
    fn code(self) -> i64 {
        match self {
            Self::Personal => 0,
            Self::Pair => 1,
            Self::Archive => 2,
            Self::Recovery => 3,
        }
    }

    fn from_code(code: i64) -> Result<Self, StoreError> {
        match code {
            0 => Ok(Self::Personal),
            1 => Ok(Self::Pair),
            2 => Ok(Self::Archive),
            3 => Ok(Self::Recovery),
            _ => Err(StoreError::Shape("space kind")),
        }
    }
}

/// A space as this device keeps it.
#[derive(Debug, Clone)]
pub struct SpaceRow {
    /// Row number.
    pub no: i64,
    /// The space.
    pub id: SpaceId,
    /// Its audience.
    pub kind: SpaceKind,
    /// What is kept of it on this device alone, as the engine wrote it.
    pub local: Vec<u8>,
}

/// A mailbox that this device may open.
#[derive(Debug, Clone)]
pub struct MailboxRow {
    /// At which relay.
    pub origin: String,
    /// Its name.
    pub id: MailboxId,
    /// Row number of its space.
    pub space: i64,
    /// Its epoch.
    pub epoch: EpochId,
    /// Whether a relay once answered that it exists.
    pub made: bool,
}

impl Db<'_> {
    /// Keeps a statement; `false` if it was held.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn put_statement(&self, id: &StatementId, scope: &[u8; 32], bytes: &[u8]) -> Result<bool, StoreError> {
        let n = self
            .c
            .prepare_cached("INSERT OR IGNORE INTO statement (id, scope, bytes) VALUES (?, ?, ?)")?
            .execute(params![id.0, scope, bytes])?;
        Ok(n == 1)
    }

    /// Every statement of a person or a space, by id.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn statements(&self, scope: &[u8; 32]) -> Result<Vec<Vec<u8>>, StoreError> {
        let mut q = self.c.prepare_cached("SELECT bytes FROM statement WHERE scope = ? ORDER BY id")?;
        Ok(q.query_map([scope], |r| r.get(0))?.collect::<Result<_, _>>()?)
    }

    /// One statement.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn statement(&self, id: &StatementId) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.c.prepare_cached("SELECT bytes FROM statement WHERE id = ?")?.query_row([id.0], |r| r.get(0)).optional()?)
    }

    /// Every person or space of which statements are held.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn scopes(&self) -> Result<Vec<[u8; 32]>, StoreError> {
        let mut q = self.c.prepare_cached("SELECT DISTINCT scope FROM statement")?;
        Ok(q.query_map([], |r| r.get(0))?.collect::<Result<_, _>>()?)
    }

    /// The row number of a device, made if it is new.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn device_no(&self, id: &DeviceId, person: &PersonId) -> Result<i64, StoreError> {
        let find =
            |c: &rusqlite::Connection| c.prepare_cached("SELECT no FROM device WHERE id = ?")?.query_row([id.0], |r| r.get(0)).optional();
        if let Some(no) = find(self.c)? {
            return Ok(no);
        }
        self.c.prepare_cached("INSERT INTO device (id, person) VALUES (?, ?)")?.execute(params![id.0, person.0])?;
        Ok(self.c.last_insert_rowid())
    }

    /// Every device: row number, id, person.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn devices(&self) -> Result<Vec<(i64, DeviceId, PersonId)>, StoreError> {
        let mut q = self.c.prepare_cached("SELECT no, id, person FROM device")?;
        Ok(q.query_map([], |r| Ok((r.get(0)?, DeviceId(r.get(1)?), PersonId(r.get(2)?))))?.collect::<Result<_, _>>()?)
    }

    /// Keeps a new space; its row number.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn put_space(&self, id: &SpaceId, kind: SpaceKind, local: &[u8]) -> Result<i64, StoreError> {
        self.c
            .prepare_cached(
                "INSERT INTO space (id, kind, sealed) VALUES (?1, ?2, ?3) ON CONFLICT (id) DO UPDATE SET kind = ?2, sealed = ?3",
            )?
            .execute(params![id.0, kind.code(), self.seal("space", &id.0, local)])?;
        Ok(self.c.prepare_cached("SELECT no FROM space WHERE id = ?")?.query_row([id.0], |r| r.get(0))?)
    }

    /// Every space.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn spaces(&self) -> Result<Vec<SpaceRow>, StoreError> {
        let mut q = self.c.prepare_cached("SELECT no, id, kind, sealed FROM space ORDER BY no")?;
        let rows: Vec<(i64, [u8; 32], i64, Vec<u8>)> =
            q.query_map([], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?)))?.collect::<Result<_, _>>()?;
        rows.into_iter()
            .map(|(no, id, kind, sealed)| {
                Ok(SpaceRow { no, id: SpaceId(id), kind: SpaceKind::from_code(kind)?, local: self.open("space", &id, &sealed)? })
            })
            .collect()
    }

    /// Keeps an epoch's secret.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn put_epoch(&self, space: i64, id: &EpochId, number: u64, secret: &Secret) -> Result<(), StoreError> {
        let sealed = self.seal("epoch", &id.0, secret.expose());
        self.c.prepare_cached("INSERT OR IGNORE INTO epoch (space, id, number, sealed) VALUES (?, ?, ?, ?)")?.execute(params![
            space,
            id.0,
            number as i64,
            sealed
        ])?;
        Ok(())
    }

    /// Every epoch of a space whose secret is held: id, number, secret.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn epochs(&self, space: i64) -> Result<Vec<(EpochId, u64, Secret)>, StoreError> {
        let mut q = self.c.prepare_cached("SELECT id, number, sealed FROM epoch WHERE space = ? ORDER BY number, id")?;
        let rows: Vec<([u8; 32], i64, Vec<u8>)> =
            q.query_map([space], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?.collect::<Result<_, _>>()?;
        rows.into_iter()
            .map(|(id, number, sealed)| {
                let secret = Secret::from_slice(&self.open("epoch", &id, &sealed)?).ok_or(StoreError::Shape("epoch secret"))?;
                Ok((EpochId(id), number as u64, secret))
            })
            .collect()
    }

    /// Keeps a mailbox.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn put_mailbox(&self, origin: &str, id: &MailboxId, space: i64, epoch: &EpochId) -> Result<(), StoreError> {
        self.c
            .prepare_cached("INSERT OR IGNORE INTO mailbox (origin, id, space, epoch, made) VALUES (?, ?, ?, ?, 0)")?
            .execute(params![origin, id.0, space, epoch.0])?;
        Ok(())
    }

    /// Remembers whether a mailbox exists at its relay.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn set_mailbox_made(&self, origin: &str, id: &MailboxId, made: bool) -> Result<(), StoreError> {
        self.c.prepare_cached("UPDATE mailbox SET made = ? WHERE origin = ? AND id = ?")?.execute(params![made, origin, id.0])?;
        Ok(())
    }

    /// Every mailbox.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn mailboxes(&self) -> Result<Vec<MailboxRow>, StoreError> {
        let mut q = self.c.prepare_cached("SELECT origin, id, space, epoch, made FROM mailbox")?;
        Ok(q.query_map([], |r| {
            Ok(MailboxRow { origin: r.get(0)?, id: MailboxId(r.get(1)?), space: r.get(2)?, epoch: EpochId(r.get(3)?), made: r.get(4)? })
        })?
        .collect::<Result<_, _>>()?)
    }
}
