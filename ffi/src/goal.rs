//! Goals with their milestones, and actions: what somebody promised.

use ithaca_core::document::command::{GoalText, GoalsCommand as C, ItemCommand};
use ithaca_core::document::read::Tick;
use ithaca_core::document::text::TextEdit;
use ithaca_core::document::{Command, DocumentKind, derived_id};
use ithaca_core::engine::Engine;
use ithaca_core::event::EventDraft;
pub use ithaca_core::event::GoalStatus;
use ithaca_core::event::payload::GoalStatusSet;
use ithaca_core::id::{DocumentId, ItemId, PersonId, SpaceId};
use ithaca_core::view::{self, RowKind, same_thing};

use crate::app::Ithaca;
use crate::card::{DifferView, ValueView, differs, values};
use crate::error::{Done, missing};
use crate::people::{People, Who, count};
use crate::runtime::now;
use crate::text::{TextView, day};

/// Somebody ticked something off.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct TickView {
    pub by: Who,
    /// The calendar day it was done.
    pub date: String,
}

/// Where a goal stands.
#[uniffi::remote(Enum)]
pub enum GoalStatus {
    Proposed,
    Active,
    Paused,
    Achieved,
    Dropped,
}

/// A step on the way to a goal.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct MilestoneView {
    pub item: ItemId,
    pub text: String,
    /// Who ticked it off; anybody's tick is enough.
    pub done: Vec<TickView>,
    /// Deleted by somebody and kept since somebody else edited it.
    pub kept: bool,
    pub differs: Vec<DifferView>,
}

/// A goal.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct GoalView {
    pub goal: ItemId,
    /// The document that all goals of the space stand in, for its history.
    pub document: DocumentId,
    pub title: TextView,
    /// What for.
    pub why: TextView,
    /// How one will know.
    pub success: TextView,
    /// What may go wrong; for stretch goals.
    pub risk: TextView,
    /// What helps then; for stretch goals.
    pub support: TextView,
    pub stretch: bool,
    /// The calendar day it is to be reached.
    pub target_date: Option<String>,
    /// The calendar day to look at it again.
    pub review_date: Option<String>,
    /// Where it stands: the cautious status where two differ.
    pub status: GoalStatus,
    /// What people said last about that.
    pub said: Vec<ValueView>,
    /// Its milestones, in order.
    pub milestones: Vec<MilestoneView>,
    pub bin: Vec<MilestoneView>,
    /// How much is done.
    pub done: u32,
    /// Of how much.
    pub of: u32,
    /// Whether it is not in the bin.
    pub alive: bool,
    /// Deleted by somebody and kept since somebody else edited it.
    pub kept: bool,
    pub differs: Vec<DifferView>,
}

/// An action: a promise.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ActionView {
    pub action: ItemId,
    pub text: String,
    /// Who promised it.
    pub owners: Vec<Who>,
    /// The calendar day it is due.
    pub due: Option<String>,
    /// The goal or session it came from.
    pub from: Option<ItemId>,
    /// Who ticked it off; anybody's tick is enough.
    pub done: Vec<TickView>,
    /// Deleted by somebody and kept since somebody else edited it.
    pub kept: bool,
    pub differs: Vec<DifferView>,
}

/// The actions of a space.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Actions {
    /// One's own first, by the day they are due.
    pub open: Vec<ActionView>,
    /// Those ticked off.
    pub done: Vec<ActionView>,
    pub bin: Vec<ActionView>,
    /// *Same thing?*: groups of open ones that read the same.
    pub same_thing: Vec<Vec<ItemId>>,
}

/// What a new goal begins with.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct GoalDraft {
    pub title: String,
    pub why: String,
    pub success: String,
    pub stretch: bool,
    pub risk: String,
    pub support: String,
    /// The calendar day it is to be reached.
    pub target_date: Option<String>,
}

/// What a new action begins with.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ActionDraft {
    pub text: String,
    /// Who promises it.
    pub owners: Vec<PersonId>,
    /// The calendar day it is due.
    pub due: Option<String>,
    /// The goal or session it came from.
    pub from: Option<ItemId>,
}

/// What is done to goals, milestones and actions; `item` names any of the three. A date that is `None` clears it, in `Tick` takes the tick back. `Owner` says who
/// promised an action; `SameThing` makes two actions one, or says that they are not; `Move` puts one behind another of its noun, or first.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum GoalEdit {
    TargetDate { goal: ItemId, date: Option<String> },
    ReviewDate { goal: ItemId, date: Option<String> },
    Stretch { goal: ItemId, on: bool },
    Words { item: ItemId, text: String },
    Tick { item: ItemId, date: Option<String> },
    Due { action: ItemId, date: Option<String> },
    Owner { action: ItemId, person: PersonId, on: bool },
    SameThing { action: ItemId, other: ItemId, same: bool },
    Move { item: ItemId, after: Option<ItemId> },
    Delete { item: ItemId },
    Restore { item: ItemId },
}

impl GoalEdit {
    fn command(self) -> Done<Command> {
        Ok(Command::Goals(match self {
            Self::TargetDate { goal, date } => C::GoalTargetDate { goal, date: day(date)? },
            Self::ReviewDate { goal, date } => C::GoalReviewDate { goal, date: day(date)? },
            Self::Stretch { goal, on } => C::GoalKind { goal, kind: on.then(|| STRETCH.to_owned()) },
            Self::Words { item, text } => C::Words { item, text },
            Self::Tick { item, date } => return Ok(Command::Item(ItemCommand::Tick { item, date: day(date)? })),
            Self::Due { action, date } => C::ActionDue { action, date: day(date)? },
            Self::Owner { action, person, on } => C::ActionOwner { action, person, on },
            Self::SameThing { action, other, same } => C::SameThing { action, other, same },
            Self::Move { item, after } => return Ok(Command::Item(ItemCommand::Move { item, after })),
            Self::Delete { item } => return Ok(Command::Item(ItemCommand::Delete { item })),
            Self::Restore { item } => return Ok(Command::Item(ItemCommand::Restore { item })),
        }))
    }
}

const STRETCH: &str = "stretch";

pub(crate) fn ticks(done: &[Tick], people: &People) -> Vec<TickView> {
    done.iter().map(|t| TickView { by: people.who(t.person), date: t.date.clone() }).collect()
}

impl GoalView {
    pub(crate) fn of(v: view::GoalView, people: &People) -> Self {
        let milestone = |m: view::MilestoneView| MilestoneView {
            item: m.id,
            text: m.text,
            done: ticks(&m.done, people),
            kept: m.kept,
            differs: differs(&m.differ, people),
        };
        Self {
            goal: v.id,
            document: v.document,
            title: TextView::of(&v.title, people),
            why: TextView::of(&v.why, people),
            success: TextView::of(&v.success, people),
            risk: TextView::of(&v.risk, people),
            support: TextView::of(&v.support, people),
            stretch: v.kind.as_deref() == Some(STRETCH),
            status: v.status,
            said: values(&v.said, people),
            milestones: v.milestones.into_iter().map(milestone).collect(),
            bin: v.bin.into_iter().map(milestone).collect(),
            done: count(v.progress.done),
            of: count(v.progress.of),
            differs: differs(&v.differ, people),
            target_date: v.target_date,
            review_date: v.review_date,
            alive: v.alive,
            kept: v.kept,
        }
    }
}

impl ActionView {
    pub(crate) fn of(v: &view::ActionView, people: &People) -> Self {
        Self {
            action: v.id,
            text: v.text.clone(),
            owners: people.all(&v.owners),
            due: v.due.clone(),
            from: v.from,
            done: ticks(&v.done, people),
            kept: v.kept,
            differs: differs(&v.differ, people),
        }
    }
}

fn edit(e: &mut Engine, space: &SpaceId, command: &Command) -> Done {
    e.edit(space, derived_id(*space, DocumentKind::Goals), DocumentKind::Goals, command, now())?;
    Ok(())
}

pub(crate) fn goals(e: &Engine, space: &SpaceId, bin: bool) -> Done<Vec<GoalView>> {
    let people = People::of(e, space)?;
    let all: Vec<view::GoalView> = e.views(space, RowKind::Goal, !bin, usize::MAX >> 1)?;
    Ok(all.into_iter().map(|g| GoalView::of(g, &people)).collect())
}

#[uniffi::export]
impl Ithaca {
    /// The goals of a space in order, or those in the bin.
    pub async fn goals(&self, space: SpaceId, bin: bool) -> Done<Vec<GoalView>> {
        self.engine(move |e| goals(e, &space, bin)).await
    }

    /// One goal, in the bin or not.
    pub async fn goal(&self, space: SpaceId, goal: ItemId) -> Done<GoalView> {
        self.engine(move |e| {
            let v = e.view(&space, RowKind::Goal, &goal.0)?.ok_or_else(|| missing("goal"))?;
            Ok(GoalView::of(v, &People::of(e, &space)?))
        })
        .await
    }

    /// Sets a goal. Gives its id.
    ///
    /// # Errors
    /// `ReadOnly`, `BadInput`.
    pub async fn new_goal(&self, space: SpaceId, draft: GoalDraft) -> Done<ItemId> {
        let GoalDraft { title, why, success, stretch, risk, support, target_date } = draft;
        let target = day(target_date)?;
        let texts = [(GoalText::Why, why), (GoalText::Success, success), (GoalText::Risk, risk), (GoalText::Support, support)];
        self.engine(move |e| {
            let goal = ItemId(e.new_id()?);
            let mut commands = vec![C::AddGoal { id: goal, title }];
            for (field, insert) in texts.into_iter().filter(|(_, t)| !t.is_empty()) {
                commands.push(C::GoalText { goal, field, edit: TextEdit::Splice { pos: 0, delete: 0, insert } });
            }
            commands.extend(stretch.then(|| C::GoalKind { goal, kind: Some(STRETCH.to_owned()) }));
            commands.extend(target.map(|d| C::GoalTargetDate { goal, date: Some(d) }));
            commands.into_iter().try_for_each(|c| edit(e, &space, &Command::Goals(c)))?;
            Ok(goal)
        })
        .await
    }

    /// Adds a milestone to a goal. Gives its id.
    pub async fn new_milestone(&self, space: SpaceId, goal: ItemId, text: String) -> Done<ItemId> {
        self.engine(move |e| {
            let id = ItemId(e.new_id()?);
            edit(e, &space, &Command::Goals(C::AddMilestone { id, goal, text }))?;
            Ok(id)
        })
        .await
    }

    /// Promises something. Gives the action's id.
    ///
    /// # Errors
    /// `ReadOnly`, `BadInput`.
    pub async fn new_action(&self, space: SpaceId, draft: ActionDraft) -> Done<ItemId> {
        let ActionDraft { text, owners, due, from } = draft;
        let due = day(due)?;
        self.engine(move |e| {
            let id = ItemId(e.new_id()?);
            edit(e, &space, &Command::Goals(C::AddAction { id, text, owners, due, from }))?;
            Ok(id)
        })
        .await
    }

    /// Does several things to goals, milestones and actions, one after the other. What cannot be read is refused before the first is done.
    ///
    /// # Errors
    /// `NotFound`, `ReadOnly`, `BadInput`; those done before stay.
    pub async fn edit_goals(&self, space: SpaceId, edits: Vec<GoalEdit>) -> Done {
        let commands = edits.into_iter().map(GoalEdit::command).collect::<Done<Vec<_>>>()?;
        self.engine(move |e| commands.iter().try_for_each(|c| edit(e, &space, c))).await
    }

    /// Says where a goal stands, and why.
    pub async fn set_goal_status(&self, space: SpaceId, goal: ItemId, status: GoalStatus, reason: Option<String>) -> Done {
        self.engine(move |e| {
            e.view::<view::GoalView>(&space, RowKind::Goal, &goal.0)?.ok_or_else(|| missing("goal"))?;
            e.state(&space, EventDraft { subject: goal.0, payload: GoalStatusSet { status, reason }.into() }, now())?;
            Ok(())
        })
        .await
    }

    /// The actions of a space.
    pub async fn actions(&self, space: SpaceId) -> Done<Actions> {
        self.engine(move |e| {
            let people = People::of(e, &space)?;
            let all: Vec<view::ActionView> = e.views(&space, RowKind::Action, true, usize::MAX >> 1)?;
            let away: Vec<view::ActionView> = e.views(&space, RowKind::Action, false, usize::MAX >> 1)?;
            let shown = |a: &view::ActionView| ActionView::of(a, &people);
            Ok(Actions {
                open: view::promised(&all, e.me()).into_iter().map(shown).collect(),
                done: all.iter().filter(|a| a.is_listed() && a.is_done()).map(shown).collect(),
                bin: away.iter().filter(|a| !a.alive).map(shown).collect(),
                same_thing: same_thing(&all),
            })
        })
        .await
    }
}
