//! Phones and the relay between them, in one thread and without sockets: the relay that ships, with somebody on the wire who may change what is said.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use ithaca_core::document::DocumentKind;
use ithaca_core::document::command::{Command, NoteCommand};
use ithaca_core::document::text::TextEdit;
use ithaca_core::engine::{Engine, EngineError, Input, Joining, JoiningStage, NoticeView, Opened, Options, Request, SpaceStatus};
use ithaca_core::event::payload::{Message, Payload};
use ithaca_core::event::{EventDraft, SPACE_SUBJECT};
use ithaca_core::id::{DocumentId, EventId, SpaceId};
use ithaca_core::identity::entropy::SeededEntropy;
use ithaca_core::identity::vault::FileVault;
use ithaca_core::store::StoreOptions;
use ithaca_core::transport::{Call, CallError, Reply};
use ithaca_core::view::{NoteView, RowKind};
use ithaca_server::config::Config;
use ithaca_server::exchange;
use ithaca_server::refuse::Refuse;
use ithaca_server::store::memory::MemoryStore;
use ithaca_server::store::{Backend, Bus, Key, Part, StoreError};
use ithaca_wire::MailboxId;
use ithaca_wire::error::{Code, Refusal};
use ithaca_wire::exchange as wire;
use ithaca_wire::mailbox::Address;
use minicbor::bytes::ByteVec;
use sha2::{Digest, Sha256};
use tempfile::TempDir;

/// Where the relay is, as far as phones know; nothing is ever sent there.
pub const ORIGIN: &str = "http://127.0.0.1:9";
/// A day, in milliseconds.
pub const DAY: i64 = 86_400_000;
/// Calls after which a sync is called endless.
const ENDLESS: usize = 200;

/// One person's phone.
pub struct Phone {
    pub dir: TempDir,
    pub engine: Option<Engine>,
    pub now: i64,
    pub opened: Opened,
    seed: u64,
}

pub fn options() -> Options {
    Options { store: StoreOptions { relaxed: true } }
}

impl Phone {
    pub fn new(name: &str, seed: u64) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let now = ithaca_tests::people::START;
        let vault = FileVault::new(dir.path().join("vault.key"));
        let engine = Engine::create(dir.path(), &vault, Box::new(SeededEntropy::new(seed)), &options(), name, &[], now).unwrap();
        Self { dir, engine: Some(engine), now, opened: Opened::default(), seed }
    }

    /// A phone with nothing on it yet.
    pub fn bare(seed: u64) -> Self {
        let dir = tempfile::tempdir().unwrap();
        Self { dir, engine: None, now: ithaca_tests::people::START, opened: Opened::default(), seed }
    }

    pub fn vault(&self) -> FileVault {
        FileVault::new(self.path("vault.key"))
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn engine(&mut self) -> &mut Engine {
        self.engine.as_mut().expect("the engine runs")
    }

    /// Ends it as a killed process does.
    pub fn kill(&mut self) {
        self.engine = None;
    }

    /// Ends it in peace: the log is in the database file.
    pub fn close(&mut self) {
        self.engine.take().unwrap().close().unwrap();
    }

    pub fn try_start(&mut self) -> Result<(), EngineError> {
        self.seed = self.seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let vault = FileVault::new(self.path("vault.key"));
        let (engine, opened) = Engine::open(self.dir.path(), &vault, Box::new(SeededEntropy::new(self.seed)), &options(), self.now)?;
        (self.engine, self.opened) = (Some(engine), opened);
        Ok(())
    }

    pub fn start(&mut self) {
        self.try_start().unwrap();
    }

    /// A copy of the whole folder, as another phone.
    pub fn copied(&self, seed: u64) -> Self {
        assert!(self.engine.is_none(), "copied while stopped");
        let dir = tempfile::tempdir().unwrap();
        for entry in std::fs::read_dir(self.dir.path()).unwrap() {
            let from = entry.unwrap().path();
            std::fs::copy(&from, dir.path().join(from.file_name().unwrap())).unwrap();
        }
        Self { dir, engine: None, now: self.now, opened: Opened::default(), seed }
    }

    pub fn try_say(&mut self, space: &SpaceId, text: &str) -> Result<EventId, EngineError> {
        let now = self.now;
        let payload = Payload::Message(Message { text: text.to_owned(), reply: None });
        self.engine().state(space, EventDraft { subject: SPACE_SUBJECT, payload }, now)
    }

    pub fn say(&mut self, space: &SpaceId, text: &str) -> EventId {
        self.try_say(space, text).unwrap()
    }

    /// Messages shown, in order.
    pub fn said(&mut self, space: &SpaceId) -> Vec<String> {
        self.engine().messages(space, None, 1000).unwrap().into_iter().filter_map(|m| m.text).collect()
    }

    pub fn command(&mut self, space: &SpaceId, id: DocumentId, command: NoteCommand) {
        let now = self.now;
        self.engine().edit(space, id, DocumentKind::Note, &Command::Note(command), now).unwrap();
    }

    pub fn note(&mut self, space: &SpaceId, id: u8, title: &str) {
        self.command(space, DocumentId([id; 16]), NoteCommand::Create { title: title.to_owned(), pair: None });
    }

    pub fn write(&mut self, space: &SpaceId, id: u8, pos: usize, insert: &str) {
        let edit = TextEdit::Splice { pos, delete: 0, insert: insert.to_owned() };
        self.command(space, DocumentId([id; 16]), NoteCommand::Body(edit));
    }

    pub fn body(&mut self, space: &SpaceId, id: u8) -> String {
        let view: Option<NoteView> = self.engine().view(space, RowKind::Note, &[id; 16]).unwrap();
        view.map(|n| n.body.text).unwrap_or_default()
    }

    pub fn code(&mut self, space: &SpaceId) -> String {
        self.engine().state_code(space).unwrap()
    }

    pub fn status(&mut self, space: &SpaceId) -> SpaceStatus {
        let now = self.now;
        self.engine().status(now).unwrap().spaces.into_iter().find(|s| s.space == *space).unwrap()
    }

    /// Kinds of notices that stand.
    pub fn notices(&mut self) -> Vec<String> {
        self.engine().notices().unwrap().into_iter().map(|n: NoticeView| n.kind).collect()
    }
}

#[derive(Debug)]
struct Silent;

impl Bus for Silent {
    fn listens(&self, _: &MailboxId) -> bool {
        false
    }

    fn publish(&self, _: MailboxId, _: [u8; 16], _: Option<Bytes>) {}
}

type Alter<T> = Box<dyn FnMut(&mut T)>;

/// The relay and the wire to it.
pub struct Net {
    store: Arc<dyn Backend>,
    config: Config,
    runtime: tokio::runtime::Runtime,
    /// Changes what a phone asks.
    pub ask: Option<Alter<wire::Request>>,
    /// Changes what the relay answers.
    pub answer: Option<Alter<wire::Response>>,
    /// Records pushed, by mailbox, in the order of coming.
    pub pushed: Vec<(MailboxId, Vec<u8>)>,
    /// Calls made.
    pub calls: usize,
    /// Parts of objects put, and objects read.
    pub puts: usize,
    pub gets: usize,
    /// No room for objects.
    pub full: bool,
    /// Changes an object that is read.
    pub object: Option<Alter<Vec<u8>>>,
}

fn store(config: &Config) -> Arc<dyn Backend> {
    Arc::new(MemoryStore::new(config.store.clone(), Arc::new(Silent)))
}

impl Net {
    pub fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let config = Config { open: true, ..Config::default() };
        Self {
            store: store(&config),
            config,
            runtime,
            ask: None,
            answer: None,
            pushed: Vec::new(),
            calls: 0,
            puts: 0,
            gets: 0,
            full: false,
            object: None,
        }
    }

    /// Loses everything.
    pub fn wipe(&mut self) {
        self.store = store(&self.config);
    }

    /// Nobody on the wire any more.
    pub fn honest(&mut self) {
        (self.ask, self.answer, self.object) = (None, None, None);
    }

    pub fn call(&mut self, call: Call, now: i64) -> Result<Reply, CallError> {
        self.calls += 1;
        let refused = |code: Code| CallError::Refused(Refusal { code, reason: "refused".into(), retry_after: None });
        match call {
            Call::Sync(mut request) => {
                if let Some(alter) = &mut self.ask {
                    alter(&mut request);
                }
                for ask in &request.mailboxes {
                    self.pushed.extend(ask.push.iter().flatten().map(|r| (ask.mailbox, r.to_vec())));
                }
                if let Err(e) = request.check() {
                    return Err(CallError::Refused(Refuse::wire(&e, &self.config).0));
                }
                let answered = self.runtime.block_on(exchange::answer(&self.store, &self.config, request, now));
                let (mut response, _) = answered.map_err(|_| refused(Code::StoreDown))?;
                if let Some(alter) = &mut self.answer {
                    alter(&mut response);
                }
                Ok(Reply::Sync(response))
            }
            Call::Make { mailbox, make, .. } => {
                let made = self.runtime.block_on(self.store.make(Key { mailbox, token: make.token_hash }, None, now));
                made.map(|()| Reply::Made).map_err(|e| match e {
                    StoreError::Refused(code) => refused(code),
                    _ => refused(Code::StoreDown),
                })
            }
            Call::Next { mailbox, make } => {
                let (Some(next), Some(token)) = (make.next, make.token) else { return Err(refused(Code::Malformed)) };
                let present = Key { mailbox, token: token.hash() };
                let next = Key { mailbox: next, token: make.token_hash };
                let made = self.runtime.block_on(self.store.next(present, next, now));
                made.map(|()| Reply::Made).map_err(|e| match e {
                    StoreError::Refused(code) => refused(code),
                    _ => refused(Code::StoreDown),
                })
            }
            Call::Voucher { .. } => Err(refused(Code::NoAccount)),
            Call::PutObject { at, total, start, bytes } => {
                self.puts += 1;
                if self.full {
                    return Err(refused(Code::MailboxFull));
                }
                let key = Key { mailbox: at.mailbox, token: at.token.hash() };
                let part = Part { hash: at.hash, total, start, bytes: bytes.into() };
                let state = self.runtime.block_on(self.store.object_put(key, part, now)).map_err(|_| refused(Code::StoreDown))?;
                if state.held == state.total && !state.whole {
                    let held = self.store.object_read(at.mailbox, at.hash, 0, state.total).map_err(|_| refused(Code::StoreDown))?;
                    let good = <[u8; 32]>::from(Sha256::digest(&held)) == at.hash;
                    self.runtime.block_on(self.store.object_seal(key, at.hash, good, now)).map_err(|_| refused(Code::StoreDown))?;
                    assert!(good, "an object under another name");
                }
                Ok(Reply::Held)
            }
            Call::GetObject { at } => {
                self.gets += 1;
                let state = self.store.object(at.mailbox, at.hash).map_err(|_| refused(Code::StoreDown))?;
                let state = state.filter(|s| s.whole).ok_or_else(|| refused(Code::NoObject))?;
                let mut bytes = self.store.object_read(at.mailbox, at.hash, 0, state.total).map_err(|_| refused(Code::StoreDown))?;
                if let Some(alter) = &mut self.object {
                    alter(&mut bytes);
                }
                Ok(Reply::Object(bytes))
            }
        }
    }

    pub fn try_sync(&mut self, phone: &mut Phone) -> Result<(), EngineError> {
        let now = phone.now;
        let mut requests = VecDeque::from(phone.engine().handle(now, Input::Now)?);
        let mut n = 0;
        while let Some(request) = requests.pop_front() {
            let Request::Call { ticket, call, .. } = request else { continue };
            n += 1;
            assert!(n < ENDLESS, "a sync never ends");
            let result = self.call(call, now);
            requests.extend(phone.engine().handle(now, Input::Done { ticket, result })?);
        }
        Ok(())
    }

    pub fn sync(&mut self, phone: &mut Phone) {
        self.try_sync(phone).unwrap();
    }

    /// Both in turn until nothing can be left to say.
    pub fn settle(&mut self, a: &mut Phone, b: &mut Phone) {
        for _ in 0..3 {
            self.sync(a);
            self.sync(b);
        }
    }

    /// Records put there by somebody who has the mailbox's token.
    pub fn push(&mut self, address: &Address, records: &[Vec<u8>]) -> wire::Answer {
        let push = Some(records.iter().cloned().map(ByteVec::from).collect());
        let ask = wire::Ask { mailbox: address.id, token: address.token, push, digest: None, vector: None, lists: None };
        let request = wire::Request { version: wire::VERSION, budget: 0, mailboxes: vec![ask] };
        match self.call(Call::Sync(request), ithaca_tests::people::START).unwrap() {
            Reply::Sync(mut response) => response.mailboxes.remove(0),
            other => panic!("{other:?}"),
        }
    }

    pub fn pair(&mut self, ana: &mut Phone, ben: &mut Phone) -> SpaceId {
        let now = ana.now;
        ana.engine().set_relay(ORIGIN, None, now).unwrap();
        let invite = ana.engine().invite(now).unwrap();
        ben.engine().join(&invite.link.unwrap(), None, now).unwrap();
        self.sync(ben);
        self.sync(ana);
        let answered = ana.engine().invites(now).unwrap().into_iter().find(|i| i.id == invite.id).unwrap();
        let space = ana.engine().approve(&invite.id, &answered.answers[0].person, now).unwrap();
        for _ in 0..2 {
            self.sync(ana);
            self.sync(ben);
        }
        space
    }
}

impl Net {
    /// A second device of whoever has `old`: its code scanned, approved and agreed to.
    pub fn second(&mut self, old: &mut Phone, seed: u64, label: &str) -> Phone {
        let mut new = self.bare_second(old, seed, label);
        for _ in 0..2 {
            self.sync(&mut new);
            self.sync(old);
        }
        new
    }

    /// The same, before its first sync.
    pub fn bare_second(&mut self, old: &mut Phone, seed: u64, label: &str) -> Phone {
        let mut new = Phone::bare(seed);
        new.now = old.now;
        let entropy = Box::new(SeededEntropy::new(seed));
        let mut joining = Joining::begin(new.dir.path(), &new.vault(), entropy, ORIGIN, label).unwrap();
        let now = old.now;
        let scanned = old.engine().scan_device(&joining.code(), None, now).unwrap();
        self.sync(old);
        self.joins(&mut joining, now);
        self.sync(old);
        old.engine().approve_device(&scanned.id, now).unwrap();
        self.sync(old);
        self.joins(&mut joining, now);
        assert!(matches!(joining.stage(), JoiningStage::Offered { .. }), "{:?}", joining.stage());
        joining.agree().unwrap();
        self.joins(&mut joining, now);
        self.sync(old);
        self.sync(old);
        self.joins(&mut joining, now);
        assert_eq!(joining.stage(), JoiningStage::Ready);
        drop(joining);
        new.start();
        new
    }

    /// One exchange of a device on its way.
    pub fn joins(&mut self, joining: &mut Joining, now: i64) {
        let result = self.call(joining.call(), now);
        joining.answered(result).unwrap();
    }

    /// All in turn until nothing can be left to say.
    pub fn settle_all(&mut self, phones: &mut [&mut Phone]) {
        for _ in 0..4 {
            phones.iter_mut().for_each(|p| self.sync(p));
        }
    }
}

/// Ana, Ben, the relay, and their space.
pub fn pair(seed: u64) -> (Net, Phone, Phone, SpaceId) {
    let mut net = Net::new();
    let (mut ana, mut ben) = (Phone::new("Ana", 2 * seed), Phone::new("Ben", 2 * seed + 1));
    let space = net.pair(&mut ana, &mut ben);
    (net, ana, ben, space)
}

/// Nothing is lost and both hold the same.
pub fn agree(ana: &mut Phone, ben: &mut Phone, space: &SpaceId) {
    assert_eq!(ana.code(space), ben.code(space), "state codes differ: {:?} {:?}", ana.said(space), ben.said(space));
    for phone in [ana, ben] {
        let line = phone.status(space);
        assert_eq!((line.waiting, line.not_on_relay, line.not_on_other), (0, 0, 0), "{line:?}");
    }
}

impl Net {
    /// How many of the records that were pushed a phone's keys open, in every mailbox of a space.
    pub fn opened_by(&self, phone: &mut Phone, space: &SpaceId) -> usize {
        let keys = phone.engine().keys_of(space).unwrap();
        let opens = |bytes: &Vec<u8>| {
            let outer = ithaca_wire::record::Outer::parse(bytes).ok();
            outer.is_some_and(|o| keys.iter().any(|k| ithaca_core::record::seal::open(k.content(), &k.id(), &o).is_ok()))
        };
        self.pushed.iter().filter(|(_, bytes)| opens(bytes)).count()
    }
}
