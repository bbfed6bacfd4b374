//! The readable part: everything a space shows, as views.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::id::{DocumentId, PersonId};
use crate::view::{
    ActionView, GoalView, KeptAnswers, MessageView, NoteView, RelationshipView, Row, RowKind, SessionView, StageView, joined,
};

/// What a space shows, what is in the bin included: an export forgets nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Readable {
    /// Who is who: names as shown here.
    pub people: BTreeMap<PersonId, String>,
    /// The relationship.
    pub relationship: Option<RelationshipView>,
    /// Its stage.
    pub stage: Option<StageView>,
    /// Goals, in their order.
    pub goals: Vec<GoalView>,
    /// Actions, in their order.
    pub actions: Vec<ActionView>,
    /// Sessions, by day; those that are one meeting joined.
    pub sessions: Vec<SessionView>,
    /// Notes, the last edited first.
    pub notes: Vec<NoteView>,
    /// Messages, in their order.
    pub messages: Vec<MessageView>,
    /// What a person keeps to themselves about sessions; in a personal space alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kept: Vec<KeptAnswers>,
}

impl Readable {
    /// Gathers the rows of a space, its messages and which sessions are one meeting (see [`crate::event::state::aliases`]). Names are those the people
    /// show in the relationship; add others to `people`.
    ///
    /// # Errors
    /// When a row is not the view its kind says.
    pub fn of(
        rows: impl IntoIterator<Item = Row>,
        messages: Vec<MessageView>,
        aliases: &BTreeMap<DocumentId, DocumentId>,
    ) -> Result<Self, serde_json::Error> {
        let mut out = Self { messages, ..Self::default() };
        let mut rows: Vec<Row> = rows.into_iter().collect();
        rows.sort_by_key(|r| (r.kind, std::cmp::Reverse(r.sort), r.id));
        for row in rows {
            match row.kind {
                RowKind::Relationship => out.relationship = Some(serde_json::from_str(&row.json)?),
                RowKind::Stage => out.stage = Some(serde_json::from_str(&row.json)?),
                RowKind::Goal => out.goals.push(serde_json::from_str(&row.json)?),
                RowKind::Action => out.actions.push(serde_json::from_str(&row.json)?),
                RowKind::Session => out.sessions.push(serde_json::from_str(&row.json)?),
                RowKind::Note => out.notes.push(serde_json::from_str(&row.json)?),
            }
        }
        out.goals.sort_by(|a, b| (&a.rank, a.id).cmp(&(&b.rank, b.id)));
        out.actions.sort_by(|a, b| (&a.rank, a.id).cmp(&(&b.rank, b.id)));
        out.sessions = joined(std::mem::take(&mut out.sessions), aliases);
        out.sessions.sort_by_cached_key(|s| (s.day().is_none(), s.day(), s.id));
        if let Some(r) = &out.relationship {
            out.people = r.people.iter().filter_map(|p| Some((p.person, p.name.clone()?))).collect();
        }
        Ok(out)
    }

    /// A person's name; the beginning of their id where nobody gave one.
    pub fn name(&self, person: PersonId) -> String {
        self.people.get(&person).cloned().unwrap_or_else(|| person.to_string().chars().take(8).collect())
    }
}
