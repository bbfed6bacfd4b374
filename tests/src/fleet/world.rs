//! The world: devices that act, messages under way, time.

use std::collections::{BTreeMap, BTreeSet};

use ithaca_core::document::command::{Command, NoteCommand, RelationshipCommand};
use ithaca_core::document::{DocumentKind, derived_id, schema};
use ithaca_core::engine::{Engine, EngineError, Input, Options, Request};
use ithaca_core::event::payload::{Message, Payload};
use ithaca_core::event::{EventDraft, SPACE_SUBJECT};
use ithaca_core::id::{DeviceId, DocumentId, EventId, SpaceId};
use ithaca_core::identity::entropy::SeededEntropy;
use ithaca_core::identity::vault::FileVault;
use ithaca_core::store::{StoreError, StoreOptions};
use ithaca_core::transport::{CallError, LiveEvent, Reply};
use ithaca_wire::MailboxId;
use ithaca_wire::live::Change;
use rand_chacha::ChaCha8Rng;
use rand_core::Rng;
use tempfile::TempDir;

use super::relay::Relay;
use super::withheld::KeptBack;
use super::{Faults, Report, below};
use crate::people::START;

/// Where the relay is, as far as the engines know; nothing is ever sent there.
pub const ORIGINS: [&str; 2] = ["http://127.0.0.1:9", "http://127.0.0.1:10"];
const DAY: i64 = 86_400_000;

/// What a device said it had kept.
#[derive(Debug, Default, Clone)]
pub struct Acknowledged {
    /// Events, by space.
    pub events: BTreeSet<(SpaceId, EventId)>,
    /// Changes, by space and document.
    pub changes: BTreeSet<(SpaceId, DocumentId, [u8; 32])>,
    /// Words of notes.
    pub words: BTreeSet<Word>,
    /// Of a copy: which devices were revoked when it was made.
    pub out: BTreeSet<usize>,
}

/// A word that stands in one note and nowhere else.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Word {
    /// Where the note is.
    pub space: SpaceId,
    /// The note.
    pub note: DocumentId,
    /// The word.
    pub word: String,
}

/// One person's device.
#[derive(Debug)]
pub struct Device {
    pub dir: TempDir,
    pub engine: Option<Engine>,
    pub acknowledged: Acknowledged,
    /// Whose it is.
    pub person: usize,
    /// Somebody revoked it: what it holds and writes is nobody's business any more.
    pub revoked: bool,
    /// The device that approved it.
    pub(super) approved_by: Option<DeviceId>,
    /// It was added to its person's others, or came back by words.
    pub(super) joined: bool,
    /// It was copied into a new folder, and must have said so.
    pub(super) must_say_renewed: bool,
    /// An earlier copy of its folder, and what it had acknowledged then.
    pub(super) copy: Option<(Vec<(std::ffi::OsString, Vec<u8>)>, Acknowledged)>,
    pub(super) skew: i64,
    pub(super) life: u64,
    pub(super) offline_until: i64,
    pub(super) start_at: i64,
    pub(super) documents: Vec<(SpaceId, DocumentId, DocumentKind)>,
    pub(super) listening: BTreeSet<(usize, MailboxId)>,
    pub(super) entropy: u64,
}

pub(super) enum Parcel {
    Call { from: usize, life: u64, relay: usize, ticket: u64, call: ithaca_core::transport::Call, answer: bool },
    Answer { to: usize, life: u64, ticket: u64, result: Result<Reply, CallError> },
    Heard { to: usize, life: u64, relay: usize, event: LiveEvent },
}

/// Everything there is.
pub struct World {
    pub devices: Vec<Device>,
    /// Two persons and the space of theirs.
    pub pairs: Vec<(usize, usize, SpaceId)>,
    /// Each person's recovery words, once made, and the relay beside them.
    pub(super) words: BTreeMap<usize, (String, usize)>,
    /// What must be in a space at rest, whatever became of the device that wrote it.
    pub(super) promised: BTreeSet<(SpaceId, EventId)>,
    /// The same of notes.
    pub(super) promised_words: BTreeSet<Word>,
    /// A relay forgot what somebody knew it to have; somebody must have been told.
    pub(super) forgot: BTreeSet<usize>,
    /// Notes that somebody put into the bin.
    pub(super) binned: BTreeSet<(SpaceId, DocumentId)>,
    /// A relay fell away from a pair. Were the other to forget now, a copy from before would find nobody.
    pub(super) moved: bool,
    /// How many records were sealed again under another number.
    pub(super) sealed_again: u64,
    /// What somebody other than the phones put into mailboxes.
    pub(super) planted: BTreeSet<Vec<u8>>,
    /// What a relay keeps back, and from which device.
    pub(super) kept_back: Option<KeptBack>,
    /// Which extraordinary things happened.
    pub happened: BTreeSet<&'static str>,
    pub report: Report,
    pub(super) relays: Vec<Relay>,
    pub(super) rng: ChaCha8Rng,
    pub(super) faults: Faults,
    pub(super) time: i64,
    pub(super) parcels: BTreeMap<(i64, u64), Parcel>,
    n: u64,
    seed: u64,
    pub(super) peace: bool,
}

impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "World({} devices)", self.devices.len())
    }
}

pub(super) type Done<T = ()> = Result<T, String>;

pub(super) fn crashed(e: &EngineError) -> bool {
    matches!(e, EngineError::Store(StoreError::Crashed))
}

pub(super) fn full(e: &EngineError) -> bool {
    matches!(e, EngineError::Store(StoreError::Full))
}

impl Device {
    pub(super) fn new(dir: TempDir, person: usize, entropy: u64) -> Self {
        Self {
            dir,
            engine: None,
            acknowledged: Acknowledged::default(),
            person,
            revoked: false,
            approved_by: None,
            joined: false,
            must_say_renewed: false,
            copy: None,
            skew: 0,
            life: 0,
            offline_until: 0,
            start_at: 0,
            documents: Vec::new(),
            listening: BTreeSet::new(),
            entropy,
        }
    }
}

/// The relays that a device takes a pair to be kept at.
pub(super) fn relays_of(engine: &Engine, space: &SpaceId) -> Done<Vec<String>> {
    let pairs = engine.pairs().map_err(|e| e.to_string())?;
    Ok(pairs.into_iter().find(|p| p.space == *space).map(|p| p.relays).unwrap_or_default())
}

fn relay_at(origin: &str) -> usize {
    usize::from(origin == ORIGINS[1])
}

impl World {
    /// Three people, of whom the first is in two pairs.
    pub fn new(seed: u64, rng: ChaCha8Rng, faults: Faults) -> Done<Self> {
        let mut world = Self {
            devices: Vec::new(),
            pairs: Vec::new(),
            report: Report::default(),
            words: BTreeMap::new(),
            promised: BTreeSet::new(),
            promised_words: BTreeSet::new(),
            forgot: BTreeSet::new(),
            binned: BTreeSet::new(),
            moved: false,
            sealed_again: 0,
            planted: BTreeSet::new(),
            kept_back: None,
            seed,
            happened: BTreeSet::new(),
            relays: vec![Relay::that_remembers()?, Relay::that_remembers()?],
            rng,
            faults,
            time: START,
            parcels: BTreeMap::new(),
            n: 0,
            peace: true,
        };
        for (i, name) in ["Ana", "Ben", "Dee"].into_iter().enumerate() {
            let dir = super::folder()?;
            let entropy = seed.wrapping_mul(31).wrapping_add(i as u64);
            let vault = FileVault::new(dir.path().join("vault.key"));
            let relays = [ORIGINS[0].to_owned()];
            let engine = Engine::create(dir.path(), &vault, Box::new(SeededEntropy::new(entropy)), &options(), name, &relays, START)
                .map_err(|e| e.to_string())?;
            let mut device = Device::new(dir, i, entropy);
            device.engine = Some(engine);
            world.devices.push(device);
        }
        for other in [1, 2] {
            // The second pair lives at another relay.
            let space = world.pair(0, other, other - 1)?;
            world.pairs.push((0, other, space));
        }
        for device in 0..world.devices.len() {
            world.set_clock(device);
        }
        for person in [0, 0, 1] {
            if below(&mut world.rng, 3) == 0 {
                world.add_device(person)?;
            }
        }
        world.peace = false;
        Ok(world)
    }

    pub(super) fn set_clock(&mut self, device: usize) {
        let days = self.faults.days_wrong;
        self.devices[device].skew = if days == 0 { 0 } else { below(&mut self.rng, 2 * days as u64 * 86_400_000) as i64 - days * DAY };
    }

    pub(super) fn now(&self, device: usize) -> i64 {
        self.time + self.devices[device].skew
    }

    pub(super) fn engine(&mut self, device: usize) -> Done<&mut Engine> {
        self.devices[device].engine.as_mut().ok_or_else(|| "a device that stopped was asked".to_owned())
    }

    fn pair(&mut self, a: usize, b: usize, relay: usize) -> Done<SpaceId> {
        let words = |e: EngineError| e.to_string();
        let now = self.time;
        self.engine(a)?.set_relay(ORIGINS[relay], None, now).map_err(words)?;
        let invite = self.engine(a)?.invite(now).map_err(words)?;
        self.engine(b)?.join(invite.link.as_deref().unwrap_or_default(), None, now).map_err(words)?;
        self.sync_in_turn(&[b, a])?;
        let answered = self.engine(a)?.invites(now).map_err(words)?.into_iter().find(|i| i.id == invite.id);
        let who = answered.and_then(|i| i.answers.first().map(|x| x.person)).ok_or("nobody answered")?;
        let space = self.engine(a)?.approve(&invite.id, &who, now).map_err(words)?;
        self.sync_in_turn(&[a, b, b, a])?;
        Ok(space)
    }

    fn sync_in_turn(&mut self, devices: &[usize]) -> Done {
        for device in devices {
            self.give(*device, Input::Now)?;
            self.deliver_until_empty()?;
        }
        Ok(())
    }

    pub(super) fn deliver_until_empty(&mut self) -> Done {
        let mut n = 0;
        while let Some(((at, _), parcel)) = self.parcels.pop_first() {
            self.time = self.time.max(at);
            self.deliver(parcel)?;
            n += 1;
            if n > 20_000 {
                return Err("the network never becomes quiet".to_owned());
            }
        }
        Ok(())
    }

    /// Everybody acts, everything fails.
    pub fn live(&mut self) -> Done {
        for _ in 0..self.faults.steps {
            self.time += 1 + below(&mut self.rng, 120_000) as i64;
            while let Some(entry) = self.parcels.first_entry() {
                if entry.key().0 > self.time {
                    break;
                }
                let parcel = entry.remove();
                self.deliver(parcel)?;
            }
            let device = below(&mut self.rng, self.devices.len() as u64) as usize;
            if self.disaster(device)? {
                continue;
            }
            if self.devices[device].engine.is_none() {
                if self.time >= self.devices[device].start_at {
                    self.start(device)?;
                }
                continue;
            }
            match below(&mut self.rng, 20) {
                0..=10 => self.act(device)?,
                11 => {
                    self.devices[device].offline_until = self.time + below(&mut self.rng, 3 * DAY as u64) as i64;
                    self.report.add("gone offline");
                }
                12 => {
                    let on = below(&mut self.rng, 2) == 0;
                    self.give(device, Input::Live(on))?;
                }
                13..=16 => self.give(device, Input::Now)?,
                _ => self.give(device, Input::Tick)?,
            }
            if below(&mut self.rng, 1000) < self.faults.crash {
                let after = below(&mut self.rng, 6);
                if let Some(engine) = &mut self.devices[device].engine {
                    engine.stop_after(Some(after));
                }
            }
            if below(&mut self.rng, 1000) < self.faults.wipe && self.may_forget() {
                let which = below(&mut self.rng, 2) as usize;
                self.will_forget(which)?;
                self.relays[which].wipe();
                self.happened.insert("relay");
                self.report.add("relay wiped");
            }
        }
        Ok(())
    }

    /// Faults end; everybody syncs until nothing moves.
    pub fn rest(&mut self) -> Done {
        self.peace = true;
        self.parcels.clear();
        for device in 0..self.devices.len() {
            // What was under way is lost with the life in which it was.
            self.stop(device);
            self.start(device)?;
            self.devices[device].offline_until = 0;
        }
        self.settle(true)
    }

    /// Everybody syncs until nothing moves; `long` goes past the day after which what nobody confirmed is pushed again.
    pub(super) fn settle(&mut self, long: bool) -> Done {
        let mut quiet = 0;
        for round in 0..10 {
            // Long enough for every other timer.
            let day = long && round == 4;
            self.time += if day { 26 * 3_600_000 } else { 3_600_000 };
            let before = self.taken_in();
            for device in 0..self.devices.len() {
                self.give(device, Input::Now)?;
                self.deliver_until_empty()?;
            }
            quiet = if self.taken_in() == before && !day { quiet + 1 } else { 0 };
            if quiet == 2 && (round > 4 || !long) {
                break;
            }
        }
        Ok(())
    }

    /// Whether a relay may forget something without taking from somebody what nobody can give back.
    pub(super) fn may_forget(&self) -> bool {
        !self.moved
    }

    /// How often a relay was asked to keep something.
    fn taken_in(&self) -> usize {
        self.relays.iter().map(Relay::taken_in).sum()
    }

    pub(super) fn stop(&mut self, device: usize) {
        self.devices[device].engine = None;
        self.devices[device].life += 1;
        self.devices[device].listening.clear();
    }

    pub(super) fn start(&mut self, device: usize) -> Done {
        let now = self.now(device);
        let it = &mut self.devices[device];
        it.entropy = it.entropy.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let vault = FileVault::new(it.dir.path().join("vault.key"));
        let entropy = Box::new(SeededEntropy::new(it.entropy));
        let (engine, opened) =
            Engine::open(it.dir.path(), &vault, entropy, &options(), now).map_err(|e| format!("a device does not start: {e}"))?;
        if opened.damaged.is_some() {
            return Err("a database was called damaged that was not".to_owned());
        }
        it.engine = Some(engine);
        if let Some(engine) = &mut it.engine {
            if let Some(records) = self.faults.snapshots {
                engine.snapshot_after(records, 0);
            }
            // In every other run a list holds few numbers, as that of a long lane does.
            if self.seed % 2 == 1 {
                engine.set_listed(3);
            }
        }
        self.report.add("started again");
        super::check::kept(self, device)
    }

    /// A device stopped between two effects.
    pub(super) fn crash(&mut self, device: usize) {
        self.stop(device);
        self.devices[device].start_at = self.time + below(&mut self.rng, 3_600_000) as i64;
        self.report.add("crashed");
    }

    pub(super) fn give(&mut self, device: usize, input: Input) -> Done {
        let now = self.now(device);
        let Some(engine) = &mut self.devices[device].engine else { return Ok(()) };
        match engine.handle(now, input) {
            Ok(requests) => {
                for request in requests {
                    self.request(device, request);
                }
                Ok(())
            }
            Err(e) if crashed(&e) => {
                self.crash(device);
                Ok(())
            }
            Err(e) if full(&e) => Ok(()),
            Err(e) => Err(format!("device {device}: {e}")),
        }
    }

    pub(super) fn later(&mut self) -> (i64, u64) {
        self.n += 1;
        let wait = if self.peace { 1 } else { 1 + below(&mut self.rng, 60_000) as i64 };
        (self.time + wait, self.n)
    }

    fn is_lost(&mut self, device: usize) -> bool {
        !self.peace && (self.time < self.devices[device].offline_until || below(&mut self.rng, 100) < self.faults.loss)
    }

    pub(super) fn request(&mut self, from: usize, request: Request) {
        let life = self.devices[from].life;
        match request {
            Request::Call { ticket, call, origin } => {
                let relay = relay_at(&origin);
                if !self.peace && below(&mut self.rng, 100) < self.faults.twice {
                    let at = self.later();
                    self.parcels.insert(at, Parcel::Call { from, life, relay, ticket, call: call.clone(), answer: false });
                    self.report.add("arrived twice");
                }
                let at = self.later();
                self.parcels.insert(at, Parcel::Call { from, life, relay, ticket, call, answer: true });
            }
            Request::Listen { listen, origin } => {
                let relay = relay_at(&origin);
                let at = self.later();
                let event = if self.is_lost(from) {
                    LiveEvent::Closed
                } else {
                    self.devices[from].listening.retain(|(r, _)| *r != relay);
                    self.devices[from].listening.extend(listen.mailboxes.iter().map(|(m, _)| (relay, *m)));
                    LiveEvent::Opened
                };
                self.parcels.insert(at, Parcel::Heard { to: from, life, relay, event });
            }
            Request::StopListening { origin } => self.devices[from].listening.retain(|(r, _)| *r != relay_at(&origin)),
        }
    }

    pub(super) fn deliver(&mut self, parcel: Parcel) -> Done {
        match parcel {
            Parcel::Call { from, life, relay, ticket, call, answer } => {
                let lost = self.is_lost(from);
                let result = if lost {
                    self.report.add("request lost");
                    Err(CallError::Unreachable(ORIGINS[relay].into()))
                } else {
                    let mut result = self.relays[relay].answer(call, self.time);
                    self.publish(relay);
                    self.keep_back(from, &mut result);
                    if self.is_lost(from) {
                        self.report.add("answer lost");
                        Err(CallError::Unreachable(ORIGINS[relay].into()))
                    } else {
                        result
                    }
                };
                if answer {
                    let at = self.later();
                    self.parcels.insert(at, Parcel::Answer { to: from, life, ticket, result });
                }
                Ok(())
            }
            Parcel::Answer { to, life, ticket, result } => {
                if self.devices[to].life == life && self.devices[to].engine.is_some() {
                    self.give(to, Input::Done { ticket, result })?;
                }
                Ok(())
            }
            Parcel::Heard { to, life, relay, event } => {
                if self.devices[to].life == life && self.devices[to].engine.is_some() {
                    self.give(to, Input::Heard { origin: ORIGINS[relay].into(), event })?;
                }
                Ok(())
            }
        }
    }

    pub(super) fn publish(&mut self, relay: usize) {
        for (mailbox, digest, record) in self.relays[relay].published() {
            for to in 0..self.devices.len() {
                if !self.devices[to].listening.contains(&(relay, mailbox)) || self.is_lost(to) || self.is_left_alone(to) {
                    continue;
                }
                let record = record.as_ref().map(|r| r.to_vec().into());
                let (at, life) = (self.later(), self.devices[to].life);
                let event = LiveEvent::Change(Change { mailbox, digest, record });
                self.parcels.insert(at, Parcel::Heard { to, life, relay, event });
                self.report.add("live event");
            }
        }
    }

    /// Somebody does something.
    fn act(&mut self, device: usize) -> Done {
        let pairs: Vec<SpaceId> = self
            .pairs
            .iter()
            .filter(|(a, b, _)| *a == self.devices[device].person || *b == self.devices[device].person)
            .map(|(.., s)| *s)
            .collect();
        let Some(space) = pairs.get(below(&mut self.rng, pairs.len() as u64) as usize).copied() else { return Ok(()) };
        match below(&mut self.rng, 10) {
            0..=2 => self.say(device, space),
            3 if below(&mut self.rng, 8) == 0 => self.paste(device, space),
            3 => self.private(device, space),
            4 => self.event(device, space),
            5 => self.note(device, space, Some(space)).map(|_| ()),
            _ => self.edit(device, space),
        }
    }

    pub(super) fn say(&mut self, device: usize, space: SpaceId) -> Done {
        let text = format!("message {} of {device}", self.rng.next_u32());
        self.state(device, space, EventDraft { subject: SPACE_SUBJECT, payload: Payload::Message(Message { text, reply: None }) })
    }

    pub(super) fn state(&mut self, device: usize, space: SpaceId, draft: EventDraft) -> Done {
        let now = self.now(device);
        match self.engine(device)?.state(&space, draft, now) {
            Ok(id) => {
                self.devices[device].acknowledged.events.insert((space, id));
                self.report.add("event");
                self.give(device, Input::Tick)
            }
            Err(e) if crashed(&e) => {
                self.crash(device);
                Ok(())
            }
            // After an end messages stop; the same event twice is one.
            Err(EngineError::ReadOnly(_) | EngineError::Invalid(_)) => Ok(()),
            Err(e) if full(&e) => Ok(()),
            Err(e) => Err(format!("device {device} states: {e}")),
        }
    }

    fn event(&mut self, device: usize, space: SpaceId) -> Done {
        let goals = derived_id(space, DocumentKind::Goals);
        let mut subjects: Vec<[u8; 16]> = self.devices[device]
            .documents
            .iter()
            .filter(|(s, _, k)| *s == space && *k == DocumentKind::Session)
            .map(|(_, d, _)| d.0)
            .collect();
        if let Ok(copy) = self.engine(device)?.document(&space, goals) {
            subjects.extend(ithaca_core::document::read::Item::all(&copy, "goal").into_iter().map(|(id, _)| id.0));
        }
        let held = self.engine(device)?.events_about(&space, SPACE_SUBJECT).map_err(|e| e.to_string())?;
        // An end is final for the conversation, and most runs want to go on talking.
        let draft = schema::random_event(&mut self.rng, &subjects, &held);
        if matches!(draft.payload, Payload::End(_)) && below(&mut self.rng, 10) > 0 {
            return Ok(());
        }
        self.state(device, space, draft)
    }

    /// A document of the pair that this device knows, or a new one.
    fn document(&mut self, device: usize, space: SpaceId) -> Done<(DocumentId, DocumentKind, bool)> {
        let pick = below(&mut self.rng, 6);
        if pick < 2 {
            let kind = if pick == 0 { DocumentKind::Goals } else { DocumentKind::Relationship };
            return Ok((derived_id(space, kind), kind, false));
        }
        // What the other began is known from the rows.
        let engine = self.engine(device)?;
        let mut known: Vec<(DocumentId, DocumentKind)> = Vec::new();
        let notes: Vec<ithaca_core::view::NoteView> =
            engine.views(&space, ithaca_core::view::RowKind::Note, true, 50).map_err(|e| e.to_string())?;
        // Those of which the words must stay are left alone.
        known.extend(notes.iter().filter(|n| !n.title.contains(SHARED)).map(|n| (n.id, DocumentKind::Note)));
        let sessions: Vec<ithaca_core::view::SessionView> =
            engine.views(&space, ithaca_core::view::RowKind::Session, true, 50).map_err(|e| e.to_string())?;
        known.extend(sessions.iter().map(|s| (s.id, DocumentKind::Session)));
        if known.is_empty() || (pick == 2 && known.len() < 6) {
            let mut id = [0; 16];
            self.rng.fill_bytes(&mut id);
            let kind = if below(&mut self.rng, 2) == 0 { DocumentKind::Note } else { DocumentKind::Session };
            return Ok((DocumentId(id), kind, true));
        }
        let (id, kind) = known[below(&mut self.rng, known.len() as u64) as usize];
        Ok((id, kind, false))
    }

    fn edit(&mut self, device: usize, space: SpaceId) -> Done {
        let (id, kind, new) = self.document(device, space)?;
        let me = self.engine(device)?.me();
        let copy = match self.engine(device)?.document(&space, id) {
            Ok(copy) => copy,
            Err(_) => ithaca_core::document::Document::new(space, id, kind),
        };
        let command = match (new, kind) {
            (true, DocumentKind::Note) => Command::Note(NoteCommand::Create { title: "A note".into(), pair: None }),
            (true, DocumentKind::Session) => {
                Command::Session(ithaca_core::document::command::SessionCommand::Create { title: "Visit".into(), date: None })
            }
            (_, DocumentKind::Relationship) if below(&mut self.rng, 2) == 0 => {
                Command::Relationship(RelationshipCommand::Cadence(Some(format!("every {} days", 1 + below(&mut self.rng, 30)))))
            }
            _ => schema::random_command(&mut self.rng, &copy, me),
        };
        let now = self.now(device);
        match self.engine(device)?.edit(&space, id, kind, &command, now) {
            Ok(changed) => {
                if changed {
                    let held = self.engine(device)?.document(&space, id).map_err(|e| e.to_string())?.heads();
                    let it = &mut self.devices[device];
                    it.acknowledged.changes.extend(held.into_iter().map(|h| (space, id, h)));
                    if !it.documents.iter().any(|(s, d, _)| *s == space && *d == id) {
                        it.documents.push((space, id, kind));
                    }
                    if command == Command::Note(NoteCommand::Delete) {
                        self.binned.insert((space, id));
                    }
                    self.report.add("edit");
                }
                self.give(device, Input::Tick)
            }
            Err(e) if crashed(&e) => {
                self.crash(device);
                Ok(())
            }
            // A random command may not fit the document as it is.
            Err(EngineError::Document(_)) => Ok(()),
            Err(EngineError::ReadOnly(_)) if self.may_be_shut(device, &space)? => Ok(()),
            Err(e) if full(&e) => Ok(()),
            Err(e) => Err(format!("device {device} edits: {e}")),
        }
    }

    /// Whether something is gone for good that shows by what was written after it: a relay alone had it, and it and the writer were both set back.
    pub(super) fn lost_something(&self) -> bool {
        self.happened.contains("set back") && self.happened.contains("relay")
    }

    /// Whether what is there may refuse to be edited: the device is out, or records of a space that shows a snapshot are still to come.
    pub(super) fn may_be_shut(&mut self, device: usize, space: &SpaceId) -> Done<bool> {
        Ok(self.devices[device].revoked || self.engine(device)?.being_verified(space).map_err(|e| e.to_string())?)
    }

    fn private(&mut self, device: usize, pair: SpaceId) -> Done {
        let space = self.engine(device)?.personal().map_err(|e| e.to_string())?;
        self.note(device, space, Some(pair)).map(|_| ())
    }

    /// A new note with a word of its own; gives it where it is kept.
    pub(super) fn note(&mut self, device: usize, space: SpaceId, pair: Option<SpaceId>) -> Done<Option<Word>> {
        let mut id = [0; 16];
        self.rng.fill_bytes(&mut id);
        let it = Word { space, note: DocumentId(id), word: format!("{}{}", self.marked(space, device), self.rng.next_u64()) };
        let command = Command::Note(NoteCommand::Create { title: it.word.clone(), pair: pair.filter(|p| *p != space) });
        let now = self.now(device);
        match self.engine(device)?.edit(&space, it.note, DocumentKind::Note, &command, now) {
            Ok(_) => {
                self.devices[device].acknowledged.words.insert(it.clone());
                self.report.add(if pair == Some(space) { "note" } else { "private note" });
                self.give(device, Input::Tick)?;
                Ok(Some(it))
            }
            Err(e) if crashed(&e) => {
                self.crash(device);
                Ok(None)
            }
            Err(EngineError::ReadOnly(_)) if self.devices[device].revoked => Ok(None),
            Err(e) if full(&e) => Ok(None),
            Err(e) => Err(format!("device {device} writes a note: {e}")),
        }
    }

    /// How every word of a pair's notes begins, or of a person's private ones.
    fn marked(&self, space: SpaceId, device: usize) -> String {
        match self.pairs.iter().find(|(.., s)| *s == space) {
            Some((a, b, _)) => shared(self.seed, *a, *b),
            None => private(self.seed, self.devices[device].person),
        }
    }

    /// How words begin that a person must not have.
    pub(super) fn forbidden(&self, person: usize) -> Vec<String> {
        let others = (0..3).filter(|p| *p != person).map(|p| private(self.seed, p));
        let foreign = self.pairs.iter().filter(|(a, b, _)| *a != person && *b != person).map(|(a, b, _)| shared(self.seed, *a, *b));
        others.chain(foreign).collect()
    }
}

const SHARED: &str = "okapi-";

fn shared(seed: u64, a: usize, b: usize) -> String {
    format!("{SHARED}{seed}-{a}-{b}-")
}

fn private(seed: u64, person: usize) -> String {
    format!("zebra-{seed}-{person}-")
}

pub(super) fn options() -> Options {
    Options { store: StoreOptions { relaxed: true } }
}
