/** The core's errors as the app's one fault. */
package ithaca.bridge

import ithaca.core.IthacaException
import kotlin.coroutines.cancellation.CancellationException

internal fun IthacaException.toApp(): IthacaFault = when (this) {
    is IthacaException.Locked -> IthacaFault.Locked()
    is IthacaException.VaultFailed -> IthacaFault.VaultFailed()
    is IthacaException.VaultLost -> IthacaFault.VaultLost()
    is IthacaException.InUse -> IthacaFault.InUse()
    is IthacaException.NoProfile -> IthacaFault.NoProfile()
    is IthacaException.ProfileExists -> IthacaFault.ProfileExists()
    is IthacaException.NotAdded -> IthacaFault.NotAdded()
    is IthacaException.StorageFull -> IthacaFault.StorageFull()
    is IthacaException.StorageCorrupt -> IthacaFault.StorageCorrupt(why)
    is IthacaException.NewerDatabase -> IthacaFault.NewerDatabase()
    is IthacaException.BadInput -> IthacaFault.BadInput(same(input), why)
    is IthacaException.NotFound -> IthacaFault.NotFound(what)
    is IthacaException.ReadOnly -> IthacaFault.ReadOnly(why)
    is IthacaException.Refused -> IthacaFault.Refused(why)
    is IthacaException.Stale -> IthacaFault.Stale()
    is IthacaException.Offline -> IthacaFault.Offline()
    is IthacaException.Stopped -> IthacaFault.Stopped()
    is IthacaException.Suspended -> IthacaFault.Suspended()
    is IthacaException.Closed -> IthacaFault.Closed()
    is IthacaException.Internal -> IthacaFault.Internal(why)
}

/** Calls the core; what it throws becomes a fault of the app. A cancelled caller stops waiting at once; the core's work goes on. */
internal inline fun <T> asking(act: () -> T): T = try {
    act()
} catch (e: IthacaException) {
    throw e.toApp()
} catch (e: CancellationException) {
    throw e
} catch (_: IllegalStateException) {
    // The library's object was dropped.
    throw IthacaFault.Closed()
}
