/** What a phone gives the screens. */
package ithaca.app

import android.app.Activity
import android.content.ContentValues
import android.provider.MediaStore
import androidx.compose.ui.text.font.FontFamily
import ithaca.bridge.IthacaFault
import ithaca.platform.DeviceLock
import ithaca.ui.root.AppLock
import ithaca.ui.root.Platform
import ithaca.ui.words.Language
import ithaca.ui.words.Words
import java.io.IOException
import java.time.Clock
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext

class Phone(private val activity: Activity, override val language: Language) : Platform {
    private val device = DeviceLock(activity, Words.of(language)("reminder.title"))

    override val face: FontFamily = FontFamily.Default
    override val clock: Clock get() = Clock.systemDefaultZone()
    override val lock: AppLock? = if (device.available) AppLock { device.unlock() } else null

    /** Into the phone's downloads, where its owner and other apps find it: that is what taking out means. */
    override suspend fun keepFile(name: String, text: String): String = withContext(Dispatchers.IO) {
        val resolver = activity.contentResolver
        val values = ContentValues().apply { put(MediaStore.Downloads.DISPLAY_NAME, name) }
        try {
            val uri = resolver.insert(MediaStore.Downloads.EXTERNAL_CONTENT_URI, values) ?: throw IthacaFault.StorageFull()
            checkNotNull(resolver.openOutputStream(uri)) { "the file that was just made does not open" }.use { it.write(text.encodeToByteArray()) }
            name
        } catch (_: IOException) {
            throw IthacaFault.StorageFull()
        }
    }
}
