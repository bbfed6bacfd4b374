//! A small world for doors of engines: Ana's phone as it was at one moment, the relay with what it held then, and the keys of Ben, who is a member.
//! Every trial begins with exactly this, so that one input always does the same.

use std::path::{Path, PathBuf};

use ed25519_dalek::Signer;
use ithaca_core::document::command::{Command, GoalsCommand, NoteCommand, SessionCommand};
use ithaca_core::document::text::TextEdit;
use ithaca_core::document::{DocumentKind, derived_id};
use ithaca_core::engine::{Engine, EngineError, Input, Options, Request};
use ithaca_core::event::payload::{GoalStatus, GoalStatusSet, Message, Payload};
use ithaca_core::event::{Event, EventDraft, SPACE_SUBJECT};
use ithaca_core::id::{DocumentId, Incarnation, ItemId, RecordId, SpaceId, StatementId};
use ithaca_core::identity::entropy::SeededEntropy;
use ithaca_core::identity::keys::{DeviceKeys, Secret};
use ithaca_core::identity::vault::{FileVault, KeyVault};
use ithaca_core::record::body::Body;
use ithaca_core::record::firewall;
use ithaca_core::record::frame::{Inner, Kind, Opening};
use ithaca_core::record::seal::{Place, seal};
use ithaca_core::space::key::EpochKey;
use ithaca_core::space::statement::Statement;
use ithaca_core::store::{Store, StoreOptions};
use ithaca_core::transport::{Call, CallError, Reply};
use ithaca_core::view::{RowKind, SessionView};
use ithaca_wire::record::Outer;
use ithaca_wire::{LaneId, cbor, exchange};
use minicbor::bytes::ByteVec;
use tempfile::TempDir;

use crate::fleet::relay::Relay;
use crate::people::START;

/// Where the relay is, as far as phones know; nothing is ever sent there.
pub const ORIGIN: &str = "http://127.0.0.1:9";
/// Calls after which a sync is called endless.
const ENDLESS: usize = 60;

/// Words for anything that must not fail.
pub type Done<T> = Result<T, EngineError>;

/// Ana, the relay, and what Ben could do.
pub struct World {
    dir: TempDir,
    files: Vec<(PathBuf, Vec<u8>)>,
    relay: Relay,
    calls: Vec<Call>,
    /// The pair's space.
    pub space: SpaceId,
    /// Ana's own space.
    pub personal: SpaceId,
    device: Secret,
    key: EpochKey,
    /// Heads of the space's statements.
    pub heads: Vec<StatementId>,
    /// Every request and answer between the two phones and the relay.
    pub said: Vec<(Vec<u8>, Option<Vec<u8>>)>,
    /// Ana's saved copies.
    pub exports: Vec<String>,
}

/// A phone's engine over a folder that is there.
fn open(dir: &Path, seed: u64, now: i64) -> Done<Engine> {
    let vault = FileVault::new(dir.join("vault.key"));
    Ok(Engine::open(dir, &vault, Box::new(SeededEntropy::new(seed)), &options(), now)?.0)
}

fn options() -> Options {
    Options { store: StoreOptions { relaxed: true } }
}

/// In memory where the system has a place for that.
fn folder() -> Done<TempDir> {
    let shm = Path::new("/dev/shm");
    let made = if shm.is_dir() { tempfile::tempdir_in(shm) } else { tempfile::tempdir() };
    made.map_err(|_| EngineError::Invalid("no temporary folder"))
}

/// Lets an engine sync over `answer`; gives how many calls it made.
pub fn sync(engine: &mut Engine, now: i64, mut answer: impl FnMut(Call) -> Result<Reply, CallError>) -> Done<usize> {
    let mut requests = std::collections::VecDeque::from(engine.handle(now, Input::Now)?);
    let mut calls = 0;
    while let Some(request) = requests.pop_front() {
        let Request::Call { ticket, call, .. } = request else { continue };
        calls += 1;
        assert!(calls < ENDLESS, "a sync never ends");
        let result = answer(call);
        requests.extend(engine.handle(now, Input::Done { ticket, result })?);
    }
    Ok(calls)
}

impl World {
    /// Makes it. The same at every call.
    pub fn new() -> Done<Self> {
        let relay = Relay::new().map_err(|_| EngineError::Invalid("no relay"))?;
        let (mut calls, mut said) = (Vec::new(), Vec::new());
        let mut call = |call: Call, relay: &Relay| {
            calls.push(call.clone());
            let answered = relay.answer(call.clone(), START);
            if let Call::Sync(request) = &call {
                let answer =
                    if let Ok(Reply::Sync(response)) = &answered { Some(cbor::encode::<exchange::Response>(response)) } else { None };
                said.push((cbor::encode(request), answer));
            }
            answered
        };
        let (dir, ben_dir) = (folder()?, folder()?);
        let make = |dir: &TempDir, name, seed| {
            let vault = FileVault::new(dir.path().join("vault.key"));
            Engine::create(dir.path(), &vault, Box::new(SeededEntropy::new(seed)), &options(), name, &[], START)
        };
        let (mut ana, mut ben) = (make(&dir, "Ana", 1)?, make(&ben_dir, "Ben", 2)?);
        ana.set_relay(ORIGIN, None, START)?;
        let invite = ana.invite(START)?;
        ben.join(&invite.link.unwrap_or_default(), None, START)?;
        sync(&mut ben, START, |c| call(c, &relay))?;
        sync(&mut ana, START, |c| call(c, &relay))?;
        let answered = ana.invites(START)?.into_iter().find(|i| i.id == invite.id).and_then(|i| i.answers.first().map(|a| a.person));
        let space = ana.approve(&invite.id, &answered.ok_or(EngineError::NotFound("answer"))?, START)?;
        for _ in 0..2 {
            sync(&mut ana, START, |c| call(c, &relay))?;
            sync(&mut ben, START, |c| call(c, &relay))?;
        }
        write(&mut ben, &space, "Ben")?;
        write(&mut ana, &space, "Ana")?;
        for _ in 0..2 {
            sync(&mut ana, START, |c| call(c, &relay))?;
            sync(&mut ben, START, |c| call(c, &relay))?;
        }
        let personal = ana.personal()?;
        let exports = vec![ana.export(&space)?, ana.export(&personal)?, ben.export(&space)?];
        ana.close()?;
        ben.close()?;
        let (device, key, heads) = keys(ben_dir.path(), &space)?;
        let mut files = Vec::new();
        for entry in std::fs::read_dir(dir.path()).map_err(|_| EngineError::Keys)?.flatten() {
            if let Ok(bytes) = std::fs::read(entry.path()) {
                files.push((entry.path(), bytes));
            }
        }
        Ok(Self { dir, files, relay, calls, space, personal, device, key, heads, said, exports })
    }

    /// Puts everything back as it was and opens Ana's phone.
    pub fn begin(&mut self) -> Done<Engine> {
        self.relay.wipe();
        for call in &self.calls {
            let _ = self.relay.answer(call.clone(), START);
        }
        for entry in std::fs::read_dir(self.dir.path()).map_err(|_| EngineError::Keys)?.flatten() {
            if !self.files.iter().any(|(path, _)| *path == entry.path()) {
                // What is not there before a trial begins cannot change what it does.
                let _ = std::fs::remove_file(entry.path());
            }
        }
        for (path, bytes) in &self.files {
            // Into the same file: another inode would be a copy of the phone.
            std::fs::write(path, bytes).map_err(|_| EngineError::Keys)?;
        }
        self.open()
    }

    /// Opens Ana's phone as it is now.
    pub fn open(&self) -> Done<Engine> {
        open(self.dir.path(), 3, START)
    }

    /// Asks the relay.
    pub fn call(&self, call: Call) -> Result<Reply, CallError> {
        self.relay.answer(call, START)
    }

    /// Puts records into the pair's mailbox, as whoever has its token can.
    pub fn push(&self, records: Vec<Vec<u8>>) {
        let address = self.key.mailbox(ORIGIN);
        let push = Some(records.into_iter().map(ByteVec::from).collect());
        let ask = exchange::Ask { mailbox: address.id, token: address.token, push, digest: None, vector: None, lists: None };
        let request = exchange::Request { version: exchange::VERSION, budget: 0, mailboxes: vec![ask] };
        let answered = self.call(Call::Sync(request));
        assert!(answered.is_ok(), "the relay takes a member's records: {answered:?}");
    }

    /// A new lane of Ben's.
    pub fn member(&self) -> Member<'_> {
        let device = DeviceKeys::from_seed(&self.device);
        let from = (LaneId([0; 16]), 0, RecordId([0; 32]));
        let opening = Opening { space: self.space, epoch: self.key.id(), device: device.id(), incarnation: Incarnation([9; 16]), from };
        let entropy = SeededEntropy::new(4);
        Member { world: self, device, opening, lane: LaneId([8; 16]), n: 0, prev: RecordId([0; 32]), entropy }
    }
}

/// What the last of the keys of a closed phone open.
fn keys(dir: &Path, space: &SpaceId) -> Done<(Secret, EpochKey, Vec<StatementId>)> {
    let sealed = std::fs::read(dir.join("vault.sealed")).map_err(|_| EngineError::Keys)?;
    let root = FileVault::new(dir.join("vault.key")).open(&sealed).map_err(|_| EngineError::Keys)?;
    let options = StoreOptions { relaxed: true };
    let store = Store::open(&dir.join("ithaca.db"), &root, &mut SeededEntropy::new(5), &options)?;
    let db = store.read();
    let device = db.meta("seed")?.and_then(|s| Secret::from_slice(&s)).ok_or(EngineError::Keys)?;
    let no = db.spaces()?.into_iter().find(|s| s.id == *space).map(|s| s.no).ok_or(EngineError::Keys)?;
    let secret = db.epochs(no)?.into_iter().max_by_key(|(_, n, _)| *n).map(|(_, _, secret)| secret).ok_or(EngineError::Keys)?;
    let statements: Vec<Statement> = db.statements(&space.0)?.iter().filter_map(|s| Statement::decode(s).ok()).collect();
    let rested: Vec<StatementId> = statements.iter().flat_map(|s| s.parents().to_vec()).collect();
    let mut heads: Vec<StatementId> = statements.iter().map(Statement::id).filter(|id| !rested.contains(id)).collect();
    heads.sort_unstable();
    Ok((device, EpochKey::new(*space, secret), heads))
}

/// One of each thing that two people write.
fn write(engine: &mut Engine, space: &SpaceId, who: &str) -> Done<()> {
    let now = START;
    let say = |text: &str| EventDraft { subject: SPACE_SUBJECT, payload: Payload::Message(Message { text: text.to_owned(), reply: None }) };
    engine.state(space, say(&format!("{who} says good morning.")), now)?;
    let n = who.len() as u8 + who.as_bytes().first().copied().unwrap_or_default();
    let (note, goals, session) = (DocumentId([n; 16]), derived_id(*space, DocumentKind::Goals), DocumentId([n + 1; 16]));
    let goal = ItemId([n + 2; 16]);
    let edits = [
        (note, DocumentKind::Note, Command::Note(NoteCommand::Create { title: format!("{who}'s note"), pair: None })),
        (
            note,
            DocumentKind::Note,
            Command::Note(NoteCommand::Body(TextEdit::Splice { pos: 0, delete: 0, insert: "What we saw on the ward.".into() })),
        ),
        (note, DocumentKind::Note, Command::Note(NoteCommand::Tag { tag: "ward".into(), on: true })),
        (goals, DocumentKind::Goals, Command::Goals(GoalsCommand::AddGoal { id: goal, title: "Lead the round alone".into() })),
        (session, DocumentKind::Session, Command::Session(SessionCommand::Create { title: "First meeting".into(), date: None })),
        (
            session,
            DocumentKind::Session,
            Command::Session(SessionCommand::AddAgenda { id: ItemId([n + 3; 16]), text: "How was the week?".into() }),
        ),
    ];
    for (id, kind, command) in edits {
        engine.edit(space, id, kind, &command, now)?;
    }
    let status = GoalStatusSet { status: GoalStatus::Active, reason: None };
    engine.state(space, EventDraft { subject: goal.0, payload: status.into() }, now)?;
    Ok(())
}

/// Reads everything that screens read. Nothing that came in may make that fail.
pub fn read_all(engine: &mut Engine, space: &SpaceId) -> Done<(String, Vec<String>)> {
    let said = engine.messages(space, None, usize::MAX >> 1)?.into_iter().filter_map(|m| m.text).collect();
    for kind in RowKind::ALL {
        for alive in [true, false] {
            engine.views::<serde_json::Value>(space, kind, alive, usize::MAX >> 1)?;
        }
    }
    let sessions: Vec<SessionView> = engine.sessions(space)?;
    for session in sessions {
        engine.history(space, DocumentId(session.id.0))?;
    }
    engine.cards(space)?;
    engine.status(START)?;
    engine.notices()?;
    engine.pairs()?;
    engine.stage(space)?;
    engine.search("ward", 10)?;
    engine.markdown(space)?;
    engine.doctor(START)?;
    engine.export(space)?;
    Ok((engine.state_code(space)?, said))
}

/// A lane of Ben's and its next record.
pub struct Member<'w> {
    world: &'w World,
    device: DeviceKeys,
    opening: Opening,
    lane: LaneId,
    n: u64,
    prev: RecordId,
    entropy: SeededEntropy,
}

impl Member<'_> {
    /// The next record with these bytes as its body, sealed and signed as it should be.
    pub fn record(&mut self, body: Vec<u8>) -> Done<Vec<u8>> {
        self.n += 1;
        let place = Place { opening: &self.opening, lane: self.lane, n: self.n, prev: self.prev };
        let (bytes, id) = seal(&mut self.entropy, self.world.key.content(), self.device.signing(), &place, Kind::Content, body)?;
        self.prev = id;
        Ok(bytes)
    }

    /// The next record, saying something honest.
    pub fn says(&mut self, text: &str) -> Done<Vec<u8>> {
        let payload = Payload::Message(Message { text: text.to_owned(), reply: None });
        let (clock, wall_ms) = (START.unsigned_abs(), START);
        let event = Event { subject: SPACE_SUBJECT, parents: vec![], clock, wall_ms, payload };
        self.record(Body { events: vec![event.encode()], ..Body::default() }.to_bytes())
    }

    /// The actor under which Ben changes documents in this lane.
    pub fn actor(&self) -> firewall::Actor {
        firewall::actor(self.world.space, self.device.id(), self.opening.incarnation)
    }

    /// A statement of Ben's device over the space's heads with these bytes as its payload; its signature is right.
    pub fn statement(&self, payload: &[u8]) -> Vec<u8> {
        let heads = &self.world.heads;
        let mut out = self.world.space.0.to_vec();
        out.extend(self.device.id().0);
        out.push(heads.len() as u8);
        heads.iter().for_each(|h| out.extend(h.0));
        out.extend((payload.len() as u32).to_be_bytes());
        out.extend(payload);
        let signature = self.device.signing().sign(&[b"ithaca/v1/statement".as_slice(), &out].concat());
        out.extend(signature.to_bytes());
        out
    }
}

impl Member<'_> {
    /// The space it writes in.
    pub fn space(&self) -> SpaceId {
        self.world.space
    }
}

impl World {
    /// The inside of a record of the pair; `None` for another mailbox's.
    pub fn opened(&self, outer: &Outer<'_>) -> Option<Inner> {
        ithaca_core::record::seal::open(self.key.content(), &self.key.id(), outer).ok()
    }
}
