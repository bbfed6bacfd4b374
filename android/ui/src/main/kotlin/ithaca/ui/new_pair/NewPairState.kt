package ithaca.ui.new_pair

import ithaca.bridge.Invite
import ithaca.bridge.InviteState

enum class Side { INVITE, ANSWER }

data class NewPairState(
    val loaded: Boolean = false,
    val side: Side = Side.INVITE,
    val relay: String? = null,
    val relayTyped: String = "",
    val account: String = "",
    val invites: List<Invite> = emptyList(),
    val pasted: String = "",
    val pastedRelay: String = "",
    val offline: Boolean = false,
    val canScan: Boolean = false,
    /** Why what the camera saw is of no use here; see [ithaca.ui.scan.Scan]. */
    val scanTrouble: String? = null,
) {
    /** One's own invitation that is still to be answered or approved. */
    val mine: Invite? get() = invites.lastOrNull { it.mine && (it.state == InviteState.OPEN || it.state == InviteState.ANSWERED) }
    val answered: Invite? get() = invites.lastOrNull { !it.mine && (it.state == InviteState.OPEN || it.state == InviteState.ANSWERED) }
}
