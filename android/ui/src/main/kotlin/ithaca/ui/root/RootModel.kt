package ithaca.ui.root

import ithaca.bridge.Client
import ithaca.bridge.IthacaFault
import ithaca.bridge.ProfileState
import ithaca.bridge.Profiles
import ithaca.ui.parts.Nav
import ithaca.ui.parts.Place
import ithaca.ui.parts.Screen
import ithaca.ui.settings.Preferences
import ithaca.ui.theme.Looks
import ithaca.ui.words.Language
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.launch

/** Opens what is on this device, or leads to the ways of beginning; nothing of it waits for a network. */
class RootModel(val profiles: Profiles, val platform: Platform, private val scope: CoroutineScope) {
    private val shown = MutableStateFlow<RootState>(RootState.Opening)
    private val chosenLooks = MutableStateFlow(Looks())
    private val chosenLanguage = MutableStateFlow(platform.language)

    val state: StateFlow<RootState> = shown
    val looks: StateFlow<Looks> = chosenLooks
    val language: StateFlow<Language> = chosenLanguage

    /** The open client, for whoever closes the app. */
    val client: Client? get() = (shown.value as? RootState.Open)?.client ?: (shown.value as? RootState.Locked)?.client

    /** Where the open app stands; the platform's way back goes through it. */
    var nav: Nav? = null
        internal set

    /** Whether there was something to go back to. */
    fun back(): Boolean {
        val at = nav?.takeIf { it.canGoBack } ?: return false
        at.back()
        return true
    }

    init {
        scope.launch { start() }
    }

    suspend fun start() {
        try {
            when (profiles.there()) {
                ProfileState.NONE -> shown.value = RootState.Door(Screen.FIRST_RUN)
                ProfileState.JOINING -> shown.value = RootState.Door(Screen.NEW_DEVICE)
                ProfileState.READY -> opened(profiles.open())
            }
        } catch (fault: IthacaFault) {
            shown.value = RootState.Trouble(fault)
        }
    }

    fun door(screen: Screen) {
        shown.value = RootState.Door(screen)
    }

    fun looks(looks: Looks) {
        chosenLooks.value = looks
    }

    fun language(language: Language) {
        chosenLanguage.value = language
    }

    suspend fun begun(client: Client, wordsNow: Boolean) {
        Preferences(client).keep(chosenLanguage.value)
        val first = listOf(Place(Screen.PAIRS)) + if (wordsNow) listOf(Place(Screen.RECOVERY_WORDS)) else emptyList()
        enter(client, first)
    }

    suspend fun opened(client: Client) {
        scope.launch { exchange(client) }
        val preferences = Preferences(client)
        chosenLooks.value = preferences.looks()
        preferences.language()?.let { chosenLanguage.value = it }
        if (platform.lock != null && preferences.locks()) {
            shown.value = RootState.Locked(client)
            unlock()
        } else {
            enter(client)
        }
    }

    private fun enter(client: Client, first: List<Place> = listOf(Place(Screen.PAIRS))) {
        shown.value = RootState.Open(client, first)
        scope.launch { askToRemind(client, platform) }
    }

    /** What came meanwhile; nobody waits for it. */
    private suspend fun exchange(client: Client) {
        try {
            client.sync()
        } catch (_: IthacaFault) {
            // The screens that need it say so.
        }
    }

    fun unlock() {
        val locked = shown.value as? RootState.Locked ?: return
        scope.launch { if (platform.lock?.unlock() != false) enter(locked.client) }
    }
}
