package ithaca.ui.search

import ithaca.bridge.Found
import ithaca.bridge.SpaceId

data class SearchState(
    val query: String = "",
    val found: List<Found>? = null,
    /** Who each pair is with; what is in none of them is one's own. */
    val names: Map<SpaceId, String> = emptyMap(),
)
