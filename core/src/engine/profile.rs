//! A profile: the folder in which a device keeps itself, and the lock that lets one process at a time write there.
//!
//! ```text
//! lock            held while a process works
//! vault.sealed    the device's root key, sealed by the vault
//! vault.key       with a file vault: the vault's key, mode 0600
//! keys.sealed     seed, statements, epoch secrets: enough to rebuild the database from its records or from elsewhere
//! ithaca.db       everything else
//! marker          renewed at every start, here first and then in the database: a copy of the folder or an old database shows by it
//! trial           the record being applied, while it is being applied
//! ```

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::identity::entropy::Entropy;
use crate::identity::keys::Secret;
use crate::identity::vault::{KeyVault, VaultError};

/// Why a profile cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// Nothing was made here yet.
    #[error("there is no profile at {0}: make one with `init`, or name another folder")]
    Missing(PathBuf),
    /// Something is here already.
    #[error("there is a profile at {0} already; it was left as it is")]
    Exists(PathBuf),
    /// Another process writes here.
    #[error("another process is using this profile")]
    Locked,
    /// See [`VaultError`].
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The operating system refused.
    #[error("{path}: {kind}")]
    Io {
        /// Where.
        path: PathBuf,
        /// Why.
        kind: io::ErrorKind,
    },
    /// The kept keys do not open or cannot be read.
    #[error("the profile's keys (keys.sealed) are damaged; restore the device")]
    Keys,
}

/// A profile's folder, locked for this process until dropped.
#[derive(Debug)]
pub struct Profile {
    dir: PathBuf,
    _lock: File,
}

impl Profile {
    /// Makes the folder for a new profile and seals a new root key in it.
    ///
    /// # Errors
    /// [`ProfileError::Exists`] when there is one already; see [`ProfileError`].
    pub fn create(dir: &Path, vault: &dyn KeyVault, entropy: &mut dyn Entropy) -> Result<(Self, Secret), ProfileError> {
        fs::create_dir_all(dir).map_err(|e| fault(dir, &e))?;
        #[cfg(unix)]
        {
            let private = std::os::unix::fs::PermissionsExt::from_mode(0o700);
            fs::set_permissions(dir, private).map_err(|e| fault(dir, &e))?;
        }
        let profile = Self { dir: dir.to_owned(), _lock: lock(dir)? };
        if profile.vault().exists() {
            return Err(ProfileError::Exists(dir.to_owned()));
        }
        let root = Secret::random(entropy).map_err(VaultError::from)?;
        let sealed = vault.seal(entropy, &root)?;
        profile.replace("vault.sealed", &sealed)?;
        Ok((profile, root))
    }

    /// Takes the profile at `dir` for this process and opens its root key.
    ///
    /// # Errors
    /// [`ProfileError::Locked`] when another process has it; see [`ProfileError`].
    pub fn open(dir: &Path, vault: &dyn KeyVault) -> Result<(Self, Secret), ProfileError> {
        if !dir.join("vault.sealed").exists() {
            return Err(ProfileError::Missing(dir.to_owned()));
        }
        let profile = Self { dir: dir.to_owned(), _lock: lock(dir)? };
        let path = profile.vault();
        let sealed = fs::read(&path).map_err(|e| fault(&path, &e))?;
        let root = vault.open(&sealed)?;
        Ok((profile, root))
    }

    /// Whether there is a profile at `dir`.
    pub fn exists(dir: &Path) -> bool {
        dir.join("vault.sealed").exists()
    }

    /// The sealed root key of the profile at `dir`, to see which vault opens it.
    ///
    /// # Errors
    /// [`ProfileError::Missing`] where there is none.
    pub fn sealed(dir: &Path) -> Result<Vec<u8>, ProfileError> {
        fs::read(dir.join("vault.sealed")).map_err(|e| match e.kind() {
            io::ErrorKind::NotFound => ProfileError::Missing(dir.to_owned()),
            _ => fault(dir, &e),
        })
    }

    fn vault(&self) -> PathBuf {
        self.dir.join("vault.sealed")
    }

    /// The database's file.
    pub fn database(&self) -> PathBuf {
        self.dir.join("ithaca.db")
    }

    /// The folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// A file of the profile, or `None` if it does not exist.
    ///
    /// # Errors
    /// [`ProfileError::Io`].
    pub fn read(&self, name: &str) -> Result<Option<Vec<u8>>, ProfileError> {
        let path = self.dir.join(name);
        match fs::read(&path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(fault(&path, &e)),
        }
    }

    /// Whether there is such a file.
    pub fn has(&self, name: &str) -> bool {
        self.dir.join(name).exists()
    }

    /// Replaces a file as a whole, durably: after a crash there is the old one or the new one.
    ///
    /// # Errors
    /// [`ProfileError::Io`].
    pub fn replace(&self, name: &str, bytes: &[u8]) -> Result<(), ProfileError> {
        let (path, draft) = (self.dir.join(name), self.dir.join(format!("{name}.new")));
        let act = || {
            let mut file = File::create(&draft)?;
            file.write_all(bytes)?;
            file.sync_all()?;
            fs::rename(&draft, &path)?;
            File::open(&self.dir)?.sync_all()
        };
        act().map_err(|e| fault(&path, &e))
    }

    /// Writes a file without waiting for the disk: for what must survive the process, not the machine.
    ///
    /// # Errors
    /// [`ProfileError::Io`].
    pub fn note(&self, name: &str, bytes: &[u8]) -> Result<(), ProfileError> {
        let path = self.dir.join(name);
        fs::write(&path, bytes).map_err(|e| fault(&path, &e))
    }

    /// Removes a file of the profile, if it is there.
    ///
    /// # Errors
    /// [`ProfileError::Io`].
    pub fn forget(&self, name: &str) -> Result<(), ProfileError> {
        let path = self.dir.join(name);
        match fs::remove_file(&path) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => Err(fault(&path, &e)),
            _ => Ok(()),
        }
    }

    /// Puts a damaged database aside under a name that is free, with its log.
    ///
    /// # Errors
    /// [`ProfileError::Io`].
    pub fn put_database_aside(&self) -> Result<PathBuf, ProfileError> {
        let from = self.database();
        let free = (1..).map(|n| self.dir.join(format!("ithaca.db.damaged-{n}"))).find(|p| !p.exists());
        let to = free.ok_or(ProfileError::Io { path: from.clone(), kind: io::ErrorKind::AlreadyExists })?;
        fs::rename(&from, &to).map_err(|e| fault(&from, &e))?;
        for end in ["-wal", "-shm"] {
            let with_end = |p: &Path| {
                let mut name = p.as_os_str().to_owned();
                name.push(end);
                PathBuf::from(name)
            };
            match fs::rename(with_end(&from), with_end(&to)) {
                Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(fault(&from, &e)),
                _ => {}
            }
        }
        Ok(to)
    }

    /// What tells this database's file from a copy of it, where the system says; 0 elsewhere.
    pub fn database_inode(&self) -> u64 {
        #[cfg(unix)]
        return fs::metadata(self.database()).map_or(0, |m| std::os::unix::fs::MetadataExt::ino(&m));
        #[cfg(not(unix))]
        return 0;
    }
}

fn lock(dir: &Path) -> Result<File, ProfileError> {
    let path = dir.join("lock");
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path).map_err(|e| fault(&path, &e))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(ProfileError::Locked),
        Err(TryLockError::Error(e)) => Err(fault(&path, &e)),
    }
}

fn fault(path: &Path, e: &io::Error) -> ProfileError {
    ProfileError::Io { path: path.to_owned(), kind: e.kind() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::entropy::SeededEntropy;
    use crate::identity::vault::FileVault;

    #[test]
    fn one_process_at_a_time_and_never_over_another_profile() {
        let dir = tempfile::tempdir().unwrap();
        let vault = FileVault::new(dir.path().join("vault.key"));
        assert!(matches!(Profile::open(dir.path(), &vault), Err(ProfileError::Missing(_))));
        let (held, root) = Profile::create(dir.path(), &vault, &mut SeededEntropy::new(1)).unwrap();
        assert!(matches!(Profile::open(dir.path(), &vault), Err(ProfileError::Locked)));
        drop(held);
        assert!(matches!(Profile::create(dir.path(), &vault, &mut SeededEntropy::new(2)), Err(ProfileError::Exists(_))));
        assert_eq!(Profile::open(dir.path(), &vault).unwrap().1.expose(), root.expose());
    }

    #[test]
    fn a_damaged_database_is_kept_under_another_name() {
        let dir = tempfile::tempdir().unwrap();
        let vault = FileVault::new(dir.path().join("vault.key"));
        let (profile, _) = Profile::create(dir.path(), &vault, &mut SeededEntropy::new(1)).unwrap();
        for bytes in [b"one", b"two"] {
            fs::write(profile.database(), bytes).unwrap();
            let aside = profile.put_database_aside().unwrap();
            assert_eq!(fs::read(aside).unwrap(), bytes);
        }
    }
}
