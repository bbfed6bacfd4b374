package ithaca.ui.devices

import ithaca.bridge.Devices
import ithaca.bridge.OwnDevice

data class DevicesState(
    val devices: Devices? = null,
    val code: String = "",
    val relay: String = "",
    val naming: OwnDevice? = null,
    val name: String = "",
    val revoking: OwnDevice? = null,
    val offline: Boolean = false,
    val canScan: Boolean = false,
    /** Why what the camera saw is of no use here; see [ithaca.ui.scan.Scan]. */
    val scanTrouble: String? = null,
)
