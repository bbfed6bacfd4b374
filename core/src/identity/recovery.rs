//! Recovery words: twelve words that bring a person back on an empty device. They give two secrets: the recovery key, which is never kept on a
//! device, and a mailbox secret, which own devices keep, so that what the words need stands ready at the relay.
//!
//! ```text
//! K        SHA-256("ithaca/v1/recovery" | entropy[16])
//! sign     Ed25519, seed HKDF(K, zeros, "ithaca/v1/recovery-signing")       signs in the person log
//! hpke     X25519, seed HKDF(K, zeros, "ithaca/v1/recovery-hpke")           person keys are wrapped to it
//! mailbox  HKDF(K, zeros, "ithaca/v1/recovery-mailbox")                     stands for an epoch's secret in the recovery space
//! space    SHA-256("ithaca/v1/recovery-space" | sign public[32])            whoever has the words finds it without knowing the person
//! ```

use ed25519_dalek::SigningKey;
use zeroize::Zeroizing;

use super::entropy::{Entropy, NoEntropy};
use super::keys::{Secret, WrapKey, labelled_hash};
use super::phrase::{self, PhraseError};
use crate::id::SpaceId;
use crate::space::key::EpochKey;
use crate::space::payload::{PublicKey, RecoveryKeys};

/// What twelve recovery words stand for.
#[derive(Clone)]
pub struct RecoveryWords {
    entropy: Zeroizing<[u8; 16]>,
    secret: Secret,
}

impl std::fmt::Debug for RecoveryWords {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RecoveryWords(redacted)")
    }
}

impl RecoveryWords {
    /// New words.
    ///
    /// # Errors
    /// [`NoEntropy`].
    pub fn new(entropy: &mut dyn Entropy) -> Result<Self, NoEntropy> {
        Ok(Self::from_entropy(entropy.array()?))
    }

    /// Reads words that a person typed.
    ///
    /// # Errors
    /// See [`PhraseError`].
    pub fn parse(words: &str) -> Result<Self, PhraseError> {
        phrase::from_words(words).map(Self::from_entropy)
    }

    fn from_entropy(entropy: [u8; 16]) -> Self {
        Self { secret: Secret::new(labelled_hash("ithaca/v1/recovery", &[&entropy])), entropy: Zeroizing::new(entropy) }
    }

    /// The words, to be shown once.
    pub fn words(&self) -> Zeroizing<String> {
        Zeroizing::new(phrase::to_words(&self.entropy))
    }

    /// The key that signs in the person log.
    pub fn signing(&self) -> SigningKey {
        SigningKey::from_bytes(self.secret.derive(&[0; 32], "ithaca/v1/recovery-signing").expose())
    }

    /// The key to which person keys are wrapped.
    pub fn wrap_key(&self) -> WrapKey {
        WrapKey::from_seed(self.secret.derive(&[0; 32], "ithaca/v1/recovery-hpke"))
    }

    /// The public halves, as they stand in the person log.
    pub fn keys(&self) -> RecoveryKeys {
        RecoveryKeys { sign: PublicKey(self.signing().verifying_key().to_bytes()), hpke: PublicKey(self.wrap_key().public()) }
    }

    /// The secret that own devices keep.
    pub fn mailbox_secret(&self) -> Secret {
        self.secret.derive(&[0; 32], "ithaca/v1/recovery-mailbox")
    }

    /// What seals the records of the recovery space, and where they are.
    pub fn key(&self) -> EpochKey {
        EpochKey::new(space(&self.keys()), self.mailbox_secret())
    }
}

/// The recovery space that belongs to these keys.
pub fn space(keys: &RecoveryKeys) -> SpaceId {
    SpaceId(labelled_hash("ithaca/v1/recovery-space", &[&keys.sign.0]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::entropy::SeededEntropy;

    #[test]
    fn words_lead_to_the_same_keys_and_are_not_printed() {
        let words = RecoveryWords::new(&mut SeededEntropy::new(1)).unwrap();
        let again = RecoveryWords::parse(&words.words().to_uppercase()).unwrap();
        assert_eq!(words.keys(), again.keys());
        assert_eq!(words.key().mailbox("https://relay.example"), again.key().mailbox("https://relay.example"));
        assert_ne!(words.keys(), RecoveryWords::new(&mut SeededEntropy::new(2)).unwrap().keys());
        assert_eq!(format!("{words:?}"), "RecoveryWords(redacted)");
    }
}
