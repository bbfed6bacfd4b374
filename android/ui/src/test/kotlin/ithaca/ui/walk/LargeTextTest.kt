package ithaca.ui.walk

import androidx.compose.ui.semantics.SemanticsActions
import androidx.compose.ui.semantics.getOrNull
import androidx.compose.ui.test.ComposeUiTest
import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.SemanticsMatcher
import androidx.compose.ui.text.TextLayoutResult
import ithaca.ui.onPhone
import ithaca.ui.parts.Screen
import ithaca.ui.pictures.states
import ithaca.ui.sample.Content
import ithaca.ui.sample.Shown
import ithaca.ui.theme.Brightness
import ithaca.ui.theme.Looks
import ithaca.ui.words.Language
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertTrue

private const val USUAL_WORD = 14

/** Text twice as large: every word is whole and inside of the window, and everything that can be tapped is still to be reached. */
@OptIn(ExperimentalTestApi::class)
class LargeTextTest {
    @Test
    fun `nothing is cut or out of reach at 200 percent`() = assertEquals(
        emptyList(),
        states().flatMap { (screen, content) ->
            val (usual, large) = seen(screen, content, Language.EN, 100) to seen(screen, content, Language.EN, 200)
            assertTrue(large.nTexts > 1, "${screen.id}, ${content.id} shows too little to say anything")
            (large.cut + (usual.names - large.names).map { "out of reach: $it" }).map { "${screen.id}, ${content.id}: $it" }
        },
    )

    @Test
    fun `nothing is cut at 200 percent in a language with longer words`() = assertEquals(
        emptyList(), states().flatMap { (screen, content) -> seen(screen, content, Language.ES, 200).cut.map { "${screen.id}, ${content.id}: $it" } },
    )

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

    private class Seen {
        val names = HashSet<String>()
        val cut = LinkedHashSet<String>()
        var nTexts = 0
    }

    private fun seen(screen: Screen, content: Content, language: Language, percent: Int) = Seen().also { seen ->
        onPhone {
            setContent { Shown(screen, content, language, Looks(Brightness.LIGHT, percent)) }
            scrolledThrough(LONG_STEP) {
                // What somebody can tap in its middle.
                seen.names += controls().filter { it.node.boundsInRoot.run { width > 40f && height > 24f } }.map { it.name }
                if (percent != 100) texts(seen)
            }
        }
    }

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

    private companion object {
        val laidOut = SemanticsMatcher("text") { it.config.getOrNull(SemanticsActions.GetTextLayoutResult) != null }
    }
}
