package ithaca.ui.session

import ithaca.bridge.ActionDraft
import ithaca.bridge.Answer
import ithaca.bridge.Card
import ithaca.bridge.CardNoun
import ithaca.bridge.Change
import ithaca.bridge.Client
import ithaca.bridge.FilledForm
import ithaca.bridge.Form
import ithaca.bridge.GoalEdit
import ithaca.bridge.ItemId
import ithaca.bridge.Minutes
import ithaca.bridge.NoteId
import ithaca.bridge.SessionEdit
import ithaca.bridge.SessionId
import ithaca.bridge.SessionState
import ithaca.bridge.SpaceId
import ithaca.bridge.TextPlace
import ithaca.ui.parts.Draft
import ithaca.ui.parts.Model
import ithaca.ui.parts.dayOf
import ithaca.ui.typing.TypingModel
import java.time.LocalDate
import java.time.LocalTime
import java.time.ZoneId
import java.time.format.DateTimeParseException
import kotlinx.coroutines.CoroutineScope

/** One session in four steps: before, during, after, harvest. */
class SessionModel(
    private val client: Client,
    private val space: SpaceId,
    private val id: SessionId,
    scope: CoroutineScope,
    private val today: () -> LocalDate,
    private val zone: ZoneId = ZoneId.systemDefault(),
) : Model<SessionViewState>(scope, SessionViewState()) {
    private val notes = HashMap<SessionId, TypingModel>()

    private val draft = Draft.of(client, scope, "session.${id.text}")

    init {
        doing {
            val begun = begunOf(client.draft("session.${id.text}"))
            show { it.copy(drafts = begun.answers + it.drafts, alone = it.alone + (begun.alone - it.drafts.keys)) }
            show { if (it.minutes != null) it else it.copy(minutes = begun.minutes, minutesAlone = begun.minutesAlone) }
        }
        val here = about(space)
        reading(client, { here(it) || it is Change.Engine }) {
            val session = client.session(space, id)
            val prompts = Form.entries.associateWith { client.prompts(space, it) }
            val other = client.pairs().firstOrNull { it.space == space }?.other
            val cards = client.cards(space).filter { it.noun == CardNoun.SESSION && it.title == session.line.title }
            show { it.copy(session = session, prompts = prompts, other = other, cards = cards, offline = !client.state().online) }
        }
    }

    /** Notes that both write; two where two sessions were joined. */
    fun notes(document: SessionId): TypingModel =
        notes.getOrPut(document) { TypingModel(client, space, TextPlace.SessionNotes(document), scope) }

    fun toggle(step: Step) = show { it.copy(opened = it.opened + (step to !it.isOpen(step))) }

    fun answer(form: Form, answer: Answer) {
        show { it.copy(drafts = it.drafts + (form to it.drafts[form].orEmpty() + (answer.prompt to answer)), nothingAnswered = null) }
        keepDraft()
    }

    /** Answers a form for oneself, or for both. */
    fun alone(form: Form, on: Boolean) {
        show { it.copy(alone = if (on) it.alone + form else it.alone - form) }
        keepDraft()
    }

    private fun keepDraft() = draft.type(written(Begun(now.drafts, now.alone, now.minutes, now.minutesAlone)))

    /** Takes up what was answered before. */
    fun change(form: FilledForm) {
        show { it.copy(changing = it.changing + form.form, drafts = it.drafts + (form.form to form.answers.associateBy { a -> a.prompt })) }
        alone(form.form, form.alone)
    }

    /** Tells the other what was kept to oneself. */
    fun share(form: FilledForm) = doing { client.submitForm(space, id, form.form, form.answers, today()) }

    fun keep(form: Form) {
        // A list that is typed as words is kept as a list.
        val given = now.drafts[form].orEmpty().values.map { if (it.chosen.isNotEmpty()) it.copy(words = null) else it }
        val answers = given.filter { !it.words.isNullOrBlank() || it.scale != null || it.chosen.isNotEmpty() }
        if (answers.isEmpty()) return show { it.copy(nothingAnswered = form) }
        doing {
            client.submitForm(space, id, form, answers, today(), form in now.alone)
            show { it.copy(changing = it.changing - form, drafts = it.drafts - form, alone = it.alone - form) }
            keepDraft()
        }
    }

    fun point(words: String) = show { it.copy(point = words) }

    fun addPoint() = doing {
        val text = now.point.trim().ifEmpty { return@doing }
        client.editSession(space, id, listOf(SessionEdit.AddAgenda(text)))
        show { it.copy(point = "") }
    }

    fun tickPoint(document: SessionId, item: ItemId, done: Boolean) =
        doing { client.editSession(space, document, listOf(SessionEdit.TickAgenda(item, today().takeIf { done }))) }

    fun promise(words: String) = show { it.copy(promise = words) }

    fun addPromise() = doing {
        val text = now.promise.trim().ifEmpty { return@doing }
        client.newAction(space, ActionDraft(text, listOf(client.state().person), from = id.text))
        show { it.copy(promise = "") }
    }

    fun tickAction(item: ItemId, done: Boolean) = doing { client.editGoals(space, listOf(GoalEdit.Ticked(item, today().takeIf { done }))) }
    fun technique(name: String, on: Boolean) = edit(SessionEdit.Technique(name, on))
    fun function(name: String, on: Boolean) = edit(SessionEdit.Function(name, on))

    /** Writes on where one's minutes end: those that were told, or else those that one kept. */
    fun minutes(words: String) {
        show { s -> s.copy(minutes = words, minutesAlone = if (s.minutes == null) s.mineMinutes.firstOrNull()?.alone == true else s.minutesAlone) }
        keepDraft()
    }

    fun minutesAlone(on: Boolean) {
        show { it.copy(minutesAlone = on) }
        keepDraft()
    }

    fun keepMinutes() = doing {
        client.keepMinutes(space, id, now.minutes?.trim() ?: return@doing, now.minutesAlone)
        show { it.copy(minutes = null) }
        keepDraft()
    }

    fun share(minutes: Minutes) = doing { client.keepMinutes(space, id, minutes.text) }

    fun state(state: SessionState) = doing { client.setSessionState(space, id, state) }
    fun title(words: String) = show { it.copy(title = words) }

    fun keepTitle() = doing {
        val title = now.title?.trim()?.ifEmpty { null } ?: return@doing
        client.editSession(space, id, listOf(SessionEdit.Title(title)))
        show { it.copy(title = null) }
    }

    fun day(day: String) {
        show { it.copy(day = day) }
        if (day.isEmpty() || dayOf(day) != null) edit(SessionEdit.Date(dayOf(day)))
    }

    fun place(words: String) = show { it.copy(place = words) }

    fun keepPlace() = doing {
        client.editSession(space, id, listOf(SessionEdit.Place(now.place?.trim()?.ifEmpty { null })))
        show { it.copy(place = null) }
    }

    fun time(words: String) = show { it.copy(time = words, timeWrong = false) }

    fun propose() {
        val time = timeOf(now.time) ?: return show { it.copy(timeWrong = true) }
        val day = now.session?.line?.day ?: today()
        doing {
            client.editSession(space, id, listOf(SessionEdit.Propose(day.atTime(time).atZone(zone).toInstant(), zone.id)))
            show { it.copy(time = "") }
        }
    }

    fun accept(document: SessionId, item: ItemId, on: Boolean) = doing { client.editSession(space, document, listOf(SessionEdit.AcceptTime(item, on))) }
    fun delete() = edit(SessionEdit.Delete)
    fun restore() = edit(SessionEdit.Restore)
    fun keep(card: Card, index: Int) = doing { client.keepValue(card, index) }

    fun privateNote(onOpen: (SpaceId, NoteId) -> Unit) = doing {
        onOpen(client.personalSpace(), client.newPrivateNote(space, now.session?.line?.title.orEmpty()))
    }

    private fun edit(edit: SessionEdit) = doing { client.editSession(space, id, listOf(edit)) }

    private fun timeOf(text: String): LocalTime? = try {
        LocalTime.parse(text.trim().padStart(5, '0'))
    } catch (_: DateTimeParseException) {
        null
    }
}
