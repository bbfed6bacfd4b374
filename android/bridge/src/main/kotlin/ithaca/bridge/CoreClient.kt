package ithaca.bridge

import ithaca.core.ChangeListener
import ithaca.core.Ithaca
import java.time.LocalDate
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.distinctUntilChanged
import kotlinx.coroutines.flow.filter
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.flow.map

/** [Client] over the library. */
class CoreClient internal constructor(private val core: Ithaca) : Client, AutoCloseable {
    companion object {
        /** What there is in a folder, without opening it. */
        fun profileState(folder: String): ProfileState = ithaca.core.profileState(folder).toApp()

        /** Makes a new person with this as the first device, in an empty folder. */
        suspend fun create(folder: String, vault: KeyVault, connectivity: Connectivity?, name: String): CoreClient =
            asking { CoreClient(Ithaca.create(folder, CoreVault(vault), connectivity?.let(::CoreConnectivity), name)) }

        /** Opens the profile in a folder. */
        suspend fun open(folder: String, vault: KeyVault, connectivity: Connectivity?): CoreClient =
            asking { CoreClient(Ithaca.open(folder, CoreVault(vault), connectivity?.let(::CoreConnectivity))) }
    }

    /** The database was damaged and is built again, or the folder is a copy: said once after opening. */
    val rebuilt: Boolean get() = core.opened().rebuilt
    val renewed: Boolean get() = core.opened().renewed

    /** Drops the library's object; [shutDown] comes first where anything is to be waited for. */
    override fun close() = core.close()

    override fun state(): AppState = asking { core.snapshot().toApp() }

    override val changes: Flow<List<Change>> = flow {
        // One thread tells every listener: it never waits for a collector. What a slow one has not seen is one batch.
        val pending = LinkedHashSet<Change>()
        val signal = Channel<Unit>(Channel.CONFLATED)
        val subscription = core.subscribe(object : ChangeListener {
            override fun onChanges(changes: List<ithaca.core.Change>) {
                synchronized(pending) { pending.addAll(changes.map { it.toApp() }) }
                signal.trySend(Unit)
            }
        })
        try {
            for (told in signal) {
                val batch = synchronized(pending) { pending.toList().also { pending.clear() } }
                if (batch.isNotEmpty()) emit(batch)
            }
        } finally {
            subscription.cancel()
            subscription.close()
        }
    }

    override val states: Flow<AppState> =
        changes.filter { batch -> batch.any { it is Change.Engine || it is Change.Everything } }.map { state() }.distinctUntilChanged()

    override suspend fun suspendEngine() = asking { core.suspend() }
    override suspend fun resumeEngine() = asking { core.resume() }
    override suspend fun shutDown() = asking { core.shutDown() }
    override suspend fun connectivityChanged() = asking { core.connectivityChanged() }
    override suspend fun watchRelays(on: Boolean) = asking { core.watchRelays(on) }

    override suspend fun sync() = asking { core.sync().toApp() }
    override suspend fun stopWaiting() = asking { core.stopWaiting() }
    override suspend fun status() = asking { core.status().toApp() }
    override suspend fun foot(space: SpaceId) = asking { core.foot(space.text).toApp() }
    override suspend fun notices() = asking { core.notices().map { it.toApp() } }
    override suspend fun dismiss(notice: Long) = asking { core.dismissNotice(notice) }
    override suspend fun doctor() = asking { core.doctor().map { Finding(it.good, it.what, it.words) } }
    override suspend fun visibility(space: SpaceId) = asking { core.visibility(space.text).toApp() }

    override suspend fun pairs() = asking { core.pairs().map { it.toApp() } }
    override suspend fun home(space: SpaceId, today: LocalDate) = asking { core.pairHome(space.text, today.toString()).toApp() }
    override suspend fun upcoming(today: LocalDate, until: LocalDate) =
        asking { core.upcoming(today.toString(), until.toString()).map { it.toApp() } }

    override suspend fun relationship(space: SpaceId) = asking { core.relationship(space.text).toApp() }
    override suspend fun personalSpace() = asking { SpaceId(core.personalSpace()) }
    override suspend fun editPair(space: SpaceId, edits: List<PairEdit>) = asking { core.editPair(space.text, edits.map { it.toCore() }) }
    override suspend fun invite() = asking { core.invite().toApp() }
    override suspend fun answerInvite(text: String, relay: String?) = asking { core.answerInvite(text, relay).toApp() }
    override suspend fun invites() = asking { core.invites().map { it.toApp() } }
    override suspend fun approveAnswer(invite: InviteId, person: PersonId) = asking { SpaceId(core.approveAnswer(invite.text, person.text)) }
    override suspend fun withdrawInvite(invite: InviteId) = asking { core.withdrawInvite(invite.text) }
    override suspend fun compared(space: SpaceId, how: Compared) = asking { core.compared(space.text, compared(how)) }
    override suspend fun proposeStage(space: SpaceId, stage: Stage) = asking { core.proposeStage(space.text, stage(stage)) }
    override suspend fun agreeToStage(space: SpaceId) = asking { core.agreeToStage(space.text) }
    override suspend fun pausePair(space: SpaceId, reason: String?) = asking { core.pausePair(space.text, reason) }
    override suspend fun resumePair(space: SpaceId, reason: String?) = asking { core.resumePair(space.text, reason) }
    override suspend fun endPair(space: SpaceId, reason: String?) = asking { core.endPair(space.text, reason) }
    override suspend fun leavePair(space: SpaceId) = asking { core.leavePair(space.text) }
    override suspend fun block(space: SpaceId, on: Boolean) = asking { core.block(space.text, on) }
    override suspend fun tellWhatIsRead(space: SpaceId, on: Boolean) = asking { core.tellWhatIsRead(space.text, on) }
    override suspend fun keepAt(space: SpaceId, relays: List<String>) = asking { core.keepAt(space.text, relays) }
    override suspend fun rescueFile(space: SpaceId) = asking { core.rescueFile(space.text) }

    override suspend fun notes(filter: NoteFilter, offset: Int, limit: Int) = asking {
        val page = core.notes(filter.toCore(), offset.toUInt(), limit.toUInt())
        Page(page.lines.map { it.toApp() }, page.more)
    }

    override suspend fun note(space: SpaceId, note: NoteId) = asking { core.note(space.text, note.text).toApp() }
    override suspend fun newNote(space: SpaceId, title: String) = asking { NoteId(core.newNote(space.text, title)) }
    override suspend fun newPrivateNote(pair: SpaceId?, title: String) = asking { NoteId(core.newPrivateNote(pair?.text, title)) }
    override suspend fun editNote(space: SpaceId, note: NoteId, edits: List<NoteEdit>) =
        asking { core.editNote(space.text, note.text, edits.map { it.toCore() }) }

    override suspend fun notHolding(space: SpaceId, note: NoteId) = asking { core.notHolding(space.text, note.text).map { it.toApp() } }
    override suspend fun deleteForGood(space: SpaceId, note: NoteId) = asking { core.deleteForGood(space.text, note.text) }
    override suspend fun placeOf(space: SpaceId, document: String) = asking { core.placeOf(space.text, document).toApp() }

    override suspend fun openText(space: SpaceId, place: TextPlace) =
        asking { core.openText(space.text, place.toCore()).let { OpenText(TextSessionId(it.session), it.state.toApp()) } }

    override suspend fun typeIn(session: TextSessionId, input: TextInput) = asking { core.typeIn(session.no, input.toCore()).toApp() }
    override suspend fun refreshText(session: TextSessionId, seen: ULong) = asking { core.refreshText(session.no, seen).toApp() }
    override suspend fun undoText(session: TextSessionId, seen: ULong) = asking { core.undoText(session.no, seen).toApp() }
    override suspend fun redoText(session: TextSessionId, seen: ULong) = asking { core.redoText(session.no, seen).toApp() }
    override suspend fun closeText(session: TextSessionId) = asking { core.closeText(session.no) }
    override suspend fun widenedInput(session: TextSessionId, input: TextInput) = asking { core.widenedInput(session.no, input.toCore()).toApp() }

    override suspend fun chooseWords(space: SpaceId, place: TextPlace, run: String) =
        asking { core.chooseWords(space.text, place.toCore(), run) }

    override suspend fun goals(space: SpaceId, bin: Boolean) = asking { core.goals(space.text, bin).map { it.toApp() } }
    override suspend fun goal(space: SpaceId, goal: GoalId) = asking { core.goal(space.text, goal.text).toApp() }
    override suspend fun newGoal(space: SpaceId, draft: GoalDraft) = asking { GoalId(core.newGoal(space.text, draft.toCore())) }
    override suspend fun newMilestone(space: SpaceId, goal: GoalId, text: String) =
        asking { ItemId(core.newMilestone(space.text, goal.text, text)) }

    override suspend fun newAction(space: SpaceId, draft: ActionDraft) = asking { ItemId(core.newAction(space.text, draft.toCore())) }
    override suspend fun editGoals(space: SpaceId, edits: List<GoalEdit>) = asking { core.editGoals(space.text, edits.map { it.toCore() }) }
    override suspend fun setGoalStatus(space: SpaceId, goal: GoalId, status: GoalStatus, reason: String?) =
        asking { core.setGoalStatus(space.text, goal.text, status(status), reason) }

    override suspend fun actions(space: SpaceId) = asking { core.actions(space.text).toApp() }

    override suspend fun sessions(space: SpaceId) = asking { core.sessions(space.text).toApp() }
    override suspend fun session(space: SpaceId, session: SessionId) = asking { core.session(space.text, session.text).toApp() }
    override suspend fun planSession(space: SpaceId, title: String, date: LocalDate?, edits: List<SessionEdit>) =
        asking { SessionId(core.planSession(space.text, title, date?.toString(), edits.map { it.toCore() })) }

    override suspend fun editSession(space: SpaceId, session: SessionId, edits: List<SessionEdit>) =
        asking { core.editSession(space.text, session.text, edits.map { it.toCore() }) }

    override suspend fun setSessionState(space: SpaceId, session: SessionId, state: SessionState, reason: String?) =
        asking { core.setSessionState(space.text, session.text, state(state), reason) }

    override suspend fun sameMeeting(space: SpaceId, one: SessionId, other: SessionId, same: Boolean) =
        asking { core.sameMeeting(space.text, one.text, other.text, same) }

    override suspend fun prompts(space: SpaceId, form: Form) = asking { core.prompts(space.text, form(form)).map { it.toApp() } }
    override suspend fun submitForm(space: SpaceId, session: SessionId, form: Form, answers: List<Answer>, today: LocalDate, alone: Boolean) =
        asking { core.submitForm(space.text, session.text, form(form), answers.map { it.toCore() }, alone, today.toString()) }

    override suspend fun keepMinutes(space: SpaceId, session: SessionId, text: String, alone: Boolean) =
        asking { core.keepMinutes(space.text, session.text, text, alone) }

    override suspend fun messages(space: SpaceId, before: ULong?, limit: Int) =
        asking { core.messages(space.text, before, limit.toUInt()).toApp() }

    override suspend fun say(space: SpaceId, text: String, reply: MessageId?) = asking { MessageId(core.say(space.text, text, reply?.text)) }
    override suspend fun reword(space: SpaceId, message: MessageId, text: String) = asking { core.reword(space.text, message.text, text) }
    override suspend fun withdrawMessage(space: SpaceId, message: MessageId) = asking { core.withdrawMessage(space.text, message.text) }
    override suspend fun react(space: SpaceId, message: MessageId, emoji: String, on: Boolean) =
        asking { core.react(space.text, message.text, emoji, on) }
    override suspend fun readTo(space: SpaceId, message: MessageId) = asking { core.readTo(space.text, message.text) }

    override suspend fun cards(space: SpaceId) = asking { core.cards(space.text).map { it.toApp() } }
    override suspend fun keepValue(card: Card, index: Int) {
        val value = card.values.getOrNull(index) ?: throw IthacaFault.NotFound("value on this card")
        asking { core.keepValue(card.space.text, card.id.text, index.toUInt(), value.words) }
    }

    override suspend fun search(query: String, space: SpaceId?, limit: Int) =
        asking { core.search(query, space?.text, limit.toUInt()).map { it.toApp() } }

    override suspend fun history(space: SpaceId, document: String, item: ItemId?) =
        asking { core.history(space.text, document, item?.text).map { it.toApp() } }

    override suspend fun insights(space: SpaceId, n: Int) = asking { core.insights(space.text, n.toUInt()).toApp() }

    override suspend fun setRelay(address: String, account: String?) = asking { core.setRelay(address, account) }
    override suspend fun relay() = asking { core.relay() }
    override suspend fun setting(name: String) = asking { core.setting(name) }
    override suspend fun keepSetting(name: String, value: String) = asking { core.keepSetting(name, value) }
    override suspend fun draft(name: String) = asking { core.draft(name) }
    override suspend fun keepDraft(name: String, text: String) = asking { core.keepDraft(name, text) }
    override suspend fun tellDraft(name: String) = asking { core.tellDraft(name) }
    override suspend fun exportSpace(space: SpaceId, form: ExportForm) = asking { core.exportSpace(space.text, exportForm(form)) }
    override suspend fun importFile(path: String) = asking { core.importFile(path).toApp() }

    override suspend fun devices() = asking { core.devices().toApp() }
    override suspend fun scanDevice(text: String, relay: String?) = asking { core.scanDevice(text, relay).toApp() }
    override suspend fun approveDevice(comer: String) = asking { core.approveDevice(comer) }
    override suspend fun nameDevice(device: DeviceId, name: String) = asking { core.nameDevice(device.text, name) }
    override suspend fun revokeDevice(device: DeviceId) = asking { core.revokeDevice(device.text) }
    override suspend fun wordsStatus() = asking { core.wordsStatus().let { WordsStatus(it.made, it.tended, it.asksConsent, it.waitsFor.toInt()) } }
    override suspend fun newWords(old: String?) = asking { core.newWords(old).let { NewWords(it.words, it.relay, it.waitsFor.toInt()) } }
    override suspend fun checkWords(words: String) = asking { core.checkWords(words).toApp() }
    override suspend fun agreeToWords() = asking { core.agreeToWords() }
}

/** A phone on its way to be a device of somebody. */
class JoiningClient private constructor(private val core: ithaca.core.NewDevice) : AutoCloseable {
    companion object {
        suspend fun begin(folder: String, vault: KeyVault, relay: String, name: String): JoiningClient =
            asking { JoiningClient(ithaca.core.NewDevice.begin(folder, CoreVault(vault), relay, name)) }

        suspend fun goOn(folder: String, vault: KeyVault): JoiningClient =
            asking { JoiningClient(ithaca.core.NewDevice.goOn(folder, CoreVault(vault))) }
    }

    suspend fun code(): NewDeviceCode = asking { core.code().let { NewDeviceCode(it.code, it.words, it.relay, it.fourWords) } }
    suspend fun step(): NewDeviceStage = asking { core.step().toApp() }
    suspend fun agree(): NewDeviceStage = asking { core.agree().toApp() }
    fun stop() = core.stop()
    suspend fun leave() = asking { core.leave() }
    override fun close() = core.close()
}

/** Somebody coming back by their words, on an empty phone. */
class RestoreClient private constructor(private val core: ithaca.core.Restore) : AutoCloseable {
    companion object {
        suspend fun byWords(words: String, relay: String, rescue: ByteArray? = null): RestoreClient =
            asking { RestoreClient(ithaca.core.Restore.byWords(words, relay, rescue)) }
    }

    suspend fun look(): List<PersonChoice> = asking { core.look().map { PersonChoice(PersonId(it.person), it.fourWords) } }
    fun stop() = core.stop()

    suspend fun finish(person: PersonId, folder: String, vault: KeyVault, connectivity: Connectivity?): CoreClient =
        asking { CoreClient(core.finish(person.text, folder, CoreVault(vault), connectivity?.let(::CoreConnectivity))) }

    override fun close() = core.close()
}
