/**
 * Words that were typed and not given away yet: kept on the device, so that leaving a screen or the app loses none of them; and told to one's other
 * devices when the screen is left or typing rests, to go on there.
 */
package ithaca.ui.parts

import ithaca.bridge.Client
import ithaca.bridge.IthacaFault
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.collectLatest
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext

class Draft(scope: CoroutineScope, private val tell: suspend () -> Unit = {}, private val keep: suspend (String) -> Unit) {
    private val typed = MutableStateFlow<String?>(null)
    private var kept: String? = null
    private var told: String? = null

    init {
        scope.launch {
            try {
                typed.collectLatest { words ->
                    delay(PAUSE_MS)
                    put(words)
                    delay(REST_MS)
                    pass()
                }
            } finally {
                withContext(NonCancellable) {
                    put(typed.value)
                    pass()
                }
            }
        }
    }

    /** What the field shows now; it is kept at the next pause, and when the screen is left. */
    fun type(words: String) {
        typed.value = words
    }

    /** It was given away: nothing of it is to be kept any more. */
    suspend fun done() {
        typed.value = ""
        put("")
        pass()
    }

    /** Tells what was kept here; what only came from elsewhere is known there. */
    private suspend fun pass() {
        val words = kept ?: return
        if (words == told) return
        try {
            tell()
            told = words
        } catch (_: IthacaFault) {
            // It stays on this device; leaving the screen tries again.
        }
    }

    private suspend fun put(words: String?) {
        if (words == null || words == kept) return
        try {
            keep(words)
            kept = words
        } catch (_: IthacaFault) {
            // Still on the screen; the next pause tries again.
        }
    }

    companion object {
        private const val PAUSE_MS = 400L
        private const val REST_MS = 10_000L

        fun of(client: Client, scope: CoroutineScope, name: String) = Draft(scope, { client.tellDraft(name) }) { client.keepDraft(name, it) }
    }
}
