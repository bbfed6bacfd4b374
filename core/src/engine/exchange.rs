//! Exchanges with relays: what the machine asks for becomes calls, and what comes back becomes records held and the machine's next event.
//!
//! In the steady state a device sends what it has and a digest of what it holds. Where the digests differ the relay answers its vector; then the
//! device sends its own, with lists for lanes whose entries cannot be compared, and what is missing on either side goes over.

use std::collections::{BTreeMap, BTreeSet};

use ithaca_wire::error::Code;
use ithaca_wire::exchange::{Answer, Ask, LaneList, MakeMailbox, Request as WireRequest, Response, VERSION};
use ithaca_wire::id::RecordHash;
use ithaca_wire::live::Listen;
use ithaca_wire::record::{self, Outer};
use ithaca_wire::vector::{self, Vector};
use ithaca_wire::{LaneId, MailboxId, Token, limits};

use super::{Changed, Core, Engine, EngineError};
use crate::id::{EpochId, SpaceId};
use crate::store::{Db, LaneRow, SpaceKind};
use crate::sync::machine::{Effect, Event, Millis, Outcome};
use crate::transport::{Call, CallError, LiveEvent, Reply};

/// Bytes of records that one exchange pushes: with what names them, within one request.
const PUSH: usize = 900 * 1024;
/// Bytes of records that one answer may bring.
const BUDGET: u32 = 900 * 1024;

/// So many exchanges in a row may leave both sides' digests as they were: a list asked for, answered, and what it shows pushed. After that the
/// relay does not do what it says, and is asked again when it is time.
const SAME: u8 = 4;

/// Something the driver does for the engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// Make a call, and bring the answer back as [`Input::Done`] with the ticket.
    Call {
        /// Names the call.
        ticket: u64,
        /// The relay.
        origin: String,
        /// What to ask.
        call: Call,
    },
    /// Hear a relay's live stream, in place of any other of that relay.
    Listen {
        /// The relay.
        origin: String,
        /// Which mailboxes.
        listen: Listen,
    },
    /// Stop hearing it.
    StopListening {
        /// The relay.
        origin: String,
    },
}

/// Something that happened outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// Time has passed.
    Tick,
    /// Somebody asked for a sync now.
    Now,
    /// Whether a live stream is wanted.
    Live(bool),
    /// A call came back.
    Done {
        /// The call.
        ticket: u64,
        /// What came back.
        result: Result<Reply, CallError>,
    },
    /// A relay's stream said something.
    Heard {
        /// The relay.
        origin: String,
        /// What it said.
        event: LiveEvent,
    },
}

/// What stands behind a ticket.
#[derive(Debug)]
enum Ticket {
    Sync { origin: String, parts: Vec<Part> },
    Make { origin: String, mailbox: MailboxId },
    Voucher { origin: String, invite: [u8; 16] },
}

/// One mailbox's part of an exchange under way.
#[derive(Debug)]
struct Part {
    mailbox: MailboxId,
    what: Target,
    /// Pushed: lane (row number), number, whether it continues the run that the relay is known to hold.
    pushed: Vec<(i64, u64)>,
    /// Something did not fit and follows in the next exchange.
    rest: bool,
    asked: Mode,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Target {
    Epoch(SpaceId, EpochId),
    Invite([u8; 16]),
}

/// How much an exchange says of what is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Push,
    Digest,
    Vector,
}

/// What is known of one mailbox at one relay between two exchanges.
#[derive(Debug, Default)]
struct Known {
    /// The next exchange sends the vector, with lists for these lanes.
    whole: Option<BTreeSet<LaneId>>,
    /// Records to push although the numbers say the relay holds them.
    push: BTreeSet<(LaneId, u64, RecordHash)>,
    /// Digests (ours, theirs) between which an exchange changed nothing.
    stuck: Option<([u8; 16], [u8; 16])>,
    /// Digests after the last exchange, and in how many in a row they were these.
    last: Option<([u8; 16], [u8; 16], u8)>,
}

/// Calls under way and what is known of relays. Lost on a restart without harm.
#[derive(Debug, Default)]
pub(super) struct Exchanges {
    next: u64,
    open: BTreeMap<u64, Ticket>,
    known: BTreeMap<(String, MailboxId), Known>,
    failed: BTreeMap<String, String>,
    /// Calls to make that an error kept back.
    ready: Vec<Request>,
}

impl Exchanges {
    fn ticket(&mut self, ticket: Ticket) -> u64 {
        self.next += 1;
        self.open.insert(self.next, ticket);
        self.next
    }

    /// Why a relay's last call failed, in words.
    pub fn failure(&self, origin: &str) -> Option<&str> {
        self.failed.get(origin).map(String::as_str)
    }
}

impl Engine {
    /// Takes in what happened; gives the calls to make.
    ///
    /// # Errors
    /// See [`EngineError`]. What an answer said is then asked for again, and what was to be done is done with the next input.
    pub fn handle(&mut self, now: Millis, input: Input) -> Result<Vec<Request>, EngineError> {
        let mut out = std::mem::take(&mut self.exchanges.ready);
        let done = self.take_input(now, input, &mut out);
        if let Err(e) = done {
            self.exchanges.ready = out;
            self.note_damage(&e);
            return Err(e);
        }
        Ok(out)
    }

    fn take_input(&mut self, now: Millis, input: Input, out: &mut Vec<Request>) -> Result<(), EngineError> {
        match input {
            Input::Tick => self.tell(now, Event::Tick),
            Input::Now => {
                // Whoever asks is answered, also where asking again mended nothing before.
                self.exchanges.known.values_mut().for_each(|k| (k.stuck, k.last) = (None, None));
                self.tell(now, Event::Now);
            }
            Input::Live(on) => self.tell(now, Event::Live(on)),
            Input::Done { ticket, result } => self.done(now, ticket, result)?,
            Input::Heard { origin, event } => self.heard(now, origin, event)?,
        }
        self.after_writing(now);
        while !self.effects.is_empty() {
            let mut effects = std::mem::take(&mut self.effects).into_iter();
            while let Some(effect) = effects.next() {
                let again = effect.clone();
                if let Err(e) = self.perform(now, effect, out) {
                    self.not_done(now, again);
                    self.effects.extend(effects);
                    return Err(e);
                }
            }
            self.after_writing(now);
        }
        self.keep_keys()
    }

    /// What could not be done (no room, most likely) is tried again later, and does not count as under way.
    fn not_done(&mut self, now: Millis, effect: Effect) {
        match effect {
            Effect::Exchange { origin, seal, .. } => {
                self.core.written.extend(seal);
                self.tell(now, Event::Failed { origin, retry_after: None });
            }
            Effect::Make { origin, mailbox } => self.tell(now, Event::Made { origin, mailbox, ok: false }),
            Effect::Acknowledge(space) => self.core.received.extend([space]),
            Effect::Listen { .. } | Effect::StopListening { .. } | Effect::Settled => {}
        }
    }

    /// When [`Input::Tick`] is next needed.
    pub fn next_wake(&self) -> Option<Millis> {
        if self.effects.is_empty() { self.machine.next_wake() } else { Some(0) }
    }

    /// Whether everything asked for was done, for now.
    pub fn is_settled(&self) -> bool {
        self.effects.is_empty() && self.machine.is_settled()
    }

    fn tell(&mut self, now: Millis, event: Event) {
        let effects = self.machine.handle(now, self.core.entropy.as_mut(), event);
        self.effects.extend(effects.into_iter().filter(|e| *e != Effect::Settled));
    }

    /// Tells the machine what commands left to do.
    pub(super) fn after_writing(&mut self, now: Millis) {
        for space in std::mem::take(&mut self.core.written) {
            self.tell(now, Event::Written(space));
        }
        for space in std::mem::take(&mut self.core.received) {
            self.tell(now, Event::Received(space));
        }
    }

    /// Tells the machine about every mailbox there is.
    pub(super) fn register_mailboxes(&mut self, now: Millis) -> Result<(), EngineError> {
        let db = self.store.read();
        let mut wanted: BTreeSet<(String, MailboxId, Option<SpaceId>)> = BTreeSet::new();
        for row in db.mailboxes()? {
            let Some(space) = self.core.space_by_no(row.space) else { continue };
            if space.kind != SpaceKind::Archive && !space.local.blocked && space.state.relays.contains(&row.origin) {
                wanted.insert((row.origin, row.id, Some(space.id)));
            }
        }
        for (origin, mailbox) in self.core.rendezvous(&db)? {
            wanted.insert((origin, mailbox, None));
        }
        for (origin, mailbox) in self.machine.all() {
            if !wanted.iter().any(|(o, m, _)| *o == origin && *m == mailbox) {
                self.tell(now, Event::Forget { origin, mailbox });
            }
        }
        for (origin, mailbox, space) in wanted {
            self.machine.add(origin, mailbox, space);
        }
        Ok(())
    }

    fn perform(&mut self, now: Millis, effect: Effect, out: &mut Vec<Request>) -> Result<(), EngineError> {
        match effect {
            Effect::Exchange { origin, mailboxes, seal } => {
                let mut sealed = Vec::new();
                for space in seal {
                    self.seal_space(&space)?;
                    if self.store.read().n_outgoing(self.core.space(&space)?.no)? == 0 {
                        sealed.push(space);
                    }
                }
                self.machine.begun(&origin, &mailboxes, &sealed);
                self.exchange(now, origin, &mailboxes, out)?;
            }
            Effect::Make { origin, mailbox } => {
                let ticket = self.exchanges.ticket(Ticket::Make { origin: origin.clone(), mailbox });
                match self.core.make(&self.store.read(), &origin, mailbox)? {
                    Some(call) => out.push(Request::Call { ticket, origin, call }),
                    None => {
                        self.exchanges.open.remove(&ticket);
                        self.tell(now, Event::Made { origin, mailbox, ok: false });
                    }
                }
            }
            Effect::Listen { origin } => {
                let addresses = self.core.addresses(&self.store.read(), &origin)?;
                let mailboxes = self.machine.mailboxes(&origin);
                let mailboxes = mailboxes.iter().filter_map(|m| addresses.get(m).map(|(token, _)| (*m, *token))).collect();
                out.push(Request::Listen { origin, listen: Listen { version: VERSION, mailboxes } });
            }
            Effect::StopListening { origin } => out.push(Request::StopListening { origin }),
            Effect::Acknowledge(space) => {
                if self.acknowledge(&space)? {
                    self.tell(now, Event::Written(space));
                }
                self.tell(now, Event::Acknowledged(space));
            }
            Effect::Settled => {}
        }
        Ok(())
    }

    fn exchange(&mut self, now: Millis, origin: String, mailboxes: &[MailboxId], out: &mut Vec<Request>) -> Result<(), EngineError> {
        let db = self.store.read();
        let addresses = self.core.addresses(&db, &origin)?;
        let (mut asks, mut parts, mut outcomes) = (Vec::new(), Vec::new(), Vec::new());
        let mut room = PUSH;
        let mut vouchers = Vec::new();
        for mailbox in mailboxes {
            let Some((token, target)) = addresses.get(mailbox) else {
                outcomes.push((*mailbox, Outcome::Stuck));
                continue;
            };
            if asks.len() >= limits::MAILBOXES_ASKED {
                outcomes.push((*mailbox, Outcome::More));
                continue;
            }
            let known = self.exchanges.known.entry((origin.clone(), *mailbox)).or_default();
            let (ask, part) = match target {
                Target::Epoch(space, epoch) => self.core.ask(&db, &origin, (*mailbox, *token), (*space, *epoch), known, &mut room)?,
                Target::Invite(invite) => {
                    vouchers.extend(self.core.voucher_wanted(&db, invite)?.map(|account| (*invite, account)));
                    let push: Vec<_> = self.core.invite_message(&db, invite)?.into_iter().map(Into::into).collect();
                    let ask = Ask {
                        mailbox: *mailbox,
                        token: *token,
                        push: (!push.is_empty()).then_some(push),
                        digest: None,
                        vector: Some(Vec::new()),
                        lists: None,
                    };
                    (ask, Part { mailbox: *mailbox, what: *target, pushed: Vec::new(), rest: false, asked: Mode::Vector })
                }
            };
            asks.push(ask);
            parts.push(part);
        }
        for (invite, account) in vouchers {
            let ticket = self.exchanges.ticket(Ticket::Voucher { origin: origin.clone(), invite });
            out.push(Request::Call { ticket, origin: origin.clone(), call: Call::Voucher { account } });
        }
        if !outcomes.is_empty() {
            self.tell(now, Event::Answered { origin: origin.clone(), outcomes });
        }
        if !asks.is_empty() {
            let call = Call::Sync(WireRequest { version: VERSION, budget: BUDGET, mailboxes: asks });
            let ticket = self.exchanges.ticket(Ticket::Sync { origin: origin.clone(), parts });
            out.push(Request::Call { ticket, origin, call });
        }
        Ok(())
    }

    fn done(&mut self, now: Millis, ticket: u64, result: Result<Reply, CallError>) -> Result<(), EngineError> {
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
            (Ticket::Make { origin, mailbox }, result) => {
                let ok = matches!(result, Ok(Reply::Made));
                let kept = if ok {
                    self.transact(|_, db| Ok(db.set_mailbox_made(&origin, &mailbox, true)?))
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
        for (part, answer) in parts.into_iter().zip(response.mailboxes) {
            let mailbox = part.mailbox;
            let outcome = match (answer.code, part.what) {
                (Code::NoMailbox, _) => Outcome::Missing,
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
            outcomes.push((mailbox, outcome));
        }
        self.tell(now, Event::Answered { origin: origin.to_owned(), outcomes });
        self.register_mailboxes(now)?;
        self.after_ingest(now)
    }

    /// What records that came in ask of this device itself: a new incarnation, or a new lane for what others may see differently.
    fn after_ingest(&mut self, now: Millis) -> Result<(), EngineError> {
        if self.core.must_renew {
            self.renew_incarnation(now)?;
        }
        for space in std::mem::take(&mut self.core.forked) {
            self.transact(|core, db| core.issue_again(db, &space))?;
        }
        Ok(())
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
        let mine = self.ingest(&space, &epoch, &records, now, &mut new, |core, db| {
            for (i, (lane, n)) in part.pushed.iter().enumerate() {
                match codes.get(&i) {
                    None | Some(Code::Ok | Code::Fork) => {
                        if *n == db.stored(origin, *lane)? + 1 {
                            db.set_stored(origin, *lane, *n)?;
                        }
                    }
                    Some(Code::Gap) => {}
                    Some(other) => refused = Some(*other),
                }
            }
            for bytes in &records {
                core.note_stored(db, origin, &epoch, bytes)?;
            }
            Ok(vector_of(&db.lanes(&epoch)?))
        })?;
        if let Some(code) = refused {
            self.refused(now, origin, code)?;
        }
        self.core.changed.insert(Changed::Status(space));
        let key = (origin.to_owned(), part.mailbox);
        let digest = vector::digest(&mine);
        let gap = (0..part.pushed.len()).any(|i| codes.get(&i) == Some(&Code::Gap));
        let theirs: Option<Vector> = answer.vector.map(|v| v.into_iter().collect());
        let lists = answer.lists.unwrap_or_default();
        let plan = self.transact_soon(|core, db| core.compare(db, origin, &epoch, theirs.as_ref(), &lists))?;
        let known = self.exchanges.known.entry(key).or_default();
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

    fn heard(&mut self, now: Millis, origin: String, event: LiveEvent) -> Result<(), EngineError> {
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

/// What comparing two vectors leads to.
#[derive(Debug, Default)]
struct Plan {
    /// Lanes whose lists are to be sent.
    lists: BTreeSet<LaneId>,
    /// Records that the relay turned out to lack.
    push: Vec<(LaneId, u64, RecordHash)>,
    /// Whether what the relay is known to hold changed.
    raised: bool,
}

/// The vector of these lanes.
pub(super) fn vector_of(lanes: &[LaneRow]) -> Vector {
    lanes.iter().filter_map(|l| l.entry().map(|e| (l.id, e))).collect()
}

impl Core {
    /// Every mailbox asked for at a relay, with what opens it and what it is.
    fn addresses(&self, db: &Db<'_>, origin: &str) -> Result<BTreeMap<MailboxId, (Token, Target)>, EngineError> {
        let mut out = BTreeMap::new();
        for space in self.spaces.values().filter(|s| s.kind != SpaceKind::Archive && !s.local.blocked && s.state.relays.contains(origin)) {
            for (epoch, key) in &space.keys {
                let address = key.mailbox(origin);
                out.insert(address.id, (address.token, Target::Epoch(space.id, *epoch)));
            }
        }
        for (invite, address) in self.rendezvous_at(db, origin)? {
            out.insert(address.id, (address.token, Target::Invite(invite)));
        }
        Ok(out)
    }

    /// One mailbox's part of a request: what the relay lacks, and what is held.
    fn ask(
        &self,
        db: &Db<'_>,
        origin: &str,
        (mailbox, token): (MailboxId, Token),
        (space, epoch): (SpaceId, EpochId),
        known: &mut Known,
        room: &mut usize,
    ) -> Result<(Ask, Part), EngineError> {
        let lanes = db.lanes(&epoch)?;
        let (mut push, mut pushed, mut rest) = (Vec::new(), Vec::new(), false);
        let mut add = |bytes: Vec<u8>, lane: i64, n: u64| {
            if push.len() >= limits::PUSHED || (bytes.len() + 16 > *room) {
                return false;
            }
            *room = room.saturating_sub(bytes.len() + 16);
            push.push(minicbor::bytes::ByteVec::from(bytes));
            pushed.push((lane, n));
            true
        };
        for lane in &lanes {
            for (_, n, hash) in known.push.iter().filter(|(l, ..)| *l == lane.id) {
                let version = db.versions(lane.no, *n)?.into_iter().find(|v| v.hash == *hash);
                if let Some(bytes) = version.and_then(|v| v.bytes) {
                    rest |= !add(bytes, lane.no, *n);
                }
            }
            let stored = db.stored(origin, lane.no)?;
            if stored >= lane.fetched {
                continue;
            }
            for record in db.records_from(lane.no, stored.max(lane.start.saturating_sub(1)) + 1, limits::PUSHED)? {
                // What is kept only as a hash is never offered.
                let Some(bytes) = record.bytes else { continue };
                if !add(bytes, lane.no, record.n) {
                    rest = true;
                    break;
                }
            }
        }
        known.push.clear();
        let mut vector: Vec<_> = vector_of(&lanes).into_iter().collect();
        vector.sort_unstable_by_key(|(lane, _)| *lane);
        let digest = vector::digest(&vector.iter().copied().collect());
        let asked = if rest {
            Mode::Push
        } else if known.whole.is_some() {
            Mode::Vector
        } else {
            Mode::Digest
        };
        let mut lists = Vec::new();
        if asked == Mode::Vector {
            for lane in known.whole.take().unwrap_or_default() {
                if let Some(row) = lanes.iter().find(|l| l.id == lane) {
                    lists.push(LaneList { lane, held: db.hashes(row.no)? });
                }
            }
        }
        let ask = Ask {
            mailbox,
            token,
            push: (!push.is_empty()).then_some(push),
            digest: (asked != Mode::Push).then_some(digest),
            vector: (asked == Mode::Vector).then_some(vector),
            lists: (!lists.is_empty()).then_some(lists),
        };
        Ok((ask, Part { mailbox, what: Target::Epoch(space, epoch), pushed, rest, asked }))
    }

    /// Compares what a relay says it holds with what is held here.
    fn compare(
        &mut self,
        db: &Db<'_>,
        origin: &str,
        epoch: &EpochId,
        theirs: Option<&Vector>,
        lists: &[LaneList],
    ) -> Result<Plan, EngineError> {
        let mut plan = Plan::default();
        let Some(theirs) = theirs else { return Ok(plan) };
        for lane in db.lanes(epoch)? {
            let Some(mine) = lane.entry() else { continue };
            let their = theirs.get(&lane.id);
            let holds = match their {
                Some(their) if their.from <= lane.start => their.n,
                _ => 0,
            };
            if db.stored(origin, lane.no)? != holds.min(mine.n) {
                db.set_stored(origin, lane.no, holds.min(mine.n))?;
                plan.raised = true;
            }
            let Some(their) = their else { continue };
            let listed = lists.iter().find(|l| l.lane == lane.id);
            if let Some(list) = listed {
                let held: BTreeSet<(u64, RecordHash)> = list.held.iter().copied().collect();
                plan.push.extend(db.hashes(lane.no)?.into_iter().filter(|h| !held.contains(h)).map(|(n, h)| (lane.id, n, h)));
                continue;
            }
            let differs = match their.n.cmp(&mine.n) {
                std::cmp::Ordering::Equal => their.tag != mine.tag,
                // Where they hold less, the tag is that of a number that is held here.
                std::cmp::Ordering::Less => {
                    let lowest = db.versions(lane.no, their.n)?.into_iter().map(|v| v.hash).min();
                    lowest.is_some_and(|h| h.0.get(..8) != Some(&their.tag[..]))
                }
                // Where they hold more, they compare.
                std::cmp::Ordering::Greater => false,
            };
            if differs || their.from != mine.from || their.forks != mine.forks {
                plan.lists.insert(lane.id);
            }
        }
        // What is kept only as a hash is not pushed and must not be asked about for ever.
        let mut offered = Vec::new();
        for (lane, n, hash) in std::mem::take(&mut plan.push) {
            if let Some(row) = db.lane(epoch, &lane)?
                && db.versions(row.no, n)?.iter().any(|v| v.hash == hash && v.bytes.is_some())
            {
                offered.push((lane, n, hash));
            }
        }
        plan.push = offered;
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

    /// The call that makes a mailbox: with an account, a voucher, or nothing where the relay is open.
    fn make(&self, db: &Db<'_>, origin: &str, mailbox: MailboxId) -> Result<Option<Call>, EngineError> {
        let Some((token, target)) = self.addresses(db, origin)?.get(&mailbox).copied() else { return Ok(None) };
        let account = self.account(db, origin)?;
        let voucher = match target {
            Target::Epoch(space, _) if account.is_none() => {
                let voucher = self.spaces.get(&space).and_then(|s| s.local.voucher.as_deref());
                voucher.and_then(|v| hex::decode(v).ok()).and_then(|v| v.try_into().ok())
            }
            _ => None,
        };
        Ok(Some(Call::Make { mailbox, make: MakeMailbox { token_hash: token.hash(), voucher, next: None, token: None }, account }))
    }

    /// The account's secret at a relay, if there is one.
    pub(super) fn account(&self, db: &Db<'_>, origin: &str) -> Result<Option<[u8; 32]>, EngineError> {
        let accounts: BTreeMap<String, String> = db.meta("accounts")?.and_then(|b| serde_json::from_slice(&b).ok()).unwrap_or_default();
        Ok(accounts.get(origin).and_then(|a| hex::decode(a).ok()).and_then(|a| a.try_into().ok()))
    }
}

impl Engine {
    /// Uses `address` as this person's relay from now on: for the personal space and for new pairs. `account`: its secret, if one was given.
    ///
    /// # Errors
    /// [`EngineError::Address`] for an address that cannot be used.
    pub fn set_relay(&mut self, address: &str, account: Option<[u8; 32]>, now: Millis) -> Result<String, EngineError> {
        let origin = crate::transport::http::origin(address)?;
        let personal = self.personal()?;
        self.transact(|core, db| {
            if let Some(account) = account {
                let mut accounts: BTreeMap<String, String> =
                    db.meta("accounts")?.and_then(|b| serde_json::from_slice(&b).ok()).unwrap_or_default();
                accounts.insert(origin.clone(), hex::encode(account));
                db.set_meta("accounts", &serde_json::to_vec(&accounts).unwrap_or_default())?;
            }
            db.set_meta("relay", origin.as_bytes())?;
            core.keys_stale = true;
            if !core.space(&personal)?.state.relays.contains(&origin) {
                core.state_relays(db, &personal, std::slice::from_ref(&origin))?;
            }
            Ok(())
        })?;
        self.register_mailboxes(now)?;
        self.keep_keys()?;
        Ok(origin)
    }

    /// The relay for new pairs, if one was named.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn relay(&self) -> Result<Option<String>, EngineError> {
        Ok(self.store.read().meta("relay")?.and_then(|r| String::from_utf8(r).ok()))
    }

    /// Takes records in, and `then` in the same transaction. Records that were being applied when the process died come one at a time.
    fn ingest<T>(
        &mut self,
        space: &SpaceId,
        epoch: &EpochId,
        records: &[Vec<u8>],
        now: Millis,
        new: &mut bool,
        then: impl FnOnce(&mut Core, &Db<'_>) -> Result<T, EngineError>,
    ) -> Result<T, EngineError> {
        let (doubtful, calm): (Vec<&Vec<u8>>, Vec<&Vec<u8>>) =
            records.iter().partition(|r| !self.core.deaths.is_empty() && self.core.deaths.contains_key(&record::hash(r)));
        for record in doubtful {
            let trial = self.begin_trial(&[record])?;
            *new |= self.transact_soon(|core, db| core.ingest(db, space, epoch, [record.as_slice()], now))?.new;
            self.end_trial(trial)?;
        }
        let trial = self.begin_trial(&calm)?;
        let out = self.transact_soon(|core, db| {
            if !calm.is_empty() {
                *new |= core.ingest(db, space, epoch, calm.iter().map(|r| r.as_slice()), now)?.new;
            }
            then(core, db)
        })?;
        self.end_trial(trial)?;
        Ok(out)
    }

    /// Marks the records about to be applied, so that a start after a death knows them.
    fn begin_trial(&self, records: &[&Vec<u8>]) -> Result<bool, EngineError> {
        if records.is_empty() {
            return Ok(false);
        }
        let hashes: Vec<u8> = records.iter().flat_map(|r| record::hash(r).0).collect();
        self.profile.note("trial", &hashes)?;
        Ok(true)
    }

    fn end_trial(&self, begun: bool) -> Result<(), EngineError> {
        if begun {
            self.profile.forget("trial")?;
        }
        Ok(())
    }

    /// After a start: if the last life ended while records were being applied, they are remembered, and after three deaths set aside.
    pub(super) fn after_trial(&mut self) -> Result<(), EngineError> {
        let deaths = self.store.read().meta("deaths")?.unwrap_or_default();
        for chunk in deaths.chunks_exact(33) {
            if let Some((hash, n)) = chunk.split_first_chunk::<32>() {
                self.core.deaths.insert(RecordHash(*hash), n.first().copied().unwrap_or(0));
            }
        }
        let Some(marked) = self.profile.read("trial")? else { return Ok(()) };
        for hash in marked.chunks_exact(32) {
            if let Ok(hash) = hash.try_into() {
                let n = self.core.deaths.entry(RecordHash(hash)).or_default();
                *n = n.saturating_add(1);
            }
        }
        let bytes: Vec<u8> = self.core.deaths.iter().flat_map(|(h, n)| h.0.into_iter().chain([*n])).collect();
        self.transact(|_, db| Ok(db.set_meta("deaths", &bytes)?))?;
        Ok(self.profile.forget("trial")?)
    }
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
