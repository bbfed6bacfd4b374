/** Asking whether the device may remind: once, when there is something to remind of and not before. */
package ithaca.ui.root

import ithaca.bridge.Change
import ithaca.bridge.Client
import ithaca.bridge.IthacaFault
import ithaca.bridge.reminders
import kotlinx.coroutines.flow.first

private const val ASKED = "reminders.asked"

internal suspend fun askToRemind(client: Client, platform: Platform) {
    val reminding = platform.reminding ?: return
    try {
        if (client.setting(ASKED) != null || reminding.allowed()) return
        client.changes.first { batch -> batch.any { it is Change.Everything || it is Change.Content } && somethingComesUp(client, platform) }
        client.keepSetting(ASKED, "yes")
        reminding.ask()
    } catch (_: IthacaFault) {
        // Asked when the app is opened again.
    }
}

private suspend fun somethingComesUp(client: Client, platform: Platform) =
    reminders(client, platform.clock.instant(), platform.clock.zone).isNotEmpty()
