package ithaca.ui.walk

import androidx.compose.ui.semantics.SemanticsActions
import androidx.compose.ui.semantics.SemanticsNode
import androidx.compose.ui.semantics.SemanticsProperties
import androidx.compose.ui.semantics.getOrNull
import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.SemanticsMatcher
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

    private fun walked(screen: Screen, content: Content): List<String> {
        var found = emptyList<String>()
        onPhone {
            setContent { Shown(screen, content, Language.EN, Looks(Brightness.LIGHT)) }
            waitForIdle()
            val nodes = onAllNodes(SemanticsMatcher("all") { true }).fetchSemanticsNodes()
            found = nodes.flatMap(::wrong)
        }
        return found
    }

    private fun wrong(node: SemanticsNode): List<String> {
        val config = node.config
        val field = config.getOrNull(SemanticsActions.SetText) != null
        if (config.getOrNull(SemanticsActions.OnClick) == null && !field) return emptyList()
        val texts = config.getOrNull(SemanticsProperties.Text).orEmpty().map { it.text }
        val names = config.getOrNull(SemanticsProperties.ContentDescription).orEmpty() + if (field) emptyList() else texts
        val bounds = node.touchBoundsInRoot
        val what = names.joinToString().ifEmpty { "id ${node.id} at ${node.boundsInRoot}" }
        return buildList {
            if (names.all { it.isBlank() }) add("no name: $what")
            if (config.getOrNull(SemanticsProperties.Role) == null && config.getOrNull(SemanticsActions.SetText) == null && texts.isEmpty() && names.isEmpty()) add("no role: $what")
            // What reaches below the window's edge is cut by it, not small.
            val cut = bounds.bottom >= 759f || bounds.top <= 0f
            if (!cut && (bounds.width < 47.5f || bounds.height < 47.5f)) add("small (${bounds.width} by ${bounds.height}): $what")
        }
    }
}
