package ithaca.ui.walk

import ithaca.ui.pictures.states
import ithaca.ui.words.Language
import kotlin.test.Test
import kotlin.test.assertEquals

/** Beside [TwiceAsLargeTest] in a class of its own: the two run at once. */
class LongerWordsTest {
    @Test
    fun `nothing is cut at 200 percent in a language with longer words`() = assertEquals(
        emptyList(), states().flatMap { (screen, content) -> seen(screen, content, Language.ES, 200).cut.map { "${screen.id}, ${content.id}: $it" } },
    )
}
