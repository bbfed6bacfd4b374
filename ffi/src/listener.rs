//! Observation: who wants to know that something changed, told in batches, each thing once however often it changed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use ithaca_core::engine::Changed;
use ithaca_core::id::SpaceId;

use crate::log::LogLine;
use crate::platform::CallbackError;

/// Something that a screen may want to read again. `Everything` is said first to whoever subscribes, and after a resume. Of a space: its content; who may do what
/// there, or which spaces there are; what is where. `Invites` are devices that ask, too. `Engine`: see [`crate::Ithaca::snapshot`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, uniffi::Enum)]
pub enum Change {
    Everything,
    Content { space: SpaceId },
    Members { space: SpaceId },
    Whereabouts { space: SpaceId },
    Invites,
    Notices,
    Engine,
}

impl From<Changed> for Change {
    fn from(c: Changed) -> Self {
        match c {
            Changed::Space(space) => Self::Content { space },
            Changed::Members(space) => Self::Members { space },
            Changed::Status(space) => Self::Whereabouts { space },
            Changed::Invites => Self::Invites,
            Changed::Notices => Self::Notices,
        }
    }
}

/// Who wants to know. Called on a thread of ours, one call at a time; it may call back into [`crate::Ithaca`].
#[uniffi::export(foreign)]
pub trait ChangeListener: Send + Sync {
    /// Something changed. What changes while this runs comes with the next call.
    ///
    /// # Errors
    /// See [`CallbackError`]; the next batch comes all the same.
    fn on_changes(&self, changes: Vec<Change>) -> Result<(), CallbackError>;
}

/// A subscription. It ends when cancelled or when nobody holds it any more.
#[derive(uniffi::Object)]
pub struct Subscription {
    no: u64,
    hub: Weak<Hub>,
}

#[uniffi::export]
impl Subscription {
    /// Ends it. No call begins after this; one that runs already comes to its end.
    pub fn cancel(&self) {
        if let Some(hub) = self.hub.upgrade() {
            hub.forget(self.no);
        }
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.cancel();
    }
}

struct Entry {
    listener: Arc<dyn ChangeListener>,
    pending: Mutex<BTreeSet<Change>>,
    live: AtomicBool,
}

/// What the thread that calls out is woken for.
enum Call {
    Changes,
    Log(LogLine),
}

/// Everybody who listens, and the thread that calls them.
pub(crate) struct Hub {
    entries: Mutex<BTreeMap<u64, Arc<Entry>>>,
    next: AtomicU64,
    woken: Arc<AtomicBool>,
    wake: Sender<Call>,
}

fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Hub {
    /// A hub with its thread, which ends when the hub is dropped.
    pub(crate) fn new() -> std::io::Result<Arc<Self>> {
        let (wake, woken) = channel();
        let flag = Arc::new(AtomicBool::new(false));
        let hub = Arc::new(Self { entries: Mutex::default(), next: AtomicU64::new(1), woken: flag.clone(), wake });
        let weak = Arc::downgrade(&hub);
        std::thread::Builder::new().name("ithaca-listeners".into()).spawn(move || deliver(&weak, &flag, &woken))?;
        Ok(hub)
    }

    pub(crate) fn subscribe(self: &Arc<Self>, listener: Arc<dyn ChangeListener>) -> Arc<Subscription> {
        let no = self.next.fetch_add(1, Ordering::Relaxed);
        let entry = Entry { listener, pending: Mutex::new([Change::Everything].into()), live: AtomicBool::new(true) };
        held(&self.entries).insert(no, Arc::new(entry));
        self.poke();
        Arc::new(Subscription { no, hub: Arc::downgrade(self) })
    }

    fn forget(&self, no: u64) {
        if let Some(entry) = held(&self.entries).remove(&no) {
            entry.live.store(false, Ordering::SeqCst);
        }
    }

    /// How many listen.
    pub(crate) fn n_listeners(&self) -> usize {
        held(&self.entries).len()
    }

    pub(crate) fn tell(&self, changes: impl IntoIterator<Item = Change>) {
        let changes: Vec<Change> = changes.into_iter().collect();
        if changes.is_empty() {
            return;
        }
        for entry in held(&self.entries).values() {
            held(&entry.pending).extend(changes.iter().cloned());
        }
        self.poke();
    }

    pub(crate) fn log(&self, line: LogLine) {
        // Where the thread is gone nobody listens.
        let _ = self.wake.send(Call::Log(line));
    }

    fn poke(&self) {
        if !self.woken.swap(true, Ordering::SeqCst) {
            let _ = self.wake.send(Call::Changes);
        }
    }
}

fn deliver(hub: &Weak<Hub>, woken: &AtomicBool, calls: &Receiver<Call>) {
    // The sender lives in the hub: when that is dropped this ends.
    while let Ok(call) = calls.recv() {
        match call {
            Call::Log(line) => line.deliver(),
            Call::Changes => {
                woken.store(false, Ordering::SeqCst);
                let Some(entries) = hub.upgrade().map(|h| held(&h.entries).values().cloned().collect::<Vec<_>>()) else { return };
                for entry in entries {
                    let changes: Vec<Change> = std::mem::take(&mut *held(&entry.pending)).into_iter().collect();
                    if changes.is_empty() || !entry.live.load(Ordering::SeqCst) {
                        continue;
                    }
                    let changes = if changes.contains(&Change::Everything) { vec![Change::Everything] } else { changes };
                    // A listener that panics (one written in Rust) is like one that throws.
                    let called = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| entry.listener.on_changes(changes)));
                    if !matches!(called, Ok(Ok(()))) {
                        tracing::warn!("a listener failed; it is called again with the next change");
                    }
                }
            }
        }
    }
}
