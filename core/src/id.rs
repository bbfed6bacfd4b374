//! The names of what the core keeps. Each is a newtype over fixed bytes, shown in full as lower-case hexadecimal and
//! abbreviated in `Debug`. None is a secret; none is ever changed after it was made.

use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Text that should have been an id of this length in hexadecimal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an id: {expected} hexadecimal digits are needed")]
pub struct NotAnId {
    /// How many digits the id has.
    pub expected: usize,
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $n:literal) => {
        ithaca_wire::byte_id!($(#[$doc])* $name, $n);
        ithaca_wire::shown_as_hex!($name);

        impl FromStr for $name {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<Self, NotAnId> {
                let mut out = [0; $n];
                hex::decode_to_slice(text, &mut out).map_err(|_| NotAnId { expected: 2 * $n })?;
                Ok(Self(out))
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

id!(
    /// A person: the id of the statement their person log begins with (its genesis).
    PersonId, 32
);
id!(
    /// A device: its Ed25519 public key.
    DeviceId, 32
);
id!(
    /// A space: the id of the statement its control log begins with (its genesis).
    SpaceId, 32
);
id!(
    /// A statement: SHA-256 over what its author signed.
    StatementId, 32
);
id!(
    /// An epoch of a space; commits to the epoch's secret.
    EpochId, 32
);
id!(
    /// A record: SHA-256 over what its author signed, whatever seal it travels under.
    RecordId, 32
);
id!(
    /// One life of a device's database; a restored or cloned device takes a new one.
    Incarnation, 16
);
id!(
    /// A document: random, or derived from its space where two devices would choose the same.
    DocumentId, 16
);
id!(
    /// An item inside a document: a goal, a milestone, an action, a proposal.
    ItemId, 16
);
id!(
    /// An event: what one person stated once.
    EventId, 16
);
