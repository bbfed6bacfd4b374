//! Pairs: becoming one, what both decide about theirs, pausing, ending, leaving, blocking.

use ithaca_core::document::command::{PersonField, RelationshipCommand as C};
use ithaca_core::document::{Command, DocumentKind, derived_id};
use ithaca_core::engine::{self, Engine};
use ithaca_core::event::payload::{End, Pause, Resume, StageAgree, StagePropose};
use ithaca_core::event::state::Running;
use ithaca_core::event::{self, EventDraft, Payload, SPACE_SUBJECT};
use ithaca_core::id::{ItemId, SpaceId};
use ithaca_core::view::{self, RowKind};

use crate::app::Ithaca;
use crate::card::{DifferView, differs};
use crate::error::{Done, missing};
use crate::people::{People, Who, id};
use crate::runtime::now;
use crate::text::TextView;

/// Whether a relationship runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum PairState {
    /// It runs.
    Running,
    /// Somebody paused it.
    Paused,
    /// Somebody ended it.
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum Stage {
    /// Getting to know each other, agreeing.
    Initiation,
    /// The work.
    Cultivation,
    /// Letting go.
    Separation,
    /// What the two are to each other afterwards.
    Redefinition,
}

/// A proposal to move to a stage.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct StageProposal {
    /// Who proposes.
    pub by: Who,
    /// The stage.
    pub stage: Stage,
}

/// How the safety number was compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum Compared {
    /// Side by side.
    InPerson,
    /// Read aloud to each other.
    Spoken,
}

/// A relationship in a list.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct PairView {
    /// Its space.
    pub space: String,
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
    /// Whether it runs.
    pub state: PairState,
    /// The stage both agreed to.
    pub stage: Stage,
    /// Proposals that wait.
    pub proposed: Vec<StageProposal>,
    /// Whether the other is told how far this person read.
    pub receipts: bool,
    /// Its relays.
    pub relays: Vec<String>,
}

/// Who mentors on a topic.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct RoleView {
    /// The topic.
    pub topic: String,
    /// The mentor.
    pub mentor: Who,
}

/// What a person shows of themself to this partner.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct PersonView {
    /// Who.
    pub who: Who,
    /// Language, as a BCP 47 tag.
    pub language: Option<String>,
    /// Time zone, as an IANA name.
    pub zone: Option<String>,
    /// How to be reached.
    pub reachable: Option<String>,
}

/// A clause of the agreement's draft, or a part of the growth plan.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ClauseView {
    /// Its id.
    pub item: String,
    /// What it is about; of the plan: strengths, gaps, one thing, markers.
    pub title: String,
    /// What it says.
    pub text: TextView,
}

/// A relationship in full.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct RelationshipView {
    /// Its line.
    pub pair: PairView,
    /// The document, for its history.
    pub document: String,
    /// Formal, informal, peer …
    pub kind: Option<String>,
    /// Cloning, nurturing, friendship, apprenticeship.
    pub model: Option<String>,
    /// Where the work is.
    pub setting: Option<String>,
    /// How often, how long.
    pub cadence: Option<String>,
    /// Who mentors on which topic.
    pub roles: Vec<RoleView>,
    /// What each person shows of themself.
    pub people: Vec<PersonView>,
    /// The agreement's draft.
    pub clauses: Vec<ClauseView>,
    /// The growth plan.
    pub plan: Vec<ClauseView>,
    /// Fields on which people differ.
    pub differs: Vec<DifferView>,
}

/// Somebody who answered an invitation.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Answered {
    /// Who.
    pub person: String,
    /// The name they gave.
    pub name: String,
    /// What both compare.
    pub safety_number: String,
    /// They used the twelve words: nothing is sent before the safety number was compared.
    pub spoken: bool,
}

/// Where an invitation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
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
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct InviteView {
    /// Its name.
    pub invite: String,
    /// Whether this person invited, or was invited.
    pub mine: bool,
    /// Where it is.
    pub state: InviteState,
    /// The link, for whoever invites: a secret, and what the picture to scan holds.
    pub link: Option<String>,
    /// The twelve words: with them goes the relay's address.
    pub words: Option<String>,
    /// The relay.
    pub relay: String,
    /// When it lapses.
    pub expires_ms: i64,
    /// Who answered.
    pub answers: Vec<Answered>,
    /// The relationship it became.
    pub space: Option<String>,
}

/// What is said about a relationship.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum PairEdit {
    /// Formal, informal, peer …
    Kind {
        /// Which.
        value: Option<String>,
    },
    /// Cloning, nurturing, friendship, apprenticeship.
    Model {
        /// Which.
        value: Option<String>,
    },
    /// Where the work is.
    Setting {
        /// Where.
        value: Option<String>,
    },
    /// How often, how long.
    Cadence {
        /// How.
        value: Option<String>,
    },
    /// Who mentors on a topic.
    Role {
        /// The topic.
        topic: String,
        /// The mentor; `None` clears it.
        mentor: Option<String>,
    },
    /// This person's name, as this partner sees it.
    MyName {
        /// The name.
        value: Option<String>,
    },
    /// This person's language.
    MyLanguage {
        /// A BCP 47 tag.
        value: Option<String>,
    },
    /// This person's time zone.
    MyZone {
        /// An IANA name.
        value: Option<String>,
    },
    /// How this person is reached.
    MyReachable {
        /// How.
        value: Option<String>,
    },
    /// A new clause of the agreement's draft.
    AddClause {
        /// What it is about.
        title: String,
        /// What it says.
        text: String,
    },
    /// A new part of the growth plan.
    AddPlan {
        /// Strengths, gaps, one thing, markers.
        section: String,
        /// What it says.
        text: String,
    },
}

impl PairEdit {
    fn command(self, e: &mut Engine) -> Done<C> {
        let myself = |field, value| C::Myself { field, value };
        Ok(match self {
            Self::Kind { value } => C::Kind(value),
            Self::Model { value } => C::Model(value),
            Self::Setting { value } => C::Setting(value),
            Self::Cadence { value } => C::Cadence(value),
            Self::Role { topic, mentor } => C::Role { topic, mentor: mentor.as_deref().map(id).transpose()? },
            Self::MyName { value } => myself(PersonField::Name, value),
            Self::MyLanguage { value } => myself(PersonField::Language, value),
            Self::MyZone { value } => myself(PersonField::Zone, value),
            Self::MyReachable { value } => myself(PersonField::Reachable, value),
            Self::AddClause { title, text } => C::AddClause { id: ItemId(e.new_id()?), title, text },
            Self::AddPlan { section, text } => C::AddPlan { id: ItemId(e.new_id()?), section, text },
        })
    }
}

impl Stage {
    fn of(s: event::Stage) -> Self {
        match s {
            event::Stage::Initiation => Self::Initiation,
            event::Stage::Cultivation => Self::Cultivation,
            event::Stage::Separation => Self::Separation,
            event::Stage::Redefinition => Self::Redefinition,
        }
    }

    fn core(self) -> event::Stage {
        match self {
            Self::Initiation => event::Stage::Initiation,
            Self::Cultivation => event::Stage::Cultivation,
            Self::Separation => event::Stage::Separation,
            Self::Redefinition => event::Stage::Redefinition,
        }
    }
}

impl PairView {
    pub(crate) fn of(e: &Engine, p: engine::PairView) -> Done<Self> {
        let people = People::of(e, &p.space)?;
        let state = match p.running {
            _ if p.archive => PairState::SavedCopy,
            _ if p.left => PairState::Left,
            _ if p.other_left => PairState::OtherLeft,
            _ if p.blocked => PairState::Blocked,
            Running::Running => PairState::Running,
            Running::Paused => PairState::Paused,
            Running::Ended => PairState::Ended,
        };
        let compared = p.verified.as_ref().map(|(_, how)| if how == "in person" { Compared::InPerson } else { Compared::Spoken });
        let proposal = |(_, by, stage): &(_, _, event::Stage)| StageProposal { by: people.who(*by), stage: Stage::of(*stage) };
        Ok(Self {
            space: p.space.to_string(),
            other: Who { person: p.person.map(|o| o.to_string()).unwrap_or_default(), name: p.name, me: false },
            safety_number: p.safety_number,
            compared_at_ms: p.verified.as_ref().map(|(at, _)| *at),
            compared,
            must_compare: p.must_compare,
            state,
            stage: Stage::of(p.stage),
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
    let (people, document) = (People::of(e, space)?, derived_id(*space, DocumentKind::Relationship));
    let v: Option<view::RelationshipView> = e.view(space, RowKind::Relationship, &document.0)?;
    let clause = |item: ItemId, title: &str, text: &view::TextView| ClauseView {
        item: item.to_string(),
        title: title.to_owned(),
        text: TextView::of(text, &people),
    };
    let person = |p: &view::PersonView| PersonView {
        who: people.who(p.person),
        language: p.language.clone(),
        zone: p.zone.clone(),
        reachable: p.reachable.clone(),
    };
    let v = v.as_ref();
    Ok(RelationshipView {
        pair: pair(e, space)?,
        document: document.to_string(),
        kind: v.and_then(|v| v.kind.clone()),
        model: v.and_then(|v| v.model.clone()),
        setting: v.and_then(|v| v.setting.clone()),
        cadence: v.and_then(|v| v.cadence.clone()),
        roles: v.iter().flat_map(|v| &v.roles).map(|r| RoleView { topic: r.topic.clone(), mentor: people.who(r.mentor) }).collect(),
        people: v.iter().flat_map(|v| &v.people).map(person).collect(),
        clauses: v.iter().flat_map(|v| &v.clauses).map(|c| clause(c.id, &c.title, &c.text)).collect(),
        plan: v.iter().flat_map(|v| &v.plan).map(|p| clause(p.id, &p.section, &p.text)).collect(),
        differs: v.map(|v| differs(&v.differ, &people)).unwrap_or_default(),
    })
}

fn invite(v: engine::InviteView) -> InviteView {
    let state = match v.state.as_str() {
        "answered" => InviteState::Answered,
        "approved" => InviteState::Approved,
        "closed" => InviteState::Closed,
        "lapsed" => InviteState::Lapsed,
        _ => InviteState::Open,
    };
    let answered =
        |a: engine::Answered| Answered { person: a.person.to_string(), name: a.name, safety_number: a.safety_number, spoken: a.spoken };
    InviteView {
        invite: v.id,
        mine: v.mine,
        state,
        link: v.link,
        words: v.words,
        relay: v.relay,
        expires_ms: v.expires,
        answers: v.answers.into_iter().map(answered).collect(),
        space: v.space.map(|s| s.to_string()),
    }
}

impl Ithaca {
    async fn about(&self, space: String, payload: Payload) -> Done {
        let space: SpaceId = id(&space)?;
        self.handle.engine(move |e| Ok(e.state(&space, EventDraft { subject: SPACE_SUBJECT, payload }, now()).map(drop)?)).await
    }
}

#[uniffi::export]
impl Ithaca {
    /// Every relationship, and saved copies.
    ///
    /// # Errors
    /// See [`crate::IthacaError`].
    pub async fn pairs(&self) -> Done<Vec<PairView>> {
        self.handle.engine(|e| e.pairs()?.into_iter().map(|p| PairView::of(e, p)).collect()).await
    }

    /// One relationship in full.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn relationship(&self, space: String) -> Done<RelationshipView> {
        let space = id(&space)?;
        self.handle.engine(move |e| relationship(e, &space)).await
    }

    /// This person's own space: private notes are there.
    ///
    /// # Errors
    /// See [`crate::IthacaError`].
    pub async fn personal_space(&self) -> Done<String> {
        self.handle.engine(|e| Ok(e.personal()?.to_string())).await
    }

    /// Says several things about a relationship, one after the other. What cannot be read is refused before the first is done.
    ///
    /// # Errors
    /// `NotFound`, `ReadOnly`, `BadInput`; those done before stay.
    pub async fn edit_pair(&self, space: String, edits: Vec<PairEdit>) -> Done {
        let space: SpaceId = id(&space)?;
        self.handle
            .engine(move |e| {
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
        self.handle.engine(|e| Ok(invite(e.invite(now())?))).await
    }

    /// Answers an invitation: a link, or twelve words and the relay's address. The inviter approves.
    ///
    /// # Errors
    /// `BadInput` names what is wrong with it.
    pub async fn answer_invite(&self, text: String, relay: Option<String>) -> Done<InviteView> {
        self.handle.engine(move |e| Ok(invite(e.join(text.trim(), relay.as_deref(), now())?))).await
    }

    /// Invitations, newest last.
    ///
    /// # Errors
    /// See [`crate::IthacaError`].
    pub async fn invites(&self) -> Done<Vec<InviteView>> {
        self.handle.engine(|e| Ok(e.invites(now())?.into_iter().map(invite).collect())).await
    }

    /// Approves who answered: the pair exists from now on. Gives its space.
    ///
    /// # Errors
    /// `NotFound`; `Refused` when it lapsed or was approved.
    pub async fn approve_answer(&self, invite: String, person: String) -> Done<String> {
        let person = id(&person)?;
        self.handle.engine(move |e| Ok(e.approve(&invite, &person, now())?.to_string())).await
    }

    /// Withdraws an invitation, or an answer that was not approved.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn withdraw_invite(&self, invite: String) -> Done {
        self.handle.engine(move |e| Ok(e.withdraw_invite(&invite, now())?)).await
    }

    /// Remembers that the safety number was compared.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn compared(&self, space: String, how: Compared) -> Done {
        let space = id(&space)?;
        let how = if how == Compared::InPerson { "in person" } else { "spoken" };
        self.handle.engine(move |e| Ok(e.compared(&space, how, now())?)).await
    }

    /// Proposes a stage; it takes the other's word too.
    ///
    /// # Errors
    /// `NotFound`, `ReadOnly`.
    pub async fn propose_stage(&self, space: String, stage: Stage) -> Done {
        self.about(space, StagePropose { stage: stage.core() }.into()).await
    }

    /// Agrees to the stage that the other proposed last.
    ///
    /// # Errors
    /// `NotFound` when they proposed none.
    pub async fn agree_to_stage(&self, space: String) -> Done {
        let space: SpaceId = id(&space)?;
        self.handle
            .engine(move |e| {
                let (me, (state, _)) = (e.me(), e.stage(&space)?);
                let (to, ..) = state.proposed.iter().rfind(|(_, by, _)| *by != me).ok_or_else(|| missing("proposal of a stage"))?;
                e.state(&space, EventDraft { subject: SPACE_SUBJECT, payload: StageAgree { to: *to }.into() }, now())?;
                Ok(())
            })
            .await
    }

    /// Pauses; one is enough.
    ///
    /// # Errors
    /// `NotFound`, `ReadOnly`.
    pub async fn pause_pair(&self, space: String, reason: Option<String>) -> Done {
        self.about(space, Pause { reason }.into()).await
    }

    /// Wishes to go on; it takes both.
    ///
    /// # Errors
    /// `NotFound`, `ReadOnly`.
    pub async fn resume_pair(&self, space: String, reason: Option<String>) -> Done {
        self.about(space, Resume { reason }.into()).await
    }

    /// Ends; one is enough, and nobody is at fault.
    ///
    /// # Errors
    /// `NotFound`, `ReadOnly`.
    pub async fn end_pair(&self, space: String, reason: Option<String>) -> Done {
        self.about(space, End { reason }.into()).await
    }

    /// Leaves for good: what was written stays with both, nothing new comes or goes. It cannot be undone.
    ///
    /// # Errors
    /// `NotFound`, `ReadOnly`.
    pub async fn leave_pair(&self, space: String) -> Done {
        let space = id(&space)?;
        self.handle.engine(move |e| Ok(e.leave(&space, now())?)).await
    }

    /// Fetches and sends nothing any more, or does again.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn block(&self, space: String, on: bool) -> Done {
        let space = id(&space)?;
        self.handle.engine(move |e| Ok(e.block(&space, on, now())?)).await
    }

    /// Tells the other from now on how far this person read, or not any more.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn tell_what_is_read(&self, space: String, on: bool) -> Done {
        let space = id(&space)?;
        self.handle.engine(move |e| Ok(e.tell_what_is_read(&space, on, now())?)).await
    }

    /// Keeps the pair at these relays: a new one gets all there is. One falls away only when every device has heard of another, so moving takes two steps.
    ///
    /// # Errors
    /// `BadInput`; `Refused` where a device would go on looking where nothing is; `ReadOnly`.
    pub async fn keep_at(&self, space: String, relays: Vec<String>) -> Done {
        let space = id(&space)?;
        self.handle.engine(move |e| Ok(e.use_relays(&space, &relays, now())?)).await
    }

    /// A file by which the other person comes back with their words, where no relay can. It is sealed to them.
    ///
    /// # Errors
    /// `Refused` when they never made recovery words.
    pub async fn rescue_file(&self, space: String) -> Done<Vec<u8>> {
        let space = id(&space)?;
        self.handle.engine(move |e| Ok(e.rescue(&space)?)).await
    }
}
