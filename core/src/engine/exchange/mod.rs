//! Exchanges with relays: what the machine asks for becomes calls, and what comes back becomes records held and the machine's next event.
//!
//! In the steady state a device sends what it has and a digest of what it holds. Where the digests differ the relay answers its vector; then the
//! device sends its own, with lists for lanes that differ, part by part where one is long, and what is missing on either side goes over.

mod answer;
mod ask;

use std::collections::{BTreeMap, BTreeSet};

use ithaca_wire::exchange::VERSION;
use ithaca_wire::id::RecordHash;
use ithaca_wire::live::Listen;
use ithaca_wire::{LaneId, MailboxId};

use super::snapshot::{Step, Work};
use super::{Engine, EngineError};
use crate::id::{EpochId, SpaceId};
use crate::store::SpaceKind;
use crate::sync::machine::{Effect, Event, Millis};
use crate::transport::{Call, CallError, LiveEvent, Reply};

/// Bytes of records that one exchange pushes: with what names them, within one request.
const PUSH: usize = 900 * 1024;
/// Most numbers in the lists of one request, all lanes together.
const LISTED: usize = 16_000;
/// Bytes of one number in a list.
const LINE: usize = 44;
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
    Sync {
        origin: String,
        parts: Vec<Part>,
    },
    /// `by`: the mailbox beside which it is made, where that is how.
    Make {
        origin: String,
        mailbox: MailboxId,
        by: Option<MailboxId>,
    },
    Voucher {
        origin: String,
        invite: [u8; 16],
    },
    Snapshot(Step),
}

/// One mailbox's part of an exchange under way.
#[derive(Debug)]
struct Part {
    mailbox: MailboxId,
    what: Target,
    /// Pushed: lane (row number), number, whether it continues the run that the relay is known to hold.
    pushed: Vec<(i64, u64)>,
    /// What the relay was known to hold when it was asked: lane (row number) to number.
    stored: BTreeMap<i64, u64>,
    /// Something did not fit and follows in the next exchange.
    rest: bool,
    asked: Mode,
    /// Lanes of which it was given lists, each with the first number in it.
    listed: BTreeMap<LaneId, u64>,
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
    /// Up to which number the next list of a lane goes, where those above it were compared.
    below: BTreeMap<LaneId, u64>,
    /// Lanes whose lists were compared and that differ all the same, with both tags: there is nothing to do until one of them is another.
    settled: BTreeMap<LaneId, ([u8; 8], [u8; 8])>,
    /// Lanes (row numbers) and numbers at which the relay has no room for one more version.
    full: BTreeSet<(i64, u64)>,
    /// Records to push although the numbers say the relay holds them.
    push: BTreeSet<(LaneId, u64, RecordHash)>,
    /// Digests (ours, theirs) between which an exchange changed nothing.
    stuck: Option<([u8; 16], [u8; 16])>,
    /// The relay answered that it has the mailbox.
    exists: bool,
    /// Digests after the last exchange, and in how many in a row they were these.
    last: Option<([u8; 16], [u8; 16], u8)>,
}

/// Calls under way and what is known of relays. Lost on a restart without harm.
#[derive(Debug)]
pub(super) struct Exchanges {
    next: u64,
    open: BTreeMap<u64, Ticket>,
    known: BTreeMap<(String, MailboxId), Known>,
    failed: BTreeMap<String, String>,
    /// When each space was last looked at for what is kept back; forgotten when something came or went.
    watched: BTreeMap<SpaceId, Millis>,
    /// Calls to make that an error kept back.
    ready: Vec<Request>,
    /// Most numbers in the lists of one request.
    listed: usize,
    /// Snapshots that are being made, fetched or read on.
    pub snapshots: Work,
}

impl Default for Exchanges {
    fn default() -> Self {
        Self {
            next: 0,
            open: BTreeMap::new(),
            known: BTreeMap::new(),
            failed: BTreeMap::new(),
            watched: BTreeMap::new(),
            ready: Vec::new(),
            listed: LISTED,
            snapshots: Work::default(),
        }
    }
}

impl Exchanges {
    /// A call of a snapshot.
    pub fn snapshot_call(&mut self, origin: String, call: Call, step: Step) -> Request {
        let ticket = self.ticket(Ticket::Snapshot(step));
        Request::Call { ticket, origin, call }
    }

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
    /// Testing: lists of so many numbers at most, so that lanes which differ are compared part by part.
    #[cfg(feature = "testing")]
    pub fn set_listed(&mut self, numbers: usize) {
        self.exchanges.listed = numbers;
    }

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
        self.tend_snapshots(now, out)?;
        self.after_writing(now);
        self.keep_own(now)?;
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
            self.keep_own(now)?;
        }
        Ok(())
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

    pub(super) fn tell(&mut self, now: Millis, event: Event) {
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
                    if let Some(until) = self.waits_for_epoch(&space, now)? {
                        self.tell(now, Event::Hold { space, until });
                        continue;
                    }
                    self.seal_space(&space)?;
                    if self.store.read().n_outgoing(self.core.space(&space)?.no)? == 0 {
                        sealed.push(space);
                    }
                }
                self.machine.begun(&origin, &mailboxes, &sealed);
                self.exchange(now, origin, &mailboxes, out)?;
            }
            Effect::Make { origin, mailbox } => match self.core.make(&self.store.read(), &origin, mailbox)? {
                Some(call) => {
                    let by = if let Call::Next { mailbox: by, .. } = &call { Some(*by) } else { None };
                    let ticket = self.exchanges.ticket(Ticket::Make { origin: origin.clone(), mailbox, by });
                    out.push(Request::Call { ticket, origin, call });
                }
                None => self.tell(now, Event::Made { origin, mailbox, ok: false }),
            },
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
}
