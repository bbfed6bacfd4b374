/** Text twice as large: every word is whole and inside of the window, and everything that can be tapped is still to be reached. */
package ithaca.ui.walk

import androidx.compose.ui.semantics.SemanticsActions
import androidx.compose.ui.semantics.getOrNull
import androidx.compose.ui.test.ComposeUiTest
import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.SemanticsMatcher
import androidx.compose.ui.text.TextLayoutResult
import ithaca.ui.onPhone
import ithaca.ui.parts.Screen
import ithaca.ui.sample.Content
import ithaca.ui.sample.Shown
import ithaca.ui.theme.Brightness
import ithaca.ui.theme.Looks
import ithaca.ui.words.Language

private const val USUAL_WORD = 14

/** A line that ends in dots, in the middle of a word of usual length, or reaches past what is drawn. */
private fun cut(of: TextLayoutResult): Boolean = (0 until of.lineCount).any { line ->
    of.isLineEllipsized(line) || of.getLineRight(line) - of.getLineLeft(line) > of.size.width + 1f || breaksWord(of, line)
} || of.getLineBottom(of.lineCount - 1) > of.size.height + 1f

private fun breaksWord(of: TextLayoutResult, line: Int): Boolean {
    val (text, end) = of.layoutInput.text.text to of.getLineEnd(line)
    if (end !in 1 until text.length || !text[end - 1].isLetter() || !text[end].isLetter()) return false
    val word = text.substring(0, end).takeLastWhile { it.isLetter() } + text.substring(end).takeWhile { it.isLetter() }
    return word.length <= USUAL_WORD
}

/** What was met on the way through one screen in one state. */
internal class Seen {
    val names = HashSet<String>()
    val cut = LinkedHashSet<String>()
    var nTexts = 0
}

@OptIn(ExperimentalTestApi::class)
internal fun seen(screen: Screen, content: Content, language: Language, percent: Int) = Seen().also { seen ->
    onPhone {
        setContent { Shown(screen, content, language, Looks(Brightness.LIGHT, percent)) }
        scrolledThrough(LONG_STEP) {
            // What somebody can tap in its middle.
            seen.names += controls().filter { it.node.boundsInRoot.run { width > 40f && height > 24f } }.map { it.name }
            if (percent != 100) texts(seen)
        }
    }
}

@OptIn(ExperimentalTestApi::class)
private fun ComposeUiTest.texts(seen: Seen) {
    for (node in onAllNodes(laidOut, useUnmergedTree = true).fetchSemanticsNodes()) {
        val layouts = ArrayList<TextLayoutResult>()
        node.config[SemanticsActions.GetTextLayoutResult].action?.invoke(layouts)
        val layout = layouts.firstOrNull() ?: continue
        seen.nTexts++
        val inside = node.positionInRoot.x >= -0.5f && node.positionInRoot.x + node.size.width <= 360.5f
        if (cut(layout) || !inside) seen.cut += layout.layoutInput.text.text
    }
}

private val laidOut = SemanticsMatcher("text") { it.config.getOrNull(SemanticsActions.GetTextLayoutResult) != null }
