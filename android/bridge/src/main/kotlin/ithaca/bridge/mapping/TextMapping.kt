/** The core's records of text as app types, and back. */
package ithaca.bridge

internal fun ithaca.core.TextView.toApp() = Text(
    text,
    display,
    choices.map { choice ->
        choice.wordings.map { w -> Wording(w.run, w.words, w.start.toInt() until w.end.toInt(), w.by.map { it.toApp() }) }
    },
)

internal fun TextPlace.toCore(): ithaca.core.TextPlace = when (this) {
    is TextPlace.Note -> ithaca.core.TextPlace.Note(note.text)
    is TextPlace.SessionNotes -> ithaca.core.TextPlace.SessionNotes(document.text)
    is TextPlace.Agenda -> ithaca.core.TextPlace.Agenda(document.text, item.text)
    is TextPlace.Goal -> ithaca.core.TextPlace.Goal(goal.text, same(part))
    is TextPlace.Clause -> ithaca.core.TextPlace.Clause(clause.text)
    is TextPlace.Plan -> ithaca.core.TextPlace.Plan(part.text)
}
