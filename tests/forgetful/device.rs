//! The device's store: a command that returned is there.

use std::path::Path;

use ithaca_core::document::DocumentKind;
use ithaca_core::document::command::{Command, NoteCommand};
use ithaca_core::document::text::TextEdit;
use ithaca_core::engine::{Engine, Options};
use ithaca_core::event::payload::{Message, Payload};
use ithaca_core::event::{EventDraft, SPACE_SUBJECT};
use ithaca_core::id::{DocumentId, SpaceId};
use ithaca_core::identity::entropy::SeededEntropy;
use ithaca_core::identity::vault::FileVault;
use ithaca_core::store::StoreOptions;
use ithaca_core::view::{NoteView, RowKind};
use ithaca_tests::forgetful;
use ithaca_tests::people::START;

use super::{alone, cases, put};

/// Commands, a third of each sort.
const COMMANDS: u64 = 36;
const NOTE: DocumentId = DocumentId([1; 16]);

fn options(relaxed: bool) -> Options {
    Options { store: StoreOptions { relaxed } }
}

fn open(folder: &Path, seed: u64, relaxed: bool) -> Result<Engine, String> {
    let vault = FileVault::new(folder.join("vault.key"));
    let opened = Engine::open(folder, &vault, Box::new(SeededEntropy::new(seed)), &options(relaxed), START);
    opened.map_err(|e| e.to_string()).and_then(|(engine, opened)| match opened.damaged {
        Some(_) => Err("the database is damaged".to_owned()),
        None => Ok(engine),
    })
}

fn note(command: NoteCommand) -> Command {
    Command::Note(command)
}

/// The `n`th command: a message, a word at the end of a note, or a value kept.
fn command(engine: &mut Engine, space: &SpaceId, n: u64) {
    match n % 3 {
        0 => {
            let text = format!("message {n} {}", "and more of it ".repeat((n % 7) as usize * 20));
            let payload = Payload::Message(Message { text, reply: None });
            engine.state(space, EventDraft { subject: SPACE_SUBJECT, payload }, START).unwrap();
        }
        1 => {
            let pos = body(engine, space).chars().count();
            let edit = TextEdit::Splice { pos, delete: 0, insert: format!("w{n} ") };
            engine.edit(space, NOTE, DocumentKind::Note, &note(NoteCommand::Body(edit)), START).unwrap();
        }
        _ => engine.keep_setting("last", n.to_string().as_bytes()).unwrap(),
    }
}

fn body(engine: &Engine, space: &SpaceId) -> String {
    let view: Option<NoteView> = engine.view(space, RowKind::Note, &NOTE.0).unwrap();
    view.map(|v| v.body.text).unwrap_or_default()
}

/// What an opened phone shows of the commands: the messages, the words, the value, each as the numbers it is of.
fn shown(engine: &Engine, space: &SpaceId) -> Result<Vec<u64>, String> {
    let number = |word: &str| word.parse::<u64>().ok();
    let messages = engine.messages(space, None, 1000).map_err(|e| e.to_string())?;
    let mut out: Vec<u64> = messages.iter().filter_map(|m| number(m.text.as_deref()?.split(' ').nth(1)?)).collect();
    let view: Option<NoteView> = engine.view(space, RowKind::Note, &NOTE.0).map_err(|e| e.to_string())?;
    let text = view.map(|v| v.body.text).unwrap_or_default();
    out.extend(text.split(' ').filter_map(|w| number(w.strip_prefix('w')?)));
    let last = engine.setting("last").map_err(|e| e.to_string())?.unwrap_or_default();
    let last = String::from_utf8(last).ok().and_then(|l| number(&l));
    // A value stands for every one before it.
    out.extend((0..=last.unwrap_or(0)).filter(|n| n % 3 == 2 && last.is_some()));
    out.sort_unstable();
    Ok(out)
}

/// Writes with the tape running, cuts the power at every `stride`th act, and says what was lost or half.
fn losses(relaxed: bool, seed: u64, stride: usize) -> (usize, Vec<String>) {
    let (folder, after) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    forgetful::install();
    forgetful::record(folder.path(), false);
    let vault = FileVault::new(folder.path().join("vault.key"));
    let mut engine =
        Engine::create(folder.path(), &vault, Box::new(SeededEntropy::new(seed)), &options(relaxed), "Ana", &[], START).unwrap();
    let space = engine.personal().unwrap();
    let create = note(NoteCommand::Create { title: "Words".into(), pair: None });
    engine.edit(&space, NOTE, DocumentKind::Note, &create, START).unwrap();
    for n in 0..COMMANDS {
        command(&mut engine, &space, n);
        forgetful::done(n);
        // Ended in peace, which empties the log into the database, and as a killed process.
        match n {
            9 => {
                engine.close().unwrap();
                engine = open(folder.path(), seed + n, relaxed).unwrap();
            }
            21 => {
                drop(engine);
                engine = open(folder.path(), seed + n, relaxed).unwrap();
            }
            _ => {}
        }
    }
    let tape = forgetful::stop();
    drop(engine);
    assert!(tape.len() > 100 && (relaxed || tape.n_syncs() > 30), "{} acts, {} syncs", tape.len(), tape.n_syncs());
    // Keys and marker are files of the profile's own.
    for entry in std::fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap()) {
        std::fs::copy(entry.path(), after.path().join(entry.file_name())).unwrap();
    }
    let (mut broken, mut looked) = (Vec::new(), 0);
    for lucky in [None, Some(seed)] {
        tape.cuts(
            lucky,
            |n| n % stride == seed as usize % stride,
            |n, image, acknowledged| {
                if acknowledged.is_empty() {
                    return;
                }
                looked += 1;
                put(image, after.path());
                let seen = open(after.path(), 1000 + n as u64, true).and_then(|mut engine| {
                    let seen = shown(&engine, &space)?;
                    // All of it can be read, and it goes on.
                    engine.export(&space).map_err(|e| e.to_string())?;
                    let payload = Payload::Message(Message { text: "after the cut".into(), reply: None });
                    engine.state(&space, EventDraft { subject: SPACE_SUBJECT, payload }, START).map_err(|e| e.to_string())?;
                    Ok(seen)
                });
                // Commands are done one after the other: what is there is all up to some point, that point not before what was acknowledged.
                match seen {
                    Ok(seen) if seen.iter().copied().eq(0..seen.len() as u64) && seen.len() >= acknowledged.len() => {}
                    seen => broken.push(format!("cut after act {n}, {lucky:?}: {} acknowledged, there is {seen:?}", acknowledged.len())),
                }
            },
        );
    }
    (looked, broken)
}

#[test]
fn what_a_command_returned_for_survives_a_cut_anywhere() {
    let _alone = alone();
    for seed in 0..cases() as u64 {
        let (looked, broken) = losses(false, seed, if cases() > 1 { 1 } else { 3 });
        println!("the device: {looked} cuts");
        assert!(looked > 50, "{looked} cuts");
        assert!(broken.is_empty(), "seed {seed}: {}", broken.join("\n"));
    }
}

#[test]
fn with_synchronous_off_the_same_trial_finds_losses() {
    let _alone = alone();
    let found = (0..3).find(|seed| !losses(true, *seed, 5).1.is_empty());
    assert!(found.is_some(), "the trial above would not notice a store that does not wait for the disk");
}
