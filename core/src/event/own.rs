//! Own facts: what a person's devices tell each other in the personal space, so that a new one starts there with everything the others know; and
//! keepsakes, the sealed copy of what recovery words need, which partners' phones keep; and drafts, the words that a person began and gave nobody yet.
//!
//! All travel as events of kinds that no view is made of ([`KIND`], [`KEEPSAKE`], [`DRAFT`]). Own facts hold keys: they stand in no export and in no state code.

use ithaca_wire::{LaneId, cbor};
use minicbor::bytes::{ByteArray, ByteVec};
use minicbor::{Decode, Encode};

use super::payload::Raw;
use super::{Payload, Subject};
use crate::id::{DeviceId, EpochId, SpaceId};
use crate::identity::keys::labelled_hash;
use crate::space::payload::{ExtraSignature, PublicKey, RecoveryKeys};

/// The kind of an own fact.
pub const KIND: u16 = 32;
/// The kind of a keepsake, in a pair: `{0: sealed bytes}`; a person's latest replaces those before.
pub const KEEPSAKE: u16 = 33;
/// The kind of a draft, in the personal space: `{0: text}`; the latest about its subject ([`draft_subject`]) holds, an empty one is none.
pub const DRAFT: u16 = 34;
/// What devices tell each other on their own: a person did nothing by it that waits to be told.
pub const BY_DEVICES: [u16; 3] = [KIND, KEEPSAKE, DRAFT];

/// One fact, or several at once; what is not said is left out.
#[derive(Clone, PartialEq, Eq, Default, Encode, Decode)]
#[cbor(map)]
pub struct OwnFact {
    /// What a device knows of a space: facts of one space add up.
    #[n(0)]
    pub space: Option<KnownSpace>,
    /// What the person chose for a relationship: the latest holds.
    #[n(1)]
    pub choices: Option<Choices>,
    /// The person's name: the latest holds.
    #[n(2)]
    pub name: Option<String>,
    /// What a device is called: the latest for each holds.
    #[n(3)]
    pub label: Option<DeviceLabel>,
    /// An account at a relay: the latest for each relay holds.
    #[n(4)]
    pub account: Option<Account>,
    /// The secret half of recovery words that own devices keep.
    #[n(5)]
    pub recovery: Option<RecoveryMailbox>,
    /// New recovery words that wait for the other devices' consent.
    #[n(6)]
    pub wish: Option<RecoveryKeys>,
    /// This device's consent to such a wish.
    #[n(7)]
    pub consent: Option<RecoveryConsent>,
    /// A snapshot that this device made or accepted: the latest for each space is where a new device begins.
    #[n(8)]
    pub snapshot: Option<KnownSnapshot>,
}

impl std::fmt::Debug for OwnFact {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OwnFact(redacted)")
    }
}

/// Statements and epoch secrets of a space.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct KnownSpace {
    /// Which.
    #[n(0)]
    pub id: SpaceId,
    /// Of its control log and its members' person logs.
    #[n(1)]
    pub statements: Vec<ByteVec>,
    /// Its epochs.
    #[n(2)]
    pub epochs: Vec<EpochSecret>,
}

/// One epoch's secret.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
pub struct EpochSecret {
    /// Commits to the secret.
    #[n(0)]
    pub epoch: EpochId,
    /// Its number.
    #[n(1)]
    pub number: u64,
    /// The secret.
    #[n(2)]
    #[cbor(with = "minicbor::bytes")]
    pub secret: [u8; 32],
}

/// What a person chose for a relationship.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Choices {
    /// The relationship.
    #[n(0)]
    pub space: SpaceId,
    /// The other's name as they gave it when pairing.
    #[n(1)]
    pub name: String,
    /// When and how the safety number was compared.
    #[n(2)]
    pub verified: Option<Verified>,
    /// Nothing is sent before it was.
    #[n(3)]
    pub must_compare: bool,
    /// Nothing is fetched or sent.
    #[n(4)]
    pub blocked: bool,
    /// Whether the other is told what was read.
    #[n(5)]
    pub receipts: bool,
}

/// When, in ms since 1970, and how a safety number was compared.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
pub struct Verified {
    /// When.
    #[n(0)]
    pub at: i64,
    /// `in person` or `spoken`.
    #[n(1)]
    pub how: String,
}

/// What a device is called.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
pub struct DeviceLabel {
    /// The device.
    #[n(0)]
    pub device: DeviceId,
    /// Its name among the person's own.
    #[n(1)]
    pub label: String,
}

/// An account at a relay.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
pub struct Account {
    /// The relay.
    #[n(0)]
    pub origin: String,
    /// The account's secret; `None` where the relay is used without one.
    #[n(1)]
    pub secret: Option<AccountSecret>,
}

/// An account's secret.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(transparent)]
pub struct AccountSecret(
    /// The bytes.
    #[n(0)]
    #[cbor(with = "minicbor::bytes")]
    pub [u8; 32],
);

/// What own devices keep of recovery words.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
pub struct RecoveryMailbox {
    /// The words' public keys: the secret belongs to these.
    #[n(0)]
    pub keys: RecoveryKeys,
    /// The mailbox secret.
    #[n(1)]
    #[cbor(with = "minicbor::bytes")]
    pub secret: [u8; 32],
}

/// A snapshot of a space, and where the record that names it stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(map)]
pub struct KnownSnapshot {
    /// The space.
    #[n(0)]
    pub space: SpaceId,
    /// The record's epoch.
    #[n(1)]
    pub epoch: EpochId,
    /// Its lane.
    #[n(2)]
    pub lane: LaneId,
    /// Its number.
    #[n(3)]
    pub n: u64,
    /// Bytes of the manifest.
    #[n(4)]
    pub size: u64,
    /// Hashes of the sealed objects, in order.
    #[n(5)]
    pub objects: Vec<ByteArray<32>>,
}

/// A device's consent to new recovery words.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
pub struct RecoveryConsent {
    /// The Ed25519 key of the words.
    #[n(0)]
    pub sign: PublicKey,
    /// See `identity::person_log::recovery_consent`.
    #[n(1)]
    pub signature: ExtraSignature,
}

impl OwnFact {
    /// The event's payload.
    pub fn payload(&self) -> Payload {
        Payload::Unknown { kind: KIND, raw: Raw(cbor::encode(self)) }
    }

    /// Reads an event's payload; `None` for another kind or bytes that are none.
    pub fn of(payload: &Payload) -> Option<Self> {
        match payload {
            Payload::Unknown { kind: KIND, raw } => cbor::decode("own fact", &raw.0).ok(),
            _ => None,
        }
    }
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct Keepsake {
    #[n(0)]
    sealed: ByteVec,
}

/// The payload of a keepsake around sealed bytes.
pub fn keepsake(sealed: Vec<u8>) -> Payload {
    Payload::Unknown { kind: KEEPSAKE, raw: Raw(cbor::encode(&Keepsake { sealed: sealed.into() })) }
}

/// The sealed bytes of a keepsake; `None` for any other payload.
pub fn kept(payload: &Payload) -> Option<Vec<u8>> {
    match payload {
        Payload::Unknown { kind: KEEPSAKE, raw } => cbor::decode::<Keepsake>("keepsake", &raw.0).ok().map(|k| k.sealed.into()),
        _ => None,
    }
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct Begun {
    #[n(0)]
    text: String,
}

/// The subject of the drafts of one name: what is about to be said where, in the app's own words for it.
pub fn draft_subject(name: &str) -> Subject {
    let mut out = [0; 16];
    out.copy_from_slice(&labelled_hash("ithaca/v1/draft", &[name.as_bytes()])[..16]);
    out
}

/// The payload of a draft.
pub fn draft(text: &str) -> Payload {
    Payload::Unknown { kind: DRAFT, raw: Raw(cbor::encode(&Begun { text: text.to_owned() })) }
}

/// The words of a draft; `None` for any other payload.
pub fn drafted(payload: &Payload) -> Option<String> {
    match payload {
        Payload::Unknown { kind: DRAFT, raw } => cbor::decode::<Begun>("draft", &raw.0).ok().map(|b| b.text),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fact_is_read_as_it_was_stated_and_never_printed() {
        let fact = OwnFact { name: Some("Ana".to_owned()), ..OwnFact::default() };
        let payload = fact.payload();
        assert!(OwnFact::of(&payload) == Some(fact.clone()) && kept(&payload).is_none());
        assert_eq!(format!("{fact:?} {payload:?}"), "OwnFact(redacted) Unknown { kind: 32, raw: Raw(6 bytes) }");
        assert_eq!(kept(&keepsake(vec![1, 2])), Some(vec![1, 2]));
        assert_eq!(drafted(&draft("I meant to")), Some("I meant to".to_owned()));
        assert_eq!((drafted(&payload), kept(&draft("I"))), (None, None));
        assert_ne!(draft_subject("say.1"), draft_subject("say.2"));
    }
}
