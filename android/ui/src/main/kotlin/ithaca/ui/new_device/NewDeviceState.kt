package ithaca.ui.new_device

import ithaca.bridge.NewDeviceCode
import ithaca.bridge.NewDeviceStage

data class NewDeviceState(
    val label: String = "",
    val relay: String = "",
    val code: NewDeviceCode? = null,
    val stage: NewDeviceStage = NewDeviceStage.Waiting,
    val offline: Boolean = false,
)
