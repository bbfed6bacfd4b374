package ithaca.bridge

/** Notes, shared and private. */
interface NoteCalls {
    suspend fun notes(filter: NoteFilter, offset: Int = 0, limit: Int = 50): Page<NoteLine>
    suspend fun note(space: SpaceId, note: NoteId): Note
    suspend fun newNote(space: SpaceId, title: String): NoteId
    suspend fun newPrivateNote(pair: SpaceId?, title: String): NoteId
    suspend fun editNote(space: SpaceId, note: NoteId, edits: List<NoteEdit>)
    suspend fun notHolding(space: SpaceId, note: NoteId): List<Who>
    suspend fun deleteForGood(space: SpaceId, note: NoteId)
    suspend fun placeOf(space: SpaceId, document: String): Where
}
