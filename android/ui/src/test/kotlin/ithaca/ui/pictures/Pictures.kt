/** `make screens`: every screen in every state, with contact sheets, an index, and the list that is committed. Not a test of its own. */
package ithaca.ui.pictures

import java.io.File
import org.jetbrains.skia.EncodedImageFormat
import org.jetbrains.skia.Image
import org.jetbrains.skia.Rect
import org.jetbrains.skia.SamplingMode
import org.jetbrains.skia.Surface
import org.junit.jupiter.api.Test

private const val COLUMNS = 8
private const val ROWS = 3
private const val CELL_WIDTH = 270
private const val CELL_HEIGHT = 570

class Pictures {
    private val out = File(checkNotNull(System.getProperty("ithaca.screens")) { "say where: -Dithaca.screens=…" })
    private val only = System.getProperty("ithaca.only").orEmpty()

    private fun wanted(name: String) = name.isNotEmpty() && (only.isEmpty() || Regex(only).containsMatchIn(name))

    @Test
    fun draw() {
        out.deleteRecursively()
        out.mkdirs()
        val shots = everyShot().filter { wanted(it.name) }
        val lines = shots.map { shot ->
            val image = render(shot)
            File(out, "${shot.name}.png").writeBytes(checkNotNull(image.encodeToData(EncodedImageFormat.PNG)).bytes)
            val line = "${shot.name} ${image.width}x${image.height} ${hashOf(image)}"
            image.close()
            line
        }
        File(out, "screens.txt").writeText(lines.joinToString("\n", postfix = "\n"))
        val base = System.getProperty("ithaca.base")?.let(::File)?.takeIf { it.exists() }?.readLines().orEmpty().filter { wanted(it.substringBefore(' ')) }
        val otherwise = if (base.isEmpty()) emptyList() else differences(base, lines)
        File(out, "differences.txt").writeText(otherwise.joinToString("") { "$it\n" })
        val sheets = shots.groupBy { Triple(it.language, it.looks.brightness, it.looks.textPercent) }.flatMap { (kind, of) ->
            of.chunked(COLUMNS * ROWS).mapIndexed { i, some -> sheet("sheet-${kind.first.code}-${kind.second.name.lowercase()}-${kind.third}-${i + 1}.png", some) }
        }
        File(out, "index.html").writeText(index(shots, sheets))
    }

    private fun sheet(name: String, shots: List<Shot>): String {
        val rows = (shots.size + COLUMNS - 1) / COLUMNS
        val surface = Surface.makeRasterN32Premul(COLUMNS * CELL_WIDTH, rows * CELL_HEIGHT)
        surface.canvas.clear(0xff808080.toInt())
        shots.forEachIndexed { i, shot ->
            val image = Image.makeFromEncoded(File(out, "${shot.name}.png").readBytes())
            val (x, y) = (i % COLUMNS * CELL_WIDTH + 3).toFloat() to (i / COLUMNS * CELL_HEIGHT + 3).toFloat()
            val to = Rect.makeXYWH(x, y, CELL_WIDTH - 6f, (CELL_WIDTH - 6f) * image.height / image.width)
            surface.canvas.drawImageRect(image, Rect.makeWH(image.width.toFloat(), image.height.toFloat()), to, SamplingMode.MITCHELL, null, true)
            image.close()
        }
        File(out, name).writeBytes(checkNotNull(surface.makeImageSnapshot().encodeToData(EncodedImageFormat.PNG)).bytes)
        return name
    }

    private fun index(shots: List<Shot>, sheets: List<String>): String = buildString {
        appendLine("<!doctype html><meta charset=utf-8><title>ithaca: screens</title>")
        appendLine("<style>body{font:15px sans-serif;background:#eee}figure{display:inline-block;width:270px;margin:6px}img{width:100%}</style>")
        appendLine("<h1>${shots.size} screens</h1>")
        for (sheet in sheets) appendLine("<a href='$sheet'>$sheet</a> ")
        for ((screen, of) in shots.groupBy { it.screen }) {
            appendLine("<h2>${screen.id}</h2>")
            for (shot in of) appendLine("<figure><img loading=lazy src='${shot.name}.png'><figcaption>${shot.name}</figcaption></figure>")
        }
    }
}
