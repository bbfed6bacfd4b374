/** What happened in a text field, as one replaced range; and where places move when others write before them. */
package ithaca.ui.typing

import ithaca.bridge.TextRange
import ithaca.bridge.TextSplice

/** The smallest replacement that makes [after] of [before]; null where they are equal. [caret] is where typing ended: it decides among equal letters. */
fun replaced(before: String, after: String, caret: Int): TextSplice? {
    if (before == after) return null
    val most = minOf(before.length, after.length)
    // What stands behind the caret was not typed now.
    val behind = (after.length - caret).coerceIn(0, most)
    var same = 0
    while (same < behind && before[before.length - 1 - same] == after[after.length - 1 - same]) same++
    var head = 0
    while (head < most - same && before[head] == after[head]) head++
    while (same < most - head && before[before.length - 1 - same] == after[after.length - 1 - same]) same++
    val (start, end) = aroundPairs(before, head, before.length - same)
    return TextSplice(start, end, after.substring(start, after.length - (before.length - end)))
}

/** A sign of two units is replaced whole. */
private fun aroundPairs(text: String, start: Int, end: Int): Pair<Int, Int> {
    fun splits(at: Int) = at in 1 until text.length && text[at].isLowSurrogate() && text[at - 1].isHighSurrogate()
    return (if (splits(start)) start - 1 else start) to (if (splits(end)) end + 1 else end)
}

fun TextSplice.applyTo(text: String): String = text.replaceRange(start.coerceIn(0, text.length), end.coerceIn(start, text.length), this.text)

/** Where a place is after [by]; what stands in a removed piece falls to its beginning. */
fun moved(at: Int, by: List<TextSplice>, stays: Boolean = false): Int = by.fold(at) { place, s ->
    when {
        place > s.end || (place == s.end && !(stays && s.start == s.end)) -> place + s.text.length - (s.end - s.start)
        place > s.start -> s.start
        else -> place
    }
}

fun moved(range: TextRange, by: List<TextSplice>): TextRange {
    val start = moved(range.start, by)
    return TextRange(start, maxOf(start, moved(range.end, by)))
}

/** One's own replacement that was not sent yet, after others wrote: none of their words is inside of what it takes out. */
fun rebased(own: TextSplice, by: List<TextSplice>): TextSplice = by.fold(own) { o, s ->
    val inside = s.start > o.start && s.start < o.end
    val start = moved(o.start, listOf(s))
    val end = if (inside) s.start else maxOf(start, moved(o.end, listOf(s), stays = true))
    TextSplice(start, maxOf(start, end), o.text)
}
