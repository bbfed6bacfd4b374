/** Takes a picture of the screen once there is something on it: `camera file.png words…`. A program of its own, since it needs a display. */
package ithaca.desktop

import java.awt.Rectangle
import java.awt.Robot
import java.awt.Toolkit
import java.awt.image.BufferedImage
import java.io.File
import javax.imageio.ImageIO
import kotlin.system.exitProcess

/** A window with words and cards has many; an empty one has a few. */
private const val TONES = 40
private const val PATIENCE_NS = 60_000_000_000L

fun tones(image: BufferedImage): Int {
    val seen = HashSet<Int>()
    for (y in 0 until image.height step 2) for (x in 0 until image.width step 2) seen += image.getRGB(x, y)
    return seen.size
}

fun main(args: Array<String>) {
    val robot = Robot()
    val screen = Rectangle(Toolkit.getDefaultToolkit().screenSize)
    val until = System.nanoTime() + PATIENCE_NS
    var image = robot.createScreenCapture(screen)
    while (tones(image) < TONES && System.nanoTime() < until) {
        Thread.onSpinWait()
        image = robot.createScreenCapture(screen)
    }
    ImageIO.write(image, "png", File(args[0]))
    exitProcess(if (tones(image) >= TONES) 0 else 1)
}
