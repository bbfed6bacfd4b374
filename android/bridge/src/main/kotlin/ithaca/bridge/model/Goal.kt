/** A goal with its milestones; an action, which is a promise. Their days are calendar days. */
package ithaca.bridge

import java.time.LocalDate

enum class GoalStatus { PROPOSED, ACTIVE, PAUSED, ACHIEVED, DROPPED }

data class Tick(val by: Who, val date: LocalDate?)

data class Milestone(val id: ItemId, val text: String, val done: List<Tick>, val kept: Boolean, val differs: List<Differ>)

data class Goal(
    val id: GoalId,
    val document: String,
    val title: Text,
    val why: Text,
    val success: Text,
    val risk: Text,
    val support: Text,
    val stretch: Boolean,
    val target: LocalDate?,
    val review: LocalDate?,
    val status: GoalStatus,
    val said: List<DifferValue>,
    val milestones: List<Milestone>,
    val bin: List<Milestone>,
    val done: Int,
    val of: Int,
    val alive: Boolean,
    val kept: Boolean,
    val differs: List<Differ>,
)

data class Action(
    val id: ItemId,
    val text: String,
    val owners: List<Who>,
    val due: LocalDate?,
    val from: String?,
    val done: List<Tick>,
    val kept: Boolean,
    val differs: List<Differ>,
)

data class Actions(val open: List<Action>, val done: List<Action>, val bin: List<Action>, val sameThing: List<List<ItemId>>)

data class GoalDraft(
    val title: String,
    val why: String = "",
    val success: String = "",
    val stretch: Boolean = false,
    val risk: String = "",
    val support: String = "",
    val target: LocalDate? = null,
)

data class ActionDraft(val text: String, val owners: List<PersonId> = emptyList(), val due: LocalDate? = null, val from: String? = null)

sealed interface GoalEdit {
    data class Target(val goal: GoalId, val date: LocalDate?) : GoalEdit
    data class Review(val goal: GoalId, val date: LocalDate?) : GoalEdit
    data class Stretch(val goal: GoalId, val on: Boolean) : GoalEdit
    data class Words(val item: ItemId, val text: String) : GoalEdit
    data class Ticked(val item: ItemId, val date: LocalDate?) : GoalEdit
    data class Due(val action: ItemId, val date: LocalDate?) : GoalEdit
    data class Owner(val action: ItemId, val person: PersonId, val on: Boolean) : GoalEdit
    data class SameThing(val action: ItemId, val other: ItemId, val same: Boolean) : GoalEdit
    data class Move(val item: ItemId, val after: ItemId?) : GoalEdit
    data class Delete(val item: ItemId) : GoalEdit
    data class Restore(val item: ItemId) : GoalEdit
}
