package ithaca.ui.sessions

import ithaca.bridge.Card
import ithaca.bridge.SessionLine
import ithaca.bridge.SessionState
import ithaca.bridge.Sessions

data class SessionsState(
    val loaded: Boolean = false,
    val sessions: Sessions = Sessions(emptyList(), emptyList(), emptyList()),
    val cards: List<Card> = emptyList(),
    val title: String = "",
    val day: String = "",
    val bin: Boolean = false,
) {
    val ahead: List<SessionLine> get() = sessions.lines.filter { it.state == SessionState.PLANNED }
    val past: List<SessionLine> get() = sessions.lines.filter { it.state != SessionState.PLANNED }.sortedByDescending { it.day }

    /** Two sessions of one day that may be one meeting. */
    val alike: List<Pair<SessionLine, SessionLine>>
        get() = sessions.sameMeeting.mapNotNull { ids ->
            val found = ids.mapNotNull { id -> sessions.lines.firstOrNull { it.id == id } }
            if (found.size < 2) null else found[0] to found[1]
        }
}
