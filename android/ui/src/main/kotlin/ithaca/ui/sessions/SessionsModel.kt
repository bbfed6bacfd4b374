package ithaca.ui.sessions

import ithaca.bridge.Card
import ithaca.bridge.CardNoun
import ithaca.bridge.Client
import ithaca.bridge.SessionEdit
import ithaca.bridge.SessionId
import ithaca.bridge.SessionLine
import ithaca.bridge.SpaceId
import ithaca.ui.parts.Model
import ithaca.ui.parts.dayOf
import kotlinx.coroutines.CoroutineScope

/** All sessions of a pair: those ahead, those behind, and two that may be one. */
class SessionsModel(
    private val client: Client,
    private val space: SpaceId,
    scope: CoroutineScope,
    private val onOpen: (SessionId) -> Unit,
) : Model<SessionsState>(scope, SessionsState()) {
    init {
        reading(client, about(space)) {
            val (sessions, cards) = client.sessions(space) to client.cards(space).filter { it.noun == CardNoun.SESSION }
            show { it.copy(loaded = true, sessions = sessions, cards = cards) }
        }
    }

    fun title(words: String) = show { it.copy(title = words) }
    fun day(day: String) = show { it.copy(day = day) }
    fun bin(on: Boolean) = show { it.copy(bin = on) }

    fun plan(title: String = now.title) = doing {
        val made = client.planSession(space, title.trim().ifEmpty { return@doing }, dayOf(now.day))
        show { it.copy(title = "", day = "") }
        onOpen(made)
    }

    fun same(one: SessionLine, other: SessionLine, same: Boolean) = doing { client.sameMeeting(space, one.id, other.id, same) }
    fun restore(line: SessionLine) = doing { client.editSession(space, line.id, listOf(SessionEdit.Restore)) }
    fun keep(card: Card, index: Int) = doing { client.keepValue(card, index) }
}
