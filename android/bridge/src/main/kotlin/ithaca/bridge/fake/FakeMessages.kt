package ithaca.bridge.fake

import ithaca.bridge.*

/** The fake's messages. */
internal class FakeMessages(private val world: FakeWorld) : MessageCalls {
    override suspend fun messages(space: SpaceId, before: ULong?, limit: Int) = world.asked {
        val all = at(space).messages
        val end = before?.toInt() ?: all.size
        val from = maxOf(0, end - limit)
        Messages(all.subList(from, end).toList(), if (from > 0) from.toULong() else null)
    }

    override suspend fun say(space: SpaceId, text: String, reply: MessageId?) = world.asked {
        if (text.isBlank()) throw IthacaFault.BadInput(InputSort.VALUE, "there is nothing to say")
        writable(space)
        put(space, me, text, reply, Where.HERE)
    }

    private fun change(space: SpaceId, message: MessageId, to: (Message) -> Message) = world.writes(space) { s ->
        val at = s.messages.indexOfFirst { it.id == message }
        if (at < 0) missing("message")
        s.messages[at] = to(s.messages[at])
    }

    override suspend fun reword(space: SpaceId, message: MessageId, text: String) =
        change(space, message) { it.copy(text = text, editedAt = world.now()) }

    override suspend fun withdrawMessage(space: SpaceId, message: MessageId) =
        change(space, message) { it.copy(text = null, mayHaveBeenRead = it.at == Where.OTHER, reactions = emptyList()) }

    override suspend fun readTo(space: SpaceId, message: MessageId) = world.asked { readTo[space] = message }

    override suspend fun react(space: SpaceId, message: MessageId, emoji: String, on: Boolean) = change(space, message) { m ->
        val (there, others) = m.reactions.partition { it.emoji == emoji }
        val people = there.firstOrNull()?.people.orEmpty().filterNot { it.me } + if (on) listOf(world.me) else emptyList()
        m.copy(reactions = others + if (people.isEmpty()) emptyList() else listOf(Reaction(emoji, people)))
    }
}

internal fun FakeWorld.put(space: SpaceId, by: Who, text: String, reply: MessageId?, where: Where?): MessageId {
    val made = Message(MessageId(id("message")), by, now(), text, reply, null, false, emptyList(), emptyList(), where)
    at(space).messages += made
    tell(Change.Content(space))
    return made.id
}
