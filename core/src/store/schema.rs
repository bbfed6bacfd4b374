//! The database's tables, as numbered migrations. A migration that has shipped is never edited; a change is a new one.
//!
//! What a person wrote stands only in columns named `sealed` (under the storage key) and in `record.bytes` (sealed for the
//! mailbox). Ids, numbers, times and order are plain, so that SQLite can search them.

use rusqlite::{Connection, TransactionBehavior};

use super::{StoreError, lanes};

/// Every migration, oldest first. `PRAGMA user_version` counts those that were run.
const MIGRATIONS: &[&str] = &[V1, V2, V3, V4, V5, V6, V7, V8, V9];

const V1: &str = "
CREATE TABLE meta (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;

-- Who may: statements as signed, under the person or space they belong to (a genesis under its own id).
CREATE TABLE statement (id BLOB PRIMARY KEY, scope BLOB NOT NULL, bytes BLOB NOT NULL) WITHOUT ROWID;
CREATE INDEX statement_scope ON statement (scope);

CREATE TABLE device (no INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, person BLOB NOT NULL);
CREATE TABLE space (no INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, kind INTEGER NOT NULL, sealed BLOB NOT NULL);
CREATE TABLE epoch (space INTEGER NOT NULL, id BLOB NOT NULL, number INTEGER NOT NULL, sealed BLOB NOT NULL, PRIMARY KEY (space, id)) WITHOUT ROWID;
CREATE TABLE mailbox (origin TEXT NOT NULL, id BLOB NOT NULL, space INTEGER NOT NULL, epoch BLOB NOT NULL, made INTEGER NOT NULL, PRIMARY KEY (origin, id)) WITHOUT ROWID;

-- A lane's two numbers: fetched (contiguous bytes, junk included) and accepted (contiguous, opened, verified). said: the last
-- accepted record that says more than what was received.
CREATE TABLE lane (
  no INTEGER PRIMARY KEY, id BLOB NOT NULL, space INTEGER NOT NULL, epoch BLOB NOT NULL, own INTEGER NOT NULL,
  opening BLOB, device INTEGER, start INTEGER NOT NULL, fetched INTEGER NOT NULL, tag BLOB NOT NULL, forks BLOB,
  accepted INTEGER NOT NULL, accepted_id BLOB, said INTEGER NOT NULL, UNIQUE (epoch, id));
-- bytes are NULL for what did not open; state: 0 not opened yet, 1 accepted, 2 junk, 3 opened but not verified, 4 waits, 5 set aside
CREATE TABLE record (lane INTEGER NOT NULL, n INTEGER NOT NULL, hash BLOB NOT NULL, state INTEGER NOT NULL, id BLOB, bytes BLOB, PRIMARY KEY (lane, n, hash)) WITHOUT ROWID;
CREATE INDEX record_open ON record (lane, n) WHERE state IN (0, 3, 4, 5);

CREATE TABLE document (
  no INTEGER PRIMARY KEY, space INTEGER NOT NULL, id BLOB NOT NULL, kind INTEGER NOT NULL, sealed BLOB, heads BLOB NOT NULL, tail INTEGER NOT NULL,
  own_lane INTEGER, own_n INTEGER, UNIQUE (space, id));
CREATE TABLE change (no INTEGER PRIMARY KEY, document INTEGER NOT NULL, hash BLOB NOT NULL, sealed BLOB NOT NULL);
CREATE INDEX change_document ON change (document, no);
CREATE TABLE event (
  no INTEGER PRIMARY KEY, space INTEGER NOT NULL, id BLOB NOT NULL, kind INTEGER NOT NULL, subject BLOB, device INTEGER NOT NULL,
  effective INTEGER NOT NULL, counts INTEGER NOT NULL, lane INTEGER, n INTEGER, sealed BLOB NOT NULL);
CREATE UNIQUE INDEX event_id ON event (id, space);
CREATE INDEX event_kind ON event (space, kind, effective);
CREATE INDEX event_subject ON event (subject) WHERE subject IS NOT NULL;

-- Written here and not sealed yet: a change, an event or a statement by its row.
-- Events whose parent has not come yet: their place in the order is computed again when it does.
CREATE TABLE orphan (parent BLOB NOT NULL, event INTEGER NOT NULL, PRIMARY KEY (parent, event)) WITHOUT ROWID;

CREATE TABLE outbox (no INTEGER PRIMARY KEY, space INTEGER NOT NULL, kind INTEGER NOT NULL, ref BLOB NOT NULL);
CREATE INDEX outbox_space ON outbox (space, no);

-- What other devices said they have accepted of our lanes and of each other's.
CREATE TABLE frontier (device INTEGER NOT NULL, lane BLOB NOT NULL, n INTEGER NOT NULL, tag BLOB NOT NULL, PRIMARY KEY (device, lane)) WITHOUT ROWID;
-- What a relay said it holds of a lane: the unbroken run from 1.
CREATE TABLE stored (origin TEXT NOT NULL, lane INTEGER NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (origin, lane)) WITHOUT ROWID;
-- What this device's own frontiers have said.
CREATE TABLE told (lane INTEGER PRIMARY KEY, n INTEGER NOT NULL);

-- What lists and screens read: one row a noun, made again whenever its document or events change.
CREATE TABLE row (space INTEGER NOT NULL, kind INTEGER NOT NULL, id BLOB NOT NULL, document INTEGER, alive INTEGER NOT NULL, sort INTEGER NOT NULL, sealed BLOB NOT NULL, PRIMARY KEY (space, kind, id)) WITHOUT ROWID;
CREATE INDEX row_sort ON row (space, kind, alive, sort);
CREATE INDEX row_document ON row (document);

CREATE TABLE journal (no INTEGER PRIMARY KEY, document INTEGER NOT NULL, sealed BLOB NOT NULL);
CREATE TABLE notice (no INTEGER PRIMARY KEY, space INTEGER, kind TEXT NOT NULL, at INTEGER NOT NULL, sealed BLOB NOT NULL, UNIQUE (space, kind, sealed));
CREATE TABLE invite (id BLOB PRIMARY KEY, role INTEGER NOT NULL, state INTEGER NOT NULL, expires INTEGER NOT NULL, sealed BLOB NOT NULL) WITHOUT ROWID;
";

const V2: &str = "
-- Changes set aside because another of their actor's has their number, and what rests on them.
CREATE TABLE aside (document INTEGER NOT NULL, hash BLOB NOT NULL, actor BLOB NOT NULL, sealed BLOB NOT NULL, PRIMARY KEY (document, hash)) WITHOUT ROWID;
CREATE INDEX aside_actor ON aside (actor);
-- Own lanes of which others confirmed less than was said: how much, since when (ms), and when it was last pushed again.
CREATE TABLE unmoved (lane INTEGER PRIMARY KEY, n INTEGER NOT NULL, since INTEGER NOT NULL, again INTEGER NOT NULL);
CREATE INDEX frontier_lane ON frontier (lane);
-- Changes of records past a cut. They do not count, but for those (counted) on which a change that counts rests.
CREATE TABLE past (space INTEGER NOT NULL, document BLOB NOT NULL, hash BLOB NOT NULL, counted INTEGER NOT NULL, sealed BLOB NOT NULL, PRIMARY KEY (space, document, hash)) WITHOUT ROWID;
-- Lanes that frontiers in a space name and of which nothing was held then.
CREATE TABLE named (lane BLOB NOT NULL, space INTEGER NOT NULL, PRIMARY KEY (lane, space)) WITHOUT ROWID;
";

const V3: &str = "
-- 0: stands; 1: deleted for good, and what the tombstones know of it has not all come; 2: deleted for good, nothing of it is kept here.
ALTER TABLE document ADD COLUMN erased INTEGER NOT NULL DEFAULT 0;
";

const V4: &str = "
-- A snapshot that is shown until its records are here. What it holds stands in document, change, event and row under the space's number made negative, and
-- nothing that is built from records reads it. lane and n: where the record that names it stands.
CREATE TABLE snapshot (space INTEGER PRIMARY KEY, epoch BLOB NOT NULL, lane BLOB NOT NULL, n INTEGER NOT NULL);
-- How far each lane is covered, by the snapshot and by later records that were read beside it.
CREATE TABLE snapshot_lane (
  space INTEGER NOT NULL, epoch BLOB NOT NULL, lane BLOB NOT NULL, opening BLOB NOT NULL, n INTEGER NOT NULL, last BLOB NOT NULL, tag BLOB NOT NULL,
  PRIMARY KEY (space, epoch, lane)) WITHOUT ROWID;
";

const V5: &str = "
-- What a home asks for without reading every row: what is still to come or to be done, and where people differ. Rows written before count as both.
ALTER TABLE row ADD COLUMN open INTEGER NOT NULL DEFAULT 1;
ALTER TABLE row ADD COLUMN differs INTEGER NOT NULL DEFAULT 1;
CREATE INDEX row_open ON row (space, kind) WHERE alive AND open;
CREATE INDEX row_differs ON row (space) WHERE alive AND differs;
";

const V6: &str = "
-- What the writer of a lane (device) said again in another: numbers first to last of it. told: 0 while an own such line has not gone out.
CREATE TABLE again (lane BLOB NOT NULL, device INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, told INTEGER NOT NULL, PRIMARY KEY (lane, device, first)) WITHOUT ROWID;
CREATE INDEX again_told ON again (told) WHERE told = 0;
-- 1: the relay holds other bytes than this device under some number; nothing is pushed by number until lists of both were compared.
ALTER TABLE stored ADD COLUMN differs INTEGER NOT NULL DEFAULT 0;
";

const V7: &str = "
-- Of everything held in the lane, see `ithaca_wire::vector::Sum`, instead of the hash of its last record and of what is held beside others. [`migrate`] computes it.
ALTER TABLE lane ADD COLUMN sum BLOB NOT NULL DEFAULT x'0000000000000000000000000000000000000000000000000000000000000000';
ALTER TABLE lane ADD COLUMN forked INTEGER NOT NULL DEFAULT 0;
UPDATE lane SET forked = forks IS NOT NULL;
ALTER TABLE lane DROP COLUMN tag;
ALTER TABLE lane DROP COLUMN forks;
ALTER TABLE snapshot_lane ADD COLUMN sum BLOB NOT NULL DEFAULT x'0000000000000000000000000000000000000000000000000000000000000000';
ALTER TABLE snapshot_lane DROP COLUMN tag;
ALTER TABLE stored DROP COLUMN differs;
";

const V8: &str = "
-- The last record of each device of this person that carries a change of a document, sealed here (own) or come in: how far it came is shown. Of this device
-- itself both can be: it has a copy, or an earlier life.
CREATE TABLE carried (
  document INTEGER NOT NULL, device INTEGER NOT NULL, own INTEGER NOT NULL, lane INTEGER NOT NULL, n INTEGER NOT NULL,
  PRIMARY KEY (document, device, own)) WITHOUT ROWID;
INSERT INTO carried SELECT d.no, COALESCE(l.device, 0), 1, l.no, d.own_n FROM document d JOIN lane l ON l.no = d.own_lane WHERE d.own_n IS NOT NULL;
ALTER TABLE document DROP COLUMN own_lane;
ALTER TABLE document DROP COLUMN own_n;
";

const V9: &str = "
-- The message that an edit, a withdrawal or a reaction (kinds 2 to 4) names, so that a page of messages reads what was said about it and no more. Empty: it was
-- kept before this column was, and only its sealed bytes know; whoever asks about any message reads those too.
ALTER TABLE event ADD COLUMN target BLOB;
UPDATE event SET target = x'' WHERE kind IN (2, 3, 4);
CREATE INDEX event_target ON event (space, target) WHERE target IS NOT NULL;
-- What a state code is over, in its order and without reading the events: all that counts but receipts (5) and own facts (32).
CREATE INDEX event_coded ON event (space, id) WHERE counts AND kind NOT IN (5, 32);
";

/// How many migrations the database has seen; 0 for a new one.
///
/// # Errors
/// [`StoreError::Newer`] for a database of a later version.
pub(super) fn version(db: &Connection) -> Result<usize, StoreError> {
    let have: i64 = db.query_row("PRAGMA user_version", [], |r| r.get(0))?;
    let have = usize::try_from(have).unwrap_or(usize::MAX);
    if have > MIGRATIONS.len() { Err(StoreError::Newer { have, know: MIGRATIONS.len() }) } else { Ok(have) }
}

/// Computes the sum of every lane.
fn sum_up(db: &Connection) -> Result<(), StoreError> {
    let mut lanes = db.prepare("SELECT no FROM lane")?;
    let lanes: Vec<i64> = lanes.query_map([], |r| r.get(0))?.collect::<Result<_, _>>()?;
    for lane in lanes {
        let sum = lanes::sum_to(db, lane, i64::MAX as u64)?;
        db.execute("UPDATE lane SET sum = ? WHERE no = ?", rusqlite::params![sum.to_bytes(), lane])?;
    }
    Ok(())
}

/// Brings the database to this version's tables; writes nothing if it has them.
///
/// # Errors
/// See [`version`].
pub(super) fn migrate(db: &mut Connection) -> Result<(), StoreError> {
    if version(db)? == MIGRATIONS.len() {
        return Ok(());
    }
    // Asked again: another process may have been here meanwhile.
    let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let have = version(&tx)?;
    for sql in MIGRATIONS.iter().skip(have) {
        tx.execute_batch(sql)?;
    }
    if (1..7).contains(&have) {
        sum_up(&tx)?;
    }
    tx.pragma_update(None, "user_version", MIGRATIONS.len() as i64)?;
    tx.commit()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that fails says so by panicking")]

    use ithaca_wire::id::RecordHash;
    use ithaca_wire::vector::Sum;
    use rusqlite::params;

    use super::*;

    /// Sums are computed where a lane has a tag of its last record only, and the rest of it stays. Which message an event names is not known.
    #[test]
    fn a_database_of_the_sixth_version_is_brought_up_to_date() {
        let mut db = Connection::open_in_memory().unwrap();
        for sql in [V1, V2, V3, V4, V5, V6] {
            db.execute_batch(sql).unwrap();
        }
        db.pragma_update(None, "user_version", 6).unwrap();
        db.execute("INSERT INTO document (no, space, id, kind, heads, tail, own_lane, own_n) VALUES (5, 1, x'03', 4, x'', 0, 1, 2)", [])
            .unwrap();
        let lane = "INSERT INTO lane (no, id, space, epoch, own, start, fetched, tag, forks, accepted, said) VALUES (?, ?, 1, x'02', 1, 1, 2, x'07', ?, 2, 1)";
        db.execute(lane, params![1, [1u8], Some([6u8])]).unwrap();
        db.execute(lane, params![2, [2u8], None::<[u8; 1]>]).unwrap();
        let held = [(1, 4), (2, 9), (2, 5)].map(|(n, hash)| (n, RecordHash([hash; 32])));
        for (n, hash) in &held {
            db.execute("INSERT INTO record (lane, n, hash, state) VALUES (1, ?, ?, 1)", params![*n as i64, hash.0]).unwrap();
        }
        for kind in 1u8..=5 {
            let event = "INSERT INTO event (space, id, kind, device, effective, counts, sealed) VALUES (1, ?, ?, 1, 1, 1, x'')";
            db.execute(event, params![[kind], kind]).unwrap();
        }
        migrate(&mut db).unwrap();
        let unknown = "SELECT COUNT(*) FROM event WHERE target = x'' AND kind IN (2, 3, 4) OR target IS NULL AND kind IN (1, 5)";
        assert_eq!(db.query_row(unknown, [], |r| r.get::<_, i64>(0)).unwrap(), 5);
        assert_eq!(version(&db).unwrap(), MIGRATIONS.len());
        let read = |no: i64| {
            let sql = "SELECT sum, forked, fetched, accepted, said FROM lane WHERE no = ?";
            db.query_row(sql, [no], |r| Ok((r.get::<_, [u8; 32]>(0)?, r.get(1)?, [r.get(2)?, r.get(3)?, r.get::<_, i64>(4)?]))).unwrap()
        };
        assert_eq!(read(1), (Sum::of(held).to_bytes(), true, [2, 2, 1]));
        assert_eq!(read(2), ([0; 32], false, [2, 2, 1]));
        let carried = |r: &rusqlite::Row<'_>| Ok([r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?, r.get::<_, i64>(4)?]);
        assert_eq!(db.query_row("SELECT document, device, own, lane, n FROM carried", [], carried).unwrap(), [5, 0, 1, 1, 2]);
    }
}
