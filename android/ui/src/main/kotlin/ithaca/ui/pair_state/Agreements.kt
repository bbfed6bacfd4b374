package ithaca.ui.pair_state

import androidx.compose.foundation.lazy.LazyListScope
import androidx.compose.foundation.lazy.items
import androidx.compose.runtime.Composable
import androidx.compose.ui.semantics.Role
import ithaca.bridge.PairLine
import ithaca.bridge.PairState
import ithaca.bridge.Relationship
import ithaca.ui.parts.Beside
import ithaca.ui.parts.Chip
import ithaca.ui.parts.DangerButton
import ithaca.ui.parts.Field
import ithaca.ui.parts.Heading
import ithaca.ui.parts.Quiet
import ithaca.ui.parts.QuietButton
import ithaca.ui.parts.Sentence
import ithaca.ui.parts.Sheet
import ithaca.ui.parts.SideButton
import ithaca.ui.parts.Tone
import ithaca.ui.words.Words

/** Who mentors on what: each topic has one mentor. */
internal fun LazyListScope.topics(relationship: Relationship, state: PairStateState, model: PairStateModel, words: Words) {
    val other = relationship.pair.other
    item { Heading(words("pair_state.topics")) }
    if (relationship.roles.isEmpty()) item { Quiet(words("pair_state.topics_empty")) }
    items(relationship.roles, key = { "role-${it.topic}" }) { role ->
        Sheet {
            Sentence(role.topic)
            Beside {
                Chip(words("pair_state.mentors_you"), role.mentor.me, { model.mentors(role.topic, model.me) }, role = Role.RadioButton)
                Chip(words("pair_state.mentors", "name" to other.name), !role.mentor.me, { model.mentors(role.topic, other) }, role = Role.RadioButton)
            }
        }
    }
    item { Field(words("pair_state.topic"), state.topic, model::topic, example = words("pair_state.topic_example")) }
    if (state.topic.isNotBlank()) {
        item {
            Beside {
                SideButton(words("pair_state.mentors_you"), { model.addTopic(model.me) })
                SideButton(words("pair_state.mentors", "name" to other.name), { model.addTopic(other) })
            }
        }
    }
}

/** How often, and how each is reached. */
internal fun LazyListScope.manners(relationship: Relationship, state: PairStateState, model: PairStateModel, words: Words) {
    val other = relationship.pair.other
    item {
        Field(words("pair_state.cadence"), state.cadence ?: relationship.cadence.orEmpty(), model::cadence, example = words("pair_state.cadence_example"))
    }
    if (state.cadence != null) item { SideButton(words("common.keep"), { model.keepCadence() }) }
    val mine = relationship.people.firstOrNull { it.who.me }?.reachable
    item {
        Field(
            words("pair_state.reachable_you", "name" to other.name), state.reachable ?: mine.orEmpty(), model::reachable,
            example = words("pair_state.reachable_example"),
        )
    }
    if (state.reachable != null) item { SideButton(words("common.keep"), { model.keepReachable() }) }
    relationship.people.firstOrNull { !it.who.me }?.reachable?.let {
        item { Sheet { Quiet(words("pair_state.reachable", "name" to other.name)); Sentence(it) } }
    }
}

internal fun LazyListScope.deeds(pair: PairLine, state: PairStateState, model: PairStateModel, words: Words) {
    val asking = state.asking
    if (asking != null) return item { Sure(asking, pair, state, model, words) }
    val offered = when (pair.state) {
        PairState.RUNNING -> listOf(Deed.PAUSE, Deed.END, Deed.LEAVE, Deed.BLOCK)
        PairState.PAUSED, PairState.ENDED -> listOf(Deed.RESUME, Deed.LEAVE, Deed.BLOCK)
        PairState.OTHER_LEFT -> listOf(Deed.LEAVE)
        PairState.BLOCKED, PairState.LEFT, PairState.SAVED_COPY -> emptyList()
    }
    item {
        Beside {
            for (deed in offered) QuietButton(words("pair_state.${deed.name.lowercase()}"), { model.ask(deed) })
            if (pair.state == PairState.BLOCKED) SideButton(words("pair_state.unblock"), { model.unblock() })
        }
    }
}

@Composable
private fun Sure(deed: Deed, pair: PairLine, state: PairStateState, model: PairStateModel, words: Words) {
    val removes = deed == Deed.END || deed == Deed.LEAVE || deed == Deed.BLOCK
    Sheet(tone = if (removes) Tone.DANGER else Tone.RAISED) {
        Heading(words("pair_state.${deed.name.lowercase()}"))
        val named = if (deed == Deed.RESUME || deed == Deed.END) emptyArray() else arrayOf<Pair<String, Any>>("name" to pair.other.name)
        Sentence(words("pair_state.${deed.name.lowercase()}_about", *named))
        if (deed == Deed.PAUSE || deed == Deed.RESUME || deed == Deed.END) Field(words("common.reason"), state.reason, model::reason)
        Beside {
            if (removes) DangerButton(words("pair_state.${deed.name.lowercase()}"), { model.sure() }) else SideButton(words("pair_state.sure"), { model.sure() })
            QuietButton(words("common.cancel"), { model.ask(null) })
        }
    }
}
