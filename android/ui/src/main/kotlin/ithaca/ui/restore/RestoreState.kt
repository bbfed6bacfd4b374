package ithaca.ui.restore

import ithaca.bridge.PersonChoice

data class RestoreState(
    val words: String = "",
    val relay: String = "",
    val looking: Boolean = false,
    val found: List<PersonChoice>? = null,
    val offline: Boolean = false,
)
