package ithaca.ui.search

import ithaca.bridge.Client
import ithaca.bridge.Found
import ithaca.bridge.FoundNoun
import ithaca.ui.parts.Model
import ithaca.ui.parts.Place
import ithaca.ui.parts.Screen
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.collectLatest
import kotlinx.coroutines.launch

/** Finds words in everything on this device, while they are typed. */
class SearchModel(private val client: Client, scope: CoroutineScope) : Model<SearchState>(scope, SearchState()) {
    private val asked = MutableStateFlow("")

    init {
        scope.launch {
            asked.collectLatest { query ->
                guarded {
                    val names = client.pairs().associate { it.space to it.other.name }
                    val found = if (query.isBlank()) null else client.search(query.trim())
                    show { if (it.query == query) it.copy(found = found, names = names) else it }
                }
            }
        }
    }

    fun query(words: String) {
        show { it.copy(query = words) }
        asked.value = words
    }

    /** The screen that shows what was found. */
    fun placeOf(found: Found): Place = when (found.noun) {
        FoundNoun.NOTE -> Place(Screen.NOTE, found.space, found.id)
        FoundNoun.GOAL -> Place(Screen.GOAL, found.space, found.id)
        FoundNoun.ACTION -> Place(Screen.GOALS, found.space)
        FoundNoun.SESSION -> Place(Screen.SESSION, found.space, found.id)
        FoundNoun.RELATIONSHIP -> Place(Screen.PAIR_STATE, found.space)
        FoundNoun.MESSAGE -> Place(Screen.MESSAGES, found.space)
    }
}
