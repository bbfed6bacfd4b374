package ithaca.ui.history

import ithaca.bridge.Client
import ithaca.bridge.HistoryLine
import ithaca.bridge.ItemId
import ithaca.bridge.SpaceId
import ithaca.ui.parts.Model
import java.time.ZoneId
import kotlinx.coroutines.CoroutineScope

/** Who changed what and when; a slider of days. */
class HistoryModel(
    private val client: Client,
    space: SpaceId,
    document: String,
    item: ItemId?,
    scope: CoroutineScope,
    private val zone: ZoneId,
) : Model<HistoryState>(scope, HistoryState()) {
    init {
        reading(client, about(space)) {
            val lines = client.history(space, document, item).filter { it.field != "alive" && it.field != "rank" || it.deed.tells }
            val days = lines.map { day(it) }.distinct().sorted()
            show { HistoryState(true, lines.sortedByDescending { it.at }, days, days.lastIndex.coerceAtLeast(0)) }
        }
    }

    fun until(day: Int) = show { it.copy(until = day.coerceIn(0, it.days.lastIndex.coerceAtLeast(0))) }

    fun shown(state: HistoryState): List<HistoryLine> {
        val last = state.days.getOrNull(state.until) ?: return state.lines
        return state.lines.filter { day(it) <= last }
    }

    private fun day(line: HistoryLine) = line.at.atZone(zone).toLocalDate()
}
