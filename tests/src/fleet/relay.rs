//! The relay of a simulation: the one that ships, its store in memory, without its sockets.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use ithaca_core::transport::{Call, CallError, Reply};
use ithaca_server::config::Config;
use ithaca_server::exchange;
use ithaca_server::refuse::Refuse;
use ithaca_server::store::memory::MemoryStore;
use ithaca_server::store::{Backend, Bus, Key, Part, StoreError};
use ithaca_wire::MailboxId;
use ithaca_wire::error::{Code, Refusal};
use sha2::{Digest, Sha256};

/// Something that became durable: mailbox, digest, the record if it came alone.
pub type Published = (MailboxId, [u8; 16], Option<Bytes>);

#[derive(Debug, Default)]
struct Hears(Mutex<Vec<Published>>);

impl Bus for Hears {
    fn listens(&self, _: &MailboxId) -> bool {
        true
    }

    fn publish(&self, mailbox: MailboxId, digest: [u8; 16], record: Option<Bytes>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push((mailbox, digest, record));
    }
}

/// A relay.
pub struct Relay {
    store: Arc<dyn Backend>,
    config: Config,
    hears: Arc<Hears>,
    runtime: tokio::runtime::Runtime,
    /// What changed it, in order: from it an earlier state is made again.
    log: Option<Mutex<Vec<(Call, i64)>>>,
    forgotten: BTreeSet<Vec<u8>>,
}

impl Relay {
    /// A new, empty one.
    pub fn new() -> Result<Self, String> {
        let runtime = tokio::runtime::Builder::new_current_thread().build().map_err(|e| e.to_string())?;
        let config = Config { open: true, ..Config::default() };
        let hears = Arc::new(Hears::default());
        let store = Arc::new(MemoryStore::new(config.store.clone(), hears.clone()));
        Ok(Self { store, config, hears, runtime, log: None, forgotten: BTreeSet::new() })
    }

    /// One that can go back to what it was.
    pub fn that_remembers() -> Result<Self, String> {
        Ok(Self { log: Some(Mutex::default()), ..Self::new()? })
    }

    fn remembered(&self) -> Vec<(Call, i64)> {
        self.log.as_ref().map(|l| l.lock().unwrap_or_else(PoisonError::into_inner).clone()).unwrap_or_default()
    }

    /// How many calls that change something it was given since it lost or forgot anything.
    pub fn taken_in(&self) -> usize {
        self.log.as_ref().map_or(0, |l| l.lock().unwrap_or_else(PoisonError::into_inner).len())
    }

    /// Loses everything.
    pub fn wipe(&mut self) {
        let pushed = self.pushed();
        self.forgotten.extend(pushed.into_iter().map(|(_, record)| record));
        if self.log.is_some() {
            self.log = Some(Mutex::default());
        }
        self.store = Arc::new(MemoryStore::new(self.config.store.clone(), self.hears.clone()));
    }

    /// Goes back to what it was when it had taken in a share `part` of 8 of what it holds.
    pub fn roll_back(&mut self, part: usize) {
        let log = self.remembered();
        let log = log.get(..log.len() * part / 8).unwrap_or_default().to_vec();
        self.wipe();
        for (call, at) in log {
            let _ = self.answer(call, at);
        }
        let _ = self.published();
    }

    /// Records that were pushed before it lost everything.
    pub fn forgotten(&self) -> &BTreeSet<Vec<u8>> {
        &self.forgotten
    }

    /// Every record that was ever pushed since it was last wiped, with its mailbox.
    pub fn pushed(&self) -> Vec<(MailboxId, Vec<u8>)> {
        let log = self.remembered();
        let syncs = log.iter().filter_map(|(call, _)| if let Call::Sync(request) = call { Some(request) } else { None });
        syncs.flat_map(|r| &r.mailboxes).flat_map(|a| a.push.iter().flatten().map(|r| (a.mailbox, r.to_vec()))).collect()
    }

    /// Answers one call at the relay's time `now`.
    pub fn answer(&self, call: Call, now: i64) -> Result<Reply, CallError> {
        let refused = |code: Code| CallError::Refused(Refusal { code, reason: "the simulated relay refuses".into(), retry_after: None });
        let changes = match &call {
            Call::Sync(request) => request.mailboxes.iter().any(|a| a.push.as_ref().is_some_and(|p| !p.is_empty())),
            Call::GetObject { .. } => false,
            _ => true,
        };
        if changes && let Some(log) = &self.log {
            log.lock().unwrap_or_else(PoisonError::into_inner).push((call.clone(), now));
        }
        match call {
            Call::Sync(request) => {
                if let Err(e) = request.check() {
                    return Err(CallError::Refused(Refuse::wire(&e, &self.config).0));
                }
                let answered = self.runtime.block_on(exchange::answer(&self.store, &self.config, request, now));
                answered.map(|(response, _)| Reply::Sync(response)).map_err(|_| refused(Code::StoreDown))
            }
            Call::Make { mailbox, make, .. } => {
                let made = self.runtime.block_on(self.store.make(Key { mailbox, token: make.token_hash }, None, now));
                made.map(|()| Reply::Made).map_err(|e| refused(why(e)))
            }
            Call::Next { mailbox, make } => {
                let (Some(next), Some(token)) = (make.next, make.token) else { return Err(refused(Code::Malformed)) };
                let present = Key { mailbox, token: token.hash() };
                let next = Key { mailbox: next, token: make.token_hash };
                let made = self.runtime.block_on(self.store.next(present, next, now));
                made.map(|()| Reply::Made).map_err(|e| refused(why(e)))
            }
            Call::Voucher { .. } => Err(refused(Code::NoAccount)),
            Call::PutObject { at, total, start, bytes } => {
                let key = Key { mailbox: at.mailbox, token: at.token.hash() };
                let part = Part { hash: at.hash, total, start, bytes: bytes.into() };
                let state = self.runtime.block_on(self.store.object_put(key, part, now)).map_err(|e| refused(why(e)))?;
                if state.held == state.total && !state.whole {
                    let held = self.store.object_read(at.mailbox, at.hash, 0, state.total).map_err(|e| refused(why(e)))?;
                    let good = <[u8; 32]>::from(Sha256::digest(&held)) == at.hash;
                    self.runtime.block_on(self.store.object_seal(key, at.hash, good, now)).map_err(|e| refused(why(e)))?;
                }
                Ok(Reply::Held)
            }
            Call::GetObject { at } => {
                let state = self.store.object(at.mailbox, at.hash).map_err(|e| refused(why(e)))?;
                let state = state.filter(|s| s.whole).ok_or_else(|| refused(Code::NoObject))?;
                self.store.object_read(at.mailbox, at.hash, 0, state.total).map(Reply::Object).map_err(|e| refused(why(e)))
            }
        }
    }

    /// What became durable since the last call.
    pub fn published(&self) -> Vec<Published> {
        std::mem::take(&mut self.hears.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn why(e: StoreError) -> Code {
    match e {
        StoreError::Refused(code) => code,
        _ => Code::StoreDown,
    }
}

impl std::fmt::Debug for Relay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Relay")
    }
}
