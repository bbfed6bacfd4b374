/** Words that another app gave to this one, kept where nobody else reads them until their owner decides otherwise. */
package ithaca.bridge

private const val TITLE = 60

/** Makes a private note of a shared text: its first line is the title, all of it the body. */
suspend fun Client.keepShared(text: String): NoteId {
    val title = text.lineSequence().firstOrNull { it.isNotBlank() }.orEmpty().trim()
    val note = newPrivateNote(null, if (title.length <= TITLE) title else title.take(TITLE).dropLastWhile { it.isHighSurrogate() } + "…")
    val open = openText(personalSpace(), TextPlace.Note(note))
    val end = TextRange(text.length, text.length)
    typeIn(open.session, TextInput(open.state.generation, TextRange(0, 0), text, end))
    closeText(open.session)
    return note
}
