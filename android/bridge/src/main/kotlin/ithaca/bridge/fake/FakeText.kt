package ithaca.bridge.fake

import ithaca.bridge.FreshWords
import ithaca.bridge.IthacaFault
import ithaca.bridge.InputSort
import ithaca.bridge.TextInput
import ithaca.bridge.TextRange
import ithaca.bridge.TextSplice
import ithaca.bridge.TextState
import ithaca.bridge.Who

/** One text that is open for typing: what it holds, what its field has not been told yet, what can be undone. */
internal class FakeText(var text: String) {
    private val undo = ArrayList<Pair<TextSplice, String>>()
    private val redo = ArrayList<Pair<TextSplice, String>>()
    private val untold = ArrayList<Pair<ULong, TextSplice>>()
    private var fresh = emptyList<FreshWords>()
    private var selection = TextRange(text.length, text.length)
    private var composing: TextRange? = null
    private var generation = 0uL

    fun type(input: TextInput): TextState {
        val since = untold.filter { it.first > input.generation }.map { it.second }
        val replace = moved(input.replace, since)
        if (splitsPair(replace.start) || splitsPair(replace.end)) throw IthacaFault.BadInput(InputSort.OFFSET, "inside of a sign")
        put(TextSplice(replace.start, replace.end, input.text), undo)
        redo.clear()
        selection = moved(input.selection, since)
        composing = input.composing?.let { moved(it, since) }
        val now = ++generation
        return told(input.generation, now)
    }

    /** The other's words. */
    fun others(splice: TextSplice, by: Who, atMs: Long) {
        splice(splice)
        selection = moved(selection, listOf(splice))
        untold += ++generation to splice
        fresh = fresh + FreshWords(TextRange(splice.start, splice.start + splice.text.length), by, atMs)
    }

    fun undo(seen: ULong) = step(undo, redo, seen)
    fun redo(seen: ULong) = step(redo, undo, seen)
    fun refresh(seen: ULong) = told(seen, generation)
    fun opened() = told(generation, generation).copy(text = text)

    fun widened(input: TextInput): TextInput {
        val start = if (splitsPair(input.replace.start)) input.replace.start - 1 else input.replace.start
        val end = if (splitsPair(input.replace.end)) input.replace.end + 1 else input.replace.end
        return input.copy(replace = TextRange(start, end))
    }

    private fun step(from: MutableList<Pair<TextSplice, String>>, into: MutableList<Pair<TextSplice, String>>, seen: ULong): TextState {
        val (done, was) = from.removeLastOrNull() ?: throw IthacaFault.Refused("there is nothing to undo")
        val back = TextSplice(done.start, done.start + done.text.length, was)
        put(back, into)
        selection = TextRange(back.start + back.text.length, back.start + back.text.length)
        untold += ++generation to back
        return told(seen, generation)
    }

    private fun put(splice: TextSplice, into: MutableList<Pair<TextSplice, String>>) {
        into += splice to text.substring(splice.start, splice.end)
        splice(splice)
    }

    private fun splice(s: TextSplice) {
        text = text.replaceRange(s.start, s.end, s.text)
    }

    private fun told(seen: ULong, now: ULong) = TextState(
        null, untold.filter { it.first > seen }.map { it.second }, selection, composing, fresh, undo.isNotEmpty(), redo.isNotEmpty(), now, false,
    )

    private fun splitsPair(at: Int) = at in 1 until text.length && text[at].isLowSurrogate() && text[at - 1].isHighSurrogate()

    private fun moved(range: TextRange, by: List<TextSplice>) = by.fold(range) { r, s ->
        fun place(at: Int) = if (at >= s.end) at + s.text.length - (s.end - s.start) else minOf(at, s.start)
        TextRange(place(r.start), place(r.end))
    }
}
