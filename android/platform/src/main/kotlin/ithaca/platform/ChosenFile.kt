/** A file that its owner chose among those of other apps: the core opens paths, and the system gives only a stream. */
package ithaca.platform

import android.content.Context
import android.net.Uri
import ithaca.bridge.IthacaFault
import ithaca.bridge.InputSort
import java.io.File
import java.io.FileNotFoundException
import java.io.IOException
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext

object ChosenFile {
    /** More than the core reads at once: whatever is larger is refused by its own words, and not copied to its end. */
    const val LONGEST = 513L * 1024 * 1024

    /** Copies what is at [uri] into the app's own folder for passing things, in the place of the last one; gives its path. */
    suspend fun copy(context: Context, uri: Uri): String = withContext(Dispatchers.IO) {
        val kept = File(context.cacheDir, "chosen")
        val stream = try {
            context.contentResolver.openInputStream(uri) ?: throw FileNotFoundException()
        } catch (_: FileNotFoundException) {
            throw IthacaFault.BadInput(InputSort.FILE, "the chosen file is gone")
        }
        stream.use { from ->
            try {
                kept.outputStream().use { to ->
                    val piece = ByteArray(DEFAULT_BUFFER_SIZE)
                    var left = LONGEST
                    while (left > 0) {
                        val read = from.read(piece)
                        if (read < 0) break
                        to.write(piece, 0, read)
                        left -= read
                    }
                }
            } catch (_: IOException) {
                kept.delete()
                throw IthacaFault.StorageFull()
            }
        }
        kept.path
    }

    /** What was chosen may hold everything a person wrote: it does not stay when nobody needs it. */
    fun forget(context: Context) {
        File(context.cacheDir, "chosen").delete()
    }
}
