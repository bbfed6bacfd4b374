package ithaca.ui.sessions

import androidx.compose.foundation.lazy.LazyListScope
import androidx.compose.foundation.lazy.items
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import ithaca.bridge.SessionLine
import ithaca.bridge.SpaceId
import ithaca.ui.cards.DifferSheet
import ithaca.ui.parts.Beside
import ithaca.ui.parts.Chip
import ithaca.ui.parts.DayField
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
import ithaca.ui.parts.Tone
import ithaca.ui.words.LocalDates
import ithaca.ui.words.LocalWords
import ithaca.ui.words.Words

@Composable
fun SessionsScreen(model: SessionsModel, space: SpaceId, go: (Place) -> Unit, back: (() -> Unit)?) {
    val state by model.state.collectAsState()
    val words = LocalWords.current
    Page(words("sessions.title"), model, back) {
        if (!state.loaded) return@Page
        if (state.bin) {
            if (state.sessions.bin.isEmpty()) item { Quiet(words("common.bin_empty")) }
            items(state.sessions.bin, key = { it.id.text }) { line -> Sheet { Sentence(line.title); QuietButton(words("common.restore"), { model.restore(line) }) } }
        } else {
            for (card in state.cards.take(1)) item(key = card.id.text) { DifferSheet(card, { model.keep(card, it) }, { go(Place(Screen.CARDS, space)) }) }
            alike(state, model, words)
            lists(state, space, model, words, go)
            item { Field(words("sessions.new_label"), state.title, model::title) }
            if (state.title.isNotBlank()) item { DayField(words("session.day"), state.day, model::day) }
            item { MainButton(words("sessions.new"), { model.plan() }, enabled = state.title.isNotBlank()) }
        }
        item { Chip(words("common.bin"), state.bin, model::bin) }
    }
}

private fun LazyListScope.alike(state: SessionsState, model: SessionsModel, words: Words) {
    for ((one, other) in state.alike) {
        item(key = "same-${one.id.text}") {
            Sheet(tone = Tone.DIFFER) {
                Sentence(words("sessions.same"), strong = true)
                Sentence(words("sessions.same_about", "day" to (one.day?.let(LocalDates.current::plain) ?: words("common.no_day"))))
                Beside {
                    SideButton(words("sessions.same_yes"), { model.same(one, other, true) })
                    SideButton(words("sessions.same_no"), { model.same(one, other, false) })
                }
            }
        }
    }
}

private fun LazyListScope.lists(state: SessionsState, space: SpaceId, model: SessionsModel, words: Words, go: (Place) -> Unit) {
    if (state.sessions.lines.isEmpty()) item { Empty(words("sessions.empty"), words("sessions.empty_example")) { model.plan(words("sessions.empty_example")) } }
    if (state.ahead.isNotEmpty()) item { Heading(words("sessions.ahead")) }
    items(state.ahead, key = { it.id.text }) { SessionSheet(it, space, go) }
    if (state.past.isNotEmpty()) item { Heading(words("sessions.past")) }
    items(state.past, key = { it.id.text }) { SessionSheet(it, space, go) }
}

@Composable
private fun SessionSheet(line: SessionLine, space: SpaceId, go: (Place) -> Unit) {
    val (words, dates) = LocalWords.current to LocalDates.current
    Sheet(onClick = { go(Place(Screen.SESSION, space, line.id.text)) }) {
        Sentence(line.title, strong = true)
        val day = line.agreed?.let(dates::dayAndTime) ?: line.day?.let(dates::day) ?: words("common.no_day")
        Quiet(words("session.state_line", "state" to words("session_state.${line.state.name.lowercase()}"), "day" to day))
        line.place?.let { Quiet(it) }
        if (line.ready.isNotEmpty()) Quiet(words.n("sessions.ready", line.ready.size))
        if (line.differs) Quiet(words("notes.differs"))
    }
}
