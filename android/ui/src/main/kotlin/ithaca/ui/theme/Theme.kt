/** How everything looks: colours, five sizes of type, corners, and how large the person wants to read. */
package ithaca.ui.theme

import androidx.compose.foundation.isSystemInDarkTheme
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Shapes
import androidx.compose.material3.Typography
import androidx.compose.runtime.Composable
import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.ui.platform.LocalDensity
import androidx.compose.ui.text.TextStyle
import androidx.compose.ui.text.font.FontFamily
import androidx.compose.ui.text.font.FontWeight
import androidx.compose.ui.text.style.TextDirection
import androidx.compose.ui.unit.Density
import androidx.compose.ui.unit.dp
import androidx.compose.ui.unit.sp

enum class Brightness { SYSTEM, LIGHT, DARK }

/** What a person chose for their eyes; [textPercent] comes on top of what the device says. */
data class Looks(val brightness: Brightness = Brightness.SYSTEM, val textPercent: Int = 100)

/** Text runs the way its first letters do: what somebody wrote in Arabic stands right among English screens, and the other way round. */
private fun face(size: Int, weight: FontWeight, family: FontFamily) = TextStyle(
    fontFamily = family, fontSize = size.sp, lineHeight = (size * 1.4).sp, fontWeight = weight, fontFeatureSettings = "tnum", textDirection = TextDirection.Content,
)

private fun typography(family: FontFamily): Typography {
    val (plain, strong) = FontWeight.Normal to FontWeight.SemiBold
    val (title, heading, body, small, fine) = listOf(face(28, strong, family), face(22, strong, family), face(17, plain, family), face(15, plain, family), face(13, plain, family))
    return Typography(
        displayLarge = title, displayMedium = title, displaySmall = title, headlineLarge = title, headlineMedium = title, headlineSmall = heading,
        titleLarge = heading, titleMedium = face(17, strong, family), titleSmall = face(15, strong, family),
        bodyLarge = body, bodyMedium = small, bodySmall = fine,
        labelLarge = face(15, strong, family), labelMedium = fine, labelSmall = fine,
    )
}

private val corner = RoundedCornerShape(14.dp)

@Composable
fun IthacaTheme(looks: Looks = Looks(), family: FontFamily = FontFamily.Default, content: @Composable () -> Unit) {
    val dark = when (looks.brightness) {
        Brightness.SYSTEM -> isSystemInDarkTheme()
        Brightness.LIGHT -> false
        Brightness.DARK -> true
    }
    val colours = if (dark) DarkColours else LightColours
    val density = LocalDensity.current
    CompositionLocalProvider(
        LocalColours provides colours,
        LocalDensity provides Density(density.density, density.fontScale * looks.textPercent / 100f),
    ) {
        MaterialTheme(colours.scheme(), Shapes(corner, corner, corner, corner, corner), typography(family), content)
    }
}
