package ithaca.bridge

/** Typing in a text, wherever it stands. */
interface TextCalls {
    suspend fun openText(space: SpaceId, place: TextPlace): OpenText
    suspend fun typeIn(session: TextSessionId, input: TextInput): TextState
    suspend fun refreshText(session: TextSessionId, seen: ULong): TextState
    suspend fun undoText(session: TextSessionId, seen: ULong): TextState
    suspend fun redoText(session: TextSessionId, seen: ULong): TextState
    suspend fun closeText(session: TextSessionId)
    suspend fun widenedInput(session: TextSessionId, input: TextInput): TextInput
    suspend fun chooseWords(space: SpaceId, place: TextPlace, run: String)
}
