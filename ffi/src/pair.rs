//! Pairs: becoming one, what both decide about theirs, pausing, ending, leaving, blocking.

use ithaca_core::document::command::{PersonField, RelationshipCommand as C};
use ithaca_core::document::{Command, DocumentKind, derived_id};
use ithaca_core::engine::{self, Engine};
pub use ithaca_core::engine::{Answered, Compared, InviteStage as InviteState, InviteView, PairState};
pub use ithaca_core::event::Stage;
use ithaca_core::event::payload::{End, Pause, Resume, StagePropose};
use ithaca_core::event::{EventDraft, Payload, SPACE_SUBJECT};
use ithaca_core::id::{DocumentId, EventId, ItemId, PersonId, SpaceId};
use ithaca_core::view;

use crate::app::Ithaca;
use crate::card::{DifferView, differs};
use crate::error::{Done, missing};
use crate::people::{People, Who};
use crate::runtime::now;
use crate::text::TextView;

/// Whether a relationship runs.
#[uniffi::remote(Enum)]
pub enum PairState {
    Running,
    Paused,
    Ended,
    /// This person left.
    Left,
    /// The other left.
    OtherLeft,
    /// This person blocked the other.
    Blocked,
    /// A saved copy, for reading.
    SavedCopy,
}

/// The stages of a relationship.
#[uniffi::remote(Enum)]
pub enum Stage {
    Initiation,
    Cultivation,
    Separation,
    Redefinition,
}

/// A proposal to move to a stage.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct StageProposal {
    /// Who proposes.
    pub by: Who,
    pub stage: Stage,
}

/// How the safety number was compared: side by side, or read aloud to each other.
#[uniffi::remote(Enum)]
pub enum Compared {
    InPerson,
    Spoken,
}

/// A relationship in a list.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct PairView {
    pub space: SpaceId,
    /// The other person.
    pub other: Who,
    /// What both compare.
    pub safety_number: Option<String>,
    /// When it was compared.
    pub compared_at_ms: Option<i64>,
    /// How.
    pub compared: Option<Compared>,
    /// Nothing is sent before it was compared.
    pub must_compare: bool,
    pub state: PairState,
    /// The stage both agreed to.
    pub stage: Stage,
    /// Proposals that wait.
    pub proposed: Vec<StageProposal>,
    /// Whether the other is told how far this person read.
    pub receipts: bool,
    pub relays: Vec<String>,
}

/// Who mentors on a topic.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct RoleView {
    pub topic: String,
    pub mentor: Who,
}

/// What a person shows of themself to this partner.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct PersonView {
    pub who: Who,
    /// A BCP 47 tag.
    pub language: Option<String>,
    /// An IANA name.
    pub zone: Option<String>,
    /// How to be reached.
    pub reachable: Option<String>,
}

/// A clause of the agreement's draft, or a part of the growth plan.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ClauseView {
    pub item: ItemId,
    /// What it is about; of the plan: strengths, gaps, one thing, markers.
    pub title: String,
    pub text: TextView,
}

/// A relationship in full.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct RelationshipView {
    /// Its line.
    pub pair: PairView,
    /// The document, for its history.
    pub document: DocumentId,
    /// Formal, informal, peer …
    pub kind: Option<String>,
    /// Cloning, nurturing, friendship, apprenticeship.
    pub model: Option<String>,
    /// Where the work is.
    pub setting: Option<String>,
    /// How often, how long.
    pub cadence: Option<String>,
    pub roles: Vec<RoleView>,
    pub people: Vec<PersonView>,
    /// The agreement's draft.
    pub clauses: Vec<ClauseView>,
    /// The growth plan.
    pub plan: Vec<ClauseView>,
    pub differs: Vec<DifferView>,
}

/// Somebody who answered an invitation.
#[uniffi::remote(Record)]
pub struct Answered {
    pub person: PersonId,
    /// The name they gave.
    pub name: String,
    /// What both compare.
    pub safety_number: String,
    /// They used the twelve words: nothing is sent before the safety number was compared.
    pub spoken: bool,
}

/// Where an invitation is.
#[uniffi::remote(Enum)]
pub enum InviteState {
    /// It waits for an answer, or one's answer waits.
    Open,
    /// Somebody answered.
    Answered,
    /// It became a pair.
    Approved,
    /// Withdrawn.
    Closed,
    /// Too old.
    Lapsed,
}

/// An invitation.
#[uniffi::remote(Record)]
pub struct InviteView {
    /// Its name.
    pub id: String,
    /// Whether this person invited, or was invited.
    pub mine: bool,
    pub state: InviteState,
    /// The link, for whoever invites: a secret, and what the picture to scan holds.
    pub link: Option<String>,
    /// The twelve words: with them goes the relay's address.
    pub words: Option<String>,
    pub relay: String,
    pub expires_ms: i64,
    pub answers: Vec<Answered>,
    /// The relationship it became.
    pub space: Option<SpaceId>,
}

/// What is said about a relationship; `None` clears it. `Kind` is formal, informal, peer …; `Model` cloning, nurturing, friendship, apprenticeship; `Role` who
/// mentors on a topic; `My…` what this partner sees of this person, language as a BCP 47 tag, zone as an IANA name; `AddPlan` a part of the growth plan, of
/// strengths, gaps, one thing, markers.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum PairEdit {
    Kind { value: Option<String> },
    Model { value: Option<String> },
    Setting { value: Option<String> },
    Cadence { value: Option<String> },
    Role { topic: String, mentor: Option<PersonId> },
    MyName { value: Option<String> },
    MyLanguage { value: Option<String> },
    MyZone { value: Option<String> },
    MyReachable { value: Option<String> },
    AddClause { title: String, text: String },
    AddPlan { section: String, text: String },
}

impl PairEdit {
    fn command(self, e: &mut Engine) -> Done<C> {
        let myself = |field, value| C::Myself { field, value };
        Ok(match self {
            Self::Kind { value } => C::Kind(value),
            Self::Model { value } => C::Model(value),
            Self::Setting { value } => C::Setting(value),
            Self::Cadence { value } => C::Cadence(value),
            Self::Role { topic, mentor } => C::Role { topic, mentor },
            Self::MyName { value } => myself(PersonField::Name, value),
            Self::MyLanguage { value } => myself(PersonField::Language, value),
            Self::MyZone { value } => myself(PersonField::Zone, value),
            Self::MyReachable { value } => myself(PersonField::Reachable, value),
            Self::AddClause { title, text } => C::AddClause { id: ItemId(e.new_id()?), title, text },
            Self::AddPlan { section, text } => C::AddPlan { id: ItemId(e.new_id()?), section, text },
        })
    }
}

impl PairView {
    pub(crate) fn of(e: &Engine, p: engine::PairView) -> Done<Self> {
        let people = People::of(e, &p.space)?;
        let proposal = |&(_, by, stage): &(EventId, PersonId, Stage)| StageProposal { by: people.who(by), stage };
        Ok(Self {
            space: p.space,
            state: p.state(),
            other: Who { person: p.person.map(|o| o.to_string()).unwrap_or_default(), name: p.name, me: false },
            safety_number: p.safety_number,
            compared_at_ms: p.verified.map(|(at, _)| at),
            compared: p.verified.map(|(_, how)| how),
            must_compare: p.must_compare,
            stage: p.stage,
            proposed: p.proposed.iter().map(proposal).collect(),
            receipts: p.receipts,
            relays: p.relays,
        })
    }
}

/// One pair by its space.
pub(crate) fn pair(e: &Engine, space: &SpaceId) -> Done<PairView> {
    let found = e.pairs()?.into_iter().find(|p| p.space == *space).ok_or_else(|| missing("relationship"))?;
    PairView::of(e, found)
}

fn relationship(e: &Engine, space: &SpaceId) -> Done<RelationshipView> {
    let (people, pair, v) = (People::of(e, space)?, pair(e, space)?, e.relationship(space)?);
    let clause = |item, title, text: &view::TextView| ClauseView { item, title, text: TextView::of(text, &people) };
    let person = |p: view::PersonView| PersonView { who: people.who(p.person), language: p.language, zone: p.zone, reachable: p.reachable };
    Ok(RelationshipView {
        pair,
        document: v.id,
        kind: v.kind,
        model: v.model,
        setting: v.setting,
        cadence: v.cadence,
        roles: v.roles.into_iter().map(|r| RoleView { topic: r.topic, mentor: people.who(r.mentor) }).collect(),
        people: v.people.into_iter().map(person).collect(),
        clauses: v.clauses.into_iter().map(|c| clause(c.id, c.title, &c.text)).collect(),
        plan: v.plan.into_iter().map(|p| clause(p.id, p.section, &p.text)).collect(),
        differs: differs(&v.differ, &people),
    })
}

impl Ithaca {
    async fn about(&self, space: SpaceId, payload: Payload) -> Done {
        self.ask(move |e| e.state(&space, EventDraft { subject: SPACE_SUBJECT, payload }, now()).map(drop)).await
    }
}

#[uniffi::export]
impl Ithaca {
    /// Every relationship, and saved copies.
    pub async fn pairs(&self) -> Done<Vec<PairView>> {
        self.engine(|e| e.pairs()?.into_iter().map(|p| PairView::of(e, p)).collect()).await
    }

    /// One relationship in full.
    pub async fn relationship(&self, space: SpaceId) -> Done<RelationshipView> {
        self.engine(move |e| relationship(e, &space)).await
    }

    /// This person's own space: private notes are there.
    pub async fn personal_space(&self) -> Done<SpaceId> {
        self.ask(|e| e.personal()).await
    }

    /// Says several things about a relationship, one after the other. What cannot be read is refused before the first is done.
    ///
    /// # Errors
    /// `NotFound`, `ReadOnly`, `BadInput`; those done before stay.
    pub async fn edit_pair(&self, space: SpaceId, edits: Vec<PairEdit>) -> Done {
        self.engine(move |e| {
            let commands = edits.into_iter().map(|c| c.command(e)).collect::<Done<Vec<_>>>()?;
            let document = derived_id(space, DocumentKind::Relationship);
            for command in commands {
                e.edit(&space, document, DocumentKind::Relationship, &Command::Relationship(command), now())?;
            }
            Ok(())
        })
        .await
    }

    /// Invites somebody: a link, twelve words. It is at the relay after the next sync.
    ///
    /// # Errors
    /// `Refused` when no relay was named.
    pub async fn invite(&self) -> Done<InviteView> {
        self.ask(|e| e.invite(now())).await
    }

    /// Answers an invitation: a link, or twelve words and the relay's address. The inviter approves.
    ///
    /// # Errors
    /// `BadInput` names what is wrong with it.
    pub async fn answer_invite(&self, text: String, relay: Option<String>) -> Done<InviteView> {
        self.ask(move |e| e.join(text.trim(), relay.as_deref(), now())).await
    }

    /// Invitations, newest last.
    pub async fn invites(&self) -> Done<Vec<InviteView>> {
        self.ask(|e| e.invites(now())).await
    }

    /// Approves who answered: the pair exists from now on. Gives its space.
    ///
    /// # Errors
    /// `NotFound`; `Refused` when it lapsed or was approved.
    pub async fn approve_answer(&self, invite: String, person: PersonId) -> Done<SpaceId> {
        self.ask(move |e| e.approve(&invite, &person, now())).await
    }

    /// Withdraws an invitation, or an answer that was not approved.
    pub async fn withdraw_invite(&self, invite: String) -> Done {
        self.ask(move |e| e.withdraw_invite(&invite, now())).await
    }

    /// Remembers that the safety number was compared.
    pub async fn compared(&self, space: SpaceId, how: Compared) -> Done {
        self.ask(move |e| e.compared(&space, how, now())).await
    }

    /// Proposes a stage; it takes the other's word too.
    pub async fn propose_stage(&self, space: SpaceId, stage: Stage) -> Done {
        self.about(space, StagePropose { stage }.into()).await
    }

    /// Agrees to the stage that the other proposed last.
    ///
    /// # Errors
    /// `NotFound` when they proposed none; `ReadOnly`.
    pub async fn agree_to_stage(&self, space: SpaceId) -> Done {
        self.ask(move |e| e.agree_to_stage(&space, now())).await
    }

    /// Pauses; one is enough.
    pub async fn pause_pair(&self, space: SpaceId, reason: Option<String>) -> Done {
        self.about(space, Pause { reason }.into()).await
    }

    /// Wishes to go on; it takes both.
    pub async fn resume_pair(&self, space: SpaceId, reason: Option<String>) -> Done {
        self.about(space, Resume { reason }.into()).await
    }

    /// Ends; one is enough, and nobody is at fault.
    pub async fn end_pair(&self, space: SpaceId, reason: Option<String>) -> Done {
        self.about(space, End { reason }.into()).await
    }

    /// Leaves for good: what was written stays with both, nothing new comes or goes. It cannot be undone.
    pub async fn leave_pair(&self, space: SpaceId) -> Done {
        self.ask(move |e| e.leave(&space, now())).await
    }

    /// Fetches and sends nothing any more, or does again.
    pub async fn block(&self, space: SpaceId, on: bool) -> Done {
        self.ask(move |e| e.block(&space, on, now())).await
    }

    /// Tells the other from now on how far this person read, or not any more.
    pub async fn tell_what_is_read(&self, space: SpaceId, on: bool) -> Done {
        self.ask(move |e| e.tell_what_is_read(&space, on, now())).await
    }

    /// Keeps the pair at these relays: a new one gets all there is. One falls away only when every device has heard of another, so moving takes two steps.
    ///
    /// # Errors
    /// `BadInput`; `Refused` where a device would go on looking where nothing is; `ReadOnly`.
    pub async fn keep_at(&self, space: SpaceId, relays: Vec<String>) -> Done {
        self.ask(move |e| e.use_relays(&space, &relays, now())).await
    }

    /// A file by which the other person comes back with their words, where no relay can. It is sealed to them.
    ///
    /// # Errors
    /// `Refused` when they never made recovery words.
    pub async fn rescue_file(&self, space: SpaceId) -> Done<Vec<u8>> {
        self.ask(move |e| e.rescue(&space)).await
    }
}
