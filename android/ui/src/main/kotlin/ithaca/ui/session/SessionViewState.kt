package ithaca.ui.session

import ithaca.bridge.Answer
import ithaca.bridge.Card
import ithaca.bridge.FilledForm
import ithaca.bridge.Form
import ithaca.bridge.Minutes
import ithaca.bridge.Prompt
import ithaca.bridge.Session
import ithaca.bridge.SessionState
import ithaca.bridge.Who

/** The four steps, each open until it is done. */
enum class Step { BEFORE, DURING, AFTER, HARVEST }

data class SessionViewState(
    val session: Session? = null,
    val prompts: Map<Form, List<Prompt>> = emptyMap(),
    val drafts: Map<Form, Map<String, Answer>> = emptyMap(),
    /** The forms that are being answered for oneself. */
    val alone: Set<Form> = emptySet(),
    val changing: Set<Form> = emptySet(),
    val opened: Map<Step, Boolean> = emptyMap(),
    val cards: List<Card> = emptyList(),
    val other: Who? = null,
    val point: String = "",
    val promise: String = "",
    val minutes: String? = null,
    val minutesAlone: Boolean = false,
    val title: String? = null,
    val day: String? = null,
    val place: String? = null,
    val time: String = "",
    val timeWrong: Boolean = false,
    val nothingAnswered: Form? = null,
    val offline: Boolean = false,
) {
    /** One's own answers: those that were told, then those that one kept to oneself. */
    fun mine(form: Form): List<FilledForm> = session?.forms.orEmpty().filter { it.form == form && it.by.me }.sortedBy { it.alone }
    /** One's own minutes, those that were told first. */
    val mineMinutes: List<Minutes> get() = session?.minutes.orEmpty().filter { it.by.me }.sortedBy { it.alone }

    fun theirs(form: Form): FilledForm? = session?.forms?.firstOrNull { it.form == form && !it.by.me }

    fun draft(form: Form, prompt: String): Answer = drafts[form]?.get(prompt) ?: Answer(prompt)

    fun asks(form: Form): Boolean = mine(form).isEmpty() || form in changing

    /** What was tapped open or shut stands; else the step that comes next is open. */
    fun isOpen(step: Step): Boolean = opened[step] ?: (step == next)

    private val next: Step
        get() = when {
            session?.line?.state == SessionState.PLANNED && mine(Form.BEFORE).isEmpty() -> Step.BEFORE
            session?.line?.state == SessionState.PLANNED -> Step.DURING
            mine(Form.AFTER).isEmpty() -> Step.AFTER
            else -> Step.HARVEST
        }
}
