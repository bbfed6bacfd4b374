/** The core's records as app types, and back. */
package ithaca.bridge

import ithaca.core.IthacaException
import java.time.Instant
import java.time.LocalDate
import java.time.format.DateTimeParseException
import kotlin.coroutines.cancellation.CancellationException

internal fun ms(at: Long): Instant = Instant.ofEpochMilli(at)

/** A day that somebody's other app wrote in no known shape is no day. */
internal fun day(text: String?): LocalDate? = try {
    text?.let(LocalDate::parse)
} catch (_: DateTimeParseException) {
    null
}

private inline fun <reified T : Enum<T>> same(of: Enum<*>): T = enumValueOf(of.name)

internal fun ithaca.core.Who.toApp() = Who(PersonId(person), name, me)

internal fun ithaca.core.LastSync.toApp() = LastSync(ms(atMs), reached)

internal fun ithaca.core.Snapshot.toApp() =
    AppState(same(phase), PersonId(person), DeviceId(device), name, online, syncing, lastSync?.toApp(), trouble)

internal fun ithaca.core.Change.toApp(): Change = when (this) {
    is ithaca.core.Change.Everything -> Change.Everything
    is ithaca.core.Change.Content -> Change.Content(SpaceId(space))
    is ithaca.core.Change.Members -> Change.Members(SpaceId(space))
    is ithaca.core.Change.Whereabouts -> Change.Whereabouts(SpaceId(space))
    is ithaca.core.Change.Invites -> Change.Invites
    is ithaca.core.Change.Notices -> Change.Notices
    is ithaca.core.Change.Engine -> Change.Engine
}

// --- text ---

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

private fun ithaca.core.TextRange.toApp() = TextRange(start.toInt(), end.toInt())

private fun TextRange.toCore(): ithaca.core.TextRange {
    if (start < 0 || end < 0) throw IthacaFault.BadInput(InputSort.OFFSET, "before the beginning of the text")
    return ithaca.core.TextRange(start.toUInt(), end.toUInt())
}

internal fun TextInput.toCore() =
    ithaca.core.TextInput(generation, replace.toCore(), text, selection.toCore(), composing?.toCore())

internal fun ithaca.core.TextInput.toApp() = TextInput(generation, replace.toApp(), text, selection.toApp(), composing?.toApp())

internal fun ithaca.core.TextState.toApp() = TextState(
    text,
    splices.map { TextSplice(it.start.toInt(), it.end.toInt(), it.text) },
    selection.toApp(),
    composing?.toApp(),
    fresh.map { FreshWords(it.range.toApp(), it.by.toApp(), ms(it.sinceMs)) },
    canUndo,
    canRedo,
    generation,
    unsaved,
)

// --- you two differ ---

internal fun ithaca.core.ValueView.toApp() = DifferValue(words, person?.toApp(), by?.toApp(), ms(atMs), reason)

internal fun ithaca.core.DifferView.toApp() = Differ(field, values.map { it.toApp() })

internal fun ithaca.core.CardView.toApp() = Card(
    CardId(card), SpaceId(space), same(noun), title, field, values.map { it.toApp() }, shown?.toInt(), meanwhile, onlyMine,
)

// --- notes ---

internal fun NoteFilter.toCore() = ithaca.core.NoteFilter(space?.text, withPrivate, tag, bin)

internal fun ithaca.core.NoteLine.toApp() = NoteLine(
    SpaceId(space), NoteId(note), title, beginning, day(date), tags, private, differs, editedBy?.toApp(), ms(editedAtMs),
)

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

// --- goals ---

internal fun ithaca.core.TickView.toApp() = Tick(by.toApp(), day(date))

internal fun ithaca.core.MilestoneView.toApp() =
    Milestone(ItemId(item), text, done.map { it.toApp() }, kept, differs.map { it.toApp() })

internal fun ithaca.core.GoalView.toApp() = Goal(
    GoalId(goal), document, title.toApp(), why.toApp(), success.toApp(), risk.toApp(), support.toApp(), stretch, day(targetDate),
    day(reviewDate), same(status), said.map { it.toApp() }, milestones.map { it.toApp() }, bin.map { it.toApp() }, done.toInt(), of.toInt(),
    alive, kept, differs.map { it.toApp() },
)

internal fun ithaca.core.ActionView.toApp() = Action(
    ItemId(action), text, owners.map { it.toApp() }, day(due), from, done.map { it.toApp() }, kept, differs.map { it.toApp() },
)

internal fun ithaca.core.Actions.toApp() =
    Actions(open.map { it.toApp() }, done.map { it.toApp() }, bin.map { it.toApp() }, sameThing.map { g -> g.map(::ItemId) })

internal fun GoalDraft.toCore() = ithaca.core.GoalDraft(title, why, success, stretch, risk, support, target?.toString())

internal fun ActionDraft.toCore() = ithaca.core.ActionDraft(text, owners.map { it.text }, due?.toString(), from)

internal fun GoalEdit.toCore(): ithaca.core.GoalEdit = when (this) {
    is GoalEdit.Target -> ithaca.core.GoalEdit.TargetDate(goal.text, date?.toString())
    is GoalEdit.Review -> ithaca.core.GoalEdit.ReviewDate(goal.text, date?.toString())
    is GoalEdit.Stretch -> ithaca.core.GoalEdit.Stretch(goal.text, on)
    is GoalEdit.Words -> ithaca.core.GoalEdit.Words(item.text, text)
    is GoalEdit.Ticked -> ithaca.core.GoalEdit.Tick(item.text, date?.toString())
    is GoalEdit.Due -> ithaca.core.GoalEdit.Due(action.text, date?.toString())
    is GoalEdit.Owner -> ithaca.core.GoalEdit.Owner(action.text, person.text, on)
    is GoalEdit.SameThing -> ithaca.core.GoalEdit.SameThing(action.text, other.text, same)
    is GoalEdit.Move -> ithaca.core.GoalEdit.Move(item.text, after?.text)
    is GoalEdit.Delete -> ithaca.core.GoalEdit.Delete(item.text)
    is GoalEdit.Restore -> ithaca.core.GoalEdit.Restore(item.text)
}

// --- sessions ---

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
    minutes.map { Minutes(it.by.toApp(), it.text, ms(it.atMs), it.also, it.alone) }, sinceLast.map { it.toApp() }, promised.map { it.toApp() },
    differs.map { it.toApp() }, kept, mentor, same(at),
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

internal fun form(of: Form): ithaca.core.Form = same(of)
internal fun state(of: SessionState): ithaca.core.SessionState = same(of)
internal fun status(of: GoalStatus): ithaca.core.GoalStatus = same(of)
internal fun stage(of: Stage): ithaca.core.Stage = same(of)
internal fun compared(of: Compared): ithaca.core.Compared = same(of)
internal fun exportForm(of: ExportForm): ithaca.core.ExportForm = same(of)
internal fun ithaca.core.Prompt.toApp() = Prompt(name, same(kind))
internal fun ithaca.core.WordsCheck.toApp(): WordsCheck = same(this)
internal fun ithaca.core.ProfileState.toApp(): ProfileState = same(this)
internal fun ithaca.core.Place.toApp(): Where = same(this)

// --- messages ---

internal fun ithaca.core.MessageView.toApp() = Message(
    MessageId(message), by.toApp(), ms(atMs), text, reply?.let(::MessageId), editedAtMs?.let(::ms), mayHaveBeenRead,
    reactions.map { r -> Reaction(r.emoji, r.people.map { it.toApp() }) }, readBy.map { it.toApp() }, at?.toApp(),
)

internal fun ithaca.core.MessagePage.toApp() = Messages(messages.map { it.toApp() }, before)

// --- pairs ---

internal fun ithaca.core.PairView.toApp() = PairLine(
    SpaceId(space), other.toApp(), safetyNumber, comparedAtMs?.let(::ms), compared?.let { same<Compared>(it) }, mustCompare, same(state),
    same(stage), proposed.map { StageProposal(it.by.toApp(), same(it.stage)) }, receipts, relays,
)

internal fun ithaca.core.ClauseView.toApp() = Clause(ItemId(item), title, text.toApp())

internal fun ithaca.core.RelationshipView.toApp() = Relationship(
    pair.toApp(), document, kind, model, setting, cadence, roles.map { Role(it.topic, it.mentor.toApp()) },
    people.map { Person(it.who.toApp(), it.language, it.zone, it.reachable) }, clauses.map { it.toApp() }, plan.map { it.toApp() },
    differs.map { it.toApp() },
)

internal fun ithaca.core.InviteView.toApp() = Invite(
    InviteId(invite), mine, same(state), link, words, relay, ms(expiresMs),
    answers.map { Answered(PersonId(it.person), it.name, it.safetyNumber, it.spoken) }, space?.let(::SpaceId),
)

internal fun PairEdit.toCore(): ithaca.core.PairEdit = when (this) {
    is PairEdit.Kind -> ithaca.core.PairEdit.Kind(value)
    is PairEdit.Model -> ithaca.core.PairEdit.Model(value)
    is PairEdit.Setting -> ithaca.core.PairEdit.Setting(value)
    is PairEdit.Cadence -> ithaca.core.PairEdit.Cadence(value)
    is PairEdit.Role -> ithaca.core.PairEdit.Role(topic, mentor?.text)
    is PairEdit.MyName -> ithaca.core.PairEdit.MyName(value)
    is PairEdit.MyLanguage -> ithaca.core.PairEdit.MyLanguage(value)
    is PairEdit.MyZone -> ithaca.core.PairEdit.MyZone(value)
    is PairEdit.MyReachable -> ithaca.core.PairEdit.MyReachable(value)
    is PairEdit.AddClause -> ithaca.core.PairEdit.AddClause(title, text)
    is PairEdit.AddPlan -> ithaca.core.PairEdit.AddPlan(section, text)
}

internal fun ithaca.core.PairHome.toApp() = Home(
    pair.toApp(), kind, mentor, next?.toApp(), promised.map { it.toApp() }, goals.map { it.toApp() }, latest.map { it.toApp() },
    cards.map { it.toApp() }, foot.toApp(),
)

internal fun ithaca.core.Upcoming.toApp() =
    Upcoming(SpaceId(space), with, same(noun), id, LocalDate.parse(day), atMs?.let(::ms), words)

// --- status and the rest ---

internal fun ithaca.core.Foot.toApp() =
    Foot(name, here.toLong(), onRelay.toLong(), heardAtMs?.let(::ms), unconfirmedSinceMs?.let(::ms))

internal fun ithaca.core.RelayView.toApp() = Relay(origin, trouble, againMs?.let(::ms))

internal fun ithaca.core.StatusView.toApp() = Status(
    spaces.map {
        SpaceStatus(
            SpaceId(it.space), it.private, it.foot.toApp(), it.stateCode, it.stateWords, it.setAside.toLong(), it.unknownAuthor.toLong(),
            it.knownMissing.toLong(),
        )
    },
    relays.map { it.toApp() },
)

internal fun ithaca.core.SyncOutcome.toApp() = SyncOutcome(ms(atMs), offline, noRelay, relays.map { it.toApp() })

internal fun ithaca.core.NoticeView.toApp() = Notice(no, space?.let(::SpaceId), kind, ms(atMs), words)

internal fun ithaca.core.Visibility.toApp() =
    Visibility(relays, readers.map { it.toApp() }, ownDevices.toInt(), privateNotes.toInt(), shared.toInt())

internal fun ithaca.core.FoundView.toApp() = Found(SpaceId(space), same(noun), id, excerpt)

internal fun ithaca.core.HistoryLine.toApp() =
    HistoryLine(ms(atMs), by?.toApp(), item?.let(::ItemId), noun, field, label, same(deed), from, to, person?.toApp(), afterEnd)

internal fun ithaca.core.InsightsView.toApp() =
    Insights(nSessions.toInt(), techniques.map { Used(it.word, it.n.toInt()) }, functions.map { Used(it.word, it.n.toInt()) })

internal fun ithaca.core.ImportedView.toApp() = Imported(SpaceId(space), savedCopy, healed.toInt(), others.toInt(), sameCode)

internal fun ithaca.core.ComerView.toApp() = Comer(comer, name, words, same(state))

internal fun ithaca.core.Devices.toApp() = Devices(
    devices.map { OwnDevice(DeviceId(it.device), it.name, it.thisOne, it.revoked) }, comers.map { it.toApp() }, fourWords,
)

internal fun ithaca.core.NewDeviceStage.toApp(): NewDeviceStage = when (this) {
    is ithaca.core.NewDeviceStage.Waiting -> NewDeviceStage.Waiting
    is ithaca.core.NewDeviceStage.Offered -> NewDeviceStage.Offered(name, words)
    is ithaca.core.NewDeviceStage.Agreed -> NewDeviceStage.Agreed
    is ithaca.core.NewDeviceStage.Ready -> NewDeviceStage.Ready
}

internal fun IthacaException.toApp(): IthacaFault = when (this) {
    is IthacaException.Locked -> IthacaFault.Locked()
    is IthacaException.VaultFailed -> IthacaFault.VaultFailed()
    is IthacaException.VaultLost -> IthacaFault.VaultLost()
    is IthacaException.InUse -> IthacaFault.InUse()
    is IthacaException.NoProfile -> IthacaFault.NoProfile()
    is IthacaException.ProfileExists -> IthacaFault.ProfileExists()
    is IthacaException.NotAdded -> IthacaFault.NotAdded()
    is IthacaException.StorageFull -> IthacaFault.StorageFull()
    is IthacaException.StorageCorrupt -> IthacaFault.StorageCorrupt(why)
    is IthacaException.NewerDatabase -> IthacaFault.NewerDatabase()
    is IthacaException.BadInput -> IthacaFault.BadInput(same(input), why)
    is IthacaException.NotFound -> IthacaFault.NotFound(what)
    is IthacaException.ReadOnly -> IthacaFault.ReadOnly(why)
    is IthacaException.Refused -> IthacaFault.Refused(why)
    is IthacaException.Stale -> IthacaFault.Stale()
    is IthacaException.Offline -> IthacaFault.Offline()
    is IthacaException.Stopped -> IthacaFault.Stopped()
    is IthacaException.Suspended -> IthacaFault.Suspended()
    is IthacaException.Closed -> IthacaFault.Closed()
    is IthacaException.Internal -> IthacaFault.Internal(why)
}

/** Calls the core; what it throws becomes a fault of the app. A cancelled caller stops waiting at once; the core's work goes on. */
internal inline fun <T> asking(act: () -> T): T = try {
    act()
} catch (e: IthacaException) {
    throw e.toApp()
} catch (e: CancellationException) {
    throw e
} catch (_: IllegalStateException) {
    // The library's object was dropped.
    throw IthacaFault.Closed()
}
