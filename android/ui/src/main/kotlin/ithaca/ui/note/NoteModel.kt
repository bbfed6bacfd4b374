package ithaca.ui.note

import ithaca.bridge.Card
import ithaca.bridge.Change
import ithaca.bridge.Client
import ithaca.bridge.NoteEdit
import ithaca.bridge.NoteId
import ithaca.bridge.SpaceId
import ithaca.bridge.TextPlace
import ithaca.bridge.Wording
import ithaca.ui.parts.Draft
import ithaca.ui.parts.Model
import ithaca.ui.typing.TypingModel
import kotlinx.coroutines.CoroutineScope

/** One note: title, text at once; tags, history and the bin when asked. */
class NoteModel(
    private val client: Client,
    private val space: SpaceId,
    private val note: NoteId,
    scope: CoroutineScope,
) : Model<NoteState>(scope, NoteState()) {
    val body = TypingModel(client, space, TextPlace.Note(note), scope)

    init {
        val here = about(space)
        reading(client, { here(it) || it is Change.Engine }) { read() }
    }

    private suspend fun read() {
        val found = client.note(space, note)
        val pair = client.pairs().firstOrNull { it.space == space }
        val cards = if (found.differs.isEmpty()) emptyList() else cardsOf(found.differs.map { it.field }, found.title)
        show { it.copy(note = found, cards = cards, other = pair?.other?.name, offline = !client.state().online) }
    }

    /** The cards of this note's own fields. */
    private suspend fun cardsOf(fields: List<String>, title: String): List<Card> =
        client.cards(space).filter { it.field in fields && (it.title == title || it.field == "title") }

    private val titled = Draft(scope) { title -> if (title.trim() != now.note?.title) client.editNote(space, note, listOf(NoteEdit.Title(title.trim()))) }

    /** Kept at the next pause, and when the screen is left. */
    fun title(words: String) {
        show { it.copy(title = words) }
        titled.type(words)
    }

    fun tag(words: String) = show { it.copy(tag = words) }

    fun addTag() = doing {
        val tag = now.tag.trim().ifEmpty { return@doing }
        client.editNote(space, note, listOf(NoteEdit.Tag(tag, true)))
        show { it.copy(tag = "") }
    }

    fun removeTag(tag: String) = edit(NoteEdit.Tag(tag, false))
    fun ask(on: Boolean) = show { it.copy(asked = on) }
    fun delete() = edit(NoteEdit.Delete)
    fun restore() = edit(NoteEdit.Restore)
    fun keep(card: Card, index: Int) = doing { client.keepValue(card, index) }
    fun choose(wording: Wording) = doing { client.chooseWords(space, TextPlace.Note(note), wording.run) }

    private fun edit(edit: NoteEdit) = doing { client.editNote(space, note, listOf(edit)) }
}
