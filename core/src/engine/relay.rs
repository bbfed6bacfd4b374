//! Which relay this person uses, and under which account; at which relays a space is kept.

use std::collections::{BTreeMap, BTreeSet};

use ithaca_wire::LaneId;

use super::{Core, Engine, EngineError, Space};
use crate::id::{DeviceId, SpaceId};
use crate::store::{Db, SpaceKind};
use crate::sync::machine::Millis;

impl Engine {
    /// Uses `address` as this person's relay from now on: for the personal space and for new pairs. `account`: its secret, if one was given.
    ///
    /// # Errors
    /// [`EngineError::Address`] for an address that cannot be used.
    pub fn set_relay(&mut self, address: &str, account: Option<[u8; 32]>, now: Millis) -> Result<String, EngineError> {
        let origin = crate::transport::http::origin(address)?;
        let personal = self.personal()?;
        self.transact(|core, db| {
            if let Some(account) = account {
                let mut accounts = core.accounts(db)?;
                accounts.insert(origin.clone(), account);
                core.set_accounts(db, &accounts)?;
            }
            db.set_meta("relay", origin.as_bytes())?;
            (core.keys_stale, core.own_stale) = (true, true);
            if !core.space(&personal)?.state.relays.contains(&origin) {
                core.state_relays(db, &personal, std::slice::from_ref(&origin))?;
            }
            Ok(())
        })?;
        self.keep_own_later(now)?;
        Ok(origin)
    }

    /// Keeps a relationship at these relays from now on: one that is new gets all there is. One may fall away once every device of both people is known
    /// to have all that was said, and with it where to look; so moving takes two steps.
    ///
    /// # Errors
    /// [`EngineError::Address`] for an address that cannot be used, [`EngineError::Invalid`] where somebody would go on looking at the relay that falls
    /// away.
    pub fn use_relays(&mut self, space: &SpaceId, addresses: &[String], now: Millis) -> Result<(), EngineError> {
        let origins: BTreeSet<String> = addresses.iter().map(|a| crate::transport::http::origin(a)).collect::<Result<_, _>>()?;
        self.transact(|core, db| {
            core.may_write(space)?;
            let it = core.space(space)?;
            if it.kind != SpaceKind::Pair || origins.is_empty() {
                return Err(EngineError::Invalid("a relationship is kept at one relay at least"));
            }
            if !it.state.relays.is_subset(&origins) && !core.is_heard(db, space)? {
                return Err(EngineError::Invalid(
                    "not every device is known to have heard of the other relay: the old one stays until they have; revoke a device that is lost",
                ));
            }
            if it.state.relays != origins {
                core.state_relays(db, space, &origins.into_iter().collect::<Vec<_>>())?;
            }
            Ok(())
        })?;
        self.keep_own_later(now)
    }

    /// The relay for new pairs, if one was named.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn relay(&self) -> Result<Option<String>, EngineError> {
        Ok(self.store.read().meta("relay")?.and_then(|r| String::from_utf8(r).ok()))
    }
}

impl Core {
    /// Whether every current device of everybody in a space said that it has all that was said there.
    fn is_heard(&self, db: &Db<'_>, id: &SpaceId) -> Result<bool, EngineError> {
        let space = self.space(id)?;
        if db.n_outgoing(space.no)? > 0 {
            return Ok(false);
        }
        let others = self.other_devices(space);
        for lane in db.lanes_of_space(space.no)?.into_iter().filter(|l| l.said > 0) {
            let author = lane.device.and_then(|no| self.devices.get(&no)).map(|(device, _)| *device);
            let said = self.said_of(db, &lane.id)?;
            for device in others.iter().filter(|d| author != Some(**d)) {
                if self.reach(db, &lane.id, lane.device, said.get(device).copied().unwrap_or(0))? < lane.said {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    /// Every current device of everybody in a space but this one.
    pub(super) fn other_devices(&self, space: &Space) -> BTreeSet<DeviceId> {
        let persons = space.state.members.keys().filter_map(|p| self.persons.get(p));
        persons.flat_map(|p| p.current_devices()).map(|(device, _)| *device).filter(|d| *d != self.device.id()).collect()
    }

    /// Up to which number each device said it has a lane.
    pub(super) fn said_of(&self, db: &Db<'_>, lane: &LaneId) -> Result<BTreeMap<DeviceId, u64>, EngineError> {
        Ok(db.frontiers(lane)?.into_iter().filter_map(|(no, n)| Some((self.devices.get(&no)?.0, n))).collect())
    }

    /// The account's secret at a relay, if there is one.
    pub(super) fn account(&self, db: &Db<'_>, origin: &str) -> Result<Option<[u8; 32]>, EngineError> {
        Ok(self.accounts(db)?.get(origin).copied())
    }

    /// Every account's secret, by relay.
    pub(super) fn accounts(&self, db: &Db<'_>) -> Result<BTreeMap<String, [u8; 32]>, EngineError> {
        let accounts: BTreeMap<String, String> = db.meta("accounts")?.and_then(|b| serde_json::from_slice(&b).ok()).unwrap_or_default();
        Ok(accounts.into_iter().filter_map(|(o, a)| Some((o, hex::decode(a).ok()?.try_into().ok()?))).collect())
    }

    pub(super) fn set_accounts(&mut self, db: &Db<'_>, accounts: &BTreeMap<String, [u8; 32]>) -> Result<(), EngineError> {
        let accounts: BTreeMap<&String, String> = accounts.iter().map(|(o, a)| (o, hex::encode(a))).collect();
        db.set_meta("accounts", &serde_json::to_vec(&accounts).unwrap_or_default())?;
        (self.keys_stale, self.own_stale) = (true, true);
        Ok(())
    }
}
