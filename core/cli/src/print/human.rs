//! Words for people: names instead of ids, days and times of this device, short ids where one is needed to act.

use std::collections::BTreeMap;
use std::fmt::Display;

use chrono::{Local, TimeZone};
use ithaca_core::engine::{Engine, Where};
use ithaca_core::id::{PersonId, SpaceId};
use serde::Serialize;

use crate::error::Done;

/// A view with the space it stands in.
#[derive(Debug, Clone, Serialize)]
pub struct Placed<T> {
    /// The space.
    pub space: SpaceId,
    /// With whom; nobody for what is private.
    pub with: Option<String>,
    /// The view.
    #[serde(flatten)]
    pub view: T,
}

/// The names by which people are shown in one space.
#[derive(Debug)]
pub struct People {
    me: PersonId,
    names: BTreeMap<PersonId, String>,
}

impl People {
    /// The people of a space.
    ///
    /// # Errors
    /// See [`ithaca_core::engine::EngineError`].
    pub fn of(engine: &Engine, space: &SpaceId) -> Done<Self> {
        Ok(Self { me: engine.me(), names: engine.names(space)? })
    }

    /// A person: `you`, or their name.
    pub fn who(&self, person: PersonId) -> &str {
        if person == self.me { "you" } else { self.name(person) }
    }

    /// A person's name, one's own too.
    pub fn name(&self, person: PersonId) -> &str {
        self.names.get(&person).map_or("somebody", String::as_str)
    }

    /// Somebody who may not be known.
    pub fn maybe(&self, person: Option<PersonId>) -> &str {
        person.map_or("somebody", |p| self.who(p))
    }

    /// Several people.
    pub fn all(&self, people: &[PersonId]) -> String {
        list_words(&people.iter().map(|p| self.who(*p).to_owned()).collect::<Vec<_>>())
    }

    /// Everybody here.
    pub fn iter(&self) -> impl Iterator<Item = (PersonId, &str)> {
        self.names.iter().map(|(p, n)| (*p, n.as_str()))
    }

    /// Words in which persons stand as ids, with names in their place.
    pub fn named(&self, words: &str) -> String {
        self.names.iter().fold(words.to_owned(), |w, (p, n)| w.replace(&p.to_string(), n))
    }
}

/// The first eight digits of an id.
pub fn short(id: impl Display) -> String {
    id.to_string().chars().take(8).collect()
}

/// `a, b and c`.
pub fn list_words(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// An instant as day and time on this device's clock.
pub fn day_and_time(ms: i64) -> String {
    Local.timestamp_millis_opt(ms).single().map_or_else(String::new, |t| t.format("%Y-%m-%d %H:%M").to_string())
}

/// Where something is, in words.
pub fn place_words(at: Where, other: &str) -> String {
    match at {
        Where::Here => "on this device; it goes when there is signal".to_owned(),
        Where::Relay => format!("on the relay, not yet on {other}'s phone"),
        Where::Other => format!("on {other}'s phone"),
    }
}
