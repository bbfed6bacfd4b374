package ithaca.ui.walk

import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.hasText
import ithaca.ui.onPhone
import ithaca.ui.parts.Screen
import ithaca.ui.pictures.Shot
import ithaca.ui.pictures.nTones
import ithaca.ui.pictures.render
import ithaca.ui.pictures.states
import ithaca.ui.sample.Content
import ithaca.ui.sample.Shown
import ithaca.ui.sample.listed
import ithaca.ui.theme.Brightness
import ithaca.ui.theme.Looks
import ithaca.ui.words.Language
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertTrue

/** Over every screen in every state. */
@OptIn(ExperimentalTestApi::class)
class WalkTest {
    @Test
    fun `the screens are those of the list, each with its states`() {
        assertEquals(listed().keys, Screen.entries.map { it.id }.toSet())
        val known = Content.entries.map { it.id }.toSet()
        for ((screen, states) in listed()) assertTrue(known.containsAll(states), screen)
    }

    @Test
    fun `every screen in every state draws something`() {
        val blank = states().filter { (screen, content) -> render(Shot(screen, content, Language.EN, Looks(Brightness.LIGHT))).use { nTones(it) } < 12 }
        assertEquals(emptyList(), blank)
    }

    @Test
    fun `whatever can be tapped has a name and is 48 high and wide`() {
        val wrong = states().flatMap { (screen, content) -> walked(screen, content).map { "${screen.id}, ${content.id}: $it" } }
        assertEquals(emptyList(), wrong.distinct())
    }

    @Test
    fun `the walk reaches the last line of a long screen, and begins at the first`() = onPhone {
        setContent { Shown(Screen.HISTORY, Content.LONG, Language.EN, Looks(Brightness.LIGHT)) }
        val seen = LinkedHashSet<String>()
        scrolledThrough(LONG_STEP) { for (n in 1..40) if (onAllNodes(hasText("Line $n of a long text", substring = true)).fetchSemanticsNodes().isNotEmpty()) seen += "$n" }
        assertEquals((1..40).map { "$it" }.toSet(), seen)
    }

    /** From the first line to the last; what an edge cuts is looked at where it is whole. */
    private fun walked(screen: Screen, content: Content): List<String> {
        val (found, halves, wholes) = Triple(LinkedHashSet<String>(), HashSet<String>(), HashSet<String>())
        onPhone {
            setContent { Shown(screen, content, Language.EN, Looks(Brightness.LIGHT)) }
            scrolledThrough(SHORT_STEP) {
                for (control in controls()) {
                    if (!control.node.isWhole) {
                        // Words that fill more than a screen are never whole.
                        if (control.node.size.height < 500) halves += control.name
                        continue
                    }
                    wholes += control.name
                    found += control.wrong()
                }
            }
        }
        assertTrue(screen == Screen.VISIBILITY || wholes.isNotEmpty(), "${screen.id}, ${content.id}: nothing to tap")
        return found.toList() + (halves - wholes).map { "never whole: $it" }
    }
}
