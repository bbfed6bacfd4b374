//! The mark that stands while records are being applied: one that ends the process is known at the next start, and after three deaths set aside.

use ithaca_wire::id::RecordHash;
use ithaca_wire::record;

use super::{Core, Engine, EngineError};
use crate::id::{EpochId, SpaceId};
use crate::store::Db;
use crate::sync::machine::Millis;

impl Engine {
    /// Takes records in, and `then` in the same transaction. Records that were being applied when the process died come one at a time.
    pub(super) fn ingest<T>(
        &mut self,
        space: &SpaceId,
        epoch: &EpochId,
        records: &[Vec<u8>],
        now: Millis,
        new: &mut bool,
        then: impl FnOnce(&mut Core, &Db<'_>) -> Result<T, EngineError>,
    ) -> Result<T, EngineError> {
        let (doubtful, calm): (Vec<&Vec<u8>>, Vec<&Vec<u8>>) =
            records.iter().partition(|r| !self.core.deaths.is_empty() && self.core.deaths.contains_key(&record::hash(r)));
        for record in doubtful {
            let trial = self.begin_trial(&[record])?;
            *new |= self.transact_soon(|core, db| core.ingest(db, space, epoch, [record.as_slice()], now))?.new;
            self.end_trial(trial)?;
        }
        let trial = self.begin_trial(&calm)?;
        let out = self.transact_soon(|core, db| {
            if !calm.is_empty() {
                *new |= core.ingest(db, space, epoch, calm.iter().map(|r| r.as_slice()), now)?.new;
            }
            then(core, db)
        })?;
        self.end_trial(trial)?;
        Ok(out)
    }

    /// Marks the records about to be applied, so that a start after a death knows them.
    pub(super) fn begin_trial(&self, records: &[&Vec<u8>]) -> Result<bool, EngineError> {
        if records.is_empty() {
            return Ok(false);
        }
        let hashes: Vec<u8> = records.iter().flat_map(|r| record::hash(r).0).collect();
        self.profile.note("trial", &hashes)?;
        Ok(true)
    }

    pub(super) fn end_trial(&self, begun: bool) -> Result<(), EngineError> {
        if begun {
            self.profile.forget("trial")?;
        }
        Ok(())
    }

    /// After a start: if the last life ended while records were being applied, they are remembered, and after three deaths set aside.
    pub(super) fn after_trial(&mut self) -> Result<(), EngineError> {
        let deaths = self.store.read().meta("deaths")?.unwrap_or_default();
        for chunk in deaths.chunks_exact(33) {
            if let Some((hash, n)) = chunk.split_first_chunk::<32>() {
                self.core.deaths.insert(RecordHash(*hash), n.first().copied().unwrap_or(0));
            }
        }
        let Some(marked) = self.profile.read("trial")? else { return Ok(()) };
        for hash in marked.chunks_exact(32) {
            if let Ok(hash) = hash.try_into() {
                let n = self.core.deaths.entry(RecordHash(hash)).or_default();
                *n = n.saturating_add(1);
            }
        }
        let bytes: Vec<u8> = self.core.deaths.iter().flat_map(|(h, n)| h.0.into_iter().chain([*n])).collect();
        self.transact(|_, db| Ok(db.set_meta("deaths", &bytes)?))?;
        Ok(self.profile.forget("trial")?)
    }
}
