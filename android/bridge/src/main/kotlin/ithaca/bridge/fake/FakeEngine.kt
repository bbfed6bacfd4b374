package ithaca.bridge.fake

import ithaca.bridge.*
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.onSubscription

/** The fake's engine: a phase, and who listens. */
internal class FakeEngine(private val world: FakeWorld) : EngineCalls {
    override fun state(): AppState = world.shown.value
    override val states: Flow<AppState> get() = world.shown
    override val changes: Flow<List<Change>> get() = world.told.onSubscription { emit(listOf(Change.Everything)) }

    private fun turn(to: Phase) {
        if (world.shown.value.phase == Phase.CLOSED) throw IthacaFault.Closed()
        world.setState { it.copy(phase = to) }
    }

    override suspend fun suspendEngine() = turn(Phase.SUSPENDED)

    override suspend fun resumeEngine() {
        turn(Phase.OPEN)
        world.tell(Change.Everything)
    }

    override suspend fun shutDown() = world.setState { it.copy(phase = Phase.CLOSED) }
    override suspend fun connectivityChanged() = world.asked {}
    override suspend fun watchRelays(on: Boolean) = world.asked {}
}
