//! What can be wrong with a command, and what to do about it. Nothing a person wrote ever stands in an error.

use super::profile::ProfileError;
use crate::document::DocumentError;
use crate::event::EventError;
use crate::identity::entropy::NoEntropy;
use crate::identity::keys::WrapFailed;
use crate::identity::person_log::PersonLogError;
use crate::identity::vault::VaultError;
use crate::record::snapshot::SnapshotError;
use crate::space::invite::InviteError;
use crate::space::statement::StatementError;
use crate::store::StoreError;

/// Why a command was not done. Nothing of it was kept.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// See [`ProfileError`].
    #[error(transparent)]
    Profile(#[from] ProfileError),
    /// See [`VaultError`].
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// See [`StoreError`].
    #[error(transparent)]
    Store(#[from] StoreError),
    /// See [`SnapshotError`].
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    /// See [`NoEntropy`].
    #[error(transparent)]
    Entropy(#[from] NoEntropy),
    /// See [`WrapFailed`].
    #[error(transparent)]
    Wrap(#[from] WrapFailed),
    /// See [`DocumentError`].
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// See [`crate::editing::EditingError`].
    #[error(transparent)]
    Editing(#[from] crate::editing::EditingError),
    /// See [`EventError`].
    #[error(transparent)]
    Event(#[from] EventError),
    /// See [`StatementError`].
    #[error(transparent)]
    Statement(#[from] StatementError),
    /// See [`PersonLogError`].
    #[error(transparent)]
    PersonLog(#[from] PersonLogError),
    /// See [`InviteError`].
    #[error(transparent)]
    Invite(#[from] InviteError),
    /// See [`crate::space::handover::HandoverError`].
    #[error(transparent)]
    Handover(#[from] crate::space::handover::HandoverError),
    /// See [`crate::identity::phrase::PhraseError`].
    #[error(transparent)]
    Words(#[from] crate::identity::phrase::PhraseError),
    /// Nothing by that name or id.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// A space in which this person may not write, with the reason.
    #[error("nothing can be written here: {0}")]
    ReadOnly(&'static str),
    /// A device that waits to be added to its person's.
    #[error("this device is not added yet; go on with `ithaca device add`")]
    NotAdded,
    /// The relay that is needed for this does not answer.
    #[error("the relay cannot be reached; try again when there is signal")]
    Unreachable,
    /// A name that is none, with what one is.
    #[error("{0}")]
    Name(&'static str),
    /// An answer that its prompt does not take, with what it takes.
    #[error("{0}")]
    Answer(&'static str),
    /// A command that does not fit what is there.
    #[error("{0}")]
    Invalid(&'static str),
    /// A relay's address that cannot be used.
    #[error(transparent)]
    Address(#[from] crate::transport::AddressError),
    /// See [`crate::export::ExportError`].
    #[error(transparent)]
    Export(#[from] crate::export::ExportError),
    /// See [`crate::space::membership::SpaceError`].
    #[error(transparent)]
    Space(#[from] crate::space::membership::SpaceError),
    /// The keys that this profile keeps do not fit together.
    #[error("this profile's keys do not fit together; restore the device")]
    Keys,
}
