//! Documents in memory: loaded when touched, kept while used. Changes whose predecessors or whose group are not complete yet wait here and in
//! the store's tail, never inside automerge, which would lose them on saving.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use automerge::{Change, ChangeHash};

use super::error::EngineError;
use crate::document::{Document, DocumentError, DocumentKind, Group};
use crate::id::{DocumentId, SpaceId};
use crate::record::firewall::{self, Actor, Inspected, NotApplied};
use crate::store::{Db, DocumentRow, StoreError};

/// How many documents stay in memory.
const KEPT: usize = 64;
/// How many changes may stand beside the saved form before it is made again.
const TAIL: u64 = 256;

/// A change with what its place depends on.
#[derive(Debug, Clone)]
pub(super) struct Flat {
    pub hash: [u8; 32],
    seen: Arc<Inspected>,
    change: Arc<Change>,
    group: Option<(Actor, Group)>,
}

impl Flat {
    /// Of a change that passed the firewall.
    pub fn new(seen: Inspected) -> Option<Self> {
        let change = Change::try_from(seen.flat.as_slice()).ok()?;
        let group = change.message().and_then(Group::of).map(|g| (seen.actor, g));
        Some(Self { hash: change.hash().0, seen: Arc::new(seen), change: Arc::new(change), group })
    }

    /// The bytes, not deflated.
    pub fn bytes(&self) -> &[u8] {
        &self.seen.flat
    }

    /// What the firewall saw.
    pub fn seen(&self) -> &Inspected {
        &self.seen
    }
}

/// A document in memory with its row.
#[derive(Debug)]
pub(super) struct Open {
    pub row: DocumentRow,
    pub document: Document,
    /// Changes that cannot be applied yet.
    pending: Vec<Flat>,
    /// Hashes of changes that are set aside.
    aside: BTreeSet<[u8; 32]>,
    /// New changes of a [`Open::take`] that failed.
    refused: Vec<Flat>,
    /// Changes that are in the document already and not kept: their records are still being taken.
    ahead: BTreeSet<[u8; 32]>,
    used: u64,
}

/// The documents in memory.
#[derive(Debug, Default)]
pub(super) struct Docs {
    open: HashMap<(i64, DocumentId), Open>,
    /// What records that are being taken bring for one document.
    coming: BTreeMap<DocumentId, Vec<Flat>>,
    clock: u64,
}

impl Docs {
    /// Forgets everything in memory, for when a transaction was not kept.
    pub fn clear(&mut self) {
        self.open.clear();
        self.coming.clear();
    }

    /// What the records that are taken next bring, by document; nothing else is expected any more.
    pub fn expect(&mut self, coming: BTreeMap<DocumentId, Vec<Flat>>) {
        self.coming = coming;
    }

    /// What is expected for a document, given once.
    pub fn coming(&mut self, id: &DocumentId) -> Option<Vec<Flat>> {
        self.coming.remove(id)
    }

    /// Forgets one document in memory.
    pub fn forget(&mut self, space: i64, id: DocumentId) {
        self.open.remove(&(space, id));
    }

    /// The document in memory, loaded if need be, or made if `make` says so; `None` if it does not exist.
    pub fn get(
        &mut self,
        db: &Db<'_>,
        space: (i64, SpaceId),
        id: DocumentId,
        make: Option<DocumentKind>,
    ) -> Result<Option<&mut Open>, EngineError> {
        self.clock += 1;
        let key = (space.0, id);
        if !self.open.contains_key(&key) {
            let row = match (db.document(space.0, &id)?, make) {
                (Some(row), _) => row,
                (None, None) => return Ok(None),
                (None, Some(kind)) => {
                    db.add_document(space.0, &id, kind.code())?;
                    db.document(space.0, &id)?.ok_or(StoreError::Shape("document"))?
                }
            };
            self.make_room();
            let kind = DocumentKind::from_code(row.kind);
            let document = match db.saved(row.no)? {
                Some(saved) => Document::load(space.1, id, kind, &saved)?,
                None => Document::new(space.1, id, kind),
            };
            let aside = db.aside_hashes(row.no)?.into_iter().collect();
            let mut open =
                Open { row, document, pending: Vec::new(), aside, refused: Vec::new(), ahead: BTreeSet::new(), used: self.clock };
            open.replay(db)?;
            self.open.insert(key, open);
        }
        let clock = self.clock;
        let mut open = self.open.get_mut(&key);
        if let Some(open) = &mut open {
            open.used = clock;
        }
        Ok(open)
    }

    /// Takes a document that is in memory out, to look at it while events are read; [`Docs::put_back`] returns it.
    pub fn lift(&mut self, space: i64, id: DocumentId) -> Option<Open> {
        self.open.remove(&(space, id))
    }

    /// Returns what [`Docs::lift`] took out.
    pub fn put_back(&mut self, open: Open) {
        self.open.insert((open.row.space, open.document.id), open);
    }

    fn make_room(&mut self) {
        if self.open.len() >= KEPT
            && let Some(key) = self.open.iter().min_by_key(|(_, o)| o.used).map(|(k, _)| *k)
        {
            self.open.remove(&key);
        }
    }
}

impl Open {
    /// Takes the store's tail in. It passed the firewall when it came.
    fn replay(&mut self, db: &Db<'_>) -> Result<(), EngineError> {
        for change in db.tail(self.row.no)? {
            let flat = inspected(&change.bytes).and_then(Flat::new).ok_or(StoreError::Shape("change"))?;
            if !self.holds(&flat.hash) {
                self.pending.push(flat);
            }
        }
        let ready = self.take_ready();
        if !ready.is_empty() {
            self.document.apply(ready.into_iter().map(|f| Arc::unwrap_or_clone(f.seen).flat).collect())?;
        }
        Ok(())
    }

    /// A document with nothing in it, in the place of `row`; `aside` are the hashes of what it must not take.
    pub fn fresh(row: DocumentRow, document: Document, aside: BTreeSet<[u8; 32]>) -> Self {
        Self { row, document, pending: Vec::new(), aside, refused: Vec::new(), ahead: BTreeSet::new(), used: 0 }
    }

    /// Whether a change is in the document, waits for it or is set aside.
    pub fn holds(&self, hash: &[u8; 32]) -> bool {
        self.document.doc.get_change_meta_by_hash(&ChangeHash(*hash)).is_some()
            || self.pending.iter().any(|p| p.hash == *hash)
            || self.aside.contains(hash)
    }

    /// Whether a change is in the document or set aside, and not merely waiting.
    pub fn has_applied(&self, hash: &[u8; 32]) -> bool {
        self.document.doc.get_change_meta_by_hash(&ChangeHash(*hash)).is_some() || self.aside.contains(hash)
    }

    /// Whether what is set aside is to be judged anew after `new` came: others wait, maybe for it; or an actor begins, maybe one under which something
    /// was made again that counts here as it was made first.
    pub fn is_doubtful(&self, new: &[Flat]) -> bool {
        !self.aside.is_empty() && (!self.pending.is_empty() || new.iter().any(|f| f.seen.seq == 1))
    }

    /// What a [`Open::take`] that failed had been given and was new.
    pub fn refused(&mut self) -> Vec<Flat> {
        std::mem::take(&mut self.refused)
    }

    /// Every change in the document or waiting.
    pub fn all(&self) -> Vec<Flat> {
        let held = self.document.changes();
        held.iter().filter_map(|(_, bytes)| inspected(bytes).and_then(Flat::new)).chain(self.pending.iter().cloned()).collect()
    }

    /// Predecessors of waiting changes that are not here.
    pub fn missing(&self) -> BTreeSet<[u8; 32]> {
        self.pending.iter().flat_map(|f| f.seen.deps.iter().copied()).filter(|d| !self.holds(d)).collect()
    }

    /// Whether nothing waits for a predecessor or for the rest of its group.
    pub fn is_whole(&self) -> bool {
        self.pending.is_empty()
    }

    /// Takes in what several records bring before any of them is taken: automerge's time for a call grows with the document, not with the call. Each
    /// record's [`Open::take`] then finds its own here, and [`Open::keep`] keeps them. `false` if they do not fit: the document in memory is to be
    /// forgotten then.
    pub fn take_ahead(&mut self, changes: Vec<Flat>) -> bool {
        if !self.aside.is_empty() {
            // Who contests what is settled record by record.
            return true;
        }
        match self.take(changes) {
            Ok(new) => self.ahead = new.into_iter().map(|f| f.hash).collect(),
            Err(_) => return false,
        }
        true
    }

    /// Takes foreign changes in; those that cannot be applied yet wait. Gives those that were new.
    ///
    /// On an error the document in memory is not to be used any more: forget it.
    pub fn take(&mut self, changes: Vec<Flat>) -> Result<Vec<Flat>, NotApplied> {
        let mut new: Vec<Flat> = Vec::new();
        for flat in changes {
            if self.ahead.remove(&flat.hash) {
                new.push(flat);
            } else if !self.holds(&flat.hash) {
                self.pending.push(flat.clone());
                new.push(flat);
            }
        }
        let ready = self.take_ready();
        if !ready.is_empty() {
            let ready = ready.into_iter().map(|f| Arc::unwrap_or_clone(f.change)).collect();
            if let Err(e) = firewall::apply_changes(&mut self.document.doc, ready) {
                self.refused = new;
                return Err(e);
            }
        }
        Ok(new)
    }

    /// Keeps new changes in the store, and the heads they lead to.
    pub fn keep(&mut self, db: &Db<'_>, new: &[Flat]) -> Result<(), EngineError> {
        for flat in new {
            db.add_change(self.row.no, &flat.hash, flat.bytes())?;
        }
        db.set_heads(self.row.no, &self.document.heads().concat(), new.len())?;
        self.row.tail += new.len() as u64;
        self.compact(db)
    }

    /// Those of the waiting changes that can be applied now, predecessors first.
    fn take_ready(&mut self) -> Vec<Flat> {
        let mut parts: BTreeMap<(Actor, u32), BTreeSet<u32>> = BTreeMap::new();
        for (actor, group) in self.pending.iter().filter_map(|p| p.group) {
            parts.entry((actor, group.id)).or_default().insert(group.index);
        }
        let whole = |f: &Flat| f.group.is_none_or(|(a, g)| parts.get(&(a, g.id)).is_some_and(|p| p.len() as u64 == u64::from(g.count)));
        let mut waiting: Vec<Flat> = Vec::new();
        let (mut ready, mut hashes) = (Vec::new(), BTreeSet::new());
        let (mut open, rest): (Vec<Flat>, Vec<Flat>) = std::mem::take(&mut self.pending).into_iter().partition(whole);
        waiting.extend(rest);
        loop {
            let before = ready.len();
            for flat in std::mem::take(&mut open) {
                let held = |d: &[u8; 32]| hashes.contains(d) || self.document.doc.get_change_meta_by_hash(&ChangeHash(*d)).is_some();
                if flat.seen.deps.iter().all(held) {
                    hashes.insert(flat.hash);
                    ready.push(flat);
                } else {
                    open.push(flat);
                }
            }
            if ready.len() == before || open.is_empty() {
                break;
            }
        }
        waiting.extend(open);
        self.pending = waiting;
        ready
    }

    /// Makes the saved form again when enough changes stand beside it.
    fn compact(&mut self, db: &Db<'_>) -> Result<(), EngineError> {
        if self.row.tail >= TAIL
            && self.is_whole()
            && self.ahead.is_empty()
            && let Some(saved) = firewall::saved(&self.document.doc)
        {
            db.save_document(self.row.no, &saved)?;
            self.row.tail = 0;
        }
        Ok(())
    }
}

/// A change of this device's own document or tail, looked at under the limits for what comes in.
pub(super) fn inspected(bytes: &[u8]) -> Option<Inspected> {
    let actor = Change::from_bytes(bytes.to_vec()).ok()?.actor_id().to_bytes().try_into().ok()?;
    firewall::inspect(bytes, &[actor], &firewall::RECEIVE).ok()
}

impl From<NotApplied> for EngineError {
    fn from(_: NotApplied) -> Self {
        Self::Document(DocumentError::Broken)
    }
}
