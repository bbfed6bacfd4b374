//! What can be wrong, by what an app can do about it. One conversion from the core's errors, and it alone logs.

use ithaca_core::document::DocumentError;
use ithaca_core::engine::EngineError;
use ithaca_core::engine::profile::ProfileError;
use ithaca_core::identity::vault::VaultError;
use ithaca_core::space::handover::HandoverError;
use ithaca_core::space::invite::InviteError;
use ithaca_core::store::StoreError;

/// Why something was not done. Nothing of it was kept, except where a call says so. `why` is a fragment in English for logs and for
/// developers, and never holds what a person wrote; screens choose their words by the variant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum IthacaError {
    /// The keystore is locked: ask the person to unlock the phone, and try again.
    #[error("the vault is locked")]
    Locked,
    /// The keystore did not answer as it should: try again.
    #[error("the vault failed")]
    VaultFailed,
    /// The keystore holds no key, or another than this profile was sealed with: the way out is to restore this device.
    #[error("the vault lost its key")]
    VaultLost,
    /// Another process has the profile open: try again when it is gone.
    #[error("the profile is in use")]
    InUse,
    /// There is no profile here: begin the first run.
    #[error("there is no profile here")]
    NoProfile,
    /// There is a profile here already: open it.
    #[error("there is a profile here already")]
    ProfileExists,
    /// This device is on its way to belong to somebody: go on with that.
    #[error("this device is not added yet")]
    NotAdded,
    /// No room: nothing of this was kept; what was there before is safe.
    #[error("the disk is full")]
    StorageFull,
    /// The database is damaged: close and open again, which builds it anew; where that fails, restore this device.
    #[error("the database is damaged: {why}")]
    StorageCorrupt { why: String },
    /// A later version of the app made the database: update the app.
    #[error("the database is of a newer version")]
    NewerDatabase,
    /// What was typed, scanned or opened is not what it should be.
    #[error("{input:?}: {why}")]
    BadInput { input: Input, why: String },
    /// No such thing, or no longer.
    #[error("there is no such {what}")]
    NotFound { what: String },
    /// Nothing can be written here any more: left, closed, a saved copy.
    #[error("nothing can be written here: {why}")]
    ReadOnly { why: String },
    /// What is asked does not fit what is there.
    #[error("{why}")]
    Refused { why: String },
    /// What was seen when this was asked is not what is there now: read again, then ask again.
    #[error("it changed meanwhile")]
    Stale,
    /// The relay cannot be reached now. Only for what needs it at once; everything written waits by itself.
    #[error("the relay cannot be reached")]
    Offline,
    /// Somebody stopped waiting for it.
    #[error("stopped")]
    Stopped,
    /// The engine is suspended: resume first.
    #[error("suspended")]
    Suspended,
    /// The engine was shut down: open it anew.
    #[error("closed")]
    Closed,
    /// A fault of ours.
    #[error("internal: {why}")]
    Internal { why: String },
}

/// Sorts of input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum Input {
    /// An invitation's link.
    Link,
    /// A new device's code.
    Code,
    /// Words of a phrase.
    Words,
    /// A relay's address.
    Address,
    /// A relay account's secret.
    Account,
    /// A file to bring in.
    File,
    /// A calendar day.
    Day,
    /// A time zone's name.
    Zone,
    /// A person's or device's name.
    Name,
    /// An offset into a text.
    Offset,
    /// An id.
    Id,
    /// Any other value.
    Value,
}

pub(crate) type Done<T = ()> = Result<T, IthacaError>;

pub(crate) fn bad(input: Input, why: impl std::fmt::Display) -> IthacaError {
    IthacaError::BadInput { input, why: why.to_string() }
}

pub(crate) fn refused(why: &str) -> IthacaError {
    IthacaError::Refused { why: why.to_owned() }
}

pub(crate) fn missing(what: &str) -> IthacaError {
    IthacaError::NotFound { what: what.to_owned() }
}

pub(crate) fn internal(why: impl std::fmt::Display) -> IthacaError {
    IthacaError::Internal { why: why.to_string() }
}

impl From<EngineError> for IthacaError {
    fn from(e: EngineError) -> Self {
        let out = of_engine(&e);
        match &out {
            Self::Internal { .. } | Self::StorageCorrupt { .. } => tracing::error!(error = %out, "a command failed"),
            Self::StorageFull => tracing::warn!("a command failed: no room on the disk"),
            _ => {}
        }
        out
    }
}

fn of_engine(e: &EngineError) -> IthacaError {
    match e {
        EngineError::Profile(e) => of_profile(e),
        EngineError::Vault(e) => of_vault(e),
        EngineError::Store(e) => of_store(e),
        EngineError::NotFound(what) => missing(what),
        EngineError::ReadOnly(why) => IthacaError::ReadOnly { why: (*why).to_owned() },
        EngineError::NotAdded => IthacaError::NotAdded,
        EngineError::Unreachable => IthacaError::Offline,
        EngineError::Name(why) => bad(Input::Name, why),
        EngineError::Answer(why) => bad(Input::Value, why),
        EngineError::Invalid(why) => refused(why),
        EngineError::Document(e) => of_document(e),
        EngineError::Invite(e) => of_invite(e),
        EngineError::Handover(e) => of_handover(e),
        EngineError::Words(e) => bad(Input::Words, e),
        EngineError::Address(e) => bad(Input::Address, e),
        EngineError::Export(e) => bad(Input::File, e),
        EngineError::Editing(e) => bad(Input::Offset, e),
        EngineError::Keys => IthacaError::StorageCorrupt { why: "the profile's keys do not fit together".to_owned() },
        EngineError::Entropy(_) | EngineError::Wrap(_) => internal("the source of randomness failed"),
        EngineError::Event(_)
        | EngineError::Statement(_)
        | EngineError::PersonLog(_)
        | EngineError::Space(_)
        | EngineError::Snapshot(_) => internal(e),
    }
}

fn of_profile(e: &ProfileError) -> IthacaError {
    match e {
        ProfileError::Missing(_) => IthacaError::NoProfile,
        ProfileError::Exists(_) => IthacaError::ProfileExists,
        ProfileError::Locked => IthacaError::InUse,
        ProfileError::Vault(e) => of_vault(e),
        ProfileError::Io { kind: std::io::ErrorKind::StorageFull, .. } => IthacaError::StorageFull,
        ProfileError::Io { kind, .. } => internal(format_args!("the profile's folder: {kind}")),
        ProfileError::Keys => IthacaError::StorageCorrupt { why: "the kept keys do not open".to_owned() },
    }
}

fn of_vault(e: &VaultError) -> IthacaError {
    match e {
        VaultError::Locked => IthacaError::Locked,
        VaultError::Failed => IthacaError::VaultFailed,
        VaultError::Entropy(_) => internal("the source of randomness failed"),
        VaultError::WrongPassphrase | VaultError::KeyFile { .. } | VaultError::Replaced | VaultError::Damaged(_) => IthacaError::VaultLost,
    }
}

fn of_store(e: &StoreError) -> IthacaError {
    match e {
        StoreError::Full => IthacaError::StorageFull,
        StoreError::Newer { .. } => IthacaError::NewerDatabase,
        StoreError::Busy => IthacaError::InUse,
        StoreError::Corrupt | StoreError::DoesNotOpen | StoreError::Shape(_) => IthacaError::StorageCorrupt { why: e.to_string() },
        StoreError::Entropy(_) | StoreError::Crashed | StoreError::Sqlite(_) => internal(e),
    }
}

/// A key of a document can hold a person's words (a topic, a tag): none is passed on.
fn of_document(e: &DocumentError) -> IthacaError {
    match e {
        DocumentError::NoSuchItem(_) => missing("item"),
        DocumentError::NoSuchAlternative => missing("wording"),
        DocumentError::Position { .. } => bad(Input::Offset, "past the end of the text"),
        DocumentError::UnknownHeads => IthacaError::Stale,
        DocumentError::WrongKind => bad(Input::Id, "a document of another kind"),
        DocumentError::Value(_) => bad(Input::Value, "it does not fit the field, or is too long"),
        DocumentError::UnknownField(_) => bad(Input::Value, "there is no such field"),
        _ => internal("the merge engine refused"),
    }
}

fn of_invite(e: &InviteError) -> IthacaError {
    match e {
        InviteError::Link => bad(Input::Link, "not an invitation, or only a part of one"),
        InviteError::Words(e) => bad(Input::Words, e),
        InviteError::Address(e) => bad(Input::Address, e),
        InviteError::NoRelay => bad(Input::Address, "twelve words need the relay's address beside them"),
        InviteError::Message(why) => refused(why),
    }
}

fn of_handover(e: &HandoverError) -> IthacaError {
    match e {
        HandoverError::Code => bad(Input::Code, "not the code of a new device, or only a part of one"),
        HandoverError::Words(e) => bad(Input::Words, e),
        HandoverError::Address(e) => bad(Input::Address, e),
        HandoverError::NoRelay => bad(Input::Address, "twelve words need the relay's address beside them"),
    }
}
