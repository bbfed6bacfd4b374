//! A payload: what an event states, one struct a kind. Maps with small integer keys; fields left out are `None` or empty.

use ithaca_wire::cbor;
use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::id::{EventId, ItemId};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $n:literal $variant:ident $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode, Serialize, Deserialize)]
        #[cbor(index_only)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$vdoc])* #[n($n)] $variant),+ }

        impl $name {
            /// Every value, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// The word of the field, as documents and exports write it.
            pub fn word(self) -> &'static str { match self { $(Self::$variant => $word),+ } }
        }
    };
}

words!(
    /// Where a goal stands.
    GoalStatus {
    /// Suggested, not taken up.
    0 Proposed "proposed",
    /// Worked on.
    1 Active "active",
    /// Put aside for now.
    2 Paused "paused",
    /// Reached.
    3 Achieved "achieved",
    /// Given up.
    4 Dropped "dropped" });
words!(
    /// What became of a session.
    SessionState {
    /// Ahead.
    0 Planned "planned",
    /// It took place.
    1 Held "held",
    /// Somebody did not come.
    2 Missed "missed",
    /// Called off.
    3 Cancelled "cancelled" });
words!(
    /// The stages of a relationship.
    Stage {
    /// Getting to know each other, agreeing.
    0 Initiation "initiation",
    /// The work.
    1 Cultivation "cultivation",
    /// Letting go.
    2 Separation "separation",
    /// What the two are to each other afterwards.
    3 Redefinition "redefinition" });
words!(
    /// When a check-in is filled.
    Phase {
    /// Before the session.
    0 Before "before",
    /// After it.
    1 After "after" });

/// An answer to one prompt of a form.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
pub struct Answer {
    /// The prompt's stable name, such as `arriving`.
    #[n(0)]
    pub prompt: String,
    /// Words, if any.
    #[n(1)]
    pub words: Option<String>,
    /// A place on the prompt's scale, if any.
    #[n(2)]
    pub scale: Option<u8>,
    /// Things chosen from a list: tags, actions.
    #[n(3)]
    pub chosen: Option<Vec<String>>,
}

/// The bytes of a payload that no screen of this version reads. They may hold anything, keys too, so only their number is printed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Raw(pub Vec<u8>);

impl std::fmt::Debug for Raw {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Raw({} bytes)", self.0.len())
    }
}

macro_rules! payloads {
    ($($(#[$doc:meta])* $kind:literal $name:ident { $($(#[$fdoc:meta])* $n:literal $field:ident : $ty:ty),* $(,)? })+) => {
        $($(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
        #[cbor(map)]
        pub struct $name { $($(#[$fdoc])* #[n($n)] pub $field: $ty),* })+

        /// What an event states.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Payload {
            $($(#[$doc])* $name($name),)+
            /// A kind, or a value of a known kind, that a later version made; kept as it came.
            Unknown {
                /// The kind in the bytes.
                kind: u16,
                /// The payload's canonical CBOR.
                raw: Raw,
            },
        }

        /// Every kind this version states, with the payload's name.
        pub const KINDS: &[(u16, &str)] = &[$(($kind, stringify!($name))),+];

        impl Payload {
            /// The kind, as it stands in the bytes.
            pub fn kind(&self) -> u16 {
                match self { $(Self::$name(_) => $kind,)+ Self::Unknown { kind, .. } => *kind }
            }
            pub(super) fn encode(&self) -> Vec<u8> {
                match self { $(Self::$name(p) => cbor::encode(p),)+ Self::Unknown { raw, .. } => raw.0.clone() }
            }
            pub(super) fn decode(kind: u16, raw: &[u8]) -> Self {
                let known = match kind { $($kind => cbor::decode("payload", raw).ok().map(Self::$name),)+ _ => None };
                known.unwrap_or_else(|| Self::Unknown { kind, raw: Raw(raw.to_vec()) })
            }
        }
        $(impl From<$name> for Payload { fn from(p: $name) -> Self { Self::$name(p) } })+
    };
}

impl Payload {
    /// The message that an edit, a withdrawal or a reaction names.
    pub fn target(&self) -> Option<EventId> {
        match self {
            Self::MessageEdit(MessageEdit { target, .. })
            | Self::MessageWithdraw(MessageWithdraw { target })
            | Self::Reaction(Reaction { target, .. }) => Some(*target),
            _ => None,
        }
    }
}

payloads! {
    /// A message in a conversation.
    1 Message {
        /// What it says.
        0 text: String,
        /// The message it answers.
        1 reply: Option<EventId>,
    }
    /// Its author's new wording of a message.
    2 MessageEdit {
        /// The message.
        0 target: EventId,
        /// What it says now.
        1 text: String,
    }
    /// Its author takes a message back.
    3 MessageWithdraw {
        /// The message.
        0 target: EventId,
    }
    /// A person's reaction to a message, given or taken back.
    4 Reaction {
        /// The message.
        0 target: EventId,
        /// The emoji.
        1 emoji: String,
        /// Whether it stands.
        2 on: bool,
    }
    /// How far a person's devices hold and the person has read a conversation, as effective clocks.
    5 Receipt {
        /// Held up to here.
        0 delivered: Option<u64>,
        /// Read up to here; off unless the person wants it.
        1 read: Option<u64>,
    }
    /// Where a goal (the subject) stands.
    6 GoalStatusSet {
        /// The status.
        0 status: GoalStatus,
        /// Why, if said.
        1 reason: Option<String>,
    }
    /// What became of a session (the subject).
    7 SessionStateSet {
        /// The state.
        0 state: SessionState,
        /// Why, if said.
        1 reason: Option<String>,
    }
    /// Whether another session is the same meeting as the subject. The subject is the smaller id.
    8 SessionAlias {
        /// The other session's document.
        0 other: ItemId,
        /// Same meeting, or not the same.
        1 same: bool,
    }
    /// A check-in of a session (the subject).
    9 CheckIn {
        /// Before or after.
        0 phase: Phase,
        /// The answers.
        1 answers: Vec<Answer>,
    }
    /// What a person harvested in a session (the subject).
    10 Harvest {
        /// The answers.
        0 answers: Vec<Answer>,
    }
    /// A person's minutes of a session (the subject).
    11 Minutes {
        /// The words.
        0 text: String,
    }
    /// A proposal to move to a stage.
    12 StagePropose {
        /// The stage.
        0 stage: Stage,
    }
    /// Agreement to a proposal, or to resuming.
    13 StageAgree {
        /// The proposal.
        0 to: EventId,
    }
    /// The relationship pauses; one is enough.
    14 Pause {
        /// Why, if said.
        0 reason: Option<String>,
    }
    /// A wish to run again; it takes both.
    15 Resume {
        /// Why, if said.
        0 reason: Option<String>,
    }
    /// The relationship ends; one is enough.
    16 End {
        /// Why, if said.
        0 reason: Option<String>,
    }
}
