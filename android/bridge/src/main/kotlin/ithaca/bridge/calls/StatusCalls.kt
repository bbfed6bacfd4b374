package ithaca.bridge

/** What is where, what went wrong, and what others can see. */
interface StatusCalls {
    suspend fun sync(): SyncOutcome
    suspend fun stopWaiting()
    suspend fun status(): Status
    suspend fun foot(space: SpaceId): Foot
    suspend fun notices(): List<Notice>
    suspend fun dismiss(notice: Long)
    suspend fun doctor(): List<Finding>
    suspend fun visibility(space: SpaceId): Visibility
}
