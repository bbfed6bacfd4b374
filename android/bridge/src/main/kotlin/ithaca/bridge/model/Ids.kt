/** Names of things: opaque, and each of one noun, so that a note's cannot stand where a goal's is meant; and who somebody is. */
package ithaca.bridge

@JvmInline value class SpaceId(val text: String)
@JvmInline value class NoteId(val text: String)
@JvmInline value class GoalId(val text: String)
@JvmInline value class ItemId(val text: String)
@JvmInline value class SessionId(val text: String)
@JvmInline value class MessageId(val text: String)
@JvmInline value class PersonId(val text: String)
@JvmInline value class DeviceId(val text: String)
@JvmInline value class CardId(val text: String)
@JvmInline value class InviteId(val text: String)

data class Who(val person: PersonId, val name: String, val me: Boolean)
