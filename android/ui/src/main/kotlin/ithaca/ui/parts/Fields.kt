/** Where something is typed: a label that stays, an example that can be tapped, a day. */
package ithaca.ui.parts

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.text.KeyboardActions
import androidx.compose.foundation.text.KeyboardOptions
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.OutlinedTextField
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.clearAndSetSemantics
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.input.ImeAction
import androidx.compose.ui.text.input.KeyboardCapitalization
import androidx.compose.ui.unit.dp
import ithaca.ui.words.LocalDates
import ithaca.ui.words.LocalWords
import java.time.LocalDate
import java.time.format.DateTimeParseException

/** A field under its name. One tap takes [example] over; [like] only shows what belongs there, where nothing of the kind could be meant. */
@Composable
fun Field(
    label: String,
    value: String,
    onChange: (String) -> Unit,
    modifier: Modifier = Modifier,
    example: String? = null,
    like: String? = null,
    lines: Int = 1,
    plain: Boolean = false,
    wrong: String? = null,
    labelled: Boolean = true,
    onDone: (() -> Unit)? = null,
) {
    Column(Modifier.fillMaxWidth(), verticalArrangement = Arrangement.spacedBy(4.dp)) {
        // The field says its own name.
        if (labelled) Quiet(label, Modifier.clearAndSetSemantics {})
        OutlinedTextField(
            value = value,
            onValueChange = onChange,
            modifier = modifier.fillMaxWidth().semantics { contentDescription = label },
            singleLine = lines == 1,
            minLines = lines,
            isError = wrong != null,
            textStyle = MaterialTheme.typography.bodyLarge,
            shape = MaterialTheme.shapes.medium,
            keyboardOptions = KeyboardOptions(
                capitalization = if (plain) KeyboardCapitalization.None else KeyboardCapitalization.Sentences,
                autoCorrectEnabled = !plain,
                imeAction = if (lines == 1) ImeAction.Done else ImeAction.Default,
            ),
            keyboardActions = KeyboardActions(onDone = { onDone?.invoke() }),
        )
        if (wrong != null) Quiet(wrong)
        if (like != null && wrong == null && value.isEmpty()) Quiet(LocalWords.current("common.like", "words" to like))
        if (example != null && value.isEmpty()) QuietButton(LocalWords.current("common.example", "words" to example), { onChange(example) })
    }
}

/** The day that was typed; null where there is none, or none yet. */
fun dayOf(text: String): LocalDate? = try {
    LocalDate.parse(text.trim())
} catch (_: DateTimeParseException) {
    null
}

/** A day, typed or taken from the next ones. */
@Composable
fun DayField(label: String, value: String, onChange: (String) -> Unit) {
    val (words, dates) = LocalWords.current to LocalDates.current
    Column(Modifier.fillMaxWidth(), verticalArrangement = Arrangement.spacedBy(8.dp)) {
        val wrong = if (value.length >= 10 && dayOf(value) == null) words("input.day") else null
        Field(label, value, onChange, plain = true, wrong = wrong)
        Quiet(dayOf(value)?.let(dates::day) ?: words("common.day_hint", "example" to dates.today.plusDays(7)))
        Beside {
            for (ahead in listOf(0L, 1L, 7L)) {
                val day = dates.today.plusDays(ahead)
                Chip(dates.day(day), value == day.toString(), { on -> onChange(if (on) day.toString() else "") })
            }
        }
    }
}
