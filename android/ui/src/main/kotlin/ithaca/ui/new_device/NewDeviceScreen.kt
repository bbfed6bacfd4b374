package ithaca.ui.new_device

import androidx.compose.foundation.lazy.LazyListScope
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import ithaca.bridge.NewDeviceCode
import ithaca.bridge.NewDeviceStage
import ithaca.ui.parts.Code
import ithaca.ui.parts.Field
import ithaca.ui.parts.MainButton
import ithaca.ui.parts.Page
import ithaca.ui.parts.Quiet
import ithaca.ui.parts.QuietButton
import ithaca.ui.parts.Sentence
import ithaca.ui.parts.Sheet
import ithaca.ui.words.LocalWords
import ithaca.ui.words.Words

@Composable
fun NewDeviceScreen(model: NewDeviceModel, back: (() -> Unit)?) {
    val state by model.state.collectAsState()
    val words = LocalWords.current
    Page(words("new_device.title"), model, back) {
        val code = state.code
        if (state.offline) item { Quiet(words("new_device.offline")) }
        if (code == null) begin(state, model, words) else shown(code, state.stage, model, words)
    }
}

private fun LazyListScope.begin(state: NewDeviceState, model: NewDeviceModel, words: Words) {
    item { Sentence(words("new_device.about")) }
    item { Field(words("new_device.label"), state.label, model::label, example = words("new_device.label_example")) }
    item { Field(words("new_device.relay"), state.relay, model::relay, plain = true) }
    item { MainButton(words("new_device.begin"), { model.begin() }, enabled = state.label.isNotBlank() && state.relay.isNotBlank()) }
}

private fun LazyListScope.shown(code: NewDeviceCode, stage: NewDeviceStage, model: NewDeviceModel, words: Words) {
    when (stage) {
        NewDeviceStage.Waiting -> {
            item { Sentence(words("new_device.about")) }
            item { Code(code.code, words("new_device.code")) }
            item { Quiet(words("new_device.words")) }
            item { Sheet { Sentence(code.words, strong = true); Quiet(words("new_pair.words_relay", "relay" to code.relay)) } }
            item { Quiet(words("new_device.four")) }
            item { Sheet { Sentence(code.fourWords, strong = true) } }
            item { Quiet(words("new_device.waiting")) }
        }
        is NewDeviceStage.Offered -> {
            item { Sentence(words("new_device.offered", "name" to stage.name), strong = true) }
            item { Sheet { Sentence(words("new_device.offered_words", "words" to stage.words)) } }
            item { MainButton(words("new_device.agree"), { model.agree() }) }
        }
        NewDeviceStage.Agreed -> item { Sentence(words("new_device.agreed")) }
        NewDeviceStage.Ready -> item { Sentence(words("new_device.ready")) }
    }
    if (stage != NewDeviceStage.Ready) item { QuietButton(words("new_device.leave"), { model.leave() }) }
}
