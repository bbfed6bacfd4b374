package ithaca.bridge

import kotlinx.coroutines.flow.Flow

/** The engine that everything runs in: how it is, what changed, when it runs. */
interface EngineCalls {
    /** What is known without asking the engine. */
    fun state(): AppState

    /** [state] now and whenever it changed. */
    val states: Flow<AppState>

    /** What changed, in batches; [Change.Everything] first. */
    val changes: Flow<List<Change>>

    suspend fun suspendEngine()
    suspend fun resumeEngine()
    suspend fun shutDown()
    suspend fun connectivityChanged()
    suspend fun watchRelays(on: Boolean)
}
