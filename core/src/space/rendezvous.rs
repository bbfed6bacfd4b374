//! A rendezvous: a mailbox that whoever shares a short secret finds, and messages there that look like records. Invitations and new devices meet in one.
//!
//! ```text
//! mailbox   secret HKDF(K, zeros, "ithaca/v1/mailbox"), salt zeros; K is the secret of the meeting
//! message   a record's outside (lane random, n = 1) around  len u32 | plaintext | zeros, under HKDF(K, zeros, "ithaca/v1/<kind>"), AAD the lane
//! ```

use std::marker::PhantomData;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ithaca_wire::LaneId;
use ithaca_wire::mailbox::{self, Address};
use ithaca_wire::record::{HEADER, Outer, TAG, VERSION};

use crate::identity::entropy::{Entropy, NoEntropy};
use crate::identity::keys::{Secret, WrapFailed, WrapKey, labelled_hash, wrap, wrap_info};
use crate::identity::phrase::{self, PhraseError};
use crate::transport::AddressError;

/// Why something leads to no rendezvous.
pub enum NoCode {
    /// Not a link with the mark looked for.
    Link,
    /// Words that are no phrase.
    Words(PhraseError),
    /// No address of a relay.
    Address(AddressError),
    /// Twelve words without a relay's address.
    NoRelay,
}

/// What two devices meet for.
pub trait Purpose {
    /// What stands in a link between the relay's address and the secret: `/i#v1.`
    const MARK: &'static str;
    /// What the meeting's secret is derived under.
    const LABEL: &'static str;
    /// Why something is no code for this.
    type Error: From<NoCode>;
}

/// What both sides of a meeting know.
#[derive(Debug, Clone)]
pub struct Meeting<P> {
    /// The relay.
    pub origin: String,
    /// First half of the id of who made the link, unless it was spoken as words.
    pub fingerprint: Option<[u8; 16]>,
    secret: Secret,
    short: [u8; 16],
    purpose: PhantomData<P>,
}

impl<P: Purpose> Meeting<P> {
    /// The meeting that these parts make.
    pub fn from_parts(origin: &str, short: [u8; 16], fingerprint: Option<[u8; 16]>) -> Self {
        Self {
            origin: origin.to_owned(),
            fingerprint,
            secret: Secret::new(labelled_hash(P::LABEL, &[&short])),
            short,
            purpose: PhantomData,
        }
    }

    /// Reads a link, or twelve words beside the relay's address.
    ///
    /// # Errors
    /// The purpose's own: not a link of this kind, no phrase, no address, or words without one.
    pub fn parse(text: &str, relay: Option<&str>) -> Result<Self, P::Error> {
        let (origin, short, fingerprint) = parse(text, P::MARK, relay)?;
        Ok(Self::from_parts(&origin, short, fingerprint))
    }

    /// The link. Whoever has it can come to the meeting.
    pub fn link(&self) -> String {
        format!("{}{}{}", self.origin, P::MARK, URL_SAFE_NO_PAD.encode([self.short, self.fingerprint.unwrap_or_default()].concat()))
    }

    /// The secret as twelve words.
    pub fn words(&self) -> String {
        phrase::to_words(&self.short)
    }

    /// The 16 secret bytes, to be kept sealed.
    pub fn short(&self) -> [u8; 16] {
        self.short
    }

    /// The mailbox where the two meet.
    pub fn address(&self) -> Address {
        mailbox::derive(self.secret.derive(&[0; 32], "ithaca/v1/mailbox").expose(), &[0; 32], &self.origin)
    }

    /// Seals one message of a kind.
    ///
    /// # Errors
    /// [`NoEntropy`].
    pub(crate) fn seal(&self, entropy: &mut dyn Entropy, kind: &str, plain: &[u8]) -> Result<Vec<u8>, NoEntropy> {
        let lane = LaneId(entropy.array()?);
        let nonce: [u8; 24] = entropy.array()?;
        let mut padded = (plain.len() as u32).to_be_bytes().to_vec();
        padded.extend(plain);
        padded.resize(ithaca_wire::padding::padded(padded.len() + HEADER + TAG) - HEADER - TAG, 0);
        let ciphertext = self.key(kind).seal_with(&nonce, &lane.0, &padded);
        Ok(Outer { version: VERSION, lane, n: 1, nonce, ciphertext: &ciphertext }.to_bytes())
    }

    /// Opens a message of a kind; `None` for anything else.
    pub(crate) fn open(&self, kind: &str, record: &[u8]) -> Option<Vec<u8>> {
        let outer = Outer::parse(record).ok().filter(|o| o.version == VERSION && o.n == 1)?;
        let padded = self.key(kind).open_with(&outer.nonce, &outer.lane.0, outer.ciphertext).ok()?;
        let (len, rest) = padded.split_first_chunk::<4>()?;
        let (plain, zeros) = rest.split_at_checked(u32::from_be_bytes(*len) as usize)?;
        zeros.iter().all(|b| *b == 0).then(|| plain.to_vec())
    }

    /// Seals one message of a kind so that one device alone opens it, whoever has the code.
    ///
    /// # Errors
    /// See [`WrapFailed`].
    pub(crate) fn seal_to(&self, entropy: &mut dyn Entropy, kind: &str, to: &[u8; 32], plain: &[u8]) -> Result<Vec<u8>, WrapFailed> {
        let sealed = wrap(entropy, to, &wrap_info(kind, &self.address().id.0), plain)?;
        Ok(self.seal(entropy, kind, &sealed)?)
    }

    /// Opens a message of a kind that was sealed to this key; `None` for anything else.
    pub(crate) fn open_with(&self, kind: &str, record: &[u8], key: &WrapKey) -> Option<Vec<u8>> {
        key.unwrap(&wrap_info(kind, &self.address().id.0), &self.open(kind, record)?).ok()
    }

    fn key(&self, kind: &str) -> Secret {
        self.secret.derive(&[0; 32], &format!("ithaca/v1/{kind}"))
    }
}

/// Relay, short secret, and what a link says of who made it.
type Code = (String, [u8; 16], Option<[u8; 16]>);

/// Reads a link with this mark (`/i#v1.`), or twelve words beside the relay's address.
fn parse(text: &str, mark: &str, relay: Option<&str>) -> Result<Code, NoCode> {
    let text = text.trim();
    let origin = |address: &str| crate::transport::http::origin(address).map_err(NoCode::Address);
    if text.split_whitespace().count() > 1 {
        let short = phrase::from_words(text).map_err(NoCode::Words)?;
        return Ok((origin(relay.ok_or(NoCode::NoRelay)?)?, short, None));
    }
    let (address, secret) = text.split_once(mark).ok_or(NoCode::Link)?;
    let bytes: [u8; 32] = URL_SAFE_NO_PAD.decode(secret).ok().and_then(|b| b.try_into().ok()).ok_or(NoCode::Link)?;
    let (mut short, mut fingerprint) = ([0; 16], [0; 16]);
    short.copy_from_slice(&bytes[..16]);
    fingerprint.copy_from_slice(&bytes[16..]);
    Ok((origin(address)?, short, Some(fingerprint)))
}
