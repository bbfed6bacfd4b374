use std::collections::BTreeSet;

use automerge::{ActorId, Automerge, ROOT, transaction::Transactable};
use proptest::prelude::*;

use super::*;
use crate::document::command::NoteCommand;
use crate::document::text::TextEdit;
use crate::document::{Author, Clock, Command, Document, DocumentKind, first_hash};
use crate::id::{PersonId, SpaceId};
use crate::identity::entropy::SeededEntropy;
use crate::record::firewall::{self, Refused};

const SPACE: SpaceId = SpaceId([7; 32]);
const EPOCH: EpochId = EpochId([8; 32]);

fn author(n: u8, clock: u64) -> Author {
    let actor = firewall::actor(SPACE, DeviceId([n; 32]), Incarnation([n; 16]));
    Author { person: PersonId([n; 32]), device: DeviceId([n; 32]), actor, clock: Clock(clock), wall_ms: 1_795_000_000_000 }
}

fn note(edits: u64) -> Document {
    let mut note = Document::new(SPACE, DocumentId([1; 16]), DocumentKind::Note);
    note.edit(&author(1, 1), &Command::Note(NoteCommand::Create { title: "Plan".into(), pair: None })).unwrap();
    for n in 0..edits {
        let edit = TextEdit::Splice { pos: 0, delete: 0, insert: format!("word {n} ") };
        note.edit(&author(1 + (n % 2) as u8, n + 2), &Command::Note(NoteCommand::Body(edit))).unwrap();
    }
    note
}

fn actors() -> BTreeSet<firewall::Actor> {
    [1, 2].map(|n| author(n, 0).actor).into()
}

fn snapshot() -> Snapshot {
    let mut note = note(40);
    let opening = Opening {
        space: SPACE,
        epoch: EPOCH,
        device: DeviceId([1; 32]),
        incarnation: Incarnation([1; 16]),
        from: (LaneId([0; 16]), 0, RecordId([0; 32])),
    };
    let heads = note.heads().into_iter().map(ByteArray::from).collect();
    Snapshot {
        lanes: vec![LaneLine { lane: LaneId([3; 16]), opening, n: 41, last: RecordId([4; 32]), sum: Sum::from_bytes([6; 32]) }],
        documents: vec![SavedDocument { id: note.id, kind: 4, heads, saved: note.save().into() }],
        events: (0..20_000u32).map(|n| (DeviceId([1; 32]), n.to_be_bytes().repeat(8))).collect(),
        statements: vec![vec![5; 300]],
        incarnations: vec![(DeviceId([1; 32]), Incarnation([1; 16]))],
    }
}

#[test]
fn a_snapshot_comes_back_through_its_seal() {
    let snapshot = snapshot();
    let manifest = snapshot.to_bytes().unwrap();
    assert_eq!(Snapshot::parse(&manifest).unwrap(), snapshot);
    let (mut entropy, key) = (SeededEntropy::new(1), Secret::new([9; 32]));
    // More than one object.
    let long = [manifest.as_slice(), &vec![0; 2 * PART]].concat();
    let (reference, objects) = seal(&mut entropy, &key, &EPOCH, &long).unwrap();
    assert_eq!((reference.objects.len(), Reference::parse(&reference.to_bytes()).unwrap()), (objects.len(), reference.clone()));
    assert!(objects.len() > 2);
    assert_eq!(reference.open(&key, &EPOCH, &objects).unwrap(), long);

    let mut swapped = objects.clone();
    swapped.swap(0, 1);
    assert_eq!(reference.open(&key, &EPOCH, &swapped), Err(SnapshotError::Seal));
    assert_eq!(reference.open(&key, &EpochId([1; 32]), &objects), Err(SnapshotError::Seal), "another epoch");
    assert_eq!(reference.open(&key, &EPOCH, &objects[1..]), Err(SnapshotError::Parts));
    // Even a record that names them in another order gets nothing out of them.
    let mut liar = reference.clone();
    liar.objects.swap(0, 1);
    assert_eq!(liar.open(&key, &EPOCH, &swapped), Err(SnapshotError::Seal));
    let mut flipped = objects.clone();
    flipped[0][30] ^= 1;
    assert_eq!(reference.open(&key, &EPOCH, &flipped), Err(SnapshotError::Seal));
}

#[test]
fn a_record_that_names_too_much_or_the_wrong_number_is_refused() {
    let named = |size, n| Reference { size, objects: vec![ByteArray::from([1; 32]); n] }.to_bytes();
    assert!(Reference::parse(&named(PART as u64 + 1, 2)).is_ok());
    assert_eq!(Reference::parse(&named(PART as u64 + 1, 1)), Err(SnapshotError::Parts));
    assert_eq!(Reference::parse(&named(0, 0)), Err(SnapshotError::Parts));
    assert_eq!(Reference::parse(&named(MANIFEST as u64 + 1, 65)), Err(SnapshotError::TooLarge));
}

#[test]
fn one_is_made_when_the_tail_is_as_large_as_the_last() {
    assert!(!is_due(RECORDS - 1, 1 << 30, 0) && !is_due(1 << 20, BYTES - 1, 0) && is_due(RECORDS, BYTES, 0));
    assert!(!is_due(10_000, 9_000_000, 10_000_000) && is_due(10_000, 10_000_000, 10_000_000));
}

#[test]
fn a_document_comes_through_the_firewall_and_a_lie_about_it_does_not() {
    let mut note = note(40);
    let (saved, heads) = (note.save(), note.heads());
    let doc = firewall::document(&saved, &heads, &actors(), &first_hash()).unwrap();
    assert_eq!(doc.get_heads().iter().map(|h| h.0).collect::<Vec<_>>(), heads);
    assert_eq!(firewall::document(&saved, &[[1; 32]], &actors(), &first_hash()).unwrap_err(), Refused::Heads);
    assert_eq!(firewall::document(&saved, &[], &actors(), &first_hash()).unwrap_err(), Refused::Heads);
    let stranger = [author(1, 0).actor].into();
    assert_eq!(firewall::document(&saved, &heads, &stranger, &first_hash()).unwrap_err(), Refused::Actor);
    // One that does not begin as every document does.
    let mut other = Automerge::new().with_actor(ActorId::from(author(1, 0).actor.as_slice()));
    let mut tx = other.transaction();
    tx.put(ROOT, "title", "x").unwrap();
    tx.commit();
    let heads: Vec<[u8; 32]> = other.get_heads().iter().map(|h| h.0).collect();
    assert_eq!(firewall::document(&other.save(), &heads, &actors(), &first_hash()).unwrap_err(), Refused::Heads);
    // A change is no document.
    let change = other.get_last_local_change().unwrap().raw_bytes().to_vec();
    assert_eq!(firewall::document(&change, &heads, &actors(), &first_hash()).unwrap_err(), Refused::Kind);
}

/// A chunk with a right checksum around any body.
fn chunk(body: &[u8]) -> Vec<u8> {
    let mut typed = vec![0];
    leb128::write::unsigned(&mut typed, body.len() as u64).unwrap();
    typed.extend_from_slice(body);
    let sum = Sha256::digest(&typed);
    [&[0x85, 0x6f, 0x4a, 0x83], &sum[..4], &typed].concat()
}

fn column(body: &mut Vec<u8>, spec: u64, data: &[u8]) {
    leb128::write::unsigned(body, spec).unwrap();
    leb128::write::unsigned(body, data.len() as u64).unwrap();
}

#[test]
fn documents_of_few_bytes_and_many_rows_are_refused_before_they_are_loaded() {
    // An action column (4, integers) of 5 million nulls, in a document without actors or heads.
    let mut nulls = vec![0];
    leb128::write::unsigned(&mut nulls, 5_000_000).unwrap();
    let mut body = vec![0, 0, 0, 1];
    column(&mut body, (4 << 4) | 2, &nulls);
    body.extend_from_slice(&nulls);
    let bomb = chunk(&body);
    assert!(bomb.len() < 64);
    assert_eq!(firewall::document(&bomb, &[], &actors(), &first_hash()).unwrap_err(), Refused::TooManyOps);

    // 65 MiB of zeros in one deflated column (bit 3).
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    std::io::Write::write_all(&mut encoder, &vec![0; 65 * 1024 * 1024]).unwrap();
    let deflated = encoder.finish().unwrap();
    let mut body = vec![0, 0, 0, 1];
    column(&mut body, (4 << 4) | 8 | 2, &deflated);
    body.extend_from_slice(&deflated);
    assert!(deflated.len() < 100_000);
    assert_eq!(firewall::document(&chunk(&body), &[], &actors(), &first_hash()).unwrap_err(), Refused::TooLarge);

    // A group (8) that says 400,000 successors for each of 400,000 operations.
    let mut counts = Vec::new();
    leb128::write::signed(&mut counts, 400_000).unwrap();
    leb128::write::unsigned(&mut counts, 400_000).unwrap();
    let mut body = vec![0, 0, 0, 1];
    column(&mut body, 8 << 4, &counts);
    body.extend_from_slice(&counts);
    assert_eq!(firewall::document(&chunk(&body), &[], &actors(), &first_hash()).unwrap_err(), Refused::TooManyPreds);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// What is changed at one place, with its checksum made right again, is refused or is what it says: nothing panics, nothing takes long.
    #[test]
    fn no_changed_document_gets_in_as_another(at in any::<prop::sample::Index>(), to in any::<u8>()) {
        let mut note = note(12);
        let (saved, heads) = (note.save(), note.heads());
        let mut r = saved.get(9..).unwrap();
        leb128::read::unsigned(&mut r).unwrap();
        let mut body = r.to_vec();
        let at = at.index(body.len());
        body[at] = to;
        if let Ok(doc) = firewall::document(&chunk(&body), &heads, &actors(), &first_hash()) {
            prop_assert_eq!(doc.get_heads().iter().map(|h| h.0).collect::<Vec<_>>(), heads);
        }
    }

    #[test]
    fn no_changed_manifest_panics(at in any::<prop::sample::Index>(), to in any::<u8>()) {
        let mut small = snapshot();
        small.events.truncate(20);
        let mut bytes = small.to_bytes().unwrap();
        let at = at.index(bytes.len());
        bytes[at] = to;
        let _ = Snapshot::parse(&bytes);
        let _ = Snapshot::parse(&bytes[..at]);
    }
}
