/**
 * One real app without a screen, for tests/apps: it does what a line on its input says and answers with one line, `ok …` or `fault …`. The parts of
 * a line stand between tabs. The same commands as `ios/Tests/Talker`.
 */
package ithaca.bridge

import java.util.concurrent.atomic.AtomicBoolean
import kotlin.system.exitProcess
import kotlinx.coroutines.runBlocking

private class Talker(private val folder: String) {
    private val online = AtomicBoolean(true)
    private lateinit var client: CoreClient
    private var pair: SpaceId? = null
    private val space: SpaceId get() = checkNotNull(pair) { "there is no pair yet" }

    suspend fun does(words: List<String>): String = when (words[0]) {
        "create" -> "".also { client = CoreClient.create(folder, TestVault(), { online.get() }, words[1]) }
        "reopen" -> {
            client.shutDown()
            client.close()
            "".also { client = CoreClient.open(folder, TestVault()) { online.get() } }
        }
        "relay" -> client.setRelay(words[1])
        "invite" -> checkNotNull(client.invite().link)
        "join" -> client.answerInvite(words[1]).state.name
        "approve" -> client.invites().single { it.answers.isNotEmpty() }.let {
            pair = client.approveAnswer(it.id, it.answers.single().person)
            it.answers.single().name
        }
        "paired" -> client.pairs().also { pair = it.firstOrNull()?.space }.size.toString()
        "online" -> "".also {
            online.set(words[1] == "yes")
            client.connectivityChanged()
        }
        "sync" -> if (client.sync().offline) "offline" else "reached"
        "note" -> client.newNote(space, words[1]).text
        "type" -> {
            val field = Field.open(client, space, TextPlace.Note(NoteId(words[1])))
            val at = if (words[2] == "end") field.text.length else words[2].toInt()
            field.types(at, at, words[3])
            field.closes()
            field.text
        }
        "read" -> client.note(space, NoteId(words[1])).body.words
        "say" -> client.say(space, words[1]).text
        "messages" -> client.messages(space).messages.joinToString("|") { "${it.by.name}: ${it.text}" }
        "arrived" -> client.messages(space).messages.filter { it.by.me }.all { it.at == Where.OTHER }.toString()
        "promise" -> client.newAction(space, ActionDraft(words[1], listOf(client.state().person))).text
        "promises" -> client.actions(space).open.map { "${it.owners.single().name}: ${it.text}" }.sorted().joinToString("|")
        "code" -> client.status().spaces.single { it.space == space }.stateCode
        "end" -> "".also { client.shutDown() }
        else -> error("no such command")
    }
}

fun main(args: Array<String>) {
    val talker = Talker(args[0])
    for (line in generateSequence(::readLine)) {
        val answer = runBlocking {
            try {
                "ok ${talker.does(line.split('\t'))}"
            } catch (fault: IthacaFault) {
                "fault $fault"
            }
        }
        println(answer)
        if (line == "end") exitProcess(0)
    }
}
