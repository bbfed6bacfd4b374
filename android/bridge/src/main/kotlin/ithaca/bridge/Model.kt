/** What screens show: app types, made of the core's records in [mapping][toApp] and by the fake. Ids are opaque; days are calendar days. */
package ithaca.bridge

import java.time.Instant
import java.time.LocalDate

@JvmInline value class SpaceId(val text: String)
@JvmInline value class NoteId(val text: String)
@JvmInline value class GoalId(val text: String)
@JvmInline value class ItemId(val text: String)
@JvmInline value class SessionId(val text: String)
@JvmInline value class MessageId(val text: String)
@JvmInline value class PersonId(val text: String)
@JvmInline value class DeviceId(val text: String)
@JvmInline value class CardId(val text: String)
@JvmInline value class InviteId(val text: String)

data class Who(val person: PersonId, val name: String, val me: Boolean)

// --- the app as a whole ---

enum class ProfileState { NONE, JOINING, READY }

enum class Phase { OPEN, SUSPENDED, CLOSED }

data class LastSync(val at: Instant, val reached: Boolean)

data class AppState(
    val phase: Phase,
    val person: PersonId,
    val device: DeviceId,
    val name: String,
    val online: Boolean,
    val syncing: Boolean,
    val lastSync: LastSync?,
    val trouble: String?,
)

/** Something that a screen may want to read again. */
sealed interface Change {
    data object Everything : Change
    data class Content(val space: SpaceId) : Change
    data class Members(val space: SpaceId) : Change
    data class Whereabouts(val space: SpaceId) : Change
    data object Invites : Change
    data object Notices : Change
    data object Engine : Change
}

// --- text ---

data class Wording(val run: String, val words: String, val range: IntRange, val by: List<Who>)

data class Text(val text: String, val display: String? = null, val choices: List<List<Wording>> = emptyList()) {
    /** What people read. */
    val words: String get() = display ?: text
}

@JvmInline value class TextSessionId(val no: ULong)

/** From the first UTF-16 unit to one past the last. */
data class TextRange(val start: Int, val end: Int)

/** What a keyboard did: [replace] in the text before, [selection] and [composing] in the text after. */
data class TextInput(
    val generation: ULong,
    val replace: TextRange,
    val text: String,
    val selection: TextRange,
    val composing: TextRange? = null,
)

/** One place where the shown text has to change, against the text as the splice before left it. */
data class TextSplice(val start: Int, val end: Int, val text: String)

data class FreshWords(val range: TextRange, val by: Who, val since: Instant)

/** A text as it is to be shown: [text] whole when a session is opened, else [splices] to what the app showed when it called. */
data class TextState(
    val text: String?,
    val splices: List<TextSplice>,
    val selection: TextRange,
    val composing: TextRange?,
    val fresh: List<FreshWords>,
    val canUndo: Boolean,
    val canRedo: Boolean,
    val generation: ULong,
    val unsaved: Boolean,
)

data class OpenText(val session: TextSessionId, val state: TextState)

enum class GoalPart { TITLE, WHY, SUCCESS, RISK, SUPPORT }

sealed interface TextPlace {
    data class Note(val note: NoteId) : TextPlace
    data class SessionNotes(val document: SessionId) : TextPlace
    data class Agenda(val document: SessionId, val item: ItemId) : TextPlace
    data class Goal(val goal: GoalId, val part: GoalPart) : TextPlace
    data class Clause(val clause: ItemId) : TextPlace
    data class Plan(val part: ItemId) : TextPlace
}

// --- you two differ ---

data class DifferValue(val words: String, val person: Who?, val by: Who?, val at: Instant, val reason: String?)

data class Differ(val field: String, val values: List<DifferValue>)

enum class CardNoun { NOTE, SESSION, GOAL, MILESTONE, ACTION, RELATIONSHIP, OTHER }

data class Card(
    val id: CardId,
    val space: SpaceId,
    val noun: CardNoun,
    val title: String,
    val field: String,
    val values: List<DifferValue>,
    val shown: Int?,
    val meanwhile: String?,
    val onlyMine: Boolean,
)

// --- notes ---

data class NoteFilter(val space: SpaceId? = null, val withPrivate: Boolean = false, val tag: String? = null, val bin: Boolean = false)

data class NoteLine(
    val space: SpaceId,
    val id: NoteId,
    val title: String,
    val beginning: String,
    val date: LocalDate?,
    val tags: List<String>,
    val private: Boolean,
    val differs: Boolean,
    val editedBy: Who?,
    val editedAt: Instant,
)

data class Page<T>(val lines: List<T>, val more: Boolean)

enum class Where { HERE, RELAY, OTHER }

data class Note(
    val space: SpaceId,
    val id: NoteId,
    val title: String,
    val date: LocalDate?,
    val place: String?,
    val body: Text,
    val tags: List<String>,
    val functions: List<String>,
    val links: List<String>,
    val private: Boolean,
    val alive: Boolean,
    val kept: Boolean,
    val differs: List<Differ>,
    val editedBy: Who?,
    val editedAt: Instant,
    val at: Where,
)

sealed interface NoteEdit {
    data class Title(val title: String) : NoteEdit
    data class Date(val date: LocalDate?) : NoteEdit
    data class Place(val place: String?) : NoteEdit
    data class Tag(val tag: String, val on: Boolean) : NoteEdit
    data class Function(val function: String, val on: Boolean) : NoteEdit
    data class Link(val link: String, val on: Boolean) : NoteEdit
    data object Delete : NoteEdit
    data object Restore : NoteEdit
}

// --- goals, milestones, actions ---

enum class GoalStatus { PROPOSED, ACTIVE, PAUSED, ACHIEVED, DROPPED }

data class Tick(val by: Who, val date: LocalDate?)

data class Milestone(val id: ItemId, val text: String, val done: List<Tick>, val kept: Boolean, val differs: List<Differ>)

data class Goal(
    val id: GoalId,
    val document: String,
    val title: Text,
    val why: Text,
    val success: Text,
    val risk: Text,
    val support: Text,
    val stretch: Boolean,
    val target: LocalDate?,
    val review: LocalDate?,
    val status: GoalStatus,
    val said: List<DifferValue>,
    val milestones: List<Milestone>,
    val bin: List<Milestone>,
    val done: Int,
    val of: Int,
    val alive: Boolean,
    val kept: Boolean,
    val differs: List<Differ>,
)

data class Action(
    val id: ItemId,
    val text: String,
    val owners: List<Who>,
    val due: LocalDate?,
    val from: String?,
    val done: List<Tick>,
    val kept: Boolean,
    val differs: List<Differ>,
)

data class Actions(val open: List<Action>, val done: List<Action>, val bin: List<Action>, val sameThing: List<List<ItemId>>)

data class GoalDraft(
    val title: String,
    val why: String = "",
    val success: String = "",
    val stretch: Boolean = false,
    val risk: String = "",
    val support: String = "",
    val target: LocalDate? = null,
)

data class ActionDraft(val text: String, val owners: List<PersonId> = emptyList(), val due: LocalDate? = null, val from: String? = null)

sealed interface GoalEdit {
    data class Target(val goal: GoalId, val date: LocalDate?) : GoalEdit
    data class Review(val goal: GoalId, val date: LocalDate?) : GoalEdit
    data class Stretch(val goal: GoalId, val on: Boolean) : GoalEdit
    data class Words(val item: ItemId, val text: String) : GoalEdit
    data class Ticked(val item: ItemId, val date: LocalDate?) : GoalEdit
    data class Due(val action: ItemId, val date: LocalDate?) : GoalEdit
    data class Owner(val action: ItemId, val person: PersonId, val on: Boolean) : GoalEdit
    data class SameThing(val action: ItemId, val other: ItemId, val same: Boolean) : GoalEdit
    data class Move(val item: ItemId, val after: ItemId?) : GoalEdit
    data class Delete(val item: ItemId) : GoalEdit
    data class Restore(val item: ItemId) : GoalEdit
}

// --- sessions ---

enum class SessionState { PLANNED, HELD, MISSED, CANCELLED }

enum class Form { BEFORE, AFTER, HARVEST }

enum class PromptKind { SCALE, WORDS, CHOSEN }

data class Prompt(val name: String, val kind: PromptKind)

data class Answer(val prompt: String, val words: String? = null, val scale: Int? = null, val chosen: List<String> = emptyList())

/** [alone]: only one's own devices hold it. */
data class FilledForm(
    val form: Form,
    val by: Who,
    val answers: List<Answer>,
    val at: Instant,
    val also: List<List<Answer>>,
    val alone: Boolean = false,
)

data class Minutes(val by: Who, val text: String, val at: Instant, val also: List<String>, val alone: Boolean = false)

data class SessionLine(
    val id: SessionId,
    val title: String,
    val day: LocalDate?,
    val place: String?,
    val state: SessionState,
    val agreed: Instant?,
    val ready: List<Who>,
    val differs: Boolean,
)

data class Sessions(val lines: List<SessionLine>, val bin: List<SessionLine>, val sameMeeting: List<List<SessionId>>)

data class AgendaPoint(val id: ItemId, val document: SessionId, val text: Text, val done: List<Tick>, val carriedFrom: SessionId?)

data class Proposal(val id: ItemId, val document: SessionId, val at: Instant, val zone: String, val accepted: List<Who>, val agreed: Boolean)

data class SessionNotes(val document: SessionId, val text: Text)

data class Session(
    val line: SessionLine,
    val documents: List<SessionId>,
    val said: List<DifferValue>,
    val notes: List<SessionNotes>,
    val agenda: List<AgendaPoint>,
    val agendaBin: List<AgendaPoint>,
    val proposals: List<Proposal>,
    val techniques: List<String>,
    val functions: List<String>,
    val forms: List<FilledForm>,
    val minutes: List<Minutes>,
    val sinceLast: List<Action>,
    val promised: List<Action>,
    val differs: List<Differ>,
    val kept: Boolean,
    val mentor: Boolean,
    val at: Where,
)

sealed interface SessionEdit {
    data class Title(val title: String) : SessionEdit
    data class Date(val date: LocalDate?) : SessionEdit
    data class Place(val place: String?) : SessionEdit
    data class AddAgenda(val text: String) : SessionEdit
    data class TickAgenda(val item: ItemId, val date: LocalDate?) : SessionEdit
    data class MoveAgenda(val item: ItemId, val after: ItemId?) : SessionEdit
    data class DeleteAgenda(val item: ItemId) : SessionEdit
    data class RestoreAgenda(val item: ItemId) : SessionEdit
    data class Technique(val technique: String, val on: Boolean) : SessionEdit
    data class Function(val function: String, val on: Boolean) : SessionEdit
    data class Propose(val at: Instant, val zone: String) : SessionEdit
    data class AcceptTime(val item: ItemId, val on: Boolean) : SessionEdit
    data object Delete : SessionEdit
    data object Restore : SessionEdit
}

// --- messages ---

data class Reaction(val emoji: String, val people: List<Who>)

data class Message(
    val id: MessageId,
    val by: Who,
    val sentAt: Instant,
    val text: String?,
    val reply: MessageId?,
    val editedAt: Instant?,
    val mayHaveBeenRead: Boolean,
    val reactions: List<Reaction>,
    val readBy: List<Who>,
    val at: Where?,
)

/** Oldest first; [before] asks for the page before this one, and is null where there is none. */
data class Messages(val messages: List<Message>, val before: ULong?)

// --- pairs ---

enum class PairState { RUNNING, PAUSED, ENDED, LEFT, OTHER_LEFT, BLOCKED, SAVED_COPY }

enum class Stage { INITIATION, CULTIVATION, SEPARATION, REDEFINITION }

enum class Compared { IN_PERSON, SPOKEN }

data class StageProposal(val by: Who, val stage: Stage)

data class PairLine(
    val space: SpaceId,
    val other: Who,
    val safetyNumber: String?,
    val comparedAt: Instant?,
    val compared: Compared?,
    val mustCompare: Boolean,
    val state: PairState,
    val stage: Stage,
    val proposed: List<StageProposal>,
    /** Whether the other is told how far this person read. */
    val receipts: Boolean,
    val relays: List<String>,
)

data class Role(val topic: String, val mentor: Who)

data class Person(val who: Who, val language: String?, val zone: String?, val reachable: String?)

data class Clause(val id: ItemId, val title: String, val text: Text)

data class Relationship(
    val pair: PairLine,
    val document: String,
    val kind: String?,
    val model: String?,
    val setting: String?,
    val cadence: String?,
    val roles: List<Role>,
    val people: List<Person>,
    val clauses: List<Clause>,
    val plan: List<Clause>,
    val differs: List<Differ>,
)

data class Answered(val person: PersonId, val name: String, val safetyNumber: String, val spoken: Boolean)

enum class InviteState { OPEN, ANSWERED, APPROVED, CLOSED, LAPSED }

data class Invite(
    val id: InviteId,
    val mine: Boolean,
    val state: InviteState,
    val link: String?,
    val words: String?,
    val relay: String,
    val expires: Instant,
    val answers: List<Answered>,
    val space: SpaceId?,
)

sealed interface PairEdit {
    data class Kind(val value: String?) : PairEdit
    data class Model(val value: String?) : PairEdit
    data class Setting(val value: String?) : PairEdit
    data class Cadence(val value: String?) : PairEdit
    data class Role(val topic: String, val mentor: PersonId?) : PairEdit
    data class MyName(val value: String?) : PairEdit
    data class MyLanguage(val value: String?) : PairEdit
    data class MyZone(val value: String?) : PairEdit
    data class MyReachable(val value: String?) : PairEdit
    data class AddClause(val title: String, val text: String) : PairEdit
    data class AddPlan(val section: String, val text: String) : PairEdit
}

data class Home(
    val pair: PairLine,
    val kind: String?,
    val mentor: Boolean,
    val next: SessionLine?,
    val promised: List<Action>,
    val goals: List<Goal>,
    val latest: List<Message>,
    val cards: List<Card>,
    val foot: Foot,
)

enum class ReminderNoun { SESSION, PROMISE }

/** Something the phone may remind of: a session ahead, an open promise of one's own. */
data class Upcoming(
    val space: SpaceId,
    val with: String,
    val noun: ReminderNoun,
    val id: String,
    val day: LocalDate,
    val at: Instant?,
    val words: String,
)

// --- status ---

data class Foot(val name: String, val here: Long, val onRelay: Long, val heardAt: Instant?, val unconfirmedSince: Instant?)

data class SpaceStatus(
    val space: SpaceId,
    val private: Boolean,
    val foot: Foot,
    val stateCode: String,
    val stateWords: String,
    val setAside: Long,
    val unknownAuthor: Long,
    val knownMissing: Long,
)

data class Relay(val origin: String, val trouble: String?, val again: Instant?)

data class Status(val spaces: List<SpaceStatus>, val relays: List<Relay>)

data class SyncOutcome(val at: Instant, val offline: Boolean, val noRelay: Boolean, val relays: List<Relay>)

data class Notice(val no: Long, val space: SpaceId?, val kind: String, val at: Instant, val words: String)

data class Finding(val good: Boolean, val what: String, val words: String)

data class Visibility(val relays: List<String>, val readers: List<Who>, val ownDevices: Int, val privateNotes: Int, val shared: Int)

// --- the rest ---

enum class FoundNoun { NOTE, GOAL, ACTION, SESSION, RELATIONSHIP, MESSAGE }

data class Found(val space: SpaceId, val noun: FoundNoun, val id: String, val excerpt: String)

enum class HistoryDeed { ADDED, REMOVED, REPLACED, MOVED, DELETED, RESTORED }

data class HistoryLine(
    val at: Instant,
    val by: Who?,
    val item: ItemId?,
    val noun: String,
    val field: String,
    val label: String,
    val deed: HistoryDeed,
    val from: String,
    val to: String,
    val person: Who?,
    val afterEnd: Boolean,
)

data class Used(val word: String, val n: Int)

data class Insights(val nSessions: Int, val techniques: List<Used>, val functions: List<Used>)

enum class ExportForm { JSON, MARKDOWN }

data class Imported(val space: SpaceId, val savedCopy: Boolean, val healed: Int, val others: Int, val sameCode: Boolean)

data class OwnDevice(val id: DeviceId, val name: String, val thisOne: Boolean, val revoked: Boolean)

enum class ComerState { WAITING, ASKING, OFFERED, ADDED, LAPSED }

data class Comer(val id: String, val name: String, val words: String, val state: ComerState)

data class Devices(val devices: List<OwnDevice>, val comers: List<Comer>, val fourWords: String)

data class WordsStatus(val made: Boolean, val tended: Boolean, val asksConsent: String?, val waitsFor: Int)

data class NewWords(val words: String, val relay: String?, val waitsFor: Int)

enum class WordsCheck { NOT_IN_FORCE, IN_FORCE, READY, NOT_READY }

sealed interface NewDeviceStage {
    data object Waiting : NewDeviceStage
    data class Offered(val name: String, val words: String) : NewDeviceStage
    data object Agreed : NewDeviceStage
    data object Ready : NewDeviceStage
}

data class NewDeviceCode(val code: String, val words: String, val relay: String, val fourWords: String)

data class PersonChoice(val person: PersonId, val fourWords: String)

/** What can be wrong, by what a person can do about it. */
enum class InputSort { LINK, CODE, WORDS, ADDRESS, ACCOUNT, FILE, DAY, ZONE, NAME, OFFSET, ID, VALUE }

sealed class IthacaFault(message: String) : Exception(message) {
    class Locked : IthacaFault("the vault is locked")
    class VaultFailed : IthacaFault("the vault failed")
    class VaultLost : IthacaFault("the vault lost its key")
    class InUse : IthacaFault("the profile is in use")
    class NoProfile : IthacaFault("there is no profile here")
    class ProfileExists : IthacaFault("there is a profile here already")
    class NotAdded : IthacaFault("this device is not added yet")
    class StorageFull : IthacaFault("the disk is full")
    class StorageCorrupt(why: String) : IthacaFault("the database is damaged: $why")
    class NewerDatabase : IthacaFault("the database is of a newer version")
    class BadInput(val sort: InputSort, why: String) : IthacaFault("$sort: $why")
    class NotFound(what: String) : IthacaFault("there is no such $what")
    class ReadOnly(why: String) : IthacaFault("nothing can be written here: $why")
    class Refused(why: String) : IthacaFault(why)
    class Stale : IthacaFault("it changed meanwhile")
    class Offline : IthacaFault("the relay cannot be reached")
    class Stopped : IthacaFault("stopped")
    class Suspended : IthacaFault("suspended")
    class Closed : IthacaFault("closed")
    class Internal(why: String) : IthacaFault(why)
}
