//! Goals with their milestones, and actions: what somebody promised.

use ithaca_core::document::command::{GoalsCommand as C, ItemCommand};
use ithaca_core::document::read::Tick;
use ithaca_core::document::text::TextEdit;
use ithaca_core::document::{Command, DocumentKind, derived_id};
use ithaca_core::engine::Engine;
use ithaca_core::event::payload::GoalStatusSet;
use ithaca_core::event::{self, EventDraft};
use ithaca_core::id::{ItemId, SpaceId};
use ithaca_core::view::{self, RowKind, same_thing};

use crate::app::Ithaca;
use crate::card::{DifferView, ValueView, differs, values};
use crate::error::{Done, missing};
use crate::people::{People, Who, id, ids};
use crate::runtime::now;
use crate::text::{GoalPart, TextView, day};

/// Somebody ticked something off.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct TickView {
    /// Who.
    pub by: Who,
    /// The calendar day it was done.
    pub date: String,
}

/// Where a goal stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum GoalStatus {
    /// Suggested, not taken up.
    Proposed,
    /// Worked on.
    Active,
    /// Put aside for now.
    Paused,
    /// Reached.
    Achieved,
    /// Given up.
    Dropped,
}

/// A step on the way to a goal.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct MilestoneView {
    /// Its id.
    pub item: String,
    /// Its words.
    pub text: String,
    /// Who ticked it off; anybody's tick is enough.
    pub done: Vec<TickView>,
    /// Deleted by somebody and kept since somebody else edited it.
    pub kept: bool,
    /// Fields on which people differ.
    pub differs: Vec<DifferView>,
}

/// A goal.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct GoalView {
    /// Its id.
    pub goal: String,
    /// The document that all goals of the space stand in, for its history.
    pub document: String,
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
    /// Whether it is a stretch goal.
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
    /// Its milestones in the bin.
    pub bin: Vec<MilestoneView>,
    /// How much is done.
    pub done: u32,
    /// Of how much.
    pub of: u32,
    /// Whether it is not in the bin.
    pub alive: bool,
    /// Deleted by somebody and kept since somebody else edited it.
    pub kept: bool,
    /// Fields on which people differ.
    pub differs: Vec<DifferView>,
    /// Who edited it last.
    pub edited_by: Option<Who>,
}

/// An action: a promise.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ActionView {
    /// Its id.
    pub action: String,
    /// Its words.
    pub text: String,
    /// Who promised it.
    pub owners: Vec<Who>,
    /// The calendar day it is due.
    pub due: Option<String>,
    /// What sort.
    pub kind: Option<String>,
    /// The goal or session it came from.
    pub from: Option<String>,
    /// Who ticked it off; anybody's tick is enough.
    pub done: Vec<TickView>,
    /// Deleted by somebody and kept since somebody else edited it.
    pub kept: bool,
    /// Fields on which people differ.
    pub differs: Vec<DifferView>,
}

/// The actions of a space.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Actions {
    /// Open ones: one's own first, by the day they are due.
    pub open: Vec<ActionView>,
    /// Those ticked off.
    pub done: Vec<ActionView>,
    /// Those in the bin.
    pub bin: Vec<ActionView>,
    /// *Same thing?*: groups of open ones that read the same.
    pub same_thing: Vec<Vec<String>>,
}

/// What a new goal begins with.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct GoalDraft {
    /// What.
    pub title: String,
    /// What for.
    pub why: String,
    /// How one will know.
    pub success: String,
    /// Whether it is a stretch goal.
    pub stretch: bool,
    /// What may go wrong.
    pub risk: String,
    /// What helps then.
    pub support: String,
    /// The calendar day it is to be reached.
    pub target_date: Option<String>,
}

/// What a new action begins with.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ActionDraft {
    /// Its words.
    pub text: String,
    /// Who promises it.
    pub owners: Vec<String>,
    /// The calendar day it is due.
    pub due: Option<String>,
    /// The goal or session it came from.
    pub from: Option<String>,
}

/// What is done to goals, milestones and actions. `item` names any of the three.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum GoalEdit {
    /// The day a goal is to be reached.
    TargetDate {
        /// The goal.
        goal: String,
        /// The day.
        date: Option<String>,
    },
    /// The day to look at a goal again.
    ReviewDate {
        /// The goal.
        goal: String,
        /// The day.
        date: Option<String>,
    },
    /// Whether a goal is a stretch goal.
    Stretch {
        /// The goal.
        goal: String,
        /// Whether.
        on: bool,
    },
    /// New words of a milestone or an action.
    Words {
        /// Which.
        item: String,
        /// The words.
        text: String,
    },
    /// Ticks off a milestone or an action on a day, or takes one's tick back.
    Tick {
        /// Which.
        item: String,
        /// The day; `None` takes the tick back.
        date: Option<String>,
    },
    /// The day an action is due.
    Due {
        /// The action.
        action: String,
        /// The day.
        date: Option<String>,
    },
    /// Adds or takes away an owner of an action.
    Owner {
        /// The action.
        action: String,
        /// The person.
        person: String,
        /// Whether they promised it.
        on: bool,
    },
    /// Two actions are the same thing and become one, or are not.
    SameThing {
        /// One.
        action: String,
        /// The other.
        other: String,
        /// Whether they are the same.
        same: bool,
    },
    /// Moves one behind another of its noun; `None` is the front.
    Move {
        /// Which.
        item: String,
        /// Behind which.
        after: Option<String>,
    },
    /// Puts one into the bin.
    Delete {
        /// Which.
        item: String,
    },
    /// Takes one out of the bin.
    Restore {
        /// Which.
        item: String,
    },
}

impl GoalEdit {
    fn command(self) -> Done<Command> {
        let goals = |c| Ok(Command::Goals(c));
        let item = |c| Ok(Command::Item(c));
        match self {
            Self::TargetDate { goal, date } => goals(C::GoalTargetDate { goal: id(&goal)?, date: day(date)? }),
            Self::ReviewDate { goal, date } => goals(C::GoalReviewDate { goal: id(&goal)?, date: day(date)? }),
            Self::Stretch { goal, on } => goals(C::GoalKind { goal: id(&goal)?, kind: on.then(|| "stretch".to_owned()) }),
            Self::Words { item, text } => goals(C::Words { item: id(&item)?, text }),
            Self::Tick { item: i, date } => item(ItemCommand::Tick { item: id(&i)?, date: day(date)? }),
            Self::Due { action, date } => goals(C::ActionDue { action: id(&action)?, date: day(date)? }),
            Self::Owner { action, person, on } => goals(C::ActionOwner { action: id(&action)?, person: id(&person)?, on }),
            Self::SameThing { action, other, same } => goals(C::SameThing { action: id(&action)?, other: id(&other)?, same }),
            Self::Move { item: i, after } => item(ItemCommand::Move { item: id(&i)?, after: after.as_deref().map(id).transpose()? }),
            Self::Delete { item: i } => item(ItemCommand::Delete { item: id(&i)? }),
            Self::Restore { item: i } => item(ItemCommand::Restore { item: id(&i)? }),
        }
    }
}

pub(crate) fn ticks(done: &[Tick], people: &People) -> Vec<TickView> {
    done.iter().map(|t| TickView { by: people.who(t.person), date: t.date.clone() }).collect()
}

impl GoalStatus {
    fn core(self) -> event::GoalStatus {
        match self {
            Self::Proposed => event::GoalStatus::Proposed,
            Self::Active => event::GoalStatus::Active,
            Self::Paused => event::GoalStatus::Paused,
            Self::Achieved => event::GoalStatus::Achieved,
            Self::Dropped => event::GoalStatus::Dropped,
        }
    }

    fn of(s: event::GoalStatus) -> Self {
        match s {
            event::GoalStatus::Proposed => Self::Proposed,
            event::GoalStatus::Active => Self::Active,
            event::GoalStatus::Paused => Self::Paused,
            event::GoalStatus::Achieved => Self::Achieved,
            event::GoalStatus::Dropped => Self::Dropped,
        }
    }
}

impl GoalView {
    pub(crate) fn of(v: view::GoalView, people: &People) -> Self {
        let milestone = |m: &view::MilestoneView| MilestoneView {
            item: m.id.to_string(),
            text: m.text.clone(),
            done: ticks(&m.done, people),
            kept: m.kept,
            differs: differs(&m.differ, people),
        };
        Self {
            goal: v.id.to_string(),
            document: v.document.to_string(),
            title: TextView::of(&v.title, people),
            why: TextView::of(&v.why, people),
            success: TextView::of(&v.success, people),
            risk: TextView::of(&v.risk, people),
            support: TextView::of(&v.support, people),
            stretch: v.kind.as_deref() == Some("stretch"),
            status: GoalStatus::of(v.status),
            said: values(&v.said, people),
            milestones: v.milestones.iter().map(milestone).collect(),
            bin: v.bin.iter().map(milestone).collect(),
            done: u32::try_from(v.progress.done).unwrap_or(u32::MAX),
            of: u32::try_from(v.progress.of).unwrap_or(u32::MAX),
            differs: differs(&v.differ, people),
            edited_by: people.maybe(v.provenance.edited_by),
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
            action: v.id.to_string(),
            text: v.text.clone(),
            owners: people.all(&v.owners),
            due: v.due.clone(),
            kind: v.kind.clone(),
            from: v.from.map(|f| f.to_string()),
            done: ticks(&v.done, people),
            kept: v.kept,
            differs: differs(&v.differ, people),
        }
    }
}

pub(crate) fn goals_edit(e: &mut Engine, space: &SpaceId, command: &Command) -> Done {
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
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn goals(&self, space: String, bin: bool) -> Done<Vec<GoalView>> {
        let space = id(&space)?;
        self.handle.engine(move |e| goals(e, &space, bin)).await
    }

    /// One goal, in the bin or not.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn goal(&self, space: String, goal: String) -> Done<GoalView> {
        let (space, goal): (SpaceId, ItemId) = (id(&space)?, id(&goal)?);
        self.handle
            .engine(move |e| {
                let v = e.view(&space, RowKind::Goal, &goal.0)?.ok_or_else(|| missing("goal"))?;
                Ok(GoalView::of(v, &People::of(e, &space)?))
            })
            .await
    }

    /// Sets a goal. Gives its id.
    ///
    /// # Errors
    /// `ReadOnly`, `BadInput`.
    pub async fn new_goal(&self, space: String, draft: GoalDraft) -> Done<String> {
        let (space, target) = (id(&space)?, day(draft.target_date)?);
        let texts = [
            (GoalPart::Why, draft.why),
            (GoalPart::Success, draft.success),
            (GoalPart::Risk, draft.risk),
            (GoalPart::Support, draft.support),
        ];
        let (title, stretch) = (draft.title, draft.stretch);
        self.handle
            .engine(move |e| {
                let goal = ItemId(e.new_id()?);
                let mut commands = vec![C::AddGoal { id: goal, title }];
                for (part, insert) in texts.into_iter().filter(|(_, t)| !t.is_empty()) {
                    commands.push(C::GoalText { goal, field: part.field(), edit: TextEdit::Splice { pos: 0, delete: 0, insert } });
                }
                commands.extend(stretch.then(|| C::GoalKind { goal, kind: Some("stretch".to_owned()) }));
                commands.extend(target.map(|d| C::GoalTargetDate { goal, date: Some(d) }));
                for command in commands {
                    goals_edit(e, &space, &Command::Goals(command))?;
                }
                Ok(goal.to_string())
            })
            .await
    }

    /// Adds a milestone to a goal. Gives its id.
    ///
    /// # Errors
    /// `NotFound`, `ReadOnly`.
    pub async fn new_milestone(&self, space: String, goal: String, text: String) -> Done<String> {
        let (space, goal) = (id(&space)?, id(&goal)?);
        self.handle
            .engine(move |e| {
                let item = ItemId(e.new_id()?);
                goals_edit(e, &space, &Command::Goals(C::AddMilestone { id: item, goal, text }))?;
                Ok(item.to_string())
            })
            .await
    }

    /// Promises something. Gives the action's id.
    ///
    /// # Errors
    /// `ReadOnly`, `BadInput`.
    pub async fn new_action(&self, space: String, draft: ActionDraft) -> Done<String> {
        let (space, owners, due) = (id(&space)?, ids(&draft.owners)?, day(draft.due)?);
        let (text, from) = (draft.text, draft.from.as_deref().map(id).transpose()?);
        self.handle
            .engine(move |e| {
                let item = ItemId(e.new_id()?);
                goals_edit(e, &space, &Command::Goals(C::AddAction { id: item, text, owners, due, from }))?;
                Ok(item.to_string())
            })
            .await
    }

    /// Does several things to goals, milestones and actions, one after the other. What cannot be read is refused before the first is done.
    ///
    /// # Errors
    /// `NotFound`, `ReadOnly`, `BadInput`; those done before stay.
    pub async fn edit_goals(&self, space: String, edits: Vec<GoalEdit>) -> Done {
        let space = id(&space)?;
        let commands = edits.into_iter().map(GoalEdit::command).collect::<Done<Vec<_>>>()?;
        self.handle.engine(move |e| commands.iter().try_for_each(|c| goals_edit(e, &space, c))).await
    }

    /// Says where a goal stands, and why.
    ///
    /// # Errors
    /// `NotFound`, `ReadOnly`.
    pub async fn set_goal_status(&self, space: String, goal: String, status: GoalStatus, reason: Option<String>) -> Done {
        let (space, goal): (SpaceId, ItemId) = (id(&space)?, id(&goal)?);
        self.handle
            .engine(move |e| {
                e.view::<view::GoalView>(&space, RowKind::Goal, &goal.0)?.ok_or_else(|| missing("goal"))?;
                let payload = GoalStatusSet { status: status.core(), reason }.into();
                e.state(&space, EventDraft { subject: goal.0, payload }, now())?;
                Ok(())
            })
            .await
    }

    /// The actions of a space.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn actions(&self, space: String) -> Done<Actions> {
        let space = id(&space)?;
        self.handle
            .engine(move |e| {
                let people = People::of(e, &space)?;
                let all: Vec<view::ActionView> = e.views(&space, RowKind::Action, true, usize::MAX >> 1)?;
                let away: Vec<view::ActionView> = e.views(&space, RowKind::Action, false, usize::MAX >> 1)?;
                let shown = |a: &view::ActionView| ActionView::of(a, &people);
                Ok(Actions {
                    open: view::promised(&all, e.me()).into_iter().map(shown).collect(),
                    done: all.iter().filter(|a| a.is_listed() && a.is_done()).map(shown).collect(),
                    bin: away.iter().filter(|a| !a.alive).map(shown).collect(),
                    same_thing: same_thing(&all).iter().map(|group| group.iter().map(ToString::to_string).collect()).collect(),
                })
            })
            .await
    }
}
