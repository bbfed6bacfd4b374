/** Typing into a text that others type into as well: what is sent of one's own, what comes back of theirs. Offsets count UTF-16 units. */
package ithaca.bridge

@JvmInline value class TextSessionId(val no: ULong)

/** Half open. */
data class TextRange(val start: Int, val end: Int)

data class TextInput(val generation: ULong, val replace: TextRange, val text: String, val selection: TextRange, val composing: TextRange?)

data class TextSplice(val start: Int, val end: Int, val text: String)

data class FreshWords(val range: TextRange, val by: Who, val sinceMs: Long)

/** [text] is whole on opening alone; else [splices], one after the other, turn what the field showed into what it has to show. */
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

interface Typing {
    suspend fun openText(space: SpaceId, place: TextPlace): OpenText
    suspend fun typeIn(session: TextSessionId, input: TextInput): TextState
    suspend fun refreshText(session: TextSessionId, seen: ULong): TextState
    suspend fun undoText(session: TextSessionId, seen: ULong): TextState
    suspend fun redoText(session: TextSessionId, seen: ULong): TextState
    suspend fun closeText(session: TextSessionId)
    suspend fun widenedInput(session: TextSessionId, input: TextInput): TextInput
}
