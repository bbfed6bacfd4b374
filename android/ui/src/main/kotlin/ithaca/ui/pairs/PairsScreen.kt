package ithaca.ui.pairs

import androidx.compose.foundation.lazy.LazyListScope
import androidx.compose.foundation.lazy.items
import androidx.compose.material.icons.Icons
import androidx.compose.material.icons.filled.Lock
import androidx.compose.material.icons.filled.Refresh
import androidx.compose.material.icons.filled.Search
import androidx.compose.material.icons.filled.Settings
import androidx.compose.material3.Icon
import androidx.compose.material3.IconButton
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.ui.graphics.vector.ImageVector
import ithaca.bridge.Invite
import ithaca.bridge.PairLine
import ithaca.bridge.PairState
import ithaca.ui.parts.Empty
import ithaca.ui.parts.Heading
import ithaca.ui.parts.Initials
import ithaca.ui.parts.ListLine
import ithaca.ui.parts.ListSheet
import ithaca.ui.parts.MainButton
import ithaca.ui.parts.Page
import ithaca.ui.parts.Place
import ithaca.ui.parts.Quiet
import ithaca.ui.parts.QuietButton
import ithaca.ui.parts.Screen
import ithaca.ui.parts.Sentence
import ithaca.ui.parts.Sheet
import ithaca.ui.parts.SideButton
import ithaca.ui.parts.Tone
import ithaca.ui.theme.LocalColours
import ithaca.ui.words.LocalDates
import ithaca.ui.words.LocalWords
import ithaca.ui.words.Words
import ithaca.ui.words.notice

@Composable
fun PairsScreen(model: PairsModel, go: (Place) -> Unit, chosen: Place? = null) {
    val state by model.state.collectAsState()
    val words = LocalWords.current
    Page(words("pairs.title"), model, actions = { Doors(go) }) {
        if (!state.loaded) return@Page
        if (state.offline) item { Quiet(words("pairs.offline")) }
        notices(state, model, words)
        items(state.waiting, key = { it.id.text }) { InviteLine(it, go) }
        if (state.pairs.isEmpty() && state.waiting.isEmpty()) {
            item { Empty(words("pairs.empty"), words("pairs.empty_example")) { go(Place(Screen.NEW_PAIR)) } }
        }
        items(state.pairs, key = { it.space.text }) { pair -> PairRow(pair, chosen?.space == pair.space, words, go) }
        item { MainButton(words("pairs.new"), { go(Place(Screen.NEW_PAIR)) }) }
        item {
            ListLine(words("pairs.private"), words("pairs.private_about"), { go(Place(Screen.NOTES)) }, before = {
                Icon(Icons.Filled.Lock, null, tint = LocalColours.current.secondaryInk)
            })
        }
    }
}

@Composable
private fun Doors(go: (Place) -> Unit) {
    Door(Icons.Filled.Search, "nav.search") { go(Place(Screen.SEARCH)) }
    Door(Icons.Filled.Refresh, "nav.sync") { go(Place(Screen.SYNC)) }
    Door(Icons.Filled.Settings, "nav.settings") { go(Place(Screen.SETTINGS)) }
}

@Composable
private fun Door(icon: ImageVector, key: String, onClick: () -> Unit) =
    IconButton(onClick) { Icon(icon, LocalWords.current(key), tint = LocalColours.current.ink) }

@Composable
private fun PairRow(pair: PairLine, chosen: Boolean, words: Words, go: (Place) -> Unit) {
    val stage = words("stage.${pair.stage.name.lowercase()}")
    val under = if (pair.state == PairState.RUNNING) stage else words("state.${pair.state.name.lowercase()}")
    ListSheet(pair.other.name, under, chosen, { go(Place(Screen.PAIR_HOME, pair.space)) }) { Initials(pair.other.name) }
}

@Composable
private fun InviteLine(invite: Invite, go: (Place) -> Unit) {
    val (words, dates) = LocalWords.current to LocalDates.current
    Sheet(tone = Tone.CHOSEN) {
        val answer = invite.answers.firstOrNull()
        when {
            answer != null -> {
                Sentence(words("pairs.answered", "name" to answer.name))
                SideButton(words("pairs.look"), { go(Place(Screen.NEW_PAIR)) })
            }
            invite.mine -> {
                Sentence(words("pairs.open_invite", "day" to dates.plain(invite.expires)))
                QuietButton(words("new_pair.show"), { go(Place(Screen.NEW_PAIR)) })
            }
            else -> Sentence(words("pairs.waiting"))
        }
    }
}

private fun LazyListScope.notices(state: PairsState, model: PairsModel, words: Words) {
    if (state.notices.isEmpty()) return
    item { Heading(words("pairs.notices")) }
    items(state.notices, key = { "notice-${it.no}" }) { notice ->
        Sheet {
            val name = state.pairs.firstOrNull { it.space == notice.space }?.other?.name.orEmpty()
            Sentence(words.notice(notice, name))
            QuietButton(words("pairs.notice_seen"), { model.seen(notice) })
        }
    }
}
