package ithaca.ui.sync

import ithaca.bridge.Change
import ithaca.bridge.Client
import ithaca.ui.parts.Model
import kotlinx.coroutines.CoroutineScope

/** How far everything came: this device, the relay, their phone. */
class SyncModel(private val client: Client, scope: CoroutineScope) : Model<SyncState>(scope, SyncState()) {
    init {
        reading(client, { it is Change.Engine || it is Change.Whereabouts || it is Change.Content || it is Change.Members }) {
            val (status, pairs, relay) = Triple(client.status(), client.pairs(), client.relay())
            val state = client.state()
            show { it.copy(status = status, pairs = pairs, relay = relay, last = state.lastSync, online = state.online, trouble = state.trouble != null) }
        }
    }

    fun sync() {
        if (now.running) return
        show { it.copy(running = true) }
        doing { client.sync() }.invokeOnCompletion { show { it.copy(running = false) } }
    }

    fun stop() = doing { client.stopWaiting() }
}
