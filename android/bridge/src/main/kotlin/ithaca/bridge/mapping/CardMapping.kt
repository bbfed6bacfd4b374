/** The core's records of what people differ on as app types. */
package ithaca.bridge

internal fun ithaca.core.ValueView.toApp() = DifferValue(words, person?.toApp(), by?.toApp(), ms(atMs), reason)

internal fun ithaca.core.DifferView.toApp() = Differ(field, values.map { it.toApp() })

internal fun ithaca.core.CardView.toApp() = Card(
    CardId(card), SpaceId(space), same(noun), title, field, values.map { it.toApp() }, shown?.toInt(), meanwhile, onlyMine,
)
