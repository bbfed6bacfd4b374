/** A message, and how far it came. */
package ithaca.bridge

import java.time.Instant

data class Reaction(val emoji: String, val people: List<Who>)

data class Message(
    val id: MessageId,
    val by: Who,
    val sentAt: Instant,
    val text: String?,
    val reply: MessageId?,
    val editedAt: Instant?,
    val mayHaveBeenRead: Boolean,
    val reactions: List<Reaction>,
    val readBy: List<Who>,
    val at: Where?,
)

/** Oldest first; [before] asks for the page before this one, and is null where there is none. */
data class Messages(val messages: List<Message>, val before: ULong?)
