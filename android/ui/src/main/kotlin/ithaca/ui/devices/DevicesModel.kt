package ithaca.ui.devices

import ithaca.bridge.Change
import ithaca.bridge.Client
import ithaca.bridge.Comer
import ithaca.bridge.OwnDevice
import ithaca.ui.parts.Model
import ithaca.ui.scan.Scanner
import ithaca.ui.scan.newDevice
import kotlinx.coroutines.CoroutineScope

/** The devices of one person: naming, adding, revoking. */
class DevicesModel(private val client: Client, scope: CoroutineScope, private val scanner: Scanner?) :
    Model<DevicesState>(scope, DevicesState(canScan = scanner != null)) {
    init {
        reading(client, { it is Change.Engine || it is Change.Members || it is Change.Notices || it is Change.Invites }) { read() }
    }

    private suspend fun read() {
        val devices = client.devices()
        show { it.copy(devices = devices, offline = !client.state().online) }
    }

    fun code(text: String) = show { it.copy(code = text) }
    fun relay(address: String) = show { it.copy(relay = address) }

    fun add() = doing {
        client.scanDevice(now.code.trim(), now.relay.trim().ifEmpty { null })
        show { it.copy(code = "", relay = "") }
        read()
        carry()
    }

    /** A code that the camera read is taken at once. */
    fun scan(hint: String) = doing {
        val scan = scanner?.newDevice(hint) ?: return@doing
        show { it.copy(scanTrouble = scan.trouble, code = scan.code ?: it.code) }
        if (scan.code != null) add()
    }

    fun approve(comer: Comer) = doing {
        client.approveDevice(comer.id)
        read()
        carry()
    }

    /** What waits goes when there is signal; nobody waits for it here. */
    private fun carry() = doing {
        client.sync()
        read()
    }

    fun rename(device: OwnDevice?) = show { it.copy(naming = device, name = device?.name.orEmpty()) }
    fun name(words: String) = show { it.copy(name = words) }

    fun keepName() = doing {
        client.nameDevice(now.naming?.id ?: return@doing, now.name.trim())
        rename(null)
        read()
    }

    fun askRevoke(device: OwnDevice?) = show { it.copy(revoking = device) }

    fun revoke() = doing {
        client.revokeDevice(now.revoking?.id ?: return@doing)
        askRevoke(null)
        read()
    }
}
