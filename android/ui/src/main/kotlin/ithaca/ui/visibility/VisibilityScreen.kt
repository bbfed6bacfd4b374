package ithaca.ui.visibility

import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import ithaca.ui.parts.Heading
import ithaca.ui.parts.Page
import ithaca.ui.parts.Sentence
import ithaca.ui.parts.Sheet
import ithaca.ui.words.LocalWords

@Composable
fun VisibilityScreen(model: VisibilityModel, back: (() -> Unit)?) {
    val state by model.state.collectAsState()
    val words = LocalWords.current
    Page(words("visibility.title"), model, back) {
        val seen = state.seen ?: return@Page
        item { Group(words("visibility.you"), listOf(words.n("visibility.you_notes", seen.privateNotes), words.n("visibility.you_devices", seen.ownDevices))) }
        item {
            val names = seen.readers.joinToString(", ") { if (it.me) words("common.you") else it.name }
            val shared = if (seen.shared == 0) words("visibility.empty") else words.n("visibility.two_shared", seen.shared)
            Group(words("visibility.two"), listOf(shared, words("visibility.two_readers", "names" to names)))
        }
        item {
            val relays = seen.relays.map { words("visibility.relay_sees", "relay" to it) }
            Group(words("visibility.relay"), relays.ifEmpty { listOf(words("visibility.relay_none")) })
        }
        item { Group(words("visibility.programme"), listOf(words("visibility.programme_none"))) }
    }
}

@Composable
private fun Group(title: String, lines: List<String>) = Sheet {
    Heading(title)
    for (line in lines) Sentence(line)
}
