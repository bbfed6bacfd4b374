//! A rendezvous: a mailbox that whoever shares a short secret finds, and messages there that look like records. Invitations and new devices meet in one.
//!
//! ```text
//! mailbox   secret HKDF(K, zeros, "ithaca/v1/mailbox"), salt zeros; K is the secret of the meeting
//! message   a record's outside (lane random, n = 1) around  len u32 | plaintext | zeros, under HKDF(K, zeros, "ithaca/v1/<kind>"), AAD the lane
//! ```

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ithaca_wire::LaneId;
use ithaca_wire::mailbox::{self, Address};
use ithaca_wire::record::{HEADER, Outer, TAG, VERSION};

use crate::identity::entropy::{Entropy, NoEntropy};
use crate::identity::keys::Secret;
use crate::identity::phrase::{self, PhraseError};
use crate::transport::AddressError;

/// Why something leads to no rendezvous.
pub(crate) enum NoCode {
    /// Not a link with the mark looked for.
    Link,
    Words(PhraseError),
    Address(AddressError),
    /// Twelve words without a relay's address.
    NoRelay,
}

/// Relay, short secret, and what a link says of who made it.
pub(crate) type Code = (String, [u8; 16], Option<[u8; 16]>);

/// Reads a link with this mark (`/i#v1.`), or twelve words beside the relay's address.
pub(crate) fn parse(text: &str, mark: &str, relay: Option<&str>) -> Result<Code, NoCode> {
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

/// The link that [`parse`] reads.
pub(crate) fn link(origin: &str, mark: &str, short: [u8; 16], fingerprint: Option<[u8; 16]>) -> String {
    format!("{origin}{mark}{}", URL_SAFE_NO_PAD.encode([short, fingerprint.unwrap_or_default()].concat()))
}

/// The mailbox at `origin` to which a meeting's secret leads.
pub(crate) fn address(secret: &Secret, origin: &str) -> Address {
    mailbox::derive(secret.derive(&[0; 32], "ithaca/v1/mailbox").expose(), &[0; 32], origin)
}

/// Seals one message of a kind.
///
/// # Errors
/// [`NoEntropy`].
pub(crate) fn seal(secret: &Secret, entropy: &mut dyn Entropy, kind: &str, plain: &[u8]) -> Result<Vec<u8>, NoEntropy> {
    let lane = LaneId(entropy.array()?);
    let nonce: [u8; 24] = entropy.array()?;
    let mut padded = (plain.len() as u32).to_be_bytes().to_vec();
    padded.extend(plain);
    padded.resize(ithaca_wire::padding::padded(padded.len() + HEADER + TAG) - HEADER - TAG, 0);
    let ciphertext = key(secret, kind).seal_with(&nonce, &lane.0, &padded);
    Ok(Outer { version: VERSION, lane, n: 1, nonce, ciphertext: &ciphertext }.to_bytes())
}

/// Opens a message of a kind; `None` for anything else.
pub(crate) fn open(secret: &Secret, kind: &str, record: &[u8]) -> Option<Vec<u8>> {
    let outer = Outer::parse(record).ok().filter(|o| o.version == VERSION && o.n == 1)?;
    let padded = key(secret, kind).open_with(&outer.nonce, &outer.lane.0, outer.ciphertext).ok()?;
    let (len, rest) = padded.split_first_chunk::<4>()?;
    let (plain, zeros) = rest.split_at_checked(u32::from_be_bytes(*len) as usize)?;
    zeros.iter().all(|b| *b == 0).then(|| plain.to_vec())
}

fn key(secret: &Secret, kind: &str) -> Secret {
    secret.derive(&[0; 32], &format!("ithaca/v1/{kind}"))
}
