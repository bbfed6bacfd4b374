package ithaca.ui.restore

import ithaca.bridge.PersonChoice

data class RestoreState(
    val words: String = "",
    val relay: String = "",
    /** The path of a rescue file. */
    val rescue: String? = null,
    val looking: Boolean = false,
    val found: List<PersonChoice>? = null,
    val offline: Boolean = false,
)
