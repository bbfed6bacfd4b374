package ithaca.ui.pair_state

import androidx.compose.foundation.lazy.LazyListScope
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.ui.semantics.Role
import ithaca.bridge.Compared
import ithaca.bridge.PairLine
import ithaca.bridge.PairState
import ithaca.bridge.Relationship
import ithaca.bridge.SpaceId
import ithaca.bridge.Stage
import ithaca.ui.pair_home.names
import ithaca.ui.parts.Beside
import ithaca.ui.parts.Chip
import ithaca.ui.parts.Heading
import ithaca.ui.parts.ListLine
import ithaca.ui.parts.Page
import ithaca.ui.parts.Place
import ithaca.ui.parts.Quiet
import ithaca.ui.parts.QuietButton
import ithaca.ui.parts.Screen
import ithaca.ui.parts.Sentence
import ithaca.ui.parts.Sheet
import ithaca.ui.parts.SideButton
import ithaca.ui.parts.Tone
import ithaca.ui.words.LocalDates
import ithaca.ui.words.LocalWords
import ithaca.ui.words.Words

/** The kinds of DOMAIN that two people choose themselves. */
private val KINDS = listOf("formal", "informal", "peer", "situational", "supervisory", "flash", "reverse", "knowledge-transfer")

@Composable
fun PairStateScreen(model: PairStateModel, space: SpaceId, go: (Place) -> Unit, back: (() -> Unit)?) {
    val state by model.state.collectAsState()
    val words = LocalWords.current
    Page(words("pair_state.title"), model, back) {
        val relationship = state.relationship ?: return@Page
        val pair = relationship.pair
        if (pair.state != PairState.RUNNING) {
            item { Sheet { Sentence(words("pair_state.${pair.state.name.lowercase()}_now", *names(pair.state, pair.other.name))) } }
        }
        if (relationship.roles.isEmpty() && relationship.kind == null) item { Sentence(words("pair_state.empty")) }
        stage(pair, model, words)
        kind(relationship, model, words)
        topics(relationship, state, model, words)
        manners(relationship, state, model, words)
        agreement(relationship, model, words)
        safety(pair, model, words)
        receipts(pair, model, words)
        kept(pair, state, model, words)
        item { ListLine(words("visibility.title"), null, { go(Place(Screen.VISIBILITY, space)) }) }
        rescue(pair, state, model, words)
        deeds(pair, state, model, words)
    }
}

private fun LazyListScope.stage(pair: PairLine, model: PairStateModel, words: Words) {
    item { Heading(words("pair_state.stage")) }
    item { Sentence(words("stage.${pair.stage.name.lowercase()}"), strong = true) }
    val theirs = pair.proposed.lastOrNull { !it.by.me }
    val mine = pair.proposed.lastOrNull { it.by.me }
    if (theirs != null) {
        item {
            Sheet(tone = Tone.CHOSEN) {
                val stage = words("stage.${theirs.stage.name.lowercase()}")
                Sentence(words("pair_home.proposed", "name" to pair.other.name, "stage" to stage))
                SideButton(words("pair_state.agree", "stage" to stage), { model.agree() })
            }
        }
    }
    if (mine != null) {
        item { Quiet(words("pair_home.proposed_you", "stage" to words("stage.${mine.stage.name.lowercase()}"), "name" to pair.other.name)) }
    } else if (theirs == null) {
        item { Quiet(words("pair_state.propose_about")) }
        item {
            Beside {
                for (stage in Stage.entries.filter { it != pair.stage }) {
                    QuietButton(words("pair_state.propose", "stage" to words("stage.${stage.name.lowercase()}")), { model.propose(stage) })
                }
            }
        }
    }
}

private fun LazyListScope.kind(relationship: Relationship, model: PairStateModel, words: Words) {
    item { Heading(words("pair_state.kind")) }
    item {
        Beside {
            for (kind in KINDS + listOfNotNull(relationship.kind).filter { it !in KINDS }) {
                Chip(words.orPlain("kind.$kind", kind), relationship.kind == kind, { on -> model.kind(kind.takeIf { on }) }, role = Role.RadioButton)
            }
        }
    }
}

private fun LazyListScope.safety(pair: PairLine, model: PairStateModel, words: Words) {
    val number = pair.safetyNumber ?: return
    item { Heading(words("pair_state.safety")) }
    item { Sheet { Sentence(number, strong = true) } }
    val at = pair.comparedAt
    item {
        val dates = LocalDates.current
        Quiet(
            when {
                at == null -> words("pair_state.not_compared")
                pair.compared == Compared.SPOKEN -> words("pair_state.compared_spoken", "day" to dates.plain(at))
                else -> words("pair_state.compared_in_person", "day" to dates.plain(at))
            },
        )
    }
    item {
        Beside {
            SideButton(words("pair_state.compare_in_person"), { model.compared(Compared.IN_PERSON) })
            SideButton(words("pair_state.compare_spoken"), { model.compared(Compared.SPOKEN) })
        }
    }
}
