//! The names of what the core keeps. Each is a newtype over fixed bytes, shown in full as lower-case hexadecimal and
//! abbreviated in `Debug`. None is a secret; none is ever changed after it was made.

use std::fmt;
use std::str::FromStr;

use minicbor::bytes::ByteArray;
use minicbor::{Decode, Decoder, Encode, Encoder};
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
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub [u8; $n]);

        impl $name {
            /// Length in bytes.
            pub const LEN: usize = $n;

            /// Takes exactly [`Self::LEN`] bytes; `None` for any other length.
            pub fn from_slice(bytes: &[u8]) -> Option<Self> {
                bytes.try_into().ok().map(Self)
            }

            /// The bytes.
            pub fn as_bytes(&self) -> &[u8] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|b| write!(f, "{b:02x}"))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({:02x}{:02x}{:02x}{:02x}…)", stringify!($name), self.0[0], self.0[1], self.0[2], self.0[3])
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<Self, NotAnId> {
                let mut out = [0; $n];
                hex::decode_to_slice(text, &mut out).map_err(|_| NotAnId { expected: 2 * $n })?;
                Ok(Self(out))
            }
        }

        impl<C> Encode<C> for $name {
            fn encode<W: minicbor::encode::Write>(
                &self,
                e: &mut Encoder<W>,
                _: &mut C,
            ) -> Result<(), minicbor::encode::Error<W::Error>> {
                e.bytes(&self.0)?.ok()
            }
        }

        impl<'b, C> Decode<'b, C> for $name {
            fn decode(d: &mut Decoder<'b>, ctx: &mut C) -> Result<Self, minicbor::decode::Error> {
                let bytes: ByteArray<$n> = d.decode_with(ctx)?;
                Ok(Self(bytes.into()))
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
