/** A session: before, during, after, harvest. */
package ithaca.bridge

import java.time.Instant
import java.time.LocalDate

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

data class Proposal(
    val id: ItemId,
    val document: SessionId,
    val at: Instant,
    val zone: String,
    val accepted: List<Who>,
    val agreed: Boolean,
)

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
