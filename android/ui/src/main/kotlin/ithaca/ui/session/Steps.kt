package ithaca.ui.session

import androidx.compose.foundation.lazy.LazyListScope
import androidx.compose.foundation.lazy.items
import ithaca.bridge.Form
import ithaca.bridge.Session
import ithaca.ui.pair_home.owing
import ithaca.ui.parts.Beside
import ithaca.ui.parts.Chip
import ithaca.ui.parts.DayField
import ithaca.ui.parts.Field
import ithaca.ui.parts.Heading
import ithaca.ui.parts.Quiet
import ithaca.ui.parts.QuietButton
import ithaca.ui.parts.Sentence
import ithaca.ui.parts.Sheet
import ithaca.ui.parts.SideButton
import ithaca.ui.parts.Stacked
import ithaca.ui.parts.TickLine
import ithaca.ui.typing.LiveField
import ithaca.ui.words.LocalDates
import ithaca.ui.words.Words

internal val TECHNIQUES = listOf("accompanying", "sowing", "catalyzing", "showing", "harvesting")
internal val FUNCTIONS = listOf(
    "sponsorship", "exposure", "coaching", "protection", "challenging_assignments", "role_modeling", "acceptance", "counseling", "friendship",
)

internal fun LazyListScope.before(state: SessionViewState, session: Session, model: SessionModel, words: Words) {
    form(Form.BEFORE, state, model, words)
    item(key = "about") {
        Sheet {
            Field(words("session.title"), state.title ?: session.line.title, model::title, onDone = { model.keepTitle() })
            if (state.title != null) QuietButton(words("common.keep"), { model.keepTitle() })
            DayField(words("session.day"), state.day ?: session.line.day?.toString().orEmpty(), model::day)
            Field(words("session.place"), state.place ?: session.line.place.orEmpty(), model::place, example = words("session.place_example"), onDone = { model.keepPlace() })
            if (state.place != null) QuietButton(words("common.keep"), { model.keepPlace() })
        }
    }
    item(key = "times") {
        val dates = LocalDates.current
        Sheet {
            Heading(words("session.times"))
            for (proposal in session.proposals) {
                val time = dates.dayAndTime(proposal.at)
                if (proposal.agreed) Sentence(words("session.agreed", "time" to time), strong = true)
                for (who in proposal.accepted.filter { !it.me }) Quiet(words("session.accepted", "name" to who.name, "time" to time))
                Chip(words("session.accept", "time" to time), proposal.accepted.any { it.me }, { model.accept(proposal.document, proposal.id, it) })
            }
            Field(words("session.propose_hint"), state.time, model::time, plain = true, wrong = if (state.timeWrong) words("session.propose_bad") else null)
            SideButton(words("session.propose"), model::propose, enabled = state.time.isNotBlank())
        }
    }
}

internal fun LazyListScope.during(state: SessionViewState, session: Session, model: SessionModel, words: Words) {
    item(key = "since") { Heading(words("session.since")) }
    if (session.sinceLast.isEmpty()) item(key = "no-since") { Quiet(words("session.no_since")) }
    items(session.sinceLast, key = { "since-${it.id.text}" }) { action ->
        TickLine(action.text, words.owing(action, LocalDates.current), action.done.isNotEmpty(), { model.tickAction(action.id, it) })
    }
    item(key = "agenda") { Heading(words("session.agenda")) }
    if (session.agenda.isEmpty()) item(key = "no-agenda") { Quiet(words("session.no_agenda")) }
    items(session.agenda, key = { "point-${it.id.text}" }) { point ->
        val carried = if (point.carriedFrom != null) words("session.carried") else null
        TickLine(point.text.words, carried, point.done.isNotEmpty(), { model.tickPoint(point.document, point.id, it) })
    }
    item(key = "point") { Stacked {
        Field(words("session.agenda_new"), state.point, model::point, example = words("session.agenda_example"), onDone = { model.addPoint() })
        if (state.point.isNotBlank()) SideButton(words("common.add"), { model.addPoint() })
    } }
    items(session.notes, key = { "notes-${it.document.text}" }) { notes ->
        Sheet {
            Quiet(words("session.notes"))
            LiveField(model.notes(notes.document), words("session.notes_name"), words("note.body"), minHeight = 96, tellsKeeping = true)
        }
    }
}

internal fun LazyListScope.after(state: SessionViewState, session: Session, model: SessionModel, words: Words) {
    form(Form.AFTER, state, model, words)
    item(key = "techniques") { Stacked {
        Heading(words("session.techniques"))
        Beside { for (name in TECHNIQUES) Chip(words("technique.$name"), name in session.techniques, { model.technique(name, it) }) }
    } }
    item(key = "functions") { Stacked {
        Heading(words("session.functions"))
        Beside {
            for (name in FUNCTIONS + session.functions.filter { it !in FUNCTIONS }) {
                Chip(words.orPlain("function.$name", name), name in session.functions, { model.function(name, it) })
            }
        }
    } }
    item(key = "promises") { Heading(words("session.promises")) }
    items(session.promised, key = { "promise-${it.id.text}" }) { action ->
        TickLine(action.text, words.owing(action, LocalDates.current), action.done.isNotEmpty(), { model.tickAction(action.id, it) })
    }
    item(key = "promise") { Stacked {
        Field(words("session.promise_new"), state.promise, model::promise, onDone = { model.addPromise() })
        if (state.promise.isNotBlank()) SideButton(words("common.add"), { model.addPromise() })
    } }
    for (minutes in session.minutes.filter { !it.by.me }) {
        item { Sheet { Quiet(words("session.minutes_of", "name" to minutes.by.name)); Sentence(minutes.text) } }
    }
    val mine = state.mineMinutes
    item(key = "minutes") { Stacked {
        Field(words("session.minutes"), state.minutes ?: mine.firstOrNull()?.text.orEmpty(), model::minutes, lines = 3)
        val other = state.other
        if (state.minutes != null) {
            if (other != null) ForWhom(state.minutesAlone, mine.any { !it.alone }, other, model::minutesAlone, words)
            SideButton(words("common.keep"), { model.keepMinutes() })
        }
    } }
    items(mine.filter { it.alone && state.minutes == null }, key = { "minutes-alone" }) { kept ->
        Sheet {
            Quiet(words("session.minutes_alone"))
            if (mine.first() != kept) Sentence(kept.text)
            state.other?.let { QuietButton(words("session.share", "name" to it.name), { model.share(kept) }) }
        }
    }
}
