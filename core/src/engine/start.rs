//! Making a device, opening one again, and noticing on the way that it is a copy, was set back, or is damaged.

use std::path::Path;

use ithaca_wire::cbor;
use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

use super::profile::{Profile, ProfileError};
use super::{Core, Engine, EngineError, Local};
use crate::event::Clock;
use crate::id::{EpochId, Incarnation, PersonId, SpaceId};
use crate::identity::entropy::Entropy;
use crate::identity::keys::{DeviceKeys, Secret, WrapKey, wrap, wrap_info};
use crate::identity::person_log::Directory;
use crate::identity::vault::{KeyVault, VaultError};
use crate::space::payload::{KeyWrap, Payload, PersonGenesis, Policy, PublicKey, Recipient, Sealed};
use crate::space::statement::{Scope, Statement};
use crate::store::{SpaceKind, Store, StoreError, StoreOptions};
use crate::switch::{Switch, holds};
use crate::sync::machine::Millis;

/// How an engine is opened.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// See [`StoreOptions`].
    pub store: StoreOptions,
}

/// What was noticed on opening.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Opened {
    /// The folder is a copy, or the database was set back: the device writes on under a new incarnation.
    pub renewed: bool,
    /// The database was damaged; it was put aside under this name and is built again from what is held elsewhere.
    pub damaged: Option<std::path::PathBuf>,
}

/// What `keys.sealed` holds: enough to be the same device again without the database. A device that was added or restored begins with it.
#[derive(Encode, Decode)]
#[cbor(map)]
pub(super) struct Kept {
    #[cbor(n(0), with = "minicbor::bytes")]
    pub seed: [u8; 32],
    #[n(1)]
    pub me: PersonId,
    #[n(2)]
    pub name: String,
    #[n(3)]
    pub statements: Vec<ByteVec>,
    #[n(4)]
    pub spaces: Vec<KeptSpace>,
    #[n(5)]
    pub meta: Vec<(String, ByteVec)>,
}

#[derive(Encode, Decode)]
#[cbor(map)]
pub(super) struct KeptSpace {
    #[n(0)]
    pub id: SpaceId,
    #[n(1)]
    pub kind: u8,
    #[n(2)]
    pub local: ByteVec,
    #[n(3)]
    pub epochs: Vec<(EpochId, u64, ByteVec)>,
}

impl KeptSpace {
    pub(super) const PERSONAL: u8 = 0;
    pub(super) const PAIR: u8 = 1;
    pub(super) const RECOVERY: u8 = 3;
}

impl Kept {
    /// Writes the keys file of a profile that has no database yet.
    pub(super) fn write(&self, profile: &Profile, root: &Secret, entropy: &mut dyn Entropy) -> Result<(), EngineError> {
        let plain = zeroize::Zeroizing::new(cbor::encode(self));
        let sealed = Store::kept_keys_key_of(root).seal(entropy, KEYS_CONTEXT, &plain)?;
        Ok(profile.replace(KEYS, &sealed)?)
    }
}

/// Stands among the kept values of a device that was just added or restored: its first start is no copy's.
pub(super) const FRESH: &str = "fresh";

const KEYS: &str = "keys.sealed";
/// Stands in the folder when the database showed damage: the next start looks at all of it.
pub(super) const DAMAGED: &str = "damaged";
const KEYS_CONTEXT: &[u8] = b"ithaca/v1/kept-keys";
/// Values by name that belong to the device rather than to its content.
const KEPT_META: [&str; 2] = ["accounts", "relay"];

impl Engine {
    /// Makes a new person with this as the first device, in a new profile at `dir`.
    ///
    /// # Errors
    /// [`ProfileError::Exists`] leaves what is there as it is; see [`EngineError`].
    pub fn create(
        dir: &Path,
        vault: &dyn KeyVault,
        mut entropy: Box<dyn Entropy>,
        options: &Options,
        name: &str,
        relays: &[String],
        now: Millis,
    ) -> Result<Self, EngineError> {
        let name = name.trim();
        if name.is_empty() || name.chars().count() > 100 {
            return Err(EngineError::Name("a name has 1 to 100 characters"));
        }
        let (profile, root) = Profile::create(dir, vault, entropy.as_mut())?;
        let seed = Secret::random(entropy.as_mut())?;
        let device = DeviceKeys::from_seed(&seed);
        let person_key = WrapKey::from_seed(Secret::random(entropy.as_mut())?);
        let info = wrap_info("person-key", &device.id().0);
        let sealed = Sealed(wrap(entropy.as_mut(), &device.wrap_key().public(), &info, person_key.seed().expose())?);
        let genesis = PersonGenesis {
            nonce: entropy.array()?,
            hpke: PublicKey(device.wrap_key().public()),
            recovery: None,
            person_key: PublicKey(person_key.public()),
            wraps: vec![KeyWrap { to: Recipient::Device(device.id()), sealed }],
        };
        let genesis = Statement::sign(Scope::Genesis, device.signing(), &[], &Payload::PersonGenesis(genesis))?;
        let me = PersonId(genesis.id().0);
        let store = Store::open(&profile.database(), &root, entropy.as_mut(), &options.store)?;
        let incarnation = Incarnation(entropy.array()?);
        let core = Core::new(device, me, [(1, vec![person_key])].into(), incarnation, entropy);
        let mut engine =
            Self { profile, store, core, machine: Default::default(), effects: Vec::new(), exchanges: Default::default(), index: None };
        engine.transact(|core, db| {
            db.set_meta("seed", seed.expose())?;
            db.set_meta("me", &me.0)?;
            db.set_meta("name", name.as_bytes())?;
            db.set_meta("incarnation", &incarnation.0)?;
            core.keep_statement(db, &genesis)?;
            core.fold_persons(db)?;
            db.device_no(&core.device.id(), &me)?;
            core.reload(db)?;
            core.found_space(db, Policy::Personal, &[me], SpaceKind::Personal, &Local::default(), relays)?;
            Ok(())
        })?;
        engine.renew_marker()?;
        engine.keep_own(now)?;
        Ok(engine)
    }

    /// Opens the device in the profile at `dir`.
    ///
    /// # Errors
    /// See [`EngineError`]; a newer database and a wrong passphrase leave everything as it is.
    pub fn open(
        dir: &Path,
        vault: &dyn KeyVault,
        mut entropy: Box<dyn Entropy>,
        options: &Options,
        now: Millis,
    ) -> Result<(Self, Opened), EngineError> {
        let (profile, root) = Profile::open(dir, vault)?;
        let mut opened = Opened::default();
        let kept = kept_keys(&profile, &root)?;
        if kept.is_none() && profile.has(super::joining::JOINING) {
            return Err(EngineError::NotAdded);
        }
        let doubtful = profile.read(DAMAGED)?.is_some();
        let read = |store: Store| readable(&store, doubtful).map(|person| (store, person));
        let store =
            match Store::open(&profile.database(), &root, entropy.as_mut(), &options.store).map_err(EngineError::from).and_then(read) {
                Ok((store, true)) => store,
                // A database without a person is one that was never finished, or was lost.
                Ok((store, false)) => fill(store, kept.as_ref().ok_or(ProfileError::Keys)?, entropy.as_mut())?,
                // The root key is the right one if the kept keys open with it; then it is the database that does not fit.
                Err(e) if shows_damage(&e, kept.is_some()) => {
                    let kept = kept.as_ref().ok_or(ProfileError::Keys)?;
                    opened.damaged = Some(profile.put_database_aside()?);
                    fill(Store::open(&profile.database(), &root, entropy.as_mut(), &options.store)?, kept, entropy.as_mut())?
                }
                Err(e) => return Err(e),
            };
        profile.forget(DAMAGED)?;
        let db = store.read();
        let need = |key: &str| db.meta(key)?.ok_or(EngineError::Keys);
        let seed = Secret::from_slice(&need("seed")?).ok_or(EngineError::Keys)?;
        let me = PersonId::from_slice(&need("me")?).ok_or(EngineError::Keys)?;
        let mut incarnation = Incarnation::from_slice(&need("incarnation")?).ok_or(EngineError::Keys)?;
        let marker = profile.read("marker")?.unwrap_or_default();
        let known = db.meta("marker")?.unwrap_or_default();
        let inode = db.meta("inode")?.unwrap_or_default();
        let fresh = db.meta(FRESH)?.is_some();
        if fresh {
            db.drop_meta(FRESH)?;
        } else if holds(Switch::Incarnations)
            && (marker != known || inode != profile.database_inode().to_be_bytes() || opened.damaged.is_some())
        {
            incarnation = Incarnation(entropy.array()?);
            db.set_meta("incarnation", &incarnation.0)?;
            opened.renewed = true;
        }
        let core = Core::new(DeviceKeys::from_seed(&seed), me, Default::default(), incarnation, entropy);
        let mut engine =
            Self { profile, store, core, machine: Default::default(), effects: Vec::new(), exchanges: Default::default(), index: None };
        engine.core.reload(&engine.store.read())?;
        engine.core.keys_stale |= kept.is_none();
        engine.renew_marker()?;
        engine.after_trial()?;
        if engine.core.is_set_aside(&engine.store.read())? {
            engine.renew_incarnation(now)?;
        }
        engine.transact(|core, db| {
            if opened.damaged.is_some() {
                core.notice(db, None, "damaged", now, "")?;
            } else if opened.renewed {
                core.notice(db, None, "renewed", now, "")?;
            }
            core.commit_journal(db, now)?;
            let spaces: Vec<(SpaceId, i64)> = core.spaces.values().map(|s| (s.id, s.no)).collect();
            for (space, no) in spaces {
                if db.n_outgoing(no)? > 0 {
                    core.written.insert(space);
                }
                if core.is_disturbed(db, &space)? {
                    core.disturbed.insert(space);
                }
                if core.owes(db, &space)? {
                    core.received.insert(space);
                }
            }
            Ok(())
        })?;
        engine.keep_own(now)?;
        engine.tell_begun(now)?;
        // A bin that cannot be emptied must not keep anybody from opening what they have.
        if let Err(error) = engine.empty_bin(now) {
            tracing::warn!(%error, "the bin was not emptied");
        }
        Ok((engine, opened))
    }

    /// Renews the marker: in the folder first, then in the database.
    fn renew_marker(&mut self) -> Result<(), EngineError> {
        let marker: [u8; 16] = self.core.entropy.array()?;
        self.profile.replace("marker", &marker)?;
        let inode = self.profile.database_inode().to_be_bytes();
        self.transact(|_, db| {
            db.set_meta("marker", &marker)?;
            Ok(db.set_meta("inode", &inode)?)
        })
    }

    /// A new incarnation, because somebody was found ahead of this device in its own chain.
    pub(super) fn renew_incarnation(&mut self, now: Millis) -> Result<(), EngineError> {
        let incarnation = if holds(Switch::Incarnations) { Incarnation(self.core.entropy.array()?) } else { self.core.incarnation };
        let loud = self.core.must_renew;
        self.transact(|core, db| {
            db.set_meta("incarnation", &incarnation.0)?;
            core.incarnation = incarnation;
            (core.must_renew, core.must_renew_quietly) = (false, false);
            let spaces: Vec<SpaceId> = core.spaces.keys().copied().collect();
            for space in spaces {
                core.issue_again(db, &space)?;
            }
            if loud { core.notice(db, None, "renewed", now, "") } else { Ok(()) }
        })
    }

    /// Writes what makes this device itself into the keys file, if it changed.
    pub(super) fn keep_keys(&mut self) -> Result<(), EngineError> {
        if !self.core.keys_stale {
            return Ok(());
        }
        let db = self.store.read();
        let seed = db.meta("seed")?.and_then(|s| s.try_into().ok()).ok_or(EngineError::Keys)?;
        let name = db.meta("name")?.and_then(|n| String::from_utf8(n).ok()).unwrap_or_default();
        let mut statements = Vec::new();
        for scope in db.scopes()? {
            statements.extend(db.statements(&scope)?.into_iter().map(ByteVec::from));
        }
        let (mut spaces, mut meta) = (Vec::new(), Vec::new());
        for space in db.spaces()? {
            // Without its earlier names this device would not know its own writing in a saved copy.
            let lives = super::fold::incarnations_key(&space.id);
            meta.extend(db.meta(&lives)?.map(|v| (lives, ByteVec::from(v))));
            let epochs = db.epochs(space.no)?.into_iter().map(|(id, n, s)| (id, n, s.expose().to_vec().into())).collect();
            let kind = match space.kind {
                SpaceKind::Personal => KeptSpace::PERSONAL,
                SpaceKind::Pair => KeptSpace::PAIR,
                SpaceKind::Archive => continue,
                SpaceKind::Recovery => KeptSpace::RECOVERY,
            };
            spaces.push(KeptSpace { id: space.id, kind, local: space.local.into(), epochs });
        }
        for key in KEPT_META {
            meta.extend(db.meta(key)?.map(|v| (key.to_owned(), v.into())));
        }
        for space in db.spaces()? {
            let told = super::person::told_key(&space.id);
            meta.extend(db.meta(&told)?.map(|v| (told, ByteVec::from(v))));
        }
        let kept = zeroize::Zeroizing::new(cbor::encode(&Kept { seed, me: self.core.me, name, statements, spaces, meta }));
        let key = self.store.kept_keys_key();
        let sealed = key.seal(self.core.entropy.as_mut(), KEYS_CONTEXT, &kept)?;
        self.profile.replace(KEYS, &sealed)?;
        self.core.keys_stale = false;
        Ok(())
    }
}

/// What the keys file holds; `None` when it is not there or does not open.
fn kept_keys(profile: &Profile, root: &Secret) -> Result<Option<Kept>, EngineError> {
    let Some(sealed) = profile.read(KEYS)? else { return Ok(None) };
    let plain = Store::kept_keys_key_of(root).open(KEYS_CONTEXT, &sealed).ok().map(zeroize::Zeroizing::new);
    Ok(plain.and_then(|p| cbor::decode("kept keys", &p).ok()))
}

/// Whether an error says that the database's file is not what was written into it.
fn shows_damage(e: &EngineError, root_is_right: bool) -> bool {
    match e {
        EngineError::Store(StoreError::Corrupt | StoreError::Shape(_)) | EngineError::Statement(_) => true,
        EngineError::Store(StoreError::DoesNotOpen) => root_is_right,
        _ => false,
    }
}

/// Whether there is a person in a database of which everything that a start needs can be read; `doubtful` looks at all the rest too.
fn readable(store: &Store, doubtful: bool) -> Result<bool, EngineError> {
    let db = store.read();
    if db.meta("me")?.is_none() {
        return Ok(false);
    }
    for key in ["seed", "incarnation", "marker", "inode", "clock", "deaths", "name", "accounts", "relay"] {
        db.meta(key)?;
    }
    for scope in db.scopes()? {
        for bytes in db.statements(&scope)? {
            Statement::decode(&bytes)?;
        }
    }
    db.devices()?;
    for space in db.spaces()? {
        db.epochs(space.no)?;
        db.lanes_of_space(space.no)?;
        db.n_outgoing(space.no)?;
    }
    db.mailboxes()?;
    db.invites()?;
    db.journal()?;
    db.greatest_clock()?;
    if doubtful && !store.is_whole()? {
        return Err(StoreError::Corrupt.into());
    }
    Ok(true)
}

/// Puts what the keys file keeps into an empty database: the same device, with nothing in it yet.
fn fill(mut store: Store, kept: &Kept, entropy: &mut dyn Entropy) -> Result<Store, EngineError> {
    let incarnation: [u8; 16] = entropy.array().map_err(VaultError::from).map_err(ProfileError::from)?;
    store.write(|db| {
        db.set_meta("seed", &kept.seed)?;
        db.set_meta("me", &kept.me.0)?;
        db.set_meta("name", kept.name.as_bytes())?;
        db.set_meta("incarnation", &incarnation)?;
        for (key, value) in &kept.meta {
            db.set_meta(key, value)?;
        }
        for bytes in &kept.statements {
            let statement = Statement::decode(bytes)?;
            db.put_statement(&statement.id(), &statement.log(), bytes)?;
        }
        for space in &kept.spaces {
            let kind = match space.kind {
                KeptSpace::PERSONAL => SpaceKind::Personal,
                KeptSpace::RECOVERY => SpaceKind::Recovery,
                _ => SpaceKind::Pair,
            };
            let no = db.put_space(&space.id, kind, &space.local)?;
            for (id, number, secret) in &space.epochs {
                db.put_epoch(no, id, *number, &Secret::from_slice(secret).ok_or(EngineError::Keys)?)?;
            }
        }
        Ok::<_, EngineError>(())
    })?;
    Ok(store)
}

impl Core {
    fn new(
        device: DeviceKeys,
        me: PersonId,
        person_keys: std::collections::BTreeMap<u64, Vec<WrapKey>>,
        incarnation: Incarnation,
        entropy: Box<dyn Entropy>,
    ) -> Self {
        Self {
            device,
            me,
            person_keys,
            incarnation,
            entropy,
            clock: Clock::default(),
            seen_clock: 0,
            persons: Default::default(),
            directory: Directory::default(),
            devices: Default::default(),
            spaces: Default::default(),
            docs: Default::default(),
            typing: Default::default(),
            changed: Default::default(),
            keys_stale: false,
            own_stale: true,
            must_renew: false,
            must_renew_quietly: false,
            received: Default::default(),
            written: Default::default(),
            waiting_for_epoch: Default::default(),
            stale_rows: Default::default(),
            disturbed: Default::default(),
            deaths: Default::default(),
        }
    }
}

impl Local {
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    pub(super) fn parse(bytes: &[u8]) -> Self {
        serde_json::from_slice(bytes).unwrap_or_default()
    }
}
