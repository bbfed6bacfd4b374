//! Typing through the engine: keyboards, crashes at every keystroke, others meanwhile.

use super::*;
use crate::document::Author;
use crate::document::command::NoteCommand;
use crate::document::text::TextEdit;
use crate::document::{Clock, Command};
use crate::editing::EditingError;
use crate::engine::Options;
use crate::id::DeviceId;
use crate::identity::entropy::SeededEntropy;
use crate::identity::vault::FileVault;
use crate::store::StoreOptions;

const NOTE: DocumentId = DocumentId([7; 16]);
const START: i64 = 1_750_000_000_000;

#[derive(Deserialize)]
struct Trace {
    base: String,
    events: Vec<Event>,
    text: String,
    never_committed: Vec<String>,
    after_undo: String,
}

#[derive(Deserialize)]
struct Event {
    at: i64,
    replace: [u32; 2],
    text: String,
    selection: [u32; 2],
    composing: Option<[u32; 2]>,
}

impl Event {
    fn input(&self, generation: u64) -> TextInput {
        let range = |r: [u32; 2]| r[0]..r[1];
        let (replace, selection) = (range(self.replace), range(self.selection));
        TextInput { generation, replace, text: self.text.clone(), selection, composing: self.composing.map(range) }
    }
}

fn traces() -> Vec<(String, Trace)> {
    let dir = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/keyboards");
    let mut out = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        out.push((path.display().to_string(), serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap()));
    }
    assert_eq!(out.len(), 4);
    out
}

struct Phone {
    dir: tempfile::TempDir,
    engine: Option<Engine>,
    space: SpaceId,
    text: TextSession,
    generation: u64,
}

impl Phone {
    fn new(base: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let vault = FileVault::new(dir.path().join("vault.key"));
        let mut engine = Engine::create(dir.path(), &vault, Box::new(SeededEntropy::new(1)), &Self::options(), "Ana", &[], START).unwrap();
        let space = engine.personal().unwrap();
        let create = Command::Note(NoteCommand::Create { title: "Rounds".into(), pair: None });
        engine.edit(&space, NOTE, DocumentKind::Note, &create, START).unwrap();
        let body = Command::Note(NoteCommand::Body(TextEdit::Splice { pos: 0, delete: 0, insert: base.into() }));
        engine.edit(&space, NOTE, DocumentKind::Note, &body, START).unwrap();
        let (text, state) = engine.open_text(&space, NOTE, &TextField::Body, START).unwrap();
        assert_eq!(state.text.as_deref(), Some(base));
        Self { dir, engine: Some(engine), space, text, generation: 0 }
    }

    fn options() -> Options {
        Options { store: StoreOptions { relaxed: true } }
    }

    fn engine(&mut self) -> &mut Engine {
        self.engine.as_mut().unwrap()
    }

    fn stored(&mut self) -> String {
        let space = self.space;
        self.engine().document(&space, NOTE).unwrap().text_of(&["body".to_owned()], None).unwrap()
    }

    fn types(&mut self, event: &Event) -> TextState {
        let (text, input) = (self.text, event.input(self.generation));
        let state = self.engine().type_in(text, &input, START + event.at).unwrap();
        self.generation = state.generation;
        state
    }

    fn key(&mut self, at: u32, text: &str, ms: i64) -> TextState {
        let end = at + text.encode_utf16().count() as u32;
        self.types(&Event { at: ms, replace: [at, at], text: text.into(), selection: [end, end], composing: None })
    }

    /// Kills the process and starts it again, with the text open.
    fn crash(&mut self, ms: i64) -> String {
        self.engine = None;
        let vault = FileVault::new(self.dir.path().join("vault.key"));
        let entropy = Box::new(SeededEntropy::new(ms as u64));
        let (mut engine, _) = Engine::open(self.dir.path(), &vault, entropy, &Self::options(), START + ms).unwrap();
        let (text, state) = engine.open_text(&self.space, NOTE, &TextField::Body, START + ms).unwrap();
        (self.engine, self.text, self.generation) = (Some(engine), text, state.generation);
        state.text.unwrap()
    }

    /// Somebody else's edit comes in.
    fn comes(&mut self, other: &Document) {
        let space = self.space;
        let no = self.engine().core.space(&space).unwrap().no;
        let changes: Vec<_> = other.changes().into_iter().filter_map(|(_, b)| super::super::write::flat(&b)).collect();
        let done = self.engine().transact(|core, db| {
            let open = core.docs.get(db, (no, space), NOTE, None)?.unwrap();
            let new = open.take(changes).unwrap();
            open.keep(db, &new)
        });
        done.unwrap();
    }
}

fn ben(clock: u64) -> Author {
    let id = [66; 32];
    Author { person: PersonId(id), device: DeviceId(id), actor: [66; 16], clock: Clock(clock), wall_ms: 0 }
}

#[test]
fn keyboards_type_what_they_show_and_the_document_never_gets_what_they_compose() {
    for (name, trace) in traces() {
        let mut phone = Phone::new(&trace.base);
        for event in &trace.events {
            phone.types(event);
            let (text, generation) = (phone.text, phone.generation);
            phone.engine().refresh_text(text, generation, START + event.at + 10).unwrap();
            // A pause within a composition is no reason to write it.
            phone.engine().refresh_text(text, generation, START + event.at + 1_700).unwrap();
            let stored = phone.stored();
            for never in &trace.never_committed {
                assert!(!stored.contains(never.as_str()), "{name}: {stored}");
            }
        }
        let (text, generation) = (phone.text, phone.generation);
        phone.engine().refresh_text(text, generation, START + 100_000).unwrap();
        assert_eq!(phone.stored(), trace.text, "{name}");
        // One undo takes one gesture back, all of them everything typed.
        let state = phone.engine().undo_text(text, generation, START + 100_001).unwrap();
        let first = phone.engine().core.typing.open[&text].session.text();
        assert_eq!(first, trace.after_undo, "{name}");
        let mut generation = state.generation;
        while phone.engine().undo_text(text, generation, START + 100_002).map(|s| (generation = s.generation, s.can_undo).1).unwrap() {}
        phone.engine().undo_text(text, generation, START + 100_003).unwrap();
        phone.engine().close_text(text, START + 100_004).unwrap();
        assert_eq!(phone.stored(), trace.base, "{name}");
    }
}

#[test]
fn a_crash_after_any_keystroke_loses_nothing() {
    for (name, trace) in traces() {
        let mut app: Vec<u16> = trace.base.encode_utf16().collect();
        let mut phone = Phone::new(&trace.base);
        for event in &trace.events {
            phone.types(event);
            app.splice(event.replace[0] as usize..event.replace[1] as usize, event.text.encode_utf16());
            let typed = String::from_utf16(&app).unwrap();
            assert_eq!(phone.crash(event.at), typed, "{name}");
            assert_eq!(phone.stored(), typed, "{name}");
        }
    }
}

#[test]
fn what_another_wrote_meanwhile_stays_through_typing_a_crash_and_undo() {
    let mut phone = Phone::new("one two three");
    let (space, text) = (phone.space, phone.text);
    let mut other = phone.engine().document(&space, NOTE).unwrap();
    phone.key(3, " X", 0);
    let path = ["body".to_owned()];
    other.type_text(&ben(1 << 40), &path, &[(0, 0, "zero ".into())]).unwrap();
    phone.comes(&other);
    // Typed on the text as the app still shows it: it lands where it was meant.
    let stale = Event { at: 100, replace: [5, 5], text: "Y".into(), selection: [6, 6], composing: None }.input(0);
    let state = phone.engine().type_in(text, &stale, START + 100).unwrap();
    assert_eq!(state.splices, [crate::editing::Utf16Splice { start: 0, end: 0, text: "zero ".into() }]);
    assert_eq!((state.selection, state.generation), (11..11, 1));
    // Another edit of the same document, and one that came in unseen, leave the journal whole.
    let tag = Command::Note(NoteCommand::Tag { tag: "night".into(), on: true });
    phone.engine().edit(&space, NOTE, DocumentKind::Note, &tag, START + 200).unwrap();
    other.type_text(&ben(1 << 41), &path, &[(5, 4, String::new())]).unwrap();
    phone.comes(&other);
    assert_eq!(phone.crash(300), "zero  XYtwo three");
    assert_eq!(phone.stored(), "zero  XYtwo three");
}

#[test]
fn fifty_keystrokes_or_a_pause_make_a_change_and_nothing_else_does() {
    let mut phone = Phone::new("");
    for n in 0..50 {
        phone.key(n, "a", i64::from(n) * 100);
    }
    assert_eq!(phone.stored(), "");
    phone.key(50, "b", 5_000);
    assert_eq!(phone.stored(), "a".repeat(50));
    let (text, generation) = (phone.text, phone.generation);
    assert!(phone.engine().refresh_text(text, generation, START + 6_000).unwrap().unsaved);
    assert!(!phone.engine().refresh_text(text, generation, START + 6_500).unwrap().unsaved);
    assert_eq!(phone.stored().len(), 51);
}

#[test]
fn offsets_that_do_not_fit_are_refused_and_take_nothing() {
    let mut phone = Phone::new("a👍🏽e\u{301}");
    let text = phone.text;
    let mut says = |start, end| {
        let input = TextInput { generation: 0, replace: start..end, text: "x".into(), selection: 0..0, composing: None };
        match phone.engine().type_in(text, &input, START) {
            Err(EngineError::Editing(e)) => e,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(says(2, 2), EditingError::InsideSurrogatePair(2));
    assert_eq!(says(3, 3), EditingError::InsideCluster(3));
    assert_eq!(says(6, 6), EditingError::InsideCluster(6));
    assert_eq!(says(7, 8), EditingError::PastEnd { offset: 8, len: 7 });
    assert_eq!(says(1, 0), EditingError::Backwards { start: 1, end: 0 });
    let generation = TextInput { generation: 4, replace: 0..0, text: "x".into(), selection: 0..0, composing: None };
    assert!(matches!(phone.engine().type_in(text, &generation, START), Err(EngineError::Editing(EditingError::UnknownGeneration(4)))));
    // An accent alone is taken out by way of the widened range.
    let accent = TextInput { generation: 0, replace: 6..7, text: String::new(), selection: 6..6, composing: None };
    let wide = phone.engine().widened_input(text, &accent).unwrap();
    assert_eq!((wide.replace.clone(), wide.text.as_str()), (5..7, "e"));
    phone.engine().type_in(text, &wide, START).unwrap();
    phone.engine().close_text(text, START).unwrap();
    assert_eq!(phone.stored(), "a👍🏽e");
}

#[test]
fn a_keystroke_in_a_long_note_costs_the_same_after_a_long_history() {
    let base = "word ".repeat(5_000);
    let mut phone = Phone::new(&base);
    let text = phone.text;
    let mut costs = Vec::new();
    for n in 0..600 {
        let before = phone.engine().core.typing.open[&text].session.visits();
        phone.key(10_000 + n % 7, "x", i64::from(n) * 300);
        costs.push(phone.engine().core.typing.open[&text].session.visits() - before);
    }
    let mean = |c: &[u64]| c.iter().sum::<u64>() / c.len() as u64;
    let (early, late) = (mean(&costs[200..300]), mean(&costs[500..600]));
    assert!(late <= early + early / 2, "{early} pieces looked at, later {late}");
}
