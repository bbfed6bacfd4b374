package ithaca.ui.cards

import ithaca.bridge.Card
import ithaca.bridge.SessionLine

data class CardsState(
    val loaded: Boolean = false,
    val cards: List<Card> = emptyList(),
    val next: SessionLine? = null,
    /** The session on whose agenda something was put just now. */
    val talked: String? = null,
)
