/** The colours of light and dark, by role; their contrast is measured in the tests. */
package ithaca.ui.theme

import androidx.compose.material3.ColorScheme
import androidx.compose.material3.darkColorScheme
import androidx.compose.material3.lightColorScheme
import androidx.compose.runtime.staticCompositionLocalOf
import androidx.compose.ui.graphics.Color

data class Colours(
    val background: Color,
    val surface: Color,
    val raised: Color,
    val ink: Color,
    val secondaryInk: Color,
    val harbour: Color,
    val onHarbour: Color,
    val harbourContainer: Color,
    val growth: Color,
    val growthContainer: Color,
    val differ: Color,
    val differContainer: Color,
    val danger: Color,
    val dangerContainer: Color,
    val outline: Color,
    val dark: Boolean,
)

val LightColours = Colours(
    background = Color(0xFFFBF9F4), surface = Color(0xFFFFFFFF), raised = Color(0xFFF1EDE3), ink = Color(0xFF1B2430),
    secondaryInk = Color(0xFF56606B), harbour = Color(0xFF0F4C5C), onHarbour = Color(0xFFFFFFFF), harbourContainer = Color(0xFFD3E8EC),
    growth = Color(0xFF55672B), growthContainer = Color(0xFFE6ECD2), differ = Color(0xFF8A4B00), differContainer = Color(0xFFFFE9CC),
    danger = Color(0xFFA3262A), dangerContainer = Color(0xFFFBE3E1), outline = Color(0xFF8B8577), dark = false,
)

val DarkColours = Colours(
    background = Color(0xFF10161C), surface = Color(0xFF182029), raised = Color(0xFF212B35), ink = Color(0xFFE9EDEF),
    secondaryInk = Color(0xFFA9B4BD), harbour = Color(0xFF8FCBD8), onHarbour = Color(0xFF06333E), harbourContainer = Color(0xFF123F4B),
    growth = Color(0xFFBCCB8C), growthContainer = Color(0xFF333F17), differ = Color(0xFFFFC37A), differContainer = Color(0xFF4A2C05),
    danger = Color(0xFFFFB3AE), dangerContainer = Color(0xFF5C1517), outline = Color(0xFF75808A), dark = true,
)

val LocalColours = staticCompositionLocalOf { LightColours }

/** Material's roles, so that its parts wear these colours. */
internal fun Colours.scheme(): ColorScheme {
    val base = if (dark) darkColorScheme() else lightColorScheme()
    return base.copy(
        primary = harbour, onPrimary = onHarbour, primaryContainer = harbourContainer, onPrimaryContainer = ink,
        secondary = growth, onSecondary = background, secondaryContainer = growthContainer, onSecondaryContainer = ink,
        tertiary = differ, onTertiary = background, tertiaryContainer = differContainer, onTertiaryContainer = ink,
        error = danger, onError = background, errorContainer = dangerContainer, onErrorContainer = ink,
        background = background, onBackground = ink, surface = surface, onSurface = ink, surfaceVariant = raised, onSurfaceVariant = secondaryInk,
        surfaceContainerLowest = surface, surfaceContainerLow = surface, surfaceContainer = raised, surfaceContainerHigh = raised,
        surfaceContainerHighest = raised, surfaceTint = surface, outline = outline, outlineVariant = outline,
        inverseSurface = ink, inverseOnSurface = background,
    )
}
