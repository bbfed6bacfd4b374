//! At rest: what a person wrote stands in no file of a profile, in none of the relay's, and in no log; and what is private leaves for nobody.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ithaca_core::document::command::{Command, GoalText, GoalsCommand, NoteCommand};
use ithaca_core::document::text::TextEdit;
use ithaca_core::document::{DocumentKind, derived_id};
use ithaca_core::event::payload::{Answer, CheckIn, Message, Phase};
use ithaca_core::event::{EventDraft, SPACE_SUBJECT};
use ithaca_core::id::{DocumentId, ItemId, SpaceId};
use ithaca_server::testing::TestRelay;
use ithaca_tests::people::{Clock, Person, pair};

use super::net;
use super::thief::Thief;

/// A word that nothing but these texts holds.
const CANARY: &str = "zebrafink";

/// Everything that is traced, at every level, from every crate.
struct Heard(Arc<Mutex<String>>);

struct Words<'a>(&'a mut String);

impl tracing::field::Visit for Words<'_> {
    fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn std::fmt::Debug) {
        let _ = write!(self.0, " {field}={value:?}");
    }
}

impl tracing::Subscriber for Heard {
    fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        span.record(&mut Words(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner)));
        tracing::span::Id::from_u64(1)
    }

    fn record(&self, _: &tracing::span::Id, values: &tracing::span::Record<'_>) {
        values.record(&mut Words(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner)));
    }

    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}

    fn event(&self, event: &tracing::Event<'_>) {
        let mut heard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = write!(heard, "\n{}", event.metadata().target());
        event.record(&mut Words(&mut heard));
    }

    fn enter(&self, _: &tracing::span::Id) {}

    fn exit(&self, _: &tracing::span::Id) {}
}

/// Every file below `dir`.
fn files(dir: &Path) -> Vec<(String, Vec<u8>)> {
    let mut out = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            out.extend(files(&path));
        } else {
            out.push((path.display().to_string(), std::fs::read(&path).unwrap()));
        }
    }
    out
}

fn holds(bytes: &[u8], what: &[u8]) -> bool {
    bytes.windows(what.len()).any(|w| w.eq_ignore_ascii_case(what))
}

fn no_canary(dirs: &[&Path], secrets: &[Vec<u8>]) {
    let mut needles: Vec<Vec<u8>> =
        vec![CANARY.into(), hex::encode(CANARY).into(), CANARY.encode_utf16().flat_map(u16::to_le_bytes).collect()];
    for secret in secrets {
        needles.extend([secret.clone(), hex::encode(secret).into()]);
    }
    let mut n = 0;
    for (name, bytes) in dirs.iter().flat_map(|d| files(d)) {
        n += bytes.len();
        for needle in &needles {
            assert!(!holds(&bytes, needle), "{name} holds {:?}", String::from_utf8_lossy(needle));
        }
    }
    assert!(n > 100_000, "there was something to look at");
}

fn write_everything(person: &mut Person, space: &SpaceId, base: u8) {
    let (now, personal) = (person.now(), person.engine().personal().unwrap());
    let word = |what: &str| format!("{CANARY} {what}");
    let engine = person.engine();
    for (space, id) in [(space, DocumentId([base + 1; 16])), (&personal, DocumentId([base + 2; 16]))] {
        let mut note = |c| engine.edit(space, id, DocumentKind::Note, &Command::Note(c), now).unwrap();
        note(NoteCommand::Create { title: word("title"), pair: None });
        note(NoteCommand::Body(TextEdit::Splice { pos: 0, delete: 0, insert: word("body").repeat(50) }));
        note(NoteCommand::Tag { tag: CANARY.to_owned(), on: true });
        note(NoteCommand::Place(Some(word("place"))));
        engine
            .journal(space, id, &Command::Note(NoteCommand::Body(TextEdit::Splice { pos: 0, delete: 0, insert: word("typed") })))
            .unwrap();
    }
    let goals = derived_id(*space, DocumentKind::Goals);
    let goal = ItemId([base + 3; 16]);
    let edit = TextEdit::Splice { pos: 0, delete: 0, insert: word("why") };
    for command in [
        GoalsCommand::AddGoal { id: goal, title: word("goal") },
        GoalsCommand::GoalText { goal, field: GoalText::Why, edit },
        GoalsCommand::AddAction { id: ItemId([base + 4; 16]), text: word("action"), owners: vec![], due: None, from: None },
    ] {
        engine.edit(space, goals, DocumentKind::Goals, &Command::Goals(command), now).unwrap();
    }
    let message = Message { text: word("message"), reply: None };
    engine.state(space, EventDraft { subject: SPACE_SUBJECT, payload: message.into() }, now).unwrap();
    let answer = Answer { prompt: "arriving".into(), words: Some(word("check-in")), scale: Some(3), chosen: Some(vec![word("chosen")]) };
    let check = CheckIn { phase: Phase::Before, answers: vec![answer] };
    engine.state(space, EventDraft { subject: [9; 16], payload: check.into() }, now).unwrap();
}

#[tokio::test]
async fn s25_no_word_that_was_written_stands_in_a_file_or_a_log() {
    let heard = Arc::new(Mutex::new(String::new()));
    tracing::subscriber::set_global_default(Heard(heard.clone())).unwrap();
    let data = tempfile::tempdir().unwrap();
    let start = || {
        let relay = TestRelay::builder().data(data.path()).config(|c| {
            c.open = true;
            c.drain = Duration::from_millis(200);
        });
        relay.start().unwrap()
    };
    let relay = start();
    let clock = Clock::default();
    let mut ana = Person::new(&format!("Ana {CANARY}"), 1, &clock).unwrap();
    let mut ben = Person::new(&format!("Ben {CANARY}"), 2, &clock).unwrap();
    let space = pair(&mut ana, &mut ben, &relay.origin()).await.unwrap();
    write_everything(&mut ana, &space, 0);
    let dirs = [ana.folder(), ben.folder(), data.path().to_owned()];
    let dirs: Vec<&Path> = dirs.iter().map(|d| d.as_path()).collect();
    no_canary(&dirs, &[]);
    for _ in 0..2 {
        ana.sync().await.unwrap();
        ben.sync().await.unwrap();
    }
    write_everything(&mut ben, &space, 10);
    for _ in 0..2 {
        ben.sync().await.unwrap();
        ana.sync().await.unwrap();
    }
    // While they run, after a kill, after the next start.
    no_canary(&dirs, &[]);
    for person in [&mut ana, &mut ben] {
        assert!(!person.engine().search(CANARY, 10).unwrap().is_empty(), "search finds it");
        person.stop();
        person.start().unwrap();
    }
    no_canary(&dirs, &[]);
    // And all of it can be read.
    let engine = ben.engine();
    let personal = engine.personal().unwrap();
    for space in [&space, &personal] {
        let export = engine.export(space).unwrap();
        assert!(export.matches(CANARY).count() >= 5, "{}", export.matches(CANARY).count());
    }
    assert!(engine.name().unwrap().contains(CANARY));
    assert!(engine.pairs().unwrap()[0].name.contains(CANARY));
    let said = engine.messages(&space, None, 10).unwrap();
    assert_eq!(said.len(), 2);
    assert!(said.iter().all(|m| m.text.as_ref().is_some_and(|t| t.contains(CANARY))));
    drop(relay);
    no_canary(&dirs, &[]);
    let heard = heard.lock().unwrap_or_else(PoisonError::into_inner);
    assert!(heard.len() > 1000, "logs were heard");
    assert!(!holds(heard.as_bytes(), CANARY.as_bytes()), "a log holds what somebody wrote");
    assert!(!holds(heard.as_bytes(), hex::encode(CANARY).as_bytes()));
}

#[test]
fn s25_no_secret_stands_in_a_file_but_the_vaults_key() {
    let (mut net, mut ana, mut ben, space) = net::pair(1);
    ana.say(&space, "something");
    net.settle(&mut ana, &mut ben);
    let thief = Thief::of(&ana, &space, 1);
    let personal = ana.engine().personal().unwrap();
    let own = Thief::of(&ana, &personal, 2);
    let seed = Thief::meta(&ana, "seed").unwrap();
    let keys = [thief.key.secret().expose().to_vec(), thief.key.content().expose().to_vec(), own.key.secret().expose().to_vec(), seed];
    no_canary(&[ana.dir.path(), ben.dir.path()], &keys);
    ana.close();
    no_canary(&[ana.dir.path(), ben.dir.path()], &keys);
}

#[test]
fn s29_private_notes_never_reach_the_partner() {
    let (mut net, mut ana, mut ben, space) = net::pair(2);
    let personal = ana.engine().personal().unwrap();
    ana.note(&personal, 1, "mine alone");
    ana.command(&personal, DocumentId([2; 16]), NoteCommand::Create { title: "about Ben".into(), pair: Some(space) });
    ana.write(&personal, 1, 0, "nobody else reads this");
    let shared = Thief::of(&ana, &space, 1);
    let own = Thief::of(&ana, &personal, 2);
    let bens = ben.engine().personal().unwrap();
    let asked = Arc::new(Mutex::new(Vec::new()));
    let list = asked.clone();
    net.ask = Some(Box::new(move |request| list.lock().unwrap().extend(request.mailboxes.iter().map(|a| a.mailbox))));
    net.sync(&mut ana);
    let by_ana: Vec<_> = std::mem::take(&mut *asked.lock().unwrap());
    assert!(by_ana.contains(&own.mailbox().id) && by_ana.contains(&shared.mailbox().id), "both are asked for by Ana");
    let from = net.pushed.len();
    for _ in 0..4 {
        net.sync(&mut ben);
    }
    let by_ben = asked.lock().unwrap().clone();
    assert!(by_ben.contains(&shared.mailbox().id));
    assert!(!by_ben.contains(&own.mailbox().id), "Ben never asks for Ana's own mailbox");
    assert_eq!(net.pushed[from..].iter().filter(|(m, _)| *m == own.mailbox().id).count(), 0);
    // What stands in the shared mailbox opens with the shared key, and holds nothing of the notes; what stands in the own one does not open with it.
    for (mailbox, bytes) in &net.pushed {
        let outer = ithaca_wire::record::Outer::parse(bytes).unwrap();
        if *mailbox == own.mailbox().id {
            assert!(ithaca_core::record::seal::open(shared.key.content(), &shared.epoch(), &outer).is_err());
            assert!(ithaca_core::record::seal::open(own.key.content(), &own.epoch(), &outer).is_ok());
        }
        if *mailbox == shared.mailbox().id {
            let inner = ithaca_core::record::seal::open(shared.key.content(), &shared.epoch(), &outer).unwrap();
            let body = ithaca_core::record::body::Body::parse(&inner.body).unwrap();
            assert!(
                body.changes.iter().all(|c| ![[1; 16], [2; 16]].contains(&c.document.0)),
                "a private note's changes in a shared record"
            );
            assert!(!body.statements.iter().any(|s| holds(s, &personal.0)), "the personal space is named nowhere");
        }
    }
    let export = ben.engine().export(&space).unwrap() + &ben.engine().export(&bens).unwrap();
    assert!(!export.contains("mine alone") && !export.contains("about Ben") && !export.contains("nobody else"));
    ben.close();
    for (name, bytes) in files(ben.dir.path()) {
        assert!(!holds(&bytes, &personal.0) && !holds(&bytes, &own.mailbox().id.0), "{name} names Ana's personal space");
    }
}
