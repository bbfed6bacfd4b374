//! What accepted records say, taken in: changes into documents, events into their order, rows made again.

use std::collections::{BTreeMap, BTreeSet};

use ithaca_wire::LaneId;

use super::docs::{Flat, inspected};
use super::{Changed, Core, EngineError, search};
use crate::document::read::{Item, Writers};
use crate::document::{Document, DocumentKind, derived_id};
use crate::event::order::order;
use crate::event::{Event, HeldEvent, Payload, SPACE_SUBJECT, Subject, tombstone};
use crate::id::{DeviceId, DocumentId, EventId, Incarnation, PersonId, RecordId, SpaceId};
use crate::record::body::{self, Body};
use crate::record::firewall::{self, RECEIVE};
use crate::record::frame::Opening;
use crate::space::cut::{self, ChainLookup};
use crate::store::{CarriedRow, Db, Erased, EventRow, RowRecord};
use crate::view::{self, RowKind};

/// A record's body with where it stands and who wrote it.
#[derive(Debug)]
pub(super) struct Said {
    pub lane: i64,
    pub lane_id: LaneId,
    pub n: u64,
    pub id: RecordId,
    pub hash: ithaca_wire::id::RecordHash,
    pub opening: Opening,
    pub body: Body,
}

/// What one record says, looked at and not taken yet.
#[derive(Debug, Default)]
pub(super) struct Content {
    /// Whether it stands before every cut.
    counts: bool,
    pub incarnations: Vec<Incarnation>,
    documents: BTreeMap<DocumentId, (DocumentKind, Vec<Flat>)>,
    events: Vec<(Event, Vec<u8>)>,
    /// Where it stood: lane (row number) and number.
    at: (i64, u64),
}

/// Why a record's content was set aside; the words are for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum SetAside {
    #[error("a change in it is not one that may come in: {0}")]
    Change(firewall::Refused),
    #[error("a change in it does not fit its document")]
    Unfit,
    #[error("an event in it cannot be read")]
    Event,
    #[error("it calls a document another kind than it is")]
    Kind,
}

impl Core {
    /// Whether a record counts: not past a cut.
    pub(super) fn counts(&self, db: &Db<'_>, id: &SpaceId, said: &Said) -> Result<bool, EngineError> {
        let space = self.space(id)?;
        let ended = space.state.cuts.get(&said.opening.device);
        Ok(ended.is_none() || cut::counts(ended, said.lane_id, said.n, said.id, &Chains { db, space: space.no }))
    }

    /// Looks at all of one record's content before anything of it is taken.
    pub(super) fn read_content(&self, db: &Db<'_>, id: &SpaceId, said: &Said) -> Result<Result<Content, SetAside>, EngineError> {
        let device = said.opening.device;
        let mut content = Content {
            counts: self.counts(db, id, said)?,
            incarnations: said.body.incarnations.clone(),
            at: (said.lane, said.n),
            ..Content::default()
        };
        content.incarnations.push(said.opening.incarnation);
        let actors: Vec<_> = content.incarnations.iter().map(|i| firewall::actor(*id, device, *i)).collect();
        for part in &said.body.changes {
            // Whoever names one of these first must not decide what it is.
            for kind in [DocumentKind::Relationship, DocumentKind::Goals] {
                if (DocumentKind::from_code(part.kind) == kind) != (part.document == derived_id(*id, kind)) {
                    return Ok(Err(SetAside::Kind));
                }
            }
            let (_, flats) = content.documents.entry(part.document).or_insert_with(|| (DocumentKind::from_code(part.kind), Vec::new()));
            for chunk in &part.chunks {
                match firewall::inspect(chunk, &actors, &RECEIVE) {
                    Ok(seen) => flats.extend(Flat::new(seen)),
                    Err(refused) => return Ok(Err(SetAside::Change(refused))),
                }
            }
        }
        for bytes in &said.body.events {
            let Ok(event) = Event::decode(bytes) else { return Ok(Err(SetAside::Event)) };
            content.events.push((event, bytes.clone()));
        }
        Ok(Ok(content))
    }

    /// Takes in the content of one record; all of it or, where it does not fit, none. Gives the documents and subjects it touched.
    pub(super) fn take_content(
        &mut self,
        db: &Db<'_>,
        id: &SpaceId,
        device: DeviceId,
        content: Content,
        touched: &mut Touched,
    ) -> Result<Result<(), SetAside>, EngineError> {
        let Some(author) = self.directory.person(&device) else { return Ok(Ok(())) };
        let Content { counts, documents, events, at, .. } = content;
        // How far it came is shown to whoever wrote it, on every device of theirs.
        let own = (author == self.me).then_some(at);
        let no = self.space(id)?.no;
        for (document, (kind, flats)) in documents {
            if counts {
                if !self.take_changes(db, id, document, kind, flats)? {
                    return Ok(Err(SetAside::Unfit));
                }
                touched.documents.insert(document);
                if let Some((lane, n)) = own
                    && let Some(row) = db.document(no, &document)?
                {
                    db.set_carried(row.no, &CarriedRow { device: db.device_no(&device, &author)?, own: false, lane, n })?;
                }
            } else {
                for flat in &flats {
                    db.put_past(no, &document, &flat.hash, flat.bytes())?;
                }
            }
            if self.count_past(db, id, document, kind)? {
                touched.documents.insert(document);
            }
        }
        for event in events {
            let (event, new) = self.put_decoded(db, id, (device, author), event, (counts, own))?;
            if new.is_some() {
                touched.events.push(event);
            }
        }
        Ok(Ok(()))
    }

    /// Tells the documents what is about to come for them in several records, so that they apply it in one go.
    pub(super) fn expect<'c>(&mut self, coming: impl IntoIterator<Item = &'c Content>) {
        let mut by_document: BTreeMap<DocumentId, Vec<&Vec<Flat>>> = BTreeMap::new();
        for content in coming.into_iter().filter(|c| c.counts) {
            for (document, (_, flats)) in &content.documents {
                by_document.entry(*document).or_default().push(flats);
            }
        }
        let several = by_document.into_iter().filter(|(_, records)| records.len() > 1);
        self.docs.expect(several.map(|(document, records)| (document, records.into_iter().flatten().cloned().collect())).collect());
    }

    /// What a counting change rests on counts too, though it was written past a cut; whether there was any.
    fn count_past(&mut self, db: &Db<'_>, id: &SpaceId, document: DocumentId, kind: DocumentKind) -> Result<bool, EngineError> {
        let no = self.space(id)?.no;
        let mut any = false;
        while crate::switch::holds(crate::switch::Switch::CutDependencies) && db.has_past(no)? {
            let Some(open) = self.docs.get(db, (no, *id), document, None)? else { break };
            let mut flats = Vec::new();
            for hash in open.missing() {
                let bytes = db.count_past(no, &document, &hash)?;
                flats.extend(bytes.and_then(|b| inspected(&b)).and_then(Flat::new));
            }
            if flats.is_empty() || !self.take_changes(db, id, document, kind, flats)? {
                break;
            }
            any = true;
        }
        Ok(any)
    }

    /// Takes changes into a document and keeps them; `false` when they do not fit it, and then nothing of them is kept.
    pub(super) fn take_changes(
        &mut self,
        db: &Db<'_>,
        id: &SpaceId,
        document: DocumentId,
        kind: DocumentKind,
        flats: Vec<Flat>,
    ) -> Result<bool, EngineError> {
        let no = self.space(id)?.no;
        let erased = match db.document(no, &document)? {
            Some(row) => row.erased,
            None => {
                db.add_document(no, &document, kind.code())?;
                self.note_erased(db, id, document)?;
                Erased::No
            }
        };
        if erased == Erased::Done {
            self.came_late(db, id, document, kind, &flats)?;
            return Ok(true);
        }
        if let Some(coming) = self.docs.coming(&document) {
            let open = self.docs.get(db, (no, *id), document, Some(kind))?.ok_or(EngineError::NotFound("document"))?;
            if !open.take_ahead(coming) {
                // One of them does not fit. Which, shows when they are taken one record at a time.
                self.docs.forget(no, document);
            }
        }
        let open = self.docs.get(db, (no, *id), document, Some(kind))?.ok_or(EngineError::NotFound("document"))?;
        match open.take(flats) {
            Ok(new) => {
                if !new.is_empty() {
                    open.keep(db, &new)?;
                    if open.is_doubtful(&new) {
                        return self.settle_clash(db, id, document, kind, Vec::new());
                    }
                }
                Ok(true)
            }
            Err(_) => {
                let new = open.refused();
                self.docs.forget(no, document);
                self.settle_clash(db, id, document, kind, new)
            }
        }
    }

    /// Keeps an event in its place; its row number if it is new.
    pub(super) fn put_event(
        &mut self,
        db: &Db<'_>,
        id: &SpaceId,
        device: DeviceId,
        author: PersonId,
        bytes: Vec<u8>,
        counts: bool,
    ) -> Result<(HeldEvent, Option<i64>), EngineError> {
        let event = Event::decode(&bytes)?;
        self.put_decoded(db, id, (device, author), (event, bytes), (counts, None))
    }

    /// As [`Core::put_event`], of an event that was decoded already.
    fn put_decoded(
        &mut self,
        db: &Db<'_>,
        id: &SpaceId,
        (device, author): (DeviceId, PersonId),
        (event, bytes): (Event, Vec<u8>),
        (counts, own): (bool, Option<(i64, u64)>),
    ) -> Result<(HeldEvent, Option<i64>), EngineError> {
        let no = self.space(id)?.no;
        let device_no = db.device_no(&device, &author)?;
        self.devices.insert(device_no, (device, author));
        let mut effective = BTreeMap::new();
        for parent in &event.parents {
            if let Some(clock) = db.effective(no, parent)? {
                effective.insert(*parent, clock);
            }
        }
        let event = HeldEvent::placed(*id, author, device, event, bytes, |p| effective.get(&p).copied());
        let new = db.put_event(no, &EventRow::placed(&event, device_no, counts, own))?;
        // It stood past a cut, and stands in a record that counts as well.
        let counted = if new.is_none() && counts { db.event(no, &event.id)?.filter(|r| !r.counts).map(|r| r.no) } else { None };
        if let Some(row) = counted {
            db.set_event_counts(row, true)?;
        }
        self.seen_clock = self.seen_clock.max(event.effective);
        if let Some(row) = new {
            for parent in event.event.parents.iter().filter(|p| !effective.contains_key(p)) {
                db.add_orphan(parent, row)?;
            }
            self.settle_orphans(db, no, &event)?;
        }
        if new.or(counted).is_some()
            && let Some(message) = event.message()
        {
            self.stale_rows.insert(search::Key::Message(*id, message));
        }
        Ok((event, new.or(counted)))
    }

    /// Where an event came after one that names it as a parent, the places of everything about that subject are computed again.
    fn settle_orphans(&mut self, db: &Db<'_>, space: i64, parent: &HeldEvent) -> Result<(), EngineError> {
        if db.take_orphans(&parent.id)?.is_empty() {
            return Ok(());
        }
        let subject = parent.event.subject;
        let rows = if subject == SPACE_SUBJECT { db.events(space)? } else { db.events_about(space, &subject)? };
        let rows: Vec<EventRow> = rows.into_iter().filter(|r| r.subject.unwrap_or(SPACE_SUBJECT) == subject).collect();
        let places: BTreeMap<EventId, (i64, u64)> = rows.iter().map(|r| (r.id, (r.no, r.effective))).collect();
        let mut held: Vec<HeldEvent> = rows.into_iter().filter_map(|r| self.held(r)).collect();
        order(&mut held);
        for event in held {
            if let Some((no, effective)) = places.get(&event.id)
                && *effective != event.effective
            {
                db.set_effective(*no, event.effective)?;
                self.seen_clock = self.seen_clock.max(event.effective);
            }
        }
        Ok(())
    }

    /// A row as an event, if its author is known.
    pub(super) fn held(&self, row: EventRow) -> Option<HeldEvent> {
        let (device, author) = *self.devices.get(&row.device)?;
        let event = Event::decode(&row.bytes).ok()?;
        Some(HeldEvent { id: row.id, author, device, event, effective: row.effective, bytes: row.bytes })
    }

    /// Makes the rows again that an event bears on.
    pub(super) fn project_about(&mut self, db: &Db<'_>, id: &SpaceId, event: &HeldEvent) -> Result<(), EngineError> {
        for document in self.documents_about(db, id, event.event.subject, &event.event.payload)? {
            self.project(db, id, document)?;
        }
        Ok(())
    }

    fn documents_about(&self, db: &Db<'_>, id: &SpaceId, subject: Subject, payload: &Payload) -> Result<Vec<DocumentId>, EngineError> {
        let no = self.space(id)?.no;
        if subject == SPACE_SUBJECT || (1..=5).contains(&payload.kind()) {
            return Ok(Vec::new());
        }
        let mut out =
            vec![if db.document(no, &DocumentId(subject))?.is_some() { DocumentId(subject) } else { derived_id(*id, DocumentKind::Goals) }];
        if let Payload::SessionAlias(alias) = payload {
            out.push(DocumentId(alias.other.0));
        }
        Ok(out)
    }

    /// Makes the rows of one document again.
    pub(super) fn project(&mut self, db: &Db<'_>, id: &SpaceId, document: DocumentId) -> Result<(), EngineError> {
        let space = self.space(id)?;
        let (no, writers) = (space.no, self.writers(space));
        if db.document(no, &document)?.is_some_and(|r| r.erased != Erased::No) {
            return self.settle_erased(db, id, document);
        }
        if self.docs.get(db, (no, *id), document, None)?.is_none() {
            return Ok(());
        }
        self.project_at(db, id, no, document, &writers)
    }

    /// Makes the rows of one document that is in memory again, under a number of its space.
    pub(super) fn project_at(
        &mut self,
        db: &Db<'_>,
        id: &SpaceId,
        no: i64,
        document: DocumentId,
        writers: &Writers,
    ) -> Result<(), EngineError> {
        let Some(open) = self.docs.lift(no, document) else { return Ok(()) };
        let row_no = open.row.no;
        let rows = self.rows_of(db, no, &open.document, writers);
        self.docs.put_back(open);
        let rows: Vec<RowRecord> = rows?
            .into_iter()
            .map(|row| RowRecord {
                kind: row.kind.code(),
                id: row.id,
                document: Some(row_no),
                alive: row.alive,
                sort: row.sort,
                open: row.open,
                differs: row.differs,
                view: stored(&row),
            })
            .collect();
        db.put_rows(no, Some(row_no), &rows)?;
        self.stale_rows.insert(search::Key::Document(*id, row_no));
        Ok(())
    }

    fn rows_of(&self, db: &Db<'_>, no: i64, document: &Document, writers: &Writers) -> Result<Vec<view::Row>, EngineError> {
        Ok(view::project(document, &self.events_of(db, no, document)?, writers))
    }

    /// The counting events that bear on a document.
    pub(super) fn events_of(&self, db: &Db<'_>, no: i64, document: &Document) -> Result<Vec<HeldEvent>, EngineError> {
        let mut events = self.events_about(db, no, document.id.0)?;
        if document.kind == DocumentKind::Goals {
            for (goal, _) in Item::all(document, "goal") {
                events.extend(self.events_about(db, no, goal.0)?);
            }
        }
        if document.kind == DocumentKind::Session {
            let aliases = db.events_of_kind(no, 8)?.into_iter().filter(|r| r.counts).filter_map(|r| self.held(r));
            events.extend(aliases.filter(|e| e.event.subject != document.id.0));
        }
        Ok(events)
    }

    /// Makes everything of a space again from its records: after a cut changed what counts.
    pub(super) fn rebuild(&mut self, db: &Db<'_>, id: &SpaceId) -> Result<(), EngineError> {
        let no = self.space(id)?.no;
        self.docs.clear();
        db.clear_documents(no)?;
        let mut touched = Touched::default();
        let all = self.accepted(db, id)?;
        // Which events count first: by tombstones is decided what of a document is kept.
        let mut events: BTreeMap<EventId, bool> = BTreeMap::new();
        for said in &all {
            let counts = self.counts(db, id, said)?;
            for bytes in &said.body.events {
                // What was issued again stands in two records; it counts if one of them does.
                *events.entry(crate::event::id(*id, said.opening.device, bytes)).or_default() |= counts;
            }
        }
        for (event, counts) in events {
            if let Some(row) = db.event(no, &event)?.filter(|r| r.counts != counts) {
                db.set_event_counts(row.no, counts)?;
            }
        }
        for some in together(all) {
            let mut contents = Vec::new();
            for said in &some {
                // What was set aside before would be again.
                if let Ok(content) = self.read_content(db, id, said)? {
                    contents.push((said.opening.device, content));
                }
            }
            self.expect(contents.iter().map(|(_, c)| c));
            for (device, content) in contents {
                self.add_incarnations(db, id, device, &content.incarnations)?;
                let _ = self.take_content(db, id, device, content, &mut touched)?;
            }
            self.docs.expect(BTreeMap::new());
        }
        for row in db.documents(no)? {
            self.docs.forget(no, row.id);
            if let Some(open) = self.docs.get(db, (no, *id), row.id, None)? {
                open.keep(db, &[])?;
            }
            self.note_erased(db, id, row.id)?;
            self.project(db, id, row.id)?;
        }
        self.stale_rows.insert(search::Key::Messages(*id));
        self.changed.extend([Changed::Space(*id), Changed::Status(*id)]);
        Ok(())
    }
}

/// Records in runs that are looked at together: as many as one may hold of content, or a single one.
pub(super) fn together(said: Vec<Said>) -> Vec<Vec<Said>> {
    let (mut out, mut size): (Vec<Vec<Said>>, usize) = (Vec::new(), 0);
    for one in said {
        let more = one.body.content_len();
        match out.last_mut() {
            Some(run) if size + more <= body::INFLATED => {
                run.push(one);
                size += more;
            }
            _ => {
                out.push(vec![one]);
                size = more;
            }
        }
    }
    out
}

/// What records touched: their rows are made again once, at the end.
#[derive(Debug, Default)]
pub(super) struct Touched {
    pub documents: BTreeSet<DocumentId>,
    pub events: Vec<HeldEvent>,
}

impl Core {
    /// Makes the rows of everything touched again.
    pub(super) fn project_touched(&mut self, db: &Db<'_>, id: &SpaceId, touched: Touched) -> Result<(), EngineError> {
        let mut documents = touched.documents;
        for event in &touched.events {
            documents.extend(self.documents_about(db, id, event.event.subject, &event.event.payload)?);
        }
        if !documents.is_empty() || !touched.events.is_empty() {
            self.changed.insert(Changed::Space(*id));
        }
        for event in touched.events.iter().filter(|e| e.event.kind() == tombstone::KIND) {
            self.note_erased(db, id, DocumentId(event.event.subject))?;
        }
        for document in documents {
            self.project(db, id, document)?;
        }
        Ok(())
    }
}

/// A row as the store keeps it: the words to search, a zero byte, the view in JSON.
fn stored(row: &view::Row) -> Vec<u8> {
    let mut out = row.search.replace('\0', " ").into_bytes();
    out.push(0);
    out.extend(row.json.as_bytes());
    out
}

/// The words and the view of a stored row.
pub(super) fn unstored(bytes: &[u8]) -> Option<(&str, &str)> {
    let at = bytes.iter().position(|b| *b == 0)?;
    let (words, json) = bytes.split_at_checked(at)?;
    Some((std::str::from_utf8(words).ok()?, std::str::from_utf8(json.get(1..)?).ok()?))
}

/// The kinds of rows that a search looks at.
pub(super) fn noun(kind: i64) -> Option<RowKind> {
    RowKind::from_code(kind)
}

struct Chains<'a> {
    db: &'a Db<'a>,
    space: i64,
}

impl ChainLookup for Chains<'_> {
    fn at(&self, lane: LaneId, n: u64, tip: RecordId, at: u64) -> Option<RecordId> {
        let row = self.db.lanes_of_space(self.space).ok()?.into_iter().find(|l| l.id == lane)?;
        let chained = |n: u64| -> Vec<RecordId> {
            let versions = self.db.versions(row.no, n).unwrap_or_default();
            versions.into_iter().filter(|v| v.state.is_chained()).filter_map(|v| v.id).collect()
        };
        if !chained(n).contains(&tip) {
            return None;
        }
        // Where a lane never forked, the number names the record; where it did, the lower branch is the one that accepted runs along.
        chained(at).into_iter().min()
    }
}
