/** A typing session of the fake: one person's field over a text that somebody else may change at any time. */
package ithaca.bridge.fake

import ithaca.bridge.FreshWords
import ithaca.bridge.InputSort
import ithaca.bridge.IthacaFault
import ithaca.bridge.SpaceId
import ithaca.bridge.TextInput
import ithaca.bridge.TextPlace
import ithaca.bridge.TextRange
import ithaca.bridge.TextSplice
import ithaca.bridge.TextState
import ithaca.bridge.Who
import java.time.Instant

/** [text]: what the app shows. Undo takes back whole texts: with nobody else writing it is what the core does. */
internal class FakeTyping(val space: SpaceId, val place: TextPlace, private var text: String) {
    private var generation = 0UL
    private var caret = TextRange(text.length, text.length)
    private var composing: TextRange? = null
    private val undone = ArrayList<String>()
    private val done = ArrayList<String>()

    fun opened(): TextState = state(emptyList(), emptyList()).copy(text = text)

    /** Takes an input to the text as the app shows it; gives it with what else the document, which now reads [document], has. */
    fun types(input: TextInput, document: String): String {
        if (input.generation > generation) throw IthacaFault.BadInput(InputSort.OFFSET, "generation ${input.generation} was never given out")
        check(text, input.replace)
        val after = text.replaceRange(input.replace.start, input.replace.end, input.text)
        check(after, input.selection)
        input.composing?.let { check(after, it) }
        val theirs = between(text, document)
        if (after != text) {
            done += text
            undone.clear()
        }
        val grown = after.length - text.length
        caret = input.selection
        composing = input.composing
        text = after
        if (theirs == null) return after
        val at = if (theirs.start >= input.replace.end) theirs.start + grown else minOf(theirs.start, input.replace.start)
        return after.replaceRange(at, minOf(after.length, at + theirs.end - theirs.start), theirs.text)
    }

    fun undoes(): String? = done.removeLastOrNull()?.also { undone += text }
    fun redoes(): String? = undone.removeLastOrNull()?.also { done += text }

    /** Takes in what stands in the document now, as one splice. What [by] somebody else wrote ends what can be undone here. */
    fun becomes(now: String, by: Who?, at: Instant): TextState {
        val splice = between(text, now) ?: return state(emptyList(), emptyList())
        val grown = now.length - text.length
        fun moved(unit: Int) = if (unit >= splice.end && unit > splice.start) unit + grown else minOf(unit, splice.start)
        caret = TextRange(moved(caret.start), moved(caret.end))
        composing = composing?.let { TextRange(moved(it.start), moved(it.end)) }
        text = now
        generation++
        if (by == null) return state(listOf(splice), emptyList())
        done.clear()
        undone.clear()
        return state(listOf(splice), listOf(FreshWords(TextRange(splice.start, splice.start + splice.text.length), by, at)))
    }

    /** The one place where two texts differ: between what is the same before and behind. */
    private fun between(one: String, other: String): TextSplice? {
        if (one == other) return null
        val before = one.commonPrefixWith(other).length
        val behind = minOf(one.commonSuffixWith(other).length, minOf(one.length, other.length) - before)
        return TextSplice(before, one.length - behind, other.substring(before, other.length - behind))
    }

    private fun state(splices: List<TextSplice>, fresh: List<FreshWords>) =
        TextState(null, splices, caret, composing, fresh, done.isNotEmpty(), undone.isNotEmpty(), generation, false)

    /** The fake knows no characters of several letters: there is nothing to widen. */
    fun widened(input: TextInput): TextInput = input.also { check(text, it.replace) }

    private fun splits(text: String, at: Int) = at in 1..<text.length && text[at].isLowSurrogate() && text[at - 1].isHighSurrogate()

    private fun check(text: String, range: TextRange) {
        fun refuse(why: String): Nothing = throw IthacaFault.BadInput(InputSort.OFFSET, why)
        if (range.start < 0) refuse("before the beginning of the text")
        if (range.end < range.start) refuse("a range ends before it begins")
        if (range.end > text.length) refuse("past the end of the text")
        if (splits(text, range.start) || splits(text, range.end)) refuse("inside a surrogate pair")
    }
}
