/** Typing: one text open in one field. Offsets are UTF-16 code units. */
package ithaca.bridge

import java.time.Instant

@JvmInline value class TextSessionId(val no: ULong)

/** From the first UTF-16 unit to one past the last. */
data class TextRange(val start: Int, val end: Int)

/** What a keyboard did: [replace] in the text before, [selection] and [composing] in the text after. */
data class TextInput(
    val generation: ULong,
    val replace: TextRange,
    val text: String,
    val selection: TextRange,
    val composing: TextRange? = null,
)

/** One place where the shown text has to change, against the text as the splice before left it. */
data class TextSplice(val start: Int, val end: Int, val text: String)

data class FreshWords(val range: TextRange, val by: Who, val since: Instant)

/** A text as it is to be shown: [text] whole when a session is opened, else [splices] to what the app showed when it called. */
data class TextState(
    val text: String?,
    val splices: List<TextSplice>,
    val selection: TextRange,
    val composing: TextRange?,
    val fresh: List<FreshWords>,
    val canUndo: Boolean,
    val canRedo: Boolean,
    val generation: ULong,
    val unsaved: Boolean,
)

data class OpenText(val session: TextSessionId, val state: TextState)
