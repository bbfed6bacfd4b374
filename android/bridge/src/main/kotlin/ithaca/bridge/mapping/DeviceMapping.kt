/** The core's records of devices and of recovery words as app types. */
package ithaca.bridge

internal fun ithaca.core.ComerView.toApp() = Comer(id, name, words, same(state))

internal fun ithaca.core.Devices.toApp() = Devices(
    devices.map { OwnDevice(DeviceId(it.device), it.name, it.thisOne, it.revoked) }, comers.map { it.toApp() }, fourWords,
)

internal fun ithaca.core.WordsCheck.toApp(): WordsCheck = same(this)

internal fun ithaca.core.NewDeviceStage.toApp(): NewDeviceStage = when (this) {
    is ithaca.core.NewDeviceStage.Waiting -> NewDeviceStage.Waiting
    is ithaca.core.NewDeviceStage.Offered -> NewDeviceStage.Offered(name, words)
    is ithaca.core.NewDeviceStage.Agreed -> NewDeviceStage.Agreed
    is ithaca.core.NewDeviceStage.Ready -> NewDeviceStage.Ready
}
