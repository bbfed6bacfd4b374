package ithaca.ui.messages

import androidx.compose.foundation.background
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.lazy.items
import androidx.compose.foundation.lazy.rememberLazyListState
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.clearAndSetSemantics
import androidx.compose.ui.unit.dp
import ithaca.ui.parts.Empty
import ithaca.ui.parts.Field
import ithaca.ui.parts.MainButton
import ithaca.ui.parts.Page
import ithaca.ui.parts.Quiet
import ithaca.ui.parts.QuietButton
import ithaca.ui.theme.LocalColours
import ithaca.ui.words.LocalWords

@Composable
fun MessagesScreen(model: MessagesModel, back: (() -> Unit)?) {
    val state by model.state.collectAsState()
    val words = LocalWords.current
    val list = rememberLazyListState()
    val last = state.messages.lastOrNull()?.id
    LaunchedEffect(last) { if (last != null) list.scrollToItem(state.messages.size) }
    Page(state.other.ifEmpty { words("messages.title") }, model, back, list = list, foot = { Writing(state, model) }) {
        if (!state.loaded) return@Page
        if (state.before != null) item { QuietButton(words("messages.earlier"), { model.earlier() }) }
        if (state.messages.isEmpty()) item { Empty(words("messages.empty"), words("messages.empty_example")) { model.say(words("messages.empty_example")) } }
        items(state.messages, key = { it.id.text }) { message -> Bubble(message, state, model) }
    }
}

@Composable
private fun Writing(state: MessagesState, model: MessagesModel) {
    val words = LocalWords.current
    Column(Modifier.fillMaxWidth().background(LocalColours.current.raised).padding(12.dp), verticalArrangement = Arrangement.spacedBy(8.dp)) {
        if (!state.canSay) return@Column Quiet(words("messages.ended"))
        if (state.offline) Quiet(words("note.at_here"))
        state.replyTo?.let { reply ->
            Row(verticalAlignment = Alignment.CenterVertically) {
                Quiet(words("messages.reply_to", "words" to reply.text.orEmpty().take(60)), Modifier.weight(1f))
                QuietButton(words("common.cancel"), { model.replyTo(null) })
            }
        }
        val label = words("messages.write", "name" to state.other)
        Quiet(label, Modifier.clearAndSetSemantics {})
        Row(verticalAlignment = Alignment.Bottom, horizontalArrangement = Arrangement.spacedBy(8.dp)) {
            Column(Modifier.weight(1f)) { Field(label, state.draft, model::draft, labelled = false, onDone = { model.say() }) }
            MainButton(words(if (state.rewording == null) "messages.say" else "common.keep"), { model.say() }, enabled = state.draft.isNotBlank())
        }
        if (state.rewording != null) QuietButton(words("common.cancel"), { model.reword(null) })
    }
}
