//! People with devices: engines in temporary folders, a clock that is set by hand, and a real relay on this machine.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use ithaca_core::engine::driver::{Driver, Now};
use ithaca_core::engine::{Engine, EngineError, Options};
use ithaca_core::id::{PersonId, SpaceId};
use ithaca_core::identity::entropy::SeededEntropy;
use ithaca_core::identity::vault::FileVault;
use ithaca_core::store::StoreOptions;
use ithaca_core::transport::http::Http;
use tempfile::TempDir;

/// The 3rd of March 2031, in milliseconds since 1970: where every story begins.
pub const START: i64 = 1_930_262_400_000;

/// A clock that only moves when told.
#[derive(Debug, Clone)]
pub struct Clock(Arc<AtomicI64>);

impl Default for Clock {
    fn default() -> Self {
        Self(Arc::new(AtomicI64::new(START)))
    }
}

impl Clock {
    /// The time, in milliseconds since 1970.
    pub fn now(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }

    /// Lets time pass.
    pub fn pass(&self, ms: i64) {
        self.0.fetch_add(ms, Ordering::SeqCst);
    }

    fn source(&self) -> Now {
        let clock = self.clone();
        Arc::new(move || clock.now())
    }
}

/// One person on one device.
#[derive(Debug)]
pub struct Person {
    dir: Dir,
    engine: Option<Engine>,
    /// Their clock.
    pub clock: Clock,
    seed: u64,
}

#[derive(Debug)]
enum Dir {
    Own(TempDir),
    At(PathBuf),
}

impl Person {
    /// A new person in a temporary folder.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn new(name: &str, seed: u64, clock: &Clock) -> Result<Self, EngineError> {
        let dir = tempfile::tempdir().map_err(|_| EngineError::Invalid("no temporary folder"))?;
        Self::make(Dir::Own(dir), name, seed, clock)
    }

    /// A new person in a folder that stays.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn at(dir: PathBuf, name: &str, seed: u64, clock: &Clock) -> Result<Self, EngineError> {
        Self::make(Dir::At(dir), name, seed, clock)
    }

    fn make(dir: Dir, name: &str, seed: u64, clock: &Clock) -> Result<Self, EngineError> {
        let mut person = Self { dir, engine: None, clock: clock.clone(), seed };
        let entropy = Box::new(SeededEntropy::new(seed));
        person.engine = Some(Engine::create(&person.folder(), &person.vault(), entropy, &person.options(), name, &[], clock.now())?);
        Ok(person)
    }

    /// Their profile's folder.
    pub fn folder(&self) -> PathBuf {
        match &self.dir {
            Dir::Own(dir) => dir.path().to_owned(),
            Dir::At(dir) => dir.clone(),
        }
    }

    fn vault(&self) -> FileVault {
        FileVault::new(self.folder().join("vault.key"))
    }

    fn options(&self) -> Options {
        // A crash in these tests is one of the process; what the disk forgets is tried elsewhere.
        Options { store: StoreOptions { relaxed: true } }
    }

    /// Their engine.
    ///
    /// # Panics
    /// After [`Person::stop`].
    pub fn engine(&mut self) -> &mut Engine {
        self.engine.as_mut().expect("the engine runs")
    }

    /// Ends the engine as a killed process would.
    pub fn stop(&mut self) {
        self.engine = None;
    }

    /// Starts it again.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn start(&mut self) -> Result<(), EngineError> {
        self.seed = self.seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let entropy = Box::new(SeededEntropy::new(self.seed));
        let (engine, _) = Engine::open(&self.folder(), &self.vault(), entropy, &self.options(), self.clock.now())?;
        self.engine = Some(engine);
        Ok(())
    }

    /// Syncs once over HTTP.
    ///
    /// # Errors
    /// See [`EngineError`].
    ///
    /// # Panics
    /// When the HTTP client cannot be made.
    pub async fn sync(&mut self) -> Result<(), EngineError> {
        let mut driver = Driver::new(Arc::new(Http::new().expect("an HTTP client")), self.clock.source());
        driver.sync(self.engine()).await
    }

    /// Now, on their clock.
    pub fn now(&self) -> i64 {
        self.clock.now()
    }

    /// Who they are.
    pub fn id(&mut self) -> PersonId {
        self.engine().me()
    }
}

/// Pairs two people over the relay at `origin`; gives the space.
///
/// # Errors
/// See [`EngineError`].
///
/// # Panics
/// When the pairing does not come about.
pub async fn pair(ana: &mut Person, ben: &mut Person, origin: &str) -> Result<SpaceId, EngineError> {
    let now = ana.now();
    ana.engine().set_relay(origin, None, now)?;
    let invite = ana.engine().invite(now)?;
    let now = ben.now();
    ben.engine().join(&invite.link.expect("a link"), None, now)?;
    ben.sync().await?;
    ana.sync().await?;
    let now = ana.now();
    let answered = ana.engine().invites(now)?.into_iter().find(|i| i.id == invite.id).expect("the invitation");
    let who = answered.answers.first().expect("an answer").person;
    let space = ana.engine().approve(&invite.id, &who, now)?;
    ana.sync().await?;
    ben.sync().await?;
    ben.sync().await?;
    ana.sync().await?;
    Ok(space)
}
