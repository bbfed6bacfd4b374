package ithaca.bridge

/** Messages, and how far they were read. */
interface MessageCalls {
    suspend fun messages(space: SpaceId, before: ULong? = null, limit: Int = 50): Messages
    suspend fun say(space: SpaceId, text: String, reply: MessageId? = null): MessageId
    suspend fun reword(space: SpaceId, message: MessageId, text: String)
    suspend fun withdrawMessage(space: SpaceId, message: MessageId)
    suspend fun react(space: SpaceId, message: MessageId, emoji: String, on: Boolean)

    /** This person read up to a message; the other is told where that is wanted. */
    suspend fun readTo(space: SpaceId, message: MessageId)
}
