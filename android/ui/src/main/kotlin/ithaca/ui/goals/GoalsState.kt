package ithaca.ui.goals

import ithaca.bridge.Action
import ithaca.bridge.Actions
import ithaca.bridge.Card
import ithaca.bridge.Goal

data class GoalsState(
    val loaded: Boolean = false,
    val goals: List<Goal> = emptyList(),
    val actions: Actions = Actions(emptyList(), emptyList(), emptyList(), emptyList()),
    val cards: List<Card> = emptyList(),
    val bin: Boolean = false,
    val title: String = "",
    val promise: String = "",
) {
    /** Promises with the same words, two at a time. */
    val alike: List<Pair<Action, Action>>
        get() = actions.sameThing.mapNotNull { ids ->
            val found = ids.mapNotNull { id -> actions.open.firstOrNull { it.id == id } }
            if (found.size < 2) null else found[0] to found[1]
        }
}
