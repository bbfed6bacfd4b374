package ithaca.ui.restore

import androidx.compose.foundation.lazy.items
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import ithaca.ui.parts.Field
import ithaca.ui.parts.Heading
import ithaca.ui.parts.MainButton
import ithaca.ui.parts.Page
import ithaca.ui.parts.Quiet
import ithaca.ui.parts.QuietButton
import ithaca.ui.parts.Sentence
import ithaca.ui.parts.Sheet
import ithaca.ui.parts.SideButton
import ithaca.ui.words.LocalWords

@Composable
fun RestoreScreen(model: RestoreModel, back: (() -> Unit)?) {
    val state by model.state.collectAsState()
    val words = LocalWords.current
    Page(words("restore.title"), model, back) {
        item { Sentence(words("restore.about")) }
        item { Field(words("restore.words"), state.words, model::words, lines = 3, plain = true) }
        item { Field(words("restore.relay"), state.relay, model::relay, plain = true, onDone = model::look) }
        item { Quiet(words("restore.rescue")) }
        item { QuietButton(words("common.choose_file"), { model.chooseRescue() }) }
        state.rescue?.let { item { Quiet(words("restore.rescue_chosen", "name" to it.substringAfterLast('/'))) } }
        if (state.offline) item { Quiet(words("restore.offline")) }
        if (state.looking) {
            item { Quiet(words("restore.looking")) }
            item { QuietButton(words("restore.stop"), model::stop) }
        } else {
            item { MainButton(words("restore.look"), model::look, enabled = state.words.isNotBlank() && state.relay.isNotBlank()) }
        }
        val found = state.found ?: return@Page
        if (found.isEmpty()) {
            item { Sentence(words("restore.none")) }
        } else {
            item { Heading(words("restore.choose")) }
            items(found) { choice ->
                Sheet {
                    Sentence(words("restore.four", "words" to choice.fourWords))
                    SideButton(words("restore.finish"), { model.choose(choice.person) })
                }
            }
        }
    }
}
