/** What can be tapped: each at least 48 high, with words that may take several lines. */
package ithaca.ui.parts

import androidx.compose.foundation.layout.ExperimentalLayoutApi
import androidx.compose.foundation.layout.FlowRow
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.PaddingValues
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.defaultMinSize
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.selection.toggleable
import androidx.compose.material.icons.Icons
import androidx.compose.material.icons.filled.Check
import androidx.compose.material3.Button
import androidx.compose.material3.ButtonDefaults
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.OutlinedButton
import androidx.compose.material3.Surface
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.unit.dp
import androidx.compose.foundation.BorderStroke
import androidx.compose.ui.draw.clip
import ithaca.ui.theme.LocalColours

private val padding = PaddingValues(horizontal = 16.dp, vertical = 8.dp)
private val touch = Modifier.defaultMinSize(minWidth = 48.dp, minHeight = 48.dp)

@Composable
fun MainButton(text: String, onClick: () -> Unit, modifier: Modifier = Modifier, enabled: Boolean = true) =
    Button(onClick, modifier.then(touch), enabled, shape = MaterialTheme.shapes.medium, contentPadding = padding) { Text(text) }

@Composable
fun SideButton(text: String, onClick: () -> Unit, modifier: Modifier = Modifier, enabled: Boolean = true) = OutlinedButton(
    onClick, modifier.then(touch), enabled, shape = MaterialTheme.shapes.medium, contentPadding = padding,
    border = BorderStroke(1.dp, LocalColours.current.outline),
) { Text(text) }

@Composable
fun QuietButton(text: String, onClick: () -> Unit, modifier: Modifier = Modifier) =
    TextButton(onClick, modifier.then(touch), shape = MaterialTheme.shapes.medium, contentPadding = PaddingValues(horizontal = 8.dp, vertical = 8.dp)) { Text(text) }

/** Only for what removes, revokes or ends. */
@Composable
fun DangerButton(text: String, onClick: () -> Unit, modifier: Modifier = Modifier) {
    val colours = LocalColours.current
    Button(
        onClick, modifier.then(touch), shape = MaterialTheme.shapes.medium, contentPadding = padding,
        colors = ButtonDefaults.buttonColors(containerColor = colours.danger, contentColor = colours.background),
    ) { Text(text) }
}

/** Buttons and chips beside each other, as many as fit in a row. */
@OptIn(ExperimentalLayoutApi::class)
@Composable
fun Beside(modifier: Modifier = Modifier, content: @Composable () -> Unit) =
    FlowRow(modifier, horizontalArrangement = Arrangement.spacedBy(8.dp), verticalArrangement = Arrangement.spacedBy(8.dp)) { content() }

/** On or off; a mark says which, not the colour alone. */
@Composable
fun Chip(text: String, on: Boolean, onChange: (Boolean) -> Unit, modifier: Modifier = Modifier, role: Role = Role.Checkbox) {
    val colours = LocalColours.current
    Surface(
        modifier = modifier.clip(MaterialTheme.shapes.medium).toggleable(on, role = role, onValueChange = onChange),
        shape = MaterialTheme.shapes.medium,
        color = if (on) colours.harbourContainer else colours.surface,
        border = BorderStroke(1.dp, if (on) colours.harbour else colours.outline),
    ) {
        Row(Modifier.heightIn(min = 48.dp).defaultMinSize(minWidth = 48.dp).padding(horizontal = 12.dp, vertical = 8.dp), verticalAlignment = Alignment.CenterVertically) {
            if (on) Icon(Icons.Filled.Check, null, Modifier.padding(end = 6.dp).size(18.dp), tint = colours.ink)
            Text(text, style = MaterialTheme.typography.bodyMedium, color = colours.ink)
        }
    }
}
