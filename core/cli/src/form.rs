//! Forms: what each person answers before and after a session, and harvests. Answers come as options, or are asked for on a terminal.

use clap::Args;
use ithaca_core::engine::{Audience, Engine};
use ithaca_core::event::payload::Answer;
use ithaca_core::view::{ActionView, Form, Prompt, PromptKind, RowKind, SessionView, since_last};

use crate::error::{CliError, Done};
use crate::find::{self, Candidate, pick};
use crate::print::Placed;
use crate::profile::{App, all_input, ask};
use crate::session::techniques;
use crate::time::{now, today};

/// The words of a prompt; its name where this version has none.
pub fn question(form: Form, name: &str) -> &str {
    match (form, name) {
        (Form::Before, "arriving") => "How are you arriving?",
        (Form::Before, "worth") => "What would make today worth it?",
        (Form::Before, "tried") => "What did you try since last time?",
        (Form::Before, "off_limits") => "Anything off limits today?",
        (Form::Before, "notice") => "What do I want to notice?",
        (Form::Before, "technique") => "Which technique might fit?",
        (Form::Before, "promised") => "What did I promise?",
        (Form::After, "relevant") => "How relevant was this to you?",
        (Form::After, "heard") => "Did you feel heard?",
        (Form::After, "will_do") => "One thing I will do, by when:",
        (Form::After, "change") => "Anything to change in how we work?",
        (Form::After, "techniques") => "Techniques used:",
        (Form::After, "learned") => "What did I learn or get wrong?",
        (Form::After, "promised") => "What I promised:",
        (Form::After, "confident") => "How confident am I in the next step?",
        (Form::Harvest, "learned") => "What have you learned?",
        (Form::Harvest, "useful") => "How useful is it?",
        (Form::Harvest, "helped") => "What helped?",
        (Form::Harvest, "noticed") => "What did I notice about you?",
        (_, other) => other,
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
    /// For yourself alone: only your own devices get it, until you answer again without this
    #[arg(long)]
    private: bool,
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
    /// For yourself alone: only your own devices get it, until you answer again without this
    #[arg(long)]
    private: bool,
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
    /// For yourself alone: only your own devices get it, until you answer again without this
    #[arg(long)]
    private: bool,
}

/// Your minutes of a session.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  ithaca session minutes 'First visit' < minutes.txt")]
pub struct Minutes {
    session: String,
    /// The minutes; without them they are read from standard input
    text: Option<String>,
    /// For yourself alone: only your own devices get it, until you answer again without this
    #[arg(long)]
    private: bool,
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
fn asked(form: Form, mentor: bool) -> Done<Vec<Answer>> {
    let mut out = Vec::new();
    for Prompt { name, kind, .. } in form.prompts(mentor) {
        let hint = match kind {
            PromptKind::Scale => " (1–5)",
            PromptKind::Words => "",
            PromptKind::Chosen => " (with commas between)",
        };
        let text = ask(&format!("{}{hint}", question(form, name)))?
            .ok_or_else(|| CliError::Usage("say what you answer with options; `--help` lists them".into()))?;
        let text = text.trim().to_owned();
        match kind {
            _ if text.is_empty() => {}
            PromptKind::Scale => out.extend(on_scale(name, Some(scale(&text).map_err(CliError::Usage)?))),
            PromptKind::Words => out.extend(words(name, Some(text))),
            PromptKind::Chosen => out.extend(chosen(name, text.split(',').map(str::to_owned).collect())),
        }
    }
    Ok(out)
}

/// Fills a form: the answers given, or those asked for while the profile is closed.
fn fill(app: &mut App, session: &str, form: Form, private: bool, answers: impl IntoIterator<Item = Option<Answer>>) -> Done {
    let mut answers: Vec<Answer> = answers.into_iter().flatten().collect();
    let mut engine = app.open()?;
    let mut s = find::session(app, &engine, session)?;
    if answers.is_empty() {
        let mentor = engine.is_mentor(&s.space)?;
        app.close(engine)?;
        answers = asked(form, mentor)?;
        engine = app.open()?;
        s = find::session(app, &engine, &s.view.id.to_string())?;
    }
    if let Some(tried) = answers.iter_mut().find(|a| a.prompt == "tried") {
        tried.chosen = tried.chosen.take().map(|all| actions(&engine, &s, &all)).transpose()?;
    }
    let used = answers.iter().filter(|a| a.prompt.starts_with("technique")).flat_map(|a| a.chosen.iter().flatten());
    techniques(used.map(String::as_str))?;
    let (audience, now) = (audience(private), now());
    engine.fill_form(&s.space, s.view.id, form, answers, &today().to_string(), (audience, now))?;
    app.close(engine)?;
    kept(app, &s, audience)
}

fn audience(private: bool) -> Audience {
    if private { Audience::Me } else { Audience::Both }
}

fn kept(app: &mut App, s: &Placed<SessionView>, audience: Audience) -> Done {
    let words = match audience {
        Audience::Both => "Kept on this device. It goes with the next sync.",
        Audience::Me => "Kept for you alone: only your own devices get it. Answer again without `--private` to share.",
    };
    app.kept(words, Some(&s.view.id.to_string()), Some(&s.space))
}

/// Finds actions since last time by their ids or words; gives their ids.
fn actions(engine: &Engine, s: &Placed<SessionView>, tried: &[String]) -> Done<Vec<String>> {
    let all: Vec<ActionView> = engine.views(&s.space, RowKind::Action, true, usize::MAX >> 1)?;
    let sessions = engine.sessions(&s.space)?;
    let since = since_last(&all, &sessions, s.view.id);
    let candidate =
        |a: &&ActionView| Candidate { id: a.id.to_string(), title: a.text.clone(), hint: String::new(), value: a.id.to_string() };
    let candidates = || since.iter().map(candidate).collect();
    tried.iter().map(|t| pick("action since last time", "ithaca session show", t, candidates())).collect()
}

/// `session before`.
///
/// # Errors
/// See [`CliError`].
pub fn before(app: &mut App, c: Before) -> Done {
    let answers = [
        on_scale("arriving", c.arriving),
        words("worth", c.worth),
        chosen("tried", c.tried),
        words("off_limits", c.off_limits),
        words("notice", c.notice),
        chosen("technique", c.technique),
        words("promised", c.promised),
    ];
    fill(app, &c.session, Form::Before, c.private, answers)
}

/// `session after`.
///
/// # Errors
/// See [`CliError`].
pub fn after(app: &mut App, c: After) -> Done {
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
    fill(app, &c.session, Form::After, c.private, answers)
}

/// `session harvest`.
///
/// # Errors
/// See [`CliError`].
pub fn harvest(app: &mut App, c: Harvest) -> Done {
    let answers = [words("learned", c.learned), on_scale("useful", c.useful), chosen("helped", c.helped), words("noticed", c.noticed)];
    fill(app, &c.session, Form::Harvest, c.private, answers)
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
    let mut engine = app.open()?;
    let s = find::session(app, &engine, &c.session)?;
    engine.keep_minutes(&s.space, s.view.id, text, audience(c.private), now())?;
    app.close(engine)?;
    kept(app, &s, audience(c.private))
}
