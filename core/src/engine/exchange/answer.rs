//! What a relay answered or said on its live stream.

use std::collections::{BTreeMap, BTreeSet};

use ithaca_wire::LaneId;
use ithaca_wire::error::{Code, Refusal};
use ithaca_wire::exchange::{Answer, LaneList, Response, VERSION};
use ithaca_wire::id::RecordHash;
use ithaca_wire::record::Outer;
use ithaca_wire::vector::{self, Vector};

use super::super::{Changed, Core, Engine, EngineError};
use super::ask::{lapsed_key, vector_of};
use super::{Known, Mode, Part, SAME, Target, Ticket};
use crate::id::{EpochId, SpaceId};
use crate::store::Db;
use crate::sync::machine::{Event, Millis, Outcome};
use crate::transport::{CallError, LiveEvent, Reply};

impl Engine {
    pub(super) fn done(&mut self, now: Millis, ticket: u64, result: Result<Reply, CallError>) -> Result<(), EngineError> {
        let Some(ticket) = self.exchanges.open.remove(&ticket) else { return Ok(()) };
        match (ticket, result) {
            (Ticket::Sync { origin, parts }, Ok(Reply::Sync(response))) => {
                self.exchanges.failed.remove(&origin);
                let taken = self.answered(now, &origin, parts, response);
                if taken.is_err() {
                    // Nothing of it was kept where it failed, and the relay still has it.
                    self.tell(now, Event::Failed { origin, retry_after: None });
                }
                taken
            }
            (Ticket::Sync { origin, .. }, result) => {
                let why = match &result {
                    Err(e) => e.to_string(),
                    Ok(_) => CallError::NotARelay(origin.clone()).to_string(),
                };
                self.exchanges.failed.insert(origin.clone(), why);
                let retry_after = match result {
                    Err(CallError::Refused(refusal)) => refusal.retry_after.map(|s| i64::from(s) * 1000),
                    _ => None,
                };
                self.core.changed.extend(self.core.spaces.keys().copied().map(Changed::Status));
                self.tell(now, Event::Failed { origin, retry_after });
                Ok(())
            }
            (Ticket::Make { origin, mailbox, by }, result) => {
                let ok = matches!(result, Ok(Reply::Made));
                let kept = if ok {
                    self.transact(|_, db| Ok(db.set_mailbox_made(&origin, &mailbox, true)?))
                } else if let (Some(by), Err(CallError::Refused(Refusal { code: Code::NoMailbox | Code::Lapsed, .. }))) = (by, &result) {
                    // The relay forgot the one beside which it was to be made: the next attempt takes another, or none.
                    self.transact_soon(|_, db| Ok(db.set_mailbox_made(&origin, &by, false)?))
                } else if let Err(CallError::Refused(refusal)) = result {
                    self.exchanges.failed.insert(origin.clone(), refusal.reason.clone());
                    self.transact(|core, db| core.notice(db, None, "no_mailbox", now, &format!("{origin}: {}", refusal.reason)))
                } else {
                    Ok(())
                };
                self.tell(now, Event::Made { origin, mailbox, ok });
                kept
            }
            (Ticket::Voucher { invite, .. }, Ok(Reply::Voucher(voucher))) => {
                self.transact(|core, db| core.keep_voucher(db, &invite, voucher))
            }
            (Ticket::Snapshot(step), result) => self.snapshot_done(now, step, result),
            // Without a voucher the other person brings an account of their own, or the relay is open.
            (Ticket::Voucher { origin, .. }, _) => {
                tracing::info!(origin_is_https = origin.starts_with("https"), "no voucher was given");
                Ok(())
            }
        }
    }

    fn answered(&mut self, now: Millis, origin: &str, parts: Vec<Part>, response: Response) -> Result<(), EngineError> {
        if response.mailboxes.len() != parts.len() || response.version != VERSION {
            self.tell(now, Event::Failed { origin: origin.to_owned(), retry_after: None });
            return Ok(());
        }
        let mut outcomes = Vec::new();
        let mut spaces: BTreeMap<SpaceId, bool> = BTreeMap::new();
        for (part, answer) in parts.into_iter().zip(response.mailboxes) {
            let space = if let Target::Epoch(space, _) = part.what { Some(space) } else { None };
            let mailbox = part.mailbox;
            let outcome = match (answer.code, part.what) {
                // One that nothing came into in time lapsed; it is made again as one that is not there.
                (code @ (Code::NoMailbox | Code::Lapsed), _) => {
                    let known = self.exchanges.known.entry((origin.to_owned(), mailbox)).or_default();
                    known.exists = false;
                    self.transact_soon(|_, db| {
                        if code == Code::Lapsed {
                            db.set_meta(&lapsed_key(origin, &mailbox), b"")?;
                        }
                        Ok(db.set_mailbox_made(origin, &mailbox, false)?)
                    })?;
                    Outcome::Missing
                }
                (Code::Ok, Target::Invite(invite)) => {
                    let records: Vec<Vec<u8>> = answer.records.unwrap_or_default().into_iter().map(Vec::from).collect();
                    self.rendezvous_answered(now, &invite, records)?
                }
                (Code::Ok, Target::Epoch(space, epoch)) => self.epoch_answered(now, origin, part, (space, epoch), answer)?,
                (code, _) => {
                    self.refused(now, origin, code)?;
                    Outcome::Stuck
                }
            };
            if let Some(space) = space {
                *spaces.entry(space).or_insert(true) &= matches!(outcome, Outcome::Same | Outcome::Stuck);
            }
            outcomes.push((mailbox, outcome));
        }
        self.tell(now, Event::Answered { origin: origin.to_owned(), outcomes });
        self.register_mailboxes(now)?;
        self.after_ingest(now)?;
        self.exchanges.snapshots.answered = true;
        for (space, _) in spaces.into_iter().filter(|(_, rests)| *rests) {
            self.exchanges.snapshots.rested.insert(space);
            if Self::is_due(self.exchanges.watched.get(&space), now) {
                self.watch(&space, now)?;
                self.exchanges.watched.insert(space, now);
            }
        }
        Ok(())
    }

    /// What records that came in ask of this device itself: a new incarnation, or a new lane for what others may see differently.
    fn after_ingest(&mut self, now: Millis) -> Result<(), EngineError> {
        if self.core.must_renew || self.core.must_renew_quietly {
            self.renew_incarnation(now)?;
        }
        self.answer_disturbance(now)
    }

    fn refused(&mut self, now: Millis, origin: &str, code: Code) -> Result<(), EngineError> {
        let notice = format!("{origin}: {}", words(code));
        self.exchanges.failed.insert(origin.to_owned(), words(code).to_owned());
        self.transact(|core, db| core.notice(db, None, "relay_refused", now, &notice))
    }

    fn epoch_answered(
        &mut self,
        now: Millis,
        origin: &str,
        part: Part,
        (space, epoch): (SpaceId, EpochId),
        answer: Answer,
    ) -> Result<Outcome, EngineError> {
        let records: Vec<Vec<u8>> = answer.records.unwrap_or_default().into_iter().map(Vec::from).collect();
        let codes: BTreeMap<usize, Code> = answer.pushed.unwrap_or_default().into_iter().map(|(i, c)| (i as usize, c)).collect();
        let got = records.len() as u64;
        let (mut refused, mut new) = (None, false);
        let known_to_exist =
            std::mem::replace(&mut self.exchanges.known.entry((origin.to_owned(), part.mailbox)).or_default().exists, true);
        let mine = self.ingest(&space, &epoch, &records, now, &mut new, |core, db| {
            for (i, (lane, n)) in part.pushed.iter().enumerate() {
                match codes.get(&i) {
                    None | Some(Code::Ok | Code::Fork) => {
                        if *n == db.stored(origin, *lane)? + 1 {
                            db.set_stored(origin, *lane, *n)?;
                        }
                    }
                    Some(Code::Gap) => {}
                    // Somebody squats on the number; what was to stand there is issued again in a new lane, and nobody need know.
                    Some(Code::TooManyVersions) => core.note_refused(db, &space, *lane, *n)?,
                    Some(other) => refused = Some(*other),
                }
            }
            for bytes in &records {
                core.note_stored(db, origin, &epoch, bytes)?;
            }
            if !known_to_exist {
                db.set_mailbox_made(origin, &part.mailbox, true)?;
            }
            Ok(vector_of(&db.lanes(&epoch)?))
        })?;
        if let Some(code) = refused {
            self.refused(now, origin, code)?;
        }
        self.core.changed.insert(Changed::Status(space));
        if got > 0 || !part.pushed.is_empty() {
            self.exchanges.watched.remove(&space);
        }
        let key = (origin.to_owned(), part.mailbox);
        let mut full = std::mem::take(&mut self.exchanges.known.entry(key.clone()).or_default().full);
        let no_room = part.pushed.iter().enumerate().filter(|(i, _)| codes.get(i) == Some(&Code::TooManyVersions));
        full.extend(no_room.map(|(_, place)| *place));
        let digest = vector::digest(&mine);
        let gap = (0..part.pushed.len()).any(|i| codes.get(&i) == Some(&Code::Gap));
        let theirs: Option<Vector> = answer.vector.map(|v| v.into_iter().collect());
        let lists = answer.lists.unwrap_or_default();
        let mut plan = if theirs.is_none() {
            Plan::default()
        } else {
            self.transact_soon(|core, db| {
                let plan = core.compare(db, origin, &epoch, theirs.as_ref().map(|theirs| (theirs, &part, &full)), &lists)?;
                if plan.forgot {
                    core.notice(db, None, "relay_forgot", now, origin)?;
                }
                Ok(plan)
            })?
        };
        let known = self.exchanges.known.entry(key).or_default();
        if !plan.forgot {
            known.full = full;
        }
        if let Some(theirs) = &theirs {
            known.go_on_below(&mut plan, (&mine, theirs), &part.listed, new);
        }
        known.push.extend(plan.push.iter().copied());
        let progressed = new || !part.pushed.is_empty();
        let took = part.pushed.iter().enumerate().any(|(i, _)| matches!(codes.get(&i), None | Some(Code::Ok | Code::Fork)));
        let relay = answer.digest.unwrap_or_default();
        let same = match known.last {
            Some((ours, theirs, n)) if (ours, theirs) == (digest, relay) => n.saturating_add(1),
            _ => 0,
        };
        known.last = Some((digest, relay, same));
        let outcome = match answer.digest {
            _ if same >= SAME && relay != digest && (part.asked != Mode::Push || !took) => {
                (known.whole, known.stuck) = (None, Some((digest, relay)));
                known.push.clear();
                Outcome::Stuck
            }
            Some(relay) if relay == digest => {
                (known.whole, known.stuck) = (None, None);
                known.push.clear();
                known.below.clear();
                known.settled.clear();
                known.full.clear();
                Outcome::Same
            }
            _ if gap && theirs.is_none() => {
                known.whole.get_or_insert_default();
                Outcome::More
            }
            None if part.rest => Outcome::More,
            None => Outcome::Same,
            Some(relay) => {
                let same_as_before = known.stuck == Some((digest, relay));
                let more_to_come = answer.lacking.is_some_and(|(n, _)| n > got && new);
                if part.asked == Mode::Vector
                    && !progressed
                    && plan.push.is_empty()
                    && !plan.raised
                    && !more_to_come
                    && plan.lists.is_empty()
                {
                    known.stuck = Some((digest, relay));
                    known.whole = None;
                    Outcome::Stuck
                } else if same_as_before && part.asked == Mode::Digest {
                    Outcome::Stuck
                } else {
                    known.whole.get_or_insert_default().extend(plan.lists);
                    Outcome::More
                }
            }
        };
        Ok(outcome)
    }

    pub(super) fn heard(&mut self, now: Millis, origin: String, event: LiveEvent) -> Result<(), EngineError> {
        match event {
            LiveEvent::Opened => self.tell(now, Event::StreamOpened { origin }),
            LiveEvent::Closed => self.tell(now, Event::StreamClosed { origin }),
            LiveEvent::Beat(beat) => {
                let db = self.store.read();
                let addresses = self.core.addresses(&db, &origin)?;
                let mut digests = Vec::new();
                for mailbox in self.machine.mailboxes(&origin) {
                    match addresses.get(&mailbox) {
                        Some((_, Target::Epoch(_, epoch))) => digests.push((mailbox, vector::digest(&vector_of(&db.lanes(epoch)?)))),
                        // What a rendezvous holds is not kept here, so a beat over it never says "the same".
                        _ => digests.push((mailbox, [0; 16])),
                    }
                }
                let same = vector::beat(digests.iter().map(|(m, d)| (m, d))) == beat.digest;
                self.tell(now, Event::Beat { origin, same });
            }
            LiveEvent::Change(change) => {
                let addresses = self.core.addresses(&self.store.read(), &origin)?;
                let mailbox = change.mailbox;
                let mut settled = false;
                if let (Some((_, Target::Epoch(space, epoch))), Some(record)) = (addresses.get(&mailbox), change.record) {
                    let records = vec![Vec::from(record)];
                    self.exchanges.watched.remove(space);
                    settled = self.ingest(space, epoch, &records, now, &mut false, |core, db| {
                        for bytes in &records {
                            core.note_stored(db, &origin, epoch, bytes)?;
                        }
                        Ok(vector::digest(&vector_of(&db.lanes(epoch)?)) == change.digest)
                    })?;
                    self.after_ingest(now)?;
                }
                self.tell(now, Event::Changed { origin, mailbox, settled });
                self.register_mailboxes(now)?;
            }
        }
        Ok(())
    }
}

impl Known {
    /// After lists: where one brought nothing on either side, the next goes on below it; where there is nothing below, the lane is left until one side
    /// holds more of it.
    fn go_on_below(&mut self, plan: &mut Plan, (mine, theirs): (&Vector, &Vector), listed: &BTreeMap<LaneId, u64>, new: bool) {
        let tags = |lane: &LaneId| Some((mine.get(lane)?.tag, theirs.get(lane)?.tag));
        for (lane, first) in listed {
            let idle = !new && plan.lists.contains(lane) && plan.push.iter().all(|(l, ..)| l != lane);
            match tags(lane).filter(|_| idle) {
                None => {}
                Some(_) if *first > 1 => {
                    self.below.insert(*lane, first - 1);
                    self.last = None;
                }
                Some(tags) => {
                    self.below.remove(lane);
                    self.settled.insert(*lane, tags);
                }
            }
        }
        plan.lists.retain(|lane| tags(lane) != self.settled.get(lane).copied());
        self.below.retain(|lane, _| tags(lane).is_some_and(|(mine, theirs)| mine != theirs));
    }
}

/// What comparing two vectors leads to.
#[derive(Debug, Default)]
struct Plan {
    /// Lanes whose lists are to be sent.
    lists: BTreeSet<LaneId>,
    /// Records that the relay turned out to lack.
    push: Vec<(LaneId, u64, RecordHash)>,
    /// Whether what the relay is known to hold changed.
    raised: bool,
    /// Whether it holds less than it said before.
    forgot: bool,
}

impl Core {
    /// Compares what a relay says it holds with what is held here. `theirs` is its vector beside what it was known to hold when it was asked: what was
    /// heard since is newer than the answer, and it forgot nothing.
    fn compare(
        &mut self,
        db: &Db<'_>,
        origin: &str,
        epoch: &EpochId,
        theirs: Option<(&Vector, &Part, &BTreeSet<(i64, u64)>)>,
        lists: &[LaneList],
    ) -> Result<Plan, EngineError> {
        let mut plan = Plan::default();
        let Some((theirs, part, full)) = theirs else { return Ok(plan) };
        for lane in db.lanes(epoch)? {
            let Some(mine) = lane.entry() else { continue };
            let their = theirs.get(&lane.id);
            let list = lists.iter().find(|l| l.lane == lane.id);
            let stored = db.stored(origin, lane.no)?;
            let holds = match (their, list) {
                (Some(their), _) if their.from <= lane.start => their.n,
                // There is a hole in what it holds. What lies below that shows in a list alone.
                (Some(_), Some(list)) if list.covers(lane.start) => run_in(list, lane.start, &db.hashes(lane.no)?),
                (Some(_), _) => stored,
                (None, _) => 0,
            };
            let then = part.stored.get(&lane.no).copied().unwrap_or(0);
            if holds < then || stored < holds.min(mine.n) {
                db.set_stored(origin, lane.no, holds.min(mine.n))?;
                plan.raised = true;
                plan.forgot |= holds < then;
            }
            let Some(their) = their else { continue };
            if let Some(list) = list {
                let held: BTreeSet<(u64, RecordHash)> = list.held.iter().copied().collect();
                let before = plan.push.len();
                for (n, hash) in db.hashes(lane.no)? {
                    // What is kept only as a hash cannot be pushed, and must not be asked about for ever.
                    let lacks = list.covers(n) && !held.contains(&(n, hash)) && !full.contains(&(lane.no, n));
                    if lacks && db.versions(lane.no, n)?.iter().any(|v| v.hash == hash && v.bytes.is_some()) {
                        plan.push.push((lane.id, n, hash));
                    }
                }
                // What is still lacking here comes for a list, once these are there.
                if plan.push.len() > before {
                    continue;
                }
            }
            // Where one is ahead, the other is first given what comes after: unless it is kept only as a hash, and cannot be.
            let given = || Ok::<_, EngineError>(db.records_from(lane.no, their.n + 1, 1)?.iter().any(|r| r.bytes.is_some()));
            let differs = their.tag != mine.tag && (their.n == mine.n || (their.n < mine.n && !given()?));
            if differs || their.from != mine.from {
                plan.lists.insert(lane.id);
            }
        }
        Ok(plan)
    }

    /// A relay sent this record, so it holds it.
    fn note_stored(&mut self, db: &Db<'_>, origin: &str, epoch: &EpochId, bytes: &[u8]) -> Result<(), EngineError> {
        if let Ok(outer) = Outer::parse(bytes)
            && let Some(lane) = db.lane(epoch, &outer.lane)?
            && outer.n == db.stored(origin, lane.no)? + 1
        {
            db.set_stored(origin, lane.no, outer.n)?;
        }
        Ok(())
    }
}

/// The last number of the unbroken run from `start` of which a list has what is held here; 0 for none.
fn run_in(list: &LaneList, start: u64, mine: &[(u64, RecordHash)]) -> u64 {
    let theirs: BTreeSet<&(u64, RecordHash)> = list.held.iter().collect();
    let both: BTreeSet<u64> = mine.iter().filter(|held| theirs.contains(held)).map(|(n, _)| *n).collect();
    (start..).take_while(|n| both.contains(n)).last().unwrap_or(0)
}

/// Why a relay refused, in words for a person.
fn words(code: Code) -> &'static str {
    match code {
        Code::MailboxFull => "this relationship's mailbox is full; what is written waits here until its operator makes room",
        Code::AccountFull => "the account's space is used up; ask whoever runs the relay, or remove other mailboxes",
        Code::TooManyLanes => "too many devices wrote here for this relay",
        Code::TooManyVersions => "too many different records came under one number; somebody disturbs this mailbox",
        Code::TooManyRequests | Code::TooManyConnections => "it is busy; it will be tried again",
        Code::StoreDown => "its storage is down; it will be tried again",
        Code::RecordTooLarge | Code::RequestTooLarge | Code::TooManyAsked => "something sent was larger than it takes",
        _ => "it refused a request",
    }
}
