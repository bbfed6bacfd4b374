/** The core's records of messages as app types. */
package ithaca.bridge

internal fun ithaca.core.MessageView.toApp() = Message(
    MessageId(message), by.toApp(), ms(atMs), text, reply?.let(::MessageId), editedAtMs?.let(::ms), mayHaveBeenRead,
    reactions.map { r -> Reaction(r.emoji, r.people.map { it.toApp() }) }, readBy.map { it.toApp() }, at?.toApp(),
)

internal fun ithaca.core.MessagePage.toApp() = Messages(messages.map { it.toApp() }, before)
