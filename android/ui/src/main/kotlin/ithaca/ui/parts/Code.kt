/** A code as a picture to scan. */
package ithaca.ui.parts

import androidx.compose.foundation.Canvas
import androidx.compose.foundation.background
import androidx.compose.foundation.layout.aspectRatio
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.widthIn
import androidx.compose.material3.MaterialTheme
import androidx.compose.runtime.Composable
import androidx.compose.runtime.remember
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.geometry.Offset
import androidx.compose.ui.geometry.Size
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.role
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import com.google.zxing.qrcode.decoder.ErrorCorrectionLevel
import com.google.zxing.qrcode.encoder.Encoder

/** The dark squares, row by row. */
internal fun squares(text: String): List<BooleanArray> {
    val code = Encoder.encode(text, ErrorCorrectionLevel.M).matrix
    return List(code.height) { y -> BooleanArray(code.width) { x -> code.get(x, y).toInt() == 1 } }
}

/** Always dark on white, with a quiet border: so that any camera reads it. */
@Composable
fun Code(text: String, description: String) {
    val rows = remember(text) { squares(text) }
    Canvas(
        Modifier.widthIn(max = 280.dp).fillMaxWidth().aspectRatio(1f).clip(MaterialTheme.shapes.medium).background(Color.White).padding(20.dp)
            .semantics { contentDescription = description; role = Role.Image },
    ) {
        val side = size.width / rows.size
        rows.forEachIndexed { y, row ->
            row.forEachIndexed { x, dark -> if (dark) drawRect(Color.Black, Offset(x * side, y * side), Size(side + 0.5f, side + 0.5f)) }
        }
    }
}
