/** A screen in a state, as a composable: for pictures, walks over semantics and tests. */
package ithaca.ui.sample

import androidx.compose.runtime.Composable
import androidx.compose.runtime.remember
import androidx.compose.runtime.rememberCoroutineScope
import androidx.compose.ui.text.font.FontFamily
import androidx.compose.ui.text.font.FontWeight
import androidx.compose.ui.text.platform.Font
import ithaca.bridge.IthacaFault
import ithaca.bridge.fake.FakeProfiles
import ithaca.ui.first_run.FirstRunModel
import ithaca.ui.first_run.FirstRunScreen
import ithaca.ui.new_device.NewDeviceModel
import ithaca.ui.new_device.NewDeviceScreen
import ithaca.ui.parts.Nav
import ithaca.ui.parts.Place
import ithaca.ui.parts.Screen
import ithaca.ui.recovery_words.RecoveryWordsModel
import ithaca.ui.recovery_words.RecoveryWordsScreen
import ithaca.ui.restore.RestoreModel
import ithaca.ui.restore.RestoreScreen
import ithaca.ui.root.AppLock
import ithaca.ui.root.At
import ithaca.ui.root.Dressed
import ithaca.ui.root.Platform
import ithaca.ui.root.RootModel
import ithaca.ui.search.SearchModel
import ithaca.ui.search.SearchScreen
import ithaca.ui.theme.Looks
import ithaca.ui.trouble.TroubleModel
import ithaca.ui.trouble.TroubleScreen
import ithaca.ui.words.Language
import java.time.Clock

private const val INTER = "com/formdev/flatlaf/fonts/inter"

/** The same on every machine. */
val Inter = FontFamily(Font("$INTER/Inter-Regular.otf", FontWeight.Normal), Font("$INTER/Inter-SemiBold.otf", FontWeight.SemiBold))

class TestPlatform(
    override val language: Language = Language.EN,
    override val lock: AppLock? = null,
    override val clock: Clock = CLOCK,
    override val scanner: FakeScanner? = FakeScanner(),
    override val reminding: FakeReminding? = FakeReminding(),
) : Platform {
    override val face = Inter
    val files = ArrayList<Pair<String, String>>()

    /** What somebody would choose. */
    var chosen: String? = null

    override suspend fun chooseFile(): String? = chosen

    override suspend fun keepFile(name: String, bytes: ByteArray): String {
        files += name to bytes.decodeToString()
        return "/home/ana/$name"
    }
}

@Composable
fun Shown(screen: Screen, content: Content, language: Language, looks: Looks) = Dressed(language, looks, Inter, CLOCK) {
    val tongue = Tongue(language == Language.ES)
    when (screen) {
        Screen.FIRST_RUN, Screen.RESTORE, Screen.NEW_DEVICE, Screen.TROUBLE -> AtTheDoor(screen, content, language, tongue)
        Screen.SEARCH -> Searched(sample(content, tongue), content, tongue)
        Screen.RECOVERY_WORDS -> Recovery(sample(content, tongue))
        else -> {
            val alone = content == Content.EMPTY && (screen == Screen.PAIRS || screen == Screen.SYNC || screen == Screen.NEW_PAIR)
            val bare = content == Content.EMPTY && screen in listOf(Screen.NOTES, Screen.GOALS, Screen.SESSIONS, Screen.PAIR_HOME)
            val s = remember { sample(content, tongue, alone, bare).also { prepare(screen, content, tongue, it) } }
            val scope = rememberCoroutineScope()
            At(placeOf(screen, s), s.client, remember { Nav() }, remember { RootModel(FakeProfiles(s.client), TestPlatform(language), scope) }, back = {}.takeIf { screen != Screen.PAIRS })
        }
    }
}

fun placeOf(screen: Screen, s: Sample): Place = when (screen) {
    Screen.NOTE, Screen.HISTORY -> Place(screen, s.space, s.note.text)
    Screen.GOAL -> Place(screen, s.space, s.goal.text)
    Screen.SESSION -> Place(screen, s.space, s.session.text)
    else -> Place(screen, s.space)
}

@Composable
private fun AtTheDoor(screen: Screen, content: Content, language: Language, tongue: Tongue) {
    val scope = rememberCoroutineScope()
    val profiles = remember { FakeProfiles() }
    when (screen) {
        Screen.FIRST_RUN -> FirstRunScreen(
            remember { FirstRunModel(profiles, scope, language, {}, { _, _ -> }).apply { beginAs(content, tongue, profiles) } },
        ) {}
        Screen.RESTORE -> RestoreScreen(remember { RestoreModel(profiles, scope, TestPlatform()) {}.apply { restoreAs(content, profiles) } }) {}
        Screen.NEW_DEVICE -> NewDeviceScreen(remember { NewDeviceModel(profiles, scope, {}, {}).apply { joinAs(content, profiles) } }) {}
        else -> TroubleScreen(
            remember { TroubleModel(profiles, scope, if (content == Content.ERROR) IthacaFault.VaultLost() else IthacaFault.StorageFull(), {}, {}) },
        )
    }
}

@Composable
private fun Searched(s: Sample, content: Content, tongue: Tongue) {
    val scope = rememberCoroutineScope()
    val model = remember { SearchModel(s.client, scope).apply { if (content != Content.EMPTY) query(tongue.of("the", "de")) } }
    SearchScreen(model, {}, {})
}

@Composable
private fun Recovery(s: Sample) {
    val scope = rememberCoroutineScope()
    RecoveryWordsScreen(remember { RecoveryWordsModel(s.client, scope) }) {}
}
