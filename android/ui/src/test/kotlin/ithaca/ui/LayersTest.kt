package ithaca.ui

import java.io.File
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertTrue

/** The screens are of what Compose has on a phone and on a desktop, and of the bridge; nothing of them is one platform's own. */
class LayersTest {
    private val allowed = listOf(
        "androidx.compose.", "ithaca.bridge.", "ithaca.ui.", "java.time.", "java.io.", "java.util.Locale", "kotlin.math.", "kotlinx.coroutines.",
        "kotlinx.serialization.json.", "com.google.zxing.",
    )

    /** Of the desktop alone, though their names do not say so. */
    private val desktop = listOf("androidx.compose.ui.text.platform.", "androidx.compose.ui.window.", "androidx.compose.ui.awt.", "ithaca.bridge.fake.")

    @Test
    fun `screens use only what both have`() {
        val main = generateSequence(File("").absoluteFile) { it.parentFile }.first { File(it, "ffi/words/en.json").exists() }.resolve("android/ui/src/main/kotlin")
        val imports = main.walk().filter { it.extension == "kt" }.flatMap { file -> file.readLines().filter { it.startsWith("import ") }.map { file.name to it.removePrefix("import ") } }.toList()
        assertTrue(imports.size > 500, "the sources are no longer where this test reads them")
        val foreign = imports.filter { (_, name) -> allowed.none { name.startsWith(it) } || desktop.any { name.startsWith(it) } }
        assertEquals(emptyList(), foreign)
    }
}
