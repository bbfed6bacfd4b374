//! The table holds: each field and event of it has a generator that writes it and a reader that shows it, and nothing else is written.

use std::collections::BTreeSet;

use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;
use serde_json::Value;

use super::command::{ItemCommand, NoteCommand, SessionCommand};
use super::fleet::{SPACE, person};
use super::read::{Item, Writers};
use super::schema::{EVENTS, FIELDS, Field, field, page, random_command, random_event};
use super::*;
use crate::event::{HeldEvent, SPACE_SUBJECT, order, payload::KINDS};
use crate::view::{messages, project, project_stage};

fn writers() -> Writers {
    (1..4).map(|n| ([n as u8; 16], person((n - 1) % 2))).collect()
}

fn author(n: usize, clock: u64) -> Author {
    let device = DeviceId([n as u8; 32]);
    Author { person: person((n - 1) % 2), device, actor: [n as u8; 16], clock: Clock(clock), wall_ms: clock as i64 }
}

fn id_of(kind: DocumentKind) -> DocumentId {
    DocumentId([kind.code() as u8; 16])
}

/// Documents of a kind to try a field on: one with some of everything, the same with all of it in the bin, and an empty one.
fn bases(kind: DocumentKind, rng: &mut ChaCha8Rng) -> Vec<Document> {
    let mut full = Document::new(SPACE, id_of(kind), kind);
    let empty = full.clone();
    for clock in 1..160 {
        let command = random_command(rng, &full, person(0));
        full.edit(&author(1, clock), &command).unwrap();
    }
    for noun in nouns(kind) {
        for item in ids(&full, noun) {
            full.edit(&author(1, 170), &Command::Item(ItemCommand::Restore { item })).unwrap();
        }
    }
    restore(&mut full, 1, None);
    let mut gone = full.clone();
    for noun in nouns(kind) {
        for item in ids(&full, noun) {
            gone.edit(&author(1, 171), &Command::Item(ItemCommand::Delete { item })).unwrap();
        }
    }
    match kind {
        DocumentKind::Note => gone.edit(&author(1, 172), &Command::Note(NoteCommand::Delete)).map(|_| ()).unwrap(),
        DocumentKind::Session => gone.edit(&author(1, 172), &Command::Session(SessionCommand::Delete)).map(|_| ()).unwrap(),
        _ => {}
    }
    vec![full, gone, empty]
}

fn ids(document: &Document, noun: &str) -> Vec<crate::id::ItemId> {
    Item::all(document, noun).into_iter().map(|(id, _)| id).collect()
}

fn nouns(kind: DocumentKind) -> BTreeSet<&'static str> {
    FIELDS.iter().filter(|f| f.kind == kind && !f.noun.is_empty()).map(|f| f.noun).collect()
}

/// An edit that keeps what somebody else deletes.
fn restore(document: &mut Document, who: usize, item: Option<crate::id::ItemId>) -> Vec<Vec<u8>> {
    let command = match (item, document.kind) {
        (Some(item), _) => Command::Item(ItemCommand::Restore { item }),
        (None, DocumentKind::Note) => Command::Note(NoteCommand::Restore),
        (None, DocumentKind::Session) => Command::Session(SessionCommand::Restore),
        _ => return Vec::new(),
    };
    document.edit(&author(who, 500), &command).unwrap()
}

/// Everything that is shown under `View.field`.
fn shown(views: &[(&str, Value)], reader: &str) -> Vec<Value> {
    let (view, key) = reader.split_once('.').unwrap();
    let mut out = Vec::new();
    for (name, json) in views {
        gather(name, json, view, key, &mut out);
    }
    out
}

fn gather(name: &str, json: &Value, view: &str, key: &str, out: &mut Vec<Value>) {
    if name == view {
        out.push(json.get(key).unwrap_or_else(|| panic!("{view} has no field {key}")).clone());
    }
    let inner = [
        ("milestones", "MilestoneView"),
        ("agenda", "AgendaView"),
        ("proposals", "ProposalView"),
        ("clauses", "ClauseView"),
        ("plan", "PlanView"),
    ];
    for (field, name) in inner {
        for one in json.get(field).and_then(Value::as_array).into_iter().flatten() {
            gather(name, one, view, key, out);
        }
    }
}

fn views(document: &Document, events: &[HeldEvent]) -> Vec<(&'static str, Value)> {
    let name = |kind| match kind {
        crate::view::RowKind::Relationship => "RelationshipView",
        crate::view::RowKind::Goal => "GoalView",
        crate::view::RowKind::Action => "ActionView",
        crate::view::RowKind::Session => "SessionView",
        crate::view::RowKind::Note => "NoteView",
        crate::view::RowKind::Stage => "StageView",
    };
    project(document, events, &writers()).into_iter().map(|r| (name(r.kind), serde_json::from_str(&r.json).unwrap())).collect()
}

/// Whether one of the changes writes a key of the field, or letters of its text.
fn writes(before: &Document, after: &Document, changes: &[Vec<u8>], f: &Field) -> bool {
    use automerge::legacy::Key;
    let texts = |d: &Document| -> Vec<String> {
        let inside = |(_, i): &(crate::id::ItemId, Item<'_>)| i.reading(f.key).text;
        if f.noun.is_empty() { vec![Item::root(d).reading(f.key).text] } else { Item::all(d, f.noun).iter().map(inside).collect() }
    };
    if f.class == schema::Class::Text {
        return texts(before) != texts(after);
    }
    changes.iter().any(|c| {
        let ops = automerge::Change::from_bytes(c.clone()).unwrap().decode().operations;
        ops.iter().any(|op| match &op.key {
            Key::Map(key) => field(f.kind, f.noun, key).is_some_and(|found| found.key == f.key),
            Key::Seq(_) => false,
        })
    })
}

#[test]
fn every_field_is_written_by_its_generator_and_shown_by_its_reader() {
    let mut rng = ChaCha8Rng::seed_from_u64(11);
    for kind in (1..=4).map(DocumentKind::from_code) {
        let bases = bases(kind, &mut rng);
        for f in FIELDS.iter().filter(|f| f.kind == kind) {
            assert!(!f.rule.is_empty() && !f.label.is_empty());
            let (mut written, mut read) = (false, false);
            for n in 0..120 {
                let before = &bases[n % bases.len()];
                let Some(command) = (f.generate)(&mut rng, before, person(1)) else { continue };
                let mut after = before.clone();
                let changes = after.edit(&author(2, 400 + n as u64), &command).unwrap();
                written |= writes(before, &after, &changes, f);
                if f.key == "deleted" {
                    // Shown where somebody else edited at the same time.
                    let item = if let Command::Item(ItemCommand::Delete { item }) = &command { Some(*item) } else { None };
                    let mut other = before.clone();
                    after.apply(restore(&mut other, 3, item)).unwrap();
                }
                read |= shown(&views(before, &[]), f.reader) != shown(&views(&after, &[]), f.reader);
                if written && read {
                    break;
                }
            }
            assert!(written, "the generator of {kind:?} {} {} never writes it", f.noun, f.key);
            assert!(read, "{} never shows a change of {kind:?} {} {}", f.reader, f.noun, f.key);
        }
    }
}

#[test]
fn every_event_kind_is_in_the_table_generated_and_shown_by_its_reader() {
    assert_eq!(
        EVENTS.iter().map(|e| e.kind).collect::<Vec<_>>(),
        KINDS.iter().map(|(k, _)| *k).collect::<Vec<_>>(),
        "an event kind lacks its line in the table, or the other way round"
    );
    let mut rng = ChaCha8Rng::seed_from_u64(12);
    let mut goals = Document::new(SPACE, id_of(DocumentKind::Goals), DocumentKind::Goals);
    let goal = crate::id::ItemId([9; 16]);
    goals.edit(&author(1, 1), &Command::Goals(command::GoalsCommand::AddGoal { id: goal, title: "g".into() })).unwrap();
    let sessions = [3u8, 7].map(|n| {
        let mut d = Document::new(SPACE, DocumentId([n; 16]), DocumentKind::Session);
        d.edit(&author(1, 1), &Command::Session(SessionCommand::Create { title: "s".into(), date: None })).unwrap();
        d
    });
    let subjects = [goal.0, [3; 16], [7; 16]];
    let all = |events: &[HeldEvent]| {
        let mut out = views(&goals, events);
        sessions.iter().for_each(|s| out.extend(views(s, events)));
        let of_space: Vec<HeldEvent> = events.iter().filter(|e| e.event.subject == SPACE_SUBJECT).cloned().collect();
        out.push(("StageView", serde_json::to_value(project_stage(&of_space, &[person(0), person(1)])).unwrap()));
        out.extend(messages(events).iter().map(|m| ("MessageView", serde_json::to_value(m).unwrap())));
        out
    };
    let mut missing: BTreeSet<u16> = EVENTS.iter().map(|e| e.kind).collect();
    let mut held: Vec<HeldEvent> = Vec::new();
    for n in 0..4_000u64 {
        if missing.is_empty() {
            break;
        }
        // Short logs: a long one settles into states that few events change.
        if n % 25 == 0 {
            held.clear();
        }
        let who = (n % 2) as usize + 1;
        let draft = random_event(&mut rng, &subjects, &held);
        let line = EVENTS.iter().find(|e| e.kind == draft.payload.kind()).unwrap();
        assert!(!line.rule.is_empty());
        let by = author(who, 0);
        let event = draft.stated(Clock(1_000 + n), 5, &held).encode();
        let mut with = held.clone();
        with.push(HeldEvent::take(SPACE, by.person, by.device, event, |_| None).unwrap());
        order(&mut with);
        if missing.contains(&line.kind) && shown(&all(&held), line.reader) != shown(&all(&with), line.reader) {
            missing.remove(&line.kind);
        }
        held = with;
    }
    let missing: Vec<&str> = KINDS.iter().filter(|(k, _)| missing.contains(k)).map(|(_, n)| *n).collect();
    assert!(missing.is_empty(), "never generated, or never shown by its reader: {missing:?}");
}

#[test]
fn a_key_that_the_table_does_not_know_is_never_written() {
    let mut document = Document::new(SPACE, DocumentId([4; 16]), DocumentKind::Note);
    let before = document.heads();
    for key in ["mood", "tags/", "items/x", "people/x/name"] {
        let put = step::Step::Put { at: Vec::new(), key: key.into(), value: automerge::ScalarValue::Boolean(true) };
        let refused = step::run(&mut document, &author(1, 1), vec![put]);
        assert!(matches!(refused, Err(DocumentError::UnknownField(_))), "{key} was written");
    }
    for field in ["alive", "rank", "body", "tags/x", "mood"] {
        let pick = Command::Pick { item: None, field: field.into(), value: read::Scalar::Text("x".into()) };
        assert!(document.edit(&author(1, 1), &pick).is_err(), "a pick wrote {field}");
    }
    assert_eq!(document.heads(), before);
}

#[test]
fn no_two_lines_of_the_table_claim_one_key() {
    for f in FIELDS {
        let key = f.key.replace('*', "x");
        let found = field(f.kind, f.noun, &key).unwrap();
        assert_eq!((found.key, found.noun), (f.key, f.noun), "{} is taken by {}", f.key, found.key);
    }
}

#[test]
fn the_page_fields_md_is_the_table() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/fields.md");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path, page()).unwrap();
    }
    let there = std::fs::read_to_string(path).unwrap_or_default();
    assert!(there == page(), "core/docs/fields.md is not the table: run with UPDATE=1");
}
