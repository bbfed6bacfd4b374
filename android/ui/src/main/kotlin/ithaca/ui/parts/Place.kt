/** Every screen there is, by the name both phones use, and where somebody stands in the app. */
package ithaca.ui.parts

import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.saveable.Saver
import androidx.compose.runtime.setValue
import ithaca.bridge.SpaceId

enum class Screen {
    FIRST_RUN, RECOVERY_WORDS, RESTORE, NEW_DEVICE, PAIRS, NEW_PAIR, PAIR_HOME, PAIR_STATE, NOTES, NOTE, HISTORY, GOALS, GOAL, SESSIONS, SESSION,
    MESSAGES, SEARCH, CARDS, SYNC, VISIBILITY, SETTINGS, DEVICES, TROUBLE,
    ;

    /** As `screens.json` writes it. */
    val id: String get() = name.lowercase()
}

data class Place(val screen: Screen, val space: SpaceId = SpaceId(""), val id: String = "") {
    internal fun encoded() = listOf(screen.name, space.text, id).joinToString("\n")

    companion object {
        internal fun decoded(text: String) = text.split("\n").let { Place(Screen.valueOf(it[0]), SpaceId(it[1]), it[2]) }
    }
}

/** The way back: what was opened, last on top. */
class Nav(first: List<Place> = listOf(Place(Screen.PAIRS))) {
    var stack by mutableStateOf(first)
        private set

    val top: Place get() = stack.last()
    val canGoBack: Boolean get() = stack.size > 1

    fun go(to: Place) {
        if (to != top) stack = stack + to
    }

    /** In place of what is shown, for what cannot be gone back to. */
    fun instead(to: Place) {
        stack = stack.dropLast(1) + to
    }

    /** From the list beside: everything else is closed. */
    fun choose(to: Place) {
        stack = listOf(Place(Screen.PAIRS), to)
    }

    fun back() {
        if (canGoBack) stack = stack.dropLast(1)
    }

    companion object {
        val saver: Saver<Nav, Any> = Saver(save = { nav -> ArrayList(nav.stack.map { it.encoded() }) }, restore = { kept ->
            Nav((kept as List<*>).map { Place.decoded(it as String) })
        })
    }
}
