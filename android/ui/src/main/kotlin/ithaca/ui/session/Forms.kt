package ithaca.ui.session

import androidx.compose.foundation.lazy.LazyListScope
import androidx.compose.foundation.lazy.items
import androidx.compose.runtime.Composable
import ithaca.bridge.Answer
import ithaca.bridge.FilledForm
import ithaca.bridge.Form
import ithaca.bridge.Prompt
import ithaca.bridge.PromptKind
import ithaca.bridge.Who
import ithaca.ui.parts.Beside
import ithaca.ui.parts.Chip
import ithaca.ui.parts.Field
import ithaca.ui.parts.MainButton
import ithaca.ui.parts.Quiet
import ithaca.ui.parts.QuietButton
import ithaca.ui.parts.Scale
import ithaca.ui.parts.Sentence
import ithaca.ui.parts.Sheet
import ithaca.ui.parts.Stacked
import ithaca.ui.parts.TickLine
import ithaca.ui.words.LocalWords
import ithaca.ui.words.Words
import ithaca.ui.words.prompt

/** The questions of a form, or what was answered; and what the other answered. */
internal fun LazyListScope.form(form: Form, state: SessionViewState, model: SessionModel, words: Words) {
    val mine = state.mine(form)
    val other = state.other
    if (state.asks(form)) {
        if (other != null) item(key = "reads-$form") {
            val told = mine.any { !it.alone }
            ForWhom(form in state.alone, told, other, { model.alone(form, it) }, words)
        }
        items(state.prompts[form].orEmpty(), key = { "$form-${it.name}" }) { Question(form, it, state, model) }
        item(key = "keep-$form") {
            Stacked {
                if (state.nothingAnswered == form) Quiet(words("session.nothing_answered"))
                MainButton(words(if (form == Form.HARVEST) "session.keep_harvest" else "session.keep"), { model.keep(form) })
            }
        }
    } else {
        items(mine, key = { "mine-$form-${it.alone}" }) { one ->
            Filled(one, state, words(if (one.alone) "session.filled_alone" else "session.filled_you")) {
                QuietButton(words("session.change"), { model.change(one) })
                if (one.alone && other != null) QuietButton(words("session.share", "name" to other.name), { model.share(one) })
            }
        }
    }
    if (other == null) return
    val theirs = state.theirs(form)
    item(key = "theirs-$form") {
        if (theirs == null) Quiet(words("session.filled_not", "name" to other.name)) else Filled(theirs, state, words("session.filled", "name" to other.name)) {}
    }
}

/** Who will read what is being written, and the choice to keep it. */
@Composable
internal fun ForWhom(alone: Boolean, told: Boolean, other: Who, onAlone: (Boolean) -> Unit, words: Words) = Stacked {
    Quiet(words(if (!alone) "session.shared" else if (told) "session.alone_told" else "session.alone_about", "name" to other.name))
    Chip(words("session.alone"), alone, onAlone)
}

@Composable
private fun Question(form: Form, prompt: Prompt, state: SessionViewState, model: SessionModel) {
    val words = LocalWords.current
    val given = state.draft(form, prompt.name)
    val question = words.prompt(form, prompt.name)
    when (prompt.kind) {
        PromptKind.SCALE -> Scale(question, words.orPlain("prompt.${prompt.name}.low", "1"), words.orPlain("prompt.${prompt.name}.high", "5"), given.scale) {
            model.answer(form, given.copy(scale = it))
        }
        PromptKind.WORDS -> Field(question, given.words.orEmpty(), { model.answer(form, given.copy(words = it)) }, lines = 2)
        PromptKind.CHOSEN -> Stacked {
            Sentence(question)
            Choices(prompt, given, state, words) { model.answer(form, it) }
        }
    }
}

@Composable
private fun Choices(prompt: Prompt, given: Answer, state: SessionViewState, words: Words, answer: (Answer) -> Unit) {
    fun with(name: String, on: Boolean) = given.copy(chosen = given.chosen - name + if (on) listOf(name) else emptyList())
    when (prompt.name) {
        "technique", "techniques" -> Beside {
            for (name in TECHNIQUES) Chip(words("technique.$name"), name in given.chosen, { answer(with(name, it)) })
        }
        "tried" -> {
            val since = state.session?.sinceLast.orEmpty()
            if (since.isEmpty()) Quiet(words("session.no_since"))
            for (action in since) TickLine(action.text, null, action.id.text in given.chosen, { answer(with(action.id.text, it)) })
        }
        else -> {
            val typed = given.words ?: given.chosen.joinToString(", ")
            Field(words("prompt.helped_hint"), typed, { text ->
                answer(given.copy(words = text, chosen = text.split(',').map { it.trim() }.filter { it.isNotEmpty() }))
            })
        }
    }
}

@Composable
private fun Filled(form: FilledForm, state: SessionViewState, title: String, deeds: @Composable () -> Unit) {
    val words = LocalWords.current
    Sheet {
        Sentence(title, strong = true)
        for (answer in form.answers) {
            Quiet(words.prompt(form.form, answer.prompt))
            Sentence(words.given(answer, state))
        }
        deeds()
    }
}

private fun Words.given(answer: Answer, state: SessionViewState): String {
    val scale = answer.scale?.let { "$it / 5" }
    val chosen = answer.chosen.map { name ->
        state.session?.sinceLast?.firstOrNull { it.id.text == name }?.text ?: orPlain("technique.$name", name)
    }
    return listOfNotNull(scale, answer.words?.ifBlank { null }, chosen.joinToString(", ").ifEmpty { null }).joinToString(" · ")
}
