package ithaca.ui.notes

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.lazy.LazyListScope
import androidx.compose.foundation.lazy.items
import androidx.compose.material.icons.Icons
import androidx.compose.material.icons.filled.Info
import androidx.compose.material.icons.filled.Lock
import androidx.compose.material3.Icon
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.unit.dp
import ithaca.bridge.NoteLine
import ithaca.ui.parts.Beside
import ithaca.ui.parts.Chip
import ithaca.ui.parts.DangerButton
import ithaca.ui.parts.Empty
import ithaca.ui.parts.Fine
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
import ithaca.ui.parts.firstWords
import ithaca.ui.theme.LocalColours
import ithaca.ui.words.LocalDates
import ithaca.ui.words.LocalWords
import ithaca.ui.words.Words

/** So many letters of a note stand in a list. */
private const val BEGINNING = 90

@Composable
fun NotesScreen(model: NotesModel, go: (Place) -> Unit, back: (() -> Unit)?) {
    val state by model.state.collectAsState()
    val words = LocalWords.current
    Page(words(if (model.pair == null) "pairs.private" else "notes.title"), model, back) {
        if (!state.loaded) return@Page
        item { Filters(state, model) }
        if (state.bin) item { Quiet(words(if (state.lines.isEmpty()) "common.bin_empty" else "notes.bin_about")) }
        if (state.lines.isEmpty() && !state.bin) {
            item { Empty(words("notes.empty"), words("notes.empty_example")) { model.begin(words("notes.empty_example")) } }
        }
        state.erasing?.let { item { ForGood(it, model) } }
        items(state.lines, key = { it.space.text + it.id.text }) { line ->
            NoteSheet(line, if (state.bin) null else ({ go(Place(Screen.NOTE, line.space, line.id.text)) })) {
                if (state.bin) Beside {
                    SideButton(words("common.restore"), { model.restore(line) })
                    QuietButton(words("notes.for_good"), { model.askForGood(line) })
                }
            }
        }
        if (state.more) item { QuietButton(words("notes.more"), { model.more() }) }
        if (!state.bin) begin(model, words)
    }
}

private fun LazyListScope.begin(model: NotesModel, words: Words) = item {
    Beside {
        if (model.pair != null) MainButton(words("notes.new"), { model.begin("") })
        SideButton(words("notes.new_private"), { model.begin("", private = true) })
    }
}

@Composable
private fun Filters(state: NotesState, model: NotesModel) {
    val words = LocalWords.current
    Beside {
        for (tag in state.tags) Chip(tag, state.tag == tag, { on -> model.tag(tag.takeIf { on }) }, role = Role.RadioButton)
        Chip(words("notes.bin"), state.bin, model::bin)
    }
}

@Composable
private fun NoteSheet(line: NoteLine, open: (() -> Unit)?, deeds: @Composable () -> Unit) {
    val (words, dates, colours) = Triple(LocalWords.current, LocalDates.current, LocalColours.current)
    Sheet(onClick = open) {
        Sentence(line.title.ifBlank { words("notes.untitled") }, strong = true)
        if (line.beginning.isNotBlank()) Quiet(line.beginning.firstWords(BEGINNING))
        val who = line.editedBy
        if (who != null) {
            val at = dates.ago(line.editedAt)
            Fine(if (who.me) words("notes.edited_you", "when" to at) else words("notes.edited", "name" to who.name, "when" to at))
        }
        if (line.private) Mark(Icons.Filled.Lock, words("notes.private"), colours.secondaryInk)
        if (line.differs) Mark(Icons.Filled.Info, words("notes.differs"), colours.differ)
        if (line.tags.isNotEmpty()) Fine(line.tags.joinToString(" · "))
        deeds()
    }
}

@Composable
private fun Mark(icon: ImageVector, text: String, tint: Color) {
    Row(verticalAlignment = Alignment.CenterVertically, horizontalArrangement = Arrangement.spacedBy(6.dp)) {
        Icon(icon, null, tint = tint)
        Fine(text)
    }
}

@Composable
private fun ForGood(erasing: Erasing, model: NotesModel) {
    val words = LocalWords.current
    Sheet(tone = Tone.DANGER) {
        Sentence(erasing.line.title.ifBlank { words("notes.untitled") }, strong = true)
        val names = erasing.notAnswered.joinToString(", ")
        Sentence(if (names.isEmpty()) words("notes.for_good_all") else words("notes.for_good_about", "name" to names))
        Beside {
            DangerButton(words("notes.for_good"), { model.deleteForGood() })
            QuietButton(words("common.cancel"), { model.keep() })
        }
    }
}
