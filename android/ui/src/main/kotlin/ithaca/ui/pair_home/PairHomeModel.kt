package ithaca.ui.pair_home

import ithaca.bridge.Action
import ithaca.bridge.ActionDraft
import ithaca.bridge.Card
import ithaca.bridge.Change
import ithaca.bridge.Client
import ithaca.bridge.GoalEdit
import ithaca.bridge.SessionId
import ithaca.bridge.SpaceId
import ithaca.ui.cards.talkAbout
import ithaca.ui.parts.Model
import java.time.LocalDate
import kotlinx.coroutines.CoroutineScope

/** Everything of one pair at a glance: what was promised, what comes next, whether one's writing is safe. */
class PairHomeModel(
    private val client: Client,
    private val space: SpaceId,
    scope: CoroutineScope,
    private val today: () -> LocalDate,
) : Model<PairHomeState>(scope, PairHomeState()) {
    init {
        val here = about(space)
        reading(client, { here(it) || it is Change.Engine }) {
            val home = client.home(space, today())
            show { it.copy(home = home, offline = !client.state().online) }
        }
    }

    fun tick(action: Action, done: Boolean) =
        doing { client.editGoals(space, listOf(GoalEdit.Ticked(action.id, today().takeIf { done }))) }

    fun promise(text: String) = doing { client.newAction(space, ActionDraft(text, listOf(client.state().person))) }

    fun keep(card: Card, index: Int) = doing { client.keepValue(card, index) }

    fun talk(point: String, title: String) = doing {
        val session = talkAbout(client, space, now.home?.next, point, title)
        show { it.copy(talked = session) }
    }

    fun agree() = doing { client.agreeToStage(space) }

    fun say(text: String) = doing { client.say(space, text) }

    fun plan(title: String, onPlanned: (SessionId) -> Unit) = doing { onPlanned(client.planSession(space, title, null)) }
}
