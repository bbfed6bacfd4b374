package ithaca.bridge

import java.util.concurrent.CopyOnWriteArrayList
import java.util.concurrent.atomic.AtomicInteger
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertIs
import kotlin.test.assertTrue
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext
import kotlinx.coroutines.yield
import ithaca.core.CallbackException
import ithaca.core.ChangeListener

class LifecycleTest {
    @Test
    fun `a vault that is locked, fails, is lost or answers other bytes is told apart`() = timed {
        Phone.named("Ana").use { ana ->
            ana.client.newPrivateNote(null, "Plan")
            ana.client.shutDown()
            ana.vault.fault = VaultFault.Locked()
            assertFailsWith<IthacaFault.Locked> { ana.open() }
            ana.vault.fault = VaultFault.Lost()
            assertFailsWith<IthacaFault.VaultLost> { ana.open() }
            ana.vault.fault = IllegalArgumentException("what no code expected")
            assertFailsWith<IthacaFault.VaultFailed> { ana.open() }
            ana.vault.fault = null
            ana.vault.mask = 0x11
            assertFailsWith<IthacaFault.VaultLost> { ana.open() }
            ana.vault.mask = 0x5a
            ana.open().use { again ->
                assertEquals("Plan", again.notes(NoteFilter()).lines.single().title)
                again.shutDown()
            }
        }
    }

    @Test
    fun `first run, a folder that is taken, a folder that is empty`() = timed {
        val folder = Phone.newFolder()
        assertEquals(ProfileState.NONE, CoreClient.profileState(folder))
        assertFailsWith<IthacaFault.NoProfile> { CoreClient.open(folder, TestVault(), null) }
        assertIs<IthacaFault.BadInput>(runCatching { CoreClient.create(folder, TestVault(), null, " ") }.exceptionOrNull())
        CoreClient.create(folder, TestVault(), null, "Ana").use { ana ->
            assertEquals(ProfileState.READY, CoreClient.profileState(folder))
            assertFailsWith<IthacaFault.InUse> { CoreClient.open(folder, TestVault(), null) }
            ana.suspendEngine()
            assertFailsWith<IthacaFault.Suspended> { ana.pairs() }
            assertEquals(Phase.SUSPENDED, ana.state().phase)
            assertFailsWith<IthacaFault.ProfileExists> { CoreClient.create(folder, TestVault(), null, "Ben") }
            ana.resumeEngine()
            assertEquals(emptyList(), ana.pairs())
            ana.shutDown()
            ana.shutDown()
            assertFailsWith<IthacaFault.Closed> { ana.pairs() }
        }
    }

    @Test
    fun `a client whose object was dropped says that it is closed`() = timed {
        val ana = Phone.named("Ana")
        ana.client.shutDown()
        ana.client.close()
        ana.client.close()
        assertFailsWith<IthacaFault.Closed> { ana.client.pairs() }
        assertFailsWith<IthacaFault.Closed> { ana.client.state() }
    }

    @Test
    fun `a cancelled coroutine returns at once and its work is done`() = timed {
        Phone.named("Ana").use { ana ->
            val begun = CompletableDeferred<Unit>()
            val jobs = List(50) { n ->
                launch(Dispatchers.Default) {
                    begun.complete(Unit)
                    ana.client.newPrivateNote(null, "Note $n")
                }
            }
            begun.await()
            jobs.forEach { it.cancelAndJoin() }
            // Nothing is half there, and the engine goes on.
            val kept = ana.client.notes(NoteFilter(), limit = 100).lines
            ana.client.newPrivateNote(null, "After")
            assertEquals(kept.size + 1, ana.client.notes(NoteFilter(), limit = 100).lines.size)
        }
    }

    @Test
    fun `a sync that waits for a silent relay is stopped, and cancelling leaves others waiting`() = timed {
        java.net.ServerSocket(0, 50, java.net.InetAddress.getLoopbackAddress()).use { silent ->
            Phone.named("Ana").use { ana ->
                ana.client.setRelay("http://127.0.0.1:${silent.localPort}")
                val one = async(Dispatchers.Default) { runCatching { ana.client.sync() } }
                ana.client.states.first { it.syncing }
                val other = launch(Dispatchers.Default) { ana.client.sync() }
                other.cancelAndJoin()
                ana.client.newPrivateNote(null, "Nothing waits for the network")
                ana.client.stopWaiting()
                assertIs<IthacaFault.Stopped>(one.await().exceptionOrNull())
            }
        }
    }

    @Test
    fun `closing in the middle of work keeps what was acknowledged`() = timed {
        Phone.named("Ana").use { ana ->
            val kept = AtomicInteger()
            val jobs = List(100) { n ->
                async(Dispatchers.Default) {
                    runCatching { ana.client.newPrivateNote(null, "Note $n") }.onSuccess { kept.incrementAndGet() }.exceptionOrNull()
                }
            }
            yield()
            ana.client.shutDown()
            jobs.awaitAll().filterNotNull().forEach { assertIs<IthacaFault.Closed>(it) }
            ana.open().use { again ->
                assertEquals(kept.get(), again.notes(NoteFilter(), limit = 200).lines.size)
                again.shutDown()
            }
        }
    }

    @Test
    fun `listeners that throw, and ten thousand that come and go`() = timed {
        Phone.named("Ana").use { ana ->
            val core = CoreClient::class.java.getDeclaredField("core").apply { isAccessible = true }.get(ana.client) as ithaca.core.Ithaca
            val called = AtomicInteger()
            val bad = object : ChangeListener {
                override fun onChanges(changes: List<ithaca.core.Change>) {
                    if (called.incrementAndGet() % 2 == 0) throw CallbackException.Failed()
                    error("this listener throws")
                }
            }
            core.subscribe(bad).use {
                val seen = CopyOnWriteArrayList<Change>()
                val hearing = launch(Dispatchers.Default) { ana.client.changes.collect { seen += it } }
                // What comes before somebody listens is not told again: the flow begins with "everything" once it does.
                while (Change.Everything !in seen) yield()
                repeat(3) { ana.client.newPrivateNote(null, "Note $it") }
                val personal = ana.client.personalSpace()
                while (Change.Content(personal) !in seen) yield()
                assertTrue(called.get() > 0)
                hearing.cancelAndJoin()
            }
            repeat(10_000) { core.subscribe(bad).close() }
            assertEquals(0u, core.nSubscriptions())
            assertEquals(Change.Everything, ana.client.changes.first().first())
        }
    }

    @Test
    fun `many coroutines on many threads`() = timed {
        Phone.named("Ana").use { ana ->
            withContext(Dispatchers.Default) {
                List(8) { t ->
                    async {
                        repeat(25) { n ->
                            ana.client.newPrivateNote(null, "$t/$n")
                            ana.client.notes(NoteFilter(), limit = 3)
                            ana.client.state()
                        }
                    }
                }.awaitAll()
            }
            assertEquals(200, ana.client.notes(NoteFilter(), limit = 1000).lines.size)
        }
    }

    @Test
    fun `states say whether it runs`() = timed {
        Phone.named("Ana").use { ana ->
            val phases = async(Dispatchers.Default) { ana.client.states.take(3).toList().map { it.phase } }
            ana.client.states.first { it.phase == Phase.OPEN }
            while (phases.isActive) {
                ana.client.suspendEngine()
                ana.client.resumeEngine()
                yield()
            }
            assertTrue(Phase.OPEN in phases.await())
        }
    }

    @Test
    fun `log lines come without a person's words`() = timed {
        val lines = CopyOnWriteArrayList<String>()
        sendLogTo { _, _, line -> lines += line }
        Phone.named("Zebra-47").use { ana ->
            val core = ana.client
            core.changes.first()
            core.newPrivateNote(null, "zebra-47")
        }
        sendLogTo(null)
        assertTrue(lines.none { "zebra" in it.lowercase() })
    }
}
