/** A text as it reads, with what people worded differently, and where one stands. */
package ithaca.bridge

data class Wording(val run: String, val words: String, val range: IntRange, val by: List<Who>)

data class Text(val text: String, val display: String? = null, val choices: List<List<Wording>> = emptyList()) {
    /** What people read. */
    val words: String get() = display ?: text
}

enum class GoalPart { TITLE, WHY, SUCCESS, RISK, SUPPORT }

sealed interface TextPlace {
    data class Note(val note: NoteId) : TextPlace
    data class SessionNotes(val document: SessionId) : TextPlace
    data class Agenda(val document: SessionId, val item: ItemId) : TextPlace
    data class Goal(val goal: GoalId, val part: GoalPart) : TextPlace
    data class Clause(val clause: ItemId) : TextPlace
    data class Plan(val part: ItemId) : TextPlace
}
