//! The runtime: one engine on a thread of its own, with the driver that talks to relays. Commands come as jobs, one after the other; between
//! them what the network says is taken in.

use std::any::Any;
use std::collections::BTreeSet;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::FutureExt;
use ithaca_core::engine::driver::Driver;
use ithaca_core::engine::{Changed, Engine, EngineError, Input, Opened, Options};
use ithaca_core::id::SpaceId;
use ithaca_core::identity::entropy::OsEntropy;
use ithaca_core::store::StoreError;
use ithaca_core::transport::http::Http;
use ithaca_core::transport::{Answer, Call, CallError, LiveEvent, Reply, Transport};
use ithaca_wire::live::Listen;
use tokio::sync::{mpsc, oneshot};

use crate::error::{Done, IthacaError, internal};
use crate::listener::{Change, Hub};
use crate::platform::{Connectivity, KeyVault, Vault};
use crate::status::{LastSync, SyncOutcome};
use crate::{Phase, Snapshot};

/// Milliseconds since 1970 on this phone's clock.
#[allow(clippy::disallowed_methods, reason = "the place where the phone's clock enters; everything below takes time as an argument")]
pub(crate) fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |d| i64::try_from(d.as_millis()).unwrap_or(i64::MAX))
}

/// A pair comes about in steps, each of which shows the next one's mailboxes.
const ROUNDS: usize = 4;

/// Where a profile is and what the platform gives for it.
#[derive(Clone)]
pub(crate) struct Place {
    pub(crate) folder: PathBuf,
    pub(crate) vault: Arc<dyn KeyVault>,
    pub(crate) connectivity: Option<Arc<dyn Connectivity>>,
}

/// How an engine comes to be.
pub(crate) enum Begin {
    Open,
    Create { name: String },
}

/// What a call gives, whatever it is: waiting for it is one piece of machine code, not one for each call.
type Given = Box<dyn Any + Send>;

/// Something to do on the engine's thread.
struct Job {
    act: Box<dyn FnOnce(&mut Worker) -> Done<Given> + Send>,
    answer: oneshot::Sender<Done<Given>>,
}

fn taken<T: 'static>(given: Given) -> Done<T> {
    given.downcast().map(|t| *t).map_err(|_| internal("an answer of another call"))
}

/// Carries calls while there is a network, and says at once that there is none while there is not.
struct Gate {
    http: Http,
    online: Arc<AtomicBool>,
}

impl Transport for Gate {
    fn call(&self, origin: &str, call: Call) -> Answer<'_, Result<Reply, CallError>> {
        if self.online.load(Ordering::SeqCst) {
            self.http.call(origin, call)
        } else {
            let origin = origin.to_owned();
            Box::pin(async move { Err(CallError::Unreachable(origin)) })
        }
    }

    fn listen(&self, origin: &str, listen: Listen, sink: mpsc::Sender<(String, LiveEvent)>) -> Answer<'_, ()> {
        self.http.listen(origin, listen, sink)
    }
}

struct Open {
    engine: Engine,
    driver: Driver,
}

/// Somebody who waits for a sync to end.
struct Waiter {
    rounds: usize,
    answer: oneshot::Sender<Done<SyncOutcome>>,
}

/// What the engine's thread works with.
pub(crate) struct Worker {
    place: Place,
    open: Option<Open>,
    online: Arc<AtomicBool>,
    hub: Arc<Hub>,
    shown: Arc<Mutex<Snapshot>>,
    waiters: Vec<Waiter>,
    /// Which relations grew in the sync under way.
    grew: bool,
    /// The engine failed on its own (no room, most likely): it rests until somebody asks for something.
    resting: bool,
    live: bool,
    ended: bool,
}

/// The way to the engine's thread.
pub(crate) struct Handle {
    jobs: mpsc::UnboundedSender<Job>,
    pub(crate) hub: Arc<Hub>,
    shown: Arc<Mutex<Snapshot>>,
}

/// Runs something that may take long on a thread of its own, with a runtime for the network.
pub(crate) async fn aside<T: Send + 'static>(act: impl FnOnce(&tokio::runtime::Runtime) -> Done<T> + Send + 'static) -> Done<T> {
    taken(given_aside(Box::new(move |runtime| Ok(Box::new(act(runtime)?)))).await?)
}

async fn given_aside(act: Box<dyn FnOnce(&tokio::runtime::Runtime) -> Done<Given> + Send>) -> Done<Given> {
    let (answer, answered) = oneshot::channel();
    let run = move || {
        let done = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
            Ok(runtime) => act(&runtime),
            Err(e) => Err(internal(e.kind())),
        };
        // Nobody waits for it any more when the caller is gone.
        let _ = answer.send(done);
    };
    std::thread::Builder::new().name("ithaca-aside".into()).spawn(run).map_err(|e| internal(e.kind()))?;
    answered.await.unwrap_or_else(|_| Err(internal("a thread ended before its answer")))
}

pub(crate) fn http() -> Done<Http> {
    Http::new().ok_or_else(|| internal("the network library does not start"))
}

impl Handle {
    /// Starts the thread and waits until the engine is open.
    pub(crate) async fn start(place: Place, begin: Begin) -> Done<(Self, Opened)> {
        let hub = Hub::new().map_err(|e| internal(e.kind()))?;
        let (jobs, queue) = mpsc::unbounded_channel::<Job>();
        let shown = Arc::new(Mutex::new(Snapshot::default()));
        let (answer, answered) = oneshot::channel();
        let (hub2, shown2) = (hub.clone(), shown.clone());
        let run = move || {
            let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
                Ok(runtime) => runtime,
                Err(e) => return drop(answer.send(Err(internal(e.kind())))),
            };
            runtime.block_on(async move {
                let mut worker = Worker::new(place, hub2, shown2);
                let opened = guarded(|| worker.begin(&begin));
                let failed = opened.is_err();
                if answer.send(opened).is_err() || failed {
                    return worker.end();
                }
                worker.run(queue).await;
            });
        };
        std::thread::Builder::new().name("ithaca-engine".into()).spawn(run).map_err(|e| internal(e.kind()))?;
        let opened = answered.await.unwrap_or_else(|_| Err(internal("the engine's thread ended before it opened")))?;
        Ok((Self { jobs, hub, shown }, opened))
    }

    /// What is known without asking the engine.
    pub(crate) fn snapshot(&self) -> Snapshot {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Does something on the engine's thread.
    pub(crate) async fn worker<T: Send + 'static>(&self, act: impl FnOnce(&mut Worker) -> Done<T> + Send + 'static) -> Done<T> {
        taken(self.given(Box::new(move |worker| Ok(Box::new(act(worker)?)))).await?)
    }

    async fn given(&self, act: Box<dyn FnOnce(&mut Worker) -> Done<Given> + Send>) -> Done<Given> {
        let (answer, answered) = oneshot::channel();
        self.jobs.send(Job { act, answer }).map_err(|_| IthacaError::Closed)?;
        answered.await.unwrap_or(Err(IthacaError::Closed))
    }

    /// Begins a sync and waits until it ends or somebody stops it.
    pub(crate) async fn sync(&self) -> Done<SyncOutcome> {
        let (answer, answered) = oneshot::channel();
        self.worker(move |worker| worker.begin_sync(answer)).await?;
        answered.await.unwrap_or(Err(IthacaError::Closed))
    }
}

/// A panic is a fault of ours and becomes an error; see [`Worker::run`] for what happens to the engine.
fn guarded<T>(act: impl FnOnce() -> Done<T>) -> Done<T> {
    std::panic::catch_unwind(AssertUnwindSafe(act)).unwrap_or_else(|_| {
        PANICKED.with(|p| p.set(true));
        Err(internal("it panicked; the engine was opened anew"))
    })
}

thread_local! {
    /// Something panicked on this thread since the engine was opened.
    static PANICKED: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
}

enum Next {
    Job(Option<Job>),
    Step(Done<bool>),
}

impl Worker {
    fn new(place: Place, hub: Arc<Hub>, shown: Arc<Mutex<Snapshot>>) -> Self {
        let online = Arc::new(AtomicBool::new(true));
        Self { place, open: None, online, hub, shown, waiters: Vec::new(), grew: false, resting: false, live: false, ended: false }
    }

    fn begin(&mut self, begin: &Begin) -> Done<Opened> {
        let vault = Vault(self.place.vault.clone());
        let (folder, options) = (&self.place.folder, Options::default());
        let http = http()?;
        let (engine, opened) = match begin {
            Begin::Create { name } => {
                let engine = Engine::create(folder, &vault, Box::new(OsEntropy), &options, name, &[], now())?;
                (engine, Opened::default())
            }
            Begin::Open => Engine::open(folder, &vault, Box::new(OsEntropy), &options, now()).map_err(|e| match e {
                // A database that is damaged is put aside and made again on the way; what comes out of that opens with another key only.
                EngineError::Store(StoreError::DoesNotOpen) => IthacaError::VaultLost,
                other => other.into(),
            })?,
        };
        let driver = Driver::new(Arc::new(Gate { http, online: self.online.clone() }), Arc::new(now));
        let name = engine.name()?;
        let (person, device) = (engine.me().to_string(), engine.device().to_string());
        let last = engine.last_sync()?;
        self.open = Some(Open { engine, driver });
        self.resting = false;
        self.show(|s| {
            (s.phase, s.person, s.device, s.name) = (Phase::Open, person, device, name);
            s.last_sync = last.clone();
        });
        self.ask_connectivity()?;
        Ok(opened)
    }

    pub(crate) fn engine(&mut self) -> Done<&mut Engine> {
        match (&mut self.open, self.ended) {
            (Some(open), _) => Ok(&mut open.engine),
            (None, true) => Err(IthacaError::Closed),
            (None, false) => Err(IthacaError::Suspended),
        }
    }

    fn show(&self, change: impl FnOnce(&mut Snapshot)) {
        change(&mut self.shown.lock().unwrap_or_else(PoisonError::into_inner));
        self.hub.tell([Change::Engine]);
    }

    /// Asks the platform whether there is a network, and starts or stops accordingly.
    pub(crate) fn ask_connectivity(&mut self) -> Done {
        let online = match &self.place.connectivity {
            // Called with no lock held; an answer that does not come counts as a yes.
            Some(c) => std::panic::catch_unwind(AssertUnwindSafe(|| c.is_online())).map_or(true, |answer| answer.unwrap_or(true)),
            None => true,
        };
        let before = self.online.swap(online, Ordering::SeqCst);
        self.show(|s| s.online = online);
        self.listen(self.live)?;
        if online && !before {
            self.give(Input::Now)?;
        }
        Ok(())
    }

    /// Whether live streams are wanted: while a person looks at the app.
    pub(crate) fn listen(&mut self, live: bool) -> Done {
        self.live = live;
        self.give(Input::Live(live && self.online.load(Ordering::SeqCst)))
    }

    fn give(&mut self, input: Input) -> Done {
        self.resting = false;
        match &mut self.open {
            Some(open) => Ok(open.driver.give(&mut open.engine, input)?),
            None => Ok(()),
        }
    }

    fn begin_sync(&mut self, answer: oneshot::Sender<Done<SyncOutcome>>) -> Done {
        self.engine()?;
        let first = self.waiters.is_empty();
        self.waiters.push(Waiter { rounds: ROUNDS, answer });
        if first {
            self.grew = false;
            self.show(|s| s.syncing = true);
        }
        // Whoever joins a sync under way has it go once more, for what they wrote meanwhile.
        self.give(Input::Now).inspect_err(|e| self.answer_waiters(&Err(e.clone())))
    }

    /// Nobody waits for the sync under way any more; it goes on by itself.
    pub(crate) fn stop_waiting(&mut self) -> Done {
        self.answer_waiters(&Err(IthacaError::Stopped));
        Ok(())
    }

    fn answer_waiters(&mut self, done: &Done<SyncOutcome>) {
        if self.waiters.is_empty() {
            return;
        }
        for waiter in self.waiters.drain(..) {
            // Whoever waited may be gone.
            let _ = waiter.answer.send(done.clone());
        }
        self.show(|s| s.syncing = false);
    }

    async fn run(mut self, mut queue: mpsc::UnboundedReceiver<Job>) {
        while !self.ended {
            self.publish(true);
            let may_step = !self.resting && (self.online.load(Ordering::SeqCst) || self.open.as_ref().is_some_and(|o| !o.driver.is_idle()));
            let next = match &mut self.open {
                Some(open) if may_step => tokio::select! {
                    job = queue.recv() => Next::Job(job),
                    done = unwinding(open.driver.step(&mut open.engine, None)) => Next::Step(done),
                },
                _ => Next::Job(queue.recv().await),
            };
            match next {
                Next::Job(None) => break,
                Next::Job(Some(Job { act, answer })) => {
                    self.resting = false;
                    // A caller that is gone loses the answer, not the work.
                    let _ = answer.send(guarded(|| act(&mut self)));
                }
                Next::Step(done) => {
                    self.publish(false);
                    if let Err(e) = done {
                        self.rest(&e);
                    }
                }
            }
            if PANICKED.with(|p| p.replace(false)) {
                self.reopen();
            }
            self.after_sync();
        }
        self.end();
    }

    fn rest(&mut self, e: &IthacaError) {
        self.resting = true;
        self.show(|s| s.trouble = Some(e.to_string()));
        self.answer_waiters(&Err(e.clone()));
    }

    /// What the engine holds in memory may be half of something: it is opened anew, as after a crash.
    fn reopen(&mut self) {
        tracing::error!("something panicked; the engine is opened anew");
        self.open = None;
        if let Err(e) = self.begin(&Begin::Open) {
            self.show(|s| {
                s.phase = Phase::Suspended;
                s.trouble = Some(e.to_string());
            });
        }
        self.hub.tell([Change::Everything]);
    }

    /// Tells what changed. `mine`: by a command, not by what came from elsewhere.
    fn publish(&mut self, mine: bool) {
        let Some(open) = &mut self.open else { return };
        let changed = open.engine.take_changes();
        if changed.is_empty() {
            return;
        }
        self.grew |= changed.iter().any(|c| matches!(c, Changed::Members(_)));
        if !mine {
            let came: BTreeSet<SpaceId> = changed.iter().filter_map(|c| if let Changed::Space(s) = c { Some(*s) } else { None }).collect();
            // Not to know it again after the next start is no reason to stop.
            let _ = open.engine.heard_of(&came, now());
        }
        self.hub.tell(changed.into_iter().map(Change::from));
    }

    /// Looks whether the sync under way came to its end.
    fn after_sync(&mut self) {
        let Some(open) = &mut self.open else { return self.answer_waiters(&Err(IthacaError::Suspended)) };
        if self.waiters.is_empty() || !open.driver.is_idle() {
            return;
        }
        let again = std::mem::take(&mut self.grew) && self.waiters.iter().any(|w| w.rounds > 1);
        if again {
            self.waiters.iter_mut().for_each(|w| w.rounds = w.rounds.saturating_sub(1));
            match open.driver.give(&mut open.engine, Input::Now) {
                Ok(()) if !open.driver.is_idle() => return,
                Ok(()) => {}
                Err(e) => return self.rest(&e.into()),
            }
        }
        let outcome = open.engine.sync_outcome(self.online.load(Ordering::SeqCst), now());
        if let Ok(outcome) = &outcome {
            let last = LastSync::from(outcome);
            if let Err(e) = open.engine.keep_last_sync(&last) {
                tracing::warn!(error = %e, "when the last sync was is not kept");
            }
            self.show(|s| (s.last_sync, s.trouble) = (Some(last), None));
        }
        self.answer_waiters(&outcome.map_err(IthacaError::from));
    }

    /// Lets go of the database and the lock; what was acknowledged is in the database's file.
    pub(crate) fn suspend(&mut self) -> Done {
        self.publish(true);
        let Some(Open { engine, driver }) = self.open.take() else { return Ok(()) };
        // Calls under way end with the driver; what they would have brought is asked for again.
        drop(driver);
        self.answer_waiters(&Err(IthacaError::Suspended));
        let closed = engine.close();
        self.show(|s| s.phase = Phase::Suspended);
        Ok(closed?)
    }

    pub(crate) fn resume(&mut self) -> Done {
        if self.open.is_none() {
            self.begin(&Begin::Open)?;
            self.hub.tell([Change::Everything]);
        }
        Ok(())
    }

    /// Closes for good.
    pub(crate) fn shut(&mut self) -> Done {
        let done = self.suspend();
        self.ended = true;
        self.show(|s| s.phase = Phase::Closed);
        done
    }

    fn end(mut self) {
        if !self.ended {
            // The last holder is gone: nobody is left to tell.
            let _ = self.shut();
        }
    }
}

async fn unwinding(step: impl Future<Output = Result<bool, EngineError>>) -> Done<bool> {
    match AssertUnwindSafe(step).catch_unwind().await {
        Ok(done) => Ok(done?),
        Err(_) => {
            PANICKED.with(|p| p.set(true));
            Err(internal("it panicked while taking in what came"))
        }
    }
}
