/** The core's records of sessions as app types, and back. */
package ithaca.bridge

internal fun state(of: SessionState): ithaca.core.SessionState = same(of)

internal fun form(of: Form): ithaca.core.Form = same(of)

internal fun ithaca.core.Prompt.toApp() = Prompt(name, same(kind))

internal fun ithaca.core.Answer.toApp() = Answer(prompt, words, scale?.toInt(), chosen)

internal fun Answer.toCore(): ithaca.core.Answer {
    if (scale != null && scale !in 1..5) throw IthacaFault.BadInput(InputSort.VALUE, "a place on the scale is 1 to 5")
    return ithaca.core.Answer(prompt, words, scale?.toUByte(), chosen)
}

internal fun ithaca.core.FormView.toApp() =
    FilledForm(same(form), by.toApp(), answers.map { it.toApp() }, ms(atMs), also.map { a -> a.map { it.toApp() } }, alone)

internal fun ithaca.core.SessionLine.toApp() =
    SessionLine(SessionId(session), title, day(day), place, same(state), agreedAtMs?.let(::ms), ready.map { it.toApp() }, differs)

internal fun ithaca.core.Sessions.toApp() =
    Sessions(lines.map { it.toApp() }, bin.map { it.toApp() }, sameMeeting.map { g -> g.map(::SessionId) })

internal fun ithaca.core.AgendaView.toApp() =
    AgendaPoint(ItemId(item), SessionId(document), text.toApp(), done.map { it.toApp() }, carriedFrom?.let(::SessionId))

internal fun ithaca.core.ProposalView.toApp() =
    Proposal(ItemId(item), SessionId(document), ms(atMs), zone, accepted.map { it.toApp() }, agreed)

internal fun ithaca.core.SessionView.toApp() = Session(
    line.toApp(), documents.map(::SessionId), said.map { it.toApp() }, notes.map { SessionNotes(SessionId(it.document), it.text.toApp()) },
    agenda.map { it.toApp() }, agendaBin.map { it.toApp() }, proposals.map { it.toApp() }, techniques, functions, forms.map { it.toApp() },
    minutes.map { Minutes(it.by.toApp(), it.text, ms(it.atMs), it.also, it.alone) }, sinceLast.map { it.toApp() },
    promised.map { it.toApp() }, differs.map { it.toApp() }, kept, mentor, same(at),
)

internal fun SessionEdit.toCore(): ithaca.core.SessionEdit = when (this) {
    is SessionEdit.Title -> ithaca.core.SessionEdit.Title(title)
    is SessionEdit.Date -> ithaca.core.SessionEdit.Date(date?.toString())
    is SessionEdit.Place -> ithaca.core.SessionEdit.Place(place)
    is SessionEdit.AddAgenda -> ithaca.core.SessionEdit.AddAgenda(text)
    is SessionEdit.TickAgenda -> ithaca.core.SessionEdit.TickAgenda(item.text, date?.toString())
    is SessionEdit.MoveAgenda -> ithaca.core.SessionEdit.MoveAgenda(item.text, after?.text)
    is SessionEdit.DeleteAgenda -> ithaca.core.SessionEdit.DeleteAgenda(item.text)
    is SessionEdit.RestoreAgenda -> ithaca.core.SessionEdit.RestoreAgenda(item.text)
    is SessionEdit.Technique -> ithaca.core.SessionEdit.Technique(technique, on)
    is SessionEdit.Function -> ithaca.core.SessionEdit.Function(function, on)
    is SessionEdit.Propose -> ithaca.core.SessionEdit.Propose(at.toEpochMilli(), zone)
    is SessionEdit.AcceptTime -> ithaca.core.SessionEdit.AcceptTime(item.text, on)
    SessionEdit.Delete -> ithaca.core.SessionEdit.Delete
    SessionEdit.Restore -> ithaca.core.SessionEdit.Restore
}
