//! Secrets and what is done with them. None can be printed, compared by accident or serialised; each is wiped when dropped.
//!
//! ```text
//! device root key → storage key            seals what stands on this device
//! device HPKE key → person key             one wrap per device
//! person key      → epoch secret           one wrap per reader
//! ```

use std::fmt;

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use ed25519_dalek::SigningKey;
use hkdf::Hkdf;
use hpke::{Deserializable, Kem, OpModeR, OpModeS, Serializable};
use sha2::{Digest, Sha256};
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::entropy::{Entropy, NoEntropy};
use crate::id::DeviceId;

type KemX = hpke::kem::X25519HkdfSha256;
type KdfX = hpke::kdf::HkdfSha256;
type AeadX = hpke::aead::ChaCha20Poly1305;

/// Bytes did not open: another key, another purpose, or not as they were sealed. Which of these cannot be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("sealed bytes do not open with this key")]
pub struct DoesNotOpen;

/// 32 secret bytes.
///
/// They cannot be shown, written out or compared by accident (S27). What can be done with one:
///
/// ```
/// use ithaca_core::identity::keys::Secret;
/// let secret = Secret::new([1; 32]);
/// assert_eq!(format!("{secret:?}"), "Secret(redacted)");
/// ```
///
/// and what cannot:
///
/// ```compile_fail,E0277
/// use ithaca_core::identity::keys::Secret;
/// let secret = Secret::new([1; 32]);
/// format!("{secret}");
/// ```
///
/// ```compile_fail,E0277
/// use ithaca_core::identity::keys::Secret;
/// let secret = Secret::new([1; 32]);
/// serde_json::to_string(&secret);
/// ```
///
/// ```compile_fail,E0369
/// use ithaca_core::identity::keys::Secret;
/// let secret = Secret::new([1; 32]);
/// secret == Secret::new([1; 32]);
/// ```
///
/// ```compile_fail,E0277
/// use ithaca_core::identity::recovery::RecoveryWords;
/// fn shown(words: RecoveryWords) -> String {
///     format!("{words}")
/// }
/// ```
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Secret([u8; 32]);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(redacted)")
    }
}

impl Secret {
    /// Takes secret bytes over.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// A fresh random secret.
    ///
    /// # Errors
    /// [`NoEntropy`] when the source fails.
    pub fn random(entropy: &mut dyn Entropy) -> Result<Self, NoEntropy> {
        Ok(Self(entropy.array()?))
    }

    /// Takes exactly 32 bytes; `None` for any other length.
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// The bytes, for the few that need them.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    /// HKDF-SHA256 of this secret: `salt` (32 bytes of a public id, or zeros) and a label `ithaca/v1/…`.
    pub fn derive(&self, salt: &[u8; 32], label: &str) -> Secret {
        let mut out = [0; 32];
        // 32 bytes are far below HKDF's limit, the only error there is.
        let _ = Hkdf::<Sha256>::new(Some(salt), &self.0).expand(label.as_bytes(), &mut out);
        Secret(out)
    }

    /// XChaCha20-Poly1305 under this key: `nonce[24] | ciphertext`, bound to `context`.
    ///
    /// # Errors
    /// [`NoEntropy`] when no nonce can be drawn.
    pub fn seal(&self, entropy: &mut dyn Entropy, context: &[u8], plain: &[u8]) -> Result<Vec<u8>, NoEntropy> {
        let nonce: [u8; 24] = entropy.array()?;
        let mut out = nonce.to_vec();
        out.extend(self.seal_with(&nonce, context, plain));
        Ok(out)
    }

    /// Opens what [`Self::seal`] made under the same key and context.
    ///
    /// # Errors
    /// [`DoesNotOpen`].
    pub fn open(&self, context: &[u8], sealed: &[u8]) -> Result<Vec<u8>, DoesNotOpen> {
        let (nonce, rest) = sealed.split_first_chunk::<24>().ok_or(DoesNotOpen)?;
        self.open_with(nonce, context, rest)
    }

    /// The AEAD alone, for callers whose nonce stands elsewhere. One nonce must never meet two plaintexts.
    pub fn seal_with(&self, nonce: &[u8; 24], context: &[u8], plain: &[u8]) -> Vec<u8> {
        let nonce = XNonce::from(*nonce);
        // Sealing fails only above 2^38 bytes; an empty result would not open, so nothing is lost silently.
        XChaCha20Poly1305::new(&self.0.into()).encrypt(&nonce, Payload { msg: plain, aad: context }).unwrap_or_default()
    }

    /// Opens what [`Self::seal_with`] made.
    ///
    /// # Errors
    /// [`DoesNotOpen`].
    pub fn open_with(&self, nonce: &[u8; 24], context: &[u8], sealed: &[u8]) -> Result<Vec<u8>, DoesNotOpen> {
        let nonce = XNonce::from(*nonce);
        XChaCha20Poly1305::new(&self.0.into()).decrypt(&nonce, Payload { msg: sealed, aad: context }).map_err(|_| DoesNotOpen)
    }
}

/// An X25519 key that others wrap secrets to: a device's, a person's (one generation) or a recovery key.
#[derive(Clone)]
pub struct WrapKey {
    secret: Secret,
    public: [u8; 32],
}

impl fmt::Debug for WrapKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WrapKey(redacted)")
    }
}

impl WrapKey {
    /// The key that a 32-byte seed stands for (RFC 9180 `DeriveKeyPair`).
    pub fn from_seed(secret: Secret) -> Self {
        let (_, public) = KemX::derive_keypair(secret.expose());
        let mut bytes = [0; 32];
        bytes.copy_from_slice(&public.to_bytes());
        Self { secret, public: bytes }
    }

    /// The public half.
    pub fn public(&self) -> [u8; 32] {
        self.public
    }

    /// The seed: what is wrapped to own devices, or sealed at rest.
    pub fn seed(&self) -> &Secret {
        &self.secret
    }

    /// Opens what [`wrap`] made for this key under the same `info`.
    ///
    /// # Errors
    /// [`DoesNotOpen`].
    pub fn unwrap(&self, info: &[u8], wrapped: &[u8]) -> Result<Vec<u8>, DoesNotOpen> {
        let (encapped, ciphertext) = wrapped.split_at_checked(32).ok_or(DoesNotOpen)?;
        let (private, _) = KemX::derive_keypair(self.secret.expose());
        let encapped = <KemX as Kem>::EncappedKey::from_bytes(encapped).map_err(|_| DoesNotOpen)?;
        hpke::single_shot_open::<AeadX, KdfX, KemX>(&OpModeR::Base, &private, &encapped, info, ciphertext, b"").map_err(|_| DoesNotOpen)
    }
}

/// HPKE base mode to `public`: `encapped[32] | ciphertext`, bound to `info`.
///
/// # Errors
/// [`NoEntropy`] when the source fails; [`DoesNotOpen`] is reported as such for a public key that is no point.
pub fn wrap(entropy: &mut dyn Entropy, public: &[u8; 32], info: &[u8], plain: &[u8]) -> Result<Vec<u8>, WrapFailed> {
    let public = <KemX as Kem>::PublicKey::from_bytes(public).map_err(|_| WrapFailed::Key)?;
    let mut rng = entropy.generator()?;
    let (encapped, ciphertext) = hpke::single_shot_seal_with_rng::<AeadX, KdfX, KemX>(&OpModeS::Base, &public, info, plain, b"", &mut rng)
        .map_err(|_| WrapFailed::Key)?;
    let mut out = encapped.to_bytes().to_vec();
    out.extend(ciphertext);
    Ok(out)
}

/// Why nothing was wrapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WrapFailed {
    /// See [`NoEntropy`].
    #[error(transparent)]
    Entropy(#[from] NoEntropy),
    /// The recipient's public key cannot be used.
    #[error("the recipient's public key is not usable")]
    Key,
}

/// The `info` under which a secret is wrapped: a label and what it belongs to, so that a wrap for one purpose opens for no other.
pub fn wrap_info(label: &str, about: &[u8]) -> Vec<u8> {
    let mut info = format!("ithaca/v1/{label}|").into_bytes();
    info.extend(about);
    info
}

/// The keys of one device: it signs with one and is wrapped to with the other.
#[derive(Clone)]
pub struct DeviceKeys {
    signing: SigningKey,
    wrap: WrapKey,
}

impl fmt::Debug for DeviceKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DeviceKeys({:?})", self.id())
    }
}

impl DeviceKeys {
    /// Both keys of the device that `seed` stands for.
    pub fn from_seed(seed: &Secret) -> Self {
        let signing = SigningKey::from_bytes(seed.derive(&[0; 32], "ithaca/v1/device-signing").expose());
        let wrap = WrapKey::from_seed(seed.derive(&[0; 32], "ithaca/v1/device-hpke"));
        Self { signing, wrap }
    }

    /// The device's id, its public signing key.
    pub fn id(&self) -> DeviceId {
        DeviceId(self.signing.verifying_key().to_bytes())
    }

    /// The key it signs with.
    pub fn signing(&self) -> &SigningKey {
        &self.signing
    }

    /// The key that is wrapped to.
    pub fn wrap_key(&self) -> &WrapKey {
        &self.wrap
    }
}

/// SHA-256 over a label and parts, each as it is: for ids whose parts have fixed lengths but the last.
pub fn labelled_hash(label: &str, parts: &[&[u8]]) -> [u8; 32] {
    let mut sha = Sha256::new();
    sha.update(label.as_bytes());
    for part in parts {
        sha.update(part);
    }
    sha.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::entropy::SeededEntropy;

    #[test]
    fn s6_a_thing_sealed_for_one_purpose_opens_for_no_other() {
        let mut e = SeededEntropy::new(1);
        let key = Secret::random(&mut e).unwrap();
        let sealed = key.seal(&mut e, b"a", b"words").unwrap();
        assert_eq!(key.open(b"a", &sealed).unwrap(), b"words");
        assert_eq!(key.open(b"b", &sealed), Err(DoesNotOpen));
        assert_eq!(Secret::random(&mut e).unwrap().open(b"a", &sealed), Err(DoesNotOpen));
        for i in 0..sealed.len() {
            let mut bad = sealed.clone();
            bad[i] ^= 1;
            assert_eq!(key.open(b"a", &bad), Err(DoesNotOpen), "byte {i}");
            assert_eq!(key.open(b"a", &sealed[..i]), Err(DoesNotOpen), "prefix {i}");
        }
    }

    #[test]
    fn a_wrap_opens_for_its_key_and_purpose_alone() {
        let mut e = SeededEntropy::new(2);
        let (ana, ben) = (WrapKey::from_seed(Secret::random(&mut e).unwrap()), WrapKey::from_seed(Secret::random(&mut e).unwrap()));
        let wrapped = wrap(&mut e, &ana.public(), b"info", b"secret").unwrap();
        assert_eq!(ana.unwrap(b"info", &wrapped).unwrap(), b"secret");
        assert!(ana.unwrap(b"other", &wrapped).is_err() && ben.unwrap(b"info", &wrapped).is_err());
        for i in 0..wrapped.len() {
            let mut bad = wrapped.clone();
            bad[i] ^= 1;
            assert!(ana.unwrap(b"info", &bad).is_err(), "byte {i}");
            assert!(ana.unwrap(b"info", &wrapped[..i]).is_err(), "prefix {i}");
        }
    }

    #[test]
    fn s27_secrets_are_not_printed() {
        let key = Secret::new([0xab; 32]);
        assert_eq!(format!("{key:?} {:?}", WrapKey::from_seed(key.clone())), "Secret(redacted) WrapKey(redacted)");
        let shown = format!("{:?}", DeviceKeys::from_seed(&key));
        assert!(shown.starts_with("DeviceKeys(DeviceId(") && shown.len() < 40);
    }

    #[test]
    fn s27_secrets_are_wiped_when_dropped() {
        fn wiped<T: ZeroizeOnDrop>() {}
        wiped::<Secret>();
        wiped::<SigningKey>();
        // These hold nothing secret but the two.
        assert!(std::mem::needs_drop::<WrapKey>() && std::mem::needs_drop::<DeviceKeys>());
        let mut secret = Secret::new([7; 32]);
        secret.zeroize();
        assert_eq!(secret.expose(), &[0; 32]);
    }

    struct Broken;
    impl Entropy for Broken {
        fn fill(&mut self, _: &mut [u8]) -> Result<(), NoEntropy> {
            Err(NoEntropy)
        }
    }

    #[test]
    fn s5_a_failing_source_fails_the_write() {
        let key = Secret::new([1; 32]);
        assert_eq!(key.seal(&mut Broken, b"", b""), Err(NoEntropy));
        assert_eq!(wrap(&mut Broken, &WrapKey::from_seed(key).public(), b"", b""), Err(WrapFailed::Entropy(NoEntropy)));
    }
}
