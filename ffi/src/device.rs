//! Own devices: the list, letting a new one in, ending one; and, on a new phone, becoming one.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use ithaca_core::engine::{EngineError, Joining};
pub use ithaca_core::engine::{
    JoiningStage as NewDeviceStage, NewcomerState as ComerState, NewcomerView as ComerView, OwnDevice as DeviceView,
};
use ithaca_core::id::DeviceId;
use ithaca_core::identity::entropy::OsEntropy;
use ithaca_core::transport::http::Http;
use tokio::sync::Notify;

use crate::app::Ithaca;
use crate::error::{Done, IthacaError, missing};
use crate::platform::{KeyVault, Vault};
use crate::runtime::{aside, http, now};

/// A device of this person.
#[uniffi::remote(Record)]
pub struct DeviceView {
    pub device: DeviceId,
    /// What it is called; empty if nobody named it.
    pub name: String,
    /// Whether it is this one.
    pub this_one: bool,
    /// Whether it was revoked.
    pub revoked: bool,
}

/// How far a new device is, seen from this one.
#[uniffi::remote(Enum)]
pub enum ComerState {
    /// Its request did not come yet.
    Waiting,
    /// It asks to be let in: compare the four words.
    Asking,
    /// It was offered, and its person has to agree there.
    Offered,
    /// It is one of this person's.
    Added,
    /// Its code is too old.
    Lapsed,
}

/// A device that asks to be this person's.
#[uniffi::remote(Record)]
pub struct ComerView {
    /// Names the way it comes in by.
    pub id: String,
    /// The device, once its request came.
    pub device: Option<DeviceId>,
    /// What its person calls it.
    pub name: String,
    /// Four words, the same on its own screen.
    pub words: String,
    pub state: ComerState,
}

/// Own devices.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Devices {
    /// This one first, revoked ones last.
    pub devices: Vec<DeviceView>,
    /// Devices that ask.
    pub comers: Vec<ComerView>,
    /// This person's own four words: what a new device shows before it agrees.
    pub four_words: String,
}

#[uniffi::export]
impl Ithaca {
    /// Own devices, and those that ask to be one.
    pub async fn devices(&self) -> Done<Devices> {
        self.ask(|e| Ok(Devices { devices: e.devices()?, comers: e.newcomers(now())?, four_words: e.four_words() })).await
    }

    /// Takes the code that a new device shows, or its twelve words and the relay's address. Its request comes with the next sync.
    ///
    /// # Errors
    /// `BadInput` names what is wrong with it.
    pub async fn scan_device(&self, text: String, relay: Option<String>) -> Done<ComerView> {
        self.ask(move |e| e.scan_device(text.trim(), relay.as_deref(), now())).await
    }

    /// Offers a device that asks to be this person's: it will read everything this person can.
    ///
    /// # Errors
    /// `NotFound`; `Refused` when it is not asking.
    pub async fn approve_device(&self, comer: String) -> Done {
        self.ask(move |e| e.approve_device(&comer, now())).await
    }

    /// Calls a device something; only own devices know.
    ///
    /// # Errors
    /// `NotFound`, `BadInput`.
    pub async fn name_device(&self, device: DeviceId, name: String) -> Done {
        self.ask(move |e| e.name_device(&device, &name, now())).await
    }

    /// Ends a device for good: it reads nothing written from now on, and nobody takes what it writes.
    ///
    /// # Errors
    /// `NotFound`; `Refused` for this device itself.
    pub async fn revoke_device(&self, device: DeviceId) -> Done {
        self.ask(move |e| e.revoke_device(&device, now())).await
    }
}

/// How far this device is on its way to belong to somebody. *Waiting*: nobody took the code yet. *Offered*: somebody offers, as they call themselves: is that me,
/// with the same four words on my other device? *Agreed*: the other device has to be there to hand over. *Ready*: leave this, then [`Ithaca::open`].
#[uniffi::remote(Enum)]
pub enum NewDeviceStage {
    Waiting,
    Offered { name: String, words: String },
    Agreed,
    Ready,
}

/// What a new device shows.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct NewDeviceCode {
    /// The code: a secret, and what the picture to scan holds. It works for a day.
    pub code: String,
    /// The twelve words instead of it.
    pub words: String,
    /// The relay whose address goes with the words.
    pub relay: String,
    /// Four words by which the other device names this one.
    pub four_words: String,
}

/// A phone on its way to be a device of somebody. It can be interrupted anywhere and gone on with.
#[derive(uniffi::Object)]
pub struct NewDevice {
    joining: Arc<Mutex<Option<Joining>>>,
    stop: Arc<Notify>,
}

type Shared = Arc<Mutex<Option<Joining>>>;

fn with<T>(joining: &Shared, act: impl FnOnce(&mut Joining) -> Done<T>) -> Done<T> {
    let mut held = joining.lock().unwrap_or_else(PoisonError::into_inner);
    act(held.as_mut().ok_or(IthacaError::Closed)?)
}

/// Asks a relay for something, unless somebody stops it.
pub(crate) fn unless<T>(
    runtime: &tokio::runtime::Runtime,
    stop: &Notify,
    asked: impl AsyncFnOnce(&Http) -> Result<T, EngineError>,
) -> Done<T> {
    let http = http()?;
    runtime.block_on(async {
        tokio::select! {
            answer = asked(&http) => Ok(answer?),
            () = stop.notified() => Err(IthacaError::Stopped),
        }
    })
}

#[uniffi::export]
impl NewDevice {
    /// Begins in an empty folder; both devices reach the relay.
    ///
    /// # Errors
    /// `ProfileExists`; `BadInput` for the address or the name; what the vault says.
    #[uniffi::constructor]
    pub async fn begin(folder: String, vault: Arc<dyn KeyVault>, relay: String, name: String) -> Done<Arc<Self>> {
        let begun = aside(move |_| Ok(Joining::begin(&PathBuf::from(folder), &Vault(vault), Box::new(OsEntropy), &relay, &name)?)).await?;
        Ok(Arc::new(Self { joining: Arc::new(Mutex::new(Some(begun))), stop: Arc::default() }))
    }

    /// Goes on where it was interrupted.
    ///
    /// # Errors
    /// `NotFound` where nothing was begun; what the vault says.
    #[uniffi::constructor]
    pub async fn go_on(folder: String, vault: Arc<dyn KeyVault>) -> Done<Arc<Self>> {
        let found = aside(move |_| {
            let found = Joining::resume(&PathBuf::from(folder), &Vault(vault), Box::new(OsEntropy))?;
            found.ok_or_else(|| missing("device on its way"))
        })
        .await?;
        Ok(Arc::new(Self { joining: Arc::new(Mutex::new(Some(found))), stop: Arc::default() }))
    }

    /// What to show. Reads memory only, but waits for a [`NewDevice::step`] under way.
    ///
    /// # Errors
    /// `Closed`.
    pub async fn code(&self) -> Done<NewDeviceCode> {
        let joining = self.joining.clone();
        let show = |j: &mut Joining| {
            Ok(NewDeviceCode { code: j.code(), words: j.words(), relay: j.origin().to_owned(), four_words: j.device_words() })
        };
        aside(move |_| with(&joining, show)).await
    }

    /// Asks the relay once. An app asks again every few seconds while the screen is open.
    ///
    /// # Errors
    /// `Offline`; `Stopped` after [`NewDevice::stop`]; `Refused` for what the other device sent.
    pub async fn step(&self) -> Done<NewDeviceStage> {
        let (joining, stop) = (self.joining.clone(), self.stop.clone());
        aside(move |runtime| with(&joining, |j| unless(runtime, &stop, async |http| j.step(http).await))).await
    }

    /// Agrees to belong to whoever offers. Gives the stage; the next [`NewDevice::step`] tells them.
    ///
    /// # Errors
    /// `Refused` where nobody offers yet.
    pub async fn agree(&self) -> Done<NewDeviceStage> {
        let joining = self.joining.clone();
        let agree = |j: &mut Joining| {
            j.agree()?;
            Ok(j.stage())
        };
        aside(move |_| with(&joining, agree)).await
    }

    /// Stops a [`NewDevice::step`] under way.
    pub fn stop(&self) {
        self.stop.notify_waiters();
    }

    /// Lets go of the folder, so that it can be opened or gone on with. Everything asked later is `Closed`.
    ///
    /// # Errors
    /// Where no thread can be started.
    pub async fn leave(&self) -> Done {
        self.stop();
        let joining = self.joining.clone();
        aside(move |_| {
            drop(joining.lock().unwrap_or_else(PoisonError::into_inner).take());
            Ok(())
        })
        .await
    }
}
