//! The home of a pair: what comes next and what was promised, out of what lists hold.

use super::{ActionView, SessionView};
use crate::event::SessionState;
use crate::id::PersonId;

/// The session to show as the next one, of sessions in the order of [`crate::engine::Engine::sessions`]: the earliest planned on `today`
/// (`YYYY-MM-DD`) or later, else one without a day, else the last planned of which nobody said what became of it.
pub fn next_session<'a>(sessions: &'a [SessionView], today: &str) -> Option<&'a SessionView> {
    let planned = || sessions.iter().filter(|s| s.alive && s.state == SessionState::Planned);
    let ahead = planned().find(|s| s.day().is_some_and(|d| d.as_str() >= today));
    ahead.or_else(|| planned().find(|s| s.day().is_none())).or_else(|| planned().next_back())
}

/// Listed actions that are open: those of `me` first, then by the day they are due; those without a day last.
pub fn promised(actions: &[ActionView], me: PersonId) -> Vec<&ActionView> {
    let mut out: Vec<&ActionView> = actions.iter().filter(|a| a.is_listed() && !a.is_done()).collect();
    out.sort_by_key(|a| (!a.owners.contains(&me), a.due.is_none(), a.due.clone()));
    out
}
