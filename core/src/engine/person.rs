//! This person's log: which devices are theirs, under which keys they read, and what each space is told of it.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::apply::Said;
use super::{Core, Engine, EngineError};
use crate::event::own::{DeviceLabel, OwnFact};
use crate::id::{DeviceId, RecordId, SpaceId, StatementId};
use crate::identity::keys::{Secret, WrapKey, wrap, wrap_info};
use crate::identity::person_log::PersonState;
use crate::space::epoch;
use crate::space::payload::{AddDevice, Cut, KeyWrap, LaneEnd, NewPersonKey, Payload, PublicKey, Recipient, RevokeDevice, Sealed, Tier};
use crate::space::statement::{PARENTS, Statement};
use crate::store::{Db, Outgoing, SpaceKind};
use crate::sync::machine::Millis;

/// Between one and two of these a device waits for another to make an epoch, in ms.
const EPOCH_WAIT: Millis = 30_000;

/// A device of this person as lists show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OwnDevice {
    /// The device.
    pub device: DeviceId,
    /// What it is called; empty if nobody named it.
    #[serde(rename = "label")]
    pub name: String,
    /// Whether it is this one.
    #[serde(rename = "this")]
    pub this_one: bool,
    /// Whether it was revoked.
    pub revoked: bool,
}

impl Engine {
    /// This person's devices, this one first, revoked ones last.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn devices(&self) -> Result<Vec<OwnDevice>, EngineError> {
        let labels = self.core.known(&self.store.read())?.labels;
        let state = self.core.persons.get(&self.core.me).ok_or(EngineError::Keys)?;
        let mut out: Vec<OwnDevice> = state
            .devices
            .iter()
            .map(|(device, view)| OwnDevice {
                device: *device,
                name: labels.get(device).cloned().unwrap_or_default(),
                this_one: *device == self.core.device.id(),
                revoked: !view.revoked_by.is_empty(),
            })
            .collect();
        out.sort_by(|a, b| (a.revoked, !a.this_one, &a.name, a.device).cmp(&(b.revoked, !b.this_one, &b.name, b.device)));
        Ok(out)
    }

    /// Four words over this person: what a new device of theirs shows before it agrees.
    pub fn four_words(&self) -> String {
        crate::identity::phrase::four_words(&self.core.me.0)
    }

    /// Names one of this person's devices, for this person's devices alone.
    ///
    /// # Errors
    /// [`EngineError::NotFound`]; [`EngineError::Name`] for one without a letter or with more than 100.
    pub fn name_device(&mut self, device: &DeviceId, label: &str, now: Millis) -> Result<(), EngineError> {
        let label = label.trim();
        if label.is_empty() || label.chars().count() > 100 {
            return Err(EngineError::Name("a device's name has 1 to 100 characters"));
        }
        if !self.core.persons.get(&self.core.me).is_some_and(|p| p.devices.contains_key(device)) {
            return Err(EngineError::NotFound("device of yours"));
        }
        self.transact(|core, db| core.label_device(db, device, label, now))?;
        self.after_writing(now);
        Ok(())
    }

    /// Ends a device of this person for ever: it opens nothing sealed from now on, and nothing it writes counts after what was seen of it here.
    /// New keys and new epochs are made in the same transaction.
    ///
    /// # Errors
    /// [`EngineError::NotFound`]; [`EngineError::Invalid`] for this device itself, or for one that is out already.
    pub fn revoke_device(&mut self, device: &DeviceId, now: Millis) -> Result<(), EngineError> {
        if *device == self.core.device.id() {
            return Err(EngineError::Invalid("a device is revoked from another one of yours, not from itself"));
        }
        self.transact(|core, db| core.revoke(db, device))?;
        self.keep_own_later(now)
    }
}

impl Engine {
    /// Until when this device waits for another to make the epoch that a space lacks: whoever changed who reads makes it at once, and two made at
    /// the same time cost everybody a mailbox. `None` where it need not wait.
    pub(super) fn waits_for_epoch(&mut self, space: &SpaceId, now: Millis) -> Result<Option<Millis>, EngineError> {
        let key = format!("no-epoch/{space}");
        if !self.core.epoch_is_missing(space)? || !self.core.others_may_make_epoch(space)? {
            if self.core.waiting_for_epoch.remove(space) {
                self.transact(|_, db| Ok(db.drop_meta(&key)?))?;
            }
            return Ok(None);
        }
        self.core.waiting_for_epoch.insert(*space);
        // Kept, so that a device that runs for moments at a time comes to an end of waiting too.
        let until = match self.store.read().meta(&key)?.and_then(|b| b.try_into().ok()).map(Millis::from_be_bytes) {
            Some(until) => until,
            None => {
                let until = now + EPOCH_WAIT + i64::try_from(self.core.entropy.below(EPOCH_WAIT as u64)?).unwrap_or(0);
                self.transact(|_, db| Ok(db.set_meta(&key, &until.to_be_bytes())?))?;
                until
            }
        };
        // A clock that was set back must not hold it for longer.
        Ok((until > now && until - now <= 2 * EPOCH_WAIT).then_some(until))
    }
}

impl Core {
    /// Whether another current device of somebody who reads and writes in a space could make its epoch.
    fn others_may_make_epoch(&self, id: &SpaceId) -> Result<bool, EngineError> {
        let space = self.space(id)?;
        if !matches!(space.kind, SpaceKind::Personal | SpaceKind::Pair) || space.state.epochs.is_empty() {
            return Ok(false);
        }
        let makers = space.state.members.iter().filter(|(_, m)| m.reads && m.tier <= Tier::Participant).map(|(p, _)| *p);
        let mut devices = makers.filter_map(|p| self.persons.get(&p)).flat_map(PersonState::current_devices);
        Ok(devices.any(|(d, _)| *d != self.device.id()))
    }

    pub(super) fn label_device(&mut self, db: &Db<'_>, device: &DeviceId, label: &str, now: Millis) -> Result<(), EngineError> {
        let personal = self.personal().ok_or(EngineError::Keys)?;
        self.may_write(&personal)?;
        let label = Some(DeviceLabel { device: *device, label: label.to_owned() });
        self.state_own(db, &personal, OwnFact { label, ..OwnFact::default() }, now)
    }

    fn revoke(&mut self, db: &Db<'_>, device: &DeviceId) -> Result<(), EngineError> {
        let state = self.persons.get(&self.me).ok_or(EngineError::Keys)?;
        if !self.directory.is_current(&self.device.id()) {
            return Err(EngineError::ReadOnly("this device was revoked"));
        }
        match state.devices.get(device) {
            None => return Err(EngineError::NotFound("device of yours")),
            Some(view) if !view.revoked_by.is_empty() => return Err(EngineError::Invalid("this device was revoked before")),
            Some(_) => {}
        }
        let revocation = self.state_person(db, &Payload::RevokeDevice(RevokeDevice { device: *device }))?;
        if !self.persons.get(&self.me).is_some_and(|p| p.devices.get(device).is_some_and(|d| d.revoked_by.contains(&revocation))) {
            return Err(EngineError::Invalid("what recovery words signed, no device undoes: use the words to make new ones first"));
        }
        self.make_person_key(db)?;
        self.tell_logs(db)?;
        for id in self.writable() {
            let cut = self.ends_of(db, &id, device, &BTreeMap::new())?;
            self.state_control(db, &id, &Payload::Cut(Cut { ends: revocation, cut }))?;
        }
        self.renew_epochs(db)
    }

    /// Spaces in which this person writes.
    fn writable(&self) -> Vec<SpaceId> {
        let written = |s: &&super::Space| matches!(s.kind, SpaceKind::Personal | SpaceKind::Pair) && self.may_write(&s.id).is_ok();
        self.spaces.values().filter(written).map(|s| s.id).collect()
    }

    /// Makes the next epoch wherever there is none that is right any more: whoever changes who reads does so at once.
    pub(super) fn renew_epochs(&mut self, db: &Db<'_>) -> Result<(), EngineError> {
        for id in self.writable() {
            if self.epoch_is_missing(&id)? {
                self.make_epoch(db, &id)?;
            }
        }
        Ok(())
    }

    /// Whether no right epoch that opens here is there, and this device may make one.
    pub(super) fn epoch_is_missing(&self, id: &SpaceId) -> Result<bool, EngineError> {
        let space = self.space(id)?;
        let written = epoch::written(&space.state.epochs, |e| space.keys.contains_key(&e.epoch)).is_some();
        let may = space.state.members.get(&self.me).is_some_and(|m| m.reads) && self.directory.is_current(&self.device.id());
        Ok(!written && may && epoch::readers_wanted(&space.state.members, &self.directory).is_some())
    }

    /// Where a device's lanes end as they are accepted here; where `before` names a lane, as they were then.
    fn ends_of(&self, db: &Db<'_>, id: &SpaceId, device: &DeviceId, before: &BTreeMap<i64, u64>) -> Result<Vec<LaneEnd>, EngineError> {
        let mut cut = Vec::new();
        for lane in db.lanes_of_space(self.space(id)?.no)? {
            if lane.device.and_then(|d| self.devices.get(&d)).is_none_or(|(d, _)| d != device) {
                continue;
            }
            let n = before.get(&lane.no).copied().unwrap_or(lane.accepted);
            let record = if n == lane.accepted { lane.accepted_id } else { self.chained_at(db, lane.no, n)? };
            if let (1.., Some(record)) = (n, record) {
                cut.push(LaneEnd { lane: lane.id, n, record });
            }
        }
        cut.sort_unstable_by_key(|e| e.lane);
        Ok(cut)
    }

    fn chained_at(&self, db: &Db<'_>, lane: i64, n: u64) -> Result<Option<RecordId>, EngineError> {
        Ok(db.versions(lane, n)?.into_iter().filter(|v| v.state.is_chained()).filter_map(|v| v.id).min())
    }

    /// Signs a statement into this person's log and keeps it.
    pub(super) fn state_person(&mut self, db: &Db<'_>, payload: &Payload) -> Result<StatementId, EngineError> {
        let mut heads = self.persons.get(&self.me).ok_or(EngineError::Keys)?.heads.clone();
        heads.truncate(PARENTS);
        let statement = Statement::sign(self.me.into(), self.device.signing(), &heads, payload)?;
        self.keep_statement(db, &statement)?;
        self.fold_persons(db)?;
        self.reload_spaces(db)?;
        Ok(statement.id())
    }

    /// Folds every space again, after a person log changed.
    pub(super) fn reload_spaces(&mut self, db: &Db<'_>) -> Result<(), EngineError> {
        let ids: Vec<SpaceId> = self.spaces.values().filter(|s| s.kind != SpaceKind::Archive).map(|s| s.id).collect();
        ids.iter().try_for_each(|id| self.load_space(db, id))
    }

    /// Opens every generation of the person key that this device can: wrapped to it, handed to it when it was added, or sealed under a later one.
    pub(super) fn open_person_keys(&mut self, statements: &[Statement]) {
        let info = wrap_info("person-key", &self.device.id().0);
        let opened = |sealed: &Sealed| {
            self.device.wrap_key().unwrap(&info, &sealed.0).ok().and_then(|s| Secret::from_slice(&s)).map(WrapKey::from_seed)
        };
        let mut publics: BTreeMap<[u8; 32], (u64, Option<&Sealed>)> = BTreeMap::new();
        let mut found: Vec<WrapKey> = Vec::new();
        for statement in statements {
            let (generation, public, wraps, before) = match statement.payload() {
                Payload::PersonGenesis(g) => (1, g.person_key, &g.wraps, None),
                Payload::NewPersonKey(k) => (k.generation, k.public, &k.wraps, Some(&k.before)),
                Payload::AddDevice(a) if a.device == self.device.id() => {
                    found.extend(opened(&a.handed));
                    continue;
                }
                _ => continue,
            };
            publics.insert(public.0, (generation, before));
            found.extend(wraps.iter().find(|w| w.to == Recipient::Device(self.device.id())).and_then(|w| opened(&w.sealed)));
        }
        let mut keys: BTreeMap<u64, BTreeMap<[u8; 32], WrapKey>> = BTreeMap::new();
        while let Some(key) = found.pop() {
            let Some((generation, before)) = publics.get(&key.public()) else { continue };
            let earlier = before.and_then(|b| key.unwrap(&before_info(&self.me.0, *generation), &b.0).ok());
            if keys.entry(*generation).or_default().insert(key.public(), key).is_none() {
                found.extend(earlier.and_then(|s| Secret::from_slice(&s)).map(WrapKey::from_seed));
            }
        }
        for (generation, of) in keys {
            let held = self.person_keys.entry(generation).or_default();
            for (public, key) in of {
                if !held.iter().any(|k| k.public() == public) {
                    held.push(key);
                }
            }
        }
    }

    /// The key of the generation in force, if this device opens it.
    pub(super) fn current_person_key(&self) -> Option<(u64, WrapKey)> {
        let (generation, view) = self.persons.get(&self.me)?.current_key()?;
        let key = self.person_keys.get(&generation)?.iter().find(|k| k.public() == view.public.0)?;
        Some((generation, key.clone()))
    }

    /// Makes the next generation of the person key, for every current device and the recovery key.
    pub(super) fn make_person_key(&mut self, db: &Db<'_>) -> Result<(), EngineError> {
        let state = self.persons.get(&self.me).ok_or(EngineError::Keys)?;
        let generation = 1 + state.keys.last_key_value().map_or(0, |(g, _)| *g);
        let devices: Vec<(DeviceId, PublicKey)> = state.current_devices().map(|(d, v)| (*d, v.hpke)).collect();
        let recovery = state.recovery;
        let before = state.keys.last_key_value().map(|(g, v)| (*g, v.public));
        let seed = Secret::random(self.entropy.as_mut())?;
        let key = WrapKey::from_seed(seed.clone());
        let mut wraps = Vec::new();
        for (device, hpke) in devices {
            let sealed = Sealed(wrap(self.entropy.as_mut(), &hpke.0, &wrap_info("person-key", &device.0), seed.expose())?);
            wraps.push(KeyWrap { to: Recipient::Device(device), sealed });
        }
        if let Some(keys) = recovery {
            let sealed = Sealed(wrap(self.entropy.as_mut(), &keys.hpke.0, &wrap_info("person-key", &keys.hpke.0), seed.expose())?);
            wraps.push(KeyWrap { to: Recipient::Recovery(keys.hpke), sealed });
        }
        // A device that was never handed the generation before cannot seal it; those that hold it keep it.
        let held = before.and_then(|(g, public)| self.person_keys.get(&g)?.iter().find(|k| k.public() == public.0).cloned());
        let before = match held {
            Some(held) => wrap(self.entropy.as_mut(), &key.public(), &before_info(&self.me.0, generation), held.seed().expose())?,
            None => Vec::new(),
        };
        let public = PublicKey(key.public());
        self.state_person(db, &Payload::NewPersonKey(NewPersonKey { generation, public, wraps, before: Sealed(before) }))?;
        Ok(())
    }

    /// Adds a device that consented to be this person's.
    pub(super) fn add_device(&mut self, db: &Db<'_>, device: DeviceId, hpke: PublicKey, consent: [u8; 64]) -> Result<(), EngineError> {
        let (_, key) = self.current_person_key().ok_or(EngineError::Keys)?;
        let info = wrap_info("person-key", &device.0);
        let handed = Sealed(wrap(self.entropy.as_mut(), &hpke.0, &info, key.seed().expose())?);
        let consent = crate::space::payload::ExtraSignature(consent);
        // Its person knows of it: nobody is to be told here.
        let row = db.device_no(&device, &self.me)?;
        self.devices.insert(row, (device, self.me));
        self.state_person(db, &Payload::AddDevice(AddDevice { device, hpke, consent, handed }))?;
        if !self.directory.is_current(&device) {
            return Err(EngineError::Invalid(
                "this device cannot be added: it belonged to somebody, or was revoked; make a new profile on it",
            ));
        }
        self.tell_logs(db)
    }

    /// This device's part in keeping the person log in order, and every space told of it.
    pub(super) fn tend(&mut self, db: &Db<'_>) -> Result<(), EngineError> {
        if !self.directory.is_current(&self.device.id()) {
            return Ok(());
        }
        // The maker or a recipient of the last one was revoked, or this device was added beside it and left out.
        if self.current_person_key().is_none() {
            self.make_person_key(db)?;
        }
        self.tend_recovery(db)?;
        self.tell_logs(db)
    }

    /// Puts what a space's records do not say yet of this person's log behind what waits to be sent there.
    pub(super) fn tell_logs(&mut self, db: &Db<'_>) -> Result<(), EngineError> {
        let spaces: Vec<(i64, SpaceId, SpaceKind)> = self.spaces.values().map(|s| (s.no, s.id, s.kind)).collect();
        let log = self.statement_ids(db, &self.me.0)?;
        for (no, id, kind) in spaces {
            let mut wanted = log.clone();
            match kind {
                SpaceKind::Archive => continue,
                SpaceKind::Recovery if self.space(&id)?.state.relays.is_empty() => continue,
                SpaceKind::Recovery => {
                    let personal = self.personal().ok_or(EngineError::Keys)?;
                    wanted.extend(self.statement_ids(db, &personal.0)?);
                }
                SpaceKind::Personal | SpaceKind::Pair if self.may_write(&id).is_err() => continue,
                SpaceKind::Personal => {}
                // A new device of theirs learns of its person here too.
                SpaceKind::Pair => {}
            }
            let mut told = self.told_statements(db, &id)?;
            let untold: Vec<StatementId> = wanted.into_iter().filter(|s| !told.contains(s)).collect();
            for statement in &untold {
                db.put_out(no, Outgoing::Statement(*statement))?;
                told.insert(*statement);
            }
            if !untold.is_empty() {
                self.set_told_statements(db, &id, &told)?;
                self.written.insert(id);
            }
        }
        Ok(())
    }

    /// Puts another member's log into a space, for devices that come to it later.
    pub(super) fn tell_log_of(&mut self, db: &Db<'_>, id: &SpaceId, person: &crate::id::PersonId) -> Result<(), EngineError> {
        let no = self.space(id)?.no;
        let mut told = self.told_statements(db, id)?;
        for statement in self.statement_ids(db, &person.0)? {
            if told.insert(statement) {
                db.put_out(no, Outgoing::Statement(statement))?;
            }
        }
        self.set_told_statements(db, id, &told)
    }

    fn statement_ids(&self, db: &Db<'_>, scope: &[u8; 32]) -> Result<Vec<StatementId>, EngineError> {
        // Parents before children, so that whoever reads them needs no second look.
        let mut log = Self::log(db, scope)?;
        let mut out = Vec::with_capacity(log.len());
        while !log.is_empty() {
            let waiting: BTreeSet<StatementId> = log.iter().map(Statement::id).collect();
            let (ready, rest): (Vec<_>, Vec<_>) = log.into_iter().partition(|s| s.parents().iter().all(|p| !waiting.contains(p)));
            if ready.is_empty() {
                out.extend(rest.iter().map(Statement::id));
                break;
            }
            out.extend(ready.iter().map(Statement::id));
            log = rest;
        }
        Ok(out)
    }

    /// Statements of person logs that stand in some record of a space.
    fn told_statements(&self, db: &Db<'_>, id: &SpaceId) -> Result<BTreeSet<StatementId>, EngineError> {
        let held = db.meta(&told_key(id))?.unwrap_or_default();
        Ok(held.chunks_exact(32).filter_map(StatementId::from_slice).collect())
    }

    fn set_told_statements(&self, db: &Db<'_>, id: &SpaceId, told: &BTreeSet<StatementId>) -> Result<(), EngineError> {
        let bytes: Vec<u8> = told.iter().flat_map(|s| s.0).collect();
        Ok(db.set_meta(&told_key(id), &bytes)?)
    }

    /// In a space that other own devices wrote in before, they told this person's log but what this device signed by recovery words.
    pub(super) fn assume_told(&mut self, db: &Db<'_>, id: &SpaceId) -> Result<(), EngineError> {
        let mine = |s: &Statement| matches!(s.payload(), Payload::AddDevice(a) if a.device == self.device.id());
        let device = |s: &Statement| self.directory.person(&s.author()).is_some();
        let told = Self::log(db, &self.me.0)?.iter().filter(|s| device(s) || !mine(s)).map(Statement::id).collect();
        self.set_told_statements(db, id, &told)
    }

    /// Remembers which statements of person logs came in a space's records.
    pub(super) fn note_told(&mut self, db: &Db<'_>, id: &SpaceId, came: &BTreeSet<StatementId>) -> Result<(), EngineError> {
        let mut told = self.told_statements(db, id)?;
        let known = told.len();
        told.extend(came);
        if told.len() != known { self.set_told_statements(db, id, &told) } else { Ok(()) }
    }

    /// Raises the cut of a device of this person's to what had been accepted here before the cut came: `said` came with it.
    pub(super) fn raise_cuts(&mut self, db: &Db<'_>, id: &SpaceId, had: &BTreeSet<DeviceId>, said: &[Said]) -> Result<(), EngineError> {
        if !self.directory.is_current(&self.device.id()) {
            return Ok(());
        }
        let mut before: BTreeMap<i64, u64> = BTreeMap::new();
        for one in said {
            let first = before.entry(one.lane).or_insert(u64::MAX);
            *first = (*first).min(one.n.saturating_sub(1));
        }
        let ended: Vec<(DeviceId, StatementId)> = self
            .space(id)?
            .state
            .cuts
            .iter()
            .filter(|(d, _)| !had.contains(d) && self.directory.person(d) == Some(self.me) && **d != self.device.id())
            .filter_map(|(d, e)| Some((*d, e.claims.first()?.ends)))
            .collect();
        for (device, ends) in ended {
            let accepted = self.ends_of(db, id, &device, &before)?;
            let claim = self.space(id)?.state.cuts.get(&device).and_then(|e| e.claims.first()).map(|c| c.base.clone()).unwrap_or_default();
            let more: Vec<LaneEnd> = accepted.into_iter().filter(|e| claim.get(&e.lane).is_none_or(|(n, _)| e.n > *n)).collect();
            if !more.is_empty() {
                self.state_control(db, id, &Payload::Cut(Cut { ends, cut: more }))?;
            }
        }
        Ok(())
    }
}

/// Under what the seed of the generation before is wrapped to the next one's key.
fn before_info(person: &[u8; 32], generation: u64) -> Vec<u8> {
    wrap_info("person-key-before", &[&person[..], &generation.to_be_bytes()].concat())
}

pub(super) fn told_key(space: &SpaceId) -> String {
    format!("logs/{space}")
}
