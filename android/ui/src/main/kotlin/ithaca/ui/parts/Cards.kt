/** A raised tone around what belongs together, and lines of a list. */
package ithaca.ui.parts

import androidx.compose.foundation.background
import androidx.compose.foundation.clickable
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.ColumnScope
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.shape.CircleShape
import androidx.compose.material.icons.Icons
import androidx.compose.material.icons.automirrored.filled.KeyboardArrowRight
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Surface
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.semantics.clearAndSetSemantics
import androidx.compose.ui.text.AnnotatedString
import androidx.compose.ui.unit.dp
import ithaca.ui.theme.Colours
import ithaca.ui.theme.LocalColours

enum class Tone { RAISED, DIFFER, GROWTH, DANGER, CHOSEN }

private fun Colours.of(tone: Tone): Color = when (tone) {
    Tone.RAISED -> raised
    Tone.DIFFER -> differContainer
    Tone.GROWTH -> growthContainer
    Tone.DANGER -> dangerContainer
    Tone.CHOSEN -> harbourContainer
}

@Composable
fun Sheet(modifier: Modifier = Modifier, tone: Tone = Tone.RAISED, onClick: (() -> Unit)? = null, content: @Composable ColumnScope.() -> Unit) {
    val shape = MaterialTheme.shapes.medium
    Surface(
        modifier = modifier.fillMaxWidth().clip(shape).then(if (onClick != null) Modifier.clickable(onClick = onClick) else Modifier),
        shape = shape,
        color = LocalColours.current.of(tone),
    ) {
        Column(Modifier.heightIn(min = 48.dp).padding(16.dp), verticalArrangement = Arrangement.spacedBy(8.dp), content = content)
    }
}

/** A line of a list: who or what, and a quiet line under it. */
@Composable
fun ListLine(title: String, under: String?, onClick: () -> Unit, before: (@Composable () -> Unit)? = null) = ListLine(AnnotatedString(title), under, onClick, before)

@Composable
fun ListLine(title: AnnotatedString, under: String?, onClick: () -> Unit, before: (@Composable () -> Unit)? = null) {
    val touch = Modifier.fillMaxWidth().clip(MaterialTheme.shapes.medium).clickable(onClick = onClick)
    LineRow(title, under, touch.heightIn(min = 56.dp).padding(horizontal = 4.dp, vertical = 8.dp), before)
}

/** A line that stands out: raised, or in the colour of what is chosen. */
@Composable
fun ListSheet(title: String, under: String?, chosen: Boolean, onClick: () -> Unit, before: @Composable () -> Unit) =
    Sheet(tone = if (chosen) Tone.CHOSEN else Tone.RAISED, onClick = onClick) { LineRow(AnnotatedString(title), under, Modifier.fillMaxWidth(), before) }

@Composable
private fun LineRow(title: AnnotatedString, under: String?, modifier: Modifier, before: (@Composable () -> Unit)?) {
    Row(modifier, verticalAlignment = Alignment.CenterVertically, horizontalArrangement = Arrangement.spacedBy(12.dp)) {
        before?.invoke()
        Column(Modifier.weight(1f)) {
            Text(title, style = MaterialTheme.typography.bodyLarge, color = LocalColours.current.ink)
            if (!under.isNullOrEmpty()) Quiet(under)
        }
        Icon(Icons.AutoMirrored.Filled.KeyboardArrowRight, null, tint = LocalColours.current.secondaryInk)
    }
}

/** The first letters of a name; the name itself stands beside it. */
@Composable
fun Initials(name: String, modifier: Modifier = Modifier) {
    val colours = LocalColours.current
    val letters = name.split(' ').filter { it.isNotBlank() }.let { parts -> (parts.take(1) + parts.drop(1).takeLast(1)).joinToString("") { it.take(1) } }
    Box(modifier.size(40.dp).background(colours.surface, CircleShape).clearAndSetSemantics {}, contentAlignment = Alignment.Center) {
        Text(letters.uppercase(), style = MaterialTheme.typography.bodySmall, color = colours.ink, maxLines = 1)
    }
}

/** Several things one under the other, where one thing is asked for. */
@Composable
fun Stacked(content: @Composable ColumnScope.() -> Unit) = Column(Modifier.fillMaxWidth(), verticalArrangement = Arrangement.spacedBy(8.dp), content = content)
