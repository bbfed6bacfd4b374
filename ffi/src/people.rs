//! People and ids: how they cross, and how their names are found.

use std::collections::BTreeMap;
use std::str::FromStr;

use ithaca_core::engine::Engine;
use ithaca_core::id::{PersonId, SpaceId};

use crate::error::{Done, Input, bad};

/// Somebody, as a space shows them.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Who {
    /// The person.
    pub person: String,
    /// Their name here; empty where it is not known.
    pub name: String,
    /// Whether it is this person.
    pub me: bool,
}

/// An id out of its text.
pub(crate) fn id<T: FromStr>(text: &str) -> Done<T> {
    text.parse().map_err(|_| bad(Input::Id, "not an id"))
}

/// Ids out of their texts.
pub(crate) fn ids<T: FromStr>(all: &[String]) -> Done<Vec<T>> {
    all.iter().map(|t| id(t)).collect()
}

/// The names of a space.
pub(crate) struct People {
    me: PersonId,
    names: BTreeMap<PersonId, String>,
}

impl People {
    pub(crate) fn of(engine: &Engine, space: &SpaceId) -> Done<Self> {
        Ok(Self { me: engine.me(), names: engine.names(space)? })
    }

    /// No names at all.
    pub(crate) fn nobody(engine: &Engine) -> Self {
        Self { me: engine.me(), names: BTreeMap::new() }
    }

    pub(crate) fn who(&self, person: PersonId) -> Who {
        let name = self.names.get(&person).cloned().unwrap_or_default();
        Who { person: person.to_string(), name, me: person == self.me }
    }

    pub(crate) fn maybe(&self, person: Option<PersonId>) -> Option<Who> {
        person.map(|p| self.who(p))
    }

    pub(crate) fn all<'a>(&self, people: impl IntoIterator<Item = &'a PersonId>) -> Vec<Who> {
        people.into_iter().map(|p| self.who(*p)).collect()
    }

    pub(crate) fn everybody(&self) -> Vec<PersonId> {
        self.names.keys().copied().collect()
    }
}
