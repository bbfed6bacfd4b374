//! Status: what is where, what should be known once, what could be wrong, and syncing now.

use ithaca_core::engine::{self, EngineError};
pub use ithaca_core::engine::{Finding as FindingView, Foot, LastSync, NoticeView, RelayLine as RelayView, SyncOutcome, Where as Place};
use ithaca_core::id::{DocumentId, SpaceId};

use crate::app::Ithaca;
use crate::error::Done;
use crate::people::{People, Who, count};
use crate::runtime::{Worker, now};

/// Where something is, as far as this phone knows.
#[uniffi::remote(Enum)]
pub enum Place {
    /// On this phone alone.
    Here,
    /// A relay has it.
    Relay,
    /// The other person's phone has it: it said so.
    Other,
}

/// How far what was written in a space came.
#[uniffi::remote(Record)]
pub struct Foot {
    /// The other person's name; empty in one's own space.
    pub name: String,
    /// How many wait here.
    pub here: u64,
    /// How many are on a relay and not yet on the other's phone.
    pub on_relay: u64,
    /// When something of the other's, or of another own device, last came in.
    pub heard_at_ms: Option<i64>,
    /// Since when something written here waits for a word that it came.
    pub unconfirmed_since_ms: Option<i64>,
}

/// A space's part of the sync screen.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct SpaceStatusView {
    pub space: SpaceId,
    /// Whether it is this person's own.
    pub private: bool,
    /// How far what was written came.
    pub foot: Foot,
    /// Equal codes on both phones mean equal contents.
    pub state_code: String,
    /// The same as three words, to be read aloud.
    pub state_words: String,
    /// How many came that are damaged, hostile or from a newer version; all are kept.
    pub set_aside: u64,
    /// How many came from a device that is not known yet.
    pub unknown_author: u64,
    /// How many are known elsewhere and were not received.
    pub known_missing: u64,
}

/// A relay's part of the sync screen.
#[uniffi::remote(Record)]
pub struct RelayView {
    /// Its address.
    pub origin: String,
    /// Why the last call failed, in English.
    pub trouble: Option<String>,
    /// When it is tried again.
    pub again_ms: Option<i64>,
}

/// The sync screen.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct StatusView {
    /// This person's own first.
    pub spaces: Vec<SpaceStatusView>,
    pub relays: Vec<RelayView>,
}

/// What a sync came to.
#[uniffi::remote(Record)]
pub struct SyncOutcome {
    pub at_ms: i64,
    /// No relay could be reached, or there is no network: what is written waits.
    pub offline: bool,
    /// No relay is named: nothing leaves this phone.
    pub no_relay: bool,
    /// Relays that could not be used.
    pub relays: Vec<RelayView>,
}

/// What the last sync came to, also after a restart.
#[uniffi::remote(Record)]
pub struct LastSync {
    pub at_ms: i64,
    /// Whether every relay could be reached.
    pub reached: bool,
}

/// Something a person should know once.
#[uniffi::remote(Record)]
pub struct NoticeView {
    /// Its number, to dismiss it.
    pub no: i64,
    /// The space it is about.
    pub space: Option<SpaceId>,
    /// Its kind, for the app's own words.
    pub kind: String,
    pub at_ms: i64,
    /// As a sentence in English.
    pub words: String,
}

/// What the doctor found.
#[uniffi::remote(Record)]
pub struct FindingView {
    /// Whether it is as it should be.
    pub good: bool,
    /// What was looked at.
    pub what: String,
    /// What was found, in English.
    pub words: String,
}

/// What the relay and others can see of a space: computed, not written.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Visibility {
    /// The relays that carry it: each sees times, addresses and padded sizes, no words, no names.
    pub relays: Vec<String>,
    /// Who reads what is shared here, this person among them.
    pub readers: Vec<Who>,
    /// How many devices of this person read everything of theirs.
    pub own_devices: u32,
    /// How many private notes belong to this relationship: only this person's devices have them.
    pub private_notes: u32,
    /// How many notes, sessions, goals and actions both read.
    pub shared: u32,
}

#[uniffi::export]
impl Ithaca {
    /// Sends what waits and takes in what came; completes when that is done. A relay that cannot be reached is no error.
    ///
    /// # Errors
    /// `Stopped` after [`Ithaca::stop_waiting`]; `Suspended`; what keeps the engine from taking in what came (`StorageFull`).
    pub async fn sync(&self) -> Done<SyncOutcome> {
        self.handle.sync().await
    }

    /// Everybody who waits in [`Ithaca::sync`] waits no longer. What was begun goes on by itself.
    pub async fn stop_waiting(&self) -> Done {
        self.handle.worker(Worker::stop_waiting).await
    }

    /// What is where.
    pub async fn status(&self) -> Done<StatusView> {
        self.ask(|e| {
            let (view, personal) = (e.status(now())?, e.personal()?);
            let space = |s: engine::SpaceStatus| {
                Ok(SpaceStatusView {
                    space: s.space,
                    private: s.space == personal,
                    foot: e.foot(&s.space)?,
                    state_code: s.state_code,
                    state_words: s.state_words,
                    set_aside: s.set_aside,
                    unknown_author: s.unknown_author,
                    known_missing: s.known_missing,
                })
            };
            Ok(StatusView { spaces: view.spaces.into_iter().map(space).collect::<Result<_, EngineError>>()?, relays: view.relays })
        })
        .await
    }

    /// How far what was written in one space came: for the foot of a pair's home.
    pub async fn foot(&self, space: SpaceId) -> Done<Foot> {
        self.ask(move |e| e.foot(&space)).await
    }

    /// Where a note or session is, by the last change made to it here.
    pub async fn place_of(&self, space: SpaceId, document: DocumentId) -> Done<Place> {
        self.ask(move |e| Ok(e.document_status(&space, document)?.at)).await
    }

    /// Notices that were not dismissed.
    pub async fn notices(&self) -> Done<Vec<NoticeView>> {
        self.ask(|e| e.notices()).await
    }

    /// Forgets a notice.
    pub async fn dismiss_notice(&self, no: i64) -> Done {
        self.ask(move |e| e.dismiss(no)).await
    }

    /// Looks at everything that could be wrong with this profile. Takes long on an old one.
    pub async fn doctor(&self) -> Done<Vec<FindingView>> {
        self.ask(|e| e.doctor(now())).await
    }

    /// What the relay and others can see of a space.
    pub async fn visibility(&self, space: SpaceId) -> Done<Visibility> {
        self.engine(move |e| {
            let v = e.visible(&space)?;
            Ok(Visibility {
                readers: People::of(e, &space)?.all(&v.readers),
                relays: v.relays,
                own_devices: count(v.own_devices),
                private_notes: count(v.private_notes),
                shared: count(v.shared),
            })
        })
        .await
    }
}
