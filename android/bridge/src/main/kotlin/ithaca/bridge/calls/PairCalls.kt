package ithaca.bridge

import java.time.LocalDate

/** What this person and one other have with each other, and what both decide about it. */
interface PairCalls {
    suspend fun pairs(): List<PairLine>
    suspend fun home(space: SpaceId, today: LocalDate): Home
    suspend fun upcoming(today: LocalDate, until: LocalDate): List<Upcoming>
    suspend fun relationship(space: SpaceId): Relationship
    suspend fun personalSpace(): SpaceId
    suspend fun editPair(space: SpaceId, edits: List<PairEdit>)
    suspend fun compared(space: SpaceId, how: Compared)
    suspend fun proposeStage(space: SpaceId, stage: Stage)
    suspend fun agreeToStage(space: SpaceId)
    suspend fun pausePair(space: SpaceId, reason: String? = null)
    suspend fun resumePair(space: SpaceId, reason: String? = null)
    suspend fun endPair(space: SpaceId, reason: String? = null)
    suspend fun leavePair(space: SpaceId)
    suspend fun block(space: SpaceId, on: Boolean)

    /** The other is told how far this person read, or not any more. */
    suspend fun tellWhatIsRead(space: SpaceId, on: Boolean)

    /** Keeps the pair at these relays. One falls away only when every device has heard of another: [IthacaFault.Refused] before. */
    suspend fun keepAt(space: SpaceId, relays: List<String>)
    suspend fun rescueFile(space: SpaceId): ByteArray
}
