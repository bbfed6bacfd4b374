//! An outcome: what a sync came to, in the little that a screen says about it, also after a restart.

use serde::Serialize;

use super::{Engine, EngineError, RelayLine};
use crate::sync::machine::Millis;

/// What a sync came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SyncOutcome {
    /// When it ended, ms since 1970.
    pub at_ms: Millis,
    /// No relay could be reached, or there is no network: what is written waits.
    pub offline: bool,
    /// No relay is named: nothing leaves this device.
    pub no_relay: bool,
    /// Relays that could not be used.
    pub relays: Vec<RelayLine>,
}

/// What is kept of the last one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LastSync {
    /// When it ended, ms since 1970.
    pub at_ms: Millis,
    /// Whether every relay could be reached.
    pub reached: bool,
}

impl From<&SyncOutcome> for LastSync {
    fn from(o: &SyncOutcome) -> Self {
        Self { at_ms: o.at_ms, reached: !o.offline && !o.no_relay && o.relays.is_empty() }
    }
}

/// The setting under which it is kept: a byte for *reached*, then the time.
const LAST: &str = "last-sync-of-the-app";

impl Engine {
    /// What a sync that ended at `now` came to; `online`: whether the platform says that there is a network.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn sync_outcome(&self, online: bool, now: Millis) -> Result<SyncOutcome, EngineError> {
        let all = self.relays(now)?;
        let n = all.len();
        let relays: Vec<RelayLine> = all.into_iter().filter(|r| r.trouble.is_some()).collect();
        Ok(SyncOutcome { at_ms: now, offline: !online || (n > 0 && relays.len() == n), no_relay: n == 0, relays })
    }

    /// The last one, if there was one.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn last_sync(&self) -> Result<Option<LastSync>, EngineError> {
        let kept = self.setting(LAST)?;
        Ok(kept.and_then(|b| {
            let (reached, at) = b.split_first()?;
            Some(LastSync { at_ms: Millis::from_be_bytes(at.try_into().ok()?), reached: *reached == 1 })
        }))
    }

    /// Keeps the last one.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn keep_last_sync(&mut self, last: &LastSync) -> Result<(), EngineError> {
        let mut bytes = vec![u8::from(last.reached)];
        bytes.extend(last.at_ms.to_be_bytes());
        self.keep_setting(LAST, &bytes)
    }
}
