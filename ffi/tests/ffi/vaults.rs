//! A keystore that is locked, fails, lost its key or answers with other bytes: each is told apart, and nothing is lost by it.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use ithaca_ffi::{Ithaca, IthacaError, ProfileState, VaultFault, profile_state};
use tempfile::TempDir;

use crate::support::{Person, TestVault, folder};

async fn open(dir: &TempDir, vault: &Arc<TestVault>) -> Result<Arc<Ithaca>, IthacaError> {
    Ithaca::open(folder(dir), vault.clone(), None).await
}

#[tokio::test]
async fn a_vault_that_misbehaves_on_opening_leaves_everything_as_it_is() {
    let ana = Person::new("Ana").await;
    let note = ana.ithaca.new_private_note(None, "Plan".into()).await.unwrap();
    ana.ithaca.shut_down().await.unwrap();
    let (dir, vault) = (ana.dir, ana.vault);
    for (fault, wanted) in [
        (VaultFault::Locked, IthacaError::Locked),
        (VaultFault::Lost, IthacaError::VaultLost),
        (VaultFault::Failed, IthacaError::VaultFailed),
    ] {
        *vault.fault.lock().unwrap() = Some(fault);
        assert_eq!(open(&dir, &vault).await.err(), Some(wanted));
    }
    *vault.fault.lock().unwrap() = None;
    vault.short.store(true, Ordering::SeqCst);
    assert_eq!(open(&dir, &vault).await.err(), Some(IthacaError::VaultLost));
    vault.short.store(false, Ordering::SeqCst);
    vault.panics.store(true, Ordering::SeqCst);
    assert!(matches!(open(&dir, &vault).await.err(), Some(IthacaError::Internal { .. })));
    vault.panics.store(false, Ordering::SeqCst);
    let again = open(&dir, &vault).await.unwrap();
    let personal = again.personal_space().await.unwrap();
    assert_eq!(again.note(personal, note).await.unwrap().title, "Plan");
}

#[tokio::test]
async fn other_bytes_than_were_sealed_are_a_lost_vault_and_do_not_harm_the_profile() {
    let ana = Person::new("Ana").await;
    ana.ithaca.shut_down().await.unwrap();
    ana.vault.other_bytes.store(true, Ordering::SeqCst);
    assert_eq!(open(&ana.dir, &ana.vault).await.err(), Some(IthacaError::VaultLost));
    ana.vault.other_bytes.store(false, Ordering::SeqCst);
    let again = open(&ana.dir, &ana.vault).await.unwrap();
    assert_eq!(again.snapshot().name, "Ana");
    assert!(!again.opened().rebuilt, "the database was not put aside for a wrong key");
}

#[tokio::test]
async fn a_vault_that_would_lose_the_key_is_noticed_before_anything_depends_on_it() {
    let (dir, vault) = (TempDir::new().unwrap(), Arc::new(TestVault::default()));
    vault.other_bytes.store(true, Ordering::SeqCst);
    let made = Ithaca::create(folder(&dir), vault.clone(), None, "Ana".into()).await;
    assert_eq!(made.err(), Some(IthacaError::VaultFailed));
    assert_eq!(profile_state(folder(&dir)), ProfileState::None);
    vault.other_bytes.store(false, Ordering::SeqCst);
    Ithaca::create(folder(&dir), vault, None, "Ana".into()).await.unwrap();
    assert_eq!(profile_state(folder(&dir)), ProfileState::Ready);
}

#[tokio::test]
async fn a_vault_locked_on_resuming_leaves_it_suspended_until_it_is_unlocked() {
    let ana = Person::new("Ana").await;
    ana.ithaca.suspend().await.unwrap();
    *ana.vault.fault.lock().unwrap() = Some(VaultFault::Locked);
    assert_eq!(ana.ithaca.resume().await, Err(IthacaError::Locked));
    assert_eq!(ana.ithaca.pairs().await, Err(IthacaError::Suspended));
    *ana.vault.fault.lock().unwrap() = None;
    ana.ithaca.resume().await.unwrap();
    assert_eq!(ana.ithaca.pairs().await, Ok(Vec::new()));
}
