//! A relationship: who mentors on what, what sort it is, how the two reach each other, the agreement's draft and the growth plan.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Differ, Provenance, TextView, differ};
use crate::card::{Card, own_values};
use crate::document::Document;
use crate::document::command::PersonField;
use crate::document::read::{Item, Scalar, Writers};
use crate::id::{DocumentId, ItemId, PersonId, SpaceId};

/// What a relationship shows. Its stage is in [`super::StageView`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RelationshipView {
    /// Its document.
    pub id: DocumentId,
    /// Its space.
    pub space: SpaceId,
    /// Formal, informal, peer …
    pub kind: Option<String>,
    /// Cloning, nurturing, friendship, apprenticeship.
    pub model: Option<String>,
    /// Where the work is.
    pub setting: Option<String>,
    /// How often, how long.
    pub cadence: Option<String>,
    /// Who mentors on which topic, by topic.
    pub roles: Vec<RoleView>,
    /// What each person shows of themself, by person.
    pub people: Vec<PersonView>,
    /// The agreement's draft: clauses that live, in order.
    pub clauses: Vec<ClauseView>,
    /// The growth plan: parts that live, in order.
    pub plan: Vec<PlanView>,
    /// Clauses in the bin.
    pub clause_bin: Vec<ClauseView>,
    /// Parts of the plan in the bin.
    pub plan_bin: Vec<PlanView>,
    /// Fields on which people differ.
    pub differ: Differ,
    /// How many cards it has.
    pub cards: usize,
}

impl RelationshipView {
    /// Of a relationship about which nobody said anything yet.
    pub fn blank(id: DocumentId, space: SpaceId) -> Self {
        Self {
            id,
            space,
            kind: None,
            model: None,
            setting: None,
            cadence: None,
            roles: Vec::new(),
            people: Vec::new(),
            clauses: Vec::new(),
            plan: Vec::new(),
            clause_bin: Vec::new(),
            plan_bin: Vec::new(),
            differ: Differ::default(),
            cards: 0,
        }
    }
}

/// Who mentors on a topic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleView {
    /// The topic.
    pub topic: String,
    /// The mentor.
    pub mentor: PersonId,
}

/// What a person shows of themself to this partner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonView {
    /// Who.
    pub person: PersonId,
    /// Name as shown.
    pub name: Option<String>,
    /// Language, as a BCP 47 tag.
    pub language: Option<String>,
    /// Time zone, as an IANA name.
    pub zone: Option<String>,
    /// How to be reached.
    pub reachable: Option<String>,
}

/// A clause of the agreement's draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClauseView {
    /// Its id.
    pub id: ItemId,
    /// What it is about.
    pub title: String,
    /// What it says.
    pub text: TextView,
    /// Place among the clauses.
    pub rank: String,
    /// Whether it is not in the bin.
    pub alive: bool,
    /// Deleted by somebody and kept since somebody else edited it.
    pub kept: bool,
    /// Who and when.
    pub provenance: Provenance,
}

/// A part of the growth plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanView {
    /// Its id.
    pub id: ItemId,
    /// Strengths, gaps, one thing, markers.
    pub section: String,
    /// What it says.
    pub text: TextView,
    /// Place among the parts.
    pub rank: String,
    /// Whether it is not in the bin.
    pub alive: bool,
    /// Deleted by somebody and kept since somebody else edited it.
    pub kept: bool,
    /// Who and when.
    pub provenance: Provenance,
}

impl RelationshipView {
    pub(crate) fn of(document: &Document, cards: &[Card], writers: &Writers) -> Self {
        let root = Item::root(document);
        let roles = root.keys_under("roles").into_iter().filter_map(|topic| {
            let mentor = root.some(&format!("roles/{topic}"))?.parse().ok()?;
            Some(RoleView { topic, mentor })
        });
        let mut clauses: Vec<ClauseView> = Item::all(document, "clause").iter().map(|(id, i)| ClauseView::of(*id, i, writers)).collect();
        clauses.sort_by(|a, b| (&a.rank, a.id).cmp(&(&b.rank, b.id)));
        let (clauses, clause_bin) = clauses.into_iter().partition(|c| c.alive);
        let mut plan: Vec<PlanView> = Item::all(document, "plan").iter().map(|(id, i)| PlanView::of(*id, i, writers)).collect();
        plan.sort_by(|a, b| (&a.rank, a.id).cmp(&(&b.rank, b.id)));
        let (plan, plan_bin) = plan.into_iter().partition(|p| p.alive);
        let differ = differ(cards, None);
        Self {
            id: document.id,
            space: document.space,
            kind: root.some("kind"),
            model: root.some("model"),
            setting: root.some("setting"),
            cadence: root.some("cadence"),
            roles: roles.collect(),
            people: people(&root, writers),
            clauses,
            plan,
            clause_bin,
            plan_bin,
            cards: cards.len(),
            differ,
        }
    }

    /// The words a search finds it by.
    pub(crate) fn search(&self) -> String {
        let mut out: Vec<&str> = [&self.kind, &self.model, &self.setting, &self.cadence].into_iter().filter_map(|v| v.as_deref()).collect();
        out.extend(self.roles.iter().map(|r| r.topic.as_str()));
        out.extend(self.people.iter().filter_map(|p| p.name.as_deref()));
        out.extend(self.clauses.iter().flat_map(|c| [c.title.as_str(), c.text.words()]));
        out.extend(self.plan.iter().map(|p| p.text.words()));
        out.join("\n")
    }

    /// A person's name as shown here.
    pub fn name_of(&self, person: PersonId) -> Option<&str> {
        self.people.iter().find(|p| p.person == person)?.name.as_deref()
    }
}

fn people(root: &Item<'_>, writers: &Writers) -> Vec<PersonView> {
    let people: BTreeSet<PersonId> =
        root.keys_under("people").iter().filter_map(|k| k.split_once('/')).filter_map(|(p, _)| p.parse().ok()).collect();
    let own = |person: PersonId, field: PersonField| {
        let written = own_values(root, &format!("people/{person}/{}", field.key()), person, writers);
        match written.last().map(|w| &w.value) {
            None | Some(Scalar::Null) => None,
            Some(value) => Some(value.words()).filter(|w| !w.is_empty()),
        }
    };
    people
        .into_iter()
        .map(|person| PersonView {
            person,
            name: own(person, PersonField::Name),
            language: own(person, PersonField::Language),
            zone: own(person, PersonField::Zone),
            reachable: own(person, PersonField::Reachable),
        })
        .collect()
}

impl ClauseView {
    fn of(id: ItemId, item: &Item<'_>, writers: &Writers) -> Self {
        Self {
            id,
            title: item.text_of("title"),
            text: TextView::of(item, "text", writers),
            rank: item.text_of("rank"),
            alive: item.is_alive(),
            kept: item.is_kept(),
            provenance: Provenance::of(item, writers),
        }
    }
}

impl PlanView {
    fn of(id: ItemId, item: &Item<'_>, writers: &Writers) -> Self {
        Self {
            id,
            section: item.text_of("section"),
            text: TextView::of(item, "text", writers),
            rank: item.text_of("rank"),
            alive: item.is_alive(),
            kept: item.is_kept(),
            provenance: Provenance::of(item, writers),
        }
    }
}
