package ithaca.ui.pair_home

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.lazy.LazyListScope
import androidx.compose.material.icons.Icons
import androidx.compose.material.icons.filled.Info
import androidx.compose.material3.Icon
import androidx.compose.material3.IconButton
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.LocalDensity
import androidx.compose.ui.unit.dp
import ithaca.bridge.Home
import ithaca.bridge.PairState
import ithaca.bridge.SpaceId
import ithaca.ui.cards.DifferSheet
import ithaca.ui.parts.Beside
import ithaca.ui.parts.Fine
import ithaca.ui.parts.Page
import ithaca.ui.parts.Place
import ithaca.ui.parts.Quiet
import ithaca.ui.parts.QuietButton
import ithaca.ui.parts.Screen
import ithaca.ui.parts.Sentence
import ithaca.ui.parts.Sheet
import ithaca.ui.parts.SideButton
import ithaca.ui.parts.Stacked
import ithaca.ui.parts.Tone
import ithaca.ui.theme.LocalColours
import ithaca.ui.words.LocalDates
import ithaca.ui.words.LocalWords
import ithaca.ui.words.Words
import ithaca.ui.words.kind

@Composable
fun PairHomeScreen(model: PairHomeModel, space: SpaceId, go: (Place) -> Unit, back: (() -> Unit)?) {
    val state by model.state.collectAsState()
    val (words, dates) = LocalWords.current to LocalDates.current
    val home = state.home
    Page(
        home?.pair?.other?.name.orEmpty(), model, back,
        actions = {
            IconButton({ go(Place(Screen.PAIR_STATE, space)) }) { Icon(Icons.Filled.Info, words("pair_home.about"), tint = LocalColours.current.ink) }
        },
    ) {
        if (home == null) return@Page
        item { Quiet(words("pair_home.line", "kind" to words.kind(home.kind), "stage" to words("stage.${home.pair.stage.name.lowercase()}"))) }
        standing(home, state, model, words)
        differing(home, state, model, space, words, go)
        item { Rooms(space, go) }
        item { NextSession(home, { session -> go(Place(Screen.SESSION, space, session.text)) }) { model.plan(words("pair_home.next"), it) } }
        promised(home, model, words)
        goals(home, space, words, go)
        latest(home, space, model, words, go)
        item { Fine(words.foot(home.foot, dates)) }
    }
}

private fun LazyListScope.standing(home: Home, state: PairHomeState, model: PairHomeModel, words: Words) {
    val name = home.pair.other.name
    if (home.pair.state != PairState.RUNNING) {
        item { Sheet { Sentence(words("pair_state.${home.pair.state.name.lowercase()}_now", *names(home.pair.state, name))) } }
    }
    if (home.pair.mustCompare) item { Sheet { Sentence(words("pair_home.must_compare", "name" to name)) } }
    state.theirProposal?.let { proposal ->
        item {
            Sheet(tone = Tone.CHOSEN) {
                val stage = words("stage.${proposal.stage.name.lowercase()}")
                Sentence(words("pair_home.proposed", "name" to name, "stage" to stage))
                SideButton(words("pair_state.agree", "stage" to stage), { model.agree() })
            }
        }
    }
    state.myProposal?.let { item { Quiet(words("pair_home.proposed_you", "stage" to words("stage.${it.stage.name.lowercase()}"), "name" to name)) } }
}

/** Only these sentences name the other. */
internal fun names(state: PairState, name: String): Array<Pair<String, Any>> =
    if (state == PairState.OTHER_LEFT || state == PairState.BLOCKED) arrayOf("name" to name) else emptyArray()

private fun LazyListScope.differing(home: Home, state: PairHomeState, model: PairHomeModel, space: SpaceId, words: Words, go: (Place) -> Unit) {
    state.talked?.let { item { Quiet(words("cards.talked", "title" to it)) } }
    val first = home.cards.firstOrNull() ?: return
    item(key = "card") { DifferSheet(first, { model.keep(first, it) }, { model.talk(it, words("pair_home.next")) }) }
    val others = home.cards.size - 1
    if (others > 0) item { QuietButton(words.n("pair_home.cards_more", others), { go(Place(Screen.CARDS, space)) }) }
}

private val ROOMS = listOf(Screen.NOTES, Screen.GOALS, Screen.SESSIONS, Screen.MESSAGES)

/** Two by two, while their names fit into half the width. */
@Composable
private fun Rooms(space: SpaceId, go: (Place) -> Unit) {
    val words = LocalWords.current
    val large = LocalDensity.current.fontScale > LARGE_TEXT
    if (large) return Beside { for (room in ROOMS) SideButton(words("pair_home.${room.id}"), { go(Place(room, space)) }) }
    Stacked {
        for (pair in ROOMS.chunked(2)) {
            Row(horizontalArrangement = Arrangement.spacedBy(8.dp)) {
                for (room in pair) SideButton(words("pair_home.${room.id}"), { go(Place(room, space)) }, Modifier.weight(1f))
            }
        }
    }
}

private const val LARGE_TEXT = 1.3f
