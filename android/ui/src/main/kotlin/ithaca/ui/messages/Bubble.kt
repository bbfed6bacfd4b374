package ithaca.ui.messages

import androidx.compose.foundation.clickable
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.defaultMinSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Surface
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.semantics.onClick
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import ithaca.bridge.Message
import ithaca.bridge.Where
import ithaca.ui.parts.Beside
import ithaca.ui.parts.Fine
import ithaca.ui.parts.Quiet
import ithaca.ui.parts.QuietButton
import ithaca.ui.parts.DangerButton
import ithaca.ui.parts.Sentence
import ithaca.ui.theme.LocalColours
import ithaca.ui.words.Dates
import ithaca.ui.words.LocalDates
import ithaca.ui.words.LocalWords
import ithaca.ui.words.Words

/** Signs that every face can draw. */
internal val REACTIONS = listOf("♥", "✓", "★")

@Composable
internal fun Bubble(message: Message, state: MessagesState, model: MessagesModel) {
    val (words, dates, colours) = Triple(LocalWords.current, LocalDates.current, LocalColours.current)
    val mine = message.by.me
    Column(Modifier.fillMaxWidth(), horizontalAlignment = if (mine) Alignment.End else Alignment.Start, verticalArrangement = Arrangement.spacedBy(4.dp)) {
        Box(Modifier.fillMaxWidth(0.86f), contentAlignment = if (mine) Alignment.CenterEnd else Alignment.CenterStart) {
            Surface(
                color = if (mine) colours.harbourContainer else colours.raised,
                shape = MaterialTheme.shapes.medium,
                modifier = Modifier.clip(MaterialTheme.shapes.medium).clickable { model.open(message) }
                    .semantics { onClick(words("messages.menu")) { model.open(message); true } },
            ) {
                Column(Modifier.defaultMinSize(minWidth = 72.dp, minHeight = 48.dp).padding(12.dp), verticalArrangement = Arrangement.spacedBy(2.dp)) {
                    state.find(message.reply)?.text?.let { Quiet(words("messages.reply_to", "words" to it.take(60))) }
                    Sentence(words.said(message, state.other))
                    Fine(words.under(message, state.other, dates))
                    for (reaction in message.reactions) {
                        Fine(words("messages.reacted", "emoji" to reaction.emoji, "names" to reaction.people.joinToString(", ") { if (it.me) words("common.you") else it.name }))
                    }
                }
            }
        }
        if (state.open == message.id && message.text != null) Menu(message, state, model)
    }
}

private fun Words.said(message: Message, other: String): String = message.text ?: when {
    !message.mayHaveBeenRead -> invoke("messages.withdrawn")
    message.by.me -> invoke("messages.withdrawn_read", "name" to other)
    else -> invoke("messages.withdrawn_read_you")
}

/** When, how far it came, whether it was changed: as words. */
private fun Words.under(message: Message, other: String, dates: Dates): String {
    val where = when {
        !message.by.me -> null
        message.readBy.any { !it.me } -> invoke("messages.read")
        message.at == Where.HERE -> invoke("messages.here")
        message.at == Where.RELAY -> invoke("messages.relay")
        message.at == Where.OTHER -> invoke("messages.other", "name" to other)
        else -> null
    }
    val edited = message.editedAt?.let { invoke("messages.edited") }
    return listOfNotNull(dates.dayAndTime(message.sentAt), where, edited).joinToString(" · ")
}

@Composable
private fun Menu(message: Message, state: MessagesState, model: MessagesModel) {
    val words = LocalWords.current
    if (state.withdrawing == message.id) {
        Quiet(words("messages.withdraw_about"))
        return Beside {
            DangerButton(words("messages.withdraw"), { model.withdraw(message) })
            QuietButton(words("common.cancel"), { model.askWithdraw(null) })
        }
    }
    Beside {
        for (emoji in REACTIONS) {
            val given = message.reactions.any { r -> r.emoji == emoji && r.people.any { it.me } }
            QuietButton(words(if (given) "messages.unreact" else "messages.react", "emoji" to emoji), { model.react(message, emoji) })
        }
        if (state.canSay) QuietButton(words("messages.reply"), { model.replyTo(message) })
        if (message.by.me) {
            QuietButton(words("messages.reword"), { model.reword(message) })
            QuietButton(words("messages.withdraw"), { model.askWithdraw(message) })
        }
    }
}
