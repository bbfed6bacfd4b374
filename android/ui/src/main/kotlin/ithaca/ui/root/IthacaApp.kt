/** The app: words, looks and direction around whatever is to be shown. */
package ithaca.ui.root

import androidx.compose.foundation.background
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.runtime.Composable
import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.runtime.SideEffect
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.remember
import androidx.compose.runtime.rememberCoroutineScope
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.LocalLayoutDirection
import androidx.compose.ui.text.font.FontFamily
import androidx.compose.ui.unit.LayoutDirection
import ithaca.ui.first_run.FirstRunModel
import ithaca.ui.first_run.FirstRunScreen
import ithaca.ui.new_device.NewDeviceModel
import ithaca.ui.new_device.NewDeviceScreen
import ithaca.ui.parts.MainButton
import ithaca.ui.parts.Nav
import ithaca.ui.parts.Page
import ithaca.ui.parts.Quiet
import ithaca.ui.parts.Screen
import ithaca.ui.restore.RestoreModel
import ithaca.ui.restore.RestoreScreen
import ithaca.ui.theme.IthacaTheme
import ithaca.ui.theme.LocalColours
import ithaca.ui.theme.Looks
import ithaca.ui.trouble.TroubleModel
import ithaca.ui.trouble.TroubleScreen
import ithaca.ui.words.Dates
import ithaca.ui.words.Language
import ithaca.ui.words.LocalDates
import ithaca.ui.words.LocalWords
import ithaca.ui.words.Words
import java.time.Clock

@Composable
fun IthacaApp(root: RootModel) {
    val state by root.state.collectAsState()
    val looks by root.looks.collectAsState()
    val language by root.language.collectAsState()
    Dressed(language, looks, root.platform.face, root.platform.clock) {
        when (val at = state) {
            RootState.Opening -> Page(LocalWords.current("app.name")) { item { Quiet(LocalWords.current("app.opening")) } }
            is RootState.Door -> DoorScreens(at.screen, root)
            is RootState.Trouble -> Trouble(at, root)
            is RootState.Locked -> Page(LocalWords.current("settings.locked")) { item { MainButton(LocalWords.current("settings.unlock"), root::unlock) } }
            is RootState.Open -> {
                val nav = rememberSaveable(at.client, saver = Nav.saver) { Nav(at.first) }
                SideEffect { root.nav = nav }
                Screens(at.client, nav, root)
            }
        }
    }
}

/** Everything a screen needs around it. */
@Composable
fun Dressed(language: Language, looks: Looks, face: FontFamily, clock: Clock, content: @Composable () -> Unit) {
    val words = remember(language) { Words.of(language) }
    CompositionLocalProvider(
        LocalWords provides words,
        LocalDates provides remember(words, clock) { Dates(words, clock) },
        LocalLayoutDirection provides if (language.rightToLeft) LayoutDirection.Rtl else LocalLayoutDirection.current,
    ) {
        IthacaTheme(looks, face) { Box(Modifier.fillMaxSize().background(LocalColours.current.background)) { content() } }
    }
}

@Composable
private fun DoorScreens(screen: Screen, root: RootModel) {
    val scope = rememberCoroutineScope()
    val language by root.language.collectAsState()
    val back = { root.door(Screen.FIRST_RUN) }
    when (screen) {
        Screen.RESTORE -> RestoreScreen(remember { RestoreModel(root.profiles, scope, root.platform, root::opened) }, back)
        Screen.NEW_DEVICE -> NewDeviceScreen(remember { NewDeviceModel(root.profiles, scope, root::opened, back) }, null)
        else -> FirstRunScreen(remember { FirstRunModel(root.profiles, scope, language, root::language, root::begun) }) { root.door(it.screen) }
    }
}

@Composable
private fun Trouble(at: RootState.Trouble, root: RootModel) {
    val scope = rememberCoroutineScope()
    TroubleScreen(remember(at) { TroubleModel(root.profiles, scope, at.fault, root::start, root::door) })
}
