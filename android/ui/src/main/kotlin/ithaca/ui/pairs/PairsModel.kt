package ithaca.ui.pairs

import ithaca.bridge.Change
import ithaca.bridge.Client
import ithaca.bridge.Notice
import ithaca.ui.parts.Model
import kotlinx.coroutines.CoroutineScope

/** The people somebody works with, invitations under way, and what is to be known once. */
class PairsModel(private val client: Client, scope: CoroutineScope) : Model<PairsState>(scope, PairsState()) {
    init {
        reading(client, { it is Change.Members || it is Change.Invites || it is Change.Notices || it is Change.Engine }) {
            val (pairs, invites, notices) = Triple(client.pairs(), client.invites(), client.notices())
            show { PairsState(true, pairs, invites, notices, !client.state().online) }
        }
    }

    fun seen(notice: Notice) = doing { client.dismiss(notice.no) }
}
