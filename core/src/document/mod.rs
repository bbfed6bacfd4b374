//! A document: what two people write together, an automerge document that merges whatever both wrote without asking.
//!
//! Positions in text are Unicode code points. Every document, of whatever kind, begins with one fixed first change (fixed actor, time 0)
//! that each device makes itself and never sends; it holds the containers `body` (text), `items` (map) and `replaced` (map), so no two
//! phones ever create one of them twice. Everything else is a flat key or an item named by a final id (see [`schema`]).

pub mod clash;
pub mod command;
mod copy;
pub mod history;
mod plan;
pub mod read;
pub mod schema;
pub(crate) mod step;
pub mod text;
mod typing;

use std::panic::AssertUnwindSafe;

use automerge::transaction::CommitOptions;
use automerge::transaction::Transactable;
use automerge::{ActorId, Automerge, Change, ChangeHash, LoadOptions, ObjType, ROOT, ReadDoc, TextEncoding};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub use crate::event::Clock;
use crate::id::{DeviceId, DocumentId, PersonId, SpaceId};
pub use command::Command;
pub use history::{HistoryEntry, What, history};
pub use step::{Group, group_of};
pub use typing::TextChange;

/// What a document is of; fixed when it is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentKind {
    /// Roles, kind, agreement, plan, people: one a space.
    Relationship,
    /// Goals with milestones, and actions: one a space.
    Goals,
    /// One meeting.
    Session,
    /// One note, shared or private.
    Note,
    /// A kind of a later version; carried untouched.
    Unknown(u16),
}

impl DocumentKind {
    /// The code on the wire.
    pub fn code(self) -> u16 {
        match self {
            Self::Relationship => 1,
            Self::Goals => 2,
            Self::Session => 3,
            Self::Note => 4,
            Self::Unknown(code) => code,
        }
    }

    /// The kind of a code.
    pub fn from_code(code: u16) -> Self {
        match code {
            1 => Self::Relationship,
            2 => Self::Goals,
            3 => Self::Session,
            4 => Self::Note,
            other => Self::Unknown(other),
        }
    }
}

/// The id of a document that both people of a space would choose: first 16 bytes of SHA-256 over label, space and kind.
pub fn derived_id(space: SpaceId, kind: DocumentKind) -> DocumentId {
    let hash = Sha256::new().chain_update(b"ithaca/v1/document").chain_update(space.0).chain_update(kind.code().to_be_bytes()).finalize();
    let mut out = [0; 16];
    out.iter_mut().zip(hash.iter()).for_each(|(o, b)| *o = *b);
    DocumentId(out)
}

/// Who makes one edit, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    /// The person.
    pub person: PersonId,
    /// Their device.
    pub device: DeviceId,
    /// The automerge actor of this incarnation of the device in this space.
    pub actor: [u8; 16],
    /// The device's hybrid clock; a new value for every edit, since `alive` marks are made of it.
    pub clock: Clock,
    /// The wall clock, milliseconds since 1970.
    pub wall_ms: i64,
}

impl Author {
    /// A value nobody has used before: the clock and the beginning of the device's id.
    pub(crate) fn mark(&self) -> Vec<u8> {
        let mut out = self.clock.0.to_be_bytes().get(2..).unwrap_or_default().to_vec();
        out.extend_from_slice(self.device.0.get(..4).unwrap_or_default());
        out
    }
}

/// Why a document refused something. Never holds text a person wrote.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// Bytes automerge does not take.
    #[error("document bytes are not readable")]
    Bytes,
    /// Automerge refused an operation or a set of changes.
    #[error("merge engine refused: {0}")]
    Engine(String),
    /// The command is for another kind of document.
    #[error("command does not fit this kind of document")]
    WrongKind,
    /// No such item, or it is of another noun.
    #[error("no such item: {0}")]
    NoSuchItem(String),
    /// A position past the end of a text.
    #[error("position {position} is past the end of a text of {len}")]
    Position {
        /// What was asked for, in code points.
        position: usize,
        /// The length, in code points.
        len: usize,
    },
    /// Heads that this document does not hold.
    #[error("editing began at a state this document does not hold")]
    UnknownHeads,
    /// A key the table does not list.
    #[error("field is not in the table: {0}")]
    UnknownField(String),
    /// A value of another type than the table states, or too long for a single value.
    #[error("value does not fit field {0}")]
    Value(String),
    /// A change the merge engine cannot take and panicked on. The document in memory is empty now: load it again, without that change.
    #[error("a change breaks the document")]
    Broken,
    /// The alternatives are no longer there.
    #[error("no such alternative")]
    NoSuchAlternative,
}

impl From<automerge::AutomergeError> for DocumentError {
    fn from(e: automerge::AutomergeError) -> Self {
        // Only the variant's name: some variants print keys.
        let text = format!("{e:?}");
        Self::Engine(text.chars().take_while(char::is_ascii_alphanumeric).collect())
    }
}

/// What one call of [`Document::apply`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Applied {
    /// Changes new to the document, queued ones that became applicable included.
    pub applied: usize,
    /// Whether the heads moved.
    pub moved: bool,
}

/// What two people write together.
#[derive(Debug, Clone)]
pub struct Document {
    /// Its space.
    pub space: SpaceId,
    /// Its id.
    pub id: DocumentId,
    /// What it is of.
    pub kind: DocumentKind,
    pub(crate) doc: Automerge,
}

impl Document {
    /// A document in which nobody wrote yet.
    pub fn new(space: SpaceId, id: DocumentId, kind: DocumentKind) -> Self {
        let mut doc = Automerge::new_with_encoding(TextEncoding::UnicodeCodePoint).with_actor(ActorId::from(first_actor().as_slice()));
        let mut tx = doc.transaction();
        // Puts into an empty root cannot fail.
        let _ = tx.put_object(ROOT, "body", ObjType::Text);
        let _ = tx.put_object(ROOT, "items", ObjType::Map);
        let _ = tx.put_object(ROOT, "replaced", ObjType::Map);
        let _ = tx.commit_with(CommitOptions::default().with_time(0));
        Self { space, id, kind, doc }
    }

    /// Loads what [`Self::save`] gave. Not for foreign bytes: those come through the firewall as changes.
    ///
    /// # Errors
    /// [`DocumentError::Bytes`] when it is no saved document beginning with the fixed first change.
    pub fn load(space: SpaceId, id: DocumentId, kind: DocumentKind, saved: &[u8]) -> Result<Self, DocumentError> {
        let options = LoadOptions::new().text_encoding(TextEncoding::UnicodeCodePoint);
        let doc = Automerge::load_with_options(saved, options).map_err(|_| DocumentError::Bytes)?;
        let first = first_hash();
        if doc.get_change_meta_by_hash(&ChangeHash(first)).is_none() {
            return Err(DocumentError::Bytes);
        }
        Ok(Self { space, id, kind, doc })
    }

    /// The whole document with its history, the fixed first change included. O(history).
    pub fn save(&mut self) -> Vec<u8> {
        self.doc.save()
    }

    /// Hashes of the changes nothing rests on, sorted. Never empty.
    pub fn heads(&self) -> Vec<[u8; 32]> {
        let mut heads: Vec<_> = self.doc.get_heads().into_iter().map(|h| h.0).collect();
        heads.sort_unstable();
        heads
    }

    /// Whether nobody wrote in it yet.
    pub fn is_untouched(&self) -> bool {
        self.heads() == [first_hash()]
    }

    /// Every change but the fixed first one, sorted by hash: what an export keeps and a peer may lack.
    pub fn changes(&self) -> Vec<([u8; 32], Vec<u8>)> {
        let mut out: Vec<_> =
            self.doc.get_changes(&[ChangeHash(first_hash())]).into_iter().map(|c| (c.hash().0, c.raw_bytes().to_vec())).collect();
        out.sort_unstable();
        out
    }

    /// Whether it holds a change, by its hash.
    pub fn holds(&self, hash: &[u8; 32]) -> bool {
        self.doc.get_change_meta_by_hash(&ChangeHash(*hash)).is_some()
    }

    /// Takes in changes that passed the firewall, in any order, in one call; those whose predecessors are missing stay queued in memory
    /// (a save does not hold them).
    ///
    /// # Errors
    /// [`DocumentError::Bytes`] for bytes that are no change, [`DocumentError::Engine`] when automerge refuses the set,
    /// [`DocumentError::Broken`] when it panics; after the last two the document is to be loaded again.
    pub fn apply(&mut self, changes: Vec<Vec<u8>>) -> Result<Applied, DocumentError> {
        let changes: Vec<Change> =
            changes.into_iter().map(|b| Change::from_bytes(b).map_err(|_| DocumentError::Bytes)).collect::<Result<_, _>>()?;
        let (before, n) = (self.heads(), self.doc.stats().num_changes);
        // Automerge 0.12 panics on well-formed changes that name an object, an element or an actor the document does not have.
        let mut owned = std::mem::take(&mut self.doc);
        let applied = std::panic::catch_unwind(AssertUnwindSafe(move || {
            let result = owned.apply_changes(changes);
            (owned, result)
        }));
        let (owned, result) = applied.map_err(|_| DocumentError::Broken)?;
        self.doc = owned;
        result?;
        let applied = self.doc.stats().num_changes.saturating_sub(n);
        Ok(Applied { applied: usize::try_from(applied).unwrap_or(usize::MAX), moved: self.heads() != before })
    }

    /// Makes one edit. Returns the new change chunks in order: one, or a group where the edit is large (see [`group_of`]); none when
    /// nothing changed.
    ///
    /// # Errors
    /// [`DocumentError`] when the command does not fit the document; nothing is changed then.
    pub fn edit(&mut self, author: &Author, command: &Command) -> Result<Vec<Vec<u8>>, DocumentError> {
        let steps = plan::plan(self, author, command)?;
        step::run(self, author, steps)
    }

    /// Takes out the second of two equal alternatives (the run with the larger id). `None` when there is none. Every device may do so:
    /// taking out the same letters twice is taking them out once.
    ///
    /// # Errors
    /// [`DocumentError::Engine`] from automerge.
    pub fn tidy(&mut self, author: &Author) -> Result<Option<Vec<Vec<u8>>>, DocumentError> {
        let steps = text::tidy(self)?;
        if steps.is_empty() { Ok(None) } else { step::run(self, author, steps).map(Some) }
    }
}

fn first_actor() -> [u8; 16] {
    let hash = Sha256::digest(b"ithaca/v1/first");
    let mut out = [0; 16];
    out.iter_mut().zip(hash.iter()).for_each(|(o, b)| *o = *b);
    out
}

/// The hash of the fixed first change.
pub fn first_hash() -> [u8; 32] {
    static FIRST: std::sync::OnceLock<[u8; 32]> = std::sync::OnceLock::new();
    *FIRST.get_or_init(|| {
        let doc = Document::new(SpaceId([0; 32]), DocumentId([0; 16]), DocumentKind::Note);
        doc.doc.get_heads().first().map_or([0; 32], |h| h.0)
    })
}

#[cfg(test)]
mod fields_tests;
#[cfg(test)]
#[path = "fleet_tests.rs"]
pub(crate) mod fleet;
#[cfg(test)]
mod promises_tests;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod text_tests;
