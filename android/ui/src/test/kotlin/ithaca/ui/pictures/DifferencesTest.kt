package ithaca.ui.pictures

import ithaca.ui.parts.Screen
import ithaca.ui.sample.Content
import ithaca.ui.theme.Brightness
import ithaca.ui.theme.Looks
import ithaca.ui.words.Language
import kotlin.test.Test
import kotlin.test.assertEquals

class DifferencesTest {
    private fun line(shot: Shot) = render(shot).use { "${shot.name} ${it.width}x${it.height} ${hashOf(it)}" }

    private val light = Shot(Screen.GOALS, Content.FILLED, Language.EN, Looks(Brightness.LIGHT))

    @Test
    fun `the same screen looks the same, another one otherwise`() {
        val one = line(light)
        assertEquals(emptyList(), differences(listOf(one), listOf(line(light))))
        val other = line(light.copy(content = Content.DIFFERING))
        assertEquals(listOf("gone ${one.substringBefore(' ')}", "new ${other.substringBefore(' ')}"), differences(listOf(one), listOf(other)))
        val changed = "${one.substringBefore(' ')} 540x1140 ${other.substringAfterLast(' ')}"
        assertEquals("changed ${light.name}", differences(listOf(one), listOf(changed)).single().substringBefore(" by "))
    }
}
