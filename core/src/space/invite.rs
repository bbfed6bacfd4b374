//! An invitation at a distance: a link or twelve words that lead two people to one rendezvous mailbox, where the invited person
//! answers and the inviter approves. Whoever only holds the link learns neither who answered nor anything of the pair.
//!
//! ```text
//! link      https://relay/i#v1.<base64url of secret[16] | fingerprint[16]>      fingerprint = first half of the inviter's person id
//! words     the secret as twelve words; no fingerprint, so content waits until the safety number was compared
//! key       SHA-256("ithaca/v1/invite" | secret), from it the mailbox (salt = zeros) and one key a message kind
//! message   a record's outside (lane random, n = 1) around  len u32 | CBOR | zeros
//! ```

use ed25519_dalek::{Signer, SigningKey};
use ithaca_wire::cbor;
use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

use crate::id::{DeviceId, PersonId, SpaceId};
use crate::identity::entropy::{Entropy, NoEntropy};
use crate::identity::keys::{WrapFailed, WrapKey, labelled_hash};
use crate::identity::phrase;
use crate::record::seal::verify_signature;
use crate::space::rendezvous::{self, Meeting, Purpose};

/// Days until an invitation lapses.
pub const DAYS: i64 = 7;

/// Why something is no invitation, or no answer to this one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InviteError {
    /// Not a link of this kind.
    #[error("this is not an invitation: it looks like https://relay.example/i#v1.… or is twelve words")]
    Link,
    /// See [`phrase::PhraseError`].
    #[error(transparent)]
    Words(#[from] phrase::PhraseError),
    /// See [`crate::transport::AddressError`].
    #[error(transparent)]
    Address(#[from] crate::transport::AddressError),
    /// Spoken words say nothing of the relay.
    #[error("twelve words need the relay's address beside them")]
    NoRelay,
    /// The message opens but does not say what it should, or is signed by somebody else.
    #[error("an answer to this invitation does not hold: {0}")]
    Message(&'static str),
}

impl From<rendezvous::NoCode> for InviteError {
    fn from(e: rendezvous::NoCode) -> Self {
        match e {
            rendezvous::NoCode::Link => Self::Link,
            rendezvous::NoCode::Words(e) => Self::Words(e),
            rendezvous::NoCode::Address(e) => Self::Address(e),
            rendezvous::NoCode::NoRelay => Self::NoRelay,
        }
    }
}

/// Two people become a pair.
#[derive(Debug, Clone)]
pub enum Inviting {}

impl Purpose for Inviting {
    const MARK: &'static str = "/i#v1.";
    const LABEL: &'static str = "ithaca/v1/invite";
    type Error = InviteError;
}

/// What both sides of an invitation know; the fingerprint is of the inviter. Whoever has the link can answer; it works once.
pub type Invite = Meeting<Inviting>;

/// What the invited person answers.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Reply {
    /// Who answers.
    #[n(0)]
    pub person: PersonId,
    /// The device that signs.
    #[n(1)]
    pub device: DeviceId,
    /// Its public HPKE key, to which the approval is sealed.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub hpke: [u8; 32],
    /// The name to be shown.
    #[n(3)]
    pub name: String,
    /// Their person log.
    #[n(4)]
    pub statements: Vec<ByteVec>,
    #[cbor(n(5), with = "minicbor::bytes")]
    sig: [u8; 64],
}

/// What the inviter approves with.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Approval {
    /// The new space.
    #[n(0)]
    pub space: SpaceId,
    /// Who approves.
    #[n(1)]
    pub person: PersonId,
    /// The device that signs.
    #[n(2)]
    pub device: DeviceId,
    /// The name to be shown.
    #[n(3)]
    pub name: String,
    /// The inviter's person log.
    #[n(4)]
    pub person_log: Vec<ByteVec>,
    /// The space's statements: genesis, relays, epoch.
    #[n(5)]
    pub statements: Vec<ByteVec>,
    /// A right to make one mailbox at the relay, on the inviter's account.
    #[cbor(n(6), with = "minicbor::bytes")]
    pub voucher: Option<[u8; 16]>,
    #[cbor(n(7), with = "minicbor::bytes")]
    sig: [u8; 64],
}

impl Reply {
    fn signed(&self, invite: &Invite) -> [u8; 32] {
        let about = [&invite.fingerprint.unwrap_or_default()[..], &self.person.0, &self.device.0, &self.hpke].concat();
        labelled_hash("ithaca/v1/invite-reply", &[&invite.address().id.0, &about, self.name.as_bytes()])
    }
}

impl Approval {
    fn signed(&self, invite: &Invite, invitee: &PersonId) -> [u8; 32] {
        let about = [&invitee.0[..], &self.space.0, &self.person.0, &self.device.0, &self.voucher.unwrap_or_default()].concat();
        labelled_hash("ithaca/v1/invite-approval", &[&invite.address().id.0, &about, self.name.as_bytes()])
    }
}

impl Invite {
    /// A new invitation by `inviter` at the relay `origin`.
    ///
    /// # Errors
    /// [`NoEntropy`].
    pub fn new(entropy: &mut dyn Entropy, origin: &str, inviter: &PersonId) -> Result<Self, NoEntropy> {
        let mut fingerprint = [0; 16];
        fingerprint.copy_from_slice(&inviter.0[..16]);
        Ok(Self::from_parts(origin, entropy.array()?, Some(fingerprint)))
    }

    /// The invited person's answer, sealed.
    ///
    /// # Errors
    /// [`NoEntropy`].
    pub fn reply(
        &self,
        entropy: &mut dyn Entropy,
        signing: &SigningKey,
        person: PersonId,
        hpke: [u8; 32],
        name: &str,
        log: Vec<Vec<u8>>,
    ) -> Result<Vec<u8>, NoEntropy> {
        let device = DeviceId(signing.verifying_key().to_bytes());
        let statements = log.into_iter().map(ByteVec::from).collect();
        let mut reply = Reply { person, device, hpke, name: name.to_owned(), statements, sig: [0; 64] };
        reply.sig = signing.sign(&reply.signed(self)).to_bytes();
        self.seal(entropy, "invite-reply", &cbor::encode(&reply))
    }

    /// Reads an answer; `None` for bytes that are something else.
    ///
    /// # Errors
    /// [`InviteError::Message`] when it opens and does not hold.
    pub fn open_reply(&self, record: &[u8]) -> Result<Option<Reply>, InviteError> {
        let Some(plain) = self.open("invite-reply", record) else { return Ok(None) };
        let reply: Reply = cbor::decode("reply", &plain).map_err(|_| InviteError::Message("it cannot be read"))?;
        if !verify_signature(&reply.device, &reply.signed(self), &reply.sig) {
            return Err(InviteError::Message("its signature is wrong"));
        }
        Ok(Some(reply))
    }

    /// The inviter's approval of `reply`, sealed to the device that answered.
    ///
    /// # Errors
    /// See [`WrapFailed`].
    #[allow(clippy::too_many_arguments, reason = "each is a part of the message")]
    pub fn approve(
        &self,
        entropy: &mut dyn Entropy,
        signing: &SigningKey,
        person: PersonId,
        name: &str,
        reply: &Reply,
        space: SpaceId,
        person_log: Vec<Vec<u8>>,
        statements: Vec<Vec<u8>>,
        voucher: Option<[u8; 16]>,
    ) -> Result<Vec<u8>, WrapFailed> {
        let device = DeviceId(signing.verifying_key().to_bytes());
        let packed = |v: Vec<Vec<u8>>| v.into_iter().map(ByteVec::from).collect();
        let mut approval = Approval {
            space,
            person,
            device,
            name: name.to_owned(),
            person_log: packed(person_log),
            statements: packed(statements),
            voucher,
            sig: [0; 64],
        };
        approval.sig = signing.sign(&approval.signed(self, &reply.person)).to_bytes();
        self.seal_to(entropy, "invite-approval", &reply.hpke, &cbor::encode(&approval))
    }

    /// Reads an approval meant for `invitee` with their device's key; `None` for bytes that are something else, or for somebody else.
    ///
    /// # Errors
    /// [`InviteError::Message`] when it opens and does not hold.
    pub fn open_approval(&self, record: &[u8], invitee: &PersonId, key: &WrapKey) -> Result<Option<Approval>, InviteError> {
        let Some(plain) = self.open_with("invite-approval", record, key) else { return Ok(None) };
        let approval: Approval = cbor::decode("approval", &plain).map_err(|_| InviteError::Message("it cannot be read"))?;
        if !verify_signature(&approval.device, &approval.signed(self, invitee), &approval.sig) {
            return Err(InviteError::Message("its signature is wrong"));
        }
        if self.fingerprint.is_some_and(|f| f != approval.person.0[..16]) {
            return Err(InviteError::Message("it comes from another person than the link names"));
        }
        Ok(Some(approval))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::entropy::SeededEntropy;
    use crate::identity::keys::{DeviceKeys, Secret};

    const ANA: PersonId = PersonId([1; 32]);
    const BEN: PersonId = PersonId([2; 32]);

    fn keys(n: u8) -> DeviceKeys {
        DeviceKeys::from_seed(&Secret::new([n; 32]))
    }

    #[test]
    fn link_and_words_lead_to_one_mailbox_and_mistakes_are_named() {
        let invite = Invite::new(&mut SeededEntropy::new(1), "https://relay.example", &ANA).unwrap();
        let by_link = Invite::parse(&invite.link(), None).unwrap();
        let by_words = Invite::parse(&invite.words(), Some("https://relay.example/")).unwrap();
        assert_eq!(by_link.address(), invite.address());
        assert_eq!(by_words.address(), invite.address());
        assert_eq!((by_link.fingerprint, by_words.fingerprint), (Some([1; 16]), None));
        assert_eq!(Invite::parse("https://relay.example", None).unwrap_err(), InviteError::Link);
        assert_eq!(Invite::parse(&invite.words(), None).unwrap_err(), InviteError::NoRelay);
        assert_eq!(Invite::parse(&invite.link()[..40], None).unwrap_err(), InviteError::Link);
    }

    #[test]
    fn an_answer_and_its_approval_hold_for_this_invitation_and_these_people_alone() {
        let mut e = SeededEntropy::new(2);
        let invite = Invite::new(&mut e, "https://relay.example", &ANA).unwrap();
        let other = Invite::new(&mut e, "https://relay.example", &ANA).unwrap();
        let (ana, ben) = (keys(1), keys(2));
        let sealed = invite.reply(&mut e, ben.signing(), BEN, ben.wrap_key().public(), "Ben", vec![vec![1]]).unwrap();
        let reply = invite.open_reply(&sealed).unwrap().unwrap();
        assert_eq!((reply.person, reply.name.as_str()), (BEN, "Ben"));
        assert_eq!(other.open_reply(&sealed), Ok(None));
        let approve = |e: &mut SeededEntropy, signer: &DeviceKeys, person| {
            invite.approve(e, signer.signing(), person, "Ana", &reply, SpaceId([7; 32]), vec![], vec![], None).unwrap()
        };
        let sealed = approve(&mut e, &ana, ANA);
        assert_eq!(invite.open_approval(&sealed, &BEN, ben.wrap_key()).unwrap().unwrap().space, SpaceId([7; 32]));
        assert_eq!(invite.open_approval(&sealed, &BEN, ana.wrap_key()), Ok(None), "only the device that answered opens it");
        assert!(invite.open_approval(&sealed, &ANA, ben.wrap_key()).is_err(), "it names whom it approves");
        let forged = approve(&mut e, &ana, PersonId([9; 32]));
        assert!(invite.open_approval(&forged, &BEN, ben.wrap_key()).is_err(), "another person than the link names");
        for i in 0..sealed.len() {
            let mut bad = sealed.clone();
            bad[i] ^= 1;
            assert!(!matches!(invite.open_approval(&bad, &BEN, ben.wrap_key()), Ok(Some(_))), "byte {i}");
        }
    }
}
