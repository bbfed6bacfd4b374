//! A goal: what a mentee wants to reach, with its milestones and how far it is.

use serde::{Deserialize, Serialize};

use super::{ActionView, Differ, Provenance, TextView, differ};
use crate::card::{Card, CardValue, said};
use crate::document::Document;
use crate::document::read::{Item, Tick, Writers};
use crate::event::{GoalStatus, HeldEvent, Payload, state};
use crate::id::{DocumentId, ItemId};

/// What a goal shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoalView {
    /// Its id.
    pub id: ItemId,
    /// The goals document.
    pub document: DocumentId,
    /// What.
    pub title: TextView,
    /// What for.
    pub why: TextView,
    /// How one will know.
    pub success: TextView,
    /// What may go wrong; for stretch goals.
    pub risk: TextView,
    /// What helps then; for stretch goals.
    pub support: TextView,
    /// `stretch`, or nothing.
    pub kind: Option<String>,
    /// The calendar day it is to be reached; where two differ, the earlier.
    pub target_date: Option<String>,
    /// The calendar day to look at it again; where two differ, the earlier.
    pub review_date: Option<String>,
    /// Where it stands: the cautious status where two people differ.
    pub status: GoalStatus,
    /// What people said last about the status, with reasons: one value, or several where they differ, or none.
    pub said: Vec<CardValue>,
    /// Its milestones that live, in order.
    pub milestones: Vec<MilestoneView>,
    /// Its milestones in the bin.
    pub bin: Vec<MilestoneView>,
    /// Done milestones of all; actions only where there are no milestones.
    pub progress: Progress,
    /// Place among the goals.
    pub rank: String,
    /// Whether it is not in the bin.
    pub alive: bool,
    /// Deleted by somebody and kept since somebody else edited it.
    pub kept: bool,
    /// Fields on which people differ, `status` among them; those of milestones stand there.
    pub differ: Differ,
    /// How many cards it and its milestones have.
    pub cards: usize,
    /// Who and when.
    pub provenance: Provenance,
}

/// How far a goal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Progress {
    /// Done.
    pub done: usize,
    /// Of how many.
    pub of: usize,
}

/// A step on the way to a goal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MilestoneView {
    /// Its id.
    pub id: ItemId,
    /// The goal.
    pub goal: Option<ItemId>,
    /// Its words.
    pub text: String,
    /// Who ticked it off, and when.
    pub done: Vec<Tick>,
    /// Place among the milestones.
    pub rank: String,
    /// Whether it is not in the bin.
    pub alive: bool,
    /// Deleted by somebody and kept since somebody else edited or ticked it.
    pub kept: bool,
    /// Fields on which people differ.
    pub differ: Differ,
    /// Who and when.
    pub provenance: Provenance,
}

impl MilestoneView {
    /// Every milestone of a goals document, deleted ones too, in order.
    pub(crate) fn all(document: &Document, cards: &[Card], writers: &Writers) -> Vec<Self> {
        let mut out: Vec<Self> = Item::all(document, "milestone")
            .into_iter()
            .map(|(id, item)| Self {
                id,
                goal: item.some("goal").and_then(|g| g.parse().ok()),
                text: item.text_of("text"),
                done: item.ticks("done"),
                rank: item.text_of("rank"),
                alive: item.is_alive(),
                kept: item.is_kept(),
                differ: differ(cards, Some(id)),
                provenance: Provenance::of(&item, writers),
            })
            .collect();
        out.sort_by(|a, b| (&a.rank, a.id).cmp(&(&b.rank, b.id)));
        out
    }
}

impl GoalView {
    /// One goal; `milestones` and `actions` are those of the whole document, `events` those about this goal.
    pub(crate) fn of(
        document: &Document,
        (id, item): (ItemId, &Item<'_>),
        events: &[HeldEvent],
        milestones: &[MilestoneView],
        actions: &[ActionView],
        cards: &[Card],
        writers: &Writers,
    ) -> Self {
        let of_goal = milestones.iter().filter(|m| m.goal == Some(id)).cloned();
        let (milestones, bin): (Vec<MilestoneView>, Vec<MilestoneView>) = of_goal.partition(|m| m.alive);
        let progress = if milestones.is_empty() {
            let of: Vec<&ActionView> = actions.iter().filter(|a| a.is_listed() && a.from == Some(id)).collect();
            Progress { done: of.iter().filter(|a| a.is_done()).count(), of: of.len() }
        } else {
            Progress { done: milestones.iter().filter(|m| !m.done.is_empty()).count(), of: milestones.len() }
        };
        let stated = state::goal_status(events, id.0);
        let text = |key: &str| TextView::of(item, key, writers);
        let differ = differ(cards, Some(id));
        Self {
            id,
            document: document.id,
            title: text("title"),
            why: text("why"),
            success: text("success"),
            risk: text("risk"),
            support: text("support"),
            kind: item.some("kind"),
            target_date: item.earliest("target_date"),
            review_date: item.earliest("review_date"),
            status: stated.shown,
            said: said(&stated.heads, |p| if let Payload::GoalStatusSet(s) = p { Some((s.status.word(), s.reason.clone())) } else { None }),
            cards: differ.len() + milestones.iter().map(|m| m.differ.len()).sum::<usize>(),
            milestones,
            bin,
            progress,
            rank: item.text_of("rank"),
            alive: item.is_alive(),
            kept: item.is_kept(),
            differ,
            provenance: Provenance::of(item, writers),
        }
    }

    /// The words a search finds it by.
    pub(crate) fn search(&self) -> String {
        let mut out: Vec<&str> = [&self.title, &self.why, &self.success, &self.risk, &self.support].map(|t| t.words()).to_vec();
        out.extend(self.milestones.iter().map(|m| m.text.as_str()));
        out.retain(|t| !t.is_empty());
        out.join("\n")
    }
}
