//! What the platform gives: where the root key is kept, and whether there is a network.

use std::fmt;
use std::sync::Arc;

use ithaca_core::identity::entropy::Entropy;
use ithaca_core::identity::keys::Secret;
use ithaca_core::identity::vault::{self, VaultError};
use zeroize::Zeroizing;

/// Why a keystore did not seal or open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum VaultFault {
    /// Locked for now: the phone was not unlocked since it started, or the person has to show their face.
    #[error("locked")]
    Locked,
    /// The key is gone, or another one.
    #[error("lost")]
    Lost,
    /// Anything else; thrown for what the platform's code did not expect, too.
    #[error("failed")]
    Failed,
}

impl From<uniffi::UnexpectedUniFFICallbackError> for VaultFault {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Failed
    }
}

/// Seals and opens the 32 bytes of this device's root key with a key that never leaves the keystore. Called on the engine's thread, when a
/// profile is made, opened and resumed.
#[uniffi::export(foreign)]
pub trait KeyVault: Send + Sync {
    /// Seals the root key; the bytes are kept in the profile's folder.
    ///
    /// # Errors
    /// See [`VaultFault`].
    fn seal(&self, root: Vec<u8>) -> Result<Vec<u8>, VaultFault>;
    /// Opens what `seal` made.
    ///
    /// # Errors
    /// See [`VaultFault`].
    fn unseal(&self, sealed: Vec<u8>) -> Result<Vec<u8>, VaultFault>;
}

/// Why a listener, a log sink or the connectivity did not answer. Whatever it was, it changes nothing here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum CallbackError {
    /// It failed.
    #[error("failed")]
    Failed,
}

impl From<uniffi::UnexpectedUniFFICallbackError> for CallbackError {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Failed
    }
}

/// Whether there is a network. Asked on the engine's thread when it opens and when the app says that it changed.
#[uniffi::export(foreign)]
pub trait Connectivity: Send + Sync {
    /// Whether a relay may be tried now. While it says no, nothing is sent and nothing wakes up.
    ///
    /// # Errors
    /// See [`CallbackError`]; an answer that does not come counts as a yes.
    fn is_online(&self) -> Result<bool, CallbackError>;
}

/// The platform's vault, as the core calls it.
pub(crate) struct Vault(pub(crate) Arc<dyn KeyVault>);

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Vault(the platform's)")
    }
}

fn fault(f: VaultFault) -> VaultError {
    match f {
        VaultFault::Locked => VaultError::Locked,
        VaultFault::Lost => VaultError::Replaced,
        VaultFault::Failed => VaultError::Failed,
    }
}

impl vault::KeyVault for Vault {
    fn seal(&self, _: &mut dyn Entropy, root: &Secret) -> Result<Vec<u8>, VaultError> {
        let sealed = self.0.seal(root.expose().to_vec()).map_err(fault)?;
        // A keystore that gives back other bytes shows now, while nothing depends on it, and not at the next start.
        if sealed.is_empty() || self.open(&sealed)?.expose() != root.expose() {
            return Err(VaultError::Failed);
        }
        Ok(sealed)
    }

    fn open(&self, sealed: &[u8]) -> Result<Secret, VaultError> {
        let plain = Zeroizing::new(self.0.unseal(sealed.to_vec()).map_err(fault)?);
        Secret::from_slice(&plain).ok_or(VaultError::Replaced)
    }
}
