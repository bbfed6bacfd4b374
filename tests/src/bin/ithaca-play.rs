//! `make run`: two people and a relay on this machine, on real input; what they see, and what it cost.

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::{Command as Process, ExitCode};
use std::time::Instant;

use ithaca_core::document::command::{GoalsCommand, ItemCommand, NoteCommand};
use ithaca_core::document::text::TextEdit;
use ithaca_core::document::{Command, DocumentKind, derived_id};
use ithaca_core::id::{DocumentId, ItemId, SpaceId};
use ithaca_core::view::{ActionView, GoalView, NoteView, RowKind, same_thing};
use ithaca_tests::play::stage::{Actor, RelayProcess, folder_size, now, pair, words};
use ithaca_tests::play::together::{TEXT, write_together};
use ithaca_tests::play::trace::Trace;
use ithaca_tests::program;

const TRACE: &[u8] = include_bytes!("../../fixtures/friendsforever.json.gz");
const PLAN: DocumentId = DocumentId([0x22; 16]);

type Done<T = ()> = Result<T, String>;

/// Writes a line; a reader that went away ends the play quietly.
macro_rules! say {
    ($($arg:tt)*) => {{
        let mut out = std::io::stdout().lock();
        writeln!(out, $($arg)*).map_err(words)?;
        out.flush().map_err(words)?;
    }};
}

fn main() -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(e) => return fail(&e.to_string()),
    };
    match runtime.block_on(play()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => fail(&why),
    }
}

fn fail(why: &str) -> ExitCode {
    drop(writeln!(std::io::stderr(), "\nThe play failed: {why}"));
    ExitCode::FAILURE
}

#[allow(clippy::disallowed_methods, reason = "a stopwatch")]
async fn play() -> Done {
    let home = match std::env::args_os().nth(1) {
        Some(dir) => PathBuf::from(dir),
        None => std::env::temp_dir().join(format!("ithaca-play-{}", std::process::id())),
    };
    if home.exists() {
        return Err(format!("{} exists already; remove it or name another folder", home.display()));
    }
    let (ana_dir, ben_dir, relay_dir) = (home.join("ana"), home.join("ben"), home.join("relay"));
    std::fs::create_dir_all(&home).map_err(words)?;
    let (relay_program, cli) = (program("ithaca-relay")?, program("ithaca")?);
    let mut relay = RelayProcess::start(&relay_program, &relay_dir, None)?;
    say!("A relay listens on {} and keeps what it is given in SQLite. It can read none of it.", relay.origin);
    let (mut ana, mut ben) = (Actor::new("Ana", &ana_dir)?, Actor::new("Ben", &ben_dir)?);
    let space = pair(&mut ana, &mut ben, &relay.origin).await?;
    say!("Ana invited Ben, Ben answered, Ana approved: they are a pair.\n");

    let from = Instant::now();
    let trace = Trace::read(TRACE)?;
    say!(
        "Two people write one text at the same time, as two real people once did: {} keystrokes, {} exchanges through the relay.",
        trace.txns.len(),
        trace.acts().1
    );
    let told = write_together(&mut ana, &mut ben, &space, &trace, |done, of| {
        if done % 250 == 0 {
            say!("  {done} of {of} exchanges");
        }
        Ok(())
    })
    .await?;
    let took = from.elapsed();
    say!(
        "  both end with the same {} characters, state code {}.\n",
        trace.end_content.chars().count(),
        ana.engine.state_code(&space).map_err(words)?
    );
    journey(&mut ana, &mut ben, &space).await?;

    let code = ana.engine.state_code(&space).map_err(words)?;
    let carried = (ana.way.carried(), ben.way.carried());
    let dirs = [ana.close()?, ben.close()?];
    say!("\nBoth devices are closed. Fresh processes read from disk what is there:");
    for dir in &dirs {
        let text = show(&cli, dir, &["note", "show", &TEXT.to_string()])?;
        if text.trim_end_matches('\n') != trace.end_content.trim_end_matches('\n') {
            return Err(format!("{} does not hold the text both wrote", dir.display()));
        }
        let status = show(&cli, dir, &["status"])?;
        if !status.contains(&code) {
            return Err(format!("{} has another state code than {code}", dir.display()));
        }
    }
    say!("  both hold the text of {} characters letter for letter, and state code {code}.", trace.end_content.chars().count());
    let (records, bytes) = (carried.0.records + carried.1.records, carried.0.bytes + carried.1.bytes);
    say!("\nMeasured");
    say!(
        "  {} keystrokes in {} edits, {} exchanges in {:.1} s ({:.1} ms each)",
        told.keystrokes,
        told.edits,
        told.exchanges,
        took.as_secs_f64(),
        took.as_secs_f64() * 1000.0 / told.exchanges.max(1) as f64
    );
    say!(
        "  {records} records of {} bytes on average, {bytes} bytes in all, {} requests",
        bytes / records.max(1),
        carried.0.calls + carried.1.calls
    );
    say!("  on disk: Ana {} kB, Ben {} kB, relay {} kB", folder_size(&dirs[0]) / 1024, folder_size(&dirs[1]) / 1024, relay.size() / 1024);
    say!("\nGo on by hand as either of them:");
    for dir in &dirs {
        say!("  {} --profile {} status", cli.display(), dir.display());
    }
    say!("  {} --profile {} note list      {} --help says the rest", cli.display(), dirs[0].display(), cli.display());
    if std::io::stdout().is_terminal() {
        say!("\nThe relay stays up at {} until Ctrl-C.", relay.origin);
        relay.wait()?;
    }
    Ok(())
}

fn show(cli: &Path, dir: &Path, args: &[&str]) -> Done<String> {
    let out = Process::new(cli).arg("--profile").arg(dir).args(args).output().map_err(words)?;
    if !out.status.success() {
        return Err(format!("`ithaca {}` failed: {}", args.join(" "), String::from_utf8_lossy(&out.stderr)));
    }
    String::from_utf8(out.stdout).map_err(words)
}

fn note(actor: &mut Actor, space: &SpaceId, command: NoteCommand) -> Done {
    actor.engine.edit(space, PLAN, DocumentKind::Note, &Command::Note(command), now()).map(drop).map_err(words)
}

fn rewrite(actor: &mut Actor, space: &SpaceId, text: &str) -> Done {
    let base_heads = actor.engine.document(space, PLAN).map_err(words)?.heads();
    note(actor, space, NoteCommand::Body(TextEdit::Rewrite { base_heads, text: text.into() }))
}

fn goals(actor: &mut Actor, space: &SpaceId, command: Command) -> Done {
    let id = derived_id(*space, DocumentKind::Goals);
    actor.engine.edit(space, id, DocumentKind::Goals, &command, now()).map(drop).map_err(words)
}

fn plan(actor: &Actor, space: &SpaceId) -> Done<NoteView> {
    actor.engine.view(space, RowKind::Note, &PLAN.0).map_err(words)?.ok_or_else(|| "the note is missing".to_owned())
}

/// What each sees, side by side.
fn screens(ana: &Actor, ben: &Actor, space: &SpaceId) -> Done {
    let of = |actor: &Actor| -> Done<Vec<String>> {
        let note = plan(actor, space)?;
        let goals: Vec<GoalView> = actor.engine.views(space, RowKind::Goal, true, 9).map_err(words)?;
        let actions: Vec<ActionView> = actor.engine.views(space, RowKind::Action, true, 9).map_err(words)?;
        let mut lines = vec![format!("{} · Plan", actor.name)];
        lines.extend(wrap(note.body.words(), 46));
        lines.push(format!("tags: {}", note.tags.join(", ")));
        for goal in &goals {
            lines.push(format!("goal: {} {}/{}", goal.title.words(), goal.progress.done, goal.progress.of));
        }
        lines.extend(actions.iter().map(|a| format!("action: {}", a.text)));
        if !same_thing(&actions).is_empty() {
            lines.push("  same thing?".to_owned());
        }
        lines.push(format!("state code {}", actor.engine.state_code(space).map_err(words)?));
        Ok(lines)
    };
    let (left, right) = (of(ana)?, of(ben)?);
    for i in 0..left.len().max(right.len()) {
        let cell = |lines: &[String]| lines.get(i).cloned().unwrap_or_default();
        let (l, r) = (cell(&left), cell(&right));
        say!("    {l}{} │ {r}", " ".repeat(48usize.saturating_sub(l.chars().count())));
    }
    say!("");
    Ok(())
}

fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let full = lines.last().is_some_and(|l| !l.is_empty() && l.chars().count() + 1 + word.chars().count() > width);
        if full {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines
}

/// Three days apart, both writing; and both replacing one word.
async fn journey(ana: &mut Actor, ben: &mut Actor, space: &SpaceId) -> Done {
    say!("Three days apart, both writing.");
    let tick = |n: u8| Command::Item(ItemCommand::Tick { item: ItemId([n; 16]), date: Some("2031-03-03".into()) });
    let action =
        |n: u8| GoalsCommand::AddAction { id: ItemId([n; 16]), text: "Print checklist".into(), owners: vec![], due: None, from: None };
    note(ana, space, NoteCommand::Create { title: "Plan".into(), pair: None })?;
    rewrite(ana, space, "Visit ward on Monday. Bring the checklist.")?;
    note(ana, space, NoteCommand::Tag { tag: "old".into(), on: true })?;
    let goal = ItemId([1; 16]);
    goals(ana, space, Command::Goals(GoalsCommand::AddGoal { id: goal, title: "Safe handover".into() }))?;
    for n in 0..4u8 {
        let text = ["Watch one", "Do one together", "Do one alone", "Teach one"][usize::from(n)].into();
        goals(ana, space, Command::Goals(GoalsCommand::AddMilestone { id: ItemId([10 + n; 16]), goal, text }))?;
    }
    goals(ana, space, tick(10))?;
    ana.sync().await?;
    ben.sync().await?;
    say!("  Before they part, both hold:");
    screens(ana, ben, space)?;
    rewrite(ana, space, "Visit ward on Tuesday 08:00. Bring the checklist.")?;
    note(ana, space, NoteCommand::Tag { tag: "ward".into(), on: true })?;
    goals(ana, space, Command::Goals(action(20)))?;
    goals(ana, space, Command::Goals(GoalsCommand::AddGoal { id: ItemId([2; 16]), title: "Lead morning round".into() }))?;
    rewrite(ben, space, "Visit ward on Monday. Bring the checklist. Ask about the night shift.")?;
    note(ben, space, NoteCommand::Tag { tag: "night".into(), on: true })?;
    note(ben, space, NoteCommand::Tag { tag: "old".into(), on: false })?;
    goals(ben, space, Command::Goals(action(21)))?;
    goals(ben, space, tick(11))?;
    say!("  Offline, Ana moves the visit to Tuesday 08:00; Ben adds a sentence, swaps a tag, ticks a milestone; both add one action:");
    screens(ana, ben, space)?;
    ana.sync().await?;
    ben.sync().await?;
    ana.sync().await?;
    say!("  They sync. Nobody is asked anything:");
    screens(ana, ben, space)?;
    let expected = "Visit ward on Tuesday 08:00. Bring the checklist. Ask about the night shift.";
    same(ana, ben, space, &|v| v.body.words() == expected && v.tags == ["night", "ward"])?;

    say!("The same word, replaced twice.");
    rewrite(ana, space, "Visit ward on Monday. Bring the checklist.")?;
    ana.sync().await?;
    ben.sync().await?;
    rewrite(ana, space, "Visit ward on Tuesday. Bring the checklist.")?;
    rewrite(ben, space, "Visit ward on Thursday. Bring the checklist.")?;
    ana.sync().await?;
    ben.sync().await?;
    ana.sync().await?;
    say!("  Offline, Ana wrote Tuesday and Ben Thursday for Monday. Both words stand, side by side:");
    screens(ana, ben, space)?;
    same(ana, ben, space, &|v| v.body.alternatives.len() == 1)?;
    choose(ana, space, "Tuesday")?;
    choose(ben, space, "Thursday")?;
    say!("  Offline again, each chooses their own:");
    screens(ana, ben, space)?;
    ana.sync().await?;
    ben.sync().await?;
    ana.sync().await?;
    say!("  They sync: two choices at once are two words again, never none:");
    screens(ana, ben, space)?;
    same(ana, ben, space, &|v| v.body.alternatives.len() == 1)?;
    choose(ana, space, "Thursday")?;
    ana.sync().await?;
    ben.sync().await?;
    say!("  Ana taps Thursday; the choice reaches Ben:");
    screens(ana, ben, space)?;
    same(ana, ben, space, &|v| v.body.words() == "Visit ward on Thursday. Bring the checklist.")
}

fn choose(actor: &mut Actor, space: &SpaceId, word: &str) -> Done {
    let body = plan(actor, space)?.body;
    let run = body.alternatives.iter().flatten().find(|a| a.words.contains(word)).map(|a| a.run.clone());
    note(actor, space, NoteCommand::Body(TextEdit::Choose { run: run.ok_or_else(|| format!("{word} is not there to choose"))? }))
}

fn same(ana: &Actor, ben: &Actor, space: &SpaceId, right: &dyn Fn(&NoteView) -> bool) -> Done {
    let (a, b) = (plan(ana, space)?, plan(ben, space)?);
    if !right(&a) || !right(&b) || a.body != b.body || a.tags != b.tags {
        return Err("the two do not see what they should".to_owned());
    }
    let codes = (ana.engine.state_code(space).map_err(words)?, ben.engine.state_code(space).map_err(words)?);
    if codes.0 == codes.1 { Ok(()) } else { Err(format!("state codes differ: {} and {}", codes.0, codes.1)) }
}
