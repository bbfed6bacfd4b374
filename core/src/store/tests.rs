//! Tests of the store: what goes in comes out, sealed values open in their own row alone, and an act that fails leaves nothing.

use std::fs;
use std::path::PathBuf;

use ithaca_wire::id::RecordHash;
use ithaca_wire::vector::{Entry, Sum};
use ithaca_wire::{LaneId, MailboxId};
use tempfile::TempDir;

use super::*;
use crate::event::own;
use crate::id::{DeviceId, DocumentId, EpochId, EventId, PersonId, RecordId, SpaceId, StatementId};
use crate::identity::entropy::SeededEntropy;

const ORIGIN: &str = "https://relay.example";
/// What no file of the folder may show.
const CANARY: &[u8] = b"penelope-weaves-and-unweaves";

fn root() -> Secret {
    Secret::new([9; 32])
}

fn file(dir: &TempDir) -> PathBuf {
    dir.path().join("ithaca.db")
}

fn try_open(dir: &TempDir, root: &Secret) -> Result<Store, StoreError> {
    Store::open(&file(dir), root, &mut SeededEntropy::new(1), &StoreOptions { relaxed: true })
}

fn opened() -> (TempDir, Store) {
    let dir = tempfile::tempdir().unwrap();
    let store = try_open(&dir, &root()).unwrap();
    (dir, store)
}

/// An own space of a device; its row number.
fn space(db: &Db<'_>) -> i64 {
    db.put_space(&SpaceId([1; 32]), SpaceKind::Pair, b"local").unwrap()
}

fn event(n: u8, bytes: &[u8]) -> EventRow {
    EventRow {
        no: 0,
        id: EventId([n; 16]),
        kind: 1,
        subject: n.is_multiple_of(2).then_some([7; 16]),
        target: None,
        device: 1,
        effective: 100 + u64::from(n),
        counts: true,
        own: None,
        bytes: bytes.to_vec(),
    }
}

fn row(n: u8, view: &[u8]) -> RowRecord {
    RowRecord { kind: 3, id: [n; 16], document: None, alive: true, sort: i64::from(n), open: false, differs: false, view: view.to_vec() }
}

fn lane(space: i64) -> LaneRow {
    LaneRow {
        no: 0,
        id: LaneId([4; 16]),
        space,
        epoch: EpochId([2; 32]),
        own: true,
        opening: None,
        device: None,
        start: 1,
        fetched: 0,
        sum: Sum::default(),
        forked: false,
        accepted: 0,
        accepted_id: None,
        said: 0,
    }
}

fn record(n: u64, hash: u8) -> RecordRow {
    RecordRow { n, hash: RecordHash([hash; 32]), state: RecordState::Fetched, id: None, bytes: Some(vec![hash; 10]) }
}

/// Every file of the folder.
fn files(dir: &TempDir) -> Vec<(String, Vec<u8>)> {
    let mut out: Vec<_> = fs::read_dir(dir.path())
        .unwrap()
        .map(|e| e.unwrap().path())
        .map(|p| (p.file_name().unwrap().to_string_lossy().into_owned(), fs::read(&p).unwrap()))
        .collect();
    out.sort();
    out
}

/// The database and its log. What processes share (`-shm`) is made anew by whoever opens first, and an empty log says nothing.
fn bytes(dir: &TempDir) -> Vec<(String, Vec<u8>)> {
    files(dir).into_iter().filter(|(name, bytes)| !name.ends_with("-shm") && !bytes.is_empty()).collect()
}

#[test]
fn statements_devices_and_values_by_name_come_back() {
    let (_dir, store) = opened();
    let db = store.read();
    let (a, b) = (StatementId([1; 32]), StatementId([2; 32]));
    assert!(db.put_statement(&b, &[5; 32], b"two").unwrap());
    assert!(db.put_statement(&a, &[5; 32], b"one").unwrap());
    assert!(!db.put_statement(&a, &[5; 32], b"again").unwrap(), "a statement held is held once");
    assert!(db.put_statement(&StatementId([3; 32]), &[6; 32], b"three").unwrap());
    assert_eq!(db.statements(&[5; 32]).unwrap(), [b"one".to_vec(), b"two".to_vec()]);
    assert_eq!((db.statement(&a).unwrap(), db.statement(&StatementId([9; 32])).unwrap()), (Some(b"one".to_vec()), None));
    let mut scopes = db.scopes().unwrap();
    scopes.sort();
    assert_eq!(scopes, [[5; 32], [6; 32]]);

    let (device, person) = (DeviceId([1; 32]), PersonId([2; 32]));
    let no = db.device_no(&device, &person).unwrap();
    assert_eq!(db.device_no(&device, &person).unwrap(), no);
    assert_ne!(db.device_no(&DeviceId([3; 32]), &person).unwrap(), no);
    assert_eq!(db.devices().unwrap().first(), Some(&(no, device, person)));

    assert_eq!(db.meta("clock").unwrap(), None);
    db.set_meta("clock", b"1").unwrap();
    db.set_meta("clock", b"2").unwrap();
    assert_eq!(db.meta("clock").unwrap(), Some(b"2".to_vec()));
    db.drop_meta("clock").unwrap();
    assert_eq!(db.meta("clock").unwrap(), None);
}

#[test]
fn spaces_epochs_and_mailboxes_come_back() {
    let (_dir, store) = opened();
    let db = store.read();
    let no = space(&db);
    for kind in [SpaceKind::Personal, SpaceKind::Archive, SpaceKind::Pair] {
        assert_eq!(db.put_space(&SpaceId([1; 32]), kind, b"changed").unwrap(), no, "a space keeps its row number");
        let all = db.spaces().unwrap();
        assert_eq!(
            (all.len(), all[0].no, all[0].id, all[0].kind, all[0].local.as_slice()),
            (1, no, SpaceId([1; 32]), kind, b"changed".as_slice())
        );
    }
    db.put_epoch(no, &EpochId([2; 32]), 2, &Secret::new([5; 32])).unwrap();
    db.put_epoch(no, &EpochId([3; 32]), 1, &Secret::new([6; 32])).unwrap();
    db.put_epoch(no, &EpochId([3; 32]), 1, &Secret::new([7; 32])).unwrap();
    let epochs: Vec<_> = db.epochs(no).unwrap().into_iter().map(|(id, n, s)| (id, n, *s.expose())).collect();
    assert_eq!(epochs, [(EpochId([3; 32]), 1, [6; 32]), (EpochId([2; 32]), 2, [5; 32])]);
    let mailbox = MailboxId([8; 16]);
    db.put_mailbox(ORIGIN, &mailbox, no, &EpochId([2; 32])).unwrap();
    db.set_mailbox_made(ORIGIN, &mailbox, true).unwrap();
    db.put_mailbox(ORIGIN, &mailbox, no, &EpochId([2; 32])).unwrap();
    let all = db.mailboxes().unwrap();
    assert_eq!(
        (all.len(), all[0].origin.as_str(), all[0].id, all[0].space, all[0].epoch, all[0].made),
        (1, ORIGIN, mailbox, no, EpochId([2; 32]), true)
    );
}

#[test]
fn lanes_records_and_frontiers_come_back() {
    let (_dir, store) = opened();
    let db = store.read();
    let space = space(&db);
    let mut one = lane(space);
    assert_eq!(one.entry(), None);
    one.no = db.add_lane(&one).unwrap();
    (one.opening, one.device, one.start, one.fetched) = (Some(vec![1; 169]), Some(3), 2, 9);
    (one.sum, one.forked, one.accepted, one.accepted_id) = (Sum::from_bytes([7; 32]), true, 8, Some(RecordId([5; 32])));
    db.update_lane(&one).unwrap();
    assert_eq!(one.entry(), Some(Entry { from: 2, n: 9, tag: Sum::from_bytes([7; 32]).tag() }));
    for (said, held) in [(4, 4), (3, 4)] {
        db.raise_said(one.no, said).unwrap();
        one.said = held;
    }
    let shown = |l: &LaneRow| format!("{l:?}");
    assert_eq!(db.lane(&one.epoch, &one.id).unwrap().map(|l| shown(&l)), Some(shown(&one)));
    assert_eq!(db.lanes(&one.epoch).unwrap().iter().map(shown).collect::<Vec<_>>(), [shown(&one)]);
    assert_eq!(db.lanes_of_space(space).unwrap().len(), 1);
    assert!(db.lane(&EpochId([0; 32]), &one.id).unwrap().is_none() && db.lanes(&EpochId([0; 32])).unwrap().is_empty());
    assert!(db.add_lane(&one).is_err(), "one lane of an epoch is one row");

    for r in [record(1, 1), record(2, 9), record(2, 4), record(3, 3)] {
        assert!(db.put_record(one.no, &r).unwrap());
        assert!(!db.put_record(one.no, &r).unwrap(), "the same bytes are held once");
    }
    let hashes = |rows: Vec<RecordRow>| rows.iter().map(|r| (r.n, r.hash.0[0])).collect::<Vec<_>>();
    assert_eq!(hashes(db.versions(one.no, 2).unwrap()), [(2, 4), (2, 9)]);
    assert_eq!(hashes(db.records_from(one.no, 2, 2).unwrap()), [(2, 4), (2, 9)]);
    assert_eq!(db.hashes(one.no).unwrap().len(), 4);
    assert_eq!(db.sum_to(one.no, 2).unwrap(), Sum::of([(1, RecordHash([1; 32])), (2, RecordHash([4; 32])), (2, RecordHash([9; 32]))]));
    assert_eq!(db.sum_to(one.no, 9).unwrap(), Sum::of(db.hashes(one.no).unwrap()));
    for state in [RecordState::Accepted, RecordState::Unverified, RecordState::Waiting, RecordState::Aside, RecordState::Junk] {
        db.set_record_state(one.no, 3, &RecordHash([3; 32]), state, Some(RecordId([8; 32]))).unwrap();
        let found = db.records_in_state(one.no, state).unwrap();
        assert_eq!((hashes(found.clone()), found[0].id, found[0].state), (vec![(3, 3)], Some(RecordId([8; 32])), state));
        let chained = [RecordState::Accepted, RecordState::Waiting, RecordState::Aside].contains(&state);
        assert_eq!(state.is_chained(), chained);
        assert_eq!(db.chained(one.no, 3).unwrap(), if chained { vec![RecordId([8; 32])] } else { vec![] });
        assert_eq!(found[0].bytes.is_none(), state == RecordState::Junk, "junk alone lets its bytes go");
    }

    assert_eq!(db.stored(ORIGIN, one.no).unwrap(), 0);
    db.set_stored(ORIGIN, one.no, 5).unwrap();
    db.set_stored(ORIGIN, one.no, 4).unwrap();
    assert_eq!((db.stored(ORIGIN, one.no).unwrap(), db.stored("https://two.example", one.no).unwrap()), (4, 0));
    for (n, raised) in [(5, true), (5, false), (3, false)] {
        assert_eq!(db.raise_frontier(2, &one.id, n, &[n as u8; 8]).unwrap(), raised);
    }
    db.raise_frontier(3, &one.id, 1, &[1; 8]).unwrap();
    assert_eq!(db.frontiers(&one.id).unwrap(), [(2, 5), (3, 1)], "a frontier only rises");
    assert_eq!(db.told(one.no).unwrap(), 0);
    db.set_told(one.no, 7).unwrap();
    assert_eq!(db.told(one.no).unwrap(), 7);
    assert_eq!(db.frontier_lines(&one.id).unwrap(), [(2, 5, [5; 8]), (3, 1, [1; 8])]);
    assert_eq!(db.unmoved(one.no).unwrap(), None);
    for at in [(7, 10, 11), (8, 12, 13)] {
        db.set_unmoved(one.no, at.0, at.1, at.2).unwrap();
        assert_eq!(db.unmoved(one.no).unwrap(), Some(at));
    }
    db.drop_unmoved(one.no).unwrap();
    assert_eq!(db.unmoved(one.no).unwrap(), None);
    let nowhere = LaneId([5; 16]);
    for lane in [&nowhere, &one.id, &nowhere] {
        db.name_lane(space, lane).unwrap();
    }
    assert_eq!(
        (db.named_lanes(space).unwrap(), db.named_lanes(space + 1).unwrap()),
        (vec![nowhere], vec![]),
        "of what is held nothing is noted"
    );
}

#[test]
fn a_lane_is_listed_from_its_end_down_by_whole_numbers() {
    let (_dir, store) = opened();
    let db = store.read();
    let lane = db.add_lane(&lane(space(&db))).unwrap();
    assert_eq!(db.hashes_down(lane, 9, 5).unwrap(), (vec![], 1));
    for r in [record(1, 1), record(2, 9), record(2, 4), record(3, 3), record(5, 6)] {
        db.put_record(lane, &r).unwrap();
    }
    for (last, limit, held, first) in [
        (9, 9, vec![(1, 1), (2, 4), (2, 9), (3, 3), (5, 6)], 1),
        (9, 5, vec![(1, 1), (2, 4), (2, 9), (3, 3), (5, 6)], 1),
        (9, 4, vec![(2, 4), (2, 9), (3, 3), (5, 6)], 2),
        // Of number 2 not everything would fit.
        (9, 3, vec![(3, 3), (5, 6)], 3),
        (9, 1, vec![(5, 6)], 4),
        (3, 1, vec![(3, 3)], 3),
        // One number is never told in part.
        (2, 1, vec![(2, 4), (2, 9)], 2),
        (1, 1, vec![(1, 1)], 1),
    ] {
        let (found, from) = db.hashes_down(lane, last, limit).unwrap();
        let found: Vec<(u64, u8)> = found.into_iter().map(|(n, hash)| (n, hash.0[0])).collect();
        assert_eq!((found, from), (held, first), "{limit} up to {last}");
    }
}

#[test]
fn documents_changes_and_the_journal_come_back() {
    let (_dir, store) = opened();
    let db = store.read();
    let space = space(&db);
    let id = DocumentId([6; 16]);
    assert!(db.document(space, &id).unwrap().is_none());
    let no = db.add_document(space, &id, 4).unwrap();
    assert_eq!(db.saved(no).unwrap(), None);
    let first = db.add_change(no, &[1; 32], b"one").unwrap();
    db.add_change(no, &[2; 32], b"two").unwrap();
    db.set_heads(no, &[2; 32], 2).unwrap();
    let by = |device, own, lane, n| CarriedRow { device, own, lane, n };
    for by in [by(1, true, 3, 12), by(1, true, 3, 11), by(1, false, 6, 1), by(2, false, 4, 9), by(2, false, 5, 1)] {
        db.set_carried(no, &by).unwrap();
    }
    assert_eq!(db.carried(no).unwrap(), [by(1, false, 6, 1), by(1, true, 3, 12), by(2, false, 5, 1)]);
    let d = db.document(space, &id).unwrap().unwrap();
    assert_eq!((d.no, d.space, d.id, d.kind, d.heads, d.tail), (no, space, id, 4, vec![2; 32], 2));
    assert_eq!(db.documents(space).unwrap().len(), 1);
    let tail: Vec<_> = db.tail(no).unwrap().into_iter().map(|c| (c.hash, c.bytes)).collect();
    assert_eq!(tail, [([1; 32], b"one".to_vec()), ([2; 32], b"two".to_vec())]);
    assert_eq!((db.change(first).unwrap(), db.change(99).unwrap()), (Some((no, b"one".to_vec())), None));
    db.add_journal(no, b"typ").unwrap();
    db.add_journal(no, b"ed").unwrap();
    assert_eq!(db.journal().unwrap(), [(no, b"typ".to_vec()), (no, b"ed".to_vec())]);
    db.clear_journal(no).unwrap();
    assert_eq!(db.journal().unwrap(), []);
}

#[test]
fn saving_a_document_keeps_the_changes_that_were_not_sent() {
    let (_dir, store) = opened();
    let db = store.read();
    let space = space(&db);
    let no = db.add_document(space, &DocumentId([6; 16]), 4).unwrap();
    let other = db.add_document(space, &DocumentId([7; 16]), 4).unwrap();
    let sent = db.add_change(no, &[1; 32], b"sent").unwrap();
    let waits = db.add_change(no, &[2; 32], b"waits").unwrap();
    let elsewhere = db.add_change(other, &[3; 32], b"elsewhere").unwrap();
    db.put_out(space, Outgoing::Change(waits)).unwrap();
    // An event of the same row number keeps no change.
    db.put_out(space, Outgoing::Event(sent)).unwrap();
    db.save_document(no, b"saved").unwrap();
    assert_eq!(db.saved(no).unwrap(), Some(b"saved".to_vec()));
    assert_eq!(db.tail(no).unwrap().iter().map(|c| c.no).collect::<Vec<_>>(), [waits], "a change nobody else has is gone");
    assert_eq!(db.document(space, &DocumentId([6; 16])).unwrap().unwrap().tail, 1);
    assert!(db.change(elsewhere).unwrap().is_some());
    db.put_rows(space, Some(no), &[row(1, b"view")]).unwrap();
    db.clear_documents(space).unwrap();
    assert_eq!(db.tail(no).unwrap().iter().map(|c| c.no).collect::<Vec<_>>(), [waits], "building again loses what was not sent");
    let tails: Vec<_> = db.documents(space).unwrap().iter().map(|d| d.tail).collect();
    assert_eq!((db.saved(no).unwrap(), db.all_rows(space).unwrap().len(), tails), (None, 0, vec![1, 0]));
}

#[test]
fn events_come_back_in_order_and_by_what_they_are_about() {
    let (_dir, store) = opened();
    let db = store.read();
    let space = space(&db);
    let nos: Vec<i64> = (1..=5).map(|n| db.put_event(space, &event(n, &[n; 20])).unwrap().unwrap()).collect();
    assert_eq!(db.put_event(space, &event(1, b"again")).unwrap(), None, "an event held is held once");
    assert!(db.put_event(space + 1, &event(1, b"elsewhere")).unwrap().is_some(), "another space may hold it too");
    let ids = |rows: Vec<EventRow>| rows.iter().map(|r| r.id.0[0]).collect::<Vec<_>>();
    assert_eq!(ids(db.events(space).unwrap()), [1, 2, 3, 4, 5]);
    assert_eq!(ids(db.events_about(space, &[7; 16]).unwrap()), [2, 4]);
    assert_eq!(ids(db.events_of_kind(space, 1).unwrap()), [1, 2, 3, 4, 5]);
    db.set_event_counts(nos[3], false).unwrap();
    db.set_event_sealed(nos[2], 8, 44).unwrap();
    db.set_effective(nos[0], 103).unwrap();
    assert_eq!(ids(db.last_events(space, 1, 105, 3).unwrap()), [3, 1, 2], "newest first, those that count, ties by id");
    let third = db.event(space, &EventId([3; 16])).unwrap().unwrap();
    assert_eq!((third.own, third.bytes, third.subject), (Some((8, 44)), vec![3; 20], None));
    assert_eq!(db.event_no(nos[1]).unwrap().unwrap().subject, Some([7; 16]));
    assert_eq!((db.greatest_clock().unwrap(), db.effective(space, &EventId([1; 16])).unwrap()), (105, Some(103)));
    for kind in [5, own::KIND] {
        db.put_event(space, &EventRow { kind, ..event(kind as u8 + 100, b"no part of it") }).unwrap();
    }
    assert_eq!(db.coded_event_ids(space).unwrap(), [1, 2, 3, 5].map(|n| EventId([n; 16])), "in order, those that count");
    db.add_orphan(&EventId([9; 16]), nos[0]).unwrap();
    db.add_orphan(&EventId([9; 16]), nos[0]).unwrap();
    assert_eq!(db.take_orphans(&EventId([9; 16])).unwrap(), [nos[0]]);
    assert_eq!(db.take_orphans(&EventId([9; 16])).unwrap(), Vec::<i64>::new());
}

#[test]
fn what_was_said_about_a_message_is_found_by_it_and_so_is_what_an_older_version_kept() {
    let (_dir, store) = opened();
    let db = store.read();
    let space = space(&db);
    let about = |n: u8, target: u8| EventRow { kind: 4, target: Some(EventId([target; 16])), ..event(n, &[n; 20]) };
    for row in [event(1, b"said"), event(2, b"said"), about(3, 1), about(4, 2), about(5, 1), about(6, 9)] {
        db.put_event(space, &row).unwrap();
    }
    let ids = |from, before| db.events_on_messages(space, space, from, before).unwrap().iter().map(|r| r.id.0[0]).collect::<Vec<_>>();
    assert_eq!(ids(101, 102), [3, 5]);
    assert_eq!(ids(102, u64::MAX), [4]);
    assert_eq!(ids(101, 103), [3, 4, 5]);
    db.c.execute("UPDATE event SET target = x'' WHERE id = ?", [[6u8; 16]]).unwrap();
    assert_eq!(ids(101, 102), [3, 5, 6], "its bytes say whether it is about one of them");
    let elsewhere: Vec<EventRow> = db.events_on_messages(space, space + 1, 0, u64::MAX).unwrap();
    assert_eq!(elsewhere.len(), 1);
    db.put_event(space + 1, &about(7, 2)).unwrap();
    assert_eq!(db.events_on_messages(space + 1, space, 102, 103).unwrap()[0].target, Some(EventId([2; 16])), "beside a snapshot");
}

#[test]
fn what_is_read_of_a_space_does_not_grow_with_it() {
    const ALL: &str = "no, id, kind, subject, device, effective, counts, lane, n, sealed, target";
    let about = format!("SELECT {ALL} FROM event INDEXED BY event_subject WHERE subject = ?1 AND space = ?2 ORDER BY effective, id");
    let of_kind = format!("SELECT {ALL} FROM event WHERE space = ?1 AND kind = ?2");
    let since = format!("{of_kind} AND effective >= ?3 AND counts ORDER BY effective, id");
    let last = format!("{of_kind} AND effective < ?3 AND counts ORDER BY effective DESC, id DESC LIMIT ?4");
    let on_messages = format!(
        "SELECT {ALL} FROM event INDEXED BY event_target WHERE space = ?1 AND counts AND target IN (SELECT x'' UNION ALL SELECT id FROM event \
         WHERE space = ?2 AND kind = 1 AND effective >= ?3 AND effective < ?4) ORDER BY effective, id"
    );
    let greatest = "SELECT MAX(effective) FROM event WHERE space = ? AND kind = ?";
    let steps = |n: u32| {
        let (_dir, store) = opened();
        let db = store.read();
        let space = space(&db);
        db.begin_part().unwrap();
        for i in 0..n {
            let mut one = event(1, b"said");
            one.id.0[..4].copy_from_slice(&i.to_be_bytes());
            one.effective = u64::from(i);
            one.subject = (i < 3).then_some([7; 16]);
            db.put_event(space, &one).unwrap();
            let mut on_it = EventRow { kind: 4, target: Some(one.id), subject: None, ..one };
            on_it.id.0[15] = 99;
            db.put_event(space, &on_it).unwrap();
        }
        db.end_part(true).unwrap();
        assert_eq!(db.events_about(space, &[7; 16]).unwrap().len(), 3);
        assert_eq!(db.events_since(space, 1, u64::from(n) - 5).unwrap().len(), 5);
        assert_eq!(db.last_events(space, 1, u64::MAX, 5).unwrap().len(), 5);
        let on_them: Vec<u64> = db.events_on_messages(space, space, 7, 10).unwrap().iter().map(|r| r.effective).collect();
        assert_eq!(on_them, [7, 8, 9]);
        assert_eq!(db.greatest_clock().unwrap(), u64::from(n) - 1);
        [&about, &since, &last, greatest, &on_messages].map(|sql| {
            // The very statement that was run: it counts its steps.
            let steps = db.c.prepare_cached(sql).unwrap().get_status(rusqlite::StatementStatus::VmStep);
            assert!(steps > 0, "no such statement was run: {sql}");
            steps
        })
    };
    let (few, many) = (steps(40), steps(4_000));
    assert!(few.iter().zip(many).all(|(few, many)| many < 2 * few), "{few:?} steps of few, {many:?} of many");
}

#[test]
fn outbox_rows_notices_and_invitations_come_back() {
    let (_dir, store) = opened();
    let db = store.read();
    let space = space(&db);
    let items = [Outgoing::Event(7), Outgoing::Statement(StatementId([3; 32])), Outgoing::Change(7)];
    items.iter().for_each(|i| db.put_out(space, *i).unwrap());
    let out = db.outgoing(space, 10).unwrap();
    assert_eq!(out.iter().map(|o| o.item).collect::<Vec<_>>(), items, "what was written first leaves first");
    assert_eq!((db.outgoing(space, 1).unwrap().len(), db.n_outgoing(space).unwrap(), db.n_outgoing(space + 1).unwrap()), (1, 3, 0));
    db.drop_out(out[0].no).unwrap();
    assert_eq!(db.outgoing(space, 1).unwrap()[0].item, items[1]);

    let document = Some(db.add_document(space, &DocumentId([6; 16]), 4).unwrap());
    let of = |n, view: &[u8]| RowRecord { document, ..row(n, view) };
    db.put_rows(space, document, &[of(1, b"a"), of(2, b"b")]).unwrap();
    db.put_rows(space, document, &[of(2, b"c"), RowRecord { alive: false, ..of(3, b"d") }]).unwrap();
    db.put_rows(space, None, &[row(9, b"z")]).unwrap();
    assert_eq!(db.rows(space, 3, true, 10).unwrap(), [row(9, b"z"), of(2, b"c")], "greatest first; those of the document anew");
    assert_eq!(db.rows(space, 3, true, 1).unwrap().len(), 1);
    assert_eq!(db.rows(space, 3, false, 10).unwrap().len(), 1);
    assert_eq!((db.row(space, 3, &[2; 16]).unwrap(), db.row(space, 3, &[1; 16]).unwrap()), (Some(of(2, b"c")), None));
    assert_eq!(db.all_rows(space).unwrap().len(), 3);

    for _ in 0..2 {
        db.add_notice(None, "restored", 5, b"words").unwrap();
        db.add_notice(Some(space), "restored", 6, b"words").unwrap();
    }
    let notices = db.notices().unwrap();
    assert_eq!(notices.iter().map(|n| (n.1, n.3)).collect::<Vec<_>>(), [(None, 5), (Some(space), 6)], "said once each");
    db.drop_notice(notices[0].0).unwrap();
    assert_eq!(db.notices().unwrap().len(), 1);

    let mut invite = InviteRow { id: [4; 16], role: InviteRole::Inviter, state: InviteState::Open, expires: 9, content: b"who".to_vec() };
    db.put_invite(&invite).unwrap();
    for state in [InviteState::Answered, InviteState::Approved, InviteState::Closed] {
        (invite.state, invite.role) = (state, InviteRole::Invitee);
        db.put_invite(&invite).unwrap();
        let kept = db.invite(&[4; 16]).unwrap().unwrap();
        assert_eq!((kept.role, kept.state, kept.expires, kept.content), (InviteRole::Invitee, state, 9, b"who".to_vec()));
    }
    assert!(db.invites().unwrap().len() == 1 && db.invite(&[5; 16]).unwrap().is_none());
}

/// Two of everything whose column is sealed.
fn fill(db: &Db<'_>, what: &[u8]) -> i64 {
    let words = |n: u8| [what, &[n]].concat();
    for n in 1..=2u8 {
        db.set_meta(&format!("value {n}"), &words(n)).unwrap();
        let space = db.put_space(&SpaceId([n; 32]), SpaceKind::Pair, &words(n)).unwrap();
        // A secret of an epoch has 32 bytes; the canary fits into it.
        let mut secret = [n; 32];
        secret[..CANARY.len()].copy_from_slice(CANARY);
        db.put_epoch(1, &EpochId([n; 32]), u64::from(n), &Secret::new(secret)).unwrap();
        let document = db.add_document(space, &DocumentId([n; 16]), 4).unwrap();
        db.save_document(document, &words(n)).unwrap();
        db.add_change(1, &[n; 32], &words(n)).unwrap();
        db.put_event(1, &event(n, &words(n))).unwrap();
        db.put_rows(1, None, &[row(n, &words(n))]).unwrap();
        db.add_journal(document, &words(n)).unwrap();
        db.add_notice(Some(1), &format!("kind {n}"), 5, &words(n)).unwrap();
        db.put_invite(&InviteRow { id: [n; 16], role: InviteRole::Inviter, state: InviteState::Open, expires: 9, content: words(n) })
            .unwrap();
    }
    1
}

#[test]
fn a_sealed_value_opens_in_its_own_row_alone() {
    type Read = fn(&Db<'_>) -> Result<usize, StoreError>;
    let reads: [(&str, &str, Read); 10] = [
        ("meta", "value", |db| Ok(db.meta("value 1")?.map_or(0, |v| v.len()))),
        ("space", "sealed", |db| Ok(db.spaces()?.len())),
        ("epoch", "sealed", |db| Ok(db.epochs(1)?.len())),
        ("document", "sealed", |db| Ok(db.saved(1)?.map_or(0, |v| v.len()))),
        ("change", "sealed", |db| Ok(db.tail(1)?.len())),
        ("event", "sealed", |db| Ok(db.events(1)?.len())),
        ("row", "sealed", |db| Ok(db.all_rows(1)?.len())),
        ("journal", "sealed", |db| Ok(db.journal()?.len())),
        ("notice", "sealed", |db| Ok(db.notices()?.len())),
        ("invite", "sealed", |db| Ok(db.invites()?.len())),
    ];
    let (_dir, store) = opened();
    let db = store.read();
    fill(&db, CANARY);
    for (table, column, read) in reads {
        assert!(read(&db).unwrap() > 0, "{table} is empty");
        // Two rows exchange their values; `meta` has one of the store's own beside them.
        let which = if table == "meta" { "WHERE key LIKE 'value%'" } else { "" };
        let swap = || {
            let mut q = store.db.prepare(&format!("SELECT {column} FROM {table} {which}")).unwrap();
            let two: Vec<Vec<u8>> = q.query_map([], |r| r.get(0)).unwrap().map(Result::unwrap).collect();
            let exchange = format!("UPDATE {table} SET {column} = CASE {column} WHEN ?1 THEN ?2 ELSE ?1 END {which}");
            assert_eq!((two.len(), store.db.execute(&exchange, [&two[0], &two[1]]).unwrap()), (2, 2), "{table}");
        };
        swap();
        swap();
        assert!(read(&db).is_ok(), "{table}: back in its row it opens again");
    }
}

#[test]
fn another_key_opens_nothing_and_changes_nothing() {
    let (dir, store) = opened();
    fill(&store.read(), CANARY);
    store.checkpoint().unwrap();
    drop(store);
    let before = bytes(&dir);
    assert!(matches!(try_open(&dir, &Secret::new([8; 32])), Err(StoreError::DoesNotOpen)));
    assert!(bytes(&dir) == before, "the wrong key changed the database");
    assert!(try_open(&dir, &root()).unwrap().read().meta("value 1").unwrap().is_some());
}

#[test]
fn what_is_open_and_where_people_differ_is_found_without_the_rest() {
    let (_dir, store) = opened();
    let db = store.read();
    let (open, differs) = (RowRecord { open: true, ..row(1, b"ahead") }, RowRecord { differs: true, ..row(2, b"two values") });
    let binned = RowRecord { alive: false, open: true, differs: true, ..row(3, b"in the bin") };
    let elsewhere = RowRecord { kind: 4, open: true, ..row(5, b"another noun") };
    db.put_rows(7, None, &[open.clone(), differs.clone(), binned, row(4, b"past"), elsewhere]).unwrap();
    assert_eq!(db.open_rows(7, 3).unwrap(), [open]);
    assert_eq!(db.differing_rows(7).unwrap(), [differs]);
    assert!(db.open_rows(8, 3).unwrap().is_empty() && db.differing_rows(8).unwrap().is_empty());
}

#[test]
fn a_database_of_a_later_version_is_refused_and_left_as_it_is() {
    // As SQLite left it after a clean end, with a log that was not written back, and in another journal mode.
    for (log, mode) in [(false, "WAL"), (true, "WAL"), (false, "DELETE")] {
        let (dir, store) = opened();
        fill(&store.read(), CANARY);
        let known: u32 = store.db.pragma_query_value(None, "user_version", |r| r.get(0)).unwrap();
        store.db.pragma_update(None, "user_version", 900).unwrap();
        store.db.pragma_update(None, "journal_mode", mode).unwrap();
        let kept = tempfile::tempdir().unwrap();
        if !log {
            drop(store);
        }
        for (name, bytes) in bytes(&dir) {
            fs::write(kept.path().join(name), bytes).unwrap();
        }
        let before = bytes(&kept);
        assert_eq!(before.len(), 1 + usize::from(log));
        let refused = try_open(&kept, &root());
        assert!(matches!(refused, Err(StoreError::Newer { have: 900, know }) if know == known as usize), "{refused:?}");
        assert!(before == bytes(&kept), "the database of a later version was changed (log: {log}, mode {mode})");
    }
}

#[test]
fn a_file_that_is_no_database_or_is_torn_is_said_to_be_damaged_and_kept() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(file(&dir), b"this is no database, however long it may be".repeat(200)).unwrap();
    let before = bytes(&dir);
    assert!(matches!(try_open(&dir, &root()), Err(StoreError::Corrupt)));
    assert!(bytes(&dir) == before, "what is no database was changed");

    let (dir, store) = opened();
    fill(&store.read(), CANARY);
    assert!(store.is_sound().unwrap());
    store.checkpoint().unwrap();
    drop(store);
    let mut torn = fs::read(file(&dir)).unwrap();
    let n = torn.len();
    torn[4096..n].fill(0x5a);
    fs::write(file(&dir), &torn).unwrap();
    assert!(matches!(try_open(&dir, &root()), Err(StoreError::Corrupt)));
}

#[test]
fn an_act_that_fails_keeps_nothing_of_itself() {
    let (dir, mut store) = opened();
    let failed: Result<(), StoreError> = store.write(|db| {
        fill(db, CANARY);
        Err(StoreError::Shape("the act itself"))
    });
    assert!(matches!(failed, Err(StoreError::Shape("the act itself"))));
    assert!(store.read().spaces().unwrap().is_empty() && store.read().meta("value 1").unwrap().is_none());
    // Stopped before the transaction: nothing; after it: all of it.
    store.stop_after(Some(0));
    assert!(matches!(store.write(|db| db.set_meta("a", b"1")), Err(StoreError::Crashed)));
    store.stop_after(Some(1));
    assert!(matches!(store.write(|db| db.set_meta("b", b"1")), Err(StoreError::Crashed)));
    drop(store);
    let store = try_open(&dir, &root()).unwrap();
    assert_eq!((store.read().meta("a").unwrap(), store.read().meta("b").unwrap()), (None, Some(b"1".to_vec())));
}

#[test]
fn a_full_disk_is_said_and_keeps_nothing_of_the_act() {
    let (_dir, mut store) = opened();
    store.write(|db| db.set_meta("before", b"1")).unwrap();
    let pages: i64 = store.db.query_row("PRAGMA page_count", [], |r| r.get(0)).unwrap();
    // The pragma answers with a row, so it is asked and not set.
    store.db.query_row(&format!("PRAGMA max_page_count = {}", pages + 2), [], |_| Ok(())).unwrap();
    let full = store.write(|db| {
        db.set_meta("first", b"small")?;
        db.set_meta("second", &[7; 100_000])
    });
    assert!(matches!(full, Err(StoreError::Full)), "{full:?}");
    let db = store.read();
    assert_eq!((db.meta("first").unwrap(), db.meta("before").unwrap()), (None, Some(b"1".to_vec())), "half of an act was kept");
    store.db.query_row("PRAGMA max_page_count = 100000", [], |_| Ok(())).unwrap();
    store.write(|db| db.set_meta("second", &[7; 100_000])).unwrap();
    assert!(store.is_sound().unwrap());
}

#[test]
fn what_a_person_wrote_is_in_no_file_of_the_folder() {
    let finds = |dir: &TempDir, needle: &[u8]| -> Vec<String> {
        files(dir).into_iter().filter(|(_, b)| b.windows(needle.len()).any(|w| w == needle)).map(|(name, _)| name).collect()
    };
    let (dir, mut store) = opened();
    store.write(|db| Ok::<_, StoreError>(fill(db, CANARY))).unwrap();
    // Deleted and replaced rows leave their pages behind.
    store.write(fill_again).unwrap();
    // An id is plain, so it must be found: the search itself works.
    for checkpointed in [false, true] {
        assert!(!finds(&dir, &[2; 32]).is_empty());
        assert_eq!(finds(&dir, CANARY), Vec::<String>::new(), "written words stand in the open (checkpointed: {checkpointed})");
        assert_eq!(files(&dir).iter().filter(|(n, _)| n.ends_with("-wal")).count(), 1);
        store.checkpoint().unwrap();
    }
    drop(store);
    assert_eq!(finds(&dir, CANARY), Vec::<String>::new());
}

fn fill_again(db: &Db<'_>) -> Result<(), StoreError> {
    db.save_document(1, &[CANARY, b"shorter"].concat())?;
    db.put_rows(1, None, &[row(1, CANARY)])?;
    db.clear_journal(1)?;
    db.drop_meta("value 2")
}
