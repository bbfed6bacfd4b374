//! What tests give the surface: vaults, listeners that remember, people with a folder of their own.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ithaca_ffi::{CallbackError, Change, ChangeListener, Connectivity, Ithaca, KeyVault, SpaceId, VaultFault};
use tempfile::TempDir;

/// A vault that turns bytes about, and can be made to misbehave.
#[derive(Default)]
pub struct TestVault {
    pub fault: Mutex<Option<VaultFault>>,
    pub other_bytes: AtomicBool,
    pub short: AtomicBool,
    pub panics: AtomicBool,
    pub n_calls: AtomicUsize,
}

impl TestVault {
    fn check(&self) -> Result<(), VaultFault> {
        self.n_calls.fetch_add(1, Ordering::SeqCst);
        assert!(!self.panics.load(Ordering::SeqCst), "this vault throws");
        self.fault.lock().unwrap().map_or(Ok(()), Err)
    }
}

impl KeyVault for TestVault {
    fn seal(&self, root: Vec<u8>) -> Result<Vec<u8>, VaultFault> {
        self.check()?;
        Ok(root.iter().map(|b| b ^ 0x5a).collect())
    }

    fn unseal(&self, sealed: Vec<u8>) -> Result<Vec<u8>, VaultFault> {
        self.check()?;
        if self.short.load(Ordering::SeqCst) {
            return Ok(vec![1, 2, 3]);
        }
        let mask = if self.other_bytes.load(Ordering::SeqCst) { 0x5b } else { 0x5a };
        Ok(sealed.iter().map(|b| b ^ mask).collect())
    }
}

/// A network that can be taken away.
pub struct Net(pub AtomicBool);

impl Connectivity for Net {
    fn is_online(&self) -> Result<bool, CallbackError> {
        Ok(self.0.load(Ordering::SeqCst))
    }
}

/// A listener that passes every batch on.
pub struct Remember(Mutex<Sender<Vec<Change>>>);

impl Remember {
    pub fn new() -> (Arc<Self>, Receiver<Vec<Change>>) {
        let (batches, heard) = channel();
        (Arc::new(Self(Mutex::new(batches))), heard)
    }
}

impl ChangeListener for Remember {
    fn on_changes(&self, changes: Vec<Change>) -> Result<(), CallbackError> {
        // A test that is over hears nothing more.
        let _ = self.0.lock().unwrap().send(changes);
        Ok(())
    }
}

/// Waits for a batch that has what `wanted` says.
pub fn wait_for(heard: &Receiver<Vec<Change>>, wanted: impl Fn(&Change) -> bool) {
    while !heard.recv_timeout(Duration::from_secs(120)).expect("nothing of the kind was told").iter().any(&wanted) {}
}

/// Somebody with one device.
pub struct Person {
    pub ithaca: Arc<Ithaca>,
    pub vault: Arc<TestVault>,
    pub net: Arc<Net>,
    pub dir: TempDir,
}

impl Person {
    pub async fn new(name: &str) -> Self {
        let (dir, vault, net) = (TempDir::new().unwrap(), Arc::new(TestVault::default()), Arc::new(Net(AtomicBool::new(true))));
        let ithaca = Ithaca::create(folder(&dir), vault.clone(), Some(net.clone()), name.to_owned()).await.unwrap();
        Self { ithaca, vault, net, dir }
    }

    pub fn folder(&self) -> String {
        folder(&self.dir)
    }

    pub async fn online(&self, on: bool) {
        self.net.0.store(on, Ordering::SeqCst);
        self.ithaca.connectivity_changed().await.unwrap();
    }
}

pub fn folder(dir: &TempDir) -> String {
    dir.path().join("profile").to_str().unwrap().to_owned()
}

/// A pair over a relay, both synced.
pub async fn pair(relay: &str) -> (Person, Person, SpaceId) {
    let (ana, ben) = (Person::new("Ana").await, Person::new("Ben").await);
    ana.ithaca.set_relay(relay.to_owned(), None).await.unwrap();
    let invite = ana.ithaca.invite().await.unwrap();
    ana.ithaca.sync().await.unwrap();
    ben.ithaca.answer_invite(invite.link.unwrap(), None).await.unwrap();
    ben.ithaca.sync().await.unwrap();
    ana.ithaca.sync().await.unwrap();
    let found = ana.ithaca.invites().await.unwrap();
    let answer = found[0].answers[0].clone();
    assert_eq!(answer.name, "Ben");
    let space = ana.ithaca.approve_answer(found[0].id.clone(), answer.person).await.unwrap();
    both_sync(&ana, &ben).await;
    (ana, ben, space)
}

/// Everything of both goes over, with what acknowledges it.
pub async fn both_sync(a: &Person, b: &Person) {
    for _ in 0..2 {
        a.ithaca.sync().await.unwrap();
        b.ithaca.sync().await.unwrap();
    }
    a.ithaca.sync().await.unwrap();
}
