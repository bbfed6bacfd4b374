//! People and ids: how they cross, and how their names are found.

use std::collections::BTreeMap;

use ithaca_core::engine::Engine;
pub use ithaca_core::id::{DeviceId, DocumentId, EventId, ItemId, PersonId, SpaceId};

use crate::error::{Done, Input, bad};

macro_rules! ids {
    ($($name:ident),+) => {$(
        uniffi::custom_type!($name, String, {
            remote,
            try_lift: |text| Ok(text.parse().map_err(|_| bad(Input::Id, "not an id"))?),
            lower: |id| id.to_string(),
        });
    )+};
}

// Text in hexadecimal for the apps, which put types of their own around it; what is none is refused before anything is done.
ids!(SpaceId, PersonId, DeviceId, DocumentId, ItemId, EventId);

/// Somebody, as a space shows them.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Who {
    /// The person; empty where nobody is known yet.
    pub person: String,
    /// Their name here; empty where it is not known.
    pub name: String,
    /// Whether it is this person.
    pub me: bool,
}

/// The names of a space.
pub(crate) struct People {
    me: PersonId,
    names: BTreeMap<PersonId, String>,
    /// Those whose relationship it is.
    pub(crate) both: Vec<PersonId>,
}

impl People {
    pub(crate) fn of(engine: &Engine, space: &SpaceId) -> Done<Self> {
        Ok(Self { me: engine.me(), names: engine.names(space)?, both: engine.both(space)? })
    }

    /// No names at all.
    pub(crate) fn nobody(engine: &Engine) -> Self {
        Self { me: engine.me(), names: BTreeMap::new(), both: Vec::new() }
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
}

/// How many, as it crosses.
pub(crate) fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
