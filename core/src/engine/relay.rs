//! Which relay this person uses, and under which account.

use std::collections::BTreeMap;

use super::{Core, Engine, EngineError};
use crate::store::Db;
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

    /// The relay for new pairs, if one was named.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn relay(&self) -> Result<Option<String>, EngineError> {
        Ok(self.store.read().meta("relay")?.and_then(|r| String::from_utf8(r).ok()))
    }
}

impl Core {
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
