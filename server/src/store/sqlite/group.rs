//! A group: the jobs of many requests in one transaction.

use std::collections::hash_map::Entry as Slot;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use bytes::Bytes;
use ithaca_wire::error::Code;
use ithaca_wire::vector::{self, Sum, Vector};
use ithaca_wire::{LaneId, MailboxId, TokenHash};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::rows::LaneRows;
use super::unsigned;
use super::writer::{Kept, Tell};
use crate::store::place::{Head, Placed, Used, place};
use crate::store::{AccountId, Bus, Heads, Key, Limits, Millis, ObjectState, Part, Put, Record, Reply, StoreError, Table};

type Sql<T> = Result<T, rusqlite::Error>;

/// What a request wants of the writer.
pub(super) enum Job {
    Make { key: Key, account: Option<AccountId>, now: Millis, reply: Reply<()> },
    Next { key: Key, next: Key, now: Millis, reply: Reply<()> },
    Erase { key: Key, account: AccountId, reply: Reply<()> },
    Heads { key: Key, now: Millis, reply: Reply<Arc<Heads>> },
    Put { key: Key, records: Vec<Record>, now: Millis, reply: Reply<Put> },
    ObjectPut { key: Key, part: Part, now: Millis, reply: Reply<ObjectState> },
    ObjectSeal { key: Key, hash: [u8; 32], good: bool, now: Millis, reply: Reply<()> },
    Set { table: Table, key: [u8; 32], expected: Option<Vec<u8>>, new: Vec<u8>, reply: Reply<bool> },
    Health { now: Millis, reply: Reply<()> },
}

impl Job {
    pub fn bytes(&self) -> usize {
        match self {
            Self::Put { records, .. } => records.iter().map(|r| r.bytes.len()).sum(),
            Self::ObjectPut { part, .. } => part.bytes.len(),
            _ => 0,
        }
    }

    /// Answers without doing anything. Whoever stopped waiting needs no answer.
    pub fn refuse(self, error: &StoreError) {
        let error = error.clone();
        match self {
            Self::Make { reply, .. } | Self::Next { reply, .. } | Self::Erase { reply, .. } => drop(reply.send(Err(error))),
            Self::ObjectSeal { reply, .. } | Self::Health { reply, .. } => drop(reply.send(Err(error))),
            Self::Heads { reply, .. } => drop(reply.send(Err(error))),
            Self::Put { reply, .. } => drop(reply.send(Err(error))),
            Self::ObjectPut { reply, .. } => drop(reply.send(Err(error))),
            Self::Set { reply, .. } => drop(reply.send(Err(error))),
        }
    }
}

/// A mailbox as the writer keeps it in memory.
#[derive(Debug)]
pub(super) struct Loaded {
    pub row: i64,
    pub token: TokenHash,
    pub account: Option<AccountId>,
    pub erased: bool,
    pub expires: Option<Millis>,
    /// Bytes of records and objects.
    pub used: u64,
    /// Bytes of objects; those of records stand with their lanes, so that a push writes one row beside its records.
    pub objects: u64,
    pub vector: Vector,
    lanes: BTreeMap<LaneId, LaneRow>,
}

/// Where a lane stands, its head, and how many bytes its records have.
#[derive(Debug, Clone, Copy)]
struct LaneRow {
    id: i64,
    head: Head,
    used: u64,
}

impl Loaded {
    fn lapsed(&self, now: Millis) -> bool {
        self.expires.is_some_and(|at| now >= at)
    }

    pub fn check(&self, key: &Key, now: Millis) -> Result<(), StoreError> {
        if self.erased || !key.opens(&self.token) {
            Err(Code::NoMailbox.into())
        } else if self.lapsed(now) {
            Err(Code::Lapsed.into())
        } else {
            Ok(())
        }
    }
}

/// What a group leaves to do after its commit.
pub(super) struct Done {
    pub answers: Vec<Tell>,
    pub events: Vec<(MailboxId, [u8; 16], Option<Bytes>)>,
    pub changed: HashSet<MailboxId>,
}

pub(super) struct Group<'a> {
    pub connection: &'a Connection,
    pub limits: &'a Limits,
    bus: &'a dyn Bus,
    pub kept: &'a mut Kept,
    answers: Vec<Tell>,
    events: Vec<(MailboxId, [u8; 16], Option<Bytes>)>,
    /// Mailboxes to publish; those of which something must be written stand in `dirty`.
    changed: HashSet<MailboxId>,
    pub dirty: HashSet<MailboxId>,
    dirty_lanes: HashSet<(MailboxId, LaneId)>,
    pub dirty_usage: HashSet<AccountId>,
}

/// A job's outcome: `Err` outside is the store's failure, inside a refusal.
pub(super) type Outcome<T> = Sql<Result<T, StoreError>>;

macro_rules! refused {
    ($e:expr) => {
        match $e {
            Ok(value) => value,
            Err(refused) => return Ok(Err(StoreError::from(refused))),
        }
    };
}

pub(super) use refused;

impl<'a> Group<'a> {
    pub fn new(connection: &'a Connection, limits: &'a Limits, bus: &'a dyn Bus, kept: &'a mut Kept) -> Self {
        Self {
            connection,
            limits,
            bus,
            kept,
            answers: Vec::new(),
            events: Vec::new(),
            changed: HashSet::new(),
            dirty: HashSet::new(),
            dirty_lanes: HashSet::new(),
            dirty_usage: HashSet::new(),
        }
    }

    pub fn begin(&mut self) -> Sql<()> {
        self.connection.prepare_cached("BEGIN IMMEDIATE")?.execute([]).map(drop)
    }

    pub fn finish(self) -> Done {
        Done { answers: self.answers, events: self.events, changed: self.changed }
    }

    fn answer<T: 'static>(&mut self, reply: Reply<T>, answer: Outcome<T>) -> Sql<()> {
        self.answer_with(reply, answer, |value, _| value)
    }

    /// Keeps the answer until the group is committed; `with` completes it from the heads published then.
    fn answer_with<V: 'static, T: 'static>(
        &mut self,
        reply: Reply<T>,
        answer: Outcome<V>,
        with: impl FnOnce(V, &HashMap<MailboxId, Arc<Heads>>) -> T + 'static,
    ) -> Sql<()> {
        let (answer, failed) = match answer {
            Ok(answer) => (answer, None),
            Err(error) => (Err(StoreError::Down(error.to_string())), Some(error)),
        };
        self.answers.push(Box::new(move |done| {
            let answer = match done {
                Ok(heads) => answer.map(|value| with(value, heads)),
                Err(error) => Err(error.clone()),
            };
            // Whoever stopped waiting needs no answer.
            drop(reply.send(answer));
        }));
        failed.map_or(Ok(()), Err)
    }

    /// Does one job within the transaction.
    pub fn take(&mut self, job: Job) -> Sql<()> {
        match job {
            Job::Make { key, account, now, reply } => {
                let done = self.make(&key, account, None, now);
                self.answer(reply, done)
            }
            Job::Next { key, next, now, reply } => {
                let done = self.next(&key, &next, now);
                self.answer(reply, done)
            }
            Job::Erase { key, account, reply } => {
                let done = self.erase(&key, account);
                self.answer(reply, done)
            }
            Job::Heads { key, now, reply } => {
                let done = self.opened(&key, now);
                self.answer_with(reply, done, move |(), heads| heads.get(&key.mailbox).cloned().unwrap_or_default())
            }
            Job::Put { key, records, now, reply } => {
                let done = self.put(&key, &records, now);
                self.answer_with(reply, done, move |codes, heads| Put {
                    codes,
                    heads: heads.get(&key.mailbox).cloned().unwrap_or_default(),
                })
            }
            Job::ObjectPut { key, part, now, reply } => {
                let done = self.object_put(&key, &part, now);
                self.answer(reply, done)
            }
            Job::ObjectSeal { key, hash, good, now, reply } => {
                let done = self.object_seal(&key, hash, good, now);
                self.answer(reply, done)
            }
            Job::Set { table, key, expected, new, reply } => {
                let done = self.set(table, &key, expected.as_deref(), &new);
                self.answer(reply, done.map(Ok))
            }
            Job::Health { now, reply } => {
                let sql = "INSERT INTO health (id, at) VALUES (1, ?1) ON CONFLICT (id) DO UPDATE SET at = ?1";
                let done = self.connection.prepare_cached(sql).and_then(|mut s| s.execute([now]));
                self.answer(reply, done.map(|_| Ok(())))
            }
        }
    }

    /// Writes what the jobs changed in memory, and commits.
    pub fn commit(&mut self) -> Sql<()> {
        for (mailbox, lane) in std::mem::take(&mut self.dirty_lanes) {
            let Some(row) = self.kept.mailboxes.get(&mailbox).and_then(|m| m.lanes.get(&lane)) else { continue };
            let mut statement = self.connection.prepare_cached("UPDATE lanes SET first = ?2, n = ?3, sum = ?4, used = ?5 WHERE id = ?1")?;
            let head = row.head;
            statement.execute(params![row.id, head.from as i64, head.n as i64, head.sum.to_bytes(), row.used as i64])?;
        }
        for mailbox in std::mem::take(&mut self.dirty) {
            let Some(m) = self.kept.mailboxes.get(&mailbox) else { continue };
            let mut statement =
                self.connection.prepare_cached("UPDATE mailboxes SET used = ?2, expires = ?3, erased = ?4 WHERE id = ?1")?;
            statement.execute(params![m.row, m.objects as i64, m.expires, m.erased])?;
        }
        for account in std::mem::take(&mut self.dirty_usage) {
            let Some((bytes, mailboxes)) = self.kept.usage.get(&account) else { continue };
            let sql = "INSERT INTO usage (account, bytes, mailboxes) VALUES (?1, ?2, ?3)
                ON CONFLICT (account) DO UPDATE SET bytes = ?2, mailboxes = ?3";
            self.connection.prepare_cached(sql)?.execute(params![account.0, *bytes as i64, *mailboxes as i64])?;
        }
        self.connection.prepare_cached("COMMIT")?.execute([]).map(drop)
    }

    pub fn load(&mut self, name: MailboxId) -> Sql<Option<&mut Loaded>> {
        let slot = match self.kept.mailboxes.entry(name) {
            Slot::Occupied(slot) => return Ok(Some(slot.into_mut())),
            Slot::Vacant(slot) => slot,
        };
        let sql = "SELECT id, token, account, erased, expires, used FROM mailboxes WHERE name = ?1";
        let row = |r: &Row<'_>| {
            Ok(Loaded {
                row: r.get(0)?,
                token: TokenHash(r.get(1)?),
                account: r.get::<_, Option<[u8; 32]>>(2)?.map(AccountId),
                erased: r.get(3)?,
                expires: r.get(4)?,
                used: unsigned(r, 5)?,
                objects: unsigned(r, 5)?,
                vector: Vector::new(),
                lanes: BTreeMap::new(),
            })
        };
        let Some(mut loaded) = self.connection.prepare_cached(sql)?.query_row([name.0], row).optional()? else { return Ok(None) };
        let mut statement = self.connection.prepare_cached("SELECT id, name, first, n, sum, used FROM lanes WHERE mailbox = ?1")?;
        let mut rows = statement.query([loaded.row])?;
        while let Some(r) = rows.next()? {
            let lane = LaneId(r.get(1)?);
            let head = Head { from: unsigned(r, 2)?, n: unsigned(r, 3)?, sum: Sum::from_bytes(r.get(4)?) };
            let used = unsigned(r, 5)?;
            loaded.used += used;
            loaded.lanes.insert(lane, LaneRow { id: r.get(0)?, head, used });
            loaded.vector.insert(lane, head.entry());
        }
        Ok(Some(slot.insert(loaded)))
    }

    pub fn usage(&mut self, account: AccountId) -> Sql<&mut (u64, u64)> {
        match self.kept.usage.entry(account) {
            Slot::Occupied(slot) => Ok(slot.into_mut()),
            Slot::Vacant(slot) => {
                let mut statement = self.connection.prepare_cached("SELECT bytes, mailboxes FROM usage WHERE account = ?1")?;
                let found = statement.query_row([account.0], |r| Ok((unsigned(r, 0)?, unsigned(r, 1)?))).optional()?;
                Ok(slot.insert(found.unwrap_or_default()))
            }
        }
    }

    fn opened(&mut self, key: &Key, now: Millis) -> Outcome<()> {
        let Some(loaded) = self.load(key.mailbox)? else { return Ok(Err(Code::NoMailbox.into())) };
        refused!(loaded.check(key, now));
        self.changed.insert(key.mailbox);
        Ok(Ok(()))
    }

    fn make(&mut self, key: &Key, account: Option<AccountId>, expires: Option<Millis>, now: Millis) -> Outcome<()> {
        if let Some(held) = self.load(key.mailbox)? {
            if held.erased || !key.opens(&held.token) {
                return Ok(Err(Code::MailboxTaken.into()));
            }
            if expires.is_some() {
                return Ok(if held.lapsed(now) { Err(Code::Lapsed.into()) } else { Ok(()) });
            }
            // Made for good what was only a `next`: it does not lapse any more.
            if held.expires.take().is_some() {
                self.dirty.insert(key.mailbox);
                self.changed.insert(key.mailbox);
            }
            return Ok(Ok(()));
        }
        if let Some(account) = account {
            let most = self.limits.account_mailboxes;
            let usage = self.usage(account)?;
            if usage.1 >= most {
                return Ok(Err(Code::TooManyMailboxes.into()));
            }
            usage.1 += 1;
            self.dirty_usage.insert(account);
        }
        let sql = "INSERT INTO mailboxes (name, token, account, expires) VALUES (?1, ?2, ?3, ?4)";
        self.connection.prepare_cached(sql)?.execute(params![key.mailbox.0, key.token.0, account.map(|a| a.0), expires])?;
        self.changed.insert(key.mailbox);
        Ok(Ok(()))
    }

    fn next(&mut self, key: &Key, next: &Key, now: Millis) -> Outcome<()> {
        let Some(present) = self.load(key.mailbox)? else { return Ok(Err(Code::NoMailbox.into())) };
        refused!(present.check(key, now));
        let account = present.account;
        let expires = now.saturating_add(self.limits.next_lapses);
        self.make(next, account, Some(expires), now)
    }

    fn erase(&mut self, key: &Key, account: AccountId) -> Outcome<()> {
        let Some(m) = self.load(key.mailbox)?.filter(|m| key.opens(&m.token)) else { return Ok(Err(Code::NoMailbox.into())) };
        if m.account != Some(account) {
            return Ok(Err(Code::NoAccount.into()));
        }
        if m.erased {
            return Ok(Ok(()));
        }
        let freed = std::mem::take(&mut m.used);
        let row = m.row;
        m.erased = true;
        m.expires = None;
        m.objects = 0;
        m.vector.clear();
        m.lanes.clear();
        let usage = self.usage(account)?;
        *usage = (usage.0.saturating_sub(freed), usage.1.saturating_sub(1));
        self.dirty_usage.insert(account);
        self.dirty.insert(key.mailbox);
        self.changed.insert(key.mailbox);
        for sql in [
            "DELETE FROM records WHERE lane IN (SELECT id FROM lanes WHERE mailbox = ?1)",
            "DELETE FROM lanes WHERE mailbox = ?1",
            "DELETE FROM chunks WHERE object IN (SELECT id FROM objects WHERE mailbox = ?1)",
            "DELETE FROM objects WHERE mailbox = ?1",
        ] {
            self.connection.prepare_cached(sql)?.execute([row])?;
        }
        Ok(Ok(()))
    }

    fn put(&mut self, key: &Key, records: &[Record], now: Millis) -> Outcome<Vec<Code>> {
        let Some(m) = self.load(key.mailbox)? else { return Ok(Err(Code::NoMailbox.into())) };
        refused!(m.check(key, now));
        let account = m.account;
        if let Some(account) = account {
            self.usage(account)?;
        }
        let (connection, limits) = (self.connection, self.limits);
        let heard = self.bus.listens(&key.mailbox);
        self.changed.insert(key.mailbox);
        let Some(m) = self.kept.mailboxes.get_mut(&key.mailbox) else { return Ok(Err(Code::NoMailbox.into())) };
        let mut usage = account.and_then(|a| self.kept.usage.get_mut(&a));
        let mut codes = Vec::with_capacity(records.len());
        for record in records {
            let lane = m.lanes.get(&record.lane);
            let row = lane.map(|l| l.id);
            let used = Used { lanes: m.vector.len(), mailbox: m.used, account: usage.as_ref().map_or(0, |u| u.0) };
            let placed = place(&mut LaneRows { connection, row }, lane.map(|l| &l.head), used, limits, record)?;
            let (head, code) = match placed {
                Placed::Held => {
                    codes.push(Code::Ok);
                    continue;
                }
                Placed::Refused(code) => {
                    codes.push(code);
                    continue;
                }
                Placed::Stored(head) => (head, Code::Ok),
                Placed::Beside(head) => (head, Code::Fork),
            };
            let row = match row {
                Some(row) => row,
                None => {
                    let sql = "INSERT INTO lanes (mailbox, name, first, n, sum, used) VALUES (?1, ?2, ?3, ?4, ?5, 0)";
                    let values = params![m.row, record.lane.0, head.from as i64, head.n as i64, head.sum.to_bytes()];
                    let row = connection.prepare_cached(sql)?.insert(values)?;
                    m.lanes.insert(record.lane, LaneRow { id: row, head, used: 0 });
                    row
                }
            };
            let len = record.bytes.len() as u64;
            let mut statement =
                connection.prepare_cached("INSERT INTO records (lane, n, hash, size, bytes) VALUES (?1, ?2, ?3, ?4, ?5)")?;
            statement.execute(params![row, record.n as i64, record.hash.0, len as i64, &record.bytes[..]])?;
            codes.push(code);
            m.vector.insert(record.lane, head.entry());
            m.used += len;
            if let Some(lane) = m.lanes.get_mut(&record.lane) {
                lane.head = head;
                lane.used += len;
            }
            if m.expires.take().is_some() {
                self.dirty.insert(key.mailbox);
            }
            if let Some(usage) = usage.as_deref_mut() {
                usage.0 += len;
            }
            self.dirty_lanes.insert((key.mailbox, record.lane));
            self.dirty_usage.extend(account);
            if heard {
                self.events.push((key.mailbox, vector::digest(&m.vector), Some(record.bytes.clone())));
            }
        }
        Ok(Ok(codes))
    }

    fn set(&mut self, table: Table, key: &[u8; 32], expected: Option<&[u8]>, new: &[u8]) -> Sql<bool> {
        let changed = match expected {
            None => {
                let mut statement =
                    self.connection.prepare_cached("INSERT OR IGNORE INTO ledger (kind, key, value) VALUES (?1, ?2, ?3)")?;
                statement.execute(params![table as i64, key, new])?
            }
            Some(expected) => {
                let mut statement =
                    self.connection.prepare_cached("UPDATE ledger SET value = ?3 WHERE kind = ?1 AND key = ?2 AND value = ?4")?;
                statement.execute(params![table as i64, key, new, expected])?
            }
        };
        Ok(changed > 0)
    }
}
