//! J2: three days apart, both writing.

use ithaca_core::document::command::{GoalsCommand, ItemCommand, NoteCommand};
use ithaca_core::document::text::TextEdit;
use ithaca_core::document::{Command, DocumentKind, derived_id};
use ithaca_core::engine::Where;
use ithaca_core::id::{DocumentId, ItemId, SpaceId};
use ithaca_core::view::{ActionView, GoalView, NoteView, RowKind};
use ithaca_server::testing::TestRelay;
use ithaca_tests::people::{Clock, Person, pair};

const PLAN: DocumentId = DocumentId([7; 16]);
const DAY: i64 = 86_400_000;

fn note(person: &mut Person, space: &SpaceId, command: NoteCommand) {
    let now = person.now();
    person.engine().edit(space, PLAN, DocumentKind::Note, &Command::Note(command), now).unwrap();
}

fn goals(person: &mut Person, space: &SpaceId, command: GoalsCommand) {
    let (now, id) = (person.now(), derived_id(*space, DocumentKind::Goals));
    person.engine().edit(space, id, DocumentKind::Goals, &Command::Goals(command), now).unwrap();
}

fn rewrite(person: &mut Person, space: &SpaceId, text: &str) {
    let base_heads = person.engine().document(space, PLAN).unwrap().heads();
    note(person, space, NoteCommand::Body(TextEdit::Rewrite { base_heads, text: text.into() }));
}

fn plan(person: &mut Person, space: &SpaceId) -> NoteView {
    person.engine().view(space, RowKind::Note, &PLAN.0).unwrap().unwrap()
}

#[tokio::test]
async fn both_write_for_three_days_and_nothing_is_lost() {
    let relay = TestRelay::open().unwrap();
    let clock = Clock::default();
    let (mut ana, mut ben) = (Person::new("Ana", 1, &clock).unwrap(), Person::new("Ben", 2, &clock).unwrap());
    let space = pair(&mut ana, &mut ben, &relay.origin()).await.unwrap();
    note(&mut ana, &space, NoteCommand::Create { title: "Plan".into(), pair: None });
    rewrite(&mut ana, &space, "Visit ward on Monday. Bring the checklist.");
    note(&mut ana, &space, NoteCommand::Tag { tag: "old".into(), on: true });
    let goal = ItemId([1; 16]);
    goals(&mut ana, &space, GoalsCommand::AddGoal { id: goal, title: "Safe handover".into() });
    for n in 0..4 {
        goals(&mut ana, &space, GoalsCommand::AddMilestone { id: ItemId([10 + n; 16]), goal, text: format!("Step {n}") });
    }
    let tick = |item| Command::Item(ItemCommand::Tick { item, date: Some("2031-03-03".into()) });
    let list = derived_id(space, DocumentKind::Goals);
    let now = ana.now();
    ana.engine().edit(&space, list, DocumentKind::Goals, &tick(ItemId([10; 16])), now).unwrap();
    assert_eq!(ana.engine().document_status(&space, PLAN).unwrap().at, Where::Here);
    ana.sync().await.unwrap();
    assert_eq!(ana.engine().document_status(&space, PLAN).unwrap().at, Where::Relay);
    ben.sync().await.unwrap();
    ana.sync().await.unwrap();
    assert_eq!(ana.engine().document_status(&space, PLAN).unwrap().at, Where::Other);
    assert_eq!(plan(&mut ben, &space).body.text, "Visit ward on Monday. Bring the checklist.");

    clock.pass(3 * DAY);
    rewrite(&mut ana, &space, "Visit ward on Tuesday 08:00. Bring the checklist.");
    note(&mut ana, &space, NoteCommand::Tag { tag: "ward".into(), on: true });
    let add = |id, text: &str| GoalsCommand::AddAction { id, text: text.into(), owners: vec![], due: None, from: None };
    goals(&mut ana, &space, add(ItemId([20; 16]), "Print checklist"));
    goals(&mut ana, &space, GoalsCommand::AddGoal { id: ItemId([2; 16]), title: "Lead morning round".into() });
    rewrite(&mut ben, &space, "Visit ward on Monday. Bring the checklist. Ask about the night shift.");
    note(&mut ben, &space, NoteCommand::Tag { tag: "night".into(), on: true });
    note(&mut ben, &space, NoteCommand::Tag { tag: "old".into(), on: false });
    goals(&mut ben, &space, add(ItemId([21; 16]), "Print checklist"));
    let now = ben.now();
    ben.engine().edit(&space, list, DocumentKind::Goals, &tick(ItemId([11; 16])), now).unwrap();
    ben.sync().await.unwrap();
    ana.sync().await.unwrap();
    ben.sync().await.unwrap();
    for person in [&mut ana, &mut ben] {
        let note = plan(person, &space);
        assert_eq!(note.body.words(), "Visit ward on Tuesday 08:00. Bring the checklist. Ask about the night shift.");
        assert_eq!(note.tags, ["night", "ward"]);
        let goals: Vec<GoalView> = person.engine().views(&space, RowKind::Goal, true, 10).unwrap();
        assert_eq!(goals.len(), 2);
        let actions: Vec<ActionView> = person.engine().views(&space, RowKind::Action, true, 10).unwrap();
        assert_eq!(ithaca_core::view::same_thing(&actions).len(), 1, "one hint");
        assert!(person.engine().cards(&space).unwrap().is_empty(), "no dialog");
    }
    let code = ana.engine().state_code(&space).unwrap();
    assert_eq!(code, ben.engine().state_code(&space).unwrap());
    let history = ana.engine().history(&space, PLAN).unwrap();
    let (a, b) = (ana.id(), ben.id());
    assert!(history.iter().any(|h| h.by == Some(a)) && history.iter().any(|h| h.by == Some(b)));

    // The variant: both replace the same word differently.
    rewrite(&mut ana, &space, "Visit ward on Wednesday 08:00. Bring the checklist. Ask about the night shift.");
    rewrite(&mut ben, &space, "Visit ward on Thursday 08:00. Bring the checklist. Ask about the night shift.");
    ana.sync().await.unwrap();
    ben.sync().await.unwrap();
    ana.sync().await.unwrap();
    let view = plan(&mut ana, &space);
    assert_eq!(view.body, plan(&mut ben, &space).body);
    assert_eq!(view.body.alternatives.len(), 1, "{}", view.body.words());
    // Both choose at once, differently: two alternatives again, never none.
    for (person, which) in [(&mut ana, 0), (&mut ben, 1)] {
        let run = plan(person, &space).body.alternatives[0][which].run.clone();
        note(person, &space, NoteCommand::Body(TextEdit::Choose { run }));
    }
    ana.sync().await.unwrap();
    ben.sync().await.unwrap();
    ana.sync().await.unwrap();
    assert_eq!(plan(&mut ana, &space).body.alternatives.len(), 1);
    let run = plan(&mut ana, &space).body.alternatives[0][0].clone();
    note(&mut ana, &space, NoteCommand::Body(TextEdit::Choose { run: run.run }));
    ana.sync().await.unwrap();
    ben.sync().await.unwrap();
    for person in [&mut ana, &mut ben] {
        let body = plan(person, &space).body;
        assert!(body.alternatives.is_empty() && body.text.contains(&run.words), "{}", body.words());
    }
    assert_eq!(ana.engine().state_code(&space).unwrap(), ben.engine().state_code(&space).unwrap());
    // Force-stop and start again: all there.
    ana.stop();
    ana.start().unwrap();
    assert_eq!(ana.engine().state_code(&space).unwrap(), ben.engine().state_code(&space).unwrap());
}
