//! What a statement says: a canonical CBOR map in which key 0 is the kind, key 1 whether a reader must understand it, and the rest the kind's fields.
//!
//! A kind of a later version is kept as it came; its bytes stay in the statement.

use ithaca_wire::{LaneId, cbor};
use minicbor::{Decode, Encode};

use crate::id::{DeviceId, EpochId, PersonId, RecordId, StatementId};

/// Why bytes are not a payload.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PayloadError {
    /// Not canonical CBOR, or not the fields of its kind.
    #[error(transparent)]
    Cbor(#[from] ithaca_wire::WireError),
    /// A list that must rise does not, or names something twice.
    #[error("{what} do not rise")]
    NotRising {
        /// Which list.
        what: &'static str,
    },
    /// Two lists of different lengths that belong together, or a list that is too long.
    #[error("{what} are too many or too few")]
    Count {
        /// Which list.
        what: &'static str,
    },
    /// Known fields in a form nobody writes.
    #[error("fields are not in the form in which they are written")]
    Form,
}

/// A public key: X25519 or Ed25519 as the field says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Encode, Decode)]
#[cbor(transparent)]
pub struct PublicKey(
    /// The bytes.
    #[n(0)]
    #[cbor(with = "minicbor::bytes")]
    pub [u8; 32],
);

/// An Ed25519 signature carried beside the statement's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(transparent)]
pub struct ExtraSignature(
    /// The bytes.
    #[n(0)]
    #[cbor(with = "minicbor::bytes")]
    pub [u8; 64],
);

/// Sealed bytes: an HPKE wrap or a secret under another.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(transparent)]
pub struct Sealed(
    /// The bytes.
    #[n(0)]
    #[cbor(with = "minicbor::bytes")]
    pub Vec<u8>,
);

/// To whom a person key was wrapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub enum Recipient {
    /// A device of the person.
    #[n(0)]
    Device(#[n(0)] DeviceId),
    /// The recovery key with this X25519 public key.
    #[n(1)]
    Recovery(#[n(0)] PublicKey),
}

/// A person key's secret for one recipient.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct KeyWrap {
    /// Who can open it.
    #[n(0)]
    pub to: Recipient,
    /// The sealed secret.
    #[n(1)]
    pub sealed: Sealed,
}

/// The two public halves of what the recovery phrase gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct RecoveryKeys {
    /// Ed25519: signs statements of the person log.
    #[n(0)]
    pub sign: PublicKey,
    /// X25519: person keys are wrapped to it.
    #[n(1)]
    pub hpke: PublicKey,
}

/// Begins a person log; its author is the first device, its id the person.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct PersonGenesis {
    /// Makes two geneses of one device differ.
    #[n(2)]
    #[cbor(with = "minicbor::bytes")]
    pub nonce: [u8; 16],
    /// The first device's X25519 key.
    #[n(3)]
    pub hpke: PublicKey,
    /// The recovery phrase's keys, if one was made.
    #[n(4)]
    pub recovery: Option<RecoveryKeys>,
    /// Generation 1 of the person key.
    #[n(5)]
    pub person_key: PublicKey,
    /// Its secret, for the device and the recovery key.
    #[n(6)]
    pub wraps: Vec<KeyWrap>,
}

/// Adds a device; signed by an old device or the recovery key, and by the new device too.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct AddDevice {
    /// The new device.
    #[n(2)]
    pub device: DeviceId,
    /// Its X25519 key.
    #[n(3)]
    pub hpke: PublicKey,
    /// The new device's signature, see `identity::person_log::device_consent`.
    #[n(4)]
    pub consent: ExtraSignature,
    /// The current person key's secret for the new device.
    #[n(5)]
    pub handed: Sealed,
}

/// Ends a device for ever. Its parents are the heads its author saw.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct RevokeDevice {
    /// The device that is out.
    #[n(2)]
    pub device: DeviceId,
}

/// The next generation of the person key.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct NewPersonKey {
    /// 1 + the highest in its past.
    #[n(2)]
    pub generation: u64,
    /// X25519 public key.
    #[n(3)]
    pub public: PublicKey,
    /// The secret, for each recipient.
    #[n(4)]
    pub wraps: Vec<KeyWrap>,
    /// The secret of the generation before, under this one.
    #[n(5)]
    pub before: Sealed,
}

/// New recovery keys; signed by the old one, or by every current device (author and `consents`).
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct NewRecovery {
    /// The new keys.
    #[n(2)]
    pub keys: RecoveryKeys,
    /// Of the devices other than the author, rising by device; see `identity::person_log::recovery_consent`.
    #[n(3)]
    pub consents: Vec<Consent>,
}

/// One device's signature under a [`NewRecovery`].
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Consent {
    /// Which device.
    #[n(0)]
    pub device: DeviceId,
    /// Its signature.
    #[n(1)]
    pub signature: ExtraSignature,
}

/// What kind of audience a space is; fixed for ever by its genesis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum Policy {
    /// One person's devices, nobody else ever.
    #[n(0)]
    Personal,
    /// Two founders; admitting anybody needs both.
    #[n(1)]
    Pair,
    /// One or two founders, who admit alone.
    #[n(2)]
    Circle,
    /// As a circle, for a programme's coordinators.
    #[n(3)]
    Programme,
}

/// How far a member's authority reaches: strictly downward.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Encode, Decode)]
#[cbor(index_only)]
pub enum Tier {
    /// Named by the genesis; removed by nobody.
    #[n(0)]
    Founder,
    /// May admit and remove participants and observers.
    #[n(1)]
    Steward,
    /// May write.
    #[n(2)]
    Participant,
    /// May read, and leave.
    #[n(3)]
    Observer,
}

/// Begins a control log; its id is the space.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct SpaceGenesis {
    /// The policy, for ever.
    #[n(2)]
    pub policy: Policy,
    /// Rising.
    #[n(3)]
    pub founders: Vec<PersonId>,
    /// Observers from the start, rising.
    #[n(4)]
    pub observers: Vec<PersonId>,
    /// Makes two geneses differ.
    #[n(5)]
    #[cbor(with = "minicbor::bytes")]
    pub nonce: [u8; 16],
}

/// Admits somebody, or proposes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Admit {
    /// Whom.
    #[n(2)]
    pub person: PersonId,
    /// As what.
    #[n(3)]
    pub tier: Tier,
    /// Whether they may admit and remove, if their tier allows it.
    #[n(4)]
    pub manages: bool,
    /// Whether they are given the keys.
    #[n(5)]
    pub reads: bool,
}

/// The last record of a lane that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct LaneEnd {
    /// Which lane.
    #[n(0)]
    pub lane: LaneId,
    /// Its last number, from 1.
    #[n(1)]
    pub n: u64,
    /// The record there.
    #[n(2)]
    pub record: RecordId,
}

/// Removes somebody; `cut` says where their lanes end.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Remove {
    /// Whom.
    #[n(2)]
    pub person: PersonId,
    /// Rising by lane; a lane not named ends at 0.
    #[n(3)]
    pub cut: Vec<LaneEnd>,
}

/// The author leaves; `cut` says where their own lanes end.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Leave {
    /// Rising by lane.
    #[n(2)]
    pub cut: Vec<LaneEnd>,
}

/// Names another statement: seconds or withdraws a proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct About {
    /// The proposal.
    #[n(2)]
    pub proposal: StatementId,
}

/// Where lanes end that a removal, leaving or revocation ended; said of a revocation in each space, or raising what was said.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Cut {
    /// The removal, leaving or device revocation it belongs to.
    #[n(2)]
    pub ends: StatementId,
    /// Rising by lane.
    #[n(3)]
    pub cut: Vec<LaneEnd>,
}

/// A reader and the generation of their person key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub struct Reader {
    /// Who.
    #[n(0)]
    pub person: PersonId,
    /// Of which generation their wrap is.
    #[n(1)]
    pub generation: u64,
}

/// New keys for a space's content.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Epoch {
    /// 1 + the highest among the epochs in its past.
    #[n(2)]
    pub number: u64,
    /// Commits to the secret.
    #[n(3)]
    pub epoch: EpochId,
    /// Rising by person.
    #[n(4)]
    pub readers: Vec<Reader>,
    /// One wrap a reader, in the same order.
    #[n(5)]
    pub wraps: Vec<Sealed>,
}

/// Where a space's mailboxes are.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Relays {
    /// Rising.
    #[n(2)]
    pub origins: Vec<String>,
}

#[derive(Decode)]
#[cbor(map)]
struct Head {
    #[n(0)]
    kind: u16,
    #[n(1)]
    critical: Option<bool>,
}

/// What a statement says.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)] // each variant is its struct
pub enum Payload {
    PersonGenesis(PersonGenesis),
    AddDevice(AddDevice),
    RevokeDevice(RevokeDevice),
    NewPersonKey(NewPersonKey),
    NewRecovery(NewRecovery),
    SpaceGenesis(SpaceGenesis),
    Admit(Admit),
    Remove(Remove),
    Leave(Leave),
    /// Ends the space for everybody.
    Close,
    Propose(Admit),
    Second(About),
    WithdrawProposal(About),
    Cut(Cut),
    Epoch(Epoch),
    Relays(Relays),
    /// Of a later version. `raw` is the whole payload.
    Unknown {
        kind: u16,
        critical: bool,
        raw: Vec<u8>,
    },
}

/// Kind 25, *share*, is reserved for a later version.
const CLOSE: u16 = 20;

macro_rules! kinds {
    ($($number:literal $variant:ident $fields:ty,)*) => {
        impl Payload {
            /// The kind's number.
            pub fn kind(&self) -> u16 {
                match self {
                    $(Self::$variant(_) => $number,)*
                    Self::Close => CLOSE,
                    Self::Unknown { kind, .. } => *kind,
                }
            }

            /// Canonical CBOR.
            pub fn encode(&self) -> Vec<u8> {
                match self {
                    $(Self::$variant(fields) => with_kind($number, &cbor::encode(fields)),)*
                    Self::Close => with_kind(CLOSE, &[0xa0]),
                    Self::Unknown { raw, .. } => raw.clone(),
                }
            }

            fn read(kind: u16, critical: bool, bytes: &[u8]) -> Result<Self, PayloadError> {
                Ok(match kind {
                    $($number => Self::$variant(cbor::decode::<$fields>("payload", bytes)?),)*
                    CLOSE => Self::Close,
                    _ => Self::Unknown { kind, critical, raw: bytes.to_vec() },
                })
            }
        }
    };
}

kinds! {
    1 PersonGenesis PersonGenesis,
    2 AddDevice AddDevice,
    3 RevokeDevice RevokeDevice,
    4 NewPersonKey NewPersonKey,
    5 NewRecovery NewRecovery,
    16 SpaceGenesis SpaceGenesis,
    17 Admit Admit,
    18 Remove Remove,
    19 Leave Leave,
    21 Propose Admit,
    22 Second About,
    23 WithdrawProposal About,
    24 Cut Cut,
    26 Epoch Epoch,
    27 Relays Relays,
}

impl Payload {
    /// Reads a payload; one of an unknown kind is kept as [`Payload::Unknown`].
    ///
    /// # Errors
    /// [`PayloadError`] when it is not canonical or its fields contradict each other.
    pub fn decode(bytes: &[u8]) -> Result<Self, PayloadError> {
        crate::record::body::few("payload", bytes)?;
        let head: Head = cbor::decode("payload", bytes)?;
        if head.critical == Some(false) {
            return Err(PayloadError::Form);
        }
        let payload = Self::read(head.kind, head.critical.unwrap_or(false), bytes)?;
        payload.check()?;
        Ok(payload)
    }

    /// Whether it begins a log.
    pub fn is_genesis(&self) -> bool {
        matches!(self, Self::PersonGenesis(_) | Self::SpaceGenesis(_))
    }

    fn check(&self) -> Result<(), PayloadError> {
        match self {
            Self::SpaceGenesis(g) => {
                rising("founders", g.founders.iter())?;
                rising("observers", g.observers.iter())
            }
            Self::NewRecovery(r) => rising("consents", r.consents.iter().map(|c| c.device)),
            Self::Remove(Remove { cut, .. }) | Self::Leave(Leave { cut }) | Self::Cut(Cut { cut, .. }) => {
                if cut.iter().any(|end| end.n == 0) {
                    return Err(PayloadError::Form);
                }
                rising("lanes", cut.iter().map(|end| end.lane))
            }
            Self::Epoch(e) if e.readers.len() != e.wraps.len() => Err(PayloadError::Count { what: "wraps" }),
            Self::Epoch(e) => rising("readers", e.readers.iter().map(|r| r.person)),
            Self::Relays(r) if r.origins.len() > 16 => Err(PayloadError::Count { what: "origins" }),
            Self::Relays(r) => rising("origins", r.origins.iter()),
            _ => Ok(()),
        }
    }
}

fn rising<T: Ord>(what: &'static str, mut items: impl Iterator<Item = T>) -> Result<(), PayloadError> {
    let Some(mut last) = items.next() else { return Ok(()) };
    for item in items {
        if item <= last {
            return Err(PayloadError::NotRising { what });
        }
        last = item;
    }
    Ok(())
}

/// Puts key 0 before the fields, whose keys begin at 2: a map of at most 22 entries has its size in its first byte.
fn with_kind(kind: u16, fields: &[u8]) -> Vec<u8> {
    let (head, entries) = fields.split_first().unwrap_or((&0xa0, &[]));
    let mut out = vec![head.saturating_add(1), 0];
    out.extend(cbor::encode(&kind));
    out.extend_from_slice(entries);
    out
}
