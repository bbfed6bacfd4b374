//! An exchange: what a relay answers to one `POST /v1/sync`.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use ithaca_wire::error::Code;
use ithaca_wire::exchange::{Answer, Ask, LaneList, Request, Response, VERSION};
use ithaca_wire::id::RecordHash;
use ithaca_wire::vector::{self, Vector, missing};
use ithaca_wire::{LaneId, WireError};
use minicbor::bytes::ByteVec;

use crate::config::Config;
use crate::store::{Backend, Heads, Key, Millis, Pending, Put, Record, StoreError, after};

/// Bytes of lists in one answer. With the records it must stay below what a device reads, eight times [`ithaca_wire::limits::REQUEST`].
const LISTS: u64 = 3 << 19;
/// Bytes of what is held beside pushed forks in one answer; the rest is found through lists.
const FORKS: u64 = 1 << 20;
/// Bytes of one (number, hash) in a list.
const LISTED: u64 = 44;

/// How many pushed records were stored or held, and their bytes; for the metrics.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Taken {
    /// Records.
    pub records: u64,
    /// Bytes.
    pub bytes: u64,
}

enum Started {
    Put { pending: Pending<Put>, refused: Vec<(u32, Code)>, indices: Vec<u32>, names: Vec<(LaneId, u64, RecordHash)> },
    Heads(Pending<Arc<Heads>>),
}

/// Answers a request that was checked.
///
/// # Errors
/// [`StoreError::Down`]: nothing is known to be written, and the same request may be sent again.
pub async fn answer(store: &Arc<dyn Backend>, config: &Config, request: Request, now: Millis) -> Result<(Response, Taken), StoreError> {
    let mut taken = Taken::default();
    let mut asks = request.mailboxes;
    // Everything is submitted before anything is awaited, so that it shares one commit.
    let started: Vec<_> = asks.iter_mut().map(|ask| start(&**store, config, ask, now, &mut taken)).collect();
    let mut answers = Vec::with_capacity(asks.len());
    let mut pulls = Vec::new();
    for (ask, started) in asks.into_iter().zip(started) {
        let mut answer = Answer { code: Code::Ok, digest: None, lacking: None, vector: None, pushed: None, records: None, lists: None };
        let mut forked = Vec::new();
        let heads = match started {
            Started::Heads(pending) => pending.await,
            Started::Put { pending, mut refused, indices, names } => pending.await.map(|put| {
                for ((index, code), name) in indices.iter().zip(&put.codes).zip(names) {
                    if *code != Code::Ok {
                        refused.push((*index, *code));
                    }
                    if *code == Code::Fork {
                        forked.push(name);
                    }
                }
                refused.sort_unstable_by_key(|r| r.0);
                answer.pushed = (!refused.is_empty()).then_some(refused);
                put.heads
            }),
        };
        match heads {
            Err(StoreError::Refused(code)) => answer.code = code,
            Err(error) => return Err(error),
            Ok(heads) => {
                let theirs = ask.vector_map();
                let digest = theirs.as_ref().map(vector::digest).or(ask.digest);
                answer.digest = digest.map(|_| heads.digest());
                let differs = digest.is_some_and(|d| d != heads.digest());
                if differs {
                    answer.vector = Some(heads.vector.iter().map(|(l, e)| (*l, *e)).collect());
                }
                // A list is answered also where the digests are equal now: a push of this very request may have made them so while
                // different bytes stand below the heads, which only lists can tell.
                let listed = ask.lists.as_ref().is_some_and(|l| !l.is_empty());
                let theirs = theirs.filter(|_| differs || listed);
                if theirs.is_some() || !forked.is_empty() {
                    pulls.push(Pull { at: answers.len(), ask, heads, theirs, forked });
                }
            }
        }
        answers.push(answer);
    }
    let mut response = Response { version: VERSION, mailboxes: answers };
    if !pulls.is_empty() {
        let store = Arc::clone(store);
        let budget = u64::from(request.budget).min(config.answer_bytes);
        let reading = tokio::task::spawn_blocking(move || {
            let mut room = Room { records: budget, forks: FORKS, lists: LISTS, sent: false };
            for pull in pulls {
                if let Some(answer) = response.mailboxes.get_mut(pull.at) {
                    pull.fill(&*store, &mut room, answer)?;
                }
            }
            Ok::<_, StoreError>(response)
        });
        response = reading.await.map_err(|_| StoreError::Down("reading stopped".into()))??;
    }
    Ok((response, taken))
}

/// Reads what is pushed and submits it.
fn start(store: &dyn Backend, config: &Config, ask: &mut Ask, now: Millis, taken: &mut Taken) -> Started {
    let key = Key { mailbox: ask.mailbox, token: ask.token.hash() };
    let Some(push) = ask.push.take().filter(|p| !p.is_empty()) else { return Started::Heads(store.heads(key, now)) };
    let mut refused = Vec::new();
    let mut indices = Vec::with_capacity(push.len());
    let mut names = Vec::with_capacity(push.len());
    let mut records = Vec::with_capacity(push.len());
    for (index, bytes) in (0u32..).zip(push) {
        let bytes = Vec::from(bytes);
        if bytes.len() > config.record_bytes {
            refused.push((index, Code::RecordTooLarge));
            continue;
        }
        match Record::parse(bytes) {
            Ok(record) => {
                taken.records += 1;
                taken.bytes += record.bytes.len() as u64;
                indices.push(index);
                names.push((record.lane, record.n, record.hash));
                records.push(record);
            }
            Err(WireError::RecordTooLarge { .. }) => refused.push((index, Code::RecordTooLarge)),
            Err(_) => refused.push((index, Code::Malformed)),
        }
    }
    Started::Put { pending: store.put(key, records, now), refused, indices, names }
}

/// What one answer still has room for.
struct Room {
    records: u64,
    forks: u64,
    lists: u64,
    sent: bool,
}

impl Room {
    /// Whether a record of `len` bytes still goes in. The first always does.
    fn take(&mut self, len: u64) -> bool {
        if len > self.records && self.sent {
            // A page ends where it is full: nothing smaller slips in behind what was left out.
            self.records = 0;
            return false;
        }
        self.sent = true;
        self.records = self.records.saturating_sub(len);
        true
    }
}

/// One mailbox of which something must be read.
struct Pull {
    at: usize,
    ask: Ask,
    heads: Arc<Heads>,
    theirs: Option<Vector>,
    forked: Vec<(LaneId, u64, RecordHash)>,
}

impl Pull {
    fn fill(self, store: &dyn Backend, room: &mut Room, answer: &mut Answer) -> Result<(), StoreError> {
        let mailbox = self.ask.mailbox;
        let mut records: Vec<ByteVec> = Vec::new();
        let mut sent = HashSet::new();
        for (lane, n, pushed) in &self.forked {
            for hash in store.hashes(mailbox, *lane, *n)?.into_iter().filter(|h| h != pushed) {
                if room.forks == 0 || !sent.insert(hash) {
                    continue;
                }
                if let Some(bytes) = store.get(mailbox, *lane, (*n, hash))? {
                    room.forks = room.forks.saturating_sub(bytes.len() as u64);
                    records.push(bytes.into());
                }
            }
        }
        if let Some(theirs) = &self.theirs {
            let mut lists = Vec::new();
            let lacking = self.differences(store, room, theirs, &sent, &mut records, &mut lists)?;
            answer.lacking = Some(lacking);
            answer.lists = (!lists.is_empty()).then_some(lists);
        }
        answer.records = (!records.is_empty()).then_some(records);
        Ok(())
    }

    fn differences(
        &self,
        store: &dyn Backend,
        room: &mut Room,
        theirs: &Vector,
        sent: &HashSet<RecordHash>,
        records: &mut Vec<ByteVec>,
        lists: &mut Vec<LaneList>,
    ) -> Result<(u64, u64), StoreError> {
        let mailbox = self.ask.mailbox;
        let plans = missing(&self.heads.vector, theirs);
        let given: BTreeMap<_, _> = self.ask.lists.iter().flatten().map(|l| (l.lane, l)).collect();
        let held_here = given.keys().filter(|l| self.heads.vector.contains_key(l));
        let lanes: BTreeSet<_> = plans.keys().chain(held_here).copied().collect();
        let mut lacking = (0, 0);
        for lane in lanes {
            if let Some(list) = given.get(&lane) {
                // Everything is known about these numbers: exactly what lacks is sent, and our list only if we lack something as well.
                let mut ours = store.list(mailbox, lane)?;
                ours.retain(|(n, ..)| list.covers(*n));
                for (n, hash, size) in ours.iter().filter(|(n, h, _)| list.held.binary_search(&(*n, *h)).is_err()) {
                    lacking = (lacking.0 + 1, lacking.1 + size);
                    if !sent.contains(hash)
                        && room.take(*size)
                        && let Some(bytes) = store.get(mailbox, lane, (*n, *hash))?
                    {
                        records.push(bytes.into());
                    }
                }
                let ours: Vec<_> = ours.into_iter().map(|(n, h, _)| (n, h)).collect();
                if list.held.iter().any(|name| ours.binary_search(name).is_err()) {
                    add_list(room, lists, LaneList { lane, held: ours, window: list.window });
                }
                if list.window.is_none() {
                    continue;
                }
            }
            let Some(plan) = plans.get(&lane) else { continue };
            if let Some(n) = plan.after {
                let more = if room.records == 0 && room.sent {
                    true
                } else {
                    let page = store.beyond(mailbox, lane, after(n), room.records)?;
                    let mut cut = page.more;
                    let mut here = (0, 0);
                    for (_, hash, bytes) in page.records {
                        here = (here.0 + 1, here.1 + bytes.len() as u64);
                        if sent.contains(&hash) {
                            continue;
                        }
                        if room.take(bytes.len() as u64) {
                            records.push(bytes.into());
                        } else {
                            cut = true;
                        }
                    }
                    if cut {
                        room.records = 0;
                    } else {
                        lacking = (lacking.0 + here.0, lacking.1 + here.1);
                    }
                    cut
                };
                if more {
                    let all = store.totals(mailbox, lane, after(n))?;
                    lacking = (lacking.0 + all.0, lacking.1 + all.1);
                }
            }
            if plan.list && !given.contains_key(&lane) {
                let ours = store.list(mailbox, lane)?.into_iter().map(|(n, h, _)| (n, h)).collect();
                add_list(room, lists, LaneList { lane, held: ours, window: None });
            }
        }
        Ok(lacking)
    }
}

/// A list that does not fit is left out whole: half of one would tell of records as lost that are not. The device then comes with one, of a part of the lane.
fn add_list(room: &mut Room, lists: &mut Vec<LaneList>, list: LaneList) {
    let bytes = list.held.len() as u64 * LISTED;
    if bytes <= room.lists {
        room.lists -= bytes;
        lists.push(list);
    }
}
