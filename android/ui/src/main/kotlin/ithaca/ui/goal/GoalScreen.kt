package ithaca.ui.goal

import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.lazy.LazyListScope
import androidx.compose.foundation.lazy.items
import androidx.compose.material.icons.Icons
import androidx.compose.material.icons.filled.Delete
import androidx.compose.material3.Icon
import androidx.compose.material3.IconButton
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.Role
import ithaca.bridge.Goal
import ithaca.bridge.GoalPart
import ithaca.bridge.GoalStatus
import ithaca.bridge.SpaceId
import ithaca.bridge.Tick
import ithaca.ui.cards.DifferSheet
import ithaca.ui.pair_home.owing
import ithaca.ui.parts.Beside
import ithaca.ui.parts.Chip
import ithaca.ui.parts.DayField
import ithaca.ui.parts.Field
import ithaca.ui.parts.Heading
import ithaca.ui.parts.Page
import ithaca.ui.parts.Place
import ithaca.ui.parts.Quiet
import ithaca.ui.parts.QuietButton
import ithaca.ui.parts.Reveal
import ithaca.ui.parts.Screen
import ithaca.ui.parts.Sentence
import ithaca.ui.parts.Sheet
import ithaca.ui.parts.SideButton
import ithaca.ui.parts.TickLine
import ithaca.ui.theme.LocalColours
import ithaca.ui.typing.LiveField
import ithaca.ui.words.Dates
import ithaca.ui.words.LocalDates
import ithaca.ui.words.LocalWords
import ithaca.ui.words.Words

@Composable
fun GoalScreen(model: GoalModel, space: SpaceId, go: (Place) -> Unit, back: (() -> Unit)?) {
    val state by model.state.collectAsState()
    val words = LocalWords.current
    Page(words("goal.title"), model, back) {
        val goal = state.goal ?: return@Page
        if (!goal.alive) item { Sheet { SideButton(words("common.restore"), { model.restore() }) } }
        if (goal.kept) item { Quiet(words("goal.kept")) }
        for (card in state.cards.take(1)) item(key = card.id.text) { DifferSheet(card, { model.keep(card, it) }, { go(Place(Screen.CARDS, space)) }) }
        item(key = "title") { Sheet { LiveField(model.text(GoalPart.TITLE), words("goal.title"), words("goals.new_label")) } }
        status(goal, state, model, words)
        steps(goal, state, model, words)
        texts(goal, model, words)
        promises(state, model, words)
        item(key = "asked") {
            Reveal(words("common.more"), state.asked, { model.ask(!state.asked) }) {
                DayField(words("goal.target"), state.target ?: goal.target?.toString().orEmpty(), model::target)
                Chip(words("goal.stretch"), goal.stretch, { model.stretch(it) })
                QuietButton(words("goal.history"), { go(Place(Screen.HISTORY, space, "${goal.document}/${goal.id.text}")) })
                if (goal.alive) QuietButton(words("common.delete"), { model.delete() })
            }
        }
    }
}

private fun LazyListScope.status(goal: Goal, state: GoalState, model: GoalModel, words: Words) {
    item(key = "status") {
        val dates = LocalDates.current
        Sheet {
            Heading(words("goal.status"))
            goal.target?.let { Quiet(words("goals.until", "day" to dates.inside(it))) }
            if (goal.said.size > 1) {
                for (said in goal.said) Quiet(words("goal.said", "name" to (said.by?.name ?: ""), "status" to words.orPlain("status.${said.words}", said.words)))
            }
            Beside {
                for (status in GoalStatus.entries) {
                    Chip(words("status.${status.name.lowercase()}"), goal.status == status, { on -> if (on) model.status(status) }, role = Role.RadioButton)
                }
            }
            Field(words("common.reason"), state.reason, model::reason)
        }
    }
}

private fun LazyListScope.steps(goal: Goal, state: GoalState, model: GoalModel, words: Words) {
    item(key = "steps") { Heading(words("goal.milestones")) }
    if (goal.milestones.isEmpty()) item { Quiet(words("goal.no_milestones")) }
    items(goal.milestones, key = { it.id.text }) { step ->
        Row(verticalAlignment = Alignment.CenterVertically) {
            TickLine(step.text, words.ticks(step.done, LocalDates.current), step.done.isNotEmpty(), { model.tick(step.id, it) }, Modifier.weight(1f))
            IconButton({ model.removeStep(step.id) }) {
                Icon(Icons.Filled.Delete, "${words("common.delete")}: ${step.text}", tint = LocalColours.current.secondaryInk)
            }
        }
    }
    items(goal.bin, key = { "bin-${it.id.text}" }) { step -> QuietButton("${words("common.restore")}: ${step.text}", { model.restoreStep(step.id) }) }
    item(key = "step") {
        Field(words("goal.milestone_new"), state.step, model::step, example = words("goal.milestone_example"), onDone = { model.addStep() })
    }
    if (state.step.isNotBlank()) item(key = "add-step") { SideButton(words("common.add"), { model.addStep() }) }
}

private fun Words.ticks(done: List<Tick>, dates: Dates): String = done.joinToString(" · ") { tick ->
    val who = if (tick.by.me) invoke("common.you") else tick.by.name
    tick.date?.let { invoke("goal.ticked", "name" to who, "day" to dates.inside(it)) } ?: who
}

private fun LazyListScope.texts(goal: Goal, model: GoalModel, words: Words) {
    for (part in partsOf(goal)) {
        item(key = part.name) {
            val name = words("goal.${part.name.lowercase()}")
            Sheet {
                Quiet(name)
                LiveField(model.text(part), name, if (part == GoalPart.WHY) words("goal.why_example") else null)
            }
        }
    }
}

private fun LazyListScope.promises(state: GoalState, model: GoalModel, words: Words) {
    item(key = "promises") { Heading(words("goals.promises")) }
    items(state.actions, key = { "action-${it.id.text}" }) { action ->
        TickLine(action.text, words.owing(action, LocalDates.current), action.done.isNotEmpty(), { model.tick(action.id, it) })
    }
    item(key = "promise") { Field(words("goal.promise_new"), state.promise, model::promise, onDone = { model.addPromise() }) }
    if (state.promise.isBlank()) return
    item(key = "promise-who") {
        Beside { for (who in state.people) Chip(if (who.me) words("common.you") else who.name, state.promiseBy == who, { model.promiseBy(who) }, role = Role.RadioButton) }
    }
    item(key = "promise-day") { DayField(words("goal.promise_due"), state.promiseDay, model::promiseDay) }
    item(key = "promise-add") { SideButton(words("common.add"), { model.addPromise() }) }
}
