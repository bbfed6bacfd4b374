package ithaca.ui.cards

import ithaca.bridge.Card
import ithaca.bridge.Client
import ithaca.bridge.SessionEdit
import ithaca.bridge.SessionLine
import ithaca.bridge.SpaceId
import ithaca.ui.parts.Model
import java.time.LocalDate
import kotlinx.coroutines.CoroutineScope

/** Where two people differ: keeping one of the values, or putting it on the next agenda. */
class CardsModel(
    private val client: Client,
    private val space: SpaceId,
    scope: CoroutineScope,
    private val today: () -> LocalDate,
) : Model<CardsState>(scope, CardsState()) {
    init {
        reading(client, about(space)) {
            val (cards, next) = client.cards(space) to client.home(space, today()).next
            show { it.copy(loaded = true, cards = cards, next = next) }
        }
    }

    fun keep(card: Card, index: Int) = doing { client.keepValue(card, index) }

    /** [point] and, where no session is planned, [title] of a new one come in the person's words. */
    fun talk(point: String, title: String) = doing {
        val session = talkAbout(client, space, now.next, point, title)
        show { it.copy(talked = session) }
    }
}

/** Puts a point on the agenda of the next session, or of one without a day; gives the session's title. */
internal suspend fun talkAbout(client: Client, space: SpaceId, next: SessionLine?, point: String, title: String): String {
    if (next == null) {
        client.planSession(space, title, null, listOf(SessionEdit.AddAgenda(point)))
        return title
    }
    client.editSession(space, next.id, listOf(SessionEdit.AddAgenda(point)))
    return next.title
}
