//! The writer: one thread that drains what waits, does it in one transaction, commits, answers, and then tells the listeners.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, mpsc};

use ithaca_wire::MailboxId;
use rusqlite::Connection;

use super::group::{Group, Job, Loaded};
use super::schema::{self, down};
use super::{Known, Shared};
use crate::store::{AccountId, Bus, Heads, Limits, StoreError};

/// Jobs in one transaction.
const JOBS: usize = 512;
/// Bytes of records in one transaction, so that a group stays in memory and a commit short.
const BYTES: usize = 8 << 20;
/// Mailboxes whose heads stay in memory.
const KEPT: usize = 4096;

/// What the writer keeps between groups. All of it can be read again from the database.
#[derive(Default)]
pub(super) struct Kept {
    pub mailboxes: HashMap<MailboxId, Loaded>,
    pub usage: HashMap<AccountId, (u64, u64)>,
}

pub(super) struct Writer {
    path: PathBuf,
    connection: Option<Connection>,
    limits: Limits,
    bus: Arc<dyn Bus>,
    shared: Shared,
    kept: Kept,
}

impl Writer {
    pub fn new(path: PathBuf, connection: Option<Connection>, limits: Limits, bus: Arc<dyn Bus>, shared: Shared) -> Self {
        Self { path, connection, limits, bus, shared, kept: Kept::default() }
    }

    /// Runs until every sender is gone, and finishes what they sent.
    pub fn run(mut self, queue: &mpsc::Receiver<Job>) {
        let mut jobs = Vec::with_capacity(JOBS);
        while let Ok(first) = queue.recv() {
            let mut bytes = first.bytes();
            jobs.push(first);
            while jobs.len() < JOBS && bytes < BYTES {
                let Ok(job) = queue.try_recv() else { break };
                bytes += job.bytes();
                jobs.push(job);
            }
            self.group(&mut jobs);
        }
        if let Some(connection) = self.connection.take() {
            // Closing checkpoints; if that fails the log is read at the next start.
            let _ = connection.close();
        }
    }

    fn group(&mut self, jobs: &mut Vec<Job>) {
        if self.connection.is_none() {
            match schema::open(&self.path) {
                Ok(connection) => {
                    tracing::info!("the store is back");
                    self.connection = Some(connection);
                }
                Err(error) => return jobs.drain(..).for_each(|job| job.refuse(&error)),
            }
        }
        let Some(connection) = &self.connection else { return };
        let mut group = Group::new(connection, &self.limits, &*self.bus, &mut self.kept);
        let done = group.begin().and_then(|()| {
            for job in jobs.drain(..) {
                group.take(job)?;
            }
            group.commit()
        });
        match done.map_err(down) {
            Ok(()) => {
                let done = group.finish();
                let mut heads = HashMap::with_capacity(done.changed.len());
                {
                    let mut shared = self.shared.write().unwrap_or_else(PoisonError::into_inner);
                    if shared.len() > KEPT {
                        shared.clear();
                    }
                    for mailbox in &done.changed {
                        match self.kept.mailboxes.get(mailbox).filter(|m| !m.erased) {
                            Some(m) => {
                                let known = Arc::new(Heads::new(m.vector.clone(), m.account));
                                heads.insert(*mailbox, Arc::clone(&known));
                                shared.insert(*mailbox, Known { token: m.token, expires: m.expires, heads: known });
                            }
                            None => drop(shared.remove(mailbox)),
                        }
                    }
                }
                // Durable before acknowledged, acknowledged before visible.
                done.answers.into_iter().for_each(|answer| answer(Ok(&heads)));
                done.events.into_iter().for_each(|(mailbox, digest, record)| self.bus.publish(mailbox, digest, record));
                if self.kept.mailboxes.len() > KEPT {
                    self.kept = Kept::default();
                }
            }
            Err(error) => {
                tracing::error!(%error, "a group could not be written; nothing of it was acknowledged");
                let done = group.finish();
                // The connection rolls back as it closes; the next group opens another and reads what is true.
                self.connection = None;
                self.kept = Kept::default();
                self.shared.write().unwrap_or_else(PoisonError::into_inner).clear();
                done.answers.into_iter().for_each(|answer| answer(Err(&error)));
                jobs.drain(..).for_each(|job| job.refuse(&error));
            }
        }
    }
}

/// Tells one asker, once the group is committed or lost.
pub(super) type Tell = Box<dyn FnOnce(Result<&HashMap<MailboxId, Arc<Heads>>, &StoreError>)>;
