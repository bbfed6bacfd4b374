/** The frame of a screen: title, way back, a line for what went wrong, one column of content. */
package ithaca.ui.parts

import androidx.compose.foundation.background
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.PaddingValues
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.RowScope
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.widthIn
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.lazy.LazyListScope
import androidx.compose.foundation.lazy.LazyListState
import androidx.compose.foundation.lazy.rememberLazyListState
import androidx.compose.material.icons.Icons
import androidx.compose.material.icons.automirrored.filled.ArrowBack
import androidx.compose.material.icons.filled.Close
import androidx.compose.material.icons.filled.Info
import androidx.compose.material3.Icon
import androidx.compose.material3.IconButton
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Surface
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.LocalDensity
import androidx.compose.ui.platform.LocalLayoutDirection
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.style.TextAlign
import androidx.compose.ui.unit.LayoutDirection
import androidx.compose.ui.unit.dp
import ithaca.bridge.IthacaFault
import ithaca.ui.theme.LocalColours
import ithaca.ui.words.LocalWords
import ithaca.ui.words.fault

private const val LONG_TITLE = 32

/** From here on a title would take the screen from what stands under it. */
private const val LARGE_TEXT = 1.5f

/** No line of text wider than some 72 letters. */
val columnWidth = 640.dp

@Composable
fun Page(
    title: String,
    faults: Faults? = null,
    back: (() -> Unit)? = null,
    actions: @Composable RowScope.() -> Unit = {},
    list: LazyListState = rememberLazyListState(),
    foot: (@Composable () -> Unit)? = null,
    content: LazyListScope.() -> Unit,
) {
    val colours = LocalColours.current
    val large = LocalDensity.current.fontScale >= LARGE_TEXT
    // What somebody typed at length scrolls away with the rest.
    val above = large && title.length > LONG_TITLE
    Box(Modifier.fillMaxSize().background(colours.background), contentAlignment = Alignment.TopCenter) {
        Column(Modifier.widthIn(max = columnWidth).fillMaxSize()) {
            TitleRow(if (above) "" else title, large, back, actions)
            faults?.let { FaultLine(it) }
            LazyColumn(
                state = list,
                modifier = Modifier.weight(1f).fillMaxWidth().testTag("page"),
                contentPadding = PaddingValues(start = 16.dp, end = 16.dp, top = 4.dp, bottom = 24.dp),
                verticalArrangement = Arrangement.spacedBy(12.dp),
            ) {
                if (above) item(key = "page-title") { Heading(title) }
                content()
            }
            foot?.invoke()
        }
    }
}

@Composable
private fun TitleRow(title: String, large: Boolean, back: (() -> Unit)?, actions: @Composable RowScope.() -> Unit) {
    val words = LocalWords.current
    Row(Modifier.fillMaxWidth().heightIn(min = 60.dp).padding(horizontal = 4.dp, vertical = 8.dp), verticalAlignment = Alignment.CenterVertically) {
        if (back != null) {
            IconButton(back) { Icon(Icons.AutoMirrored.Filled.ArrowBack, words("common.back"), tint = LocalColours.current.ink) }
        }
        Text(
            title,
            Modifier.weight(1f).padding(start = if (back == null) 12.dp else 4.dp, end = 8.dp).semantics { heading() },
            // What somebody typed at length stays readable, and leaves room for the screen.
            style = if (large || title.length > LONG_TITLE) MaterialTheme.typography.titleMedium else MaterialTheme.typography.titleLarge,
            color = LocalColours.current.ink,
            // Beside the arrow, whichever way the name itself runs.
            textAlign = if (LocalLayoutDirection.current == LayoutDirection.Rtl) TextAlign.Right else TextAlign.Left,
        )
        actions()
    }
}

@Composable
fun FaultLine(of: Faults) {
    val fault by of.fault.collectAsState()
    fault?.let { FaultLine(it, of::faultSeen) }
}

@Composable
fun FaultLine(fault: IthacaFault, seen: () -> Unit) {
    val (words, colours) = LocalWords.current to LocalColours.current
    Surface(
        color = colours.raised,
        shape = MaterialTheme.shapes.medium,
        modifier = Modifier.fillMaxWidth().padding(horizontal = 16.dp, vertical = 4.dp).testTag("fault"),
    ) {
        Row(Modifier.padding(start = 12.dp), verticalAlignment = Alignment.CenterVertically) {
            Icon(Icons.Filled.Info, null, tint = colours.ink)
            Text(
                words.fault(fault),
                Modifier.weight(1f).padding(12.dp).semantics { liveRegion = LiveRegionMode.Polite },
                style = MaterialTheme.typography.bodyMedium,
                color = colours.ink,
            )
            IconButton(seen) { Icon(Icons.Filled.Close, words("common.close"), tint = colours.ink) }
        }
    }
}
