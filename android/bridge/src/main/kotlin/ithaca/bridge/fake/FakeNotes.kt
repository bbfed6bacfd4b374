package ithaca.bridge.fake

import ithaca.bridge.*

/** The fake's notes, shared and private. */
internal class FakeNotes(private val world: FakeWorld) : NoteCalls {
    override suspend fun notes(filter: NoteFilter, offset: Int, limit: Int): Page<NoteLine> = world.asked {
        val here = filter.space?.let { listOf(at(it)) } ?: spaces.values.toList()
        val private = if (filter.withPrivate && filter.space != personal) listOf(at(personal)) else emptyList()
        val all = (here + private).flatMap { it.notes.values }
            .filter { it.alive != filter.bin && (filter.tag == null || it.tags.any { t -> t.equals(filter.tag, ignoreCase = true) }) }
            .sortedByDescending { it.editedAt }
        Page(all.drop(offset).take(limit).map(::line), all.size > offset + limit)
    }

    private fun line(of: Note) = NoteLine(
        of.space, of.id, of.title, of.body.words.take(160), of.date, of.tags, of.private, of.differs.isNotEmpty(), of.editedBy, of.editedAt,
    )

    override suspend fun note(space: SpaceId, note: NoteId) = world.asked { at(space).notes[note] ?: missing("note") }

    private fun FakeWorld.begin(space: SpaceId, title: String): NoteId {
        val made = NoteId(id("note"))
        writable(space).notes[made] = Note(
            space, made, title, null, null, Text(""), emptyList(), emptyList(), emptyList(), space == personal, true, false, emptyList(),
            me, now().plusNanos(n.toLong()), if (space == personal) Where.OTHER else Where.HERE,
        )
        return made
    }

    override suspend fun newNote(space: SpaceId, title: String) = world.writes(space) { begin(space, title) }
    override suspend fun newPrivateNote(pair: SpaceId?, title: String) = world.writes(world.personal) { begin(personal, title) }

    override suspend fun editNote(space: SpaceId, note: NoteId, edits: List<NoteEdit>) = world.writes(space) { s ->
        s.notes[note] = edits.fold(s.notes[note] ?: missing("note")) { v, e ->
            fun among(all: List<String>, one: String, on: Boolean) =
                all.filterNot { it.equals(one, ignoreCase = true) } + if (on) listOf(one) else emptyList()
            when (e) {
                is NoteEdit.Title -> v.copy(title = e.title)
                is NoteEdit.Date -> v.copy(date = e.date)
                is NoteEdit.Place -> v.copy(place = e.place)
                is NoteEdit.Tag -> v.copy(tags = among(v.tags, e.tag, e.on))
                is NoteEdit.Function -> v.copy(functions = among(v.functions, e.function, e.on))
                is NoteEdit.Link -> v.copy(links = among(v.links, e.link, e.on))
                NoteEdit.Delete -> v.copy(alive = false)
                NoteEdit.Restore -> v.copy(alive = true)
            }
        }
    }

    override suspend fun notHolding(space: SpaceId, note: NoteId) = world.asked { listOfNotNull(at(space).pair?.other) }
    override suspend fun deleteForGood(space: SpaceId, note: NoteId) =
        world.writes(space) { s -> s.notes.remove(note) ?: missing("note"); Unit }

    override suspend fun placeOf(space: SpaceId, document: String) =
        world.asked { at(space).notes[NoteId(document)]?.at ?: Where.HERE }
}
