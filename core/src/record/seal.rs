//! Sealing a record and opening one: the signature inside, the AEAD outside, and nothing believed before both hold.

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use ithaca_wire::LaneId;
use ithaca_wire::record::{HEADER, Outer, TAG, VERSION};

use super::frame::{FrameError, Inner, Kind, Opening};
use crate::id::{DeviceId, EpochId, RecordId};
use crate::identity::entropy::{Entropy, NoEntropy};
use crate::identity::keys::Secret;

/// Bytes of a record that are not inside the seal.
const OUTSIDE: usize = HEADER + TAG;

/// Why bytes are no record of ours. The first two leave only a hash; the others leave the bytes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// The outside is not a record's.
    #[error(transparent)]
    Wire(#[from] ithaca_wire::WireError),
    /// A version of the format that this program does not know: kept, and tried again by a later one.
    #[error("a record of format version {0}, from a newer version")]
    Version(u8),
    /// The seal does not open with the epoch's key.
    #[error("a record does not open with its mailbox's key")]
    Seal,
    /// The seal opens on something that is not laid out as a record.
    #[error(transparent)]
    Frame(#[from] FrameError),
}

fn aad(epoch: &EpochId, lane: LaneId, n: u64) -> Vec<u8> {
    let mut aad = b"ithaca/v1/seal".to_vec();
    aad.extend(epoch.0);
    aad.extend(lane.0);
    aad.extend(n.to_be_bytes());
    aad
}

/// Where a record stands: its lane's opening, its lane and number, and the id before it.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// Opening of the lane.
    pub opening: &'a Opening,
    /// The lane.
    pub lane: LaneId,
    /// The number, from 1.
    pub n: u64,
    /// Id of the record before in the lane; for the first, the opening's `from` id.
    pub prev: RecordId,
}

/// Signs and seals a body; gives the outer bytes, which never change after, and the record's id.
///
/// # Errors
/// [`NoEntropy`] when no nonce can be drawn.
pub fn seal(
    entropy: &mut dyn Entropy,
    content_key: &Secret,
    signing: &SigningKey,
    place: &Place<'_>,
    kind: Kind,
    body: Vec<u8>,
) -> Result<(Vec<u8>, RecordId), NoEntropy> {
    let nonce: [u8; 24] = entropy.array()?;
    let mut inner = Inner::new(kind, (place.n == 1).then_some(*place.opening), body);
    let id = inner.id(place.opening, place.lane, place.n, &place.prev);
    inner.sig = signing.sign(&id.0).to_bytes();
    let ciphertext = content_key.seal_with(&nonce, &aad(&place.opening.epoch, place.lane, place.n), &inner.to_bytes(OUTSIDE));
    let outer = Outer { version: VERSION, lane: place.lane, n: place.n, nonce, ciphertext: &ciphertext };
    Ok((outer.to_bytes(), id))
}

/// Opens the outer bytes of a record that stands in the mailbox of `epoch`.
///
/// # Errors
/// See [`OpenError`].
pub fn open(content_key: &Secret, epoch: &EpochId, outer: &Outer<'_>) -> Result<Inner, OpenError> {
    if outer.version != VERSION {
        return Err(OpenError::Version(outer.version));
    }
    let plain = content_key.open_with(&outer.nonce, &aad(epoch, outer.lane, outer.n), outer.ciphertext).map_err(|_| OpenError::Seal)?;
    Ok(Inner::parse(&plain, outer.n, OUTSIDE)?)
}

/// The id of an opened record, if its signature by the lane's device holds; `None` otherwise. Strict: small-order and
/// non-canonical keys and signatures are refused.
pub fn verify(inner: &Inner, place: &Place<'_>) -> Option<RecordId> {
    let id = inner.id(place.opening, place.lane, place.n, &place.prev);
    verify_signature(&place.opening.device, &id.0, &inner.sig).then_some(id)
}

/// Strict Ed25519.
pub fn verify_signature(device: &DeviceId, message: &[u8], sig: &[u8; 64]) -> bool {
    VerifyingKey::from_bytes(&device.0).is_ok_and(|key| key.verify_strict(message, &Signature::from_bytes(sig)).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{Incarnation, SpaceId};
    use crate::identity::entropy::SeededEntropy;

    fn fixture() -> (SeededEntropy, Secret, SigningKey, Opening) {
        let mut e = SeededEntropy::new(7);
        let key = Secret::random(&mut e).unwrap();
        let signing = SigningKey::from_bytes(Secret::random(&mut e).unwrap().expose());
        let opening = Opening {
            space: SpaceId([1; 32]),
            epoch: EpochId([2; 32]),
            device: DeviceId(signing.verifying_key().to_bytes()),
            incarnation: Incarnation([3; 16]),
            from: (LaneId([0; 16]), 0, RecordId([0; 32])),
        };
        (e, key, signing, opening)
    }

    #[test]
    fn s6_what_was_sealed_opens_and_verifies_at_its_place_alone() {
        let (mut e, key, signing, opening) = fixture();
        let lane = LaneId([9; 16]);
        let place = Place { opening: &opening, lane, n: 1, prev: opening.from.2 };
        let (bytes, id) = seal(&mut e, &key, &signing, &place, Kind::Content, b"body".to_vec()).unwrap();
        let inner = open(&key, &opening.epoch, &Outer::parse(&bytes).unwrap()).unwrap();
        assert_eq!((inner.body.as_slice(), inner.opening), (b"body".as_slice(), Some(opening)));
        assert_eq!(verify(&inner, &place), Some(id));
        assert_eq!(verify(&inner, &Place { prev: RecordId([1; 32]), ..place }), None, "another record before it");
        assert_eq!(verify(&inner, &Place { n: 2, ..place }), None, "another number");
        let stranger = Opening { device: DeviceId(SigningKey::from_bytes(&[5; 32]).verifying_key().to_bytes()), ..opening };
        assert_eq!(verify(&inner, &Place { opening: &stranger, ..place }), None, "another signer");
        assert_eq!(open(&key, &EpochId([8; 32]), &Outer::parse(&bytes).unwrap()), Err(OpenError::Seal), "another epoch");
        assert_eq!(open(&Secret::new([0; 32]), &opening.epoch, &Outer::parse(&bytes).unwrap()), Err(OpenError::Seal), "another key");
    }

    #[test]
    fn s3_every_byte_flipped_every_prefix_and_trailing_bytes_are_refused() {
        let (mut e, key, signing, opening) = fixture();
        let place = Place { opening: &opening, lane: LaneId([9; 16]), n: 1, prev: opening.from.2 };
        let (bytes, _) = seal(&mut e, &key, &signing, &place, Kind::Content, b"body".to_vec()).unwrap();
        let opens = |bytes: &[u8]| Outer::parse(bytes).map_err(OpenError::from).and_then(|o| open(&key, &opening.epoch, &o));
        for i in 0..bytes.len() {
            for bit in 0..8 {
                let mut bad = bytes.clone();
                bad[i] ^= 1 << bit;
                assert!(opens(&bad).is_err(), "byte {i} bit {bit}");
            }
            assert!(opens(&bytes[..i]).is_err(), "prefix {i}");
        }
        assert!(opens(&[bytes.as_slice(), &[0]].concat()).is_err());
        let downgraded = [&[0], &bytes[1..]].concat();
        assert_eq!(opens(&downgraded), Err(OpenError::Version(0)));
    }

    #[test]
    fn s8_bodies_of_one_to_a_hundred_bytes_have_one_length() {
        let (mut e, key, signing, opening) = fixture();
        let place = Place { opening: &opening, lane: LaneId([9; 16]), n: 2, prev: RecordId([4; 32]) };
        let lengths: Vec<usize> =
            (1..=100).map(|n| seal(&mut e, &key, &signing, &place, Kind::Content, vec![7; n]).unwrap().0.len()).collect();
        assert!(lengths.iter().all(|l| *l == 256), "{lengths:?}");
    }

    #[test]
    fn s4_small_order_keys_and_non_canonical_signatures_are_refused() {
        // The identity point signs everything under lax verification; S + L is the malleable twin of S.
        let mut identity = [0; 32];
        identity[0] = 1;
        let mut sig = [0; 64];
        sig[0] = 1;
        assert!(!verify_signature(&DeviceId(identity), b"anything", &sig));
        let signing = SigningKey::from_bytes(&[5; 32]);
        let device = DeviceId(signing.verifying_key().to_bytes());
        let good = signing.sign(b"m").to_bytes();
        assert!(verify_signature(&device, b"m", &good));
        let order: [u8; 32] = hex::decode("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010").unwrap().try_into().unwrap();
        let (mut twin, mut carry) = (good, 0u16);
        for i in 0..32 {
            let sum = u16::from(good[32 + i]) + u16::from(order[i]) + carry;
            twin[32 + i] = sum as u8;
            carry = sum >> 8;
        }
        assert!(!verify_signature(&device, b"m", &twin));
    }
}
