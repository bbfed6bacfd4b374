package ithaca.ui.goals

import androidx.compose.foundation.lazy.LazyListScope
import androidx.compose.foundation.lazy.items
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import ithaca.bridge.SpaceId
import ithaca.ui.cards.DifferSheet
import ithaca.ui.pair_home.GoalBar
import ithaca.ui.pair_home.owing
import ithaca.ui.parts.Beside
import ithaca.ui.parts.Chip
import ithaca.ui.parts.Empty
import ithaca.ui.parts.Field
import ithaca.ui.parts.Heading
import ithaca.ui.parts.MainButton
import ithaca.ui.parts.Page
import ithaca.ui.parts.Place
import ithaca.ui.parts.Quiet
import ithaca.ui.parts.QuietButton
import ithaca.ui.parts.Screen
import ithaca.ui.parts.Sentence
import ithaca.ui.parts.Sheet
import ithaca.ui.parts.SideButton
import ithaca.ui.parts.TickLine
import ithaca.ui.parts.Tone
import ithaca.ui.words.LocalDates
import ithaca.ui.words.LocalWords
import ithaca.ui.words.Words

@Composable
fun GoalsScreen(model: GoalsModel, space: SpaceId, go: (Place) -> Unit, back: (() -> Unit)?) {
    val state by model.state.collectAsState()
    val words = LocalWords.current
    Page(words("goals.title"), model, back) {
        if (!state.loaded) return@Page
        if (state.bin) {
            bin(state, model, words)
        } else {
            for (card in state.cards.take(1)) item(key = card.id.text) { DifferSheet(card, { model.keep(card, it) }, { go(Place(Screen.CARDS, space)) }) }
            goals(state, model, space, words, go)
            promises(state, model, words)
        }
        item { Chip(words("common.bin"), state.bin, model::bin) }
    }
}

private fun LazyListScope.goals(state: GoalsState, model: GoalsModel, space: SpaceId, words: Words, go: (Place) -> Unit) {
    if (state.goals.isEmpty()) item { Empty(words("goals.empty"), words("goals.empty_example")) { model.begin(words("goals.empty_example")) } }
    items(state.goals, key = { it.id.text }) { goal ->
        Sheet(onClick = { go(Place(Screen.GOAL, space, goal.id.text)) }) { GoalBar(goal) }
    }
    item { Field(words("goals.new_label"), state.title, model::title, onDone = { model.begin() }) }
    item { MainButton(words("goals.new"), { model.begin() }, enabled = state.title.isNotBlank()) }
}

private fun LazyListScope.promises(state: GoalsState, model: GoalsModel, words: Words) {
    item { Heading(words("goals.promises")) }
    for ((one, other) in state.alike) {
        item(key = "same-${one.id.text}") {
            Sheet(tone = Tone.DIFFER) {
                Sentence(words("goals.same"), strong = true)
                Sentence(words("goals.same_about", "text" to one.text))
                Beside {
                    SideButton(words("goals.same_yes"), { model.same(one, other, true) })
                    SideButton(words("goals.same_no"), { model.same(one, other, false) })
                }
            }
        }
    }
    if (state.actions.open.isEmpty()) item { Quiet(words("goals.no_promises")) }
    items(state.actions.open, key = { it.id.text }) { action ->
        TickLine(action.text, words.owing(action, LocalDates.current), false, { model.tick(action, it) })
    }
    item { Field(words("pair_home.promise_new"), state.promise, model::promise, example = words("pair_home.promise_example"), onDone = { model.keepPromise() }) }
    if (state.promise.isNotBlank()) item { SideButton(words("common.add"), { model.keepPromise() }) }
    if (state.actions.done.isEmpty()) return
    item { Heading(words("goals.promises_done")) }
    items(state.actions.done, key = { it.id.text }) { action ->
        val dates = LocalDates.current
        val tick = action.done.firstOrNull()
        val who = tick?.let { if (it.by.me) words("common.you") else it.by.name }
        TickLine(action.text, listOfNotNull(who, tick?.date?.let(dates::day)).joinToString(", "), true, { model.tick(action, it) })
    }
}

private fun LazyListScope.bin(state: GoalsState, model: GoalsModel, words: Words) {
    if (state.goals.isEmpty() && state.actions.bin.isEmpty()) item { Quiet(words("common.bin_empty")) }
    items(state.goals, key = { it.id.text }) { goal -> Sheet { Sentence(goal.title.words); QuietButton(words("common.restore"), { model.restore(goal) }) } }
    items(state.actions.bin, key = { it.id.text }) { action -> Sheet { Sentence(action.text); QuietButton(words("common.restore"), { model.restore(action) }) } }
}
