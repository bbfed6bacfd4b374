//! What is where, what a person should know, and what could be wrong with a profile.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Core, Engine, EngineError, Space};
use crate::event::{Event, own};
use crate::id::{DocumentId, EventId, PersonId, SpaceId};
use crate::record::body::Body;
use crate::space::payload::Payload;
use crate::space::statement::Statement;
use crate::store::{Db, LaneRow, RecordState, SpaceKind, StoreError};
use crate::sync::machine::Millis;

/// Where something is, as far as this device knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Where {
    /// On this device alone.
    Here,
    /// A relay has it.
    Relay,
    /// A device of the other person has it: it said so.
    Other,
}

/// Where one item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ItemStatus {
    /// How far what this person wrote last has come.
    pub at: Where,
}

/// A space's line in the status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SpaceStatus {
    /// The space.
    pub space: SpaceId,
    /// Its name here.
    pub name: String,
    /// Equal codes on both phones mean equal contents.
    pub state_code: String,
    /// The same as three words, to be read aloud.
    pub state_words: String,
    /// Written here and in no record yet.
    pub waiting: u64,
    /// Own records that no relay is known to have.
    pub not_on_relay: u64,
    /// Own records that a relay has and no device of the other person is known to have.
    pub not_on_other: u64,
    /// Records set aside or not verified.
    pub set_aside: u64,
    /// Records that wait until their author is known.
    pub unknown_author: u64,
    /// Records that another device knows, or that stand before one that came, and that were not received.
    pub known_missing: u64,
    /// Since when (ms since 1970) something sealed here waits for a word from the other side that it came; `None` when nothing does.
    pub unconfirmed_since: Option<Millis>,
    /// What is shown comes from a snapshot, and the records behind it have not all come yet.
    pub being_verified: bool,
}

/// A relay's line in the status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RelayLine {
    /// The relay.
    pub origin: String,
    /// Why the last call failed, in words.
    pub trouble: Option<String>,
    /// When it is tried again, ms since 1970.
    #[serde(rename = "again")]
    pub again_ms: Option<Millis>,
}

/// What is where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StatusView {
    /// This person.
    pub person: PersonId,
    /// This device.
    pub device: crate::id::DeviceId,
    /// Spaces, own space first.
    pub spaces: Vec<SpaceStatus>,
    /// Relays.
    pub relays: Vec<RelayLine>,
}

/// How far what was written in a space came, without what takes a look at everything in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Whereabouts {
    /// The space's name here.
    pub name: String,
    /// Written here and in no record yet.
    pub waiting: u64,
    /// Own records that no relay is known to have.
    pub not_on_relay: u64,
    /// Own records that a relay has and no device of the other person is known to have.
    pub not_on_other: u64,
    /// Since when (ms since 1970) something sealed here waits for a word from the other side that it came; `None` when nothing does.
    pub unconfirmed_since: Option<Millis>,
}

/// Something a person should know once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NoticeView {
    /// Its number, to dismiss it.
    pub no: i64,
    /// The space it is about.
    pub space: Option<SpaceId>,
    /// Its kind.
    pub kind: String,
    /// When, ms since 1970.
    #[serde(rename = "at")]
    pub at_ms: Millis,
    /// As a sentence.
    pub words: String,
}

/// What the doctor found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Whether it is as it should be.
    pub good: bool,
    /// What was looked at.
    pub what: String,
    /// What was found, and what to do.
    pub words: String,
}

/// So many own records are opened to count those that carry something a person did.
const LOOKED_AT: u64 = 256;

impl Engine {
    /// Where a document is: as far as the last change has come that this person made to it on each of their devices; `Other` when they made none.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn document_status(&self, space: &SpaceId, document: DocumentId) -> Result<ItemStatus, EngineError> {
        let db = self.store.read();
        let no = self.core.space(space)?.no;
        let row = db.document(no, &document)?.ok_or(EngineError::NotFound("document"))?;
        if db.waits_out(no, row.no)? {
            return Ok(ItemStatus { at: Where::Here });
        }
        // What this person wrote last on one of their devices may have come less far than what they wrote on another.
        let mut at = Where::Other;
        for by in db.carried(row.no)? {
            at = at.min(self.core.place(&db, space, by.lane, by.n)?);
        }
        Ok(ItemStatus { at })
    }

    /// Where an event of this person is, as far as this device knows; `Other` for events of others.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn event_status(&self, space: &SpaceId, event: &EventId) -> Result<ItemStatus, EngineError> {
        let db = self.store.read();
        let row = db.event(self.core.space(space)?.no, event)?.ok_or(EngineError::NotFound("message"))?;
        let mine = self.core.devices.get(&row.device).is_some_and(|(d, _)| *d == self.core.device.id());
        let at = match row.own {
            Some((lane, n)) => self.core.place(&db, space, lane, n)?,
            None if mine => Where::Here,
            None => Where::Other,
        };
        Ok(ItemStatus { at })
    }

    /// What is where.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn status(&self, now: Millis) -> Result<StatusView, EngineError> {
        let db = self.store.read();
        let mut spaces: Vec<&Space> =
            self.core.spaces.values().filter(|s| !matches!(s.kind, SpaceKind::Archive | SpaceKind::Recovery)).collect();
        spaces.sort_by_key(|s| s.no);
        let mut lines = Vec::new();
        for space in spaces {
            lines.push(self.core.space_status(&db, space)?);
        }
        Ok(StatusView { person: self.core.me, device: self.core.device.id(), spaces: lines, relays: self.relays(now)? })
    }

    /// The relays in use, and how they were the last time.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn relays(&self, now: Millis) -> Result<Vec<RelayLine>, EngineError> {
        let db = self.store.read();
        // An invitation under way has a relay before there is a pair.
        let mut origins: std::collections::BTreeSet<String> = self.core.rendezvous(&db)?.into_iter().map(|(origin, _)| origin).collect();
        let in_use = self.core.spaces.values().filter(|s| !matches!(s.kind, SpaceKind::Archive | SpaceKind::Recovery));
        origins.extend(in_use.flat_map(|s| s.state.relays.iter().cloned()));
        let waiting: BTreeMap<String, Millis> = self.machine.waiting(now).into_iter().collect();
        let line = |origin: String| RelayLine {
            trouble: self.exchanges.failure(&origin).map(str::to_owned),
            again_ms: waiting.get(&origin).copied(),
            origin,
        };
        Ok(origins.into_iter().map(line).collect())
    }

    /// How far what was written in a space came.
    ///
    /// # Errors
    /// [`EngineError::NotFound`].
    pub fn whereabouts(&self, space: &SpaceId) -> Result<Whereabouts, EngineError> {
        let (db, space) = (self.store.read(), self.core.space(space)?);
        let (not_on_relay, not_on_other) = (self.core.not_on_relay(&db, space)?, self.core.not_on_other(&db, space)?);
        let name = if space.kind == SpaceKind::Personal { String::new() } else { self.core.pair_view(&db, &space.id)?.name };
        let (waiting, unconfirmed_since) = (self.core.written_here(&db, space.no)?, self.core.unconfirmed_since(&db, space)?);
        Ok(Whereabouts { name, waiting, not_on_relay, not_on_other, unconfirmed_since })
    }

    /// Notices that were not dismissed.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn notices(&self) -> Result<Vec<NoticeView>, EngineError> {
        let db = self.store.read();
        let mut out = Vec::new();
        for (no, space, kind, at, words) in db.notices()? {
            let space = space.and_then(|no| self.core.space_by_no(no)).map(|s| s.id);
            let about = String::from_utf8(words).unwrap_or_default();
            let name = match space {
                Some(id) => self.core.display_name(&db, &id, about.parse().ok())?,
                None => String::new(),
            };
            out.push(NoticeView { no, space, words: sentence(&kind, &name, &about), kind, at_ms: at });
        }
        Ok(out)
    }

    /// A line for each lane of a space: what is held, accepted, told, stored and acknowledged. For `doctor --lanes` and for tests.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn lanes(&self, space: &SpaceId) -> Result<Vec<String>, EngineError> {
        let db = self.store.read();
        let space = self.core.space(space)?;
        let mut out = Vec::new();
        for lane in db.lanes_of_space(space.no)? {
            let who = lane.device.and_then(|d| self.core.devices.get(&d)).map_or("?".to_owned(), |(d, _)| format!("{d:?}"));
            let mut stored = Vec::new();
            for origin in &space.state.relays {
                stored.push(db.stored(origin, lane.no)?);
            }
            out.push(format!(
                "{:?} of {who}{}: held {}..{}{} accepted {} said {} told {} stored {stored:?} acknowledged {:?}",
                lane.id,
                if lane.own { " (own)" } else { "" },
                lane.start,
                lane.fetched,
                if lane.forked { " forked" } else { "" },
                lane.accepted,
                lane.said,
                db.told(lane.no)?,
                db.frontiers(&lane.id)?,
            ));
        }
        Ok(out)
    }

    /// Forgets a notice.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn dismiss(&mut self, no: i64) -> Result<(), EngineError> {
        self.transact(|_, db| Ok(db.drop_notice(no)?))
    }

    /// Looks at everything that could be wrong with this profile.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn doctor(&self, now: Millis) -> Result<Vec<Finding>, EngineError> {
        let db = self.store.read();
        let mut out = Vec::new();
        let mut say = |good, what: &str, words: String| out.push(Finding { good, what: what.to_owned(), words });
        match self.store.is_whole()? {
            true => say(true, "database", "every page fits and every value opens".to_owned()),
            false => {
                self.note_damage(&StoreError::Corrupt.into());
                say(false, "database", "it is damaged: close everything and open again; it is then built anew".to_owned());
            }
        }
        let kept = self.profile.read("keys.sealed")?.is_some();
        say(
            kept,
            "keys",
            if kept { "kept beside the database" } else { "not kept beside the database yet; write anything once" }.to_owned(),
        );
        let current = self.core.directory.is_current(&self.core.device.id());
        say(
            current,
            "device",
            if current { "one of yours" } else { "this device was revoked: it can read, and nobody takes what it writes" }.to_owned(),
        );
        let view = self.words()?;
        let words = match (view.made, view.tended) {
            (false, _) => "none yet: if every device of yours is lost, what is private is lost; make them with `ithaca phrase show`",
            (true, false) => "made on another device; this one has not learned yet where they look: run sync",
            (true, true) if self.words_relay()?.is_none() => {
                "no relay keeps what they need yet: name one and sync; until then only a partner's rescue file brings you back"
            }
            (true, true) if self.words_wait()? => {
                "what they need waits here: sync while there is signal; until then only a partner's rescue file brings you back"
            }
            (true, true) => "what they need is kept ready; try them with `ithaca phrase check`",
        };
        say(true, "recovery words", words.to_owned());
        let status = self.status(now)?;
        for space in &status.spaces {
            let trouble = space.set_aside + space.unknown_author;
            let words = if trouble == 0 {
                format!("state code {}, nothing set aside", space.state_code)
            } else {
                format!(
                    "{} records set aside (damaged, hostile, or from a newer version), {} from a device not known yet; all are kept",
                    space.set_aside, space.unknown_author
                )
            };
            say(trouble == 0, &space.name, words);
            if space.being_verified {
                say(true, &space.name, "being verified: all is shown, and what is behind it is still coming".to_owned());
            }
            if space.known_missing > 0 {
                let words = format!(
                    "{} records are known elsewhere and were not received; they are asked for with every sync. If it stays so, sync near each other or by file",
                    space.known_missing
                );
                say(false, &space.name, words);
            }
            if let Some(since) = space.unconfirmed_since.filter(|at| now.saturating_sub(*at) >= 7 * 86_400_000) {
                let since = crate::view::day_of(since).unwrap_or_default();
                say(false, &space.name, format!("nothing written since {since} is confirmed by the other side; it is pushed again daily"));
            }
            if space.waiting + space.not_on_relay > 0 {
                let words = format!("{} written and not sealed, {} records not on a relay: run sync", space.waiting, space.not_on_relay);
                say(true, &space.name, words);
            }
        }
        if status.relays.is_empty() {
            say(false, "relay", "none named: nothing leaves this device; name one with `ithaca relay set <address>`".to_owned());
        }
        for relay in status.relays {
            match relay.trouble {
                None => say(true, &relay.origin, "no trouble known".to_owned()),
                Some(why) => say(false, &relay.origin, why),
            }
        }
        let clock = db.greatest_clock()?;
        let ahead = i64::try_from(clock).unwrap_or(i64::MAX).saturating_sub(now);
        if ahead > 86_400_000 {
            say(false, "clock", "this device's clock is more than a day behind what others wrote: check date and time".to_owned());
        }
        Ok(out)
    }
}

impl Core {
    /// How far a record of this person's has come.
    fn place(&self, db: &Db<'_>, space: &SpaceId, lane: i64, n: u64) -> Result<Where, EngineError> {
        let space = self.space(space)?;
        let Some(row) = db.lanes_of_space(space.no)?.into_iter().find(|l| l.no == lane) else { return Ok(Where::Here) };
        if self.others_have(db, &row)? >= n {
            return Ok(Where::Other);
        }
        for origin in &space.state.relays {
            if db.stored(origin, lane)? >= n {
                return Ok(Where::Relay);
            }
        }
        Ok(Where::Here)
    }

    /// Up to which number another person's device said it has a lane of ours.
    fn others_have(&self, db: &Db<'_>, lane: &LaneRow) -> Result<u64, EngineError> {
        let other = |d: &i64| self.devices.get(d).is_some_and(|(_, p)| *p != self.me);
        Ok(db.frontiers(&lane.id)?.into_iter().filter(|(d, _)| other(d)).map(|(_, n)| n).max().unwrap_or(0))
    }

    /// How many own records after `from` carry something a person did. Of very many, how many records.
    fn saying(&self, db: &Db<'_>, lane: &LaneRow, from: u64) -> Result<u64, EngineError> {
        let records = lane.said.saturating_sub(from);
        if records == 0 || records > LOOKED_AT {
            return Ok(records);
        }
        let mut saying = 0;
        for record in db.records_from(lane.no, from + 1, LOOKED_AT as usize)?.into_iter().filter(|r| r.n <= lane.said) {
            saying += u64::from(self.said(lane, record)?.is_none_or(|s| says(&s.body)));
        }
        Ok(saying)
    }

    /// What a person did here that waits to be sent: not what devices tell each other on their own.
    fn written_here(&self, db: &Db<'_>, space: i64) -> Result<u64, EngineError> {
        let mut n = db.n_written(space, own::BY_DEVICES)?;
        for id in db.outgoing_statements(space)? {
            let statement = db.statement(&id)?.and_then(|s| Statement::decode(&s).ok());
            n += u64::from(statement.is_some_and(|s| is_deed(s.payload())));
        }
        Ok(n)
    }

    fn space_status(&self, db: &Db<'_>, space: &Space) -> Result<SpaceStatus, EngineError> {
        let (mut set_aside, mut unknown_author) = (0, 0);
        for lane in db.lanes_of_space(space.no)? {
            set_aside += (db.records_in_state(lane.no, RecordState::Aside)?.len()
                + db.records_in_state(lane.no, RecordState::Unverified)?.len()) as u64;
            unknown_author += db.records_in_state(lane.no, RecordState::Waiting)?.len() as u64;
        }
        let name = match space.kind {
            SpaceKind::Personal => "private".to_owned(),
            _ => self.pair_view(db, &space.id)?.name,
        };
        let state_code = self.state_code(db, &space.id)?;
        Ok(SpaceStatus {
            space: space.id,
            name,
            state_words: crate::export::spoken(&state_code),
            state_code,
            waiting: self.written_here(db, space.no)?,
            not_on_relay: self.not_on_relay(db, space)?,
            not_on_other: self.not_on_other(db, space)?,
            set_aside,
            unknown_author,
            known_missing: self.missing(db, space)?.all,
            unconfirmed_since: self.unconfirmed_since(db, space)?,
            being_verified: db.shows_snapshot(space.no)?,
        })
    }

    /// Own records of a space that no relay is known to have.
    pub(super) fn not_on_relay(&self, db: &Db<'_>, space: &Space) -> Result<u64, EngineError> {
        let mut not_on_relay = 0;
        for lane in db.lanes_of_space(space.no)?.into_iter().filter(|l| l.own) {
            let mut stored = self.settled(db, &lane)?;
            for origin in &space.state.relays {
                stored = stored.max(db.stored(origin, lane.no)?);
            }
            not_on_relay += lane.accepted.saturating_sub(stored);
        }
        Ok(not_on_relay)
    }

    /// Own records of a space that carry something a person did and that the other person's devices are not known to have. It opens them.
    fn not_on_other(&self, db: &Db<'_>, space: &Space) -> Result<u64, EngineError> {
        let mut not_on_other = 0;
        if space.kind != SpaceKind::Personal {
            for lane in db.lanes_of_space(space.no)?.into_iter().filter(|l| l.own) {
                not_on_other += self.saying(db, &lane, self.settled(db, &lane)?)?;
            }
        }
        Ok(not_on_other)
    }

    /// How far an own lane needs nobody any more: others have it, or it was issued again in another lane and is counted there.
    fn settled(&self, db: &Db<'_>, lane: &LaneRow) -> Result<u64, EngineError> {
        Ok(self.others_have(db, lane)?.max(db.issued(&lane.id)?))
    }
}

/// Whether a record carries something that a person did.
fn says(body: &Body) -> bool {
    let event = |bytes: &Vec<u8>| Event::decode(bytes).is_ok_and(|e| !own::BY_DEVICES.contains(&e.kind()));
    let deed = |bytes: &Vec<u8>| Statement::decode(bytes).is_ok_and(|s| is_deed(s.payload()));
    !body.changes.is_empty() || body.events.iter().any(event) || body.statements.iter().any(deed)
}

fn is_deed(payload: &Payload) -> bool {
    !matches!(
        payload,
        Payload::PersonGenesis(_)
            | Payload::AddDevice(_)
            | Payload::NewPersonKey(_)
            | Payload::SpaceGenesis(_)
            | Payload::Epoch(_)
            | Payload::Relays(_)
            | Payload::Cut(_)
    )
}

/// A notice as a sentence that a tired person understands.
fn sentence(kind: &str, name: &str, about: &str) -> String {
    match kind {
        "aside" => format!("Something that came from {name}'s phone could not be read and was set aside. Nothing else is affected."),
        "newer" => format!("{name}'s phone sent something that a newer version of the app wrote. It is kept, and shown after an update."),
        "new_device" => format!("{name} uses a new device. If that surprises you, ask."),
        "own_device" => {
            "A new device was added to yours. If that was not you, revoke it at once: `ithaca device list`, `ithaca device revoke`."
                .to_owned()
        }
        "renewed" => {
            "This profile was copied, set back, or stopped in the middle of sending. It goes on as a new device would; nothing is lost."
                .to_owned()
        }
        "damaged" => "The database was damaged. It was kept aside and is built again from the relay and the other phones.".to_owned(),
        "bad_approval" => "An answer to the invitation does not hold, so nobody was let in. Ask for a new invitation.".to_owned(),
        "no_mailbox" => format!("A relay would not make room for a relationship: {about}. What is written waits here."),
        "gap" => format!(
            "A record is missing: something before what came from {name}'s phone was not received ({about}). It is asked for again with every sync."
        ),
        "missing" => {
            format!("{name}'s phone knows {about} {} you have not received. They are asked for again with every sync.", records(about))
        }
        "unconfirmed" => format!(
            "What you wrote is not confirmed by {name}'s phone since {about}. It may be off, or the relay keeps something back. It is sent again every day."
        ),
        "split" => {
            format!("The relay shows you and {name} different histories. Both are kept. Meet, or send each other a file, to make them one.")
        }
        "returned" => {
            "A note was deleted for good while you had written in it. What you wrote is kept: it stands as a new note of yours.".to_owned()
        }
        "snapshot_refused" => {
            format!("A summary of what you and {name} wrote could not be used. Everything is fetched one by one, as without it.")
        }
        "snapshot_differs" => format!(
            "What was shown of you and {name} while it was being verified did not agree with what you both wrote. What you see now is what you both wrote."
        ),
        "relay_forgot" => format!("The relay at {about} forgot what it held; this phone is sending it again."),
        "relay_refused" => format!("A relay refused something: {about}."),
        _ => "Something happened that a newer version of the app can explain.".to_owned(),
    }
}

fn records(about: &str) -> &'static str {
    if about == "1" { "record that" } else { "records that" }
}
