package ithaca.ui.notes

import ithaca.bridge.NoteLine

data class NotesState(
    val loaded: Boolean = false,
    val lines: List<NoteLine> = emptyList(),
    val more: Boolean = false,
    val tag: String? = null,
    val tags: List<String> = emptyList(),
    val bin: Boolean = false,
    val erasing: Erasing? = null,
)

/** A note that somebody wants to be gone for good, and whose phones have not said that they hold the deletion. */
data class Erasing(val line: NoteLine, val notAnswered: List<String>)
