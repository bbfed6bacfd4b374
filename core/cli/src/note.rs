//! Notes: something written down, shared with the other person or private.

use clap::Subcommand;
use ithaca_core::document::command::NoteCommand as C;
use ithaca_core::document::text::TextEdit;
use ithaca_core::document::{Command, DocumentKind};
use ithaca_core::engine::Engine;
use ithaca_core::id::{DocumentId, SpaceId};
use ithaca_core::view::{NoteView, TextView};
use serde_json::json;

use crate::editor::{self, Source, Text};
use crate::error::{CliError, Done};
use crate::find;
use crate::print::{People, Placed, place_words, short};
use crate::profile::{App, all_input, confirmed};
use crate::say;
use crate::time::{day, now};

#[derive(Debug, Subcommand)]
pub enum Note {
    /// Begin a note
    #[command(
        alias = "add",
        after_help = "Examples:\n  ithaca note new Plan --text 'Visit the ward on Monday.'\n  ithaca note new 'What I noticed' --private --text - < noticed.txt"
    )]
    New {
        title: String,
        /// Only on your devices
        #[arg(long)]
        private: bool,
        /// What it says; `-` reads it from standard input
        #[arg(long)]
        text: Option<String>,
        /// Its day
        #[arg(long, value_parser = day)]
        date: Option<String>,
        /// Where
        #[arg(long)]
        place: Option<String>,
        /// A tag; can be given several times
        #[arg(long)]
        tag: Vec<String>,
    },
    /// Notes, those edited last first
    List {
        /// Only the private ones
        #[arg(long)]
        private: bool,
        /// Only those with this tag
        #[arg(long)]
        tag: Option<String>,
    },
    /// Read a note
    Show {
        note: String,
        /// With its title, tags, who and when, and where it is
        #[arg(long)]
        full: bool,
    },
    /// Edit a note in $EDITOR; what somebody else wrote meanwhile stays
    #[command(after_help = "Example:\n  EDITOR='code --wait' ithaca note edit Plan")]
    Edit { note: String },
    /// Give a note a new text, read from standard input; what somebody else wrote meanwhile stays
    #[command(after_help = "Example:\n  ithaca note show Plan | sed s/Monday/Tuesday/ | ithaca note write Plan")]
    Write {
        note: String,
        /// The `heads` that `note show --json` gave when the text was read
        #[arg(long)]
        base: Option<String>,
    },
    /// Name a note
    Title { note: String, title: String },
    /// Give a note a day, or `none`
    Date {
        note: String,
        #[arg(value_parser = day)]
        date: String,
    },
    /// Say where, or `none`
    Place { note: String, place: String },
    /// Add tags and take some away
    #[command(after_help = "Example:\n  ithaca note tag Plan +ward -old")]
    Tag {
        note: String,
        /// `+ward` adds, `-old` takes away
        #[arg(required = true, allow_hyphen_values = true, trailing_var_arg = true, value_name = "+TAG|-TAG")]
        marks: Vec<String>,
    },
    /// Add mentoring functions and take some away
    #[command(after_help = "Example:\n  ithaca note function Plan +coaching")]
    Function {
        note: String,
        #[arg(required = true, allow_hyphen_values = true, trailing_var_arg = true, value_name = "+FUNCTION|-FUNCTION")]
        marks: Vec<String>,
    },
    /// Choose among words that stand side by side
    #[command(after_help = "Examples:\n  ithaca note choose Plan Tuesday\n  ithaca note choose Plan 2")]
    Choose {
        note: String,
        /// One of the words, or its number in `note show`
        words: String,
    },
    /// Put a note into the bin; it stays if somebody else edited it meanwhile
    #[command(after_help = "Examples:\n  ithaca note delete Plan\n  ithaca note delete Plan --for-good")]
    Delete {
        note: String,
        /// Delete it on every device now, in the bin or not; it cannot be restored
        #[arg(long)]
        for_good: bool,
        /// Do not ask
        #[arg(long, requires = "for_good")]
        yes: bool,
    },
    /// Take a note out of the bin
    Restore { note: String },
    /// Notes in the bin
    Bin,
}

/// `note`.
///
/// # Errors
/// See [`CliError`].
pub fn run(app: &mut App, command: Note) -> Done {
    match command {
        Note::New { title, private, text, date, place, tag } => {
            let text = match text.as_deref() {
                Some("-") => Some(all_input()?),
                _ => text,
            };
            let mut more: Vec<C> = text.map(|insert| C::Body(TextEdit::Splice { pos: 0, delete: 0, insert })).into_iter().collect();
            more.extend(date.filter(|d| !d.is_empty()).map(|d| C::Date(Some(d))));
            more.extend(place.map(|p| C::Place(Some(p))));
            more.extend(tag.into_iter().map(|tag| C::Tag { tag, on: true }));
            new(app, title, private, more)
        }
        Note::List { private, tag } => list(app, true, private, tag.as_deref()),
        Note::Bin => list(app, false, false, None),
        Note::Show { note, full } => show(app, &note, full),
        Note::Edit { note } => write(app, &note, &Source::Editor),
        Note::Write { note, base } => write(app, &note, &Source::Input(base)),
        Note::Title { note, title } => change(app, &note, true, vec![C::Title(title)]),
        Note::Date { note, date } => change(app, &note, true, vec![C::Date(Some(date))]),
        Note::Place { note, place } => change(app, &note, true, vec![C::Place(Some(place).filter(|p| p != "none"))]),
        Note::Tag { note, marks } => {
            let tags = members(&marks)?.into_iter().map(|(tag, on)| C::Tag { tag, on });
            change(app, &note, true, tags.collect())
        }
        Note::Function { note, marks } => {
            let functions = members(&marks)?.into_iter().map(|(function, on)| C::Function { function, on });
            change(app, &note, true, functions.collect())
        }
        Note::Choose { note, words } => choose(app, &note, &words),
        Note::Delete { note, for_good: true, yes } => delete_for_good(app, &note, yes),
        Note::Delete { note, .. } => change(app, &note, true, vec![C::Delete]),
        Note::Restore { note } => change(app, &note, false, vec![C::Restore]),
    }
}

/// `+ward` and `-old` as members of a set and whether they are in it.
///
/// # Errors
/// [`CliError::Usage`] for an option among them.
pub fn members(marks: &[String]) -> Done<Vec<(String, bool)>> {
    let one = |mark: &String| match mark.strip_prefix('-') {
        Some(rest) if rest.starts_with('-') || rest.is_empty() => {
            Err(CliError::Usage("options stand before the things to add or take away".into()))
        }
        Some(off) => Ok((off.to_owned(), false)),
        None => Ok((mark.strip_prefix('+').unwrap_or(mark).to_owned(), true)),
    };
    marks.iter().map(one).collect()
}

fn new(app: &mut App, title: String, private: bool, more: Vec<C>) -> Done {
    let mut engine = app.open()?;
    let id = find::new_document(&mut engine)?;
    let (space, pair) = if private {
        // A private note belongs to a relationship where it is clear to which.
        let pair = match app.pair(&engine) {
            Ok(pair) => Some(pair.space),
            Err(e) if app.global.with.is_some() => return Err(e),
            Err(_) => None,
        };
        (engine.personal()?, pair)
    } else {
        let alone = "; a note for yourself alone is written with `--private`";
        let pair =
            app.pair(&engine).map_err(|e| if matches!(e, CliError::Nobody { .. }) { CliError::Nobody { also: alone } } else { e })?;
        (pair.space, None)
    };
    for command in std::iter::once(C::Create { title, pair }).chain(more) {
        engine.edit(&space, id, DocumentKind::Note, &Command::Note(command), now())?;
    }
    app.close(engine)?;
    let words = if private { "Kept, only on your devices." } else { "Kept on this device. It goes with the next sync." };
    app.kept(words, Some(&id.to_string()), Some(&space))
}

fn change(app: &mut App, asked: &str, alive: bool, commands: Vec<C>) -> Done {
    let mut engine = app.open()?;
    let note = find::note(app, &engine, asked, alive)?;
    for command in commands {
        engine.edit(&note.space, note.view.id, DocumentKind::Note, &Command::Note(command), now())?;
    }
    app.close(engine)?;
    app.kept("Done.", Some(&note.view.id.to_string()), Some(&note.space))
}

fn delete_for_good(app: &mut App, asked: &str, yes: bool) -> Done {
    let mut engine = app.open()?;
    let note = match find::note(app, &engine, asked, true) {
        Err(CliError::NotFound { .. }) => find::note(app, &engine, asked, false)?,
        other => other?,
    };
    let people = People::of(&engine, &note.space)?;
    let away = engine.not_holding(&note.space, note.view.id)?;
    let mut question = format!(
        "Delete \"{}\" for good on every device? Its sealed bytes stay on relays, which cannot read them. Copies that somebody saved elsewhere remain.",
        note.view.title
    );
    let mut names: Vec<&str> = away.iter().map(|(p, _)| people.name(*p)).collect();
    names.dedup();
    if !names.is_empty() {
        question.push_str(&format!(
            " No word yet from a phone of {} that it has what was last written here; what was written there without knowing returns as a new note.",
            names.join(" and ")
        ));
    }
    if !confirmed(&question, yes)? {
        return app.kept("Nothing was deleted.", Some(&note.view.id.to_string()), Some(&note.space));
    }
    engine.delete_for_good(&note.space, note.view.id, now())?;
    app.close(engine)?;
    let words =
        "Deleted for good here. Other devices drop it with the next sync; sealed bytes stay on relays, and copies saved elsewhere remain.";
    app.kept(words, Some(&note.view.id.to_string()), Some(&note.space))
}

fn write(app: &mut App, asked: &str, source: &Source) -> Done {
    let engine = app.open()?;
    let note = find::note(app, &engine, asked, true)?;
    let text = Text { space: note.space, document: note.view.id, kind: DocumentKind::Note, text: note.view.body.text };
    let changed = editor::edit(app, engine, &text, source, |edit| Command::Note(C::Body(edit)))?;
    let words = if changed { "Kept on this device." } else { "Nothing was changed." };
    app.kept(words, Some(&note.view.id.to_string()), Some(&note.space))
}

/// The words that stand side by side, numbered through.
pub fn alternatives(text: &TextView, people: &People) -> Vec<String> {
    let all = text.alternatives.iter().flatten().enumerate();
    all.map(|(i, a)| {
        let by = if a.also_by.is_empty() { people.maybe(a.by).to_owned() } else { people.all(&a.also_by) };
        let words = if a.words.is_empty() { "(nothing)" } else { &a.words };
        format!("  {}  {words} – {by}", i + 1)
    })
    .collect()
}

/// The run that is meant by one of the words or its number.
///
/// # Errors
/// As [`find::pick`].
pub fn run_of(text: &TextView, asked: &str) -> Done<String> {
    let runs: Vec<_> = text.alternatives.iter().flatten().collect();
    if runs.is_empty() {
        return Err(CliError::Refused("nothing stands side by side here".into()));
    }
    if let Some(run) = asked.parse::<usize>().ok().and_then(|n| runs.get(n.checked_sub(1)?)) {
        return Ok(run.run.clone());
    }
    let all = runs.iter().enumerate();
    let all =
        all.map(|(i, r)| find::Candidate { id: format!("{}", i + 1), title: r.words.clone(), hint: String::new(), value: r.run.clone() });
    find::pick("wording", "ithaca note show", asked, all.collect())
}

fn choose(app: &mut App, asked: &str, words: &str) -> Done {
    let engine = app.open()?;
    let note = find::note(app, &engine, asked, true)?;
    let run = run_of(&note.view.body, words)?;
    drop(engine);
    change(app, &note.view.id.to_string(), true, vec![C::Body(TextEdit::Choose { run })])
}

fn list(app: &mut App, alive: bool, private: bool, tag: Option<&str>) -> Done {
    let engine = app.open()?;
    let mut notes = find::notes(app, &engine, alive, private)?;
    if let Some(tag) = tag {
        notes.retain(|n| n.view.tags.iter().any(|t| t.to_lowercase() == tag.to_lowercase()));
    }
    app.close(engine)?;
    for n in &notes {
        let mut more = vec![n.with.clone().map_or("private".to_owned(), |w| format!("with {w}"))];
        more.extend(n.view.date.clone());
        more.extend((!n.view.tags.is_empty()).then(|| n.view.tags.join(", ")));
        more.extend((n.view.cards > 0 || !n.view.body.alternatives.is_empty()).then(|| "you two differ".to_owned()));
        say!(app.out, "{}  {} · {}", short(n.view.id), n.view.title, more.join(" · "));
    }
    if notes.is_empty() {
        say!(app.out, "{}", if alive { "No note yet. Begin one: `ithaca note new Plan`." } else { "The bin is empty." });
    }
    app.out.value(&notes)
}

fn show(app: &mut App, asked: &str, full: bool) -> Done {
    let mut engine = app.open()?;
    let note = find::note(app, &engine, asked, true)?;
    let people = People::of(&engine, &note.space)?;
    let status = engine.document_status(&note.space, note.view.id)?;
    let heads = if app.out.is_json() { heads_of(&mut engine, &note.space, note.view.id)? } else { String::new() };
    app.close(engine)?;
    if full {
        head(app, &note, &people)?;
    }
    say!(app.out, "{}", note.view.body.words());
    let choices = alternatives(&note.view.body, &people);
    if !choices.is_empty() {
        say!(app.out, "\nYou two wrote different words. Choose with `ithaca note choose {} N`:", short(note.view.id));
        for line in choices {
            say!(app.out, "{line}");
        }
    }
    if full {
        match &note.with {
            Some(other) => say!(app.out, "\n{}", capital(&place_words(status.at, other))),
            None => say!(app.out, "\nOnly on your devices"),
        }
    }
    app.out.value(&json!({ "space": note.space, "with": note.with, "heads": heads, "at": status.at, "note": note.view }))
}

/// A document's heads as `--base` takes them.
///
/// # Errors
/// See [`CliError`].
pub fn heads_of(engine: &mut Engine, space: &SpaceId, document: DocumentId) -> Done<String> {
    let heads = engine.document(space, document)?.heads();
    Ok(heads.iter().map(hex::encode).collect::<Vec<_>>().join(","))
}

fn head(app: &mut App, note: &Placed<NoteView>, people: &People) -> Done {
    let v = &note.view;
    say!(app.out, "{}", v.title);
    let place = [v.date.as_deref(), v.place.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(" · ");
    for (label, words) in
        [("", place), ("tags: ", v.tags.join(", ")), ("functions: ", v.functions.join(", ")), ("links: ", v.links.join(", "))]
    {
        if !words.is_empty() {
            say!(app.out, "{label}{words}");
        }
    }
    if v.kept {
        say!(app.out, "Deleted once and kept, for {} edited it.", people.maybe(v.provenance.edited_by));
    }
    for field in v.differ.keys() {
        say!(app.out, "You two differ on the {field}: see `ithaca cards`.");
    }
    app.out.line("")
}

/// A sentence's first letter large.
pub fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |c| c.to_uppercase().chain(letters).collect())
}
