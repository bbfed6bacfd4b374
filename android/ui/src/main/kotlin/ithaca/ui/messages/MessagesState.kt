package ithaca.ui.messages

import ithaca.bridge.Message
import ithaca.bridge.MessageId
import ithaca.bridge.PairState

data class MessagesState(
    val loaded: Boolean = false,
    val messages: List<Message> = emptyList(),
    val before: ULong? = null,
    val other: String = "",
    val pair: PairState = PairState.RUNNING,
    val draft: String = "",
    val replyTo: Message? = null,
    val rewording: Message? = null,
    val open: MessageId? = null,
    val withdrawing: MessageId? = null,
    val offline: Boolean = false,
) {
    val canSay: Boolean get() = pair == PairState.RUNNING || pair == PairState.PAUSED

    fun find(id: MessageId?): Message? = messages.firstOrNull { it.id == id }
}
