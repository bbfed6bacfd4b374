//! Tests of retracing: what is taken in that way is what automerge would have applied, and all that people write while the other is silent goes that way.

use automerge::{ActorId, ROOT, TextEncoding};

use super::*;
use crate::document::fleet::{Fleet, SPACE, Sent, cases};
use crate::document::{Document, DocumentKind};
use crate::id::DocumentId;

fn read(bytes: &[u8]) -> Change {
    Change::from_bytes(bytes.to_vec()).unwrap()
}

fn note() -> Automerge {
    Document::new(SPACE, DocumentId([4; 16]), DocumentKind::Note).doc
}

/// Two phones are the same if they save the same, show the same, and what is typed on both next is the same.
fn assert_same(retraced: &Automerge, applied: &Automerge, at: usize) {
    assert_eq!(retraced.save(), applied.save());
    assert_eq!(retraced.hydrate(None), applied.hydrate(None));
    let next = |doc: &Automerge| {
        let mut doc = doc.clone().with_actor(ActorId::from([99u8; 16]));
        let mut tx = doc.transaction();
        let (_, body) = tx.get(ROOT, "body").unwrap().unwrap();
        let len = tx.length(&body);
        tx.splice_text(&body, at % (len + 1), isize::from(len > 1 && at % (len + 1) < len), "new").unwrap();
        tx.commit_with(CommitOptions::default().with_time(0));
        (doc.get_heads(), doc.text(&body).unwrap())
    };
    assert_eq!(next(retraced), next(applied));
}

/// Follows what a fleet sent, change by change, once with retracing and once without; how many changes there were, and how many were retraced.
fn follow(fleet: &Fleet) -> (usize, usize) {
    let mut pairs: Vec<(Automerge, Automerge)> = fleet.phones[0]
        .documents
        .iter()
        .map(|d| {
            let new = Document::new(d.space, d.id, d.kind).doc;
            (new.clone(), new)
        })
        .collect();
    let (mut all, mut followed) = (0, 0);
    for sent in &fleet.sent {
        let Sent::Changes(document, changes) = sent else { continue };
        for change in changes.iter().map(|b| read(b)) {
            let (retraced, applied) = &mut pairs[*document];
            all += 1;
            match retrace(retraced, std::slice::from_ref(&change)) {
                Some(with) => {
                    *retraced = with;
                    followed += 1;
                }
                None => retraced.apply_changes([change.clone()]).unwrap(),
            }
            applied.apply_changes([change]).unwrap();
            assert_same(retraced, applied, all * 31);
        }
    }
    (all, followed)
}

#[test]
fn all_that_one_person_writes_is_retraced() {
    let mut n = 0;
    for seed in 0..cases(40) {
        let mut fleet = Fleet::new(seed, 1);
        (0..40).for_each(|_| fleet.act());
        let (all, followed) = follow(&fleet);
        assert_eq!(followed, all, "seed {seed}");
        n += all;
    }
    assert!(n > 100, "{n} changes are too few to say anything");
}

#[test]
fn whoever_writes_at_once_comes_out_the_same() {
    let (mut all, mut followed) = (0, 0);
    for seed in 0..cases(60) {
        let mut fleet = Fleet::new(seed, 3);
        for _ in 0..50 {
            fleet.act();
            if fleet.below(3) == 0 {
                let phone = fleet.below(3);
                fleet.meet(phone);
            }
        }
        let (n, m) = follow(&fleet);
        (all, followed) = (all + n, followed + m);
    }
    // Else this compares automerge with itself.
    assert!(followed * 20 > all && followed < all, "{followed} of {all} retraced");
}

/// A note of `n` letters, and a change that types into its middle.
fn typed(n: usize) -> (Automerge, Change) {
    let mut doc = note().with_actor(ActorId::from([1u8; 16]));
    let mut tx = doc.transaction();
    let (_, body) = tx.get(ROOT, "body").unwrap().unwrap();
    tx.splice_text(&body, 0, 0, &"a".repeat(n)).unwrap();
    tx.commit();
    let before = doc.clone();
    let mut tx = doc.transaction();
    tx.splice_text(&body, n / 2, 3, "Nausikaa \u{1f3dd}").unwrap();
    let (hash, _) = tx.commit();
    let change = doc.get_change_by_hash(&hash.unwrap()).unwrap();
    (before, change)
}

#[test]
fn what_is_not_the_next_change_is_left() {
    let (doc, change) = typed(100);
    let one = std::slice::from_ref(&change);
    let with = retrace(&doc, one).unwrap();
    assert_eq!(with.get_heads(), [change.hash()]);
    assert_eq!(with.get_actor(), doc.get_actor());
    // Held already.
    assert!(retrace(&with, one).is_none());
    // Somebody else wrote meanwhile.
    let mut other = doc.clone().with_actor(ActorId::from([2u8; 16]));
    let mut tx = other.transaction();
    let (_, body) = tx.get(ROOT, "body").unwrap().unwrap();
    tx.splice_text(&body, 0, 0, "first ").unwrap();
    tx.commit();
    assert!(retrace(&other, one).is_none());
    // Bytes of a later version, which nobody here would write again.
    let mut later = change.decode();
    later.extra_bytes = vec![1, 2, 3];
    assert!(retrace(&doc, &[Change::from(later)]).is_none());
    assert!(retrace(&doc, &[]).is_none());
}

#[test]
fn several_are_retraced_as_long_as_they_are_few() {
    let (doc, _) = typed(100);
    let (_, body) = doc.get(ROOT, "body").unwrap().unwrap();
    let (mut writer, mut changes) = (doc.clone(), Vec::new());
    for i in 0..=FEW {
        writer.set_actor(ActorId::from([1 + (i % 2) as u8; 16]));
        let mut tx = writer.transaction();
        tx.splice_text(&body, i, 1, "b").unwrap();
        changes.push(tx.commit().0.unwrap());
        assert_eq!(writer.get_heads().len(), 1);
    }
    let changes: Vec<Change> = changes.iter().map(|h| writer.get_change_by_hash(h).unwrap()).collect();
    assert_eq!(retrace(&doc, &changes[..FEW]).unwrap().get_heads(), [changes[FEW - 1].hash()]);
    assert!(retrace(&doc, &changes).is_none(), "so many are applied at once");
    // One that has to be applied, and all are.
    let gap: Vec<Change> = changes.iter().step_by(2).take(2).cloned().collect();
    assert!(retrace(&doc, &gap).is_none());
}

#[test]
fn what_names_things_that_are_not_there_is_left() {
    let (doc, change) = typed(100);
    let saved = doc.save();
    let mut names = change.decode();
    for i in 0..names.operations.len() {
        let stranger = OpId(7_000, ActorId::from([9u8; 16]));
        let nowhere = OpId(7_000, change.actor_id().clone());
        for id in [stranger, nowhere] {
            let mut changed = names.clone();
            changed.operations[i].obj = ObjectId::Id(id.clone());
            left(&doc, changed);
            let mut changed = names.clone();
            changed.operations[i].key = Key::Seq(ElementId::Id(id.clone()));
            left(&doc, changed);
            let mut changed = names.clone();
            changed.operations[i].pred = vec![id].into();
            left(&doc, changed);
        }
    }
    names.operations.reverse();
    left(&doc, names);
    assert_eq!(doc.save(), saved);
}

/// Nothing of it is taken unless it is that very change.
fn left(doc: &Automerge, change: ExpandedChange) {
    // Not all of this can be written down as a change at all.
    let Ok(change) = std::panic::catch_unwind(|| Change::from(change)) else { return };
    if let Some(with) = retrace(doc, std::slice::from_ref(&change)) {
        assert_eq!(with.get_heads(), [change.hash()]);
    }
}

#[test]
fn a_text_counts_in_code_points_here() {
    assert_eq!(note().text_encoding(), TextEncoding::UnicodeCodePoint);
}
