package ithaca.ui.goals

import ithaca.bridge.Action
import ithaca.bridge.ActionDraft
import ithaca.bridge.Card
import ithaca.bridge.CardNoun
import ithaca.bridge.Client
import ithaca.bridge.Goal
import ithaca.bridge.GoalDraft
import ithaca.bridge.GoalEdit
import ithaca.bridge.GoalId
import ithaca.bridge.ItemId
import ithaca.bridge.SpaceId
import ithaca.ui.parts.Model
import java.time.LocalDate
import kotlinx.coroutines.CoroutineScope

/** The goals of a pair and everything promised. */
class GoalsModel(
    private val client: Client,
    private val space: SpaceId,
    scope: CoroutineScope,
    private val today: () -> LocalDate,
    private val onOpen: (GoalId) -> Unit,
) : Model<GoalsState>(scope, GoalsState()) {
    init {
        reading(client, about(space)) { read() }
    }

    private suspend fun read() {
        val (goals, actions) = client.goals(space, now.bin) to client.actions(space)
        val cards = client.cards(space).filter { it.noun == CardNoun.GOAL || it.noun == CardNoun.MILESTONE || it.noun == CardNoun.ACTION }
        show { it.copy(loaded = true, goals = goals, actions = actions, cards = cards) }
    }

    fun title(words: String) = show { it.copy(title = words) }
    fun promise(words: String) = show { it.copy(promise = words) }

    fun bin(on: Boolean) {
        show { it.copy(bin = on, goals = emptyList()) }
        doing { read() }
    }

    fun begin(title: String = now.title) = doing {
        val made = client.newGoal(space, GoalDraft(title.trim().ifEmpty { return@doing }))
        show { it.copy(title = "") }
        onOpen(made)
    }

    fun keepPromise() = doing {
        val text = now.promise.trim().ifEmpty { return@doing }
        client.newAction(space, ActionDraft(text, listOf(client.state().person)))
        show { it.copy(promise = "") }
    }

    fun tick(action: Action, done: Boolean) = edit(GoalEdit.Ticked(action.id, today().takeIf { done }))
    fun same(one: Action, other: Action, same: Boolean) = edit(GoalEdit.SameThing(one.id, other.id, same))
    fun restore(goal: Goal) = edit(GoalEdit.Restore(ItemId(goal.id.text)))
    fun restore(action: Action) = edit(GoalEdit.Restore(action.id))
    fun keep(card: Card, index: Int) = doing { client.keepValue(card, index) }

    private fun edit(edit: GoalEdit) = doing { client.editGoals(space, listOf(edit)) }
}
