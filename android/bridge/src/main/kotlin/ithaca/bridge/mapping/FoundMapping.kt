/** The core's records of what was found, changed, used, taken out and in as app types. */
package ithaca.bridge

internal fun ithaca.core.FoundView.toApp() = Found(SpaceId(space), same(noun), id, excerpt)

internal fun ithaca.core.HistoryLine.toApp() =
    HistoryLine(ms(atMs), by?.toApp(), item?.let(::ItemId), noun, field, label, same(deed), from, to, person?.toApp(), afterEnd)

internal fun ithaca.core.InsightsView.toApp() =
    Insights(nSessions.toInt(), techniques.map { Used(it.word, it.n.toInt()) }, functions.map { Used(it.word, it.n.toInt()) })

internal fun exportForm(of: ExportForm): ithaca.core.ExportForm = same(of)

internal fun ithaca.core.ImportedView.toApp() = Imported(SpaceId(space), savedCopy, healed.toInt(), others.toInt(), sameCode)
