package ithaca.bridge.fake

import ithaca.bridge.*

/** The fake's invitations: [FakeClient.answer] plays who answers one. */
internal class FakeInvites(private val world: FakeWorld) : InviteCalls {
    override suspend fun invite(): Invite = world.asked {
        val origin = relay ?: throw IthacaFault.Refused("name a relay first: it carries the invitation")
        val made = InviteId(id("invite"))
        keep(Invite(made, true, InviteState.OPEN, "$origin/i#v1.fake", "twelve words", origin, now(), emptyList(), null))
    }

    override suspend fun answerInvite(text: String, relay: String?): Invite = world.asked {
        if ("#v1." !in text && relay == null) throw IthacaFault.BadInput(InputSort.LINK, "not an invitation, or only a part of one")
        val origin = relay ?: text.substringBefore("/i#")
        keep(Invite(InviteId(id("invite")), false, InviteState.ANSWERED, null, null, origin, now(), emptyList(), null))
    }

    private fun FakeWorld.keep(made: Invite): Invite {
        invited[made.id] = made
        tell(Change.Invites)
        return made
    }

    override suspend fun invites() = world.asked { invited.values.toList() }
    override suspend fun approveAnswer(invite: InviteId, person: PersonId): SpaceId = world.asked {
        val found = invited[invite] ?: missing("invitation")
        val answer = found.answers.firstOrNull { it.person == person } ?: missing("answer")
        val space = addPair(answer.name)
        invited[invite] = found.copy(state = InviteState.APPROVED, space = space)
        tell(Change.Invites)
        space
    }

    override suspend fun withdrawInvite(invite: InviteId) = world.asked {
        invited.remove(invite) ?: missing("invitation")
        tell(Change.Invites)
    }
}
