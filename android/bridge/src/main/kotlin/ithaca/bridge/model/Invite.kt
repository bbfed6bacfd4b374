/** An invitation, with which a pair begins, and who answered it. */
package ithaca.bridge

import java.time.Instant

data class Answered(val person: PersonId, val name: String, val safetyNumber: String, val spoken: Boolean)

enum class InviteState { OPEN, ANSWERED, APPROVED, CLOSED, LAPSED }

data class Invite(
    val id: InviteId,
    val mine: Boolean,
    val state: InviteState,
    val link: String?,
    val words: String?,
    val relay: String,
    val expires: Instant,
    val answers: List<Answered>,
    val space: SpaceId?,
)
