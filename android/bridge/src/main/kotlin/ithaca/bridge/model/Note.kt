/** A note: in a list, and in full. */
package ithaca.bridge

import java.time.Instant
import java.time.LocalDate

data class NoteFilter(val space: SpaceId? = null, val withPrivate: Boolean = false, val tag: String? = null, val bin: Boolean = false)

data class NoteLine(
    val space: SpaceId,
    val id: NoteId,
    val title: String,
    val beginning: String,
    val date: LocalDate?,
    val tags: List<String>,
    val private: Boolean,
    val differs: Boolean,
    val editedBy: Who?,
    val editedAt: Instant,
)

data class Page<T>(val lines: List<T>, val more: Boolean)

enum class Where { HERE, RELAY, OTHER }

data class Note(
    val space: SpaceId,
    val id: NoteId,
    val title: String,
    val date: LocalDate?,
    val place: String?,
    val body: Text,
    val tags: List<String>,
    val functions: List<String>,
    val links: List<String>,
    val private: Boolean,
    val alive: Boolean,
    val kept: Boolean,
    val differs: List<Differ>,
    val editedBy: Who?,
    val editedAt: Instant,
    val at: Where,
)

sealed interface NoteEdit {
    data class Title(val title: String) : NoteEdit
    data class Date(val date: LocalDate?) : NoteEdit
    data class Place(val place: String?) : NoteEdit
    data class Tag(val tag: String, val on: Boolean) : NoteEdit
    data class Function(val function: String, val on: Boolean) : NoteEdit
    data class Link(val link: String, val on: Boolean) : NoteEdit
    data object Delete : NoteEdit
    data object Restore : NoteEdit
}
