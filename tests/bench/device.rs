//! Devices: people made and paired for a measure, and a device at work on a thread of its own with its live stream open.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use ithaca_core::document::command::NoteCommand;
use ithaca_core::document::text::TextEdit;
use ithaca_core::document::{Command, DocumentKind};
use ithaca_core::engine::driver::Driver;
use ithaca_core::engine::{Changed, Engine, Input, Options};
use ithaca_core::event::payload::Message;
use ithaca_core::event::{EventDraft, Payload, SPACE_SUBJECT};
use ithaca_core::id::{DocumentId, SpaceId};
use ithaca_core::identity::entropy::OsEntropy;
use ithaca_core::identity::vault::FileVault;
use ithaca_core::store::StoreOptions;
use ithaca_core::transport::Transport;
use ithaca_core::transport::http::Http;
use ithaca_core::view::{NoteView, RowKind};
use ithaca_tests::play::stage::now;
use tokio::runtime::Runtime;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use crate::{Done, words};

/// A runtime for one thread.
pub fn runtime() -> Done<Runtime> {
    tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(words)
}

/// One person's device, not at work.
pub struct Person {
    /// The device.
    pub engine: Engine,
    /// Its profile.
    pub dir: PathBuf,
}

impl Person {
    /// A new person. `relaxed`: without waiting for the disk, where what is built is not what is measured.
    pub fn new(name: &str, dir: &Path, relaxed: bool) -> Done<Self> {
        std::fs::create_dir_all(dir).map_err(words)?;
        let vault = FileVault::new(dir.join("vault.key"));
        let engine = Engine::create(dir, &vault, Box::new(OsEntropy), &options(relaxed), name, &[], now()).map_err(words)?;
        Ok(Self { engine, dir: dir.to_owned() })
    }

    /// Opens a profile.
    pub fn open(dir: &Path, relaxed: bool) -> Done<Self> {
        let vault = FileVault::new(dir.join("vault.key"));
        let (engine, _) = Engine::open(dir, &vault, Box::new(OsEntropy), &options(relaxed), now()).map_err(words)?;
        Ok(Self { engine, dir: dir.to_owned() })
    }

    /// Syncs once.
    pub fn sync(&mut self, runtime: &Runtime) -> Done {
        self.sync_over(runtime, Arc::new(http()?))
    }

    /// Syncs once over this way.
    pub fn sync_over(&mut self, runtime: &Runtime, way: Arc<dyn Transport>) -> Done {
        runtime.block_on(async {
            let mut driver = Driver::new(way, Arc::new(now));
            driver.sync(&mut self.engine).await.map_err(words)
        })?;
        self.engine.relays(now()).map_err(words)?.into_iter().find_map(|r| r.trouble).map_or(Ok(()), Err)
    }

    /// Says something.
    pub fn say(&mut self, space: &SpaceId, text: String) -> Done {
        say(&mut self.engine, space, text)
    }

    /// Begins a note with this text.
    pub fn note(&mut self, space: &SpaceId, id: DocumentId, text: &str) -> Done {
        note(&mut self.engine, space, id, text)
    }

    /// Ends it; the profile stays.
    pub fn close(self) -> Done<PathBuf> {
        self.engine.close().map_err(words)?;
        Ok(self.dir)
    }
}

fn options(relaxed: bool) -> Options {
    Options { store: StoreOptions { relaxed } }
}

/// The HTTP client that ships.
pub fn http() -> Done<Http> {
    Http::new().ok_or_else(|| "no HTTP client".to_owned())
}

/// States a message.
pub fn say(engine: &mut Engine, space: &SpaceId, text: String) -> Done {
    let draft = EventDraft { subject: SPACE_SUBJECT, payload: Payload::Message(Message { text, reply: None }) };
    engine.state(space, draft, now()).map(drop).map_err(words)
}

/// Begins a note with this text.
pub fn note(engine: &mut Engine, space: &SpaceId, id: DocumentId, text: &str) -> Done {
    let mut edit = |command| engine.edit(space, id, DocumentKind::Note, &Command::Note(command), now()).map(drop).map_err(words);
    edit(NoteCommand::Create { title: "Notes of the week".into(), pair: None })?;
    edit(NoteCommand::Body(TextEdit::Splice { pos: 0, delete: 0, insert: text.to_owned() }))
}

/// Splices into a note: one change, as a typing pause makes it.
pub fn splice(engine: &mut Engine, space: &SpaceId, id: DocumentId, pos: usize, insert: &str) -> Done {
    engine.type_text(space, id, DocumentKind::Note, &[(pos, 0, insert.to_owned())], now()).map(drop).map_err(words)
}

/// The last message of a space.
pub fn last_message(engine: &Engine, space: &SpaceId) -> Option<String> {
    engine.messages(space, None, 1).ok()?.pop()?.text
}

/// Bytes of a note's text, as its row says.
pub fn note_len(engine: &Engine, space: &SpaceId, id: DocumentId) -> Option<usize> {
    let view: Option<NoteView> = engine.view(space, RowKind::Note, &id.0).ok()?;
    view.map(|v| v.body.text.len())
}

/// Makes two people a pair over the relay at `origin`.
pub fn pair(ana: &mut Person, ben: &mut Person, origin: &str, runtime: &Runtime) -> Done<SpaceId> {
    ana.engine.set_relay(origin, None, now()).map_err(words)?;
    let invite = ana.engine.invite(now()).map_err(words)?;
    let link = invite.link.ok_or("the invitation has no link")?;
    ben.engine.join(&link, None, now()).map_err(words)?;
    ben.sync(runtime)?;
    ana.sync(runtime)?;
    let answered = ana.engine.invites(now()).map_err(words)?.into_iter().find(|i| i.id == invite.id);
    let who = answered.and_then(|i| i.answers.first().map(|a| a.person)).ok_or("nobody answered the invitation")?;
    let space = ana.engine.approve(&invite.id, &who, now()).map_err(words)?;
    ana.sync(runtime)?;
    ben.sync(runtime)?;
    ben.sync(runtime)?;
    ana.sync(runtime)?;
    Ok(space)
}

type Test = Box<dyn FnMut(&Engine) -> bool + Send>;
type Job = Box<dyn FnOnce(&mut Hand) + Send>;

/// What a job at a device has in hand.
pub struct Hand {
    /// The engine.
    pub engine: Engine,
    /// Its driver.
    pub driver: Driver,
    watched: Option<(Test, Sender<Instant>)>,
}

/// A device at work: its stream is open, and it does what it is told between what it hears.
pub struct Device {
    jobs: Option<UnboundedSender<Job>>,
    thread: Option<JoinHandle<Done>>,
}

impl Device {
    /// Sets a person's device to work over this way.
    pub fn start(person: Person, way: impl Transport + 'static) -> Self {
        let (jobs, mut coming) = unbounded_channel::<Job>();
        let thread = std::thread::spawn(move || {
            runtime()?.block_on(async {
                let driver = Driver::new(Arc::new(way), Arc::new(now));
                let mut hand = Hand { engine: person.engine, driver, watched: None };
                hand.driver.give(&mut hand.engine, Input::Live(true)).map_err(words)?;
                loop {
                    tokio::select! {
                        biased;
                        job = coming.recv() => {
                            let Some(job) = job else { return Ok(()) };
                            job(&mut hand);
                            // What a command left to do is done at once.
                            hand.driver.give(&mut hand.engine, Input::Tick).map_err(words)?;
                        }
                        stepped = hand.driver.step(&mut hand.engine, None) => { stepped.map_err(words)?; }
                    }
                    hand.look();
                }
            })
        });
        Self { jobs: Some(jobs), thread: Some(thread) }
    }

    /// Does something at the device, without waiting for it.
    pub fn tell(&self, job: impl FnOnce(&mut Hand) + Send + 'static) -> Done {
        let jobs = self.jobs.as_ref().ok_or("the device ended")?;
        jobs.send(Box::new(job)).map_err(|_| "the device ended early".to_owned())
    }

    /// Does something at the device and gives what it gave.
    pub fn ask<T: Send + 'static>(&self, job: impl FnOnce(&mut Hand) -> T + Send + 'static) -> Done<T> {
        let (give, take) = channel();
        self.tell(move |hand| drop(give.send(job(hand))))?;
        take.recv().map_err(|_| "the device ended early".to_owned())
    }

    /// Tells when `test` is first true at the device; it is asked whenever something changed there.
    pub fn watch(&self, test: impl FnMut(&Engine) -> bool + Send + 'static) -> Done<Receiver<Instant>> {
        let (give, take) = channel();
        self.ask(move |hand| {
            hand.engine.take_changes();
            hand.watched = Some((Box::new(test), give));
        })?;
        Ok(take)
    }

    /// Waits until nothing is under way or waiting at the device.
    pub fn settle(&self) -> Done {
        for _ in 0..2_000 {
            if self.ask(|h| h.driver.is_idle() && h.engine.is_settled())? {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Err("the device does not settle".to_owned())
    }

    /// Ends it, and gives why it ended if it did so on its own.
    pub fn stop(mut self) -> Done {
        self.jobs = None;
        self.thread.take().map_or(Ok(()), |t| t.join().map_err(|_| "a device's thread panicked".to_owned())?)
    }
}

impl Hand {
    fn look(&mut self) {
        let Some((test, give)) = &mut self.watched else { return };
        let changed = self.engine.take_changes();
        if changed.iter().any(|c| matches!(c, Changed::Space(_) | Changed::Status(_))) && test(&self.engine) {
            let _ = give.send(Instant::now());
            self.watched = None;
        }
    }
}

/// Waits for a watch.
pub fn seen(watch: &Receiver<Instant>) -> Done<Instant> {
    watch.recv_timeout(Duration::from_secs(30)).map_err(|_| "what was written did not arrive within 30 seconds".to_owned())
}
