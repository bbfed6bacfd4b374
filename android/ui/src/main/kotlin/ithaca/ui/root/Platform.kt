/** What the device under the app gives it. */
package ithaca.ui.root

import androidx.compose.ui.text.font.FontFamily
import ithaca.ui.words.Language
import java.time.Clock

/** The device's own lock: a finger, a face, a code. */
fun interface AppLock {
    /** Asks; whether it was its owner. */
    suspend fun unlock(): Boolean
}

interface Platform {
    val language: Language
    val face: FontFamily
    val clock: Clock
    val lock: AppLock?

    /** Keeps a file where its owner finds it; gives where. */
    suspend fun keepFile(name: String, bytes: ByteArray): String

    /** Asks for a file; gives a path that can be read, or null where nobody chose. */
    suspend fun chooseFile(): String?
}
