package ithaca.ui.recovery_words

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.ExperimentalLayoutApi
import androidx.compose.foundation.layout.FlowRow
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.lazy.LazyListScope
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.unit.dp
import ithaca.bridge.NewWords
import ithaca.bridge.WordsCheck
import ithaca.ui.parts.Field
import ithaca.ui.parts.Heading
import ithaca.ui.parts.MainButton
import ithaca.ui.parts.Page
import ithaca.ui.parts.Quiet
import ithaca.ui.parts.QuietButton
import ithaca.ui.parts.Sentence
import ithaca.ui.parts.Sheet
import ithaca.ui.parts.SideButton
import ithaca.ui.parts.Tone
import ithaca.ui.words.LocalWords
import ithaca.ui.words.Words

@Composable
fun RecoveryWordsScreen(model: RecoveryWordsModel, back: (() -> Unit)?) {
    val state by model.state.collectAsState()
    val words = LocalWords.current
    Page(words("recovery_words.title"), model, back) {
        val (status, shown) = state.status to state.shown
        if (state.offline) item { Quiet(words("recovery_words.offline")) }
        when {
            shown != null -> item { Paper(shown, model::written) }
            status == null -> {}
            !status.made -> {
                item { Sentence(words("recovery_words.none")) }
                item { MainButton(words("recovery_words.make"), { model.make() }) }
            }
            else -> {
                item { Sentence(words("recovery_words.made")) }
                if (status.waitsFor > 0) item { Sentence(words.n("recovery_words.waits", status.waitsFor)) }
                status.asksConsent?.let { device -> item { Consent(words("recovery_words.asks", "device" to device), model) } }
                check(state, model, words)
                item { Renew(state, model) }
            }
        }
    }
}

private fun LazyListScope.check(state: RecoveryWordsState, model: RecoveryWordsModel, words: Words) {
    item { Heading(words("recovery_words.check")) }
    item { Quiet(words("recovery_words.check_about")) }
    item { Field(words("recovery_words.label"), state.typed, model::typed, lines = 3, plain = true) }
    item { SideButton(words("recovery_words.check"), { model.check() }, enabled = state.typed.isNotBlank()) }
    state.checked?.let { item { Sentence(words("recovery_words.${it.key()}"), strong = true) } }
}

private fun WordsCheck.key() = name.lowercase()

@OptIn(ExperimentalLayoutApi::class)
@Composable
private fun Paper(shown: NewWords, written: () -> Unit) {
    val words = LocalWords.current
    Column(verticalArrangement = Arrangement.spacedBy(12.dp)) {
        Sentence(words("recovery_words.once"))
        Sheet {
            FlowRow(horizontalArrangement = Arrangement.spacedBy(16.dp), verticalArrangement = Arrangement.spacedBy(4.dp)) {
                shown.words.split(' ').forEachIndexed { i, word -> Sentence("${i + 1}\u2007$word", strong = true) }
            }
        }
        Sentence(shown.relay?.let { words("recovery_words.relay", "relay" to it) } ?: words("recovery_words.no_relay"))
        if (shown.waitsFor > 0) Sentence(words.n("recovery_words.waits", shown.waitsFor))
        MainButton(words("recovery_words.written"), written, Modifier.fillMaxWidth())
    }
}

@Composable
private fun Consent(asks: String, model: RecoveryWordsModel) = Sheet(tone = Tone.DIFFER) {
    Sentence(asks)
    SideButton(LocalWords.current("recovery_words.agree"), { model.agree() })
}

@Composable
private fun Renew(state: RecoveryWordsState, model: RecoveryWordsModel) {
    val words = LocalWords.current
    if (!state.renewing) return QuietButton(words("recovery_words.new"), model::renew)
    Column(verticalArrangement = Arrangement.spacedBy(8.dp)) {
        Field(words("recovery_words.old"), state.old, model::old, lines = 3, plain = true)
        SideButton(words("recovery_words.new"), { model.make() })
    }
}
