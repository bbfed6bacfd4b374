package ithaca.ui.cards

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.material.icons.Icons
import androidx.compose.material.icons.filled.Check
import androidx.compose.material.icons.filled.Info
import androidx.compose.material3.Icon
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.unit.dp
import ithaca.bridge.Card
import ithaca.bridge.DifferValue
import ithaca.ui.parts.Beside
import ithaca.ui.parts.Fine
import ithaca.ui.parts.Quiet
import ithaca.ui.parts.QuietButton
import ithaca.ui.parts.Sentence
import ithaca.ui.parts.Sheet
import ithaca.ui.parts.SideButton
import ithaca.ui.parts.Tone
import ithaca.ui.theme.LocalColours
import ithaca.ui.words.LocalDates
import ithaca.ui.words.LocalWords
import ithaca.ui.words.about
import ithaca.ui.words.field
import ithaca.ui.words.value

/** Two values side by side, with who and when and why; the shown one is marked. */
@Composable
fun DifferSheet(card: Card, onKeep: (Int) -> Unit, onTalk: (point: String) -> Unit) {
    val (words, dates, colours) = Triple(LocalWords.current, LocalDates.current, LocalColours.current)
    Sheet(Modifier.testTag("differ"), Tone.DIFFER) {
        Row(verticalAlignment = Alignment.CenterVertically, horizontalArrangement = Arrangement.spacedBy(8.dp)) {
            Icon(Icons.Filled.Info, null, tint = colours.differ)
            Sentence(words("cards.title"), strong = true)
        }
        Sentence(words.about(card))
        if (card.onlyMine) Quiet(words("cards.only_mine"))
        card.values.forEachIndexed { i, value -> ValueLine(value, card.field, i == card.shown) }
        card.meanwhile?.let { Quiet(words("cards.meanwhile", "value" to words.value(it, card.field, dates))) }
        Beside {
            card.values.forEachIndexed { i, value -> SideButton(words("cards.keep", "value" to words.value(value, card.field, dates)), { onKeep(i) }) }
        }
        QuietButton(words("cards.talk"), {
            val noun = words("cards.${card.noun.name.lowercase()}")
            onTalk(words("cards.talk_point", "noun" to noun, "title" to card.title, "field" to words.field(card.field)))
        })
    }
}

@Composable
private fun ValueLine(value: DifferValue, field: String, shown: Boolean) {
    val (words, dates, colours) = Triple(LocalWords.current, LocalDates.current, LocalColours.current)
    Column {
        Row(verticalAlignment = Alignment.CenterVertically, horizontalArrangement = Arrangement.spacedBy(6.dp)) {
            if (shown) Icon(Icons.Filled.Check, null, tint = colours.differ)
            Sentence(words.value(value, field, dates), Modifier.weight(1f, fill = false), strong = true)
        }
        val who = value.by?.let { if (it.me) words("common.you") else it.name } ?: words("history.somebody")
        Quiet(words("cards.said", "name" to who, "when" to dates.ago(value.at)))
        value.reason?.let { Quiet(words("cards.reason", "reason" to it)) }
        if (shown) Fine(words("cards.shown"))
    }
}
