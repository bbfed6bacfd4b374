//! A file: one space as JSON, with what it reads like first and beside it the bytes it follows from. A reader trusts the bytes alone.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Readable, state_code};
use crate::document::{DocumentKind, first_hash};
use crate::event::{self, Event, EventError, payload::KINDS};
use crate::id::{DeviceId, DocumentId, EventId, PersonId, SpaceId, StatementId};
use crate::space::payload::Payload as StatementPayload;
use crate::space::statement::{Statement, StatementError};

/// The version of the file written here; a greater one is refused by name.
pub const VERSION: u32 = 1;
const FORMAT: &str = "ithaca space";
const RECEIPT: u16 = 5;

/// What goes into a file. Give only what counts: the file's state code is over all of it.
#[derive(Debug, Clone, PartialEq)]
pub struct SpaceExport {
    /// The space.
    pub space: SpaceId,
    /// What sort of space, in one word: `personal`, `relationship`, `circle`, `programme`.
    pub kind: String,
    /// What it reads like.
    pub readable: Readable,
    /// Its documents.
    pub documents: Vec<DocumentExport>,
    /// Its events.
    pub events: Vec<EventExport>,
    /// Its statements, as they came.
    pub statements: Vec<Vec<u8>>,
}

/// A document with its changes, the fixed first one left out (see [`crate::document::Document::changes`]).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentExport {
    /// Its id.
    pub id: DocumentId,
    /// What it is of.
    pub kind: DocumentKind,
    /// Changes with their hashes, in any order.
    pub changes: Vec<([u8; 32], Vec<u8>)>,
}

/// An event with who stated it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventExport {
    /// Who.
    pub author: PersonId,
    /// On which device.
    pub device: DeviceId,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// A file that was read and agrees with itself. Changes are not yet through the firewall, and who may write is not yet judged.
#[derive(Debug, Clone, PartialEq)]
pub struct Parsed {
    /// The space.
    pub space: SpaceId,
    /// What sort of space.
    pub kind: String,
    /// What the file says it reads like, unchecked but for accidents.
    pub readable: serde_json::Value,
    /// Documents, by id.
    pub documents: Vec<ParsedDocument>,
    /// Events, by id.
    pub events: Vec<ParsedEvent>,
    /// Statements with valid signatures, by id.
    pub statements: Vec<Statement>,
    /// The state code, computed again.
    pub state_code: String,
}

/// A document of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParsedDocument {
    /// Its id.
    pub id: DocumentId,
    /// What it is of.
    pub kind: DocumentKind,
    /// Changes by hash; each hash was computed again, and every predecessor is there.
    pub changes: Vec<([u8; 32], Vec<u8>)>,
    /// Hashes of changes nothing rests on, sorted.
    pub heads: Vec<[u8; 32]>,
}

/// An event of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParsedEvent {
    /// Its id, computed again.
    pub id: EventId,
    /// Who the file says stated it.
    pub author: PersonId,
    /// On which device.
    pub device: DeviceId,
    /// What the bytes say.
    pub event: Event,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// Why a file was refused. Lists count from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExportError {
    /// Cut off, or no JSON at all.
    #[error("file is cut off or no JSON: line {line}, column {column}; export it again")]
    Json {
        /// Where.
        line: usize,
        /// Where in the line.
        column: usize,
    },
    /// JSON, but not this file.
    #[error("file is no export of a space")]
    Format,
    /// A field is missing, unknown or of another type.
    #[error("field is missing, unknown or of another type: line {line}, column {column}; the file was changed")]
    Shape {
        /// Where.
        line: usize,
        /// Where in the line.
        column: usize,
    },
    /// Made by a later version.
    #[error("file is of version {0}, this app reads up to {VERSION}; update the app")]
    Newer(u32),
    /// Bytes that are no base64.
    #[error("bytes of {what} {index} are no base64; the file was changed")]
    Base64 {
        /// Which list.
        what: &'static str,
        /// Which entry.
        index: usize,
    },
    /// Bytes that do not give the id that stands beside them.
    #[error("bytes of {what} {index} do not give the id beside them; the file was changed")]
    Id {
        /// Which list.
        what: &'static str,
        /// Which entry.
        index: usize,
    },
    /// Out of order, or twice.
    #[error("{what} {index} is out of order or there twice; the file was changed")]
    Order {
        /// Which list.
        what: &'static str,
        /// Which entry.
        index: usize,
    },
    /// No whole change chunk.
    #[error("change {index} of document {document} is no whole change; the file was changed")]
    Change {
        /// Which document.
        document: DocumentId,
        /// Which of its changes.
        index: usize,
    },
    /// A change rests on one that is not there.
    #[error("document {document} lacks a change that change {index} rests on; the file was cut")]
    Missing {
        /// Which document.
        document: DocumentId,
        /// Which of its changes.
        index: usize,
    },
    /// Bytes that are no event.
    #[error("event {index}: {source}")]
    Event {
        /// Which.
        index: usize,
        /// What is wrong.
        source: EventError,
    },
    /// Bytes that are no statement, or a signature that does not hold.
    #[error("statement {index}: {source}")]
    Statement {
        /// Which.
        index: usize,
        /// What is wrong.
        source: StatementError,
    },
    /// The contents give another state code.
    #[error("contents give the state code {computed}, the file says another; something was added or taken out")]
    StateCode {
        /// What the contents give.
        computed: String,
    },
    /// Everything agrees but the whole: the readable part was changed.
    #[error("readable part was changed; the bytes are whole")]
    Check,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    format: String,
    version: u32,
    space: SpaceId,
    kind: String,
    state_code: String,
    readable: serde_json::Value,
    documents: Vec<FileDocument>,
    events: Vec<FileEvent>,
    statements: Vec<FileEntry>,
    check: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileDocument {
    id: DocumentId,
    kind: u16,
    noun: String,
    changes: Vec<FileEntry>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileEvent {
    id: EventId,
    kind: String,
    author: PersonId,
    device: DeviceId,
    bytes: String,
}

/// Something named by its hash.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileEntry {
    id: StatementId,
    bytes: String,
}

#[derive(Deserialize)]
struct Head {
    format: String,
    version: u32,
}

impl File {
    /// SHA-256 over the file without spaces, `check` empty: finds accidents anywhere, the readable part included.
    fn check(&self) -> String {
        let mut hash = Sha256::new();
        let parts = (&self.format, self.version, &self.space, &self.kind, &self.state_code, &self.readable);
        hash.update(serde_json::to_vec(&parts).unwrap_or_default());
        hash.update(serde_json::to_vec(&(&self.documents, &self.events, &self.statements)).unwrap_or_default());
        hex::encode(hash.finalize())
    }
}

/// The file of a space: JSON in canonical order (fields as they stand here, keys of the readable part and entries of lists sorted), so that
/// equal contents give equal text. Statements that are none are left out.
pub fn space_json(export: &SpaceExport) -> String {
    let mut documents: Vec<FileDocument> = export.documents.iter().map(file_document).filter(|d| !d.changes.is_empty()).collect();
    documents.sort_by_key(|d| d.id);
    let mut events: Vec<FileEvent> = export.events.iter().map(|e| file_event(export.space, e)).collect();
    events.sort_by_key(|e| e.id);
    events.dedup_by_key(|e| e.id);
    let read: Vec<Statement> = export.statements.iter().filter_map(|s| Statement::decode(s).ok()).collect();
    let mut statements: Vec<FileEntry> = read.iter().map(|s| FileEntry { id: s.id(), bytes: STANDARD.encode(s.bytes()) }).collect();
    statements.sort_by_key(|s| s.id);
    statements.dedup_by_key(|s| s.id);
    let heads: Vec<(DocumentId, Vec<[u8; 32]>)> = export
        .documents
        .iter()
        .map(|d| {
            let read: Vec<_> = d.changes.iter().filter_map(|(hash, bytes)| Some((*hash, deps(bytes)?))).collect();
            (d.id, heads(&read))
        })
        .collect();
    let kind_of = |e: &EventExport| Event::decode(&e.bytes).map(|e| e.kind()).ok();
    let counting: Vec<EventId> =
        export.events.iter().filter(|e| kind_of(e) != Some(RECEIPT)).map(|e| event::id(export.space, e.device, &e.bytes)).collect();
    let mut file = File {
        format: FORMAT.into(),
        version: VERSION,
        space: export.space,
        kind: export.kind.clone(),
        state_code: state_code(&export.space, &heads, &counting, &counted(&export.space, &read)),
        // Through a value, whose maps are sorted.
        readable: serde_json::to_value(&export.readable).unwrap_or_default(),
        documents,
        events,
        statements,
        check: String::new(),
    };
    file.check = file.check();
    let mut out = serde_json::to_string_pretty(&file).unwrap_or_default();
    out.push('\n');
    out
}

fn file_document(d: &DocumentExport) -> FileDocument {
    let mut changes: Vec<FileEntry> =
        d.changes.iter().map(|(hash, bytes)| FileEntry { id: StatementId(*hash), bytes: STANDARD.encode(bytes) }).collect();
    changes.sort_by_key(|c| c.id);
    changes.dedup_by_key(|c| c.id);
    FileDocument { id: d.id, kind: d.kind.code(), noun: noun(d.kind).into(), changes }
}

fn noun(kind: DocumentKind) -> &'static str {
    match kind {
        DocumentKind::Relationship => "relationship",
        DocumentKind::Goals => "goals",
        DocumentKind::Session => "session",
        DocumentKind::Note => "note",
        DocumentKind::Unknown(_) => "of a later version",
    }
}

fn file_event(space: SpaceId, e: &EventExport) -> FileEvent {
    let id = event::id(space, e.device, &e.bytes);
    let code = Event::decode(&e.bytes).map_or(0, |e| e.kind());
    let kind = KINDS.iter().find(|(k, _)| *k == code).map_or_else(|| code.to_string(), |(_, name)| (*name).to_owned());
    FileEvent { id, kind, author: e.author, device: e.device, bytes: STANDARD.encode(&e.bytes) }
}

/// Ids of the statements the state code is over: all of the space but epochs. Person logs stand beside, to tell whose devices wrote.
fn counted(space: &SpaceId, statements: &[Statement]) -> Vec<[u8; 32]> {
    let counts = |s: &&Statement| s.log() == space.0 && !matches!(s.payload(), StatementPayload::Epoch(_));
    statements.iter().filter(counts).map(|s| s.id().0).collect()
}

/// Reads a file strictly: every hash and id is computed again, signatures of statements are verified, every change's predecessors must be
/// there, lists must be in order, and the state code must come out the same.
///
/// # Errors
/// [`ExportError`] names the first thing that is wrong.
pub fn parse(bytes: &[u8]) -> Result<Parsed, ExportError> {
    let head: Head = serde_json::from_slice(bytes).map_err(|e| match e.classify() {
        serde_json::error::Category::Data => ExportError::Format,
        _ => ExportError::Json { line: e.line(), column: e.column() },
    })?;
    if head.format != FORMAT {
        return Err(ExportError::Format);
    }
    if head.version > VERSION {
        return Err(ExportError::Newer(head.version));
    }
    let file: File = serde_json::from_slice(bytes).map_err(|e| ExportError::Shape { line: e.line(), column: e.column() })?;
    rises("document", file.documents.iter().map(|d| d.id))?;
    rises("event", file.events.iter().map(|e| e.id))?;
    rises("statement", file.statements.iter().map(|s| s.id))?;
    let documents: Vec<ParsedDocument> = file.documents.iter().map(document).collect::<Result<_, _>>()?;
    let mut events = Vec::with_capacity(file.events.len());
    for (i, e) in file.events.iter().enumerate() {
        let index = i + 1;
        let bytes = base64("event", index, &e.bytes)?;
        if event::id(file.space, e.device, &bytes) != e.id {
            return Err(ExportError::Id { what: "event", index });
        }
        let event = Event::decode(&bytes).map_err(|source| ExportError::Event { index, source })?;
        events.push(ParsedEvent { id: e.id, author: e.author, device: e.device, event, bytes });
    }
    let mut statements = Vec::with_capacity(file.statements.len());
    for (i, s) in file.statements.iter().enumerate() {
        let index = i + 1;
        let statement =
            Statement::decode(&base64("statement", index, &s.bytes)?).map_err(|source| ExportError::Statement { index, source })?;
        if statement.id() != s.id {
            return Err(ExportError::Id { what: "statement", index });
        }
        statements.push(statement);
    }
    let heads: Vec<(DocumentId, Vec<[u8; 32]>)> = documents.iter().map(|d| (d.id, d.heads.clone())).collect();
    let counting: Vec<EventId> = events.iter().filter(|e| e.event.kind() != RECEIPT).map(|e| e.id).collect();
    let computed = state_code(&file.space, &heads, &counting, &counted(&file.space, &statements));
    if computed != file.state_code {
        return Err(ExportError::StateCode { computed });
    }
    if file.check() != file.check {
        return Err(ExportError::Check);
    }
    let File { space, kind, readable, .. } = file;
    Ok(Parsed { space, kind, readable, documents, events, statements, state_code: computed })
}

fn base64(what: &'static str, index: usize, text: &str) -> Result<Vec<u8>, ExportError> {
    STANDARD.decode(text).map_err(|_| ExportError::Base64 { what, index })
}

fn rises<T: Ord>(what: &'static str, ids: impl Iterator<Item = T>) -> Result<(), ExportError> {
    let mut last: Option<T> = None;
    for (i, id) in ids.enumerate() {
        if last.is_some_and(|l| l >= id) {
            return Err(ExportError::Order { what, index: i + 1 });
        }
        last = Some(id);
    }
    Ok(())
}

fn document(d: &FileDocument) -> Result<ParsedDocument, ExportError> {
    rises("change", d.changes.iter().map(|c| c.id))?;
    let mut changes = Vec::with_capacity(d.changes.len());
    let mut read = Vec::with_capacity(d.changes.len());
    for (i, c) in d.changes.iter().enumerate() {
        let index = i + 1;
        let bytes = base64("change", index, &c.bytes)?;
        let bad = ExportError::Change { document: d.id, index };
        let hash = chunk_hash(&bytes).ok_or_else(|| bad.clone())?;
        if hash != c.id.0 {
            return Err(ExportError::Id { what: "change", index });
        }
        read.push((hash, deps(&bytes).ok_or(bad)?));
        changes.push((hash, bytes));
    }
    let there: BTreeSet<[u8; 32]> = read.iter().map(|(h, _)| *h).chain([first_hash()]).collect();
    if let Some(i) = read.iter().position(|(_, deps)| !deps.iter().all(|d| there.contains(d))) {
        return Err(ExportError::Missing { document: d.id, index: i + 1 });
    }
    let heads = heads(&read);
    Ok(ParsedDocument { id: d.id, kind: DocumentKind::from_code(d.kind), changes, heads })
}

/// The hash of an automerge change chunk: SHA-256 over its type, length and data, whose first four bytes are its checksum. `None` for
/// anything but one whole chunk of type *change*, not deflated. No merge engine sees the bytes here.
fn chunk_hash(bytes: &[u8]) -> Option<[u8; 32]> {
    let (magic, rest) = bytes.split_at_checked(4)?;
    let (checksum, hashed) = rest.split_at_checked(4)?;
    let mut data = hashed.get(1..)?;
    let len = leb128::read::unsigned(&mut data).ok()?;
    let whole = magic == [0x85, 0x6f, 0x4a, 0x83] && hashed.first() == Some(&1) && usize::try_from(len) == Ok(data.len());
    let hash: [u8; 32] = Sha256::digest(hashed).into();
    (whole && hash.starts_with(checksum)).then_some(hash)
}

/// What a change rests on; `None` for a chunk too short to say.
fn deps(bytes: &[u8]) -> Option<Vec<[u8; 32]>> {
    let mut data = bytes.get(9..)?;
    leb128::read::unsigned(&mut data).ok()?;
    let n = usize::try_from(leb128::read::unsigned(&mut data).ok()?).ok()?;
    let listed = data.get(..n.checked_mul(32)?)?;
    Some(listed.chunks_exact(32).filter_map(|h| h.try_into().ok()).collect())
}

fn heads(changes: &[([u8; 32], Vec<[u8; 32]>)]) -> Vec<[u8; 32]> {
    let rested_on: BTreeSet<[u8; 32]> = changes.iter().flat_map(|(_, deps)| deps.iter().copied()).collect();
    let mut out: Vec<[u8; 32]> = changes.iter().map(|(h, _)| *h).filter(|h| !rested_on.contains(h)).collect();
    out.sort_unstable();
    out
}
