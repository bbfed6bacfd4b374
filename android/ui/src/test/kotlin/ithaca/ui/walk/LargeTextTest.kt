package ithaca.ui.walk

import androidx.compose.ui.semantics.SemanticsActions
import androidx.compose.ui.semantics.getOrNull
import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.SemanticsMatcher
import androidx.compose.ui.test.onFirst
import androidx.compose.ui.test.hasScrollToNodeAction
import androidx.compose.ui.test.performTouchInput
import androidx.compose.ui.test.swipeUp
import androidx.compose.ui.text.TextLayoutResult
import ithaca.ui.onPhone
import ithaca.ui.parts.Screen
import ithaca.ui.sample.Content
import ithaca.ui.sample.Shown
import ithaca.ui.theme.Brightness
import ithaca.ui.theme.Looks
import ithaca.ui.words.Language
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertTrue

private const val USUAL_WORD = 14

/** Text twice as large: every word is whole and inside of the window, on the screens with most on them. */
@OptIn(ExperimentalTestApi::class)
class LargeTextTest {
    private val busiest = listOf(Screen.PAIR_HOME, Screen.SESSION, Screen.NOTE, Screen.GOALS, Screen.SYNC)

    @Test
    fun `nothing is cut at 200 percent`() {
        val cut = busiest.flatMap { screen ->
            listOf(Language.EN, Language.ES).flatMap { language -> listOf(Content.FILLED, Content.LONG).flatMap { cutOn(screen, it, language) } }
        }
        assertEquals(emptyList(), cut.distinct())
    }

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

    private fun cutOn(screen: Screen, content: Content, language: Language): List<String> {
        val found = ArrayList<String>()
        var nTexts = 0
        onPhone {
            setContent { Shown(screen, content, language, Looks(Brightness.LIGHT, 200)) }
            repeat(6) {
                waitForIdle()
                for (node in onAllNodes(SemanticsMatcher("text") { it.config.getOrNull(SemanticsActions.GetTextLayoutResult) != null }, useUnmergedTree = true).fetchSemanticsNodes()) {
                    val layouts = ArrayList<TextLayoutResult>()
                    node.config[SemanticsActions.GetTextLayoutResult].action?.invoke(layouts)
                    val layout = layouts.firstOrNull() ?: continue
                    nTexts++
                    val inside = node.positionInRoot.x >= -0.5f && node.positionInRoot.x + node.size.width <= 360.5f
                    if (cut(layout) || !inside) found += "${screen.id}, ${content.id}, ${language.code}: ${layout.layoutInput.text}"
                }
                onAllNodes(hasScrollToNodeAction()).onFirst().performTouchInput { swipeUp() }
            }
        }
        assertTrue(nTexts > 20, "${screen.id} shows too little to say anything")
        return found
    }
}
