//! The root: one person's device, open in one process. Everything else is asked of it.

use std::path::PathBuf;
use std::sync::Arc;

use ithaca_core::engine::profile::Profile;
use ithaca_core::engine::{Engine, EngineError, Joining};

use crate::error::Done;
use crate::listener::{ChangeListener, Subscription};
use crate::platform::{Connectivity, KeyVault};
use crate::runtime::{Begin, Handle, Place};
use crate::status::LastSync;

/// What there is in a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum ProfileState {
    /// Nothing: the first run.
    None,
    /// A device on its way to belong to somebody: [`crate::NewDevice`] goes on.
    Joining,
    /// A profile to open.
    Ready,
}

/// Whether the engine runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, uniffi::Enum)]
pub enum Phase {
    /// It runs.
    Open,
    /// It let go of everything until it is resumed.
    #[default]
    Suspended,
    /// It was shut down.
    Closed,
}

/// What is known without asking the engine.
#[derive(Debug, Clone, PartialEq, Eq, Default, uniffi::Record)]
pub struct Snapshot {
    /// Whether the engine runs.
    pub phase: Phase,
    /// This person.
    pub person: String,
    /// This device.
    pub device: String,
    /// The name this person gave at the beginning.
    pub name: String,
    /// Whether the platform says that there is a network.
    pub online: bool,
    /// Whether somebody waits for a sync.
    pub syncing: bool,
    /// What the last sync came to.
    pub last_sync: Option<LastSync>,
    /// The engine stopped working on its own since it could not keep something; the next command tries again. For the sync screen.
    pub trouble: Option<String>,
}

/// What was noticed on opening.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct OpenedView {
    /// The folder is a copy, or was set back: the device writes on under a new name of its own, and nothing is lost.
    pub renewed: bool,
    /// The database was damaged and is built again from the relay and the other phones.
    pub rebuilt: bool,
}

/// What there is in a folder, without opening it.
#[uniffi::export]
pub fn profile_state(folder: String) -> ProfileState {
    let folder = PathBuf::from(folder);
    match (Joining::is_at(&folder), Profile::exists(&folder)) {
        (true, _) => ProfileState::Joining,
        (false, true) => ProfileState::Ready,
        (false, false) => ProfileState::None,
    }
}

/// The version of this library.
#[uniffi::export]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}

/// One person's device. Calls may come from any thread; what writes is durable when its future completes.
#[derive(uniffi::Object)]
pub struct Ithaca {
    pub(crate) handle: Handle,
    opened: OpenedView,
}

impl Ithaca {
    /// Asks the engine for something.
    pub(crate) async fn ask<T: Send + 'static>(&self, act: impl FnOnce(&mut Engine) -> Result<T, EngineError> + Send + 'static) -> Done<T> {
        self.engine(move |e| Ok(act(e)?)).await
    }

    /// The same where something of ours can go wrong, too.
    pub(crate) async fn engine<T: Send + 'static>(&self, act: impl FnOnce(&mut Engine) -> Done<T> + Send + 'static) -> Done<T> {
        self.handle.worker(move |worker| act(worker.engine()?)).await
    }

    pub(crate) async fn begin(
        folder: String,
        vault: Arc<dyn KeyVault>,
        connectivity: Option<Arc<dyn Connectivity>>,
        begin: Begin,
    ) -> Done<Arc<Self>> {
        let (handle, opened) = Handle::start(Place { folder: folder.into(), vault, connectivity }, begin).await?;
        let opened = OpenedView { renewed: opened.renewed, rebuilt: opened.damaged.is_some() };
        Ok(Arc::new(Self { handle, opened }))
    }
}

#[uniffi::export]
impl Ithaca {
    /// Makes a new person with this as the first device, in an empty folder.
    ///
    /// # Errors
    /// `ProfileExists`; `BadInput` for the name; what the vault says.
    #[uniffi::constructor]
    pub async fn create(
        folder: String,
        vault: Arc<dyn KeyVault>,
        connectivity: Option<Arc<dyn Connectivity>>,
        name: String,
    ) -> Done<Arc<Self>> {
        Self::begin(folder, vault, connectivity, Begin::Create { name }).await
    }

    /// Opens the profile in a folder.
    ///
    /// # Errors
    /// `NoProfile`, `NotAdded`, `InUse`, `NewerDatabase`, `StorageCorrupt`, `StorageFull`; what the vault says. All leave everything as it is.
    #[uniffi::constructor]
    pub async fn open(folder: String, vault: Arc<dyn KeyVault>, connectivity: Option<Arc<dyn Connectivity>>) -> Done<Arc<Self>> {
        Self::begin(folder, vault, connectivity, Begin::Open).await
    }

    /// What was noticed on opening.
    pub fn opened(&self) -> OpenedView {
        self.opened
    }

    /// What is known without asking the engine: no I/O.
    pub fn snapshot(&self) -> Snapshot {
        self.handle.snapshot()
    }

    /// Tells `listener` what changes, beginning with [`crate::Change::Everything`], until the subscription is cancelled or dropped.
    pub fn subscribe(&self, listener: Arc<dyn ChangeListener>) -> Arc<Subscription> {
        self.handle.hub.subscribe(listener)
    }

    /// How many subscriptions there are.
    pub fn n_subscriptions(&self) -> u32 {
        u32::try_from(self.handle.hub.n_listeners()).unwrap_or(u32::MAX)
    }

    /// Lets go of the database and its lock: what was asked before is done first, calls to relays end. Doing it twice is doing it once.
    ///
    /// # Errors
    /// `StorageFull` and the like where the last of it could not be written into the database's file; it is let go all the same.
    pub async fn suspend(&self) -> Done {
        self.handle.worker(|w| w.suspend()).await
    }

    /// Goes on after [`Ithaca::suspend`]. Doing it twice is doing it once.
    ///
    /// # Errors
    /// As [`Ithaca::open`]; it stays suspended then.
    pub async fn resume(&self) -> Done {
        self.handle.worker(|w| w.resume()).await
    }

    /// Ends it for good; everything asked later is `Closed`. Doing it twice is doing it once.
    ///
    /// # Errors
    /// As [`Ithaca::suspend`].
    pub async fn shut_down(&self) -> Done {
        match self.handle.worker(|w| w.shut()).await {
            Err(crate::IthacaError::Closed) => Ok(()),
            other => other,
        }
    }

    /// The network came, went or became another: the platform is asked again.
    pub async fn connectivity_changed(&self) -> Done {
        self.handle.worker(|w| w.ask_connectivity()).await
    }

    /// Whether relays are listened to, so that what comes is here at once: while a person looks at the app.
    pub async fn watch_relays(&self, on: bool) -> Done {
        self.handle.worker(move |w| w.listen(on)).await
    }
}
