package ithaca.ui.history

import ithaca.bridge.HistoryLine
import java.time.LocalDate

/** Newest first; [until] is the last day shown, as an index into [days]. */
data class HistoryState(
    val loaded: Boolean = false,
    val lines: List<HistoryLine> = emptyList(),
    val days: List<LocalDate> = emptyList(),
    val until: Int = 0,
)
