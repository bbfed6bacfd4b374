//! Upcoming: what a phone may remind its owner of without any network: sessions ahead, and their own open promises with a day.

use super::{ActionView, SessionView, promised};
use crate::event::SessionState;
use crate::id::PersonId;

/// What a reminder is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upcoming {
    /// The session's document or the action.
    pub id: [u8; 16],
    /// What sort.
    pub noun: UpcomingNoun,
    /// Its calendar day.
    pub day: String,
    /// The time both agreed to, in milliseconds since 1970, where there is one.
    pub at_ms: Option<i64>,
    /// Its name or words.
    pub words: String,
}

/// Sorts of things that one is reminded of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UpcomingNoun {
    /// A session that is planned.
    Session,
    /// An open action of this person.
    Promise,
}

/// What comes from the day `today` to the day `until`, both `YYYY-MM-DD` and included: planned sessions, agreed to by all of `people` where they have a
/// time, and open promises of `me`. By day, sessions first.
pub fn upcoming(
    sessions: &[SessionView],
    actions: &[ActionView],
    people: &[PersonId],
    me: PersonId,
    today: &str,
    until: &str,
) -> Vec<Upcoming> {
    let within = |day: &String| (today..=until).contains(&day.as_str());
    let sessions = sessions.iter().filter(|s| s.alive && s.state == SessionState::Planned).filter_map(|s| {
        let day = s.day().filter(within)?;
        Some(Upcoming { id: s.id.0, noun: UpcomingNoun::Session, day, at_ms: s.agreed(people).map(|p| p.at_ms), words: s.title.clone() })
    });
    let promises = promised(actions, me).into_iter().filter(|a| a.owners.contains(&me)).filter_map(|a| {
        let day = a.due.clone().filter(within)?;
        Some(Upcoming { id: a.id.0, noun: UpcomingNoun::Promise, day, at_ms: None, words: a.text.clone() })
    });
    let mut out: Vec<Upcoming> = sessions.chain(promises).collect();
    out.sort_by(|a, b| a.day.cmp(&b.day).then((a.noun as u8).cmp(&(b.noun as u8))).then(a.at_ms.cmp(&b.at_ms)));
    out
}
