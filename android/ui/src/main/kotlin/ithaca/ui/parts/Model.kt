/** What every screen's model shares: it reads now and after each change, and tells what went wrong without losing anything. */
package ithaca.ui.parts

import ithaca.bridge.Change
import ithaca.bridge.Client
import ithaca.bridge.IthacaFault
import ithaca.bridge.SpaceId
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.filter
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch

/** A fault for a line on the screen, where nothing typed is lost. */
open class Faults {
    private val last = MutableStateFlow<IthacaFault?>(null)
    val fault: StateFlow<IthacaFault?> = last

    fun faultSeen() {
        last.value = null
    }

    protected fun tell(fault: IthacaFault?) {
        last.value = fault
    }

    /** Whether it was done. */
    protected suspend fun guarded(deed: suspend () -> Unit): Boolean = try {
        deed()
        true
    } catch (fault: IthacaFault) {
        last.value = fault
        false
    }
}

abstract class Model<S>(protected val scope: CoroutineScope, first: S) : Faults() {
    private val shown = MutableStateFlow(first)
    val state: StateFlow<S> = shown

    protected val now: S get() = shown.value

    protected fun show(change: (S) -> S) = shown.update(change)

    protected fun doing(deed: suspend () -> Unit): Job = scope.launch { guarded(deed) }

    /** Reads at once and whenever something that matters changed. */
    protected fun reading(client: Client, matters: (Change) -> Boolean, read: suspend () -> Unit): Job = scope.launch {
        client.changes.filter { batch -> batch.any { it is Change.Everything || matters(it) } }.collect { guarded(read) }
    }

    protected fun about(space: SpaceId): (Change) -> Boolean = { change ->
        when (change) {
            is Change.Content -> change.space == space
            is Change.Members -> change.space == space
            is Change.Whereabouts -> change.space == space
            else -> false
        }
    }
}
