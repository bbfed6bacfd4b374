/** The core's records of invitations as app types. */
package ithaca.bridge

internal fun ithaca.core.InviteView.toApp() = Invite(
    InviteId(id), mine, same(state), link, words, relay, ms(expiresMs),
    answers.map { Answered(PersonId(it.person), it.name, it.safetyNumber, it.spoken) }, space?.let(::SpaceId),
)
