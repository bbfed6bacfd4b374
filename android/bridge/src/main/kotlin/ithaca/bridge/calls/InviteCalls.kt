package ithaca.bridge

/** Invitations, with which a pair begins. */
interface InviteCalls {
    suspend fun invite(): Invite
    suspend fun answerInvite(text: String, relay: String? = null): Invite
    suspend fun invites(): List<Invite>
    suspend fun approveAnswer(invite: InviteId, person: PersonId): SpaceId
    suspend fun withdrawInvite(invite: InviteId)
}
