//! The home of a pair, in one call; and what comes up with everybody, for reminders.

use ithaca_core::engine::Engine;
use ithaca_core::id::SpaceId;
pub use ithaca_core::view::UpcomingNoun as ReminderNoun;
use ithaca_core::view::{self, RowKind};

use crate::app::Ithaca;
use crate::card::{CardView, cards};
use crate::error::Done;
use crate::goal::{ActionView, GoalView, goals};
use crate::message::{MessageView, page};
use crate::pair::{PairView, pair};
use crate::people::People;
use crate::session::SessionLine;
use crate::settings::PREFIX;
use crate::status::Foot;
use crate::text::today;

/// The home of a pair.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct PairHome {
    pub pair: PairView,
    /// What sort it is.
    pub kind: Option<String>,
    /// Whether this person mentors on some topic here.
    pub mentor: bool,
    /// The next session.
    pub next: Option<SessionLine>,
    /// Open promises: one's own first, by the day they are due.
    pub promised: Vec<ActionView>,
    /// Goals, in order.
    pub goals: Vec<GoalView>,
    /// The last messages, oldest first.
    pub latest: Vec<MessageView>,
    /// You two differ.
    pub cards: Vec<CardView>,
    /// How far what was written here came.
    pub foot: Foot,
}

/// What a reminder is about: a session that is planned, an open promise of this person.
#[uniffi::remote(Enum)]
pub enum ReminderNoun {
    Session,
    Promise,
}

/// Something a phone may remind of.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Upcoming {
    pub space: SpaceId,
    /// The other person's name.
    pub with: String,
    pub noun: ReminderNoun,
    /// The session's document or the action.
    pub id: String,
    /// Its calendar day.
    pub day: String,
    /// The time both agreed to.
    pub at_ms: Option<i64>,
    /// Its name or words.
    pub words: String,
}

/// The setting under which a pair's reminders are turned off, by its value "off".
const REMINDERS: &str = "reminders.";

fn upcoming(e: &Engine, today: &str, until: &str) -> Done<Vec<Upcoming>> {
    let mut out = Vec::new();
    for pair in e.pairs()? {
        if !pair.runs() || e.setting(&format!("{PREFIX}{REMINDERS}{}", pair.space))?.as_deref() == Some(b"off") {
            continue;
        }
        out.extend(e.upcoming(&pair.space, today, until)?.into_iter().map(|u| Upcoming {
            space: pair.space,
            with: pair.name.clone(),
            noun: u.noun,
            id: hex::encode(u.id),
            day: u.day,
            at_ms: u.at_ms,
            words: u.words,
        }));
    }
    out.sort_by(|a, b| a.day.cmp(&b.day).then_with(|| a.at_ms.cmp(&b.at_ms)));
    Ok(out)
}

/// So many of the last messages.
const LATEST: usize = 3;

fn home(e: &mut Engine, space: &SpaceId, today: &str) -> Done<PairHome> {
    let (people, me) = (People::of(e, space)?, e.me());
    let actions: Vec<view::ActionView> = e.open_views(space, RowKind::Action)?;
    let sessions = e.open_sessions(space)?;
    Ok(PairHome {
        pair: pair(e, space)?,
        kind: e.relationship(space)?.kind,
        mentor: e.is_mentor(space)?,
        next: view::next_session(&sessions, today).map(|s| SessionLine::of(s, &people)),
        promised: view::promised(&actions, me).into_iter().map(|a| ActionView::of(a, &people)).collect(),
        goals: goals(e, space, false)?,
        latest: page(e, space, None, LATEST)?.messages,
        cards: cards(e, space)?,
        foot: e.foot(space)?,
    })
}

#[uniffi::export]
impl Ithaca {
    /// Everything that a pair's home shows. `today` is the calendar day where the phone is.
    ///
    /// # Errors
    /// `NotFound`; `BadInput` for the day.
    pub async fn pair_home(&self, space: SpaceId, today: String) -> Done<PairHome> {
        let today = self::today(today)?;
        self.engine(move |e| home(e, &space, &today)).await
    }

    /// What a phone may remind of without any network, in running pairs whose setting `reminders.SPACE` is not "off": sessions ahead and one's own
    /// open promises, from the calendar day `today` to `until`, by day.
    ///
    /// # Errors
    /// `BadInput` for a day.
    pub async fn upcoming(&self, today: String, until: String) -> Done<Vec<Upcoming>> {
        let (today, until) = (self::today(today)?, self::today(until)?);
        self.engine(move |e| upcoming(e, &today, &until)).await
    }
}
