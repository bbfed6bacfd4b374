/** One screen in one state as a picture, the same on every machine: a bundled face, a virtual clock, no graphics card. */
package ithaca.ui.pictures

import androidx.compose.ui.ImageComposeScene
import androidx.compose.ui.unit.Density
import androidx.compose.ui.use
import ithaca.ui.parts.Screen
import ithaca.ui.sample.Content
import ithaca.ui.sample.Shown
import ithaca.ui.sample.listed
import ithaca.ui.theme.Brightness
import ithaca.ui.theme.Looks
import ithaca.ui.words.Language
import org.jetbrains.skia.Bitmap
import org.jetbrains.skia.Image
import org.jetbrains.skia.Rect
import org.jetbrains.skia.SamplingMode
import org.jetbrains.skia.Surface

const val WIDTH = 360
const val HEIGHT = 760
private const val DENSITY = 1.5f
private const val FRAME_NS = 50_000_000L

data class Shot(val screen: Screen, val content: Content, val language: Language, val looks: Looks) {
    val name: String
        get() = listOf(screen.id, content.id, language.code, looks.brightness.name.lowercase(), looks.textPercent.toString()).joinToString("-")
}

/** Every screen in each of its states. */
fun states(): List<Pair<Screen, Content>> = listed().flatMap { (screen, states) ->
    states.map { Screen.valueOf(screen.uppercase()) to Content.valueOf(it.uppercase()) }
}

fun everyShot(): List<Shot> = states().flatMap { (screen, content) ->
    Language.entries.flatMap { language ->
        listOf(Brightness.LIGHT, Brightness.DARK).flatMap { brightness -> listOf(100, 200).map { Shot(screen, content, language, Looks(brightness, it)) } }
    }
}

/** Rendered until nothing moves: enter animations and first readings settle on a virtual clock. */
fun render(shot: Shot): Image = ImageComposeScene((WIDTH * DENSITY).toInt(), (HEIGHT * DENSITY).toInt(), Density(DENSITY)) {
    Shown(shot.screen, shot.content, shot.language, shot.looks)
}.use { scene ->
    var image = scene.render(0L)
    for (frame in 1..10) image = scene.render(frame * FRAME_NS)
    image
}

fun scaled(image: Image, width: Int, height: Int): Bitmap {
    val surface = Surface.makeRasterN32Premul(width, height)
    surface.canvas.drawImageRect(image, Rect.makeWH(image.width.toFloat(), image.height.toFloat()), Rect.makeWH(width.toFloat(), height.toFloat()), SamplingMode.MITCHELL, null, true)
    return Bitmap.makeFromImage(surface.makeImageSnapshot())
}

private fun Bitmap.light(x: Int, y: Int): Int = getColor(x, y).let { (it shr 16 and 0xff) * 3 + (it shr 8 and 0xff) * 6 + (it and 0xff) }

/** A perceptual hash: whether each of 16 by 16 fields is lighter than the one beside it. */
fun hashOf(image: Image): String {
    val small = scaled(image, 17, 16)
    val bits = (0 until 16).flatMap { y -> (0 until 16).map { x -> small.light(x, y) > small.light(x + 1, y) } }
    return bits.chunked(4).joinToString("") { four -> four.fold(0) { n, bit -> n * 2 + if (bit) 1 else 0 }.toString(16) }
}

/** How many tones of grey there are: a blank picture has one. */
fun nTones(image: Image): Int {
    val small = scaled(image, 90, 190)
    return (0 until 190).flatMap { y -> (0 until 90).map { x -> small.light(x, y) } }.distinct().size
}
