package ithaca.ui.root

import androidx.compose.runtime.Composable
import androidx.compose.runtime.remember
import androidx.compose.runtime.rememberCoroutineScope
import ithaca.bridge.Client
import ithaca.bridge.GoalId
import ithaca.bridge.ItemId
import ithaca.bridge.NoteId
import ithaca.bridge.SessionId
import ithaca.ui.cards.CardsModel
import ithaca.ui.cards.CardsScreen
import ithaca.ui.devices.DevicesModel
import ithaca.ui.devices.DevicesScreen
import ithaca.ui.goal.GoalModel
import ithaca.ui.goal.GoalScreen
import ithaca.ui.goals.GoalsModel
import ithaca.ui.goals.GoalsScreen
import ithaca.ui.history.HistoryModel
import ithaca.ui.history.HistoryScreen
import ithaca.ui.messages.MessagesModel
import ithaca.ui.messages.MessagesScreen
import ithaca.ui.new_pair.NewPairModel
import ithaca.ui.new_pair.NewPairScreen
import ithaca.ui.note.NoteModel
import ithaca.ui.note.NoteScreen
import ithaca.ui.notes.NotesModel
import ithaca.ui.notes.NotesScreen
import ithaca.ui.pair_home.PairHomeModel
import ithaca.ui.pair_home.PairHomeScreen
import ithaca.ui.pair_state.PairStateModel
import ithaca.ui.pair_state.PairStateScreen
import ithaca.ui.pairs.PairsModel
import ithaca.ui.pairs.PairsScreen
import ithaca.ui.parts.Nav
import ithaca.ui.parts.Place
import ithaca.ui.parts.Screen
import ithaca.ui.recovery_words.RecoveryWordsModel
import ithaca.ui.recovery_words.RecoveryWordsScreen
import ithaca.ui.search.SearchModel
import ithaca.ui.search.SearchScreen
import ithaca.ui.session.SessionModel
import ithaca.ui.session.SessionScreen
import ithaca.ui.sessions.SessionsModel
import ithaca.ui.sessions.SessionsScreen
import ithaca.ui.settings.SettingsModel
import ithaca.ui.settings.SettingsScreen
import ithaca.ui.sync.SyncModel
import ithaca.ui.sync.SyncScreen
import ithaca.ui.visibility.VisibilityModel
import ithaca.ui.visibility.VisibilityScreen
import java.time.LocalDate

/** The screen of a place, with its model. */
@Composable
fun At(place: Place, client: Client, nav: Nav, root: RootModel, back: (() -> Unit)?) {
    val scope = rememberCoroutineScope()
    val clock = root.platform.clock
    val today = { LocalDate.now(clock) }
    val (space, id) = place.space to place.id
    val go = nav::go
    when (place.screen) {
        Screen.PAIRS -> PairsScreen(remember { PairsModel(client, scope) }, go)
        Screen.NEW_PAIR -> NewPairScreen(remember { NewPairModel(client, scope, root.platform.scanner) { nav.instead(Place(Screen.PAIR_HOME, it)) } }, back)
        Screen.PAIR_HOME -> PairHomeScreen(remember { PairHomeModel(client, space, scope, today) }, space, go, back)
        Screen.PAIR_STATE -> PairStateScreen(remember { PairStateModel(client, space, scope, root.platform) }, space, go, back)
        Screen.NOTES -> {
            val pair = space.takeIf { it.text.isNotEmpty() }
            NotesScreen(remember { NotesModel(client, pair, scope) { at, note -> go(Place(Screen.NOTE, at, note.text)) } }, go, back)
        }
        Screen.NOTE -> NoteScreen(remember { NoteModel(client, space, NoteId(id), scope) }, space, go, back)
        Screen.HISTORY -> {
            val (document, item) = id.substringBefore('/') to id.substringAfter('/', "").takeIf { it.isNotEmpty() }?.let(::ItemId)
            HistoryScreen(remember { HistoryModel(client, space, document, item, scope, clock.zone) }, back)
        }
        Screen.GOALS -> GoalsScreen(remember { GoalsModel(client, space, scope, today) { go(Place(Screen.GOAL, space, it.text)) } }, space, go, back)
        Screen.GOAL -> GoalScreen(remember { GoalModel(client, space, GoalId(id), scope, today) }, space, go, back)
        Screen.SESSIONS -> SessionsScreen(remember { SessionsModel(client, space, scope) { go(Place(Screen.SESSION, space, it.text)) } }, space, go, back)
        Screen.SESSION -> SessionScreen(remember { SessionModel(client, space, SessionId(id), scope, today, clock.zone) }, space, go, back)
        Screen.MESSAGES -> MessagesScreen(remember { MessagesModel(client, space, scope) }, back)
        Screen.SEARCH -> SearchScreen(remember { SearchModel(client, scope) }, go, back)
        Screen.CARDS -> CardsScreen(remember { CardsModel(client, space, scope, today) }, space, go, back)
        Screen.SYNC -> SyncScreen(remember { SyncModel(client, scope) }, go, back)
        Screen.VISIBILITY -> VisibilityScreen(remember { VisibilityModel(client, space, scope) }, back)
        Screen.SETTINGS -> SettingsScreen(remember { SettingsModel(client, root.platform, scope, root::looks, root::language) }, go, back)
        Screen.DEVICES -> DevicesScreen(remember { DevicesModel(client, scope, root.platform.scanner) }, back)
        Screen.RECOVERY_WORDS -> RecoveryWordsScreen(remember { RecoveryWordsModel(client, scope) }, back)
        // They stand before anybody's client is open.
        Screen.FIRST_RUN, Screen.RESTORE, Screen.NEW_DEVICE, Screen.TROUBLE -> {}
    }
}
