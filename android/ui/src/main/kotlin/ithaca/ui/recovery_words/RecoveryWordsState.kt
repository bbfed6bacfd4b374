package ithaca.ui.recovery_words

import ithaca.bridge.NewWords
import ithaca.bridge.WordsCheck
import ithaca.bridge.WordsStatus

/** [shown] is on the screen once and kept nowhere. */
data class RecoveryWordsState(
    val status: WordsStatus? = null,
    val shown: NewWords? = null,
    val typed: String = "",
    val checked: WordsCheck? = null,
    val old: String = "",
    val renewing: Boolean = false,
    val offline: Boolean = false,
)
