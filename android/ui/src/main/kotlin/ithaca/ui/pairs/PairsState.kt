package ithaca.ui.pairs

import ithaca.bridge.Invite
import ithaca.bridge.InviteState
import ithaca.bridge.Notice
import ithaca.bridge.PairLine

data class PairsState(
    val loaded: Boolean = false,
    val pairs: List<PairLine> = emptyList(),
    val invites: List<Invite> = emptyList(),
    val notices: List<Notice> = emptyList(),
    val offline: Boolean = false,
) {
    /** Invitations somebody waits on. */
    val waiting: List<Invite> get() = invites.filter { it.state == InviteState.OPEN || it.state == InviteState.ANSWERED }
}
