package ithaca.bridge

import java.io.File
import kotlin.random.Random
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertTrue

private const val SEED = 20_260_504
private const val ROUNDS = 6
private const val MOST = 80

/** What Unix says of a process that SIGKILL ended. */
private const val KILLED = 128 + 9

/** The system ends apps at any moment and asks nobody: what a person was told is kept is there when the app is opened again. */
class KilledTest {
    @Test
    fun `whatever was acknowledged before the process was killed is there afterwards`() = timed {
        val random = Random(SEED)
        Phone.named("Ana").use { ana ->
            val note = ana.client.newPrivateNote(null, "Words")
            ana.client.shutDown()
            val acknowledged = ArrayList<String>()
            for (round in 1..ROUNDS) {
                val enough = random.nextInt(1, MOST)
                val now = killedAfter(enough, ana.folder, "$round", note)
                assertTrue(now.size >= enough, "round $round")
                acknowledged += now
                ana.open().use { again ->
                    val there = kept(again, note)
                    assertEquals(emptyList(), acknowledged.filter { it !in there }, "lost in round $round, killed after $enough writes")
                    // One more may have been under way; nothing is there twice, and nothing that nobody wrote.
                    assertTrue(there.size == there.toSet().size && there.size <= acknowledged.size + round, "round $round: $there")
                    again.newPrivateNote(null, "After")
                    again.shutDown()
                }
            }
        }
    }

    /** What the process told before it was killed: at least [enough], and whatever else it got to tell. */
    private fun killedAfter(enough: Int, folder: String, round: String, note: NoteId): List<String> {
        val java = File(System.getProperty("java.home"), "bin/java").path
        val options = listOf("jna.library.path", "jna.nosys").map { "-D$it=${System.getProperty(it)}" }
        val classes = System.getProperty("surefire.test.class.path") ?: System.getProperty("java.class.path")
        val process = ProcessBuilder(listOf(java) + options + listOf("-cp", classes, "ithaca.bridge.WriterKt", folder, round, note.text))
            .redirectError(ProcessBuilder.Redirect.INHERIT).start()
        try {
            val lines = process.inputStream.bufferedReader()
            val told = ArrayList<String>()
            while (told.size < enough) told += checkNotNull(lines.readLine()) { "it ended by itself" }
            // By its handle: the process itself would close what it told and nobody read yet.
            process.toHandle().destroyForcibly()
            told += generateSequence { lines.readLine() }
            assertEquals(KILLED, process.waitFor())
            return told.filter { it.endsWith('.') }.map { it.removeSuffix(".") }
        } finally {
            process.destroyForcibly()
        }
    }

    private suspend fun kept(client: Client, note: NoteId): List<String> {
        val notes = client.notes(NoteFilter(), limit = 10_000).lines.map { it.title }.filter { it.matches(Regex("\\d+-\\d+")) }
        val field = Field.open(client, client.personalSpace(), TextPlace.Note(note))
        field.closes()
        val words = client.note(client.personalSpace(), note).body.words.split(' ').filter { it.isNotEmpty() }
        return notes.map { "note $it" } + words.map { "word $it" }
    }
}
