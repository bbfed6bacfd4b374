/** Which screen stands where: one column, or a list beside what was chosen from it. */
package ithaca.ui.root

import androidx.compose.foundation.background
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.BoxWithConstraints
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxHeight
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.width
import androidx.compose.runtime.Composable
import androidx.compose.runtime.key
import androidx.compose.runtime.remember
import androidx.compose.runtime.rememberCoroutineScope
import androidx.compose.runtime.saveable.rememberSaveableStateHolder
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.unit.dp
import ithaca.bridge.Client
import ithaca.ui.pairs.PairsModel
import ithaca.ui.pairs.PairsScreen
import ithaca.ui.parts.Nav
import ithaca.ui.parts.Quiet
import ithaca.ui.parts.Screen
import ithaca.ui.theme.LocalColours
import ithaca.ui.words.LocalWords

/** From here on a list stands beside what was chosen. */
val WIDE = 840.dp

@Composable
fun Screens(client: Client, nav: Nav, root: RootModel) {
    BoxWithConstraints(Modifier.fillMaxSize()) {
        if (maxWidth >= WIDE) Beside(client, nav, root) else Top(client, nav, root, back = if (nav.canGoBack) nav::back else null)
    }
}

@Composable
private fun Beside(client: Client, nav: Nav, root: RootModel) {
    val scope = rememberCoroutineScope()
    Row(Modifier.fillMaxSize()) {
        Box(Modifier.width(340.dp).fillMaxHeight()) {
            PairsScreen(remember(client) { PairsModel(client, scope) }, nav::choose, chosen = nav.stack.getOrNull(1))
        }
        Box(Modifier.width(1.dp).fillMaxHeight().background(LocalColours.current.raised))
        Box(Modifier.fillMaxSize()) {
            if (nav.top.screen == Screen.PAIRS) {
                Quiet(LocalWords.current("nav.choose"), Modifier.align(Alignment.Center).padding(24.dp))
            } else {
                Top(client, nav, root, back = if (nav.stack.size > 2) nav::back else null)
            }
        }
    }
}

/** The top of the stack; what lies under it keeps what was typed and where it was scrolled to. */
@Composable
private fun Top(client: Client, nav: Nav, root: RootModel, back: (() -> Unit)?) {
    val kept = rememberSaveableStateHolder()
    val place = nav.top
    kept.SaveableStateProvider(place.encoded()) { key(place) { At(place, client, nav, root, back) } }
}
