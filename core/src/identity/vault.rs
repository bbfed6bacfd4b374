//! Where a device's root key is kept: the platform's keystore on a phone, a file only its owner reads or a passphrase on a laptop.
//!
//! The root key is the only secret that crosses to the platform. A vault that is lost is a state ("restore this device"), never a
//! reason to make new keys.

use std::fmt;
use std::fs;
use std::io::Write;
use std::path::PathBuf;

use argon2::{Algorithm, Argon2, Params, Version};

use super::entropy::{Entropy, NoEntropy};
use super::keys::Secret;

/// Why a vault did not seal or open.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// See [`NoEntropy`].
    #[error(transparent)]
    Entropy(#[from] NoEntropy),
    /// The passphrase is not the one this profile was sealed with.
    #[error("this passphrase does not open the profile; nothing was changed")]
    WrongPassphrase,
    /// The key file is not there or not readable.
    #[error("the key file {path} cannot be used ({kind}); without it this profile cannot be opened: put it back, or restore the device")]
    KeyFile {
        /// Where it should be.
        path: PathBuf,
        /// The operating system's reason.
        kind: std::io::ErrorKind,
    },
    /// The key is another one than the profile was sealed with.
    #[error("the vault holds another key than this profile was sealed with: put the right one back, or restore the device")]
    Replaced,
    /// Sealed bytes of another shape, or parameters below the floor.
    #[error("the sealed root key is damaged ({0}); restore the device")]
    Damaged(&'static str),
    /// The platform's keystore is locked for now.
    #[error("the vault is locked; unlock the device and try again")]
    Locked,
    /// The platform's keystore did not answer as it should.
    #[error("the platform's keystore failed; try again, and restore the device if it stays so")]
    Failed,
}

/// Seals and opens the device's root key. Implemented by the platform, see the module's head.
pub trait KeyVault: Send + fmt::Debug {
    /// Seals the root key; the bytes are kept beside the database.
    ///
    /// # Errors
    /// See [`VaultError`].
    fn seal(&self, entropy: &mut dyn Entropy, root: &Secret) -> Result<Vec<u8>, VaultError>;

    /// Opens what [`Self::seal`] made.
    ///
    /// # Errors
    /// See [`VaultError`].
    fn open(&self, sealed: &[u8]) -> Result<Secret, VaultError>;
}

const FILE: u8 = 1;
const PASSPHRASE: u8 = 2;
const CONTEXT: &[u8] = b"ithaca/v1/vault";

/// A key in a file that only its owner may read (mode 0600).
#[derive(Debug, Clone)]
pub struct FileVault {
    path: PathBuf,
}

impl FileVault {
    /// The vault whose key stands, or will stand, at `path`.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    fn fault(&self, e: &std::io::Error) -> VaultError {
        VaultError::KeyFile { path: self.path.clone(), kind: e.kind() }
    }

    fn key(&self) -> Result<Secret, VaultError> {
        let bytes = fs::read(&self.path).map_err(|e| self.fault(&e))?;
        Secret::from_slice(&bytes).ok_or(VaultError::Damaged("the key file does not hold 32 bytes"))
    }
}

impl KeyVault for FileVault {
    fn seal(&self, entropy: &mut dyn Entropy, root: &Secret) -> Result<Vec<u8>, VaultError> {
        let key = if self.path.exists() {
            self.key()?
        } else {
            let key = Secret::random(entropy)?;
            let mut options = fs::OpenOptions::new();
            options.write(true).create_new(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            let mut file = options.open(&self.path).map_err(|e| self.fault(&e))?;
            file.write_all(key.expose()).and_then(|()| file.sync_all()).map_err(|e| self.fault(&e))?;
            key
        };
        let mut out = vec![FILE];
        out.extend(key.seal(entropy, CONTEXT, root.expose())?);
        Ok(out)
    }

    fn open(&self, sealed: &[u8]) -> Result<Secret, VaultError> {
        match sealed.split_first() {
            Some((&FILE, rest)) => {
                let plain = self.key()?.open(CONTEXT, rest).map_err(|_| VaultError::Replaced)?;
                Secret::from_slice(&plain).ok_or(VaultError::Damaged("not a root key"))
            }
            Some((&PASSPHRASE, _)) => Err(VaultError::Damaged("it was sealed with a passphrase, not with a key file")),
            _ => Err(VaultError::Damaged("unknown kind")),
        }
    }
}

/// A passphrase: Argon2id, 64 MiB, three passes.
#[derive(Clone)]
pub struct PassphraseVault {
    passphrase: zeroize::Zeroizing<String>,
    memory_kib: u32,
    passes: u32,
}

impl fmt::Debug for PassphraseVault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PassphraseVault(redacted)")
    }
}

impl PassphraseVault {
    /// Memory that a vault is sealed with, and the least that is accepted on opening.
    pub const MEMORY_KIB: u32 = 64 * 1024;
    /// Passes that a vault is sealed with, and the least that are accepted on opening.
    pub const PASSES: u32 = 3;

    /// Whether sealed bytes were sealed with a passphrase, so that it has to be asked for.
    pub fn sealed(bytes: &[u8]) -> bool {
        bytes.first() == Some(&PASSPHRASE)
    }

    /// The vault that this passphrase opens.
    pub fn new(passphrase: String) -> Self {
        Self { passphrase: passphrase.into(), memory_kib: Self::MEMORY_KIB, passes: Self::PASSES }
    }

    fn key(&self, salt: &[u8; 16], memory_kib: u32, passes: u32) -> Result<Secret, VaultError> {
        let params = Params::new(memory_kib, passes, 1, Some(32)).map_err(|_| VaultError::Damaged("parameters out of range"))?;
        let mut key = [0; 32];
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(self.passphrase.as_bytes(), salt, &mut key)
            .map_err(|_| VaultError::Damaged("parameters out of range"))?;
        Ok(Secret::new(key))
    }
}

impl KeyVault for PassphraseVault {
    fn seal(&self, entropy: &mut dyn Entropy, root: &Secret) -> Result<Vec<u8>, VaultError> {
        let salt: [u8; 16] = entropy.array()?;
        let mut out = vec![PASSPHRASE];
        out.extend(self.memory_kib.to_be_bytes());
        out.extend(self.passes.to_be_bytes());
        out.extend(salt);
        let context = [CONTEXT, &out].concat();
        out.extend(self.key(&salt, self.memory_kib, self.passes)?.seal(entropy, &context, root.expose())?);
        Ok(out)
    }

    fn open(&self, sealed: &[u8]) -> Result<Secret, VaultError> {
        let damaged = || VaultError::Damaged("it ends too early");
        match sealed.first() {
            Some(&PASSPHRASE) => {}
            Some(&FILE) => return Err(VaultError::Damaged("it was sealed with a key file, not with a passphrase")),
            _ => return Err(VaultError::Damaged("unknown kind")),
        }
        let (head, rest) = sealed.split_at_checked(25).ok_or_else(damaged)?;
        let number = |at: usize| head.get(at..at + 4).and_then(|b| b.try_into().ok()).map(u32::from_be_bytes).ok_or_else(damaged);
        let (memory, passes) = (number(1)?, number(5)?);
        // A thief who lowers the parameters in the file must not make us answer a cheaper question.
        if memory < Self::MEMORY_KIB || passes < Self::PASSES {
            return Err(VaultError::Damaged("its key derivation is weaker than the floor"));
        }
        if memory > 1024 * 1024 || passes > 64 {
            return Err(VaultError::Damaged("its key derivation asks for more than a device gives"));
        }
        let salt: [u8; 16] = head.get(9..25).and_then(|b| b.try_into().ok()).ok_or_else(damaged)?;
        let context = [CONTEXT, head].concat();
        let plain = self.key(&salt, memory, passes)?.open(&context, rest).map_err(|_| VaultError::WrongPassphrase)?;
        Secret::from_slice(&plain).ok_or(VaultError::Damaged("not a root key"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::entropy::SeededEntropy;

    #[test]
    fn s26_a_file_vault_opens_again_and_names_what_is_lost() {
        let dir = tempfile::tempdir().unwrap();
        let (mut e, root) = (SeededEntropy::new(1), Secret::new([9; 32]));
        let vault = FileVault::new(dir.path().join("vault.key"));
        let sealed = vault.seal(&mut e, &root).unwrap();
        assert_eq!(vault.open(&sealed).unwrap().expose(), root.expose());
        #[cfg(unix)]
        assert_eq!(
            std::os::unix::fs::PermissionsExt::mode(&fs::metadata(dir.path().join("vault.key")).unwrap().permissions()) & 0o777,
            0o600
        );
        fs::write(dir.path().join("vault.key"), [0; 32]).unwrap();
        assert!(matches!(vault.open(&sealed), Err(VaultError::Replaced)));
        fs::remove_file(dir.path().join("vault.key")).unwrap();
        assert!(matches!(vault.open(&sealed), Err(VaultError::KeyFile { .. })));
    }

    #[test]
    fn s26_a_passphrase_vault_refuses_the_wrong_words_and_weaker_parameters() {
        let (mut e, root) = (SeededEntropy::new(1), Secret::new([9; 32]));
        let vault = PassphraseVault::new("wine-dark sea".into());
        let sealed = vault.seal(&mut e, &root).unwrap();
        assert_eq!(vault.open(&sealed).unwrap().expose(), root.expose());
        assert!(matches!(PassphraseVault::new("wine dark sea".into()).open(&sealed), Err(VaultError::WrongPassphrase)));
        let weak = PassphraseVault { memory_kib: 8, passes: 1, ..vault.clone() }.seal(&mut e, &root).unwrap();
        assert!(matches!(vault.open(&weak), Err(VaultError::Damaged(_))));
        for n in 0..sealed.len().min(26) {
            assert!(vault.open(&sealed[..n]).is_err(), "prefix {n}");
        }
    }
}
