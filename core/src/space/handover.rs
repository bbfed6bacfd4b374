//! A handover: how a device that is new comes to belong to a person. The new device shows a code; an old one scans it, the new one shows who adds
//! it and asks, signs, and is given the person log and the personal space. All four messages meet in one rendezvous mailbox.
//!
//! ```text
//! code      https://relay/d#v1.<base64url of secret[16] | fingerprint[16]>      fingerprint = first half of the new device's id
//! words     the secret as twelve words; without the fingerprint both sides compare four words
//! key       SHA-256("ithaca/v1/handover" | secret)
//! messages  device-request (new) → device-offer (old) → device-consent (new) → device-welcome (old)
//! ```

use ed25519_dalek::{Signer, SigningKey};
use ithaca_wire::cbor;
use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

use super::rendezvous::{self, Meeting, Purpose};
use super::statement::verify;
use crate::id::{DeviceId, PersonId, SpaceId};
use crate::identity::entropy::{Entropy, NoEntropy};
use crate::identity::keys::{DeviceKeys, WrapFailed, WrapKey, labelled_hash};
use crate::identity::person_log::device_consent;
use crate::identity::phrase;
use crate::record::seal::verify_signature;
use crate::space::payload::PublicKey;

/// Days until a code lapses.
pub const DAYS: i64 = 1;

/// Why something is no code of a new device.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HandoverError {
    /// Not a code of this kind.
    #[error("this is not the code of a new device: it looks like https://relay.example/d#v1.… or is twelve words")]
    Code,
    /// See [`phrase::PhraseError`].
    #[error(transparent)]
    Words(#[from] phrase::PhraseError),
    /// See [`crate::transport::AddressError`].
    #[error(transparent)]
    Address(#[from] crate::transport::AddressError),
    /// Words say nothing of the relay.
    #[error("twelve words need the relay's address beside them")]
    NoRelay,
}

impl From<rendezvous::NoCode> for HandoverError {
    fn from(e: rendezvous::NoCode) -> Self {
        match e {
            rendezvous::NoCode::Link => Self::Code,
            rendezvous::NoCode::Words(e) => Self::Words(e),
            rendezvous::NoCode::Address(e) => Self::Address(e),
            rendezvous::NoCode::NoRelay => Self::NoRelay,
        }
    }
}

/// A device comes to belong to a person.
#[derive(Debug, Clone)]
pub enum Adding {}

impl Purpose for Adding {
    const MARK: &'static str = "/d#v1.";
    const LABEL: &'static str = "ithaca/v1/handover";
    type Error = HandoverError;
}

/// What both devices know; the fingerprint is of the new one. Whoever has the code can offer to add the device, and the device asks its person.
pub type Handover = Meeting<Adding>;

/// The new device asks to be added.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Request {
    /// The new device.
    #[n(0)]
    pub device: DeviceId,
    /// Its X25519 key.
    #[n(1)]
    pub hpke: PublicKey,
    /// What its person calls it.
    #[n(2)]
    pub label: String,
    #[cbor(n(3), with = "minicbor::bytes")]
    sig: [u8; 64],
}

/// An old device says whose it would be.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Offer {
    /// The person.
    #[n(0)]
    pub person: PersonId,
    /// Their name.
    #[n(1)]
    pub name: String,
    /// The device that adds.
    #[n(2)]
    pub by: DeviceId,
    #[cbor(n(3), with = "minicbor::bytes")]
    sig: [u8; 64],
}

/// What the new device is given.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Welcome {
    /// The person log, with the AddDevice that names this device.
    #[n(0)]
    pub person_log: Vec<ByteVec>,
    /// The personal space.
    #[n(1)]
    pub space: SpaceId,
    /// Its statements: genesis, relays, epochs.
    #[n(2)]
    pub statements: Vec<ByteVec>,
}

impl Request {
    fn signed(&self, handover: &Handover) -> [u8; 32] {
        let about = [&self.device.0[..], &self.hpke.0].concat();
        labelled_hash("ithaca/v1/device-request", &[&handover.address().id.0, &about, self.label.as_bytes()])
    }
}

impl Offer {
    fn signed(&self, handover: &Handover, to: &DeviceId) -> [u8; 32] {
        let about = [&self.person.0[..], &self.by.0, &to.0].concat();
        labelled_hash("ithaca/v1/device-offer", &[&handover.address().id.0, &about, self.name.as_bytes()])
    }
}

impl Handover {
    /// A new code for `device` at the relay `origin`.
    ///
    /// # Errors
    /// [`NoEntropy`].
    pub fn new(entropy: &mut dyn Entropy, origin: &str, device: &DeviceId) -> Result<Self, NoEntropy> {
        Ok(Self::from_parts(origin, entropy.array()?, Some(half(device))))
    }

    /// The new device's request, sealed.
    ///
    /// # Errors
    /// [`NoEntropy`].
    pub fn request(&self, entropy: &mut dyn Entropy, device: &DeviceKeys, label: &str) -> Result<Vec<u8>, NoEntropy> {
        let hpke = PublicKey(device.wrap_key().public());
        let mut request = Request { device: device.id(), hpke, label: label.to_owned(), sig: [0; 64] };
        request.sig = device.signing().sign(&request.signed(self)).to_bytes();
        self.seal(entropy, "device-request", &cbor::encode(&request))
    }

    /// Reads a request; `None` for anything else, for one that does not hold, or for another device than the code names.
    pub fn open_request(&self, record: &[u8]) -> Option<Request> {
        let plain = self.open("device-request", record)?;
        let request: Request = cbor::decode("device request", &plain).ok()?;
        let named = self.fingerprint.is_none_or(|f| f == half(&request.device));
        (named && verify_signature(&request.device, &request.signed(self), &request.sig)).then_some(request)
    }

    /// The old device's offer to the new one, sealed to it.
    ///
    /// # Errors
    /// See [`WrapFailed`].
    pub fn offer(
        &self,
        entropy: &mut dyn Entropy,
        signing: &SigningKey,
        person: PersonId,
        name: &str,
        request: &Request,
    ) -> Result<Vec<u8>, WrapFailed> {
        let mut offer = Offer { person, name: name.to_owned(), by: DeviceId(signing.verifying_key().to_bytes()), sig: [0; 64] };
        offer.sig = signing.sign(&offer.signed(self, &request.device)).to_bytes();
        self.seal_to(entropy, "device-offer", &request.hpke.0, &cbor::encode(&offer))
    }

    /// Reads an offer made to `device`; `None` for anything else.
    pub fn open_offer(&self, record: &[u8], device: &DeviceKeys) -> Option<Offer> {
        let offer: Offer = cbor::decode("device offer", &self.open_with("device-offer", record, device.wrap_key())?).ok()?;
        verify_signature(&offer.by, &offer.signed(self, &device.id()), &offer.sig).then_some(offer)
    }

    /// The new device's consent to belong to `person`, sealed.
    ///
    /// # Errors
    /// [`NoEntropy`].
    pub fn consent(&self, entropy: &mut dyn Entropy, device: &DeviceKeys, person: PersonId) -> Result<Vec<u8>, NoEntropy> {
        let message = device_consent(person, device.id(), PublicKey(device.wrap_key().public()));
        self.seal(entropy, "device-consent", &device.signing().sign(&message).to_bytes())
    }

    /// Reads the consent of the device that made `request` to belong to `person`; `None` for anything else.
    pub fn open_consent(&self, record: &[u8], request: &Request, person: PersonId) -> Option<[u8; 64]> {
        let signature: [u8; 64] = self.open("device-consent", record)?.try_into().ok()?;
        let message = device_consent(person, request.device, request.hpke);
        verify(&request.device.0, &message, &signature).is_ok().then_some(signature)
    }

    /// What the new device is given, sealed to it.
    ///
    /// # Errors
    /// See [`WrapFailed`].
    pub fn welcome(&self, entropy: &mut dyn Entropy, request: &Request, welcome: &Welcome) -> Result<Vec<u8>, WrapFailed> {
        self.seal_to(entropy, "device-welcome", &request.hpke.0, &cbor::encode(welcome))
    }

    /// Reads a welcome meant for this device; `None` for anything else. Its statements are for the caller to check.
    pub fn open_welcome(&self, record: &[u8], key: &WrapKey) -> Option<Welcome> {
        cbor::decode("device welcome", &self.open_with("device-welcome", record, key)?).ok()
    }
}

fn half(device: &DeviceId) -> [u8; 16] {
    let mut out = [0; 16];
    out.copy_from_slice(&device.0[..16]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::entropy::SeededEntropy;
    use crate::identity::keys::Secret;

    const ANA: PersonId = PersonId([1; 32]);
    const RELAY: &str = "https://relay.example";

    fn keys(n: u8) -> DeviceKeys {
        DeviceKeys::from_seed(&Secret::new([n; 32]))
    }

    #[test]
    fn code_and_words_lead_to_one_mailbox_and_mistakes_are_named() {
        let handover = Handover::new(&mut SeededEntropy::new(1), RELAY, &keys(1).id()).unwrap();
        let (by_code, by_words) =
            (Handover::parse(&handover.link(), None).unwrap(), Handover::parse(&handover.words(), Some(RELAY)).unwrap());
        assert_eq!((by_code.address(), by_words.address()), (handover.address(), handover.address()));
        assert_eq!((by_code.fingerprint, by_words.fingerprint), (handover.fingerprint, None));
        assert_eq!(Handover::parse(&handover.words(), None).unwrap_err(), HandoverError::NoRelay);
        assert_eq!(Handover::parse(&handover.link().replace("/d#", "/i#"), None).unwrap_err(), HandoverError::Code);
        assert!(crate::space::invite::Invite::parse(&handover.link(), None).is_err(), "a device's code invites nobody");
    }

    #[test]
    fn each_message_holds_for_this_device_this_person_and_this_code_alone() {
        let mut e = SeededEntropy::new(2);
        let (old, new, thief) = (keys(1), keys(2), keys(3));
        let handover = Handover::new(&mut e, RELAY, &new.id()).unwrap();
        let other = Handover::new(&mut e, RELAY, &new.id()).unwrap();
        let sealed = handover.request(&mut e, &new, "Laptop").unwrap();
        let request = handover.open_request(&sealed).unwrap();
        assert_eq!((request.device, request.label.as_str()), (new.id(), "Laptop"));
        assert_eq!(other.open_request(&sealed), None);
        let stolen = handover.request(&mut e, &thief, "Laptop").unwrap();
        assert_eq!(handover.open_request(&stolen), None, "the code names another device");
        let offer = handover.offer(&mut e, old.signing(), ANA, "Ana", &request).unwrap();
        assert_eq!(handover.open_offer(&offer, &new).unwrap().person, ANA);
        assert_eq!(handover.open_offer(&offer, &thief), None);
        let consent = handover.consent(&mut e, &new, ANA).unwrap();
        assert!(handover.open_consent(&consent, &request, ANA).is_some());
        assert_eq!(handover.open_consent(&consent, &request, PersonId([9; 32])), None);
        let welcome = Welcome { person_log: vec![], space: SpaceId([7; 32]), statements: vec![] };
        let sealed = handover.welcome(&mut e, &request, &welcome).unwrap();
        assert_eq!(handover.open_welcome(&sealed, new.wrap_key()), Some(welcome));
        assert_eq!(handover.open_welcome(&sealed, thief.wrap_key()), None);
        for i in 0..sealed.len() {
            let mut bad = sealed.clone();
            bad[i] ^= 1;
            assert_eq!(handover.open_welcome(&bad, new.wrap_key()), None, "byte {i}");
        }
    }
}
