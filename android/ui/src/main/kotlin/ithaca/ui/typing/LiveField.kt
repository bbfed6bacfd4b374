/** The field over a [TypingModel]: the other's fresh words are tinted and named. */
package ithaca.ui.typing

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.text.BasicTextField
import androidx.compose.foundation.text.KeyboardOptions
import androidx.compose.material3.MaterialTheme
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.SolidColor
import androidx.compose.ui.draw.alpha
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.clearAndSetSemantics
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.AnnotatedString
import androidx.compose.ui.text.SpanStyle
import androidx.compose.ui.text.input.KeyboardCapitalization
import androidx.compose.ui.text.input.OffsetMapping
import androidx.compose.ui.text.input.TransformedText
import androidx.compose.ui.text.input.VisualTransformation
import androidx.compose.ui.text.style.TextDecoration
import androidx.compose.ui.unit.dp
import ithaca.bridge.FreshWords
import ithaca.ui.parts.FaultLine
import ithaca.ui.parts.Fine
import ithaca.ui.parts.QuietButton
import ithaca.ui.parts.Quiet
import ithaca.ui.theme.LocalColours
import ithaca.ui.words.LocalWords

/** Underlined too: a tint alone would be colour alone. */
private class Tinted(private val fresh: List<FreshWords>, private val tint: Color) : VisualTransformation {
    override fun filter(text: AnnotatedString): TransformedText {
        val shown = AnnotatedString.Builder(text)
        for (words in fresh) {
            val (start, end) = words.range.start.coerceIn(0, text.length) to words.range.end.coerceIn(0, text.length)
            if (start < end) shown.addStyle(SpanStyle(background = tint, textDecoration = TextDecoration.Underline), start, end)
        }
        return TransformedText(shown.toAnnotatedString(), OffsetMapping.Identity)
    }

    override fun equals(other: Any?) = other is Tinted && other.fresh == fresh && other.tint == tint
    override fun hashCode() = fresh.hashCode()
}

@Composable
fun LiveField(
    model: TypingModel,
    name: String,
    hint: String?,
    modifier: Modifier = Modifier,
    minHeight: Int = 48,
    readOnly: Boolean = false,
    tellsKeeping: Boolean = false,
) {
    val (words, colours) = LocalWords.current to LocalColours.current
    Column(Modifier.fillMaxWidth(), verticalArrangement = Arrangement.spacedBy(4.dp)) {
        FaultLine(model)
        BasicTextField(
            value = model.field,
            onValueChange = model::changed,
            modifier = modifier.fillMaxWidth().heightIn(min = minHeight.dp).semantics { contentDescription = name }.testTag("live"),
            readOnly = readOnly || model.readOnly || !model.opened,
            textStyle = MaterialTheme.typography.bodyLarge.copy(color = colours.ink),
            cursorBrush = SolidColor(colours.harbour),
            keyboardOptions = KeyboardOptions(capitalization = KeyboardCapitalization.Sentences),
            visualTransformation = if (model.fresh.isEmpty()) VisualTransformation.None else Tinted(model.fresh, colours.harbourContainer),
            decorationBox = { inner ->
                if (hint != null && model.opened && model.field.text.isEmpty()) Quiet(hint)
                inner()
            },
        )
        for (who in model.fresh.map { it.by.name }.distinct()) {
            Fine(words("note.fresh", "name" to who), Modifier.semantics { liveRegion = LiveRegionMode.Polite })
        }
        // Its place is always kept: nothing moves under the hand while somebody types.
        if (tellsKeeping) Fine(words("note.unsaved"), if (model.unsaved) Modifier else Modifier.alpha(0f).clearAndSetSemantics {})
    }
}

@Composable
fun UndoRow(model: TypingModel) {
    val words = LocalWords.current
    Row(Modifier.heightIn(min = 48.dp), horizontalArrangement = Arrangement.spacedBy(8.dp)) {
        if (model.canUndo) QuietButton(words("common.undo"), model::undo)
        if (model.canRedo) QuietButton(words("common.redo"), model::redo)
    }
}
