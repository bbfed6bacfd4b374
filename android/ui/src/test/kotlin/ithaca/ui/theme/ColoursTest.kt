package ithaca.ui.theme

import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.luminance
import kotlin.test.Test
import kotlin.test.assertTrue

/** Contrast as WCAG measures it. */
class ColoursTest {
    private fun contrast(one: Color, other: Color): Float {
        val (a, b) = one.luminance() + 0.05f to other.luminance() + 0.05f
        return maxOf(a, b) / minOf(a, b)
    }

    private fun readable(what: String, ink: Color, on: Color, least: Float = 4.5f) =
        assertTrue(contrast(ink, on) >= least, "$what: ${contrast(ink, on)} is less than $least")

    @Test
    fun `words can be read and outlines seen, in light and dark`() {
        for (c in listOf(LightColours, DarkColours)) {
            for ((name, ground) in listOf("background" to c.background, "surface" to c.surface, "raised" to c.raised)) {
                readable("ink on $name", c.ink, ground)
                readable("secondary ink on $name", c.secondaryInk, ground)
                readable("buttons on $name", c.harbour, ground)
                readable("outline on $name", c.outline, ground, 3f)
            }
            for ((name, ground) in listOf("harbour" to c.harbourContainer, "growth" to c.growthContainer, "differ" to c.differContainer, "danger" to c.dangerContainer)) {
                readable("ink on $name", c.ink, ground)
                readable("secondary ink on $name", c.secondaryInk, ground)
            }
            readable("on harbour", c.onHarbour, c.harbour)
            readable("on danger", c.background, c.danger)
            readable("differ on its container", c.differ, c.differContainer)
            readable("growth on background", c.growth, c.background)
        }
    }
}
