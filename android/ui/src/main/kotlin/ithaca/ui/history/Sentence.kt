package ithaca.ui.history

import ithaca.bridge.HistoryDeed
import ithaca.bridge.HistoryLine
import ithaca.ui.words.Dates
import ithaca.ui.words.Words
import ithaca.ui.words.field
import ithaca.ui.words.value

/** Deeds that say something even of a field people do not see. */
internal val HistoryDeed.tells: Boolean get() = this == HistoryDeed.DELETED || this == HistoryDeed.RESTORED || this == HistoryDeed.MOVED

fun Words.sentence(of: HistoryLine, dates: Dates): String {
    val who = of.by?.let { if (it.me) invoke("common.you") else it.name } ?: invoke("history.somebody")
    val name = "name" to who
    val field = "field" to field(of.field)
    val from = "from" to (of.person?.name ?: value(of.from, of.field, dates))
    val to = "to" to (of.person?.name ?: value(of.to, of.field, dates))
    return when (of.deed) {
        HistoryDeed.ADDED -> invoke("history.added", name, field, to)
        HistoryDeed.REMOVED -> invoke("history.removed", name, field, from)
        HistoryDeed.REPLACED -> when {
            of.from.isEmpty() -> invoke("history.set", name, field, to)
            of.to.isEmpty() -> invoke("history.cleared", name, field, from)
            else -> invoke("history.replaced", name, field, from, to)
        }
        HistoryDeed.MOVED -> invoke("history.moved", name)
        HistoryDeed.DELETED -> invoke("history.deleted", name)
        HistoryDeed.RESTORED -> invoke("history.restored", name)
    }
}
