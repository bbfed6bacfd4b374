package ithaca.ui.new_device

import ithaca.bridge.Client
import ithaca.bridge.IthacaFault
import ithaca.bridge.Joining
import ithaca.bridge.NewDeviceStage
import ithaca.bridge.ProfileState
import ithaca.bridge.Profiles
import ithaca.ui.parts.Model
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.delay

/** This device becomes another one of somebody: it shows a code, waits, and asks whether the one who adds it is oneself. */
class NewDeviceModel(
    private val profiles: Profiles,
    scope: CoroutineScope,
    private val onReady: suspend (Client) -> Unit,
    private val onLeft: () -> Unit,
    private val pause: suspend () -> Unit = { delay(ASK_AGAIN_MS) },
) : Model<NewDeviceState>(scope, NewDeviceState()) {
    private var joining: Joining? = null
    private var waiting: Job? = null

    init {
        if (profiles.there() == ProfileState.JOINING) doing { wait(profiles.goOnJoining()) }
    }

    fun label(label: String) = show { it.copy(label = label) }
    fun relay(relay: String) = show { it.copy(relay = relay) }
    fun begin() = doing { wait(profiles.join(now.relay.trim(), now.label.trim())) }

    fun agree() = doing {
        val with = joining ?: return@doing
        val stage = with.agree()
        show { it.copy(stage = stage) }
        if (waiting?.isActive != true) follow(with)
    }

    /** Nothing of this device belongs to anybody after it. */
    fun leave() = doing {
        waiting?.cancel()
        joining?.leave()
        profiles.setAside()
        onLeft()
    }

    private suspend fun wait(with: Joining) {
        joining = with
        val code = with.code()
        show { it.copy(code = code) }
        follow(with)
    }

    /** Asks every few seconds, as long as the screen is there. */
    private fun follow(with: Joining) {
        waiting = doing {
            while (now.stage != NewDeviceStage.Ready) {
                try {
                    val stage = with.step()
                    show { it.copy(stage = stage, offline = false) }
                } catch (_: IthacaFault.Offline) {
                    show { it.copy(offline = true) }
                }
                if (now.stage != NewDeviceStage.Ready) pause()
            }
            with.leave()
            onReady(profiles.open())
        }
    }

    private companion object {
        const val ASK_AGAIN_MS = 3_000L
    }
}
