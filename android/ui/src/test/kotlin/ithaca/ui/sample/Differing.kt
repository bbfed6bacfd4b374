package ithaca.ui.sample

import ithaca.bridge.Card
import ithaca.bridge.CardId
import ithaca.bridge.CardNoun
import ithaca.bridge.Differ
import ithaca.bridge.DifferValue
import ithaca.bridge.HistoryDeed
import ithaca.bridge.HistoryLine
import ithaca.bridge.SpaceId
import ithaca.bridge.Text
import ithaca.bridge.Who
import ithaca.bridge.Wording
import java.time.Duration

/** Ana and Ben, each without signal, said different things. */
internal fun differ(staged: Staged, space: SpaceId, ana: Who, ben: Who, tongue: Tongue, only: Int = 3) {
    fun value(words: String, by: Who, hours: Long, reason: String? = null) = DifferValue(words, null, by, NOW.minus(Duration.ofHours(hours)), reason)
    fun card(id: String, noun: CardNoun, title: String, field: String, one: DifferValue, other: DifferValue, meanwhile: String? = null) =
        Card(CardId(id), space, noun, title, field, listOf(one, other), if (meanwhile == null) 0 else null, meanwhile, false)
    val status = card(
        "card-status", CardNoun.GOAL, tongue.handover, "status",
        value("achieved", ana, 20, tongue.of("We saw it twice", "Lo vimos dos veces")), value("paused", ben, 3, tongue.of("Exams until June", "Exámenes hasta junio")), "active",
    )
    val day = card("card-day", CardNoun.SESSION, tongue.visit, "date", value("2026-05-05", ben, 2), value("2026-05-07", ana, 5))
    val title = card("card-title", CardNoun.NOTE, tongue.plan, "title", value(tongue.plan, ana, 8), value(tongue.of("Plan for May", "Plan de mayo"), ben, 2))
    staged.differing = listOf(status, day, title).take(only)
    staged.noteLines = { it.copy(differs = it.title == tongue.plan, editedBy = ben) }
    staged.notes = { note ->
        val words = note.body.text
        val at = words.indexOf(tongue.of("Tuesday", "martes")).coerceAtLeast(0)
        val range = at until (at + 6)
        note.copy(
            differs = listOf(Differ("title", title.values)), editedBy = ben,
            body = Text(words, null, listOf(listOf(Wording("run-1", tongue.of("Tuesday", "el martes"), range, listOf(ana)), Wording("run-2", tongue.of("Wednesday", "el miércoles"), range, listOf(ben))))),
        )
    }
    staged.meetings = { sessions ->
        val first = sessions.lines.first()
        sessions.copy(lines = sessions.lines.map { if (it.id == first.id) it.copy(differs = true) else it }, sameMeeting = listOf(sessions.lines.take(2).map { it.id }))
    }
    staged.done = { actions -> actions.copy(sameThing = listOf(actions.open.take(2).map { it.id })) }
}

internal fun history(s: Sample, ben: Who, content: Content): List<HistoryLine> {
    fun line(hours: Long, by: Who?, deed: HistoryDeed, field: String, from: String, to: String) =
        HistoryLine(NOW.minus(Duration.ofHours(hours)), by, null, "", field, field, deed, from, to, null, false)
    val me = s.client.fake.me
    val some = listOf(
        line(80, me, HistoryDeed.REPLACED, "title", "", "Plan"), line(78, me, HistoryDeed.ADDED, "body", "", "Visit the ward on Monday."),
        line(50, ben, HistoryDeed.ADDED, "tags", "", "night"), line(49, ben, HistoryDeed.REMOVED, "tags", "old", ""),
        line(26, me, HistoryDeed.REPLACED, "body", "Monday", "Tuesday 08:00"), line(2, ben, HistoryDeed.ADDED, "body", "", "Ask about the night shift."),
        line(1, null, HistoryDeed.RESTORED, "alive", "", ""),
    )
    return if (!content.isLong) some else some + List(40) { line(100L + it * 9, if (it % 2 == 0) me else ben, HistoryDeed.ADDED, "body", "", "Line ${it + 1} of a long text") }
}
