//! Sessions: planning one, its agenda and time, what became of it.

use chrono::NaiveTime;
use chrono_tz::Tz;
use clap::{Args, Subcommand, ValueEnum};
use ithaca_core::document::command::{ItemCommand, SessionCommand as C};
use ithaca_core::document::{Command, DocumentKind};
use ithaca_core::engine::Engine;
use ithaca_core::event::payload::{SessionAlias, SessionStateSet};
use ithaca_core::event::{EventDraft, SessionState};
use ithaca_core::id::{DocumentId, ItemId, SpaceId};
use ithaca_core::view::{RowKind, SessionView, TECHNIQUES, carried};

use crate::editor::{self, Source, Text};
use crate::error::{CliError, Done};
use crate::find::{self, Candidate, pick};
use crate::form::{self, After, Before, Harvest, Minutes};
use crate::note::members;
use crate::print::Placed;
use crate::profile::App;
use crate::session_show;
use crate::time::{day, hour, instant, local_zone, now, today, zone};

#[derive(Debug, Subcommand)]
pub enum Session {
    /// Plan a session
    #[command(
        after_help = "Example:\n  ithaca session plan 'First visit' --date 2031-03-09 --time 14:00 --zone Africa/Nairobi --place 'the ward'"
    )]
    Plan(Plan),
    /// Sessions by day
    List,
    /// A session: agenda with what is carried, what was promised since, check-ins, harvest, notes
    Show { session: String },
    /// The agenda
    #[command(
        after_help = "Examples:\n  ithaca session agenda 'First visit' add 'The night shift'\n  ithaca session agenda 'First visit' tick night"
    )]
    Agenda {
        session: String,
        #[arg(value_enum)]
        act: Act,
        /// The words of a new point; of another its words or the beginning of its id. Points carried from earlier sessions are named here too
        text: String,
    },
    /// Check in before it
    Before(Before),
    /// Check in after it
    After(After),
    /// Harvest
    Harvest(Harvest),
    /// Your minutes
    Minutes(Minutes),
    /// Techniques that were used
    #[command(
        after_help = "The five: accompanying, sowing, catalyzing, showing, harvesting.\nExample:\n  ithaca session technique 'First visit' showing harvesting"
    )]
    Technique {
        session: String,
        #[arg(required = true, allow_hyphen_values = true, trailing_var_arg = true, value_name = "TECHNIQUE")]
        marks: Vec<String>,
    },
    /// Mentoring functions that were served
    #[command(
        after_help = "Kram's nine: sponsorship, exposure, coaching, protection, challenging work; role modelling, acceptance, counselling, friendship.\nExample:\n  ithaca session function 'First visit' coaching acceptance"
    )]
    Function {
        session: String,
        #[arg(required = true, allow_hyphen_values = true, trailing_var_arg = true, value_name = "FUNCTION")]
        marks: Vec<String>,
    },
    /// Edit the shared notes in $EDITOR; what somebody else wrote meanwhile stays
    Notes {
        session: String,
        /// Read them from standard input instead
        #[arg(long)]
        stdin: bool,
    },
    /// It took place
    Held(State),
    /// Somebody did not come
    Missed(State),
    /// Call it off
    Cancel(State),
    /// Two are one meeting
    Join { one: String, other: String },
    /// Two are not the same meeting
    NotSame { one: String, other: String },
    /// Propose a time
    Propose {
        session: String,
        #[command(flatten)]
        when: When,
    },
    /// Accept a proposed time
    AcceptTime {
        session: String,
        /// The proposal: the beginning of its id; without it, the last one of the other's
        proposal: Option<String>,
    },
    /// Name it
    Title { session: String, title: String },
    /// Its day, or `none`
    Date {
        session: String,
        #[arg(value_parser = day)]
        date: String,
    },
    /// Where, or `none`
    Place { session: String, place: String },
    /// Put it into the bin
    Delete { session: String },
    /// Take it out of the bin
    Restore { session: String },
}

#[derive(Debug, Args)]
pub struct Plan {
    title: String,
    /// Its day
    #[arg(long, value_parser = day, default_value = "none")]
    date: String,
    /// The time of day, as a proposal to the other
    #[arg(long, value_parser = hour, requires = "date")]
    time: Option<NaiveTime>,
    /// The zone of the time [default: this device's]
    #[arg(long, value_parser = zone, requires = "time")]
    zone: Option<Tz>,
    /// Where
    #[arg(long)]
    place: Option<String>,
    /// A point of the agenda; can be given several times
    #[arg(long)]
    agenda: Vec<String>,
}

#[derive(Debug, Args)]
pub struct When {
    /// The day
    #[arg(long, value_parser = day)]
    date: String,
    /// The time of day
    #[arg(long, value_parser = hour)]
    time: NaiveTime,
    /// The zone of the time [default: this device's]
    #[arg(long, value_parser = zone)]
    zone: Option<Tz>,
}

#[derive(Debug, Args)]
pub struct State {
    session: String,
    /// Why
    #[arg(long)]
    reason: Option<String>,
}

/// What to do with the agenda.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Act {
    /// A new point
    Add,
    /// Tick a point off
    Tick,
    /// Take your tick back
    Untick,
    /// Put a point into the bin
    Delete,
}

/// `session`.
///
/// # Errors
/// See [`CliError`].
pub fn run(app: &mut App, command: Session) -> Done {
    match command {
        Session::Plan(c) => plan(app, c),
        Session::List => session_show::list(app),
        Session::Show { session } => session_show::show(app, &session),
        Session::Agenda { session, act, text } => agenda(app, &session, act, text),
        Session::Before(c) => form::before(app, c),
        Session::After(c) => form::after(app, c),
        Session::Harvest(c) => form::harvest(app, c),
        Session::Minutes(c) => form::minutes(app, c),
        Session::Technique { session, marks } => {
            let marks = members(&marks)?;
            techniques(marks.iter().map(|(t, _)| t.as_str()))?;
            change(app, &session, marks.into_iter().map(|(technique, on)| C::Technique { technique, on }).collect())
        }
        Session::Function { session, marks } => {
            let functions = members(&marks)?.into_iter().map(|(function, on)| C::Function { function, on });
            change(app, &session, functions.collect())
        }
        Session::Notes { session, stdin } => notes(app, &session, if stdin { &Source::Input(None) } else { &Source::Editor }),
        Session::Held(c) => state(app, c, SessionState::Held),
        Session::Missed(c) => state(app, c, SessionState::Missed),
        Session::Cancel(c) => state(app, c, SessionState::Cancelled),
        Session::Join { one, other } => alias(app, &one, &other, true),
        Session::NotSame { one, other } => alias(app, &one, &other, false),
        Session::Propose { session, when } => {
            let zone = when.zone.map_or_else(local_zone, Ok)?;
            let at_ms = instant(&when.date, when.time, zone)?;
            act(app, &session, |engine, s| {
                let id = find::new_item(engine)?;
                edit(engine, &s.space, s.view.id, C::ProposeTime { id, at_ms, zone: zone.name().to_owned() })
            })
        }
        Session::AcceptTime { session, proposal } => accept(app, &session, proposal.as_deref()),
        Session::Title { session, title } => change(app, &session, vec![C::Title(title)]),
        Session::Date { session, date } => change(app, &session, vec![C::Date(Some(date))]),
        Session::Place { session, place } => change(app, &session, vec![C::Place(Some(place).filter(|p| p != "none"))]),
        Session::Delete { session } => change(app, &session, vec![C::Delete]),
        Session::Restore { session } => restore(app, &session),
    }
}

/// Does something to a session's document.
///
/// # Errors
/// See [`CliError`].
pub fn edit(engine: &mut Engine, space: &SpaceId, id: DocumentId, command: C) -> Done {
    engine.edit(space, id, DocumentKind::Session, &Command::Session(command), now())?;
    Ok(())
}

/// Refuses a technique that is none of the five.
///
/// # Errors
/// [`CliError::Usage`].
pub fn techniques<'a>(mut words: impl Iterator<Item = &'a str>) -> Done {
    match words.find(|w| !TECHNIQUES.contains(&w.trim().to_lowercase().as_str())) {
        None => Ok(()),
        Some(_) => Err(CliError::Usage(format!("the techniques are {}", TECHNIQUES.join(", ")))),
    }
}

fn act(app: &mut App, asked: &str, act: impl FnOnce(&mut Engine, &Placed<SessionView>) -> Done) -> Done {
    let mut engine = app.open()?;
    let session = find::session(app, &engine, asked)?;
    act(&mut engine, &session)?;
    app.close(engine)?;
    app.kept("Kept on this device.", Some(&session.view.id.to_string()), Some(&session.space))
}

fn change(app: &mut App, asked: &str, commands: Vec<C>) -> Done {
    act(app, asked, |engine, s| commands.into_iter().try_for_each(|c| edit(engine, &s.space, s.view.id, c)))
}

fn plan(app: &mut App, c: Plan) -> Done {
    let mut engine = app.open()?;
    let pair = app.pair(&engine)?;
    let id = find::new_document(&mut engine)?;
    let date = Some(c.date.clone()).filter(|d| !d.is_empty());
    let mut commands = vec![C::Create { title: c.title, date }];
    commands.extend(c.place.map(|p| C::Place(Some(p))));
    if let Some(time) = c.time {
        let zone = c.zone.map_or_else(|| own_zone(&engine, &pair.space), Ok)?;
        let at_ms = instant(&c.date, time, zone)?;
        commands.push(C::ProposeTime { id: find::new_item(&mut engine)?, at_ms, zone: zone.name().to_owned() });
    }
    for text in c.agenda {
        commands.push(C::AddAgenda { id: find::new_item(&mut engine)?, text });
    }
    for command in commands {
        edit(&mut engine, &pair.space, id, command)?;
    }
    app.close(engine)?;
    app.kept("Planned, on this device. It goes with the next sync.", Some(&id.to_string()), Some(&pair.space))
}

/// The zone this person named for this partner, else this device's.
fn own_zone(engine: &Engine, space: &SpaceId) -> Done<Tz> {
    let mine = engine.relationship(space)?.people.into_iter().find(|p| p.person == engine.me()).and_then(|p| p.zone);
    mine.and_then(|z| z.parse().ok()).map_or_else(local_zone, Ok)
}

fn agenda(app: &mut App, asked: &str, what: Act, text: String) -> Done {
    act(app, asked, |engine, s| {
        if what == Act::Add {
            let id = find::new_item(engine)?;
            return edit(engine, &s.space, s.view.id, C::AddAgenda { id, text });
        }
        let all = engine.sessions(&s.space)?;
        let own = s.view.agenda.iter().cloned();
        let earlier = carried(&all, s.view.id).into_iter().map(|c| c.item);
        let candidates = own.chain(earlier).map(|a| Candidate {
            id: a.id.to_string(),
            title: a.text.words().to_owned(),
            hint: String::new(),
            value: (a.document, a.id),
        });
        let (document, item): (DocumentId, ItemId) = pick("point of the agenda", "ithaca session show", &text, candidates.collect())?;
        let command = match what {
            Act::Tick => ItemCommand::Tick { item, date: Some(today().to_string()) },
            Act::Untick => ItemCommand::Tick { item, date: None },
            Act::Delete | Act::Add => ItemCommand::Delete { item },
        };
        // A carried point is ticked off where it stands.
        engine.edit(&s.space, document, DocumentKind::Session, &Command::Item(command), now())?;
        Ok(())
    })
}

fn notes(app: &mut App, asked: &str, source: &Source) -> Done {
    let engine = app.open()?;
    let session = find::session(app, &engine, asked)?;
    let (space, id) = (session.space, session.view.id);
    // Of a joined meeting each session keeps its notes; the first one's are edited unless another was named by its id.
    let named = session.view.notes.iter().find(|n| asked.len() >= 4 && n.document.to_string().starts_with(asked));
    let note = named.or(session.view.notes.first()).ok_or(CliError::NotFound { noun: "session", list: "ithaca session list" })?;
    let text = Text { space, document: note.document, kind: DocumentKind::Session, text: note.text.text.clone() };
    let changed = editor::edit(app, engine, &text, source, |edit| Command::Session(C::Notes(edit)))?;
    app.kept(if changed { "Kept on this device." } else { "Nothing was changed." }, Some(&id.to_string()), Some(&space))
}

fn state(app: &mut App, c: State, state: SessionState) -> Done {
    act(app, &c.session, |engine, s| {
        let payload = SessionStateSet { state, reason: c.reason }.into();
        Ok(engine.state(&s.space, EventDraft { subject: s.view.id.0, payload }, now()).map(drop)?)
    })
}

fn alias(app: &mut App, one: &str, other: &str, same: bool) -> Done {
    let mut engine = app.open()?;
    let (a, b) = (find::session(app, &engine, one)?, find::session(app, &engine, other)?);
    if a.space != b.space || a.view.id == b.view.id {
        return Err(CliError::Usage("name two different sessions of one relationship".into()));
    }
    let (small, large) = (a.view.id.min(b.view.id), a.view.id.max(b.view.id));
    let payload = SessionAlias { other: ItemId(large.0), same }.into();
    engine.state(&a.space, EventDraft { subject: small.0, payload }, now())?;
    app.close(engine)?;
    let words = if same { "One meeting now; both sets of notes are in it." } else { "Remembered: two meetings." };
    app.kept(words, Some(&small.to_string()), Some(&a.space))
}

fn accept(app: &mut App, asked: &str, proposal: Option<&str>) -> Done {
    act(app, asked, |engine, s| {
        let me = engine.me();
        let all = s.view.proposals.iter().filter(|p| !p.accepted.contains(&me)).collect::<Vec<_>>();
        let chosen = match proposal {
            None => all.first().map(|p| (p.document, p.id)),
            Some(asked) => {
                let candidates = all.iter().map(|p| Candidate {
                    id: p.id.to_string(),
                    title: crate::print::day_and_time(p.at_ms),
                    hint: p.zone.clone(),
                    value: (p.document, p.id),
                });
                Some(pick("proposed time", "ithaca session show", asked, candidates.collect())?)
            }
        };
        let (document, proposal) = chosen.ok_or_else(|| CliError::Refused("there is no time left to accept".into()))?;
        edit(engine, &s.space, document, C::AcceptTime { proposal, on: true })
    })
}

fn restore(app: &mut App, asked: &str) -> Done {
    let mut engine = app.open()?;
    let mut all = Vec::new();
    for pair in app.pairs(&engine)? {
        let bin: Vec<SessionView> = engine.views(&pair.space, RowKind::Session, false, usize::MAX >> 1)?;
        all.extend(bin.into_iter().map(|s| Candidate {
            id: s.id.to_string(),
            title: s.title.clone(),
            hint: s.day().unwrap_or_default(),
            value: (pair.space, s.id),
        }));
    }
    let (space, id) = pick("session in the bin", "ithaca session list", asked, all)?;
    edit(&mut engine, &space, id, C::Restore)?;
    app.close(engine)?;
    app.kept("Done.", Some(&id.to_string()), Some(&space))
}
