/** Ithaca on a computer: `desktop [folder of a profile]`. */
package ithaca.desktop

import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.remember
import androidx.compose.runtime.rememberCoroutineScope
import androidx.compose.ui.graphics.vector.rememberVectorPainter
import androidx.compose.ui.input.key.Key
import androidx.compose.ui.input.key.KeyEvent
import androidx.compose.ui.input.key.KeyEventType
import androidx.compose.ui.input.key.isAltPressed
import androidx.compose.ui.input.key.key
import androidx.compose.ui.input.key.type
import androidx.compose.ui.unit.dp
import androidx.compose.ui.window.ApplicationScope
import androidx.compose.ui.window.Window
import androidx.compose.ui.window.application
import androidx.compose.ui.window.rememberWindowState
import ithaca.bridge.Client
import ithaca.bridge.CoreProfiles
import ithaca.bridge.IthacaFault
import ithaca.ui.root.IthacaApp
import ithaca.ui.root.RootModel
import ithaca.ui.root.RootState
import ithaca.ui.theme.Boat
import java.io.File
import kotlinx.coroutines.delay
import kotlinx.coroutines.runBlocking

private const val LOOK_AGAIN_MS = 5_000L

fun main(args: Array<String>) {
    val folder = args.firstOrNull()?.let(::File) ?: dataFolder()
    val desk = Desk(File(System.getProperty("user.home")))
    val profiles = CoreProfiles(folder.absoluteFile, FileVault(folder.absoluteFile.toPath().resolve("vault.key")), desk)
    application { Ithaca(profiles, desk) }
}

@Composable
private fun ApplicationScope.Ithaca(profiles: CoreProfiles, desk: Desk) {
    val scope = rememberCoroutineScope()
    val root = remember { RootModel(profiles, desk, scope) }
    val state by root.state.collectAsState()
    val client = (state as? RootState.Open)?.client
    Window(
        onCloseRequest = {
            root.client?.let { runBlocking { quiet { it.shutDown() } } }
            exitApplication()
        },
        title = "ithaca",
        icon = rememberVectorPainter(Boat),
        state = rememberWindowState(width = 1080.dp, height = 760.dp),
        onKeyEvent = { root.goesBack(it) },
    ) { IthacaApp(root) }
    if (client != null) LaunchedEffect(client) { live(client, desk) }
}

/** Escape, or Alt and the arrow, as in a browser. */
private fun RootModel.goesBack(event: KeyEvent): Boolean {
    val back = event.key == Key.Escape || (event.isAltPressed && event.key == Key.DirectionLeft)
    return event.type == KeyEventType.KeyDown && back && back()
}

/** While the window is there: hears what others say at once, and notices a network that comes or goes. */
private suspend fun live(client: Client, desk: Desk) {
    quiet {
        desk.relayIsHere = client.relay()?.startsWith("http://127.0.0.1") == true
        client.connectivityChanged()
        client.watchRelays(true)
    }
    var online = desk.isOnline()
    while (true) {
        delay(LOOK_AGAIN_MS)
        val now = desk.isOnline()
        if (now != online) quiet { client.connectivityChanged() }
        online = now
    }
}

/** What nobody asked for and nobody can do anything about. */
private suspend fun quiet(deed: suspend () -> Unit) {
    try {
        deed()
    } catch (_: IthacaFault) {
        // Shown by the screens that need it.
    }
}
