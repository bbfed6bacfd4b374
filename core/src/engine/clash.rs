//! Two changes under one (actor, number), met in a document: it is built again without what loses, and what this device wrote of that is written again.
//! Which loses says [`crate::document::clash`].

use std::collections::{BTreeMap, BTreeSet};

use super::docs::{Flat, Open, inspected};
use super::{Changed, Core, EngineError};
use crate::document::clash::{self, Hash, Life, Node};
use crate::document::{Document, DocumentKind};
use crate::id::{DocumentId, SpaceId};
use crate::record::firewall::{self, Actor};
use crate::store::{Db, DocumentRow, Outgoing, SpaceKind, StoreError};

impl Core {
    /// Who wrote under which actor in a space.
    fn lives(&self, id: &SpaceId) -> Result<BTreeMap<Actor, Life>, EngineError> {
        let of = |(device, incarnation): &(_, _)| {
            let life = Life { device: *device, incarnation: *incarnation, person: self.directory.person(device) };
            (firewall::actor(*id, *device, *incarnation), life)
        };
        Ok(self.space(id)?.incarnations.iter().map(of).collect())
    }

    /// Whether a change of this device's present incarnation is set aside anywhere: its next one would have a number that was given before.
    pub(super) fn is_set_aside(&self, db: &Db<'_>) -> Result<bool, EngineError> {
        for id in self.spaces.keys() {
            if db.is_aside(&firewall::actor(*id, self.device.id(), self.incarnation))? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Builds a document again from everything held of it and `new`, after what came does not fit what is held, or may rest on what is set aside.
    /// `false` when no clash explains it; then nothing is changed.
    pub(super) fn settle_clash(
        &mut self,
        db: &Db<'_>,
        id: &SpaceId,
        document: DocumentId,
        kind: DocumentKind,
        new: Vec<Flat>,
    ) -> Result<bool, EngineError> {
        let no = self.space(id)?.no;
        let open = self.docs.get(db, (no, *id), document, Some(kind))?.ok_or(EngineError::NotFound("document"))?;
        let row = open.row.clone();
        let mut pool: BTreeMap<Hash, Flat> = open.all().into_iter().map(|f| (f.hash, f)).collect();
        let asides = db.asides(row.no)?;
        pool.extend(asides.iter().filter_map(|b| inspected(b).and_then(Flat::new)).map(|f| (f.hash, f)));
        let came: BTreeSet<Hash> = new.iter().map(|f| f.hash).collect();
        pool.extend(new.into_iter().map(|f| (f.hash, f)));
        self.docs.forget(no, document);
        let lives = self.lives(id)?;
        let mut broken: BTreeSet<Hash> = BTreeSet::new();
        loop {
            let nodes: Vec<Node> = pool.iter().filter(|(h, _)| !broken.contains(*h)).map(|(h, f)| Node::new(*h, f.seen())).collect();
            let decision = clash::decide(*id, &nodes, &lives);
            if !came.is_empty() && decision.contested.is_empty() {
                return Ok(false);
            }
            let aside: BTreeSet<Hash> = decision.aside.iter().copied().chain(broken.iter().copied()).collect();
            let fresh = || Open::fresh(row.clone(), Document::new(*id, document, kind), aside.clone());
            let mut open = fresh();
            let kept: Vec<&Flat> = pool.iter().filter(|(h, _)| !aside.contains(*h)).map(|(_, f)| f).collect();
            if open.take(kept.iter().map(|f| (*f).clone()).collect()).is_err() {
                // One of them names what the document does not have. If it just came it is refused; else it stays out.
                let mut open = fresh();
                let bad = decision.counting.iter().find(|h| pool.get(*h).is_some_and(|f| open.take(vec![f.clone()]).is_err()));
                match bad {
                    Some(bad) if !came.contains(bad) => broken.insert(*bad),
                    _ => return Ok(false),
                };
                continue;
            }
            let again = clash::again(*id, &nodes, &decision, &lives, |h| pool.get(h).map(Flat::bytes));
            self.keep_settled(db, &mut open, &pool, &aside)?;
            if self.may_write(id).is_ok() && self.space(id)?.kind != SpaceKind::Archive {
                let own: Vec<_> = again.into_iter().filter(|a| a.device == self.device.id() && !pool.contains_key(&a.hash)).collect();
                for made in own {
                    self.add_incarnations(db, id, made.device, &[made.incarnation])?;
                    let Some(flat) = inspected(&made.bytes).and_then(Flat::new) else { continue };
                    let spare = (open.document.clone(), flat.clone());
                    if open.take(vec![flat]).is_err() {
                        // It cannot be shown, and must not take the rest with it.
                        open.document = spare.0;
                        continue;
                    }
                    let change = db.add_change(open.row.no, &made.hash, spare.1.bytes())?;
                    db.put_out(no, Outgoing::Change(change))?;
                    open.row.tail += 1;
                    db.set_heads(open.row.no, &[], 1)?;
                    self.written.insert(*id);
                }
            }
            open.keep(db, &[])?;
            let mine = firewall::actor(*id, self.device.id(), self.incarnation);
            self.must_renew |= decision.contested.contains(&mine);
            self.must_renew_quietly |= db.is_aside(&mine)?;
            self.docs.put_back(open);
            self.changed.extend([Changed::Space(*id), Changed::Status(*id)]);
            return Ok(true);
        }
    }

    /// Writes down what counts or waits as the document's tail, and what is set aside beside it.
    fn keep_settled(&self, db: &Db<'_>, open: &mut Open, pool: &BTreeMap<Hash, Flat>, aside: &BTreeSet<Hash>) -> Result<(), EngineError> {
        let no = open.row.no;
        db.clear_document(no)?;
        let unsent: BTreeSet<Hash> = db.tail(no)?.into_iter().map(|c| c.hash).collect();
        for (hash, flat) in pool {
            if aside.contains(hash) {
                db.put_aside(no, hash, &flat.seen().actor, flat.bytes())?;
            } else if !unsent.contains(hash) {
                db.add_change(no, hash, flat.bytes())?;
                db.set_heads(no, &[], 1)?;
            }
        }
        let row: DocumentRow = db.document_no(no)?.ok_or(StoreError::Shape("document"))?;
        open.row = row;
        Ok(())
    }
}
