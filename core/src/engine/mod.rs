//! The only place where effects run: commands in, changes out, lifecycle.
//!
//! [`Engine`] is one device. A command (`edit`, `state`, …) is acknowledged when it returns: it is durable then. What the
//! network says comes in through [`Engine::handle`], which answers with the calls to make; [`driver`] makes them. Time is an argument of
//! everything, randomness an argument of [`Engine::create`] and [`Engine::open`].

mod again;
mod answers;
mod apply;
mod archive;
mod clash;
mod docs;
mod draft;
pub mod driver;
mod erase;
mod error;
mod exchange;
mod fold;
mod foot;
mod handover;
mod ingest;
mod invite;
mod joining;
mod outcome;
mod own;
mod pair;
mod person;
pub mod profile;
mod read;
mod recovery;
mod relay;
mod restore;
mod seal;
mod search;
mod snapshot;
mod start;
mod status;
mod trial;
pub mod typing;
mod visible;
mod watch;
mod write;

use std::collections::{BTreeMap, BTreeSet};

pub use answers::Audience;
pub use archive::Imported;
pub use erase::returned_id;
pub use error::EngineError;
pub use exchange::{Input, Request};
pub use foot::Foot;
pub use handover::{NewcomerState, NewcomerView};
pub use invite::{Answered, InviteStage, InviteView};
pub use joining::{Joining, JoiningStage};
pub use outcome::{LastSync, SyncOutcome};
pub use pair::{Compared, PairState, PairView};
pub use person::OwnDevice;
pub use read::{CardNoun, CardView, MessagePage, NoteFilter, NotePage, PlacedNote, Said, SessionInFull};
pub use recovery::WordsView;
pub use restore::Restoring;
pub use search::{Found, FoundNoun};
pub use start::{Opened, Options};
pub use status::{Finding, ItemStatus, NoticeView, RelayLine, SpaceStatus, StatusView, Where, Whereabouts};
pub use typing::{TextField, TextSession};
pub use visible::Visible;

use crate::event::Clock;
use crate::id::{DeviceId, EpochId, Incarnation, PersonId, SpaceId};
use crate::identity::entropy::Entropy;
use crate::identity::keys::{DeviceKeys, WrapKey};
use crate::identity::person_log::{Directory, PersonState};
use crate::space::key::EpochKey;
use crate::space::membership::SpaceState;
use crate::store::{Db, SpaceKind, Store, StoreError};
use crate::sync::machine::{Effect, Machine, Millis};

/// One device at work.
#[derive(Debug)]
pub struct Engine {
    profile: profile::Profile,
    store: Store,
    core: Core,
    machine: Machine,
    /// What the machine asked for and was not done yet.
    effects: Vec<Effect>,
    exchanges: exchange::Exchanges,
    index: Option<search::Index>,
}

/// Everything but the database and the network: what a transaction works with.
pub(crate) struct Core {
    device: DeviceKeys,
    me: PersonId,
    /// By generation; where two were made at once, both.
    person_keys: BTreeMap<u64, Vec<WrapKey>>,
    incarnation: Incarnation,
    entropy: Box<dyn Entropy>,
    clock: Clock,
    seen_clock: u64,
    persons: BTreeMap<PersonId, PersonState>,
    directory: Directory,
    /// Row number → device and its person.
    devices: BTreeMap<i64, (DeviceId, PersonId)>,
    spaces: BTreeMap<SpaceId, Space>,
    docs: docs::Docs,
    typing: typing::Typing,
    /// What changed since the last time somebody asked.
    changed: BTreeSet<Changed>,
    /// The keys file no longer says all that is known.
    keys_stale: bool,
    /// Own devices, partners or the person log may lack something that this device knows.
    own_stale: bool,
    /// Somebody was found ahead of us in our own chain: a new incarnation is needed.
    must_renew: bool,
    /// A change of this incarnation is set aside because of what somebody else's device did: a new incarnation is needed, and no word about it.
    must_renew_quietly: bool,
    /// Spaces in which another device's content came in.
    received: BTreeSet<SpaceId>,
    /// Spaces whose next epoch another device may be making.
    waiting_for_epoch: BTreeSet<SpaceId>,
    /// Spaces in which something waits to be sent.
    written: BTreeSet<SpaceId>,
    /// Spaces in which a lane of this device may be disturbed: it holds two versions of one number, or a relay has no place for one.
    disturbed: BTreeSet<SpaceId>,
    /// Rows that search has to look at again.
    stale_rows: BTreeSet<search::Key>,
    /// How often the process died while applying a record, by its hash.
    deaths: BTreeMap<ithaca_wire::id::RecordHash, u8>,
}

impl std::fmt::Debug for Core {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Core({:?})", self.device.id())
    }
}

/// A space in memory.
#[derive(Debug)]
pub(crate) struct Space {
    no: i64,
    id: SpaceId,
    kind: SpaceKind,
    local: Local,
    state: SpaceState,
    keys: BTreeMap<EpochId, EpochKey>,
    /// Under which incarnations devices wrote here; from them the actors follow.
    incarnations: BTreeSet<(DeviceId, Incarnation)>,
}

/// What is kept of a space on this device alone.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub(crate) struct Local {
    /// The other person's name, until the relationship document says it.
    name: String,
    /// When and how the safety number was compared: `in person`, `spoken`.
    verified: Option<(Millis, String)>,
    /// Paired by spoken words: nothing is sent before the safety number was compared.
    must_compare: bool,
    /// This person blocked the other: nothing is fetched or sent any more.
    blocked: bool,
    /// A voucher for the personal mailbox.
    voucher: Option<String>,
    /// Whether the other is told what was read.
    receipts: bool,
    /// Own devices were not told of the latest choice yet.
    untold: bool,
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.look_for_damage();
    }
}

/// Something that a screen may want to read again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Changed {
    /// What a space holds.
    Space(SpaceId),
    /// Who may do what in a space, or which spaces there are.
    Members(SpaceId),
    /// What is where: this phone, the relay, the other person's phone.
    Status(SpaceId),
    /// Invitations and their answers.
    Invites,
    /// Notices.
    Notices,
}

impl Engine {
    /// Runs one act in one transaction. When it fails, what is in memory is read again, so that memory and disk agree.
    fn transact<T>(&mut self, act: impl FnOnce(&mut Core, &Db<'_>) -> Result<T, EngineError>) -> Result<T, EngineError> {
        let core = &mut self.core;
        let done = self.store.write(|db| act(core, db));
        self.settle(done)
    }

    /// As [`Engine::transact`], for what came from others and nobody was told of yet: see [`Store::write_soon`]. Telling is a transaction that
    /// waits for the disk, and what came before it is on the disk then.
    fn transact_soon<T>(&mut self, act: impl FnOnce(&mut Core, &Db<'_>) -> Result<T, EngineError>) -> Result<T, EngineError> {
        let core = &mut self.core;
        let done = self.store.write_soon(|db| act(core, db));
        self.settle(done)
    }

    fn settle<T>(&mut self, done: Result<T, EngineError>) -> Result<T, EngineError> {
        match done {
            Ok(out) => Ok(out),
            Err(e) => {
                self.note_damage(&e);
                self.core.docs.clear();
                // If even reading fails the database is gone, and that is the error to show.
                self.core.reload(&self.store.read())?;
                Err(e)
            }
        }
    }

    /// Remembers outside the database that it showed damage, so that the next start looks at all of it.
    fn note_damage(&self, e: &EngineError) {
        if matches!(e, EngineError::Store(StoreError::Corrupt | StoreError::DoesNotOpen)) || self.store.saw_damage() {
            // Where even that fails the damage shows again.
            let _ = self.profile.note(start::DAMAGED, b"");
        }
    }

    /// Reads alone show damage too.
    fn look_for_damage(&self) {
        if self.store.saw_damage() {
            self.note_damage(&StoreError::DoesNotOpen.into());
        }
    }

    /// This person.
    pub fn me(&self) -> PersonId {
        self.core.me
    }

    /// This device.
    pub fn device(&self) -> DeviceId {
        self.core.device.id()
    }

    /// The name this person gave at the beginning.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn name(&self) -> Result<String, EngineError> {
        self.core.name(&self.store.read())
    }

    /// This person's own space.
    ///
    /// # Errors
    /// [`EngineError::Keys`] in a profile that lost it.
    pub fn personal(&self) -> Result<SpaceId, EngineError> {
        self.core.personal().ok_or(EngineError::Keys)
    }

    /// What changed since the last call: each thing once, however often it changed.
    pub fn take_changes(&mut self) -> Vec<Changed> {
        std::mem::take(&mut self.core.changed).into_iter().collect()
    }

    /// `N` random bytes for a new id.
    ///
    /// # Errors
    /// [`EngineError::Entropy`].
    pub fn new_id<const N: usize>(&mut self) -> Result<[u8; N], EngineError> {
        Ok(self.core.entropy.array()?)
    }

    /// A value that an app keeps on this device, sealed with everything else: what it showed last, how it is to look. `None` if never kept.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn setting(&self, name: &str) -> Result<Option<Vec<u8>>, EngineError> {
        Ok(self.store.read().meta(&format!("app/{name}"))?)
    }

    /// Keeps a value under a name, for this device alone.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn keep_setting(&mut self, name: &str, value: &[u8]) -> Result<(), EngineError> {
        self.transact(|_, db| Ok(db.set_meta(&format!("app/{name}"), value)?))
    }

    /// Where the profile is.
    pub fn folder(&self) -> &std::path::Path {
        self.profile.dir()
    }

    /// Writes the log into the database file, so that nothing is open half way. What was acknowledged is durable without it.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn close(mut self) -> Result<(), EngineError> {
        self.look_for_damage();
        self.keep_keys()?;
        Ok(self.store.checkpoint()?)
    }

    /// Testing: the epoch keys that this device holds of a space, for a ledger of who could open what.
    ///
    /// # Errors
    /// [`EngineError::NotFound`].
    #[cfg(feature = "testing")]
    pub fn keys_of(&self, space: &SpaceId) -> Result<Vec<EpochKey>, EngineError> {
        Ok(self.core.space(space)?.keys.values().cloned().collect())
    }

    /// Testing: see [`Store::stop_after`].
    pub fn stop_after(&mut self, n: Option<u64>) {
        self.store.stop_after(n);
    }

    /// Testing: see [`Store::fill_disk`].
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn fill_disk(&self, full: bool) -> Result<(), EngineError> {
        Ok(self.store.fill_disk(full)?)
    }
}

impl Core {
    pub(crate) fn space(&self, id: &SpaceId) -> Result<&Space, EngineError> {
        self.spaces.get(id).ok_or(EngineError::NotFound("relationship"))
    }

    fn space_by_no(&self, no: i64) -> Option<&Space> {
        self.spaces.values().find(|s| s.no == no)
    }

    fn name(&self, db: &Db<'_>) -> Result<String, EngineError> {
        Ok(db.meta("name")?.and_then(|n| String::from_utf8(n).ok()).unwrap_or_default())
    }

    fn notice(&mut self, db: &Db<'_>, space: Option<i64>, kind: &str, now: Millis, words: &str) -> Result<(), EngineError> {
        self.changed.insert(Changed::Notices);
        Ok(db.add_notice(space, kind, now, words.as_bytes())?)
    }
}
