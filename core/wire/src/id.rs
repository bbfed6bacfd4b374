//! The names that relay and device share. Each is a newtype over fixed bytes; none tells who stands behind it.

use std::fmt;

/// A newtype over so many bytes, written in CBOR as a byte string of exactly that length.
#[macro_export]
macro_rules! byte_id {
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

        impl<C> ::minicbor::Encode<C> for $name {
            fn encode<W: ::minicbor::encode::Write>(
                &self,
                e: &mut ::minicbor::Encoder<W>,
                _: &mut C,
            ) -> ::core::result::Result<(), ::minicbor::encode::Error<W::Error>> {
                e.bytes(&self.0)?.ok()
            }
        }

        impl<'b, C> ::minicbor::Decode<'b, C> for $name {
            fn decode(d: &mut ::minicbor::Decoder<'b>, ctx: &mut C) -> ::core::result::Result<Self, ::minicbor::decode::Error> {
                let bytes: ::minicbor::bytes::ByteArray<$n> = d.decode_with(ctx)?;
                Ok(Self(bytes.into()))
            }
        }
    };
}

/// Such a newtype is no secret: shown in full as lower-case hexadecimal, abbreviated in `Debug`.
#[macro_export]
macro_rules! shown_as_hex {
    ($name:ident) => {
        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                self.0.iter().try_for_each(|b| write!(f, "{b:02x}"))
            }
        }

        impl ::std::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                write!(f, "{}({:02x}{:02x}{:02x}{:02x}…)", stringify!($name), self.0[0], self.0[1], self.0[2], self.0[3])
            }
        }
    };
}

byte_id!(
    /// A mailbox: one epoch of one space at one relay. Random to everybody but readers of that epoch.
    MailboxId, 16
);
byte_id!(
    /// A lane: the records of one device, one epoch, one incarnation, under a random id.
    LaneId, 16
);
byte_id!(
    /// What opens a mailbox at one relay. A secret: never logged, never shown.
    Token, 32
);
byte_id!(
    /// What the relay keeps of a [`Token`].
    TokenHash, 32
);
byte_id!(
    /// SHA-256 over the outer bytes of a record.
    RecordHash, 32
);
shown_as_hex!(MailboxId);
shown_as_hex!(LaneId);
shown_as_hex!(TokenHash);
shown_as_hex!(RecordHash);

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(redacted)")
    }
}
