package ithaca.ui.notes

import ithaca.bridge.Change
import ithaca.bridge.Client
import ithaca.bridge.NoteEdit
import ithaca.bridge.NoteFilter
import ithaca.bridge.NoteId
import ithaca.bridge.NoteLine
import ithaca.bridge.SpaceId
import ithaca.ui.parts.Model
import kotlinx.coroutines.CoroutineScope

/** The notes of a pair with one's private ones among them; without [pair], the private ones alone. */
class NotesModel(
    private val client: Client,
    val pair: SpaceId?,
    scope: CoroutineScope,
    private val onOpen: (SpaceId, NoteId) -> Unit,
) : Model<NotesState>(scope, NotesState()) {
    private var limit = PAGE

    init {
        reading(client, { it is Change.Content }) { read() }
    }

    private suspend fun read() {
        val space = pair ?: client.personalSpace()
        fun filter(tag: String?) = NoteFilter(space, withPrivate = pair != null && !now.bin, tag = tag, bin = now.bin)
        val page = client.notes(filter(now.tag), 0, limit)
        val tags = if (now.tag == null) page.lines.flatMap { it.tags }.distinctBy { it.lowercase() }.sorted() else now.tags
        show { it.copy(loaded = true, lines = page.lines, more = page.more, tags = tags) }
    }

    fun tag(tag: String?) {
        show { it.copy(tag = tag) }
        doing { read() }
    }

    fun bin(on: Boolean) {
        show { it.copy(bin = on, tag = null, erasing = null, lines = emptyList()) }
        doing { read() }
    }

    fun more() {
        limit += PAGE
        doing { read() }
    }

    fun begin(title: String, private: Boolean = pair == null) = doing {
        if (private) {
            onOpen(client.personalSpace(), client.newPrivateNote(pair, title))
        } else {
            val space = checkNotNull(pair)
            onOpen(space, client.newNote(space, title))
        }
    }

    fun restore(line: NoteLine) = doing { client.editNote(line.space, line.id, listOf(NoteEdit.Restore)) }

    /** Says first whose phones have not answered. */
    fun askForGood(line: NoteLine) = doing {
        val without = client.notHolding(line.space, line.id).map { it.name }
        show { it.copy(erasing = Erasing(line, without)) }
    }

    fun keep() = show { it.copy(erasing = null) }

    fun deleteForGood() = doing {
        val line = now.erasing?.line ?: return@doing
        client.deleteForGood(line.space, line.id)
        keep()
    }

    private companion object {
        const val PAGE = 50
    }
}
