/** What a phone gives the screens. */
package ithaca.app

import android.Manifest
import android.content.ContentValues
import android.provider.MediaStore
import androidx.activity.ComponentActivity
import androidx.activity.result.contract.ActivityResultContracts.OpenDocument
import androidx.activity.result.contract.ActivityResultContracts.RequestPermission
import androidx.compose.ui.text.font.FontFamily
import ithaca.bridge.IthacaFault
import ithaca.platform.ChosenFile
import ithaca.platform.DeviceLock
import ithaca.platform.Permissions
import ithaca.ui.root.AppLock
import ithaca.ui.root.Platform
import ithaca.ui.root.Reminding
import ithaca.ui.scan.Scanner
import ithaca.ui.scan.Seen
import ithaca.ui.words.Language
import ithaca.ui.words.Words
import java.io.IOException
import java.time.Clock
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext

/** Made while [activity] is created; see [Question]. */
class Phone(private val activity: ComponentActivity, override val language: Language) : Platform {
    private val device = DeviceLock(activity, Words.of(language)("reminder.title"))
    private val document = Question(activity, OpenDocument())
    private val permission = Question(activity, RequestPermission())
    private val code = Question(activity, CodeWindow { Words.of(language)("common.close") })

    override val face: FontFamily = FontFamily.Default
    override val clock: Clock get() = Clock.systemDefaultZone()
    override val lock: AppLock? = if (device.available) AppLock { device.unlock() } else null

    override val scanner: Scanner? = if (!Permissions.hasCamera(activity)) null else Scanner { hint ->
        if (allowed(Manifest.permission.CAMERA)) code.ask(hint) else Seen.Refused
    }

    override val reminding = object : Reminding {
        override suspend fun allowed() = Permissions.notifies(activity)

        override suspend fun ask(): Boolean {
            if (Permissions.asksToNotify) allowed(Manifest.permission.POST_NOTIFICATIONS)
            return allowed()
        }
    }

    /** Asks where it was not allowed yet; the system answers itself where its owner refused for good. */
    private suspend fun allowed(what: String) = Permissions.has(activity, what) || permission.ask(what)

    /** Into the phone's downloads, where its owner and other apps find it: that is what taking out means. */
    override suspend fun keepFile(name: String, bytes: ByteArray): String = withContext(Dispatchers.IO) {
        val resolver = activity.contentResolver
        val values = ContentValues().apply { put(MediaStore.Downloads.DISPLAY_NAME, name) }
        try {
            val uri = resolver.insert(MediaStore.Downloads.EXTERNAL_CONTENT_URI, values) ?: throw IthacaFault.StorageFull()
            checkNotNull(resolver.openOutputStream(uri)) { "the file that was just made does not open" }.use { it.write(bytes) }
            name
        } catch (_: IOException) {
            throw IthacaFault.StorageFull()
        }
    }

    override suspend fun chooseFile(): String? = document.ask(arrayOf("*/*"))?.let { ChosenFile.copy(activity, it) }
}
