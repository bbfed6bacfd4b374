//! The promises, over random histories drawn from the table: several phones write offline and meet in any order.

use std::collections::BTreeMap;

use super::fleet::{Fleet, cases, person};
use super::read::{Item, Scalar};
use super::*;
use crate::card::Card;
use crate::event::{GoalStatus, Payload, SessionState};
use crate::export::parse;

fn history_of(seed: u64, n_phones: usize, n_acts: usize) -> Fleet {
    let mut fleet = Fleet::new(seed, n_phones);
    for _ in 0..n_acts {
        if fleet.below(6) == 0 {
            let phone = fleet.below(n_phones);
            fleet.meet(phone);
        }
        fleet.act();
    }
    fleet
}

/// Promise 1.
#[test]
fn the_same_changes_and_events_in_any_order_read_the_same_everywhere() {
    for seed in 0..cases(24) {
        let mut fleet = history_of(seed, 3 + (seed % 2) as usize, 90);
        fleet.settle();
        let first = &fleet.phones[0];
        let (export, code) = (first.export(&fleet.writers), first.code());
        for other in &fleet.phones[1..] {
            assert_eq!(code, other.code(), "seed {seed}: state codes differ");
            let there = other.export(&fleet.writers);
            if export != there {
                let line = export.lines().zip(there.lines()).find(|(a, b)| a != b);
                panic!("seed {seed}: what both phones hold reads differently: {line:?}");
            }
            assert_eq!(first.rows(&fleet.writers), other.rows(&fleet.writers), "seed {seed}");
            for (a, b) in first.documents.iter().zip(&other.documents) {
                assert_eq!(history(a, &fleet.writers), history(b, &fleet.writers), "seed {seed}: histories differ");
            }
        }
        let parsed = parse(export.as_bytes()).unwrap_or_else(|e| panic!("seed {seed}: {e}"));
        assert_eq!(parsed.state_code, code, "seed {seed}: an import gives another state code");
    }
}

/// What a rebuilt copy reads like follows from the bytes of the export alone.
#[test]
fn a_copy_built_from_the_export_reads_the_same() {
    for seed in 100..100 + cases(6) {
        let mut fleet = history_of(seed, 3, 80);
        fleet.settle();
        let export = fleet.phones[1].export(&fleet.writers);
        let parsed = parse(export.as_bytes()).unwrap();
        let mut copy = Fleet::new(seed, 1);
        for d in parsed.documents {
            let at = copy.phones[0].documents.iter().position(|o| o.id == d.id).unwrap();
            let changes = d.changes.into_iter().map(|(_, bytes)| bytes).collect();
            copy.phones[0].take(&super::fleet::Sent::Changes(at, changes));
        }
        for e in parsed.events {
            copy.phones[0].take(&super::fleet::Sent::Event(e.author, e.device, e.bytes));
        }
        assert_eq!(copy.phones[0].export(&fleet.writers), export, "seed {seed}: the copy reads differently");
    }
}

/// Promise 3: cards are exactly the concurrent values that differ. The oracle looks at the operations themselves.
#[test]
fn a_card_stands_exactly_where_two_concurrent_values_differ() {
    let mut seen = 0;
    for seed in 200..200 + cases(16) {
        let mut fleet = history_of(seed, 3, 90);
        fleet.settle();
        let phone = &fleet.phones[0];
        for (i, document) in phone.documents.iter().enumerate() {
            let wanted = differing(document);
            let got: Vec<(Option<crate::id::ItemId>, String)> = phone
                .cards(&fleet.writers)
                .into_iter()
                .filter(|(at, c)| *at == i && c.kind == crate::card::ChoiceKind::Pick)
                .map(|(_, c)| (c.item, c.field))
                .collect();
            let mut sorted = got.clone();
            sorted.sort();
            seen += sorted.len();
            assert_eq!(sorted, wanted, "seed {seed}, document {i}");
        }
        for (_, card) in phone.cards(&fleet.writers) {
            let values: std::collections::BTreeSet<&Scalar> = card.values.iter().map(|v| &v.value).collect();
            assert!(values.len() == card.values.len() && values.len() > 1, "seed {seed}: a card with equal values");
            let field = card.field.split('/').next().unwrap();
            assert!(!["rank", "alive", "deleted", "body", "done", "tags"].contains(&field), "seed {seed}: a card on {field}");
        }
    }
    assert!(seen > 0 || cases(16) < 8, "no history made a card: the test shows nothing");
}

/// Living registers of the classes that make cards whose live operations hold different values, straight from automerge.
fn differing(document: &Document) -> Vec<(Option<crate::id::ItemId>, String)> {
    use automerge::{ROOT, ReadDoc};
    let mut out = Vec::new();
    let mut look = |item: Option<crate::id::ItemId>, obj: &automerge::ObjId, noun: &str| {
        for key in document.doc.keys(obj) {
            let class = schema::field(document.kind, noun, &key).map(|f| f.class);
            if !matches!(class, Some(schema::Class::Values | schema::Class::Own)) {
                continue;
            }
            let all = document.doc.get_all(obj, key.as_str()).unwrap();
            if all.iter().any(|(v, _)| *v != all[0].0) {
                out.push((item, key));
            }
        }
    };
    let root = Item::root(document);
    if matches!(document.kind, DocumentKind::Note | DocumentKind::Session) && !root.is_alive() {
        return out;
    }
    look(None, &ROOT, "");
    let items = step::object(&document.doc, &["items".to_owned()]).unwrap();
    for id in document.doc.keys(&items) {
        let item = Item::get(document, id.parse().unwrap()).unwrap();
        if item.is_alive() {
            let obj = step::object(&document.doc, &item.path).unwrap();
            look(id.parse().ok(), &obj, &item.text_of("noun"));
        }
    }
    out.sort();
    out
}

/// Promise 3: choosing clears the card on every phone.
#[test]
fn choosing_clears_every_card_on_every_phone() {
    let mut chosen = 0;
    for seed in 300..300 + cases(12) {
        let mut fleet = history_of(seed, 3, 90);
        fleet.settle();
        let open = fleet.phones[0].cards(&fleet.writers);
        for (document, card) in &open {
            let (phone, value) = (fleet.below(3), fleet.below(card.values.len()));
            fleet.settle();
            // Still there for this phone, unless an earlier choice on the document brought it into the bin; never shown twice.
            let now: Vec<(usize, Card)> = fleet.phones[phone].cards(&fleet.writers);
            assert!(now.iter().any(|(_, c)| c.id == card.id), "seed {seed}: choosing on one card took another one away: {card:?}");
            // A person's own field is that person's to decide.
            let phone = if card.only_for.is_some_and(|p| p != fleet.phones[phone].person) { (phone + 1) % 2 } else { phone };
            if card.only_for.is_some_and(|p| p != fleet.phones[phone].person) {
                continue;
            }
            fleet.choose(phone, *document, card, value);
            chosen += 1;
            fleet.settle();
            for (i, p) in fleet.phones.iter().enumerate() {
                let left = p.cards(&fleet.writers);
                assert!(left.iter().all(|(_, c)| c.id != card.id), "seed {seed}: the card still stands on phone {i}: {card:?}");
            }
        }
    }
    assert!(chosen > 0 || cases(12) < 8, "no card was chosen on: the test shows nothing");
}

/// Promise 2, in the history: every letter anybody ever put in stands in the text or was taken out by somebody.
#[test]
fn nothing_typed_disappears_but_by_somebodys_hand() {
    for seed in 400..400 + cases(16) {
        let mut fleet = history_of(seed, 3, 90);
        fleet.settle();
        let document = &fleet.phones[0].documents[3];
        let mut balance: BTreeMap<char, i64> = BTreeMap::new();
        let mut count = |words: &str, sign: i64| words.chars().for_each(|c| *balance.entry(c).or_default() += sign);
        for h in history(document, &fleet.writers).iter().filter(|h| h.field == "body") {
            let (added, removed) = match &h.what {
                What::Added(a) => (a.as_str(), ""),
                What::Removed(r) => ("", r.as_str()),
                What::Set { from, to } => (to.as_str(), from.as_str()),
                other => panic!("seed {seed}: {other:?} of a text"),
            };
            count(&added.replace(" … ", ""), 1);
            count(&removed.replace(" … ", ""), -1);
        }
        // Two may take out the same letter at once, so the text may hold more than the balance, never less.
        for c in Item::root(document).reading("body").text.chars() {
            *balance.entry(c).or_default() -= 1;
        }
        assert!(balance.values().all(|n| *n <= 0), "seed {seed}: letters are gone that nobody took out: {balance:?}");
    }
}

/// Promise 10: what a later version wrote stays through an edit of this one.
#[test]
fn fields_of_a_later_version_are_carried_through() {
    use automerge::transaction::Transactable;
    let mut fleet = Fleet::new(9, 2);
    fleet.edit(0, 3, &Command::Note(command::NoteCommand::Create { title: "Plan".into(), pair: None }));
    fleet.settle();
    let later = {
        let mut doc = fleet.phones[0].documents[3].doc.clone();
        doc.set_actor(automerge::ActorId::from([99u8; 16].as_slice()));
        let mut tx = doc.transaction();
        tx.put(automerge::ROOT, "mood", "hopeful").unwrap();
        tx.put_object(automerge::ROOT, "sketch", automerge::ObjType::List).unwrap();
        let hash = tx.commit().0.unwrap();
        doc.get_change_by_hash(&hash).unwrap().raw_bytes().to_vec()
    };
    fleet.phones[1].documents[3].apply(vec![later.clone()]).unwrap();
    fleet.edit(1, 3, &Command::Note(command::NoteCommand::Title("Plan B".into())));
    let document = &mut fleet.phones[1].documents[3];
    assert_eq!(Item::root(document).text_of("mood"), "hopeful");
    let saved = document.save();
    let again = Document::load(document.space, document.id, document.kind, &saved).unwrap();
    assert_eq!(Item::root(&again).text_of("mood"), "hopeful");
    assert!(again.changes().iter().any(|(_, bytes)| *bytes == later), "the later version's change is gone");
    assert!(history(&again, &fleet.writers).iter().any(|h| h.field == "mood" && h.by.is_none()));
}

#[test]
fn choosing_on_both_sides_at_once_is_a_card_again_and_never_nothing() {
    use command::{Command as C, NoteCommand as N};
    // The one automerge shows and another; clearing among them.
    for (x, y) in [("A", Some("B")), ("A", None)] {
        let place = |v: Option<&str>| C::Note(N::Place(v.map(str::to_owned)));
        let mut fleet = Fleet::new(1, 2);
        fleet.edit(0, 3, &place(Some("start")));
        fleet.settle();
        fleet.edit(0, 3, &place(Some(x)));
        fleet.edit(1, 3, &place(y));
        fleet.settle();
        let card = fleet.phones[0].cards(&fleet.writers)[0].1.clone();
        assert_eq!(card.values.len(), 2);
        fleet.choose(0, 3, &card, 0);
        fleet.choose(1, 3, &card, 1);
        fleet.settle();
        for p in &fleet.phones {
            let again = p.cards(&fleet.writers);
            assert_eq!(again.len(), 1, "one of two choices is gone");
            assert_eq!((again[0].1.id, again[0].1.values.len()), (card.id, 2));
        }
        // The same choice on both: none.
        fleet.choose(0, 3, &card, 1);
        fleet.choose(1, 3, &card, 1);
        fleet.settle();
        for p in &fleet.phones {
            assert!(p.cards(&fleet.writers).is_empty(), "two equal choices still differ");
            assert_eq!(Item::root(&p.documents[3]).value("place"), card.values[1].value);
        }
    }
}

#[test]
fn picking_either_value_clears_the_card_for_both() {
    use command::{Command as C, NoteCommand as N};
    for (phone, value, cleared) in [(0, 0, false), (0, 1, false), (1, 0, false), (1, 1, false), (0, 0, true), (1, 1, true)] {
        let mut fleet = Fleet::new(1, 3);
        fleet.edit(0, 3, &C::Note(N::Create { title: "Plan".into(), pair: None }));
        fleet.settle();
        fleet.edit(0, 3, &C::Note(N::Date(Some("2031-06-03".into()))));
        fleet.edit(1, 3, &C::Note(N::Date((!cleared).then(|| "2031-06-04".into()))));
        fleet.settle();
        let (document, card) = fleet.phones[phone].cards(&fleet.writers)[0].clone();
        fleet.choose(phone, document, &card, value);
        fleet.settle();
        for p in &fleet.phones {
            assert!(p.cards(&fleet.writers).is_empty(), "choosing value {value} on phone {phone} leaves the card");
            assert_eq!(Item::root(&p.documents[3]).value("date"), card.values[value].value);
        }
    }
}

#[test]
fn a_card_of_the_relationship_can_be_decided() {
    use command::{Command as C, RelationshipCommand as R};
    let mut fleet = Fleet::new(1, 2);
    fleet.edit(0, 0, &C::Relationship(R::Role { topic: "newborn / airway".into(), mentor: Some(person(0)) }));
    fleet.edit(1, 0, &C::Relationship(R::Role { topic: "newborn / airway".into(), mentor: Some(person(1)) }));
    fleet.settle();
    let (document, card) = fleet.phones[1].cards(&fleet.writers)[0].clone();
    fleet.choose(1, document, &card, 1 - card.shown);
    fleet.settle();
    assert!(fleet.phones.iter().all(|p| p.cards(&fleet.writers).is_empty()));
}

#[test]
fn equal_concurrent_values_make_no_card() {
    use command::{Command as C, NoteCommand as N};
    let mut fleet = Fleet::new(1, 2);
    for phone in 0..2 {
        fleet.edit(phone, 3, &C::Note(N::Title("Shift plan".into())));
        fleet.edit(phone, 3, &C::Note(N::Date(None)));
        let goal = crate::id::ItemId([5; 16]);
        let status = crate::event::payload::GoalStatusSet { status: GoalStatus::Paused, reason: Some(format!("{phone}")) };
        fleet.state(phone, EventDraft { subject: goal.0, payload: status.into() });
    }
    fleet.settle();
    assert!(fleet.phones.iter().all(|p| p.cards(&fleet.writers).is_empty()));
}

#[test]
fn only_the_author_of_a_persons_own_field_may_decide_it_and_what_others_write_there_is_not_shown() {
    use command::{Command as C, PersonField, RelationshipCommand as R};
    // Phones 0 and 2 are one person's.
    let name = |n: &str| C::Relationship(R::Myself { field: PersonField::Name, value: Some(n.into()) });
    let mut fleet = Fleet::new(1, 3);
    fleet.edit(0, 0, &name("Ana"));
    fleet.edit(2, 0, &name("Ana M."));
    fleet.settle();
    let (document, card) = fleet.phones[1].cards(&fleet.writers)[0].clone();
    assert_eq!(card.only_for, Some(person(0)));
    let Some(crate::card::Choice::Command(command)) = crate::card::resolve(&card, 0) else { panic!() };
    let by = Author { person: person(1), device: DeviceId([8; 32]), actor: [2; 16], clock: Clock(9), wall_ms: 0 };
    assert!(fleet.phones[1].documents[document].clone().edit(&by, &command).is_err());
    assert_eq!(fleet.phones[1].readable(&fleet.writers).name(person(0)), "Ana M.", "the later clock is shown");
    fleet.choose(0, document, &card, 0);
    fleet.settle();
    assert!(fleet.phones.iter().all(|p| p.cards(&fleet.writers).is_empty()));
    // A phone of somebody else that writes there all the same.
    let (mine, theirs) = (format!("people/{}/name", person(0)), author_of(1));
    let put = |value: &str| {
        let value = automerge::ScalarValue::Str(value.into());
        vec![step::Step::Put { at: Vec::new(), key: mine.clone(), value }]
    };
    let before = fleet.phones[0].readable(&fleet.writers).name(person(0));
    let mut forged = fleet.phones[1].documents[0].clone();
    let changes = step::run(&mut forged, &theirs, put("Eve")).unwrap();
    fleet.edit(0, 0, &name("Ana Maria"));
    fleet.phones[0].documents[0].apply(changes).unwrap();
    assert_ne!(before, "Eve");
    assert_eq!(fleet.phones[0].readable(&fleet.writers).name(person(0)), "Ana Maria", "somebody else's word for a name is shown");
    assert!(fleet.phones[0].cards(&fleet.writers).is_empty());
}

/// A phone of the second person.
fn author_of(phone: u8) -> Author {
    Author {
        person: person(1),
        device: DeviceId([8; 32]),
        actor: [phone + 1; 16],
        clock: Clock(1_999_000_000_000),
        wall_ms: 1_999_000_000_000,
    }
}

#[test]
fn status_against_status_is_one_card_with_both_reasons_and_one_choice_clears_it() {
    use crate::event::payload::{GoalStatusSet, SessionStateSet};
    use command::{Command as C, GoalsCommand as G};
    let goal = crate::id::ItemId([5; 16]);
    let mut fleet = Fleet::new(1, 2);
    fleet.edit(0, 1, &C::Goals(G::AddGoal { id: goal, title: "Safe handover".into() }));
    fleet.settle();
    let set = |status, why: &str| EventDraft { subject: goal.0, payload: GoalStatusSet { status, reason: Some(why.into()) }.into() };
    fleet.state(0, set(GoalStatus::Achieved, "did it twice"));
    fleet.state(1, set(GoalStatus::Paused, "exams"));
    fleet.settle();
    for p in &fleet.phones {
        let view = &p.readable(&fleet.writers).goals[0];
        assert_eq!((view.status, view.cards), (GoalStatus::Active, 1));
        let reasons: Vec<_> = view.differ["status"].iter().map(|v| v.reason.clone().unwrap()).collect();
        assert_eq!(reasons, ["did it twice", "exams"]);
    }
    let (document, card) = fleet.phones[1].cards(&fleet.writers)[0].clone();
    assert_eq!(card.shown, 2, "active is none of the two");
    fleet.choose(1, document, &card, 0);
    fleet.settle();
    for p in &fleet.phones {
        let view = &p.readable(&fleet.writers).goals[0];
        assert_eq!((view.status, view.cards), (GoalStatus::Achieved, 0));
    }
    // A session alike, and held wins where contents were recorded.
    let session = fleet.phones[0].documents[2].id;
    fleet.edit(0, 2, &C::Session(command::SessionCommand::Create { title: "Ward".into(), date: None }));
    fleet.edit(0, 2, &C::Session(command::SessionCommand::Technique { technique: "showing".into(), on: true }));
    let set = |state| EventDraft { subject: session.0, payload: SessionStateSet { state, reason: None }.into() };
    fleet.state(0, set(SessionState::Held));
    fleet.state(1, set(SessionState::Cancelled));
    fleet.settle();
    let (document, card) = fleet.phones[0].cards(&fleet.writers)[0].clone();
    assert_eq!((card.field.as_str(), card.values[card.shown].words.as_str()), ("state", "held"));
    fleet.choose(0, document, &card, 0);
    fleet.settle();
    assert!(fleet.phones.iter().all(|p| p.cards(&fleet.writers).is_empty()));
    assert!(fleet.phones.iter().all(|p| p.readable(&fleet.writers).sessions[0].state == SessionState::Cancelled));
    assert!(fleet.phones[0].events.iter().all(|e| !matches!(e.event.payload, Payload::Unknown { .. })));
}

use crate::event::EventDraft;
