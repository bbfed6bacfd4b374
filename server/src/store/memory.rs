//! A store in memory: the reference for the laws, and what tests and `--memory` use. Nothing outlives the process.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use ithaca_wire::error::Code;
use ithaca_wire::id::RecordHash;
use ithaca_wire::vector::{self, Vector};
use ithaca_wire::{LaneId, MailboxId, TokenHash};

use super::place::{Head, Placed, Rows, Used, place};
use super::{
    AccountId, Bus, Heads, Key, Ledger, Limits, Listed, Millis, ObjectState, Page, Part, Pending, Put, Record, Store, StoreError, Table,
};

type Lane = BTreeMap<(u64, RecordHash), Bytes>;

#[derive(Debug)]
struct Mailbox {
    token: TokenHash,
    account: Option<AccountId>,
    erased: bool,
    expires: Option<Millis>,
    used: u64,
    vector: Vector,
    heads: BTreeMap<LaneId, Head>,
    lanes: BTreeMap<LaneId, Lane>,
    objects: BTreeMap<[u8; 32], (ObjectState, Vec<u8>)>,
}

impl Mailbox {
    fn new(token: TokenHash, account: Option<AccountId>, expires: Option<Millis>) -> Self {
        let (vector, heads, lanes, objects) = (Vector::new(), BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        Self { token, account, erased: false, expires, used: 0, vector, heads, lanes, objects }
    }

    fn lapsed(&self, now: Millis) -> bool {
        self.expires.is_some_and(|at| now >= at)
    }

    fn heads(&self) -> Arc<Heads> {
        Arc::new(Heads::new(self.vector.clone(), self.account))
    }
}

#[derive(Debug, Default)]
struct State {
    mailboxes: BTreeMap<MailboxId, Mailbox>,
    usage: BTreeMap<AccountId, (u64, u64)>,
    ledger: BTreeMap<(Table, [u8; 32]), Vec<u8>>,
}

impl State {
    fn open(&mut self, key: &Key, now: Millis) -> Result<&mut Mailbox, StoreError> {
        let mailbox = self.mailboxes.get_mut(&key.mailbox).filter(|m| !m.erased && key.opens(&m.token)).ok_or(Code::NoMailbox)?;
        if mailbox.lapsed(now) { Err(Code::Lapsed.into()) } else { Ok(mailbox) }
    }

    /// Charges one more mailbox.
    fn charge(&mut self, account: Option<AccountId>, limits: &Limits) -> Result<(), StoreError> {
        if let Some(account) = account {
            let (_, mailboxes) = self.usage.entry(account).or_default();
            if *mailboxes >= limits.account_mailboxes {
                return Err(Code::TooManyMailboxes.into());
            }
            *mailboxes += 1;
        }
        Ok(())
    }

    fn make(
        &mut self,
        key: Key,
        account: Option<AccountId>,
        expires: Option<Millis>,
        limits: &Limits,
        now: Millis,
    ) -> Result<(), StoreError> {
        if let Some(held) = self.mailboxes.get_mut(&key.mailbox) {
            if held.erased || !key.opens(&held.token) {
                return Err(Code::MailboxTaken.into());
            }
            if held.lapsed(now) {
                if expires.is_some() {
                    return Err(Code::Lapsed.into());
                }
                held.expires = None;
            }
            // Made for good what was only a `next`: it does not lapse any more.
            if expires.is_none() {
                held.expires = None;
            }
            return Ok(());
        }
        self.charge(account, limits)?;
        self.mailboxes.insert(key.mailbox, Mailbox::new(key.token, account, expires));
        Ok(())
    }
}

struct LaneRows<'a>(Option<&'a Lane>);

impl Rows for LaneRows<'_> {
    type Error = Infallible;

    fn versions(&mut self, n: u64) -> Result<Vec<RecordHash>, Infallible> {
        Ok(self.0.map(|l| at(l, n).map(|(h, _)| h).collect()).unwrap_or_default())
    }

    fn run_below(&mut self, n: u64) -> Result<u64, Infallible> {
        let mut low = n;
        for (m, _) in self.0.into_iter().flat_map(|l| l.range(..(n, RecordHash([0; 32]))).rev()).map(|(k, _)| *k) {
            if m + 1 < low {
                break;
            }
            low = m;
        }
        Ok(low)
    }
}

fn at(lane: &Lane, n: u64) -> impl Iterator<Item = (RecordHash, &Bytes)> {
    lane.range((n, RecordHash([0; 32]))..=(n, RecordHash([0xff; 32]))).map(|((_, h), b)| (*h, b))
}

/// A store in memory.
pub struct MemoryStore {
    limits: Limits,
    bus: Arc<dyn Bus>,
    state: Mutex<State>,
}

impl MemoryStore {
    /// An empty store.
    pub fn new(limits: Limits, bus: Arc<dyn Bus>) -> Self {
        Self { limits, bus, state: Mutex::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lane<T: Default>(&self, mailbox: MailboxId, lane: LaneId, f: impl FnOnce(&Lane) -> T) -> Result<T, StoreError> {
        Ok(self.state().mailboxes.get(&mailbox).and_then(|m| m.lanes.get(&lane)).map(f).unwrap_or_default())
    }

    fn put_all(&self, key: Key, records: &[Record], now: Millis) -> Result<Put, StoreError> {
        let mut state = self.state();
        let state = &mut *state;
        let account = state.open(&key, now)?.account;
        let Some(mailbox) = state.mailboxes.get_mut(&key.mailbox) else { return Err(Code::NoMailbox.into()) };
        let mut nobody = (0, 0);
        let usage = match account {
            Some(account) => state.usage.entry(account).or_default(),
            None => &mut nobody,
        };
        let mut codes = Vec::with_capacity(records.len());
        let mut stored = Vec::new();
        for record in records {
            let used = Used { lanes: mailbox.vector.len(), mailbox: mailbox.used, account: if account.is_some() { usage.0 } else { 0 } };
            let rows = &mut LaneRows(mailbox.lanes.get(&record.lane));
            let Ok(placed) = place(rows, mailbox.heads.get(&record.lane), used, &self.limits, record);
            let (head, code) = match placed {
                Placed::Held => (None, Code::Ok),
                Placed::Refused(code) => (None, code),
                Placed::Stored(head) => (Some(head), Code::Ok),
                Placed::Beside(head) => (Some(head), Code::Fork),
            };
            codes.push(code);
            let Some(head) = head else { continue };
            mailbox.heads.insert(record.lane, head);
            mailbox.vector.insert(record.lane, head.entry());
            mailbox.lanes.entry(record.lane).or_default().insert((record.n, record.hash), record.bytes.clone());
            mailbox.used += record.bytes.len() as u64;
            usage.0 += record.bytes.len() as u64;
            mailbox.expires = None;
            stored.push((vector::digest(&mailbox.vector), record.bytes.clone()));
        }
        for (digest, bytes) in stored {
            self.bus.publish(key.mailbox, digest, Some(bytes));
        }
        Ok(Put { codes, heads: mailbox.heads() })
    }

    fn object_put_now(&self, key: Key, part: &Part, now: Millis) -> Result<ObjectState, StoreError> {
        let mut state = self.state();
        let state = &mut *state;
        let account = state.open(&key, now)?.account;
        let Some(mailbox) = state.mailboxes.get_mut(&key.mailbox) else { return Err(Code::NoMailbox.into()) };
        let held = mailbox.objects.get(&part.hash).map_or(ObjectState { total: part.total, held: 0, whole: false }, |o| o.0);
        if held.total != part.total || part.total > self.limits.object_bytes {
            return Err(Code::Malformed.into());
        }
        let end = part.start.saturating_add(part.bytes.len() as u64);
        if end > part.total {
            return Err(Code::Malformed.into());
        }
        if part.start > held.held || end <= held.held {
            return Ok(held);
        }
        let fresh = part.bytes.slice((held.held - part.start) as usize..);
        let len = fresh.len() as u64;
        if mailbox.used + len > self.limits.mailbox_bytes {
            return Err(Code::MailboxFull.into());
        }
        if let Some(account) = account {
            let usage = state.usage.entry(account).or_default();
            if usage.0 + len > self.limits.account_bytes {
                return Err(Code::AccountFull.into());
            }
            usage.0 += len;
        }
        mailbox.used += len;
        let object = mailbox.objects.entry(part.hash).or_insert((held, Vec::new()));
        object.1.extend_from_slice(&fresh);
        object.0.held += len;
        Ok(object.0)
    }

    fn object_seal_now(&self, key: Key, hash: [u8; 32], good: bool, now: Millis) -> Result<(), StoreError> {
        let mut state = self.state();
        let mailbox = state.open(&key, now)?;
        let account = mailbox.account;
        let Some((object, _)) = mailbox.objects.get_mut(&hash).filter(|o| o.0.held == o.0.total) else {
            return Err(Code::NoObject.into());
        };
        if good {
            object.whole = true;
            return Ok(());
        }
        if object.whole {
            return Ok(());
        }
        let freed = object.held;
        mailbox.objects.remove(&hash);
        mailbox.used -= freed;
        if let Some(usage) = account.and_then(|a| state.usage.get_mut(&a)) {
            usage.0 -= freed;
        }
        Ok(())
    }
}

impl Store for MemoryStore {
    fn make(&self, key: Key, account: Option<AccountId>, now: Millis) -> Pending<()> {
        Pending::ready(self.state().make(key, account, None, &self.limits, now))
    }

    fn next(&self, key: Key, next: Key, now: Millis) -> Pending<()> {
        let mut state = self.state();
        let made = state.open(&key, now).map(|m| m.account);
        let expires = Some(now.saturating_add(self.limits.next_lapses));
        Pending::ready(made.and_then(|account| state.make(next, account, expires, &self.limits, now)))
    }

    fn erase(&self, key: Key, account: AccountId, _: Millis) -> Pending<()> {
        let mut state = self.state();
        let Some(mailbox) = state.mailboxes.get_mut(&key.mailbox).filter(|m| key.opens(&m.token)) else {
            return Pending::ready(Err(Code::NoMailbox.into()));
        };
        if mailbox.account != Some(account) {
            return Pending::ready(Err(Code::NoAccount.into()));
        }
        if !mailbox.erased {
            let used = mailbox.used;
            *mailbox = Mailbox { erased: true, ..Mailbox::new(mailbox.token, mailbox.account, None) };
            if let Some(usage) = state.usage.get_mut(&account) {
                *usage = (usage.0 - used, usage.1 - 1);
            }
        }
        Pending::ready(Ok(()))
    }

    fn heads(&self, key: Key, now: Millis) -> Pending<Arc<Heads>> {
        Pending::ready(self.state().open(&key, now).map(|m| m.heads()))
    }

    fn put(&self, key: Key, records: Vec<Record>, now: Millis) -> Pending<Put> {
        Pending::ready(self.put_all(key, &records, now))
    }

    fn beyond(&self, mailbox: MailboxId, lane: LaneId, after: (u64, RecordHash), budget: u64) -> Result<Page, StoreError> {
        self.lane(mailbox, lane, |l| {
            let mut page = Page::default();
            let mut spent = 0;
            for ((n, hash), bytes) in l.range((std::ops::Bound::Excluded(after), std::ops::Bound::Unbounded)) {
                spent += bytes.len() as u64;
                if spent > budget && !page.records.is_empty() {
                    page.more = true;
                    break;
                }
                page.records.push((*n, *hash, bytes.to_vec()));
            }
            page
        })
    }

    fn totals(&self, mailbox: MailboxId, lane: LaneId, after: (u64, RecordHash)) -> Result<(u64, u64), StoreError> {
        self.lane(mailbox, lane, |l| {
            l.range((std::ops::Bound::Excluded(after), std::ops::Bound::Unbounded))
                .fold((0, 0), |(n, b), (_, r)| (n + 1, b + r.len() as u64))
        })
    }

    fn list(&self, mailbox: MailboxId, lane: LaneId) -> Result<Vec<Listed>, StoreError> {
        self.lane(mailbox, lane, |l| l.iter().map(|((n, h), b)| (*n, *h, b.len() as u64)).collect())
    }

    fn hashes(&self, mailbox: MailboxId, lane: LaneId, n: u64) -> Result<Vec<RecordHash>, StoreError> {
        self.lane(mailbox, lane, |l| at(l, n).map(|(h, _)| h).collect())
    }

    fn get(&self, mailbox: MailboxId, lane: LaneId, name: (u64, RecordHash)) -> Result<Option<Vec<u8>>, StoreError> {
        self.lane(mailbox, lane, |l| l.get(&name).map(|b| b.to_vec()))
    }

    fn object_put(&self, key: Key, part: Part, now: Millis) -> Pending<ObjectState> {
        Pending::ready(self.object_put_now(key, &part, now))
    }

    fn object_seal(&self, key: Key, hash: [u8; 32], good: bool, now: Millis) -> Pending<()> {
        Pending::ready(self.object_seal_now(key, hash, good, now))
    }

    fn object(&self, mailbox: MailboxId, hash: [u8; 32]) -> Result<Option<ObjectState>, StoreError> {
        Ok(self.state().mailboxes.get(&mailbox).and_then(|m| m.objects.get(&hash)).map(|o| o.0))
    }

    fn object_read(&self, mailbox: MailboxId, hash: [u8; 32], start: u64, most: u64) -> Result<Vec<u8>, StoreError> {
        let state = self.state();
        let bytes = state.mailboxes.get(&mailbox).and_then(|m| m.objects.get(&hash)).map(|o| o.1.as_slice()).unwrap_or_default();
        let from = bytes.get(usize::try_from(start).unwrap_or(usize::MAX)..).unwrap_or_default();
        Ok(from.iter().take(usize::try_from(most).unwrap_or(usize::MAX)).copied().collect())
    }

    fn health(&self, _: Millis) -> Pending<()> {
        Pending::ready(Ok(()))
    }
}

impl Ledger for MemoryStore {
    fn value(&self, table: Table, key: &[u8; 32]) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.state().ledger.get(&(table, *key)).cloned())
    }

    fn compare_and_set(&self, table: Table, key: [u8; 32], expected: Option<Vec<u8>>, new: Vec<u8>) -> Pending<bool> {
        let mut state = self.state();
        let same = state.ledger.get(&(table, key)) == expected.as_ref();
        if same {
            state.ledger.insert((table, key), new);
        }
        Pending::ready(Ok(same))
    }

    fn values(&self, table: Table) -> Result<Vec<([u8; 32], Vec<u8>)>, StoreError> {
        Ok(self.state().ledger.iter().filter(|((t, _), _)| *t == table).map(|((_, k), v)| (*k, v.clone())).collect())
    }
}
