package ithaca.ui.sync

import androidx.compose.foundation.lazy.LazyListScope
import androidx.compose.foundation.lazy.items
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import ithaca.bridge.PairLine
import ithaca.bridge.Relay
import ithaca.bridge.SpaceStatus
import ithaca.ui.parts.Empty
import ithaca.ui.parts.Fine
import ithaca.ui.parts.Heading
import ithaca.ui.parts.ListLine
import ithaca.ui.parts.MainButton
import ithaca.ui.parts.Page
import ithaca.ui.parts.Place
import ithaca.ui.parts.Quiet
import ithaca.ui.parts.QuietButton
import ithaca.ui.parts.Screen
import ithaca.ui.parts.Sentence
import ithaca.ui.parts.Sheet
import ithaca.ui.words.LocalDates
import ithaca.ui.words.LocalWords
import ithaca.ui.words.Words

@Composable
fun SyncScreen(model: SyncModel, go: (Place) -> Unit, back: (() -> Unit)?) {
    val state by model.state.collectAsState()
    val words = LocalWords.current
    Page(words("sync.title"), model, back) {
        if (state.status == null) return@Page
        item { Now(state, model) }
        if (state.trouble) item { Sheet { Sentence(words("sync.trouble")) } }
        item {
            Sheet {
                Heading(words("sync.this"))
                Sentence(if (state.waitingHere == 0L) words("sync.this_all") else words.n("sync.this_waits", state.waitingHere))
            }
        }
        item { RelaySheet(state) }
        if (state.lines.isEmpty()) item { Empty(words("sync.empty"), words("sync.empty_example")) { go(Place(Screen.NEW_PAIR)) } }
        items(state.lines, key = { it.first.space.text }) { (pair, status) -> OtherSheet(pair, status) }
        ways(words, go)
    }
}

@Composable
private fun Now(state: SyncState, model: SyncModel) {
    val (words, dates) = LocalWords.current to LocalDates.current
    Sheet {
        Quiet(state.last?.let { words("sync.last", "when" to dates.ago(it.at)) } ?: words("sync.never"))
        if (!state.online) Sentence(words("sync.offline"))
        if (state.running) {
            Sentence(words("sync.running"))
            QuietButton(words("sync.stop"), { model.stop() })
        } else {
            MainButton(words("sync.now"), model::sync)
        }
    }
}

@Composable
private fun RelaySheet(state: SyncState) {
    val words = LocalWords.current
    val waiting = state.lines.filter { it.second.foot.onRelay > 0 }
    Sheet {
        Heading(words("sync.relay"))
        state.relay?.let { Quiet(it) }
        for (relay in state.status?.relays.orEmpty()) if (relay.trouble != null && state.online) Sentence(words.trouble(relay))
        when {
            state.relay == null && state.status?.relays.orEmpty().isEmpty() -> Sentence(words("sync.relay_none"))
            waiting.isEmpty() -> Sentence(words("sync.relay_all"))
            else -> for ((pair, status) in waiting) Sentence(words.n("sync.relay_waits", status.foot.onRelay, "name" to pair.other.name))
        }
    }
}

@Composable
private fun Words.trouble(relay: Relay): String {
    val again = relay.again ?: return invoke("sync.relay_quiet", "relay" to relay.origin)
    return invoke("sync.relay_again", "relay" to relay.origin, "time" to LocalDates.current.time(again))
}

@Composable
private fun OtherSheet(pair: PairLine, status: SpaceStatus) {
    val (words, dates) = LocalWords.current to LocalDates.current
    val (heard, since) = status.foot.heardAt to status.foot.unconfirmedSince
    Sheet {
        Heading(words("sync.other", "name" to pair.other.name))
        Sentence(heard?.let { words("sync.other_heard", "when" to dates.ago(it)) } ?: words("sync.other_never"))
        if (since != null) Quiet(words("sync.other_since", "day" to dates.plain(since)))
        if (status.knownMissing > 0) Quiet(words.n("sync.missing", status.knownMissing))
        if (status.setAside + status.unknownAuthor > 0) Quiet(words.n("sync.aside", status.setAside + status.unknownAuthor))
        Sentence(words("sync.code", "code" to status.stateCode.chunked(4).joinToString(" ")), strong = true)
        Quiet(words("sync.code_words", "words" to status.stateWords))
        Fine(words("sync.code_about"))
    }
}

/** Near each other and by file stand beside the relay, as equals. */
private fun LazyListScope.ways(words: Words, go: (Place) -> Unit) {
    item { ListLine(words("sync.by_relay"), words("settings.relay_sees"), { go(Place(Screen.SETTINGS)) }) }
    item { ListLine(words("sync.by_file"), words("sync.by_file_about"), { go(Place(Screen.SETTINGS)) }) }
    item { Sheet { Sentence(words("sync.nearby")); Quiet(words("sync.nearby_not")) } }
}
