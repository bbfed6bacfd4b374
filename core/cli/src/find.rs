//! Finding: what a person named by the beginning of an id, or by a title, among everything it could be.

use ithaca_core::engine::Engine;
use ithaca_core::id::{DocumentId, ItemId, PersonId, SpaceId};
use ithaca_core::view::{ActionView, GoalView, NoteView, RowKind, SessionView};

use crate::error::{CliError, Done};
use crate::print::{People, Placed, short};
use crate::profile::App;

/// Something that may be meant.
#[derive(Debug)]
pub struct Candidate<T> {
    /// Its id in hexadecimal.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What else tells it from others.
    pub hint: String,
    /// What it is.
    pub value: T,
}

impl<T> Candidate<T> {
    /// As a line to choose from.
    pub fn line(&self) -> String {
        let line = format!("{}  {}", short(&self.id), self.title);
        if self.hint.is_empty() { line } else { format!("{line} · {}", self.hint) }
    }
}

/// The one that is meant: by the beginning of its id, else by its whole title, its beginning, a part of it.
///
/// # Errors
/// [`CliError::NotFound`]; [`CliError::Ambiguous`] with those that fit.
pub fn pick<T>(noun: &'static str, list: &'static str, asked: &str, all: Vec<Candidate<T>>) -> Done<T> {
    let wanted = asked.trim().to_lowercase();
    let title = |c: &Candidate<T>| c.title.to_lowercase();
    let is_id = wanted.len() >= 4 && wanted.bytes().all(|b| b.is_ascii_hexdigit());
    let ways: [&dyn Fn(&Candidate<T>) -> bool; 4] =
        [&|c| is_id && c.id.starts_with(&wanted), &|c| title(c) == wanted, &|c| title(c).starts_with(&wanted), &|c| {
            title(c).contains(&wanted)
        }];
    let fits = if wanted.is_empty() { None } else { ways.iter().find(|way| all.iter().any(way)) };
    let Some(fits) = fits else { return Err(CliError::NotFound { noun, list }) };
    let (mut fitting, _): (Vec<Candidate<T>>, Vec<_>) = all.into_iter().partition(|c| fits(c));
    match fitting.len() {
        1 => fitting.pop().map(|c| c.value).ok_or(CliError::NotFound { noun, list }),
        _ => Err(CliError::Ambiguous { noun, candidates: fitting.iter().map(Candidate::line).collect() }),
    }
}

fn hint(with: Option<&String>) -> String {
    with.map_or_else(|| "private".to_owned(), |w| format!("with {w}"))
}

/// Views of one noun in the relationships to look through.
fn shared<T: serde::de::DeserializeOwned>(app: &App, engine: &Engine, kind: RowKind, alive: bool) -> Done<Vec<Placed<T>>> {
    let mut out = Vec::new();
    for pair in app.pairs(engine)? {
        let views: Vec<T> = engine.views(&pair.space, kind, alive, usize::MAX >> 1)?;
        out.extend(views.into_iter().map(|view| Placed { space: pair.space, with: Some(pair.name.clone()), view }));
    }
    Ok(out)
}

/// Notes, those edited last first; private ones beside the shared, or alone.
///
/// # Errors
/// See [`CliError`].
pub fn notes(app: &App, engine: &Engine, alive: bool, only_private: bool) -> Done<Vec<Placed<NoteView>>> {
    let mut out: Vec<Placed<NoteView>> = if only_private { Vec::new() } else { shared(app, engine, RowKind::Note, alive)? };
    let personal = engine.personal()?;
    let wanted = if app.global.with.is_some() { Some(app.pair(engine)?.space) } else { None };
    let private: Vec<NoteView> = engine.views(&personal, RowKind::Note, alive, usize::MAX >> 1)?;
    let private = private.into_iter().filter(|n| wanted.is_none() || n.pair == wanted);
    out.extend(private.map(|view| Placed { space: personal, with: None, view }));
    out.sort_by_key(|n| std::cmp::Reverse(n.view.provenance.clock));
    Ok(out)
}

/// One note.
///
/// # Errors
/// As [`pick`].
pub fn note(app: &App, engine: &Engine, asked: &str, alive: bool) -> Done<Placed<NoteView>> {
    let list = if alive { "ithaca note list" } else { "ithaca note bin" };
    let all = notes(app, engine, alive, false)?.into_iter();
    let all = all.map(|n| Candidate { id: n.view.id.to_string(), title: n.view.title.clone(), hint: hint(n.with.as_ref()), value: n });
    pick("note", list, asked, all.collect())
}

/// Goals in order.
///
/// # Errors
/// See [`CliError`].
pub fn goals(app: &App, engine: &Engine, alive: bool) -> Done<Vec<Placed<GoalView>>> {
    shared(app, engine, RowKind::Goal, alive)
}

/// One goal.
///
/// # Errors
/// As [`pick`].
pub fn goal(app: &App, engine: &Engine, asked: &str, alive: bool) -> Done<Placed<GoalView>> {
    let all = goals(app, engine, alive)?.into_iter();
    let all =
        all.map(|g| Candidate { id: g.view.id.to_string(), title: g.view.title.words().to_owned(), hint: hint(g.with.as_ref()), value: g });
    pick("goal", "ithaca goal list", asked, all.collect())
}

/// Actions in order; those in another's place are left out.
///
/// # Errors
/// See [`CliError`].
pub fn actions(app: &App, engine: &Engine, alive: bool) -> Done<Vec<Placed<ActionView>>> {
    shared(app, engine, RowKind::Action, alive)
}

/// One action.
///
/// # Errors
/// As [`pick`].
pub fn action(app: &App, engine: &Engine, asked: &str, alive: bool) -> Done<Placed<ActionView>> {
    let mut all = Vec::new();
    for a in actions(app, engine, alive)? {
        let owners = People::of(engine, &a.space)?.all(&a.view.owners);
        all.push(Candidate { id: a.view.id.to_string(), title: a.view.text.clone(), hint: owners, value: a });
    }
    pick("action", "ithaca action list", asked, all)
}

/// Sessions by day, those that are one meeting joined.
///
/// # Errors
/// See [`CliError`].
pub fn sessions(app: &App, engine: &Engine) -> Done<Vec<Placed<SessionView>>> {
    let mut out = Vec::new();
    for pair in app.pairs(engine)? {
        let sessions = engine.sessions(&pair.space)?.into_iter();
        out.extend(sessions.map(|view| Placed { space: pair.space, with: Some(pair.name.clone()), view }));
    }
    Ok(out)
}

/// One session, by any of its ids.
///
/// # Errors
/// As [`pick`].
pub fn session(app: &App, engine: &Engine, asked: &str) -> Done<Placed<SessionView>> {
    let all = sessions(app, engine)?;
    let by_other_id = |s: &&Placed<SessionView>| asked.len() >= 4 && s.view.ids.iter().any(|i| i.to_string().starts_with(asked));
    let joined: Vec<&Placed<SessionView>> = all.iter().filter(by_other_id).collect();
    if let [one] = joined.as_slice() {
        return Ok((*one).clone());
    }
    let all = all.into_iter().map(|s| Candidate {
        id: s.view.id.to_string(),
        title: s.view.title.clone(),
        hint: [s.view.day().unwrap_or_default(), hint(s.with.as_ref())].join(" "),
        value: s,
    });
    pick("session", "ithaca session list", asked, all.collect())
}

/// What an action can come from: a goal or a session.
///
/// # Errors
/// As [`pick`].
pub fn origin(app: &App, engine: &Engine, asked: &str) -> Done<(SpaceId, ItemId)> {
    let goals = goals(app, engine, true)?.into_iter().map(|g| Candidate {
        id: g.view.id.to_string(),
        title: g.view.title.words().to_owned(),
        hint: "goal".to_owned(),
        value: (g.space, g.view.id),
    });
    let sessions = sessions(app, engine)?.into_iter().map(|s| Candidate {
        id: s.view.id.to_string(),
        title: s.view.title.clone(),
        hint: "session".to_owned(),
        value: (s.space, ItemId(s.view.id.0)),
    });
    pick("goal or session", "ithaca goal list", asked, goals.chain(sessions).collect())
}

/// A person of a relationship, by name; `me` is oneself.
///
/// # Errors
/// As [`pick`].
pub fn person(engine: &Engine, space: &SpaceId, asked: &str) -> Done<PersonId> {
    if asked.eq_ignore_ascii_case("me") {
        return Ok(engine.me());
    }
    let people = People::of(engine, space)?;
    let all = people.iter().map(|(p, name)| Candidate { id: p.to_string(), title: name.to_owned(), hint: String::new(), value: p });
    pick("person", "ithaca pair show", asked, all.collect())
}

/// A new id for an item.
///
/// # Errors
/// See [`CliError`].
pub fn new_item(engine: &mut Engine) -> Done<ItemId> {
    Ok(ItemId(engine.new_id()?))
}

/// A new id for a document.
///
/// # Errors
/// See [`CliError`].
pub fn new_document(engine: &mut Engine) -> Done<DocumentId> {
    Ok(DocumentId(engine.new_id()?))
}

#[cfg(test)]
mod tests {
    use super::{Candidate, pick};
    use crate::error::CliError;

    fn find(asked: &str) -> Result<u8, CliError> {
        let of = |id: &str, title: &str, value| Candidate { id: id.into(), title: title.into(), hint: String::new(), value };
        pick("note", "ithaca note list", asked, vec![of("aabb01", "Plan", 1), of("aabb02", "Plan for June", 2), of("cafe03", "Aabb", 3)])
    }

    #[test]
    fn ids_go_before_titles_and_whole_titles_before_parts() {
        assert_eq!(find("AABB01").unwrap(), 1);
        assert_eq!(find("plan").unwrap(), 1);
        assert_eq!(find("plan f").unwrap(), 2);
        assert_eq!(find("june").unwrap(), 2);
        assert_eq!(find("cafe").unwrap(), 3);
        assert!(matches!(find("aabb"), Err(CliError::Ambiguous { candidates, .. }) if candidates.len() == 2));
        assert!(matches!(find("p"), Err(CliError::Ambiguous { .. })));
        assert!(matches!(find("zebra"), Err(CliError::NotFound { .. })));
        assert!(matches!(find(" "), Err(CliError::NotFound { .. })));
    }
}
