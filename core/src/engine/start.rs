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

/// What `keys.sealed` holds: enough to be the same device again without the database.
#[derive(Debug, Encode, Decode)]
#[cbor(map)]
struct Kept {
    #[cbor(n(0), with = "minicbor::bytes")]
    seed: [u8; 32],
    #[n(1)]
    me: PersonId,
    #[n(2)]
    name: String,
    #[n(3)]
    statements: Vec<ByteVec>,
    #[n(4)]
    spaces: Vec<KeptSpace>,
    #[n(5)]
    meta: Vec<(String, ByteVec)>,
}

#[derive(Debug, Encode, Decode)]
#[cbor(map)]
struct KeptSpace {
    #[n(0)]
    id: SpaceId,
    #[n(1)]
    kind: u8,
    #[n(2)]
    local: ByteVec,
    #[n(3)]
    epochs: Vec<(EpochId, u64, ByteVec)>,
}

const KEYS: &str = "keys.sealed";
const KEYS_CONTEXT: &[u8] = b"ithaca/v1/kept-keys";
/// Values by name that belong to the device rather than to its content.
const KEPT_META: [&str; 3] = ["accounts", "relay", "salt"];

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
            return Err(EngineError::Invalid("a name has 1 to 100 characters"));
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
        let core = Core::new(device, me, [(1, person_key)].into(), incarnation, entropy);
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
        engine.keep_keys()?;
        engine.register_mailboxes(now)?;
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
        let sound = |store: &Store| store.read().meta("me").map(|m| m.is_some());
        let store =
            match Store::open(&profile.database(), &root, entropy.as_mut(), &options.store).and_then(|s| sound(&s).map(|ok| (s, ok))) {
                Ok((store, true)) => store,
                // A database without a person is one that was never finished, or was lost.
                Ok((store, false)) => {
                    drop(store);
                    rebuild(&profile, &root, entropy.as_mut(), options)?
                }
                Err(StoreError::Corrupt) => {
                    opened.damaged = Some(profile.put_database_aside()?);
                    rebuild(&profile, &root, entropy.as_mut(), options)?
                }
                Err(e) => return Err(e.into()),
            };
        let db = store.read();
        let need = |key: &str| db.meta(key)?.ok_or(EngineError::Keys);
        let seed = Secret::from_slice(&need("seed")?).ok_or(EngineError::Keys)?;
        let me = PersonId::from_slice(&need("me")?).ok_or(EngineError::Keys)?;
        let mut incarnation = Incarnation::from_slice(&need("incarnation")?).ok_or(EngineError::Keys)?;
        let marker = profile.read("marker")?.unwrap_or_default();
        let known = db.meta("marker")?.unwrap_or_default();
        let inode = db.meta("inode")?.unwrap_or_default();
        if marker != known || inode != profile.database_inode().to_be_bytes() || opened.damaged.is_some() {
            incarnation = Incarnation(entropy.array()?);
            db.set_meta("incarnation", &incarnation.0)?;
            opened.renewed = true;
        }
        let core = Core::new(DeviceKeys::from_seed(&seed), me, Default::default(), incarnation, entropy);
        let mut engine =
            Self { profile, store, core, machine: Default::default(), effects: Vec::new(), exchanges: Default::default(), index: None };
        engine.core.reload(&engine.store.read())?;
        engine.renew_marker()?;
        engine.after_trial()?;
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
                // What was received in the last life and not told.
                for lane in db.lanes_of_space(no)? {
                    if !lane.own && lane.said > db.told(lane.no)? {
                        core.received.insert(space);
                    }
                }
            }
            Ok(())
        })?;
        engine.keep_keys()?;
        engine.register_mailboxes(now)?;
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
        let incarnation = Incarnation(self.core.entropy.array()?);
        self.transact(|core, db| {
            db.set_meta("incarnation", &incarnation.0)?;
            core.incarnation = incarnation;
            core.must_renew = false;
            let spaces: Vec<SpaceId> = core.spaces.keys().copied().collect();
            for space in spaces {
                core.issue_again(db, &space)?;
            }
            core.notice(db, None, "renewed", now, "")
        })
    }

    /// Writes what makes this device itself into the keys file, if it changed.
    pub(super) fn keep_keys(&mut self) -> Result<(), EngineError> {
        if !self.core.keys_stale && self.profile.has(KEYS) {
            return Ok(());
        }
        let db = self.store.read();
        let seed = db.meta("seed")?.and_then(|s| s.try_into().ok()).ok_or(EngineError::Keys)?;
        let name = db.meta("name")?.and_then(|n| String::from_utf8(n).ok()).unwrap_or_default();
        let mut statements = Vec::new();
        for scope in db.scopes()? {
            statements.extend(db.statements(&scope)?.into_iter().map(ByteVec::from));
        }
        let mut spaces = Vec::new();
        for space in db.spaces()? {
            let epochs = db.epochs(space.no)?.into_iter().map(|(id, n, s)| (id, n, s.expose().to_vec().into())).collect();
            let kind = match space.kind {
                SpaceKind::Personal => 0,
                SpaceKind::Pair => 1,
                SpaceKind::Archive => continue,
            };
            spaces.push(KeptSpace { id: space.id, kind, local: space.local.into(), epochs });
        }
        let mut meta = Vec::new();
        for key in KEPT_META {
            meta.extend(db.meta(key)?.map(|v| (key.to_owned(), v.into())));
        }
        let kept = zeroize::Zeroizing::new(cbor::encode(&Kept { seed, me: self.core.me, name, statements, spaces, meta }));
        let key = self.store.kept_keys_key();
        let sealed = key.seal(self.core.entropy.as_mut(), KEYS_CONTEXT, &kept)?;
        self.profile.replace(KEYS, &sealed)?;
        self.core.keys_stale = false;
        Ok(())
    }
}

/// A new database from the keys file: the same device, with nothing in it yet.
fn rebuild(profile: &Profile, root: &Secret, entropy: &mut dyn Entropy, options: &Options) -> Result<Store, EngineError> {
    let sealed = profile.read(KEYS)?.ok_or(ProfileError::Keys)?;
    let mut store = Store::open(&profile.database(), root, entropy, &options.store)?;
    let plain = store.kept_keys_key().open(KEYS_CONTEXT, &sealed).map_err(|_| ProfileError::Keys)?;
    let kept: Kept = cbor::decode("kept keys", &plain).map_err(|_| ProfileError::Keys)?;
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
            let kind = if space.kind == 0 { SpaceKind::Personal } else { SpaceKind::Pair };
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
        person_keys: std::collections::BTreeMap<u64, WrapKey>,
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
            changed: Default::default(),
            keys_stale: false,
            must_renew: false,
            received: Default::default(),
            written: Default::default(),
            stale_rows: Default::default(),
            forked: Default::default(),
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
