/** What a computer gives the app. */
package ithaca.desktop

import androidx.compose.ui.text.font.FontFamily
import androidx.compose.ui.text.font.FontWeight
import androidx.compose.ui.text.platform.Font
import ithaca.bridge.Connectivity
import ithaca.bridge.IthacaFault
import ithaca.ui.root.AppLock
import ithaca.ui.root.Platform
import ithaca.ui.root.Reminding
import ithaca.ui.scan.Scanner
import ithaca.ui.words.Language
import java.awt.FileDialog
import java.awt.Frame
import java.io.File
import java.io.IOException
import java.net.NetworkInterface
import java.net.SocketException
import java.nio.file.Files
import java.time.Clock
import java.util.Locale
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.swing.Swing
import kotlinx.coroutines.withContext

class Desk(private val files: File) : Platform, Connectivity {
    override val language: Language = Language.of(Locale.getDefault().language)
    override val face = FontFamily(Font("$INTER/Inter-Regular.otf", FontWeight.Normal), Font("$INTER/Inter-SemiBold.otf", FontWeight.SemiBold))
    override val clock: Clock = Clock.systemDefaultZone()

    /** A computer's own lock is the screen's; it is not asked a second time. */
    override val lock: AppLock? = null

    /** Pointing a computer's camera at a phone is harder than pasting a link. */
    override val scanner: Scanner? = null
    override val reminding: Reminding? = null

    /** The relay runs on this very machine: it is reached without any network. */
    @Volatile var relayIsHere = false

    override fun isOnline(): Boolean = try {
        NetworkInterface.getNetworkInterfaces().asSequence().any { it.isUp && (relayIsHere || !it.isLoopback) }
    } catch (_: SocketException) {
        false
    }

    /** Never over another file of that name. */
    override suspend fun keepFile(name: String, bytes: ByteArray): String = withContext(Dispatchers.IO) {
        val plain = name.replace(Regex("[/\\\\:\\p{Cntrl}]"), "_")
        val (stem, end) = plain.substringBeforeLast('.') to plain.substringAfterLast('.')
        val free = generateSequence(1) { it + 1 }.map { File(files, if (it == 1) plain else "$stem-$it.$end") }.first { !it.exists() }
        try {
            Files.write(free.toPath(), bytes)
        } catch (_: IOException) {
            throw IthacaFault.StorageFull()
        }
        free.path
    }

    override suspend fun chooseFile(): String? = withContext(Dispatchers.Swing) {
        val dialog = FileDialog(null as Frame?, "ithaca", FileDialog.LOAD)
        dialog.isVisible = true
        dialog.file?.let { File(dialog.directory, it).path }
    }

    private companion object {
        const val INTER = "com/formdev/flatlaf/fonts/inter"
    }
}

/** Where the command line keeps its profile too. */
fun dataFolder(env: (String) -> String? = System::getenv, system: String = System.getProperty("os.name")): File {
    val home = env("HOME") ?: System.getProperty("user.home")
    fun named(name: String) = env(name)?.takeIf { it.isNotEmpty() }
    return when {
        system.startsWith("Windows") -> File(named("APPDATA") ?: home, "ithaca")
        system.startsWith("Mac") -> File(home, "Library/Application Support/ithaca")
        else -> File(named("XDG_DATA_HOME") ?: "$home/.local/share", "ithaca")
    }
}
