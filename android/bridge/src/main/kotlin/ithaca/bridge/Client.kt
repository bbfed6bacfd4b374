/** What screens ask of the core, in app types. [CoreClient] asks the library; [ithaca.bridge.fake.FakeClient] keeps everything in memory. */
package ithaca.bridge

import java.time.LocalDate
import kotlinx.coroutines.flow.Flow

/**
 * One person's device. What writes is kept when the call returns. Every call throws [IthacaFault] and nothing else of its own; a caller that is
 * cancelled loses the answer, never the work.
 */
interface Client {
    /** What is known without asking the engine. */
    fun state(): AppState

    /** [state] now and whenever it changed. */
    val states: Flow<AppState>

    /** What changed, in batches; [Change.Everything] first. */
    val changes: Flow<List<Change>>

    suspend fun suspendEngine()
    suspend fun resumeEngine()
    suspend fun shutDown()
    suspend fun connectivityChanged()
    suspend fun watchRelays(on: Boolean)

    suspend fun sync(): SyncOutcome
    suspend fun stopWaiting()
    suspend fun status(): Status
    suspend fun foot(space: SpaceId): Foot
    suspend fun notices(): List<Notice>
    suspend fun dismiss(notice: Long)
    suspend fun doctor(): List<Finding>
    suspend fun visibility(space: SpaceId): Visibility

    suspend fun pairs(): List<PairLine>
    suspend fun home(space: SpaceId, today: LocalDate): Home
    suspend fun upcoming(today: LocalDate, until: LocalDate): List<Upcoming>
    suspend fun relationship(space: SpaceId): Relationship
    suspend fun personalSpace(): SpaceId
    suspend fun editPair(space: SpaceId, edits: List<PairEdit>)
    suspend fun invite(): Invite
    suspend fun answerInvite(text: String, relay: String? = null): Invite
    suspend fun invites(): List<Invite>
    suspend fun approveAnswer(invite: InviteId, person: PersonId): SpaceId
    suspend fun withdrawInvite(invite: InviteId)
    suspend fun compared(space: SpaceId, how: Compared)
    suspend fun proposeStage(space: SpaceId, stage: Stage)
    suspend fun agreeToStage(space: SpaceId)
    suspend fun pausePair(space: SpaceId, reason: String? = null)
    suspend fun resumePair(space: SpaceId, reason: String? = null)
    suspend fun endPair(space: SpaceId, reason: String? = null)
    suspend fun leavePair(space: SpaceId)
    suspend fun block(space: SpaceId, on: Boolean)

    /** The other is told how far this person read, or not any more. */
    suspend fun tellWhatIsRead(space: SpaceId, on: Boolean)

    /** Keeps the pair at these relays. One falls away only when every device has heard of another: [IthacaFault.Refused] before. */
    suspend fun keepAt(space: SpaceId, relays: List<String>)
    suspend fun rescueFile(space: SpaceId): ByteArray

    suspend fun notes(filter: NoteFilter, offset: Int = 0, limit: Int = 50): Page<NoteLine>
    suspend fun note(space: SpaceId, note: NoteId): Note
    suspend fun newNote(space: SpaceId, title: String): NoteId
    suspend fun newPrivateNote(pair: SpaceId?, title: String): NoteId
    suspend fun editNote(space: SpaceId, note: NoteId, edits: List<NoteEdit>)
    suspend fun notHolding(space: SpaceId, note: NoteId): List<Who>
    suspend fun deleteForGood(space: SpaceId, note: NoteId)
    suspend fun placeOf(space: SpaceId, document: String): Where

    suspend fun openText(space: SpaceId, place: TextPlace): OpenText
    suspend fun typeIn(session: TextSessionId, input: TextInput): TextState
    suspend fun refreshText(session: TextSessionId, seen: ULong): TextState
    suspend fun undoText(session: TextSessionId, seen: ULong): TextState
    suspend fun redoText(session: TextSessionId, seen: ULong): TextState
    suspend fun closeText(session: TextSessionId)
    suspend fun widenedInput(session: TextSessionId, input: TextInput): TextInput
    suspend fun chooseWords(space: SpaceId, place: TextPlace, run: String)

    suspend fun goals(space: SpaceId, bin: Boolean = false): List<Goal>
    suspend fun goal(space: SpaceId, goal: GoalId): Goal
    suspend fun newGoal(space: SpaceId, draft: GoalDraft): GoalId
    suspend fun newMilestone(space: SpaceId, goal: GoalId, text: String): ItemId
    suspend fun newAction(space: SpaceId, draft: ActionDraft): ItemId
    suspend fun editGoals(space: SpaceId, edits: List<GoalEdit>)
    suspend fun setGoalStatus(space: SpaceId, goal: GoalId, status: GoalStatus, reason: String? = null)
    suspend fun actions(space: SpaceId): Actions

    suspend fun sessions(space: SpaceId): Sessions
    suspend fun session(space: SpaceId, session: SessionId): Session
    suspend fun planSession(space: SpaceId, title: String, date: LocalDate?, edits: List<SessionEdit> = emptyList()): SessionId
    suspend fun editSession(space: SpaceId, session: SessionId, edits: List<SessionEdit>)
    suspend fun setSessionState(space: SpaceId, session: SessionId, state: SessionState, reason: String? = null)
    suspend fun sameMeeting(space: SpaceId, one: SessionId, other: SessionId, same: Boolean)
    suspend fun prompts(space: SpaceId, form: Form): List<Prompt>
    /** [alone]: only one's own devices get it, until the form is filled without. */
    suspend fun submitForm(space: SpaceId, session: SessionId, form: Form, answers: List<Answer>, today: LocalDate, alone: Boolean = false)
    suspend fun keepMinutes(space: SpaceId, session: SessionId, text: String, alone: Boolean = false)

    suspend fun messages(space: SpaceId, before: ULong? = null, limit: Int = 50): Messages
    suspend fun say(space: SpaceId, text: String, reply: MessageId? = null): MessageId
    suspend fun reword(space: SpaceId, message: MessageId, text: String)
    suspend fun withdrawMessage(space: SpaceId, message: MessageId)
    suspend fun react(space: SpaceId, message: MessageId, emoji: String, on: Boolean)

    /** This person read up to a message; the other is told where that is wanted. */
    suspend fun readTo(space: SpaceId, message: MessageId)

    suspend fun cards(space: SpaceId): List<Card>
    suspend fun keepValue(card: Card, index: Int)
    suspend fun search(query: String, space: SpaceId? = null, limit: Int = 50): List<Found>
    suspend fun history(space: SpaceId, document: String, item: ItemId? = null): List<HistoryLine>
    suspend fun insights(space: SpaceId, n: Int = 6): Insights

    suspend fun setRelay(address: String, account: String? = null): String
    suspend fun relay(): String?
    suspend fun setting(name: String): String?
    suspend fun keepSetting(name: String, value: String)

    /** Words that this person began under a name and gave nobody yet, here or on another own device; empty where there are none. */
    suspend fun draft(name: String): String

    /** Keeps such words on this device; empty once they were given away. */
    suspend fun keepDraft(name: String, text: String)

    /** Lets this person's other devices have what was kept; no partner does. */
    suspend fun tellDraft(name: String)
    suspend fun exportSpace(space: SpaceId, form: ExportForm): String
    suspend fun importFile(path: String): Imported

    suspend fun devices(): Devices
    suspend fun scanDevice(text: String, relay: String? = null): Comer
    suspend fun approveDevice(comer: String)
    suspend fun nameDevice(device: DeviceId, name: String)
    suspend fun revokeDevice(device: DeviceId)
    suspend fun wordsStatus(): WordsStatus
    suspend fun newWords(old: String? = null): NewWords
    suspend fun checkWords(words: String): WordsCheck
    suspend fun agreeToWords()
}
