//! Events: what one person stated once, each a row. Their bytes are compressed with the shipped dictionary before they are sealed: a
//! message is most of what ten years weigh.

use rusqlite::{OptionalExtension, Row, params};

use super::{Db, StoreError};
use crate::event::{HeldEvent, SPACE_SUBJECT};
use crate::id::EventId;
use crate::record::body::{compress_at_rest, inflate};

/// An event as it is kept.
#[derive(Debug, Clone)]
pub struct EventRow {
    /// Row number.
    pub no: i64,
    /// Its id.
    pub id: EventId,
    /// Its kind's wire code.
    pub kind: u16,
    /// What it is about, if anything.
    pub subject: Option<[u8; 16]>,
    /// The message that an edit, a withdrawal or a reaction names.
    pub target: Option<EventId>,
    /// Row number of the author's device.
    pub device: i64,
    /// Effective clock, see PROTOCOL §4.
    pub effective: u64,
    /// Whether it counts: not past a cut.
    pub counts: bool,
    /// Of a device of this person, and sealed: lane (row number) and number of its record.
    pub own: Option<(i64, u64)>,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl EventRow {
    /// The row of an event that has no number yet.
    pub fn placed(event: &HeldEvent, device: i64, counts: bool, own: Option<(i64, u64)>) -> Self {
        Self {
            no: 0,
            id: event.id,
            kind: event.event.kind(),
            subject: (event.event.subject != SPACE_SUBJECT).then_some(event.event.subject),
            target: event.event.payload.target(),
            device,
            effective: event.effective,
            counts,
            own,
            bytes: event.bytes.clone(),
        }
    }
}

const EVENT: &str = "no, id, kind, subject, device, effective, counts, lane, n, sealed, target";

impl Db<'_> {
    fn event_row(&self, r: &Row<'_>) -> rusqlite::Result<(EventRow, Vec<u8>)> {
        let own: (Option<i64>, Option<i64>) = (r.get(7)?, r.get(8)?);
        Ok((
            EventRow {
                no: r.get(0)?,
                id: EventId(r.get(1)?),
                kind: r.get(2)?,
                subject: r.get(3)?,
                target: r.get::<_, Option<Vec<u8>>>(10)?.and_then(|id| EventId::from_slice(&id)),
                device: r.get(4)?,
                effective: r.get::<_, i64>(5)? as u64,
                counts: r.get(6)?,
                own: own.0.zip(own.1.map(|n| n as u64)),
                bytes: Vec::new(),
            },
            r.get(9)?,
        ))
    }

    fn events_where(&self, condition: &str, args: &[&dyn rusqlite::ToSql]) -> Result<Vec<EventRow>, StoreError> {
        self.events_in("event", condition, args)
    }

    fn events_in(&self, table: &str, condition: &str, args: &[&dyn rusqlite::ToSql]) -> Result<Vec<EventRow>, StoreError> {
        let mut q = self.c.prepare_cached(&format!("SELECT {EVENT} FROM {table} WHERE {condition}"))?;
        let rows = q.query_map(args, |r| self.event_row(r))?.collect::<Result<Vec<_>, _>>()?;
        rows.into_iter()
            .map(|(row, sealed)| {
                let plain =
                    self.sealer.key.open_with(&self.event_nonce(&row.id), super::context("event", &row.id.0).as_slice(), &sealed).map_err(
                        |_| {
                            self.sealer.damaged.set(true);
                            StoreError::DoesNotOpen
                        },
                    )?;
                Ok(EventRow { bytes: inflate(&plain).ok_or(StoreError::Shape("event"))?, ..row })
            })
            .collect()
    }

    /// The id is a hash of the event and a row is never written twice in one database, so this nonce meets one plaintext. (Another version of zstd
    /// may compress the same event to other bytes: whoever ever rewrites rows draws nonces for them.)
    fn event_nonce(&self, id: &EventId) -> [u8; 24] {
        let mut nonce = [0; 24];
        nonce[..16].copy_from_slice(&id.0);
        nonce[16..].copy_from_slice(&self.sealer.event_nonce.get());
        nonce
    }

    /// Keeps an event; its row number, or `None` if it was held.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn put_event(&self, space: i64, row: &EventRow) -> Result<Option<i64>, StoreError> {
        let sealed =
            self.sealer.key.seal_with(&self.event_nonce(&row.id), &super::context("event", &row.id.0), &compress_at_rest(&row.bytes));
        let n = self
            .c
            .prepare_cached(
                "INSERT OR IGNORE INTO event (space, id, kind, subject, device, effective, counts, lane, n, sealed, target)
                 VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            )?
            .execute(params![
                space,
                row.id.0,
                row.kind,
                row.subject,
                row.device,
                row.effective as i64,
                row.counts,
                row.own.map(|o| o.0),
                row.own.map(|o| o.1 as i64),
                sealed,
                row.target.map(|t| t.0),
            ])?;
        Ok((n == 1).then(|| self.c.last_insert_rowid()))
    }

    /// One event of a space.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn event(&self, space: i64, id: &EventId) -> Result<Option<EventRow>, StoreError> {
        Ok(self.events_where("id = ?1 AND space = ?2", &[&id.0, &space])?.pop())
    }

    /// One event by its row number.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn event_no(&self, no: i64) -> Result<Option<EventRow>, StoreError> {
        Ok(self.events_where("no = ?1", &[&no])?.pop())
    }

    /// Events of a space about one thing, in order.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn events_about(&self, space: i64, subject: &[u8; 16]) -> Result<Vec<EventRow>, StoreError> {
        // Left to itself SQLite reads every event of the space, by the index of kinds.
        self.events_in("event INDEXED BY event_subject", "subject = ?1 AND space = ?2 ORDER BY effective, id", &[subject, &space])
    }

    /// Events of one kind in a space, in order.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn events_of_kind(&self, space: i64, kind: u16) -> Result<Vec<EventRow>, StoreError> {
        self.events_where("space = ?1 AND kind = ?2 ORDER BY effective, id", &[&space, &kind])
    }

    /// Counting events of one kind in a space whose effective clock is `from` or more, in order.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn events_since(&self, space: i64, kind: u16, from: u64) -> Result<Vec<EventRow>, StoreError> {
        let from = i64::try_from(from).unwrap_or(i64::MAX);
        self.events_where("space = ?1 AND kind = ?2 AND effective >= ?3 AND counts ORDER BY effective, id", &[&space, &kind, &from])
    }

    /// The last `limit` events of one kind whose effective clock lies below `before`, newest first.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn last_events(&self, space: i64, kind: u16, before: u64, limit: usize) -> Result<Vec<EventRow>, StoreError> {
        let before = i64::try_from(before).unwrap_or(i64::MAX);
        self.events_where(
            "space = ?1 AND kind = ?2 AND effective < ?3 AND counts ORDER BY effective DESC, id DESC LIMIT ?4",
            &[&space, &kind, &before, &(limit as i64)],
        )
    }

    /// Counting edits, withdrawals and reactions in a space that name a message whose effective clock is `from` or more and below `before`, in order; and those
    /// kept by a version that did not note what they name. The messages stand under the number `said`: another one where a snapshot is shown.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn events_on_messages(&self, space: i64, said: i64, from: u64, before: u64) -> Result<Vec<EventRow>, StoreError> {
        let [from, before] = [from, before].map(|clock| i64::try_from(clock).unwrap_or(i64::MAX));
        self.events_in(
            "event INDEXED BY event_target",
            "space = ?1 AND counts AND target IN (SELECT x'' UNION ALL SELECT id FROM event \
             WHERE space = ?2 AND kind = 1 AND effective >= ?3 AND effective < ?4) ORDER BY effective, id",
            &[&space, &said, &from, &before],
        )
    }

    /// Every event of a space, in order.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn events(&self, space: i64) -> Result<Vec<EventRow>, StoreError> {
        self.events_where("space = ?1 ORDER BY effective, id", &[&space])
    }

    /// Ids of the counting events that a state code is over, sorted: of every kind but receipts and own facts.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn coded_event_ids(&self, space: i64) -> Result<Vec<EventId>, StoreError> {
        const CODED: &str = "SELECT id FROM event INDEXED BY event_coded WHERE space = ? AND counts AND kind NOT IN (5, 32) ORDER BY id";
        let mut q = self.c.prepare_cached(CODED)?;
        Ok(q.query_map([space], |r| r.get(0).map(EventId))?.collect::<Result<_, _>>()?)
    }

    /// The greatest effective clock of any event. Looks at the last of each kind of each space and not at the events between them.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn greatest_clock(&self) -> Result<u64, StoreError> {
        let number = |sql: &str, args: &[&dyn rusqlite::ToSql]| -> Result<Option<i64>, StoreError> {
            Ok(self.c.prepare_cached(sql)?.query_row(args, |r| r.get(0))?)
        };
        let (mut space, mut greatest) = (i64::MIN, 0);
        while let Some(next) = number("SELECT MIN(space) FROM event WHERE space > ?", &[&space])? {
            space = next;
            let mut kind = i64::MIN;
            while let Some(next) = number("SELECT MIN(kind) FROM event WHERE space = ? AND kind > ?", &[&space, &kind])? {
                kind = next;
                let last = number("SELECT MAX(effective) FROM event WHERE space = ? AND kind = ?", &[&space, &kind])?;
                greatest = greatest.max(last.unwrap_or(0));
            }
        }
        Ok(greatest as u64)
    }

    /// The effective clock of an event, without opening it.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn effective(&self, space: i64, id: &EventId) -> Result<Option<u64>, StoreError> {
        let mut q = self.c.prepare_cached("SELECT effective FROM event WHERE id = ? AND space = ?")?;
        Ok(q.query_row(params![id.0, space], |r| r.get::<_, i64>(0)).optional()?.map(|n| n as u64))
    }

    /// Corrects an effective clock once a parent that had been missing is there.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn set_effective(&self, no: i64, effective: u64) -> Result<(), StoreError> {
        self.c.prepare_cached("UPDATE event SET effective = ? WHERE no = ?")?.execute(params![effective as i64, no])?;
        Ok(())
    }

    /// Remembers that an event names a parent that is not held.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn add_orphan(&self, parent: &EventId, event: i64) -> Result<(), StoreError> {
        self.c.prepare_cached("INSERT OR IGNORE INTO orphan (parent, event) VALUES (?, ?)")?.execute(params![parent.0, event])?;
        Ok(())
    }

    /// The events that waited for a parent, which has come now.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn take_orphans(&self, parent: &EventId) -> Result<Vec<i64>, StoreError> {
        // Almost always there is none, and looking costs a fraction of deleting.
        if !self.c.prepare_cached("SELECT EXISTS (SELECT 1 FROM orphan WHERE parent = ?)")?.query_row([parent.0], |r| r.get(0))? {
            return Ok(Vec::new());
        }
        let mut q = self.c.prepare_cached("DELETE FROM orphan WHERE parent = ? RETURNING event")?;
        Ok(q.query_map([parent.0], |r| r.get(0))?.collect::<Result<_, _>>()?)
    }

    /// Whether an event counts.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn set_event_counts(&self, no: i64, counts: bool) -> Result<(), StoreError> {
        self.c.prepare_cached("UPDATE event SET counts = ? WHERE no = ?")?.execute(params![counts, no])?;
        Ok(())
    }

    /// The record that carries an own event.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn set_event_sealed(&self, no: i64, lane: i64, n: u64) -> Result<(), StoreError> {
        self.c.prepare_cached("UPDATE event SET lane = ?, n = ? WHERE no = ?")?.execute(params![lane, n as i64, no])?;
        Ok(())
    }
}
