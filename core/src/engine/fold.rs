//! What the statements held add up to, kept in memory: persons, devices, spaces with their keys and mailboxes.

use std::collections::{BTreeMap, BTreeSet};

use super::{Changed, Core, EngineError, Local, Space};
use crate::id::{DeviceId, EpochId, Incarnation, PersonId, SpaceId};
use crate::identity::keys::{Secret, wrap, wrap_info};
use crate::identity::person_log::{self, Directory};
use crate::record::firewall;
use crate::space::epoch;
use crate::space::key::EpochKey;
use crate::space::membership;
use crate::space::payload::{Epoch, Payload, Policy, Relays, Sealed, SpaceGenesis};
use crate::space::statement::{Scope, Statement};
use crate::store::{Db, Outgoing, SpaceKind, SpaceRow};

/// Most incarnations of one space that are remembered; far beyond what any device lives through.
const INCARNATIONS: usize = 4096;

impl Core {
    /// Reads everything again from the store.
    pub(super) fn reload(&mut self, db: &Db<'_>) -> Result<(), EngineError> {
        self.devices = db.devices()?.into_iter().map(|(no, device, person)| (no, (device, person))).collect();
        self.seen_clock = db.greatest_clock()?;
        let clock = db.meta("clock")?.and_then(|b| b.try_into().ok()).map_or(0, u64::from_be_bytes);
        self.clock.0 = self.clock.0.max(clock);
        self.persons.clear();
        self.fold_persons(db)?;
        let old = std::mem::take(&mut self.spaces);
        for row in db.spaces()? {
            if let Err(e) = self.load(db, row) {
                self.spaces = old;
                return Err(e);
            }
        }
        Ok(())
    }

    /// Keeps a statement; `false` if it was held. The caller folds again.
    pub(super) fn keep_statement(&mut self, db: &Db<'_>, statement: &Statement) -> Result<bool, EngineError> {
        let new = db.put_statement(&statement.id(), &statement.log(), statement.bytes())?;
        self.keys_stale |= new;
        self.own_stale |= new;
        Ok(new)
    }

    /// The statements of one log.
    pub(super) fn log(db: &Db<'_>, scope: &[u8; 32]) -> Result<Vec<Statement>, EngineError> {
        db.statements(scope)?.iter().map(|b| Ok(Statement::decode(b)?)).collect()
    }

    /// Folds every person log held.
    pub(super) fn fold_persons(&mut self, db: &Db<'_>) -> Result<(), EngineError> {
        for scope in db.scopes()? {
            let statements = Self::log(db, &scope)?;
            let is_person = |s: &Statement| s.id().0 == scope && matches!(s.payload(), Payload::PersonGenesis(_));
            if statements.iter().any(is_person) {
                let person = PersonId(scope);
                self.persons.insert(person, person_log::fold(person, &statements)?);
                if person == self.me {
                    self.open_person_keys(&statements);
                }
            }
        }
        self.directory = Directory::new(self.persons.values());
        Ok(())
    }

    /// Folds one space again.
    pub(super) fn load_space(&mut self, db: &Db<'_>, id: &SpaceId) -> Result<(), EngineError> {
        let row = db.spaces()?.into_iter().find(|s| s.id == *id).ok_or(EngineError::NotFound("space"))?;
        self.changed.insert(Changed::Members(*id));
        self.load(db, row)
    }

    fn load(&mut self, db: &Db<'_>, row: SpaceRow) -> Result<(), EngineError> {
        let state = match row.kind {
            SpaceKind::Recovery => self.recovery_state(db, &row)?,
            _ => membership::fold(row.id, &Self::log(db, &row.id.0)?, &self.directory)?,
        };
        let mut keys: BTreeMap<EpochId, EpochKey> =
            db.epochs(row.no)?.into_iter().map(|(id, _, secret)| (id, EpochKey::new(row.id, secret))).collect();
        for view in &state.epochs {
            if keys.contains_key(&view.epoch) {
                continue;
            }
            let mine = view.readers.iter().zip(&view.wraps).find(|(r, _)| r.person == self.me);
            let Some((reader, wrap)) = mine else { continue };
            let info = epoch_info(&row.id, &view.epoch, &self.me);
            let keys_of = self.person_keys.get(&reader.generation).into_iter().flatten();
            let secret = keys_of.filter_map(|k| k.unwrap(&info, &wrap.0).ok()).find_map(|s| Secret::from_slice(&s));
            let Some(key) = secret.map(|s| EpochKey::new(row.id, s)) else { continue };
            // The id commits to the secret: a maker who wraps different secrets to different readers is found out here.
            if key.id() == view.epoch {
                db.put_epoch(row.no, &view.epoch, view.number, key.secret())?;
                keys.insert(view.epoch, key);
                (self.keys_stale, self.own_stale) = (true, true);
            }
        }
        if row.kind != SpaceKind::Archive {
            for origin in &state.relays {
                for (epoch, key) in &keys {
                    db.put_mailbox(origin, &key.mailbox(origin).id, row.no, epoch)?;
                }
            }
        }
        let incarnations = db.meta(&incarnations_key(&row.id))?.unwrap_or_default();
        let incarnations = incarnations
            .chunks_exact(DeviceId::LEN + Incarnation::LEN)
            .filter_map(|c| c.split_at_checked(DeviceId::LEN))
            .filter_map(|(d, i)| DeviceId::from_slice(d).zip(Incarnation::from_slice(i)))
            .collect();
        let space = Space { no: row.no, id: row.id, kind: row.kind, local: Local::parse(&row.local), state, keys, incarnations };
        self.spaces.insert(row.id, space);
        Ok(())
    }

    /// Remembers under which incarnations a device wrote in a space.
    pub(super) fn add_incarnations(
        &mut self,
        db: &Db<'_>,
        id: &SpaceId,
        device: DeviceId,
        incarnations: &[Incarnation],
    ) -> Result<(), EngineError> {
        let Some(space) = self.spaces.get_mut(id) else { return Ok(()) };
        let known = space.incarnations.len();
        for incarnation in incarnations {
            if space.incarnations.len() < INCARNATIONS {
                space.incarnations.insert((device, *incarnation));
            }
        }
        if space.incarnations.len() != known {
            let bytes: Vec<u8> = space.incarnations.iter().flat_map(|(d, i)| d.0.into_iter().chain(i.0)).collect();
            db.set_meta(&incarnations_key(id), &bytes)?;
            self.keys_stale = true;
        }
        Ok(())
    }

    /// Which person each automerge actor in a space is.
    pub(super) fn writers(&self, space: &Space) -> crate::document::read::Writers {
        let of = |(device, incarnation): &(DeviceId, Incarnation)| {
            Some((firewall::actor(space.id, *device, *incarnation), self.directory.person(device)?))
        };
        space.incarnations.iter().filter_map(of).collect()
    }

    /// Changes what the person chose for a space; own devices are told.
    pub(super) fn set_local(&mut self, db: &Db<'_>, id: &SpaceId, change: impl FnOnce(&mut Local)) -> Result<(), EngineError> {
        self.own_stale = true;
        self.put_local(db, id, |l| {
            change(l);
            l.untold = true;
        })
    }

    /// Changes what is kept of a space beside its records.
    pub(super) fn put_local(&mut self, db: &Db<'_>, id: &SpaceId, change: impl FnOnce(&mut Local)) -> Result<(), EngineError> {
        let space = self.spaces.get_mut(id).ok_or(EngineError::NotFound("relationship"))?;
        change(&mut space.local);
        db.put_space(id, space.kind, &space.local.to_bytes())?;
        self.keys_stale = true;
        self.changed.insert(Changed::Members(*id));
        Ok(())
    }

    /// The epoch that content is written under; made if there is none and this device may make one.
    pub(super) fn epoch_to_write(&mut self, db: &Db<'_>, id: &SpaceId) -> Result<Option<EpochKey>, EngineError> {
        for attempt in 0..2 {
            let space = self.space(id)?;
            if let Some(view) = epoch::written(&space.state.epochs, |e| space.keys.contains_key(&e.epoch)) {
                return Ok(space.keys.get(&view.epoch).cloned());
            }
            if attempt == 1 || !self.epoch_is_missing(id)? {
                break;
            }
            self.make_epoch(db, id)?;
        }
        Ok(None)
    }

    /// Begins a space of this person with `founders` under its first epoch; gives its id.
    pub(super) fn found_space(
        &mut self,
        db: &Db<'_>,
        policy: Policy,
        founders: &[PersonId],
        kind: SpaceKind,
        local: &Local,
        relays: &[String],
    ) -> Result<SpaceId, EngineError> {
        let mut founders = founders.to_vec();
        founders.sort_unstable();
        let genesis = SpaceGenesis { policy, founders, observers: Vec::new(), nonce: self.entropy.array()? };
        let genesis = Statement::sign(Scope::Genesis, self.device.signing(), &[], &Payload::SpaceGenesis(genesis))?;
        let id = SpaceId(genesis.id().0);
        db.put_space(&id, kind, &local.to_bytes())?;
        self.keep_statement(db, &genesis)?;
        self.load_space(db, &id)?;
        if !relays.is_empty() {
            self.state_relays(db, &id, relays)?;
        }
        self.make_epoch(db, &id)?;
        Ok(id)
    }

    /// States at which relays a space is kept.
    pub(super) fn state_relays(&mut self, db: &Db<'_>, id: &SpaceId, relays: &[String]) -> Result<(), EngineError> {
        let origins: BTreeSet<String> = relays.iter().cloned().collect();
        self.state_control(db, id, &Payload::Relays(Relays { origins: origins.into_iter().collect() }))
    }

    /// Signs a statement about a space, keeps it, and puts it behind what waits to be sent.
    pub(super) fn state_control(&mut self, db: &Db<'_>, id: &SpaceId, payload: &Payload) -> Result<(), EngineError> {
        let space = self.space(id)?;
        let (no, mut heads) = (space.no, space.state.heads.clone());
        heads.truncate(crate::space::statement::PARENTS);
        let statement = Statement::sign((*id).into(), self.device.signing(), &heads, payload)?;
        self.keep_statement(db, &statement)?;
        db.put_out(no, Outgoing::Statement(statement.id()))?;
        self.written.insert(*id);
        self.load_space(db, id)
    }

    /// Makes the next epoch of a space for its current readers.
    pub(super) fn make_epoch(&mut self, db: &Db<'_>, id: &SpaceId) -> Result<(), EngineError> {
        let space = self.space(id)?;
        let (no, number) = (space.no, epoch::next_number(&space.state.epochs));
        let readers = epoch::readers_wanted(&space.state.members, &self.directory).ok_or(EngineError::Keys)?;
        let key = EpochKey::new(*id, Secret::random(self.entropy.as_mut())?);
        let mut wraps = Vec::new();
        for reader in &readers {
            let state = self.persons.get(&reader.person).ok_or(EngineError::NotFound("person"))?;
            let public = state.keys.get(&reader.generation).ok_or(EngineError::Keys)?.public;
            let info = epoch_info(id, &key.id(), &reader.person);
            wraps.push(Sealed(wrap(self.entropy.as_mut(), &public.0, &info, key.secret().expose())?));
        }
        db.put_epoch(no, &key.id(), number, key.secret())?;
        self.own_stale = true;
        self.state_control(db, id, &Payload::Epoch(Epoch { number, epoch: key.id(), readers, wraps }))
    }
}

#[cfg(feature = "testing")]
impl super::Engine {
    /// Testing: whatever became of this device, it makes the next epoch of a space for those who read there now, and seals it to go out.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn forge_epoch(&mut self, space: &SpaceId) -> Result<(), EngineError> {
        self.sealing(|core, db| {
            core.make_epoch(db, space)?;
            core.seal_space(db, space)
        })?;
        Ok(())
    }
}

/// What an epoch's secret is wrapped under: `ithaca/v1/epoch-secret| space | epoch | reader`.
fn epoch_info(space: &SpaceId, epoch: &EpochId, reader: &PersonId) -> Vec<u8> {
    wrap_info("epoch-secret", &[&space.0[..], &epoch.0, &reader.0].concat())
}

pub(super) fn incarnations_key(space: &SpaceId) -> String {
    format!("incarnations/{space}")
}
