package ithaca.ui.trouble

import ithaca.bridge.IthacaFault
import ithaca.bridge.Profiles
import ithaca.ui.parts.Model
import ithaca.ui.parts.Screen
import kotlinx.coroutines.CoroutineScope

/** Each trouble has a way out, and none of them throws anything away. */
class TroubleModel(
    private val profiles: Profiles,
    scope: CoroutineScope,
    fault: IthacaFault,
    private val openAgain: suspend () -> Unit,
    private val onSetAside: (Screen) -> Unit,
) : Model<TroubleState>(scope, TroubleState(fault)) {
    fun again() {
        if (now.busy) return
        show { it.copy(busy = true) }
        doing { openAgain() }.invokeOnCompletion { show { it.copy(busy = false) } }
    }

    /** Keeps what is here aside, then goes to a way of coming back. */
    fun comeBack(by: Screen) = doing {
        profiles.setAside()
        onSetAside(by)
    }
}
