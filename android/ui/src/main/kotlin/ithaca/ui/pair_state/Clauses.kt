package ithaca.ui.pair_state

import androidx.compose.foundation.lazy.LazyListScope
import androidx.compose.foundation.lazy.items
import ithaca.bridge.PairLine
import ithaca.bridge.Relationship
import ithaca.bridge.TextPlace
import ithaca.ui.parts.Beside
import ithaca.ui.parts.Heading
import ithaca.ui.parts.Quiet
import ithaca.ui.parts.QuietButton
import ithaca.ui.parts.Sheet
import ithaca.ui.typing.LiveField
import ithaca.ui.words.Words

private val CLAUSES = listOf("purpose", "answer_time", "out_of_reach", "confidentiality", "private_notes", "review", "ending", "notes_after")
private val PLAN = listOf("strengths", "gaps", "one_thing", "markers")

/** What both agreed, and the plan of whoever grows: texts that both may write at once. */
internal fun LazyListScope.agreement(relationship: Relationship, model: PairStateModel, words: Words) {
    item { Heading(words("pair_state.agreement")) }
    if (relationship.clauses.isEmpty()) item { Quiet(words("pair_state.agreement_empty")) }
    items(relationship.clauses, key = { "clause-${it.id.text}" }) { clause ->
        val name = words.orPlain("clause.${clause.title}", clause.title)
        Sheet {
            Quiet(name)
            LiveField(model.text(TextPlace.Clause(clause.id)), name, words("note.body"))
        }
    }
    more("clause", CLAUSES.filter { name -> relationship.clauses.none { it.title == name } }, words) { model.addClause(it) }
    item { Heading(words("pair_state.plan")) }
    items(relationship.plan, key = { "plan-${it.id.text}" }) { part ->
        val name = words.orPlain("plan.${part.title}", part.title)
        Sheet {
            Quiet(name)
            LiveField(model.text(TextPlace.Plan(part.id)), name, words("note.body"))
        }
    }
    more("plan", PLAN.filter { name -> relationship.plan.none { it.title == name } }, words) { model.addPlan(it) }
}

private fun LazyListScope.more(group: String, names: List<String>, words: Words, add: (String) -> Unit) {
    if (names.isEmpty()) return
    item { Quiet(words("pair_state.agreement_add")) }
    item { Beside { for (name in names) QuietButton(words("$group.$name"), { add(name) }) } }
}

internal fun LazyListScope.rescue(pair: PairLine, state: PairStateState, model: PairStateModel, words: Words) {
    val name = "name" to pair.other.name
    item { QuietButton(words("pair_state.rescue", name), { model.rescue(pair.other.name) }) }
    item { Quiet(state.rescued?.let { words("pair_state.rescued", "where" to it, name) } ?: words("pair_state.rescue_about", name)) }
}
