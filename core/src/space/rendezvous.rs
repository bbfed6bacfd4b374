//! A rendezvous: a mailbox that whoever shares a short secret finds, and messages there that look like records. Invitations and new devices meet in one.
//!
//! ```text
//! mailbox   secret HKDF(K, zeros, "ithaca/v1/mailbox"), salt zeros; K is the secret of the meeting
//! message   a record's outside (lane random, n = 1) around  len u32 | plaintext | zeros, under HKDF(K, zeros, "ithaca/v1/<kind>"), AAD the lane
//! ```

use ithaca_wire::LaneId;
use ithaca_wire::mailbox::{self, Address};
use ithaca_wire::record::{HEADER, Outer, TAG, VERSION};

use crate::identity::entropy::{Entropy, NoEntropy};
use crate::identity::keys::Secret;

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
