//! An event: a fact one person stated once. It is never rewritten; a correction is a new event that names what it replaces.
//!
//! Bytes: canonical CBOR, a map `{0: kind, 1: subject, 2: parents, 3: clock, 4: wall time less clock, 5: payload}`; the subject is
//! left out when it is all zeros (the conversation of the space), parents when there are none, 4 when it is zero. Keys and kinds of
//! later versions stay in the bytes, which are kept as they came.

pub mod order;
pub mod own;
pub mod payload;
pub mod state;
pub mod tombstone;

use ithaca_wire::cbor;
use minicbor::{Decoder, Encoder};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::id::{DeviceId, EventId, PersonId, SpaceId};
use crate::switch::{Switch, holds};
pub use order::{Clock, MAX_CLOCK, heads, order, parents_for};
pub use payload::{GoalStatus, Payload, Phase, SessionState, Stage};

/// What an event is about: a goal, a session, a conversation (zeros: the conversation of the space).
pub type Subject = [u8; 16];
/// The conversation of the space, and the subject of its stage events.
pub const SPACE_SUBJECT: Subject = [0; 16];
/// Most parents one event names.
pub const MAX_PARENTS: usize = 32;

/// Why the bytes of an event were refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EventError {
    /// Not canonical CBOR of the stated shape.
    #[error("event bytes: {0}")]
    Bytes(#[from] ithaca_wire::WireError),
    /// A required field is missing or of another type.
    #[error("event field {field} is missing or of another type")]
    Field {
        /// The key in the event's map.
        field: u8,
    },
    /// A clock at or above 2^48.
    #[error("event clock is not below 2^48")]
    Clock,
    /// Too many parents.
    #[error("event names more than {MAX_PARENTS} parents")]
    Parents,
}

/// One statement, as its author made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// What it is about.
    pub subject: Subject,
    /// Heads of the subject as the author saw them, where order needs them (see [`parents_for`]).
    pub parents: Vec<EventId>,
    /// The author's hybrid clock, below 2^48.
    pub clock: u64,
    /// The author's wall clock, in milliseconds since 1970; only shown.
    pub wall_ms: i64,
    /// What is stated.
    pub payload: Payload,
}

/// An event before its author's clock and parents are known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventDraft {
    /// What it is about.
    pub subject: Subject,
    /// What is stated.
    pub payload: Payload,
}

impl EventDraft {
    /// The event its author states now; `held` are the events of the subject that this device holds.
    pub fn stated(self, clock: Clock, wall_ms: i64, held: &[HeldEvent]) -> Event {
        let parents = parents_for(&self.payload, clock, self.subject, held);
        Event { subject: self.subject, parents, clock: clock.0, wall_ms, payload: self.payload }
    }
}

impl Event {
    /// The kind, as it stands in the bytes.
    pub fn kind(&self) -> u16 {
        self.payload.kind()
    }

    /// Canonical bytes.
    pub fn encode(&self) -> Vec<u8> {
        let delta = self.wall_ms.wrapping_sub(i64::try_from(self.clock).unwrap_or(i64::MAX));
        let fields = 3 + u64::from(self.subject != SPACE_SUBJECT) + u64::from(!self.parents.is_empty()) + u64::from(delta != 0);
        let mut e = Encoder::new(Vec::new());
        // Writing into a Vec cannot fail.
        let _ = self.write(&mut e, fields, delta);
        e.into_writer()
    }

    fn write(&self, e: &mut Encoder<Vec<u8>>, fields: u64, delta: i64) -> Result<(), minicbor::encode::Error<std::convert::Infallible>> {
        e.map(fields)?.u8(0)?.u16(self.kind())?;
        if self.subject != SPACE_SUBJECT {
            e.u8(1)?.bytes(&self.subject)?;
        }
        if !self.parents.is_empty() {
            e.u8(2)?.array(self.parents.len() as u64)?;
            for p in &self.parents {
                e.bytes(&p.0)?;
            }
        }
        e.u8(3)?.u64(self.clock)?;
        if delta != 0 {
            e.u8(4)?.i64(delta)?;
        }
        e.u8(5)?;
        e.writer_mut().extend_from_slice(&self.payload.encode());
        Ok(())
    }

    /// Reads one event. Kinds this version does not know become [`Payload::Unknown`]; unknown keys are passed over.
    ///
    /// # Errors
    /// [`EventError`] for bytes that are not canonical, lack a field, or whose clock is not below 2^48.
    pub fn decode(bytes: &[u8]) -> Result<Self, EventError> {
        cbor::check("event", bytes)?;
        let mut d = Decoder::new(bytes);
        let bad = |field| move |_: minicbor::decode::Error| EventError::Field { field };
        let n = d.map().map_err(bad(0))?.ok_or(EventError::Field { field: 0 })?;
        let (mut kind, mut subject, mut parents, mut clock, mut delta, mut payload) = (None, SPACE_SUBJECT, Vec::new(), None, 0i64, None);
        for _ in 0..n {
            match d.u64().map_err(bad(0))? {
                0 => kind = Some(d.u16().map_err(bad(0))?),
                1 => {
                    subject = d.bytes().map_err(bad(1))?.try_into().map_err(|_| EventError::Field { field: 1 })?;
                    if subject == SPACE_SUBJECT {
                        return Err(EventError::Field { field: 1 });
                    }
                }
                2 => {
                    let n = d.array().map_err(bad(2))?.unwrap_or(0);
                    if n > MAX_PARENTS as u64 {
                        return Err(EventError::Parents);
                    }
                    for _ in 0..n {
                        let p = d.bytes().map_err(bad(2))?;
                        parents.push(EventId::from_slice(p).ok_or(EventError::Field { field: 2 })?);
                    }
                    if parents.is_empty() {
                        return Err(EventError::Field { field: 2 });
                    }
                }
                3 => clock = Some(d.u64().map_err(bad(3))?),
                4 => delta = d.i64().map_err(bad(4))?,
                5 => {
                    let from = d.position();
                    d.skip().map_err(bad(5))?;
                    payload = bytes.get(from..d.position());
                }
                _ => d.skip().map_err(bad(6))?,
            }
        }
        let clock = clock.ok_or(EventError::Field { field: 3 })?;
        if clock >= MAX_CLOCK {
            return Err(EventError::Clock);
        }
        let kind = kind.ok_or(EventError::Field { field: 0 })?;
        let payload = Payload::decode(kind, payload.ok_or(EventError::Field { field: 5 })?);
        let wall_ms = i64::try_from(clock).unwrap_or(i64::MAX).wrapping_add(delta);
        Ok(Self { subject, parents, clock, wall_ms, payload })
    }
}

/// The id of an event: first 16 bytes of SHA-256 over label, space, author device and bytes.
pub fn id(space: SpaceId, device: DeviceId, bytes: &[u8]) -> EventId {
    let bytes = if holds(Switch::EventId) { bytes } else { bytes.get(..8).unwrap_or(bytes) };
    let hash = Sha256::new().chain_update(b"ithaca/v1/event").chain_update(space.0).chain_update(device.0).chain_update(bytes).finalize();
    let mut out = [0; 16];
    out.iter_mut().zip(hash.iter()).for_each(|(o, b)| *o = *b);
    EventId(out)
}

/// An event as a device holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldEvent {
    /// Its id.
    pub id: EventId,
    /// Who stated it: the person of the record's device.
    pub author: PersonId,
    /// On which device.
    pub device: DeviceId,
    /// What the bytes say.
    pub event: Event,
    /// Its place in the order: its own clock, or one more than the greatest among the parents held.
    pub effective: u64,
    /// The bytes, as they came.
    pub bytes: Vec<u8>,
}

impl HeldEvent {
    /// Takes an event's bytes in; `parent_effective` looks up the order of a parent that is held.
    ///
    /// # Errors
    /// See [`Event::decode`].
    pub fn take(
        space: SpaceId,
        author: PersonId,
        device: DeviceId,
        bytes: Vec<u8>,
        parent_effective: impl Fn(EventId) -> Option<u64>,
    ) -> Result<Self, EventError> {
        let event = Event::decode(&bytes)?;
        Ok(Self::placed(space, author, device, event, bytes, parent_effective))
    }

    /// As [`Self::take`], of an event that was decoded from `bytes` before.
    pub(crate) fn placed(
        space: SpaceId,
        author: PersonId,
        device: DeviceId,
        event: Event,
        bytes: Vec<u8>,
        parent_effective: impl Fn(EventId) -> Option<u64>,
    ) -> Self {
        let after = event.parents.iter().filter_map(|p| parent_effective(*p)).max().map_or(0, |e| e.saturating_add(1));
        Self { id: id(space, device, &bytes), author, device, effective: event.clock.max(after), event, bytes }
    }

    /// The message that this says, rewords or takes back.
    pub(crate) fn message(&self) -> Option<EventId> {
        match &self.event.payload {
            Payload::Message(_) => Some(self.id),
            Payload::Reaction(_) => None,
            other => other.target(),
        }
    }
}

#[cfg(test)]
mod tests;
