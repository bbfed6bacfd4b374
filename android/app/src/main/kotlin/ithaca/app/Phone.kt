/** What a phone gives the screens. */
package ithaca.app

import android.content.ContentValues
import android.net.Uri
import android.provider.MediaStore
import androidx.activity.ComponentActivity
import androidx.activity.result.contract.ActivityResultContracts.OpenDocument
import androidx.compose.ui.text.font.FontFamily
import ithaca.bridge.IthacaFault
import ithaca.platform.ChosenFile
import ithaca.platform.DeviceLock
import ithaca.ui.root.AppLock
import ithaca.ui.root.Platform
import ithaca.ui.words.Language
import ithaca.ui.words.Words
import java.io.IOException
import java.time.Clock
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext

/** Made while [activity] is created: the system allows asking for files only to who said so before it starts. */
class Phone(private val activity: ComponentActivity, override val language: Language) : Platform {
    private val device = DeviceLock(activity, Words.of(language)("reminder.title"))
    private var choice: CompletableDeferred<Uri?>? = null
    private val documents = activity.registerForActivityResult(OpenDocument()) { choice?.complete(it) }

    override val face: FontFamily = FontFamily.Default
    override val clock: Clock get() = Clock.systemDefaultZone()
    override val lock: AppLock? = if (device.available) AppLock { device.unlock() } else null

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

    override suspend fun chooseFile(): String? {
        val asked = CompletableDeferred<Uri?>().also { choice = it }
        documents.launch(arrayOf("*/*"))
        return asked.await()?.let { ChosenFile.copy(activity, it) }
    }
}
