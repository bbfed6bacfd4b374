/** What tests give the library: a vault, a network that can be taken away, a relay that runs as a process of its own. */
package ithaca.bridge

import java.io.File
import java.nio.file.Files
import java.util.concurrent.atomic.AtomicBoolean
import kotlin.io.path.createTempDirectory
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout

class TestVault : KeyVault {
    @Volatile var fault: Exception? = null
    @Volatile var mask = 0x5a

    override fun seal(root: ByteArray): ByteArray = turned(root, 0x5a)
    override fun unseal(sealed: ByteArray): ByteArray = turned(sealed, mask)

    private fun turned(bytes: ByteArray, by: Int): ByteArray {
        fault?.let { throw it }
        return ByteArray(bytes.size) { (bytes[it].toInt() xor by).toByte() }
    }
}

/** A relay that lets anybody make mailboxes, on a free port of this machine. */
class TestRelay : AutoCloseable {
    private val process: Process
    val origin: String

    init {
        val program = File(System.getProperty("ithaca.programs"), "ithaca-relay")
        process = ProcessBuilder(
            program.path, "serve", "--listen", "127.0.0.1:0", "--print-ready", "--memory", "--open",
            "--i-understand-anyone-can-store-data-here", "--requests-per-second", "0",
        ).redirectError(ProcessBuilder.Redirect.DISCARD).start()
        val lines = process.inputStream.bufferedReader()
        origin = checkNotNull(lines.readLine()) { "the relay did not start" }.removePrefix("listening on ")
        generateSequence { lines.readLine() }.first { it == "ready" }
    }

    override fun close() {
        process.destroyForcibly().waitFor()
    }
}

/** Somebody with one device. */
class Phone private constructor(val client: CoreClient, val vault: TestVault, val online: AtomicBoolean, val folder: String) : AutoCloseable {
    companion object {
        suspend fun named(name: String): Phone {
            val (vault, online, folder) = Triple(TestVault(), AtomicBoolean(true), newFolder())
            return Phone(CoreClient.create(folder, vault, { online.get() }, name), vault, online, folder)
        }

        fun newFolder(): String = createTempDirectory("ithaca").resolve("profile").toString()
    }

    suspend fun goOnline(on: Boolean) {
        online.set(on)
        client.connectivityChanged()
    }

    suspend fun open(): CoreClient = CoreClient.open(folder, vault) { online.get() }

    override fun close() {
        runBlocking { runCatching { client.shutDown() } }
        client.close()
        File(folder).parentFile.deleteRecursively()
    }
}

data class Pair2(val ana: Phone, val ben: Phone, val space: SpaceId)

suspend fun bothSync(a: Phone, b: Phone) {
    repeat(2) {
        a.client.sync()
        b.client.sync()
    }
    a.client.sync()
}

/** A pair over a relay. */
suspend fun pair(relay: TestRelay): Pair2 {
    val (ana, ben) = Phone.named("Ana") to Phone.named("Ben")
    ana.client.setRelay(relay.origin)
    val invite = ana.client.invite()
    ana.client.sync()
    ben.client.answerInvite(checkNotNull(invite.link))
    ben.client.sync()
    ana.client.sync()
    val answer = ana.client.invites().single().answers.single()
    val space = ana.client.approveAnswer(invite.id, answer.person)
    bothSync(ana, ben)
    return Pair2(ana, ben, space)
}

/** A test that does not wait for ever; a thousand commits on a slow disk take more than a minute. */
fun timed(act: suspend CoroutineScope.() -> Unit) = runBlocking { withTimeout(300_000) { act() } }

fun together(act: suspend CoroutineScope.(Pair2, TestRelay) -> Unit) = TestRelay().use { relay ->
    timed {
        val two = pair(relay)
        two.ana.use { two.ben.use { act(two, relay) } }
    }
}

/** A text field as an app holds it: it types, and takes in what comes back. */
class Field private constructor(private val client: Client, val session: TextSessionId, var text: String, var state: TextState) {
    companion object {
        suspend fun open(client: Client, space: SpaceId, place: TextPlace): Field =
            client.openText(space, place).let { Field(client, it.session, checkNotNull(it.state.text), it.state) }
    }

    fun input(start: Int, end: Int, put: String) =
        TextInput(state.generation, TextRange(start, end), put, TextRange(start + put.length, start + put.length))

    private fun takesIn(now: TextState) {
        for (s in now.splices) text = text.replaceRange(s.start, s.end, s.text)
        state = now
    }

    suspend fun types(start: Int, end: Int, put: String) {
        val now = client.typeIn(session, input(start, end, put))
        text = text.replaceRange(start, end, put)
        takesIn(now)
    }

    suspend fun undoes() = takesIn(client.undoText(session, state.generation))
    suspend fun closes() = client.closeText(session)
}
