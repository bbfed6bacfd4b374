package ithaca.desktop

import ithaca.bridge.CoreProfiles
import ithaca.bridge.timed
import java.io.File
import java.util.concurrent.TimeUnit
import javax.imageio.ImageIO
import kotlin.io.path.createTempDirectory
import kotlin.test.Test
import kotlin.test.assertTrue
import kotlin.test.fail
import org.junit.jupiter.api.Assumptions.assumeTrue

/** The real window, of the real program, on a display without a screen. */
class WindowTest {
    private val folder = createTempDirectory("window").toFile()
    private val pictures = File(System.getProperty("ithaca.pictures", folder.path)).apply { mkdirs() }

    /** A display of its own; its number comes through a pipe when it is ready. */
    private class Display : AutoCloseable {
        private val process = ProcessBuilder("Xvfb", "-displayfd", "1", "-screen", "0", "1280x860x24", "-nolisten", "tcp")
            .redirectError(ProcessBuilder.Redirect.DISCARD).start()
        val name: String = ":" + checkNotNull(process.inputStream.bufferedReader().readLine()) { "Xvfb did not start" }

        override fun close() {
            process.destroy()
            process.waitFor()
        }
    }

    private fun java(display: Display, main: String, vararg args: String): Process {
        val options = listOf("skiko.renderApi=SOFTWARE", "jna.library.path=${System.getProperty("jna.library.path")}", "jna.nosys=true", "user.home=${folder.path}")
        val program = File(System.getProperty("java.home"), "bin/java").path
        val command = listOf(program) + options.map { "-D$it" } + listOf("-cp", System.getProperty("java.class.path"), main) + args
        return ProcessBuilder(command).redirectErrorStream(true).redirectOutput(File(folder, "$main.log")).apply {
            environment()["DISPLAY"] = display.name
            environment()["LC_ALL"] = "C.UTF-8"
        }.start()
    }

    private fun seen(name: String, profile: File): Int = Display().use { display ->
        val app = java(display, "ithaca.desktop.MainKt", profile.path)
        try {
            val picture = File(pictures, "$name.png")
            val camera = java(display, "ithaca.desktop.CameraKt", picture.path)
            assertTrue(camera.waitFor(90, TimeUnit.SECONDS), "no picture within 90 seconds")
            assertTrue(app.isAlive, "the app ended: " + File(folder, "ithaca.desktop.MainKt.log").readText().take(2_000))
            harbourPoints(ImageIO.read(picture))
        } finally {
            app.destroy()
            app.waitFor()
        }
    }

    @Test
    fun `the window shows the first run, and then what is in a profile`() {
        if (System.getenv("PATH").split(':').none { File(it, "Xvfb").canExecute() }) {
            val how = "Xvfb is missing, so the real window was not seen. Debian: apt-get install xvfb"
            if (System.getenv("CI") == "true") fail(how)
            System.err.println(how)
            assumeTrue(false, how)
        }
        val profile = File(folder, "profile")
        assertTrue(seen("window-first-run", profile) >= HARBOUR_POINTS, "the window is blank")
        timed {
            val client = CoreProfiles(profile, FileVault(profile.toPath().resolve("vault.key")), null).begin("Ana")
            client.newPrivateNote(null, "Before the first visit")
            client.shutDown()
        }
        assertTrue(seen("window-profile", profile) >= HARBOUR_POINTS, "the window is blank")
    }
}
