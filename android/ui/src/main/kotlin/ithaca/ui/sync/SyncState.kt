package ithaca.ui.sync

import ithaca.bridge.LastSync
import ithaca.bridge.PairLine
import ithaca.bridge.SpaceStatus
import ithaca.bridge.Status

data class SyncState(
    val status: Status? = null,
    val pairs: List<PairLine> = emptyList(),
    val relay: String? = null,
    val last: LastSync? = null,
    val online: Boolean = true,
    val running: Boolean = false,
    val trouble: Boolean = false,
) {
    /** The pairs with how far what was written in them came. */
    val lines: List<Pair<PairLine, SpaceStatus>>
        get() = pairs.mapNotNull { pair -> status?.spaces?.firstOrNull { it.space == pair.space }?.let { pair to it } }

    val waitingHere: Long get() = status?.spaces.orEmpty().sumOf { it.foot.here }
}
