package ithaca.ui.pair_state

import androidx.compose.foundation.lazy.LazyListScope
import androidx.compose.foundation.lazy.items
import ithaca.bridge.PairLine
import ithaca.bridge.PairState
import ithaca.ui.parts.Field
import ithaca.ui.parts.Heading
import ithaca.ui.parts.Quiet
import ithaca.ui.parts.QuietButton
import ithaca.ui.parts.Sentence
import ithaca.ui.parts.Sheet
import ithaca.ui.parts.SideButton
import ithaca.ui.parts.Tone
import ithaca.ui.words.Words

/** Whether something can still be decided about it. */
private val PairState.takesWords: Boolean get() = this == PairState.RUNNING || this == PairState.PAUSED || this == PairState.ENDED

/** Whether the other is told what was read: nobody is, unless a person says so. */
internal fun LazyListScope.receipts(pair: PairLine, model: PairStateModel, words: Words) {
    if (!pair.state.takesWords) return
    val name = "name" to pair.other.name
    item { Heading(words("pair_state.receipts")) }
    item { Sentence(words(if (pair.receipts) "pair_state.receipts_on" else "pair_state.receipts_off", name)) }
    item { QuietButton(words(if (pair.receipts) "pair_state.receipts_stop" else "pair_state.receipts_tell", name), { model.tellWhatIsRead(!pair.receipts) }) }
}

/** At which relays the pair is kept. To move it one is added, and the old one taken away when everybody knows where else to look. */
internal fun LazyListScope.kept(pair: PairLine, state: PairStateState, model: PairStateModel, words: Words) {
    item { Heading(words("pair_state.kept")) }
    if (pair.relays.isEmpty()) item { Quiet(words("pair_state.kept_nowhere")) }
    items(pair.relays, key = { "relay-$it" }) { relay ->
        Sheet {
            Sentence(relay)
            if (pair.relays.size > 1 && pair.state.takesWords) QuietButton(words("pair_state.keep_no_longer", "relay" to relay), { model.keepNoLonger(relay) })
        }
    }
    state.needed?.let { item { Sheet(tone = Tone.CHOSEN) { Sentence(words("pair_state.keep_needed", "relay" to it)) } } }
    if (!pair.state.takesWords) return
    item { Quiet(words("pair_state.kept_about")) }
    item { Field(words("pair_state.relay"), state.relay, model::relay, plain = true, like = words("pair_state.relay_example")) }
    if (state.relay.isNotBlank()) item { SideButton(words("pair_state.keep_too"), { model.keepToo() }) }
}
