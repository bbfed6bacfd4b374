//! Taking a space out as a file, and bringing one in: to read, or to give back to its own device what it lost.

use std::collections::BTreeSet;

use serde::Serialize;

use super::apply::unstored;
use super::docs::inspected;
use super::write::flat;
use super::{Changed, Core, Engine, EngineError, Local};
use crate::event::SPACE_SUBJECT;
use crate::event::state::aliases;
use crate::export::{self, DocumentExport, EventExport, Parsed, Readable, SpaceExport};
use crate::id::{Incarnation, PersonId, SpaceId};
use crate::identity::person_log;
use crate::record::firewall;
use crate::space::payload::Payload;
use crate::store::{Db, Erased, Outgoing, SpaceKind};
use crate::sync::machine::Millis;
use crate::view::{Row, RowKind, StageView, stage_row};

/// What an import did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Imported {
    /// The space.
    pub space: SpaceId,
    /// Its state code, as the file says and as it is here now.
    pub state_code: (String, String),
    /// Opened as a saved copy for reading; otherwise what this device had lost of its own writing was put back.
    pub archive: bool,
    /// Changes and events put back.
    pub healed: usize,
    /// Changes and events of other devices that are missing here: they come from those devices, not from a file.
    pub others: usize,
}

impl Engine {
    /// A space as a file: readable JSON with the bytes beside.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn export(&mut self, space: &SpaceId) -> Result<String, EngineError> {
        let readable = self.readable(space)?;
        let db = self.store.read();
        let (no, kind) = (self.core.space(space)?.no, self.core.space(space)?.kind);
        let mut documents = Vec::new();
        for row in db.documents(no)?.into_iter().filter(|r| r.erased == Erased::No) {
            let document = self.core.document(&db, space, row.id)?;
            let changes = document.changes();
            if !changes.is_empty() {
                documents.push(DocumentExport { id: row.id, kind: document.kind, changes });
            }
        }
        // Own facts hold keys.
        let events = db.events(no)?.into_iter().filter(|r| r.counts && r.kind != crate::event::own::KIND).filter_map(|r| self.core.held(r));
        let events = events.map(|e| EventExport { author: e.author, device: e.device, bytes: e.bytes }).collect();
        let mut statements = db.statements(&space.0)?;
        for person in self.core.names(&db, space)?.keys() {
            statements.extend(db.statements(&person.0)?);
        }
        let kind = if kind == SpaceKind::Personal { "personal" } else { "relationship" }.to_owned();
        Ok(export::space_json(&SpaceExport { space: *space, kind, readable, documents, events, statements }))
    }

    /// A space as a page to read or print.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn markdown(&mut self, space: &SpaceId) -> Result<String, EngineError> {
        Ok(export::markdown(&self.readable(space)?))
    }

    fn readable(&mut self, space: &SpaceId) -> Result<Readable, EngineError> {
        let db = self.store.read();
        let no = self.core.space(space)?.no;
        let mut rows: Vec<Row> = Vec::new();
        for row in db.all_rows(no)? {
            let (Some(kind), Some((search, json))) = (RowKind::from_code(row.kind), unstored(&row.view)) else { continue };
            let (search, json) = (search.to_owned(), json.to_owned());
            rows.push(Row { kind, id: row.id, alive: row.alive, sort: row.sort, open: row.open, differs: row.differs, search, json });
        }
        if self.core.space(space)?.kind != SpaceKind::Personal {
            let events = self.core.events_about(&db, no, SPACE_SUBJECT)?;
            rows.push(stage_row(&StageView::of(&events, &self.core.both(space)?)));
        }
        let joined = aliases(&self.core.kind_of(&db, space, 8)?);
        let messages = self.messages(space, None, usize::MAX >> 1)?;
        let mut readable = Readable::of(rows, messages, &joined).map_err(|_| crate::store::StoreError::Shape("row"))?;
        if self.core.space(space)?.kind == SpaceKind::Personal {
            readable.kept = self.core.kept_by_session(&db)?.into_iter().map(|(_, kept)| kept).collect();
        }
        for (person, name) in self.core.names(&db, space)? {
            readable.people.entry(person).or_insert(name);
        }
        Ok(readable)
    }

    /// Brings a file in. A space that this device is not in, or holds nothing of, opens as a saved copy for reading. For a space of its own it puts
    /// back what this very device wrote and lost; it never writes under another's name.
    ///
    /// # Errors
    /// [`EngineError::Export`] names what is wrong with the file; nothing is changed then.
    pub fn import(&mut self, bytes: &[u8], now: Millis) -> Result<Imported, EngineError> {
        let parsed = export::parse(bytes)?;
        let held = self.core.spaces.get(&parsed.space).map(|s| s.kind);
        let imported = self.transact(|core, db| match held {
            Some(SpaceKind::Personal | SpaceKind::Pair) => core.heal(db, &parsed),
            Some(SpaceKind::Archive | SpaceKind::Recovery) | None => core.open_archive(db, &parsed),
        })?;
        self.keep_own(now)?;
        Ok(imported)
    }
}

impl Core {
    fn open_archive(&mut self, db: &Db<'_>, parsed: &Parsed) -> Result<Imported, EngineError> {
        let id = parsed.space;
        let persons: BTreeSet<PersonId> =
            parsed.statements.iter().filter(|s| matches!(s.payload(), Payload::PersonGenesis(_))).map(|s| PersonId(s.log())).collect();
        for person in &persons {
            person_log::fold(*person, parsed.statements.iter().filter(|s| s.log() == person.0))?;
        }
        for statement in parsed.statements.iter().filter(|s| s.log() == id.0 || persons.contains(&PersonId(s.log()))) {
            self.keep_statement(db, statement)?;
        }
        self.fold_persons(db)?;
        let names: Vec<String> = parsed
            .readable
            .get("people")
            .and_then(|p| p.as_object())
            .map(|p| p.values().filter_map(|n| n.as_str().map(str::to_owned)).collect())
            .unwrap_or_default();
        let local = Local { name: names.join(" and "), ..Local::default() };
        db.put_space(&id, SpaceKind::Archive, &local.to_bytes())?;
        self.load_space(db, &id)?;
        let no = self.space(&id)?.no;
        for document in &parsed.documents {
            let flats = self.checked(document.changes.iter().map(|(_, c)| c.as_slice()))?;
            let open = self.docs.get(db, (no, id), document.id, Some(document.kind))?.ok_or(EngineError::NotFound("document"))?;
            let new = open.take(flats)?;
            open.keep(db, &new)?;
        }
        for event in &parsed.events {
            if self.directory.person(&event.device) != Some(event.author) {
                return Err(EngineError::Invalid("the file names an author for an event whose device is not theirs"));
            }
            self.put_event(db, &id, event.device, event.author, event.bytes.clone(), true)?;
        }
        for document in &parsed.documents {
            self.project(db, &id, document.id)?;
        }
        self.changed.extend([Changed::Space(id), Changed::Members(id)]);
        let now_code = self.state_code(db, &id)?;
        Ok(Imported { space: id, state_code: (parsed.state_code.clone(), now_code), archive: true, healed: 0, others: 0 })
    }

    fn checked<'c>(&self, changes: impl Iterator<Item = &'c [u8]>) -> Result<Vec<super::docs::Flat>, EngineError> {
        changes.map(|c| flat(c).ok_or(EngineError::Invalid("the file holds a change that may not come in"))).collect()
    }

    fn heal(&mut self, db: &Db<'_>, parsed: &Parsed) -> Result<Imported, EngineError> {
        let id = parsed.space;
        self.may_write(&id)?;
        let no = self.space(&id)?.no;
        let device = self.device.id();
        let lives: Vec<Incarnation> = self.space(&id)?.incarnations.iter().filter(|(d, _)| *d == device).map(|(_, i)| *i).collect();
        let mine: BTreeSet<firewall::Actor> = lives.iter().map(|i| firewall::actor(id, device, *i)).collect();
        let (mut healed, mut others) = (0, 0);
        for part in &parsed.documents {
            if db.document(no, &part.id)?.is_some_and(|r| r.erased != Erased::No) {
                continue;
            }
            let flats = self.checked(part.changes.iter().map(|(_, c)| c.as_slice()))?;
            let open = self.docs.get(db, (no, id), part.id, Some(part.kind))?.ok_or(EngineError::NotFound("document"))?;
            let missing: Vec<_> = flats.into_iter().filter(|f| !open.holds(&f.hash)).collect();
            let (own, foreign): (Vec<_>, Vec<_>) =
                missing.into_iter().partition(|f| inspected(f.bytes()).is_some_and(|s| mine.contains(&s.actor)));
            others += foreign.len();
            let new = open.take(own)?;
            healed += new.len();
            if !new.is_empty() {
                for flat in &new {
                    let row = db.add_change(open.row.no, &flat.hash, flat.bytes())?;
                    db.put_out(no, Outgoing::Change(row))?;
                }
                open.row.tail += new.len() as u64;
                db.set_heads(open.row.no, &open.document.heads().concat(), new.len())?;
                self.project(db, &id, part.id)?;
            }
        }
        for event in &parsed.events {
            if db.event(no, &event.id)?.is_some() {
                continue;
            }
            if event.device != device {
                others += 1;
                continue;
            }
            let (held, row) = self.put_event(db, &id, device, self.me, event.bytes.clone(), true)?;
            if let Some(row) = row {
                db.put_out(no, Outgoing::Event(row))?;
                healed += 1;
                self.project_about(db, &id, &held)?;
            }
        }
        self.written.insert(id);
        self.changed.extend([Changed::Space(id), Changed::Status(id)]);
        let code = self.state_code(db, &id)?;
        Ok(Imported { space: id, state_code: (parsed.state_code.clone(), code), archive: false, healed, others })
    }
}
