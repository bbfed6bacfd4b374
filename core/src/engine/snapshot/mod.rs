//! Snapshots at work: making one when the tail of records is long, and on a new device showing one until the records behind it are here.
//!
//! What a snapshot shows stands apart from what records say: under the space's number made negative ([`crate::store::shadow`]). Nothing that is built from
//! records reads it, so a false one never wins; when every record that it covers is held it is dropped.

mod look;
mod make;
mod show;

use std::collections::{BTreeMap, BTreeSet};

use ithaca_wire::LaneId;
use minicbor::bytes::ByteArray;
use minicbor::{Decode, Encode};

use self::make::Making;
use self::show::Taking;
use super::{Core, Engine, EngineError, Request};
use crate::event::own::KnownSnapshot;
use crate::id::{EpochId, SpaceId};
use crate::record::snapshot::{BYTES, RECORDS, Reference, Snapshot};
use crate::store::{Db, SpaceKind};
use crate::sync::machine::Millis;
use crate::transport::{CallError, Reply};

/// After a failure the next attempt comes this much later.
const LATER: Millis = 10 * 60_000;

/// What a call was for.
#[derive(Debug)]
pub(super) enum Step {
    /// A part of an object was put.
    Put,
    /// An object was asked for.
    Object,
    /// Records after a snapshot were asked for, of these epochs.
    Tail { space: SpaceId, epochs: Vec<EpochId> },
}

/// Snapshots under way. Lost on a restart without harm.
#[derive(Debug, Default)]
pub(super) struct Work {
    /// An exchange was answered since this was last looked at.
    pub answered: bool,
    /// Spaces of which an exchange had nothing more to bring.
    pub rested: BTreeSet<SpaceId>,
    making: Option<Making>,
    taking: Option<Taking>,
    /// Snapshots of spaces that are new here.
    wanted: BTreeMap<SpaceId, KnownSnapshot>,
    /// How many facts of own devices were looked through for them.
    facts: u64,
    /// Spaces of which records after a snapshot are to be asked for, and those of which they were.
    tails: BTreeSet<SpaceId>,
    reading: BTreeSet<SpaceId>,
    /// Spaces whose snapshot was just shown: records from the beginning wait until what came after it is shown too.
    fresh: BTreeSet<SpaceId>,
    /// When a space is next tried.
    later: BTreeMap<SpaceId, Millis>,
    off: bool,
    after: Option<(u64, u64)>,
    forge: Option<fn(&mut Snapshot)>,
}

/// The last snapshot of a space that this device knows, and what it held of the space then.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub(super) struct LastSnapshot {
    /// Which.
    #[n(0)]
    pub snapshot: KnownSnapshot,
    /// Records accepted.
    #[n(1)]
    records: u64,
    /// Bytes of records.
    #[n(2)]
    bytes: u64,
}

impl Work {
    /// Whether the records of a space wait for a snapshot of it and for what came after that. Asked for at once they would be here first, and take longer
    /// to read.
    pub fn holds(&self, id: &SpaceId, now: Millis) -> bool {
        let taken = self.taking.as_ref().is_some_and(|t| t.space() == *id);
        taken || self.fresh.contains(id) || (!self.off && self.wanted.contains_key(id) && self.later.get(id).is_none_or(|at| *at <= now))
    }
}

impl Engine {
    /// Whether this device makes and uses snapshots; it does unless told otherwise. They only save time.
    pub fn use_snapshots(&mut self, on: bool) {
        self.exchanges.snapshots.off = !on;
    }

    /// Testing: a snapshot is made after so many records and bytes of them.
    #[cfg(feature = "testing")]
    pub fn snapshot_after(&mut self, records: u64, bytes: u64) {
        self.exchanges.snapshots.after = Some((records, bytes));
    }

    /// Testing: a device that changes what it puts into a snapshot.
    #[cfg(feature = "testing")]
    pub fn forge_snapshots(&mut self, forge: fn(&mut Snapshot)) {
        self.exchanges.snapshots.forge = Some(forge);
    }

    /// Does what snapshots ask for now. That one fails never stops anything else.
    pub(super) fn tend_snapshots(&mut self, now: Millis, out: &mut Vec<Request>) -> Result<(), EngineError> {
        if std::mem::take(&mut self.exchanges.snapshots.answered) {
            self.look_for_snapshots()?;
            self.settle_shown(now)?;
            self.begin_making(now)?;
        }
        self.go_on_making(now, out)?;
        self.go_on_taking(now, out)?;
        self.read_tails(now, out)
    }

    /// A call of a snapshot came back.
    pub(super) fn snapshot_done(&mut self, now: Millis, step: Step, result: Result<Reply, CallError>) -> Result<(), EngineError> {
        match step {
            Step::Put => {
                self.put(result);
                Ok(())
            }
            Step::Object => self.got(now, result),
            Step::Tail { space, epochs } => self.tail_came(now, &space, &epochs, result),
        }
    }

    /// Finds snapshots of spaces of which this device holds next to nothing.
    fn look_for_snapshots(&mut self) -> Result<(), EngineError> {
        let db = self.store.read();
        let Some(personal) = self.core.personal() else { return Ok(()) };
        let facts = db.n_events(self.core.space(&personal)?.no, crate::event::own::KIND)?;
        let work = &mut self.exchanges.snapshots;
        if work.off || facts == work.facts {
            return Ok(());
        }
        work.facts = facts;
        for (id, known) in self.core.known(&db)?.snapshots {
            if self.core.wants(&db, &id, &known)? {
                work.wanted.insert(id, known);
            }
        }
        Ok(())
    }
}

impl Core {
    /// The last snapshot known of a space.
    pub(super) fn last_snapshot(db: &Db<'_>, id: &SpaceId) -> Result<Option<LastSnapshot>, EngineError> {
        Ok(db.meta(&last_key(id))?.and_then(|b| ithaca_wire::cbor::decode("last snapshot", &b).ok()))
    }

    /// Notes that a record of kind *snapshot* was accepted or made. Own devices are told, for those that come later.
    pub(super) fn note_snapshot(
        &mut self,
        db: &Db<'_>,
        (id, epoch): (&SpaceId, &EpochId),
        (lane, n): (LaneId, u64),
        reference: Reference,
    ) -> Result<(), EngineError> {
        let Some(no) = self.spaces.get(id).filter(|s| s.kind == SpaceKind::Pair).map(|s| s.no) else { return Ok(()) };
        let (records, bytes) = db.record_totals(no)?;
        let snapshot = KnownSnapshot { space: *id, epoch: *epoch, lane, n, size: reference.size, objects: reference.objects };
        db.set_meta(&last_key(id), &ithaca_wire::cbor::encode(&LastSnapshot { snapshot, records, bytes }))?;
        self.own_stale = true;
        Ok(())
    }

    /// Whether a new snapshot of a space is due, `after` so many records and bytes.
    fn snapshot_is_due(&self, db: &Db<'_>, id: &SpaceId, after: Option<(u64, u64)>) -> Result<bool, EngineError> {
        let no = self.space(id)?.no;
        let last = Self::last_snapshot(db, id)?;
        let (records, bytes, size) = last.map_or((0, 0, 0), |l| (l.records, l.bytes, l.snapshot.size));
        let (least, least_bytes) = after.unwrap_or((RECORDS, BYTES));
        // Asked after every exchange: the bytes are only counted where the records are enough.
        if db.n_accepted(no)?.saturating_sub(records) < least {
            return Ok(false);
        }
        let tail = db.record_totals(no)?.1.saturating_sub(bytes);
        Ok(tail >= size.max(least_bytes))
    }
}

/// What a record of kind *snapshot* says of a snapshot that is known.
fn reference(known: &KnownSnapshot) -> Reference {
    Reference { size: known.size, objects: known.objects.clone() }
}

/// The names of its objects.
fn hash(of: &ByteArray<32>) -> [u8; 32] {
    **of
}

fn last_key(space: &SpaceId) -> String {
    format!("snapshot/last/{space}")
}

/// Where the snapshot is named that was used, or refused, last: it is not tried again.
fn tried_key(space: &SpaceId) -> String {
    format!("snapshot/tried/{space}")
}

fn tried(known: &KnownSnapshot) -> Vec<u8> {
    [&known.epoch.0[..], &known.lane.0, &known.n.to_be_bytes()].concat()
}
