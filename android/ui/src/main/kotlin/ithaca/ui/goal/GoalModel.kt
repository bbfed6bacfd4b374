package ithaca.ui.goal

import ithaca.bridge.ActionDraft
import ithaca.bridge.Card
import ithaca.bridge.CardNoun
import ithaca.bridge.Client
import ithaca.bridge.GoalEdit
import ithaca.bridge.GoalId
import ithaca.bridge.GoalPart
import ithaca.bridge.GoalStatus
import ithaca.bridge.ItemId
import ithaca.bridge.SpaceId
import ithaca.bridge.TextPlace
import ithaca.bridge.Who
import ithaca.ui.parts.Model
import ithaca.ui.parts.dayOf
import ithaca.ui.typing.TypingModel
import java.time.LocalDate
import kotlinx.coroutines.CoroutineScope

/** One goal: why, how it will be seen, its steps, its status, what was promised for it. */
class GoalModel(
    private val client: Client,
    private val space: SpaceId,
    private val id: GoalId,
    scope: CoroutineScope,
    private val today: () -> LocalDate,
) : Model<GoalState>(scope, GoalState()) {
    private val texts = HashMap<GoalPart, TypingModel>()

    init {
        reading(client, about(space)) {
            val goal = client.goal(space, id)
            val actions = client.actions(space).let { it.open + it.done }.filter { it.from == id.text }
            val cards = client.cards(space).filter { card -> card.noun == CardNoun.GOAL && goal.title.words == card.title }
            val people = listOf(Who(client.state().person, client.state().name, true)) + client.pairs().filter { it.space == space }.map { it.other }
            show { it.copy(goal = goal, actions = actions, cards = cards, people = people, promiseBy = it.promiseBy ?: people.first()) }
        }
    }

    /** One typing session a text, opened when the text is looked at. */
    fun text(part: GoalPart): TypingModel =
        texts.getOrPut(part) { TypingModel(client, space, TextPlace.Goal(id, part), scope) }

    fun step(words: String) = show { it.copy(step = words) }
    fun promise(words: String) = show { it.copy(promise = words) }
    fun promiseDay(day: String) = show { it.copy(promiseDay = day) }
    fun promiseBy(who: Who) = show { it.copy(promiseBy = who) }
    fun reason(words: String) = show { it.copy(reason = words) }
    fun ask(on: Boolean) = show { it.copy(asked = on) }

    fun addStep() = doing {
        val text = now.step.trim().ifEmpty { return@doing }
        client.newMilestone(space, id, text)
        show { it.copy(step = "") }
    }

    fun addPromise() = doing {
        val text = now.promise.trim().ifEmpty { return@doing }
        client.newAction(space, ActionDraft(text, listOfNotNull(now.promiseBy?.person), dayOf(now.promiseDay), id.text))
        show { it.copy(promise = "", promiseDay = "") }
    }

    fun target(day: String) {
        show { it.copy(target = day) }
        if (day.isEmpty() || dayOf(day) != null) edit(GoalEdit.Target(id, dayOf(day)))
    }

    fun status(status: GoalStatus) = doing {
        client.setGoalStatus(space, id, status, now.reason.trim().ifEmpty { null })
        show { it.copy(reason = "") }
    }

    fun tick(item: ItemId, done: Boolean) = edit(GoalEdit.Ticked(item, today().takeIf { done }))
    fun stretch(on: Boolean) = edit(GoalEdit.Stretch(id, on))
    fun removeStep(item: ItemId) = edit(GoalEdit.Delete(item))
    fun restoreStep(item: ItemId) = edit(GoalEdit.Restore(item))
    fun delete() = edit(GoalEdit.Delete(ItemId(id.text)))
    fun restore() = edit(GoalEdit.Restore(ItemId(id.text)))
    fun keep(card: Card, index: Int) = doing { client.keepValue(card, index) }

    private fun edit(edit: GoalEdit) = doing { client.editGoals(space, listOf(edit)) }
}
