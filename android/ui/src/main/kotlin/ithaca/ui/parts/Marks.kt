/** Answers by a tap: done or not, a place from one to five; and a part of a screen that opens and closes. */
package ithaca.ui.parts

import androidx.compose.foundation.BorderStroke
import androidx.compose.foundation.clickable
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.ColumnScope
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.selection.selectable
import androidx.compose.foundation.selection.selectableGroup
import androidx.compose.foundation.selection.toggleable
import androidx.compose.material.icons.Icons
import androidx.compose.material.icons.filled.KeyboardArrowDown
import androidx.compose.material.icons.filled.KeyboardArrowUp
import androidx.compose.material3.Checkbox
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Surface
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.clearAndSetSemantics
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.style.TextAlign
import androidx.compose.ui.unit.dp
import ithaca.ui.theme.LocalColours
import ithaca.ui.words.LocalWords

@Composable
fun TickLine(text: String, under: String?, done: Boolean, onTick: (Boolean) -> Unit, modifier: Modifier = Modifier) {
    Row(
        modifier.fillMaxWidth().clip(MaterialTheme.shapes.medium).toggleable(done, role = Role.Checkbox, onValueChange = onTick).heightIn(min = 48.dp),
        verticalAlignment = Alignment.CenterVertically,
        horizontalArrangement = Arrangement.spacedBy(12.dp),
    ) {
        Checkbox(done, null)
        Column(Modifier.weight(1f).padding(vertical = 6.dp)) {
            Sentence(text)
            if (!under.isNullOrEmpty()) Quiet(under)
        }
    }
}

/** Five large steps with a word at each end. */
@Composable
fun Scale(question: String, low: String, high: String, value: Int?, onChoose: (Int) -> Unit) {
    val (words, colours) = LocalWords.current to LocalColours.current
    Column(verticalArrangement = Arrangement.spacedBy(6.dp)) {
        Sentence(question)
        Row(Modifier.fillMaxWidth().selectableGroup(), horizontalArrangement = Arrangement.spacedBy(6.dp)) {
            for (n in 1..5) {
                val on = value == n
                val word = if (n == 1) low else if (n == 5) high else ""
                Surface(
                    modifier = Modifier.weight(1f).clip(MaterialTheme.shapes.medium).selectable(on, role = Role.RadioButton) { onChoose(n) }
                        .semantics { contentDescription = words("session.scale", "n" to n, "word" to word).trimEnd(':', ' ') },
                    shape = MaterialTheme.shapes.medium,
                    color = if (on) colours.harbour else colours.surface,
                    border = BorderStroke(1.dp, colours.outline),
                ) {
                    Text(
                        "$n", Modifier.heightIn(min = 52.dp).padding(vertical = 14.dp).clearAndSetSemantics {}, textAlign = TextAlign.Center,
                        style = MaterialTheme.typography.titleMedium, color = if (on) colours.onHarbour else colours.ink,
                    )
                }
            }
        }
        Row(Modifier.fillMaxWidth().clearAndSetSemantics {}) {
            Fine(low, Modifier.weight(1f))
            Text(high, Modifier.weight(1f), textAlign = TextAlign.End, style = MaterialTheme.typography.bodySmall, color = colours.secondaryInk)
        }
    }
}

@Composable
fun Reveal(title: String, open: Boolean, onToggle: () -> Unit, under: String? = null, content: @Composable ColumnScope.() -> Unit) {
    Column(Modifier.fillMaxWidth(), verticalArrangement = Arrangement.spacedBy(12.dp)) {
        Row(
            Modifier.fillMaxWidth().clip(MaterialTheme.shapes.medium).clickable(role = Role.Button, onClick = onToggle).heightIn(min = 48.dp),
            verticalAlignment = Alignment.CenterVertically,
        ) {
            Column(Modifier.weight(1f)) {
                Text(title, style = MaterialTheme.typography.titleMedium, color = LocalColours.current.ink)
                if (under != null) Quiet(under)
            }
            val words = LocalWords.current
            Icon(
                if (open) Icons.Filled.KeyboardArrowUp else Icons.Filled.KeyboardArrowDown,
                words(if (open) "common.less" else "common.more"), tint = LocalColours.current.secondaryInk,
            )
        }
        if (open) content()
    }
}
