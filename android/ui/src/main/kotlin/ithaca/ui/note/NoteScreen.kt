package ithaca.ui.note

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.lazy.LazyListScope
import androidx.compose.foundation.text.BasicTextField
import androidx.compose.foundation.text.KeyboardOptions
import androidx.compose.material3.MaterialTheme
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.SolidColor
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.input.KeyboardCapitalization
import androidx.compose.ui.unit.dp
import ithaca.bridge.Note
import ithaca.bridge.SpaceId
import ithaca.bridge.Where
import ithaca.bridge.Wording
import ithaca.ui.cards.DifferSheet
import ithaca.ui.parts.Beside
import ithaca.ui.parts.Fine
import ithaca.ui.parts.Page
import ithaca.ui.parts.Place
import ithaca.ui.parts.Quiet
import ithaca.ui.parts.QuietButton
import ithaca.ui.parts.Reveal
import ithaca.ui.parts.Screen
import ithaca.ui.parts.Sentence
import ithaca.ui.parts.Sheet
import ithaca.ui.parts.SideButton
import ithaca.ui.parts.Tone
import ithaca.ui.theme.LocalColours
import ithaca.ui.typing.LiveField
import ithaca.ui.typing.UndoRow
import ithaca.ui.words.LocalWords
import ithaca.ui.words.Words

@Composable
fun NoteScreen(model: NoteModel, space: SpaceId, go: (Place) -> Unit, back: (() -> Unit)?) {
    val state by model.state.collectAsState()
    val words = LocalWords.current
    Page("", model, back) {
        val note = state.note ?: return@Page
        if (!note.alive) item { Sheet { Sentence(words("note.binned")); SideButton(words("common.restore"), { model.restore() }) } }
        if (note.kept) item { Quiet(words("note.kept", "name" to (note.editedBy?.name ?: words("history.somebody")))) }
        for (card in state.cards.take(1)) item(key = card.id.text) { DifferSheet(card, { model.keep(card, it) }, { go(Place(Screen.CARDS, space)) }) }
        item(key = "title") { TitleField(state.title ?: note.title, model) }
        choices(note, model, words)
        item(key = "body") {
            Column(verticalArrangement = Arrangement.spacedBy(4.dp)) {
                if (model.body.readOnly) return@Column Sentence(note.body.words)
                LiveField(model.body, words("note.body_name"), words("note.body"), minHeight = 160, readOnly = !note.alive, tellsKeeping = true)
                UndoRow(model.body)
                if (model.body.opened && model.body.field.text.isEmpty() && note.alive) {
                    QuietButton(words("common.example", "words" to words("note.body_example")), { model.body.begin(words("note.body_example")) })
                }
            }
        }
        item(key = "where") { Fine(words.whereabouts(note, state.other)) }
        item(key = "asked") { Asked(note, state, model) { go(Place(Screen.HISTORY, space, note.id.text)) } }
    }
}

@Composable
private fun TitleField(title: String, model: NoteModel) {
    val (words, colours) = LocalWords.current to LocalColours.current
    BasicTextField(
        value = title,
        onValueChange = model::title,
        modifier = Modifier.fillMaxWidth().semantics { contentDescription = words("note.title") }.testTag("title"),
        textStyle = MaterialTheme.typography.titleLarge.copy(color = colours.ink),
        cursorBrush = SolidColor(colours.harbour),
        keyboardOptions = KeyboardOptions(capitalization = KeyboardCapitalization.Sentences),
        singleLine = false,
        decorationBox = { inner ->
            if (title.isEmpty()) Quiet(words("note.title"))
            inner()
        },
    )
}

private fun LazyListScope.choices(note: Note, model: NoteModel, words: Words) {
    if (note.body.choices.isEmpty()) return
    item(key = "choices") {
        Sheet(tone = Tone.DIFFER) {
            Sentence(words("note.choices"))
            for (wordings in note.body.choices) Beside { for (wording in wordings) SideButton(words.wording(wording), { model.choose(wording) }) }
        }
    }
}

private fun Words.wording(of: Wording): String {
    val who = of.by.joinToString(", ") { if (it.me) invoke("common.you") else it.name }
    return invoke("note.choice", "words" to of.words, "name" to who)
}

internal fun Words.whereabouts(note: Note, other: String?): String = when {
    note.private || other == null -> invoke("note.at_private")
    note.at == Where.HERE -> invoke("note.at_here")
    note.at == Where.RELAY -> invoke("note.at_relay")
    else -> invoke("note.at_other", "name" to other)
}

@Composable
private fun Asked(note: Note, state: NoteState, model: NoteModel, history: () -> Unit) {
    val words = LocalWords.current
    Column(verticalArrangement = Arrangement.spacedBy(8.dp)) {
        if (note.tags.isNotEmpty()) {
            Beside { for (tag in note.tags) SideButton(tag, { model.removeTag(tag) }, Modifier.semantics { contentDescription = words("note.tag_remove", "tag" to tag) }) }
        }
        Reveal(words("common.more"), state.asked, { model.ask(!state.asked) }) {
            TagField(state.tag, model)
            QuietButton(words("note.history"), history)
            if (note.alive) QuietButton(words("common.delete"), { model.delete() })
        }
    }
}
