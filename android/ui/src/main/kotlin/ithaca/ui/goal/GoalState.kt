package ithaca.ui.goal

import ithaca.bridge.Action
import ithaca.bridge.Card
import ithaca.bridge.Goal
import ithaca.bridge.GoalPart
import ithaca.bridge.Who

data class GoalState(
    val goal: Goal? = null,
    val actions: List<Action> = emptyList(),
    val cards: List<Card> = emptyList(),
    val people: List<Who> = emptyList(),
    val step: String = "",
    val promise: String = "",
    val promiseDay: String = "",
    val promiseBy: Who? = null,
    val target: String? = null,
    val reason: String = "",
    val asked: Boolean = false,
)

/** The texts of a goal; what may go wrong and who helps belong to a stretch. */
fun partsOf(goal: Goal): List<GoalPart> =
    listOf(GoalPart.WHY, GoalPart.SUCCESS) + if (goal.stretch) listOf(GoalPart.RISK, GoalPart.SUPPORT) else emptyList()
