/** Words on a screen: headings, sentences, quiet lines. */
package ithaca.ui.parts

import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.font.FontWeight
import androidx.compose.ui.unit.dp
import ithaca.ui.theme.LocalColours
import ithaca.ui.words.LocalWords

/** The beginning of what may be long: whole words, as many as [most] letters hold, and dots where there is more. The same at any size of text. */
fun String.firstWords(most: Int): String {
    val line = trim().replace(Regex("\\s+"), " ")
    if (line.length <= most) return line
    val end = line.lastIndexOf(' ', most).takeIf { it > 0 } ?: line.offsetByCodePoints(0, line.codePointCount(0, most))
    return line.substring(0, end).trimEnd(',', '.', ';', ':') + "…"
}

@Composable
fun Heading(text: String, modifier: Modifier = Modifier) = Text(
    text, modifier.padding(top = 8.dp).semantics { heading() },
    style = MaterialTheme.typography.titleMedium, color = LocalColours.current.ink,
)

@Composable
fun Sentence(text: String, modifier: Modifier = Modifier, strong: Boolean = false) = Text(
    text, modifier, style = MaterialTheme.typography.bodyLarge, color = LocalColours.current.ink, fontWeight = if (strong) FontWeight.SemiBold else null,
)

@Composable
fun Quiet(text: String, modifier: Modifier = Modifier) =
    Text(text, modifier, style = MaterialTheme.typography.bodyMedium, color = LocalColours.current.secondaryInk)

@Composable
fun Fine(text: String, modifier: Modifier = Modifier) =
    Text(text, modifier, style = MaterialTheme.typography.bodySmall, color = LocalColours.current.secondaryInk)

/** Nothing here yet: what comes next, and a sentence to begin with. */
@Composable
fun Empty(sentence: String, example: String? = null, onExample: () -> Unit = {}) {
    Column(Modifier.fillMaxWidth().padding(vertical = 8.dp), verticalArrangement = Arrangement.spacedBy(8.dp)) {
        Sentence(sentence)
        if (example != null) QuietButton(LocalWords.current("common.example", "words" to example), onExample)
    }
}
