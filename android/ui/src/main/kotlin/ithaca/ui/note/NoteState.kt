package ithaca.ui.note

import ithaca.bridge.Card
import ithaca.bridge.Note

data class NoteState(
    val note: Note? = null,
    val cards: List<Card> = emptyList(),
    /** Whose phone it goes to; null for a private note. */
    val other: String? = null,
    /** Typed and not kept yet; null where the field shows what is kept. */
    val title: String? = null,
    val tag: String = "",
    val asked: Boolean = false,
    val offline: Boolean = false,
)
