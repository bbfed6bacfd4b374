package ithaca.ui.new_pair

import androidx.compose.foundation.lazy.LazyListScope
import androidx.compose.foundation.text.selection.SelectionContainer
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.ui.semantics.Role
import ithaca.bridge.Answered
import ithaca.bridge.Invite
import ithaca.ui.parts.Beside
import ithaca.ui.parts.Chip
import ithaca.ui.parts.Code
import ithaca.ui.parts.Field
import ithaca.ui.parts.Heading
import ithaca.ui.parts.MainButton
import ithaca.ui.parts.Page
import ithaca.ui.parts.Quiet
import ithaca.ui.parts.QuietButton
import ithaca.ui.parts.Sentence
import ithaca.ui.parts.Sheet
import ithaca.ui.parts.Tone
import ithaca.ui.scan.scanButton
import ithaca.ui.words.LocalDates
import ithaca.ui.words.LocalWords
import ithaca.ui.words.Words

@Composable
fun NewPairScreen(model: NewPairModel, back: (() -> Unit)?) {
    val state by model.state.collectAsState()
    val words = LocalWords.current
    Page(words("new_pair.title"), model, back) {
        item {
            Beside {
                Chip(words("new_pair.invite"), state.side == Side.INVITE, { model.side(Side.INVITE) }, role = Role.RadioButton)
                Chip(words("new_pair.answer"), state.side == Side.ANSWER, { model.side(Side.ANSWER) }, role = Role.RadioButton)
            }
        }
        if (!state.loaded) return@Page
        if (state.side == Side.ANSWER) answering(state, model, words) else inviting(state, model, words)
    }
}

private fun LazyListScope.answering(state: NewPairState, model: NewPairModel, words: Words) {
    if (state.answered != null) item { Sheet(tone = Tone.CHOSEN) { Sentence(words("new_pair.joined")) } }
    if (state.canScan) scanButton(words, state.scanTrouble) { model.scan(it) }
    item { Field(words("new_pair.paste"), state.pasted, model::pasted, lines = 3, plain = true) }
    item { Field(words("new_pair.relay"), state.pastedRelay, model::pastedRelay, plain = true) }
    item { MainButton(words("new_pair.join"), { model.answer() }, enabled = state.pasted.isNotBlank()) }
}

private fun LazyListScope.inviting(state: NewPairState, model: NewPairModel, words: Words) {
    val mine = state.mine
    when {
        mine != null && mine.answers.isNotEmpty() -> for (answer in mine.answers) item { AnswerCard(mine, answer, model) }
        mine != null -> shown(mine, state.offline, model, words)
        state.relay == null -> relay(state, model, words)
        else -> {
            item { Sentence(words("new_pair.code_about")) }
            item { MainButton(words("new_pair.show"), { model.invite() }) }
        }
    }
}

private fun LazyListScope.relay(state: NewPairState, model: NewPairModel, words: Words) {
    item { Sentence(words("new_pair.no_relay")) }
    item { Field(words("new_pair.relay_address"), state.relayTyped, model::relayTyped, plain = true, like = words("new_pair.relay_example")) }
    item { Field(words("new_pair.account"), state.account, model::account, plain = true) }
    item { MainButton(words("new_pair.keep_relay"), { model.keepRelay() }, enabled = state.relayTyped.isNotBlank()) }
}

private fun LazyListScope.shown(invite: Invite, offline: Boolean, model: NewPairModel, words: Words) {
    if (offline) item { Quiet(words("new_pair.offline")) }
    item { Sentence(words("new_pair.code_about")) }
    invite.link?.let { link ->
        item { Code(link, words("new_pair.code")) }
        item { Heading(words("new_pair.link")) }
        item { SelectionContainer { Sheet { Quiet(link) } } }
    }
    invite.words?.let { spoken ->
        item { Heading(words("new_pair.words")) }
        item { SelectionContainer { Sheet { Sentence(spoken, strong = true); Quiet(words("new_pair.words_relay", "relay" to invite.relay)) } } }
    }
    item { Quiet(words("new_pair.until", "day" to LocalDates.current.plain(invite.expires))) }
    item { QuietButton(words("new_pair.withdraw"), { model.withdraw(invite) }) }
}

@Composable
private fun AnswerCard(invite: Invite, answer: Answered, model: NewPairModel) {
    val words = LocalWords.current
    Sheet(tone = Tone.CHOSEN) {
        Sentence(words("new_pair.answered", "name" to answer.name), strong = true)
        Sentence(words("new_pair.safety", "number" to answer.safetyNumber))
        Quiet(words(if (answer.spoken) "new_pair.spoken" else "new_pair.compare"))
        MainButton(words("new_pair.approve", "name" to answer.name), { model.approve(invite, answer) })
        QuietButton(words("new_pair.withdraw"), { model.withdraw(invite) })
    }
}
