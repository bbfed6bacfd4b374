/** The core's records of notes as app types, and back. */
package ithaca.bridge

internal fun NoteFilter.toCore() = ithaca.core.NoteFilter(space?.text, withPrivate, tag, bin)

internal fun ithaca.core.NoteLine.toApp() = NoteLine(
    SpaceId(space), NoteId(note), title, beginning, day(date), tags, private, differs, editedBy?.toApp(), ms(editedAtMs),
)

internal fun ithaca.core.Place.toApp(): Where = same(this)

internal fun ithaca.core.NoteView.toApp() = Note(
    SpaceId(space), NoteId(note), title, day(date), place, body.toApp(), tags, functions, links, private, alive, kept,
    differs.map { it.toApp() }, editedBy?.toApp(), ms(editedAtMs), same(at),
)

internal fun NoteEdit.toCore(): ithaca.core.NoteEdit = when (this) {
    is NoteEdit.Title -> ithaca.core.NoteEdit.Title(title)
    is NoteEdit.Date -> ithaca.core.NoteEdit.Date(date?.toString())
    is NoteEdit.Place -> ithaca.core.NoteEdit.Place(place)
    is NoteEdit.Tag -> ithaca.core.NoteEdit.Tag(tag, on)
    is NoteEdit.Function -> ithaca.core.NoteEdit.Function(function, on)
    is NoteEdit.Link -> ithaca.core.NoteEdit.Link(link, on)
    NoteEdit.Delete -> ithaca.core.NoteEdit.Delete
    NoteEdit.Restore -> ithaca.core.NoteEdit.Restore
}
