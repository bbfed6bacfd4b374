/** Takes a picture of the screen once the app shows something to tap: `camera file.png`. A program of its own, since it needs a display. */
package ithaca.desktop

import androidx.compose.ui.graphics.toArgb
import ithaca.ui.theme.LightColours
import java.awt.Rectangle
import java.awt.Robot
import java.awt.Toolkit
import java.awt.image.BufferedImage
import java.io.File
import javax.imageio.ImageIO
import kotlin.system.exitProcess

/** A button or the boat: much more than an edge of a letter. */
const val HARBOUR_POINTS = 300
private const val PATIENCE_NS = 60_000_000_000L

/** How many points have the colour of what can be tapped; a window that is blank, or still opening, has none. */
fun harbourPoints(image: BufferedImage): Int {
    val harbour = LightColours.harbour.toArgb()
    return (0 until image.height).sumOf { y -> (0 until image.width).count { x -> image.getRGB(x, y) == harbour } }
}

fun main(args: Array<String>) {
    val robot = Robot()
    val screen = Rectangle(Toolkit.getDefaultToolkit().screenSize)
    val until = System.nanoTime() + PATIENCE_NS
    var image = robot.createScreenCapture(screen)
    while (harbourPoints(image) < HARBOUR_POINTS && System.nanoTime() < until) {
        Thread.onSpinWait()
        image = robot.createScreenCapture(screen)
    }
    ImageIO.write(image, "png", File(args[0]))
    exitProcess(if (harbourPoints(image) >= HARBOUR_POINTS) 0 else 1)
}
