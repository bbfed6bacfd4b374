/**
 * A process that opens the profile in a folder and writes without end, to be killed by [KilledTest]. Each write that the library acknowledged is told
 * on a line of its own, which ends with a stop: `note ROUND-N.` a private note of that title, `word ROUND-N.` a word at the end of a note.
 */
package ithaca.bridge

import kotlinx.coroutines.runBlocking

fun main(args: Array<String>) {
    val (folder, round, note) = args
    val text = TextPlace.Note(NoteId(note))
    runBlocking {
        val client = CoreClient.open(folder, TestVault()) { false }
        // It is typed in as people type: the text stays open, and nobody closes it before the end.
        val field = Field.open(client, client.personalSpace(), text)
        for (n in generateSequence(1) { it + 1 }) {
            if (n % 2 == 1) {
                client.newPrivateNote(null, "$round-$n")
                println("note $round-$n.")
            } else {
                field.types(field.text.length, field.text.length, " $round-$n")
                println("word $round-$n.")
            }
            System.out.flush()
        }
    }
}
