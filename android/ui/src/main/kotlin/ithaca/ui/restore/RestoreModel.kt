package ithaca.ui.restore

import ithaca.bridge.Client
import ithaca.bridge.InputSort
import ithaca.bridge.IthacaFault
import ithaca.bridge.PersonChoice
import ithaca.bridge.PersonId
import ithaca.bridge.Profiles
import ithaca.bridge.Returning
import ithaca.ui.parts.Model
import ithaca.ui.root.Platform
import java.io.File
import java.io.IOException
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext

/** Coming back by twelve words on an empty device. What was typed stays, whatever happens. */
class RestoreModel(
    private val profiles: Profiles,
    scope: CoroutineScope,
    private val platform: Platform,
    private val onBack: suspend (Client) -> Unit,
) : Model<RestoreState>(scope, RestoreState()) {
    private var returning: Returning? = null

    fun words(words: String) = show { it.copy(words = words, found = null) }
    fun relay(relay: String) = show { it.copy(relay = relay, found = null) }

    fun look() {
        if (now.looking) return
        show { it.copy(looking = true, found = null, offline = false) }
        doing {
            var found: List<PersonChoice>? = null
            var offline = false
            try {
                val rescue = now.rescue?.let { read(it) }
                found = profiles.comeBack(now.words.trim(), now.relay.trim(), rescue).also { returning = it }.look()
            } catch (_: IthacaFault.Offline) {
                offline = true
            } finally {
                // At once: who reads that there is no signal can tap again.
                show { it.copy(looking = false, found = found, offline = offline) }
            }
        }
    }

    fun chooseRescue() = doing {
        val path = platform.chooseFile()
        show { it.copy(rescue = path, found = null) }
    }

    private suspend fun read(path: String): ByteArray = withContext(Dispatchers.IO) {
        try {
            File(path).readBytes()
        } catch (_: IOException) {
            throw IthacaFault.BadInput(InputSort.FILE, "the rescue file cannot be read")
        }
    }

    fun stop() {
        returning?.stop()
    }

    fun choose(person: PersonId) = doing { returning?.let { onBack(it.finish(person)) } }
}
