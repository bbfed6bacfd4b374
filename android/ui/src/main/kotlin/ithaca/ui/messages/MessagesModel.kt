package ithaca.ui.messages

import ithaca.bridge.Change
import ithaca.bridge.Client
import ithaca.bridge.Message
import ithaca.bridge.MessageId
import ithaca.bridge.SpaceId
import ithaca.ui.parts.Draft
import ithaca.ui.parts.Model
import kotlinx.coroutines.CoroutineScope

/** What two say to each other. Unsent words look written, not failed. */
class MessagesModel(private val client: Client, private val space: SpaceId, scope: CoroutineScope) : Model<MessagesState>(scope, MessagesState()) {
    private var limit = PAGE
    private var told: MessageId? = null
    private val kept = Draft.of(client, scope, "say.${space.text}")

    init {
        doing {
            val begun = client.draft("say.${space.text}")
            show { if (it.draft.isEmpty()) it.copy(draft = begun) else it }
        }
        val here = about(space)
        reading(client, { here(it) || it is Change.Engine }) { read() }
    }

    private suspend fun read() {
        val page = client.messages(space, null, limit)
        val pair = client.pairs().firstOrNull { it.space == space }
        show {
            it.copy(
                loaded = true, messages = page.messages, before = page.before, other = pair?.other?.name.orEmpty(), pair = pair?.state ?: it.pair,
                offline = !client.state().online,
            )
        }
        // What stands on the screen is read.
        val last = page.messages.lastOrNull { !it.by.me }?.id
        if (pair?.receipts == true && last != null && last != told) {
            client.readTo(space, last)
            told = last
        }
    }

    fun earlier() {
        limit += PAGE
        doing { read() }
    }

    fun draft(words: String) {
        show { it.copy(draft = words) }
        if (now.rewording == null) kept.type(words)
    }

    fun say(words: String = now.draft) = doing {
        val text = words.trim().ifEmpty { return@doing }
        val rewording = now.rewording
        if (rewording != null) client.reword(space, rewording.id, text) else client.say(space, text, now.replyTo?.id)
        show { it.copy(draft = "", replyTo = null, rewording = null) }
        kept.done()
    }

    fun open(message: Message) = show { it.copy(open = message.id.takeIf { id -> id != it.open }, withdrawing = null) }
    fun replyTo(message: Message?) = show { it.copy(replyTo = message, open = null) }
    fun reword(message: Message?) = show { it.copy(rewording = message, draft = message?.text.orEmpty(), open = null) }
    fun askWithdraw(message: Message?) = show { it.copy(withdrawing = message?.id) }

    fun withdraw(message: Message) = doing {
        client.withdrawMessage(space, message.id)
        show { it.copy(open = null, withdrawing = null) }
    }

    fun react(message: Message, emoji: String) = doing {
        val on = message.reactions.none { r -> r.emoji == emoji && r.people.any { it.me } }
        client.react(space, message.id, emoji, on)
        show { it.copy(open = null) }
    }

    private companion object {
        const val PAGE = 50
    }
}
