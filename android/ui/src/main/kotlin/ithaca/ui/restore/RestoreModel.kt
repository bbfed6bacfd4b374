package ithaca.ui.restore

import ithaca.bridge.Client
import ithaca.bridge.IthacaFault
import ithaca.bridge.PersonId
import ithaca.bridge.Profiles
import ithaca.bridge.Returning
import ithaca.ui.parts.Model
import kotlinx.coroutines.CoroutineScope

/** Coming back by twelve words on an empty device. What was typed stays, whatever happens. */
class RestoreModel(
    private val profiles: Profiles,
    scope: CoroutineScope,
    private val onBack: suspend (Client) -> Unit,
) : Model<RestoreState>(scope, RestoreState()) {
    private var returning: Returning? = null

    fun words(words: String) = show { it.copy(words = words, found = null) }
    fun relay(relay: String) = show { it.copy(relay = relay, found = null) }

    fun look() {
        if (now.looking) return
        show { it.copy(looking = true, found = null, offline = false) }
        doing {
            try {
                val found = profiles.comeBack(now.words.trim(), now.relay.trim()).also { returning = it }.look()
                show { it.copy(found = found) }
            } catch (_: IthacaFault.Offline) {
                show { it.copy(offline = true) }
            }
        }.invokeOnCompletion { show { it.copy(looking = false) } }
    }

    fun stop() {
        returning?.stop()
    }

    fun choose(person: PersonId) = doing { returning?.let { onBack(it.finish(person)) } }
}
