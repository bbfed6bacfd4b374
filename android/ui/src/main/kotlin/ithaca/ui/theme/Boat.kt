/** The mark: a sail over a line of water, one colour. */
package ithaca.ui.theme

import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.SolidColor
import androidx.compose.ui.graphics.StrokeCap
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.graphics.vector.path
import androidx.compose.ui.unit.dp

val Boat: ImageVector by lazy {
    ImageVector.Builder("Boat", 48.dp, 48.dp, 48f, 48f).apply {
        val ink = SolidColor(Color.Black)
        path(fill = ink) {
            moveTo(23f, 6f)
            curveTo(30f, 13f, 36f, 21f, 38f, 31f)
            lineTo(23f, 31f)
            close()
        }
        path(fill = ink) {
            moveTo(20f, 14f)
            curveTo(18f, 21f, 15f, 26f, 10f, 31f)
            lineTo(20f, 31f)
            close()
        }
        path(stroke = ink, strokeLineWidth = 3f, strokeLineCap = StrokeCap.Round) {
            moveTo(6f, 39f)
            curveTo(12f, 35f, 18f, 43f, 24f, 39f)
            curveTo(30f, 35f, 36f, 43f, 42f, 39f)
        }
    }.build()
}
