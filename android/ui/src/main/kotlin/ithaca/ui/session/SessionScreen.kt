package ithaca.ui.session

import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.lazy.LazyListScope
import androidx.compose.material.icons.Icons
import androidx.compose.material.icons.filled.Lock
import androidx.compose.material3.Icon
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.unit.dp
import ithaca.bridge.Form
import ithaca.bridge.Session
import ithaca.bridge.SessionState
import ithaca.bridge.SpaceId
import ithaca.ui.cards.DifferSheet
import ithaca.ui.parts.Beside
import ithaca.ui.parts.Fine
import ithaca.ui.parts.Page
import ithaca.ui.parts.Place
import ithaca.ui.parts.Quiet
import ithaca.ui.parts.QuietButton
import ithaca.ui.parts.Reveal
import ithaca.ui.parts.Screen
import ithaca.ui.parts.Sheet
import ithaca.ui.parts.SideButton
import ithaca.ui.theme.LocalColours
import ithaca.ui.words.LocalDates
import ithaca.ui.words.LocalWords
import ithaca.ui.words.Words

@Composable
fun SessionScreen(model: SessionModel, space: SpaceId, go: (Place) -> Unit, back: (() -> Unit)?) {
    val state by model.state.collectAsState()
    val words = LocalWords.current
    val session = state.session
    Page(session?.line?.title.orEmpty(), model, back) {
        if (session == null) return@Page
        for (card in state.cards.take(1)) item(key = card.id.text) { DifferSheet(card, { model.keep(card, it) }, { go(Place(Screen.CARDS, space)) }) }
        item(key = "when") { When(state, session, model) }
        step(Step.BEFORE, state, model, words) { before(state, session, model, words) }
        step(Step.DURING, state, model, words) { during(state, session, model, words) }
        step(Step.AFTER, state, model, words) { after(state, session, model, words) }
        step(Step.HARVEST, state, model, words) { form(Form.HARVEST, state, model, words) }
        item(key = "private") {
            Row(verticalAlignment = Alignment.CenterVertically) {
                Icon(Icons.Filled.Lock, null, tint = LocalColours.current.secondaryInk)
                Column(Modifier.weight(1f)) {
                    QuietButton(words("session.private_note"), { model.privateNote { at, note -> go(Place(Screen.NOTE, at, note.text)) } })
                    Fine(words("session.private"), Modifier.padding(start = 8.dp))
                }
            }
        }
        item(key = "history") {
            Beside {
                QuietButton(words("goal.history"), { go(Place(Screen.HISTORY, space, session.line.id.text)) })
                QuietButton(words("common.delete"), { model.delete() })
            }
        }
    }
}

private fun LazyListScope.step(step: Step, state: SessionViewState, model: SessionModel, words: Words, content: LazyListScope.() -> Unit) {
    val open = state.isOpen(step)
    item(key = "step-$step") {
        val form = when (step) {
            Step.BEFORE -> Form.BEFORE
            Step.DURING -> null
            Step.AFTER -> Form.AFTER
            Step.HARVEST -> Form.HARVEST
        }
        val done = form?.let { state.mine(it).firstOrNull() }?.let { words(if (it.alone) "session.filled_alone" else "session.filled_you") }
        Reveal(words("session.${step.name.lowercase()}"), open, { model.toggle(step) }, done) {}
    }
    if (open) content()
}

@Composable
private fun When(state: SessionViewState, session: Session, model: SessionModel) {
    val (words, dates) = LocalWords.current to LocalDates.current
    val line = session.line
    Sheet {
        val day = line.agreed?.let(dates::dayAndTime) ?: line.day?.let(dates::day) ?: words("common.no_day")
        Quiet(words("session.state_line", "state" to words("session_state.${line.state.name.lowercase()}"), "day" to day))
        line.place?.let { Quiet(it) }
        if (state.mine(Form.BEFORE).isEmpty() && line.state == SessionState.PLANNED) Quiet(words("session.empty"))
        Beside {
            if (line.state != SessionState.HELD) SideButton(words("session.held"), { model.state(SessionState.HELD) })
            if (line.state == SessionState.PLANNED) QuietButton(words("session.missed"), { model.state(SessionState.MISSED) })
            if (line.state == SessionState.PLANNED) QuietButton(words("session.cancelled"), { model.state(SessionState.CANCELLED) })
            if (line.state != SessionState.PLANNED) QuietButton(words("session.planned"), { model.state(SessionState.PLANNED) })
        }
    }
}
