/** The core's records of typing as app types, and back. */
package ithaca.bridge

private fun ithaca.core.TextRange.toApp() = TextRange(start.toInt(), end.toInt())

private fun TextRange.toCore(): ithaca.core.TextRange {
    if (start < 0 || end < 0) throw IthacaFault.BadInput(InputSort.OFFSET, "before the beginning of the text")
    return ithaca.core.TextRange(start.toUInt(), end.toUInt())
}

internal fun TextInput.toCore() =
    ithaca.core.TextInput(generation, replace.toCore(), text, selection.toCore(), composing?.toCore())

internal fun ithaca.core.TextInput.toApp() = TextInput(generation, replace.toApp(), text, selection.toApp(), composing?.toApp())

internal fun ithaca.core.TextState.toApp() = TextState(
    text,
    splices.map { TextSplice(it.start.toInt(), it.end.toInt(), it.text) },
    selection.toApp(),
    composing?.toApp(),
    fresh.map { FreshWords(it.range.toApp(), it.by.toApp(), ms(it.sinceMs)) },
    canUndo,
    canRedo,
    generation,
    unsaved,
)
