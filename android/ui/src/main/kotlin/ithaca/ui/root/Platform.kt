/** What the device under the app gives it. */
package ithaca.ui.root

import androidx.compose.ui.text.font.FontFamily
import ithaca.ui.scan.Scanner
import ithaca.ui.words.Language
import java.time.Clock

/** The device's own lock: a finger, a face, a code. */
fun interface AppLock {
    /** Asks; whether it was its owner. */
    suspend fun unlock(): Boolean
}

/** Whether the device shows what the app has to remind of while nobody looks at it. */
interface Reminding {
    suspend fun allowed(): Boolean

    /** Asks its owner, where the device lets an app ask; whether it is allowed now. */
    suspend fun ask(): Boolean
}

interface Platform {
    val language: Language
    val face: FontFamily
    val clock: Clock
    val lock: AppLock?

    /** Null where there is no camera. */
    val scanner: Scanner?

    /** Null where nothing reminds. */
    val reminding: Reminding?

    /** Keeps a file where its owner finds it; gives where. */
    suspend fun keepFile(name: String, bytes: ByteArray): String

    /** Asks for a file; gives a path that can be read, or null where nobody chose. */
    suspend fun chooseFile(): String?
}
