//! Objects in SQLite: parts in a table of chunks, in the order in which they came.

use ithaca_wire::error::Code;
use rusqlite::{OptionalExtension, Row, params};

use super::group::{Group, Outcome, refused};
use super::unsigned;
use crate::store::{Key, Millis, ObjectState, Part, StoreError};

impl Group<'_> {
    pub(super) fn object_put(&mut self, key: &Key, part: &Part, now: Millis) -> Outcome<ObjectState> {
        let Some(m) = self.load(key.mailbox)? else { return Ok(Err(Code::NoMailbox.into())) };
        refused!(m.check(key, now));
        let (row, account, used) = (m.row, m.account, m.used);
        let sql = "SELECT id, total, held, whole FROM objects WHERE mailbox = ?1 AND hash = ?2";
        let found = self
            .connection
            .prepare_cached(sql)?
            .query_row(params![row, part.hash], |r| {
                Ok((r.get::<_, i64>(0)?, ObjectState { total: unsigned(r, 1)?, held: unsigned(r, 2)?, whole: r.get(3)? }))
            })
            .optional()?;
        let mut state = found.map_or(ObjectState { total: part.total, held: 0, whole: false }, |f| f.1);
        let end = part.start.saturating_add(part.bytes.len() as u64);
        if state.total != part.total || part.total > self.limits.object_bytes || end > part.total {
            return Ok(Err(Code::Malformed.into()));
        }
        if part.start > state.held || end <= state.held {
            return Ok(Ok(state));
        }
        let skip = (state.held - part.start) as usize;
        let len = end - state.held;
        if used + len > self.limits.mailbox_bytes {
            return Ok(Err(Code::MailboxFull.into()));
        }
        if let Some(account) = account {
            let most = self.limits.account_bytes;
            let usage = self.usage(account)?;
            if usage.0 + len > most {
                return Ok(Err(Code::AccountFull.into()));
            }
            usage.0 += len;
            self.dirty_usage.insert(account);
        }
        if let Some(m) = self.kept.mailboxes.get_mut(&key.mailbox) {
            m.used += len;
            m.objects += len;
        }
        self.dirty.insert(key.mailbox);
        let id = match found {
            Some((id, _)) => id,
            None => {
                let sql = "INSERT INTO objects (mailbox, hash, total, held, whole) VALUES (?1, ?2, ?3, 0, 0)";
                self.connection.prepare_cached(sql)?.insert(params![row, part.hash, part.total as i64])?
            }
        };
        let mut statement = self.connection.prepare_cached("INSERT INTO chunks (object, start, bytes) VALUES (?1, ?2, ?3)")?;
        statement.execute(params![id, state.held as i64, part.bytes.get(skip..).unwrap_or_default()])?;
        state.held += len;
        self.connection.prepare_cached("UPDATE objects SET held = ?2 WHERE id = ?1")?.execute(params![id, state.held as i64])?;
        Ok(Ok(state))
    }

    pub(super) fn object_seal(&mut self, key: &Key, hash: [u8; 32], good: bool, now: Millis) -> Outcome<()> {
        let Some(m) = self.load(key.mailbox)? else { return Ok(Err(Code::NoMailbox.into())) };
        refused!(m.check(key, now));
        let (row, account) = (m.row, m.account);
        let sql = "SELECT id, held, whole FROM objects WHERE mailbox = ?1 AND hash = ?2 AND held = total";
        let columns = |r: &Row<'_>| Ok((r.get::<_, i64>(0)?, unsigned(r, 1)?, r.get::<_, bool>(2)?));
        let found = self.connection.prepare_cached(sql)?.query_row(params![row, hash], columns).optional()?;
        let Some((id, freed, whole)) = found else { return Ok(Err(Code::NoObject.into())) };
        if good {
            self.connection.prepare_cached("UPDATE objects SET whole = 1 WHERE id = ?1")?.execute([id])?;
        } else if !whole {
            self.connection.prepare_cached("DELETE FROM chunks WHERE object = ?1")?.execute([id])?;
            self.connection.prepare_cached("DELETE FROM objects WHERE id = ?1")?.execute([id])?;
            if let Some(m) = self.kept.mailboxes.get_mut(&key.mailbox) {
                m.used = m.used.saturating_sub(freed);
                m.objects = m.objects.saturating_sub(freed);
            }
            self.dirty.insert(key.mailbox);
            if let Some(account) = account {
                let usage = self.usage(account)?;
                usage.0 = usage.0.saturating_sub(freed);
                self.dirty_usage.insert(account);
            }
        }
        Ok(Ok(()))
    }
}
