package ithaca.ui.pair_state

import ithaca.bridge.Relationship

/** What needs a second tap and may say why. */
enum class Deed { PAUSE, RESUME, END, LEAVE, BLOCK }

data class PairStateState(
    val relationship: Relationship? = null,
    val asking: Deed? = null,
    val reason: String = "",
    val topic: String = "",
    val cadence: String? = null,
    val reachable: String? = null,
    val rescued: String? = null,
    /** Another relay's address, as far as it is typed. */
    val relay: String = "",
    /** A relay that was to fall away, and stays until every device has heard of another. */
    val needed: String? = null,
)
