//! Forms: what each person answers before and after a session, and harvests. Answers come as options, or are asked for on a terminal.

use clap::Args;
use ithaca_core::document::command::{ItemCommand, SessionCommand};
use ithaca_core::document::{Command, DocumentKind, derived_id};
use ithaca_core::engine::Engine;
use ithaca_core::event::payload::{Answer, CheckIn, Harvest as Harvested, Minutes as Kept};
use ithaca_core::event::{EventDraft, Payload, Phase};
use ithaca_core::id::SpaceId;
use ithaca_core::view::{ActionView, RelationshipView, RowKind, SessionView, since_last};

use crate::error::{CliError, Done};
use crate::find::{self, Candidate, pick};
use crate::goal;
use crate::print::Placed;
use crate::profile::{App, all_input, ask};
use crate::session::{edit, techniques};
use crate::time::{now, today};

/// How a prompt is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Scale,
    Words,
    Chosen,
}

/// Whose prompt it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Mentor,
    Mentee,
    Both,
}

/// One prompt: its stable name, its words, how it is answered, whose it is.
type Prompt = (&'static str, &'static str, Kind, Side);

const BEFORE: [Prompt; 7] = [
    ("arriving", "How are you arriving? (1–5)", Kind::Scale, Side::Mentee),
    ("worth", "What would make today worth it?", Kind::Words, Side::Mentee),
    ("tried", "What did you try since last time?", Kind::Chosen, Side::Mentee),
    ("off_limits", "Anything off limits today?", Kind::Words, Side::Mentee),
    ("notice", "What do I want to notice?", Kind::Words, Side::Mentor),
    ("technique", "Which technique might fit?", Kind::Chosen, Side::Mentor),
    ("promised", "What did I promise?", Kind::Words, Side::Mentor),
];
const AFTER: [Prompt; 8] = [
    ("relevant", "How relevant was this to you? (1–5)", Kind::Scale, Side::Mentee),
    ("heard", "Did you feel heard? (1–5)", Kind::Scale, Side::Mentee),
    ("will_do", "One thing I will do, by when:", Kind::Words, Side::Mentee),
    ("change", "Anything to change in how we work?", Kind::Words, Side::Mentee),
    ("techniques", "Techniques used:", Kind::Chosen, Side::Mentor),
    ("learned", "What did I learn or get wrong?", Kind::Words, Side::Mentor),
    ("promised", "What I promised:", Kind::Words, Side::Mentor),
    ("confident", "How confident am I in the next step? (1–5)", Kind::Scale, Side::Mentor),
];
const HARVEST: [Prompt; 4] = [
    ("learned", "What have you learned?", Kind::Words, Side::Both),
    ("useful", "How useful is it? (1–5)", Kind::Scale, Side::Both),
    ("helped", "What helped?", Kind::Chosen, Side::Both),
    ("noticed", "What did I notice about you?", Kind::Words, Side::Both),
];

/// One of the forms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// The check-in before.
    Before,
    /// The check-in after.
    After,
    /// The harvest.
    Harvest,
}

impl Form {
    fn prompts(self) -> &'static [Prompt] {
        match self {
            Self::Before => &BEFORE,
            Self::After => &AFTER,
            Self::Harvest => &HARVEST,
        }
    }

    /// The words of a prompt; its name where this version has none.
    pub fn question(self, name: &str) -> &str {
        self.prompts().iter().find(|p| p.0 == name).map_or(name, |p| p.1.trim_end_matches(" (1–5)"))
    }
}

fn scale(text: &str) -> Result<u8, String> {
    text.parse().ok().filter(|n| (1..=5).contains(n)).ok_or_else(|| "a place on the scale is 1 to 5".to_owned())
}

/// Check in before a session. Without answers the questions are asked.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  ithaca session before 'First visit'\n  ithaca session before 'First visit' --arriving 2 --worth handover --tried 'Print checklist,Say the dose'"
)]
pub struct Before {
    session: String,
    /// How are you arriving? 1 to 5
    #[arg(long, value_parser = scale)]
    arriving: Option<u8>,
    /// What would make today worth it?
    #[arg(long)]
    worth: Option<String>,
    /// Actions since last time that you tried: ids or words, with commas between; they are ticked off
    #[arg(long, value_delimiter = ',')]
    tried: Vec<String>,
    /// Anything off limits today?
    #[arg(long)]
    off_limits: Option<String>,
    /// What do I want to notice? (mentor)
    #[arg(long)]
    notice: Option<String>,
    /// Which technique might fit? (mentor)
    #[arg(long, value_delimiter = ',')]
    technique: Vec<String>,
    /// What did I promise? (mentor)
    #[arg(long)]
    promised: Option<String>,
}

/// Check in after a session. Without answers the questions are asked.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  ithaca session after 'First visit'\n  ithaca session after 'First visit' --techniques showing,harvesting --confident 4"
)]
pub struct After {
    session: String,
    /// How relevant was this to you? 1 to 5
    #[arg(long, value_parser = scale)]
    relevant: Option<u8>,
    /// Did you feel heard? 1 to 5
    #[arg(long, value_parser = scale)]
    heard: Option<u8>,
    /// One thing I will do, by when
    #[arg(long)]
    will_do: Option<String>,
    /// Anything to change in how we work?
    #[arg(long)]
    change: Option<String>,
    /// Techniques used (mentor); they are put on the session too
    #[arg(long, value_delimiter = ',')]
    techniques: Vec<String>,
    /// What did I learn or get wrong? (mentor)
    #[arg(long)]
    learned: Option<String>,
    /// What I promised (mentor)
    #[arg(long)]
    promised: Option<String>,
    /// How confident am I in the next step? 1 to 5 (mentor)
    #[arg(long, value_parser = scale)]
    confident: Option<u8>,
}

/// Harvest. Without answers the questions are asked.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  ithaca session harvest 'First visit' --learned 'Say the dose aloud' --useful 5 --helped 'watching,trying'"
)]
pub struct Harvest {
    session: String,
    /// What have you learned?
    #[arg(long)]
    learned: Option<String>,
    /// How useful is it? 1 to 5
    #[arg(long, value_parser = scale)]
    useful: Option<u8>,
    /// What helped? Tags with commas between
    #[arg(long, value_delimiter = ',')]
    helped: Vec<String>,
    /// What did I notice about you?
    #[arg(long)]
    noticed: Option<String>,
}

/// Your minutes of a session.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  ithaca session minutes 'First visit' < minutes.txt")]
pub struct Minutes {
    session: String,
    /// The minutes; without them they are read from standard input
    text: Option<String>,
}

fn words(prompt: &str, text: Option<String>) -> Option<Answer> {
    let words = text.filter(|t| !t.trim().is_empty())?;
    Some(Answer { prompt: prompt.to_owned(), words: Some(words), scale: None, chosen: None })
}

fn on_scale(prompt: &str, n: Option<u8>) -> Option<Answer> {
    Some(Answer { prompt: prompt.to_owned(), words: None, scale: Some(n?), chosen: None })
}

fn chosen(prompt: &str, all: Vec<String>) -> Option<Answer> {
    let all: Vec<String> = all.into_iter().map(|c| c.trim().to_owned()).filter(|c| !c.is_empty()).collect();
    (!all.is_empty()).then(|| Answer { prompt: prompt.to_owned(), words: None, scale: None, chosen: Some(all) })
}

/// Asks a form's questions on the terminal; an empty answer leaves one out.
fn asked(form: &[Prompt], mentor: bool) -> Done<Vec<Answer>> {
    let mut out = Vec::new();
    for (name, words_, kind, side) in form {
        if *side == (if mentor { Side::Mentee } else { Side::Mentor }) {
            continue;
        }
        let hint = if *kind == Kind::Chosen { " (with commas between)" } else { "" };
        let text = ask(&format!("{words_}{hint}"))?
            .ok_or_else(|| CliError::Usage("say what you answer with options; `--help` lists them".into()))?;
        let text = text.trim().to_owned();
        match kind {
            _ if text.is_empty() => {}
            Kind::Scale => out.extend(on_scale(name, Some(scale(&text).map_err(CliError::Usage)?))),
            Kind::Words => out.extend(words(name, Some(text))),
            Kind::Chosen => out.extend(chosen(name, text.split(',').map(str::to_owned).collect())),
        }
    }
    if out.is_empty() {
        return Err(CliError::Refused("nothing was answered, so nothing was kept".into()));
    }
    Ok(out)
}

/// Whether this person mentors on some topic here.
fn is_mentor(engine: &Engine, space: &SpaceId) -> Done<bool> {
    let id = derived_id(*space, DocumentKind::Relationship);
    let view: Option<RelationshipView> = engine.view(space, RowKind::Relationship, &id.0)?;
    Ok(view.is_some_and(|v| v.roles.iter().any(|r| r.mentor == engine.me())))
}

/// Fills a form: the answers given, or those asked for while the profile is closed; then `put` states them.
fn fill(
    app: &mut App,
    session: &str,
    form: Form,
    mut answers: Vec<Answer>,
    put: impl FnOnce(&App, &mut Engine, &Placed<SessionView>, Vec<Answer>) -> Done<Payload>,
) -> Done {
    let mut engine = app.open()?;
    let mut s = find::session(app, &engine, session)?;
    if answers.is_empty() {
        let mentor = is_mentor(&engine, &s.space)?;
        app.close(engine)?;
        answers = asked(form.prompts(), mentor)?;
        engine = app.open()?;
        s = find::session(app, &engine, &s.view.id.to_string())?;
    }
    let payload = put(app, &mut engine, &s, answers)?;
    engine.state(&s.space, EventDraft { subject: s.view.id.0, payload }, now())?;
    app.close(engine)?;
    app.kept("Kept on this device. It goes with the next sync.", Some(&s.view.id.to_string()), Some(&s.space))
}

/// `session before`.
///
/// # Errors
/// See [`CliError`].
pub fn before(app: &mut App, c: Before) -> Done {
    techniques(c.technique.iter().map(String::as_str))?;
    let answers = [
        on_scale("arriving", c.arriving),
        words("worth", c.worth),
        chosen("tried", c.tried),
        words("off_limits", c.off_limits),
        words("notice", c.notice),
        chosen("technique", c.technique),
        words("promised", c.promised),
    ];
    fill(app, &c.session, Form::Before, answers.into_iter().flatten().collect(), |_, engine, s, mut answers| {
        if let Some(tried) = answers.iter_mut().find(|a| a.prompt == "tried") {
            tried.chosen = tried.chosen.take().map(|all| tick(engine, s, &all)).transpose()?;
        }
        Ok(CheckIn { phase: Phase::Before, answers }.into())
    })
}

/// Ticks actions since last time; gives their words. All are found before the first is ticked.
fn tick(engine: &mut Engine, s: &Placed<SessionView>, tried: &[String]) -> Done<Vec<String>> {
    let all: Vec<ActionView> = engine.views(&s.space, RowKind::Action, true, usize::MAX >> 1)?;
    let sessions = engine.sessions(&s.space)?;
    let since: Vec<ActionView> = since_last(&all, &sessions, s.view.id).into_iter().cloned().collect();
    let candidates =
        || since.iter().map(|a| Candidate { id: a.id.to_string(), title: a.text.clone(), hint: String::new(), value: a.clone() });
    let found =
        tried.iter().map(|t| pick("action since last time", "ithaca session show", t, candidates().collect())).collect::<Done<Vec<_>>>()?;
    let me = engine.me();
    for a in found.iter().filter(|a| !a.done.iter().any(|t| t.person == me)) {
        let date = Some(today().to_string());
        goal::edit(engine, &s.space, &Command::Item(ItemCommand::Tick { item: a.id, date }))?;
    }
    Ok(found.into_iter().map(|a| a.text).collect())
}

/// `session after`.
///
/// # Errors
/// See [`CliError`].
pub fn after(app: &mut App, c: After) -> Done {
    techniques(c.techniques.iter().map(String::as_str))?;
    let answers = [
        on_scale("relevant", c.relevant),
        on_scale("heard", c.heard),
        words("will_do", c.will_do),
        words("change", c.change),
        chosen("techniques", c.techniques),
        words("learned", c.learned),
        words("promised", c.promised),
        on_scale("confident", c.confident),
    ];
    fill(app, &c.session, Form::After, answers.into_iter().flatten().collect(), |_, engine, s, answers| {
        let used = answers.iter().find(|a| a.prompt == "techniques").and_then(|a| a.chosen.clone()).unwrap_or_default();
        techniques(used.iter().map(String::as_str))?;
        for technique in used {
            edit(engine, &s.space, s.view.id, SessionCommand::Technique { technique, on: true })?;
        }
        Ok(CheckIn { phase: Phase::After, answers }.into())
    })
}

/// `session harvest`.
///
/// # Errors
/// See [`CliError`].
pub fn harvest(app: &mut App, c: Harvest) -> Done {
    let answers = [words("learned", c.learned), on_scale("useful", c.useful), chosen("helped", c.helped), words("noticed", c.noticed)];
    fill(app, &c.session, Form::Harvest, answers.into_iter().flatten().collect(), |_, _, _, answers| Ok(Harvested { answers }.into()))
}

/// `session minutes`.
///
/// # Errors
/// See [`CliError`].
pub fn minutes(app: &mut App, c: Minutes) -> Done {
    let text = match c.text.as_deref() {
        None | Some("-") => all_input()?.trim_end().to_owned(),
        Some(text) => text.to_owned(),
    };
    if text.trim().is_empty() {
        return Err(CliError::Usage("the minutes are empty".into()));
    }
    let mut engine = app.open()?;
    let s = find::session(app, &engine, &c.session)?;
    engine.state(&s.space, EventDraft { subject: s.view.id.0, payload: Kept { text }.into() }, now())?;
    app.close(engine)?;
    app.kept("Kept on this device.", Some(&s.view.id.to_string()), Some(&s.space))
}
