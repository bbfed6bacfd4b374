//! A test relay: a real one on a free port of this machine, on a thread of its own, gone when dropped. For tests of other crates.

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::accounts::{self, Secret};
use crate::config::{Config, Sources};
use crate::http::Relay;
use crate::live::Hub;
use crate::net::serve;
use crate::store::memory::MemoryStore;
use crate::store::sqlite::SqliteStore;
use crate::store::{Backend, Millis};

/// How a test relay is to be.
#[derive(Debug, Clone, Default)]
pub struct Builder {
    config: Config,
    store: Kind,
    clock: Option<Arc<AtomicI64>>,
    port: u16,
    certificate: Option<(PathBuf, PathBuf)>,
}

#[derive(Debug, Clone, Default)]
enum Kind {
    #[default]
    Memory,
    Sqlite,
    At(PathBuf),
}

impl Builder {
    /// Keeps everything in SQLite, in a directory that goes when the relay is dropped.
    #[must_use]
    pub fn sqlite(self) -> Self {
        Self { store: Kind::Sqlite, ..self }
    }

    /// Keeps everything in SQLite in `data`, which stays.
    #[must_use]
    pub fn data(self, data: &Path) -> Self {
        Self { store: Kind::At(data.to_owned()), ..self }
    }

    /// Changes the configuration. Requests a second are unlimited unless set here.
    #[must_use]
    pub fn config(mut self, change: impl FnOnce(&mut Config)) -> Self {
        change(&mut self.config);
        self
    }

    /// Runs on this clock of milliseconds instead of the machine's.
    #[must_use]
    pub fn clock(self, clock: &Arc<AtomicI64>) -> Self {
        Self { clock: Some(Arc::clone(clock)), ..self }
    }

    /// Listens on this port instead of a free one; to come back where a relay was before.
    #[must_use]
    pub fn port(self, port: u16) -> Self {
        Self { port, ..self }
    }

    /// Speaks TLS with this certificate and key.
    #[must_use]
    pub fn tls(self, certificate: &Path, key: &Path) -> Self {
        Self { certificate: Some((certificate.to_owned(), key.to_owned())), ..self }
    }

    /// Starts it. It listens when this returns.
    ///
    /// # Errors
    /// No port, no thread, no directory, or a database of a later version.
    pub fn start(self) -> io::Result<TestRelay> {
        let hub = Arc::new(Hub::default());
        let sources = Sources::system();
        let sources = match self.clock.clone() {
            Some(clock) => Sources { clock: Arc::new(move || clock.load(Ordering::SeqCst)), ..sources },
            None => sources,
        };
        let mut own = None;
        let store: Arc<dyn Backend> = match &self.store {
            Kind::Memory => Arc::new(MemoryStore::new(self.config.store.clone(), hub.clone())),
            kind => {
                let data = match kind {
                    Kind::At(data) => data.clone(),
                    _ => own.insert(Directory::new(&sources)?).0.clone(),
                };
                Arc::new(SqliteStore::open(&data, self.config.store.clone(), hub.clone()).map_err(io::Error::other)?)
            }
        };
        let tls = self.certificate.as_ref().map(|(c, k)| crate::net::tls(c, k)).transpose()?;
        let relay = Relay::new(self.config, sources, store, hub);
        let listener = std::net::TcpListener::bind(("127.0.0.1", self.port))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = relay.clone();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        let run = move || {
            let served = runtime.block_on(async move {
                let shutdown = async move { drop(stopped.await) };
                serve(TcpListener::from_std(listener)?, serving, tls, shutdown).await
            });
            runtime.shutdown_background();
            served
        };
        let thread = std::thread::Builder::new().name("test-relay".into()).spawn(run)?;
        Ok(TestRelay { address, secure: self.certificate.is_some(), relay: Some(relay), stop: Some(stop), thread: Some(thread), _own: own })
    }
}

/// A relay that runs while this lives. Dropping it shuts it down and waits for the requests in flight.
pub struct TestRelay {
    address: SocketAddr,
    secure: bool,
    relay: Option<Relay>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<io::Result<()>>>,
    _own: Option<Directory>,
}

impl TestRelay {
    /// How it is to be; in memory, by invitation only, without a limit on requests a second. It does not wait long for clients to hang
    /// up, since a test that drops it often blocks the very thread that its client runs on.
    pub fn builder() -> Builder {
        Builder::default().config(|c| {
            c.requests_per_second = 0;
            c.connections_per_address = usize::MAX;
            c.drain = Duration::from_millis(300);
        })
    }

    /// One in memory that lets anybody make mailboxes.
    ///
    /// # Errors
    /// As [`Builder::start`].
    pub fn open() -> io::Result<Self> {
        Self::builder().config(|c| c.open = true).start()
    }

    /// `http://127.0.0.1:PORT`.
    pub fn origin(&self) -> String {
        let scheme = if self.secure { "https" } else { "http" };
        format!("{scheme}://{}", self.address)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its inside.
    pub fn relay(&self) -> Option<&Relay> {
        self.relay.as_ref()
    }

    /// Makes an account and gives its secret. Not within an asynchronous runtime: see [`TestRelay::account_async`].
    ///
    /// # Errors
    /// A store that is down.
    pub fn account(&self) -> io::Result<Secret> {
        let runtime = tokio::runtime::Builder::new_current_thread().build()?;
        runtime.block_on(self.account_async())
    }

    /// Makes an account and gives its secret.
    ///
    /// # Errors
    /// A store that is down.
    pub async fn account_async(&self) -> io::Result<Secret> {
        let relay = self.relay.as_ref().ok_or_else(|| io::Error::other("the relay was stopped"))?;
        let mut secret = [0; 32];
        if !(Sources::system().entropy)(&mut secret) {
            return Err(io::Error::other("no randomness"));
        }
        accounts::make(&**relay.store(), &secret, "test", relay.now() as Millis).await.map_err(io::Error::other)?;
        Ok(secret)
    }

    /// Begins to shut down, without waiting.
    pub fn shut(&mut self) {
        drop(self.stop.take());
    }
}

impl Drop for TestRelay {
    fn drop(&mut self) {
        self.shut();
        if let Some(thread) = self.thread.take() {
            // A test's own assertion says what went wrong.
            drop(thread.join());
        }
        self.relay = None;
    }
}

/// A directory that goes when dropped.
struct Directory(PathBuf);

impl Directory {
    fn new(sources: &Sources) -> io::Result<Self> {
        let mut name = [0; 8];
        (sources.entropy)(&mut name);
        let path = std::env::temp_dir().join(format!("ithaca-relay-{}-{}", std::process::id(), hex::encode(name)));
        std::fs::create_dir_all(&path)?;
        Ok(Self(path))
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        // What is left behind is in the machine's directory for temporary files.
        drop(std::fs::remove_dir_all(&self.0));
    }
}
