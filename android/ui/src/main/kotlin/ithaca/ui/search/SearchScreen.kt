package ithaca.ui.search

import androidx.compose.foundation.lazy.items
import androidx.compose.material.icons.Icons
import androidx.compose.material.icons.filled.Close
import androidx.compose.material3.Icon
import androidx.compose.material3.IconButton
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import ithaca.ui.parts.Empty
import ithaca.ui.parts.Field
import ithaca.ui.parts.ListLine
import ithaca.ui.parts.Page
import ithaca.ui.parts.Place
import ithaca.ui.parts.Quiet
import ithaca.ui.parts.Sentence
import ithaca.ui.theme.LocalColours
import ithaca.ui.words.LocalWords

@Composable
fun SearchScreen(model: SearchModel, go: (Place) -> Unit, back: (() -> Unit)?) {
    val state by model.state.collectAsState()
    val words = LocalWords.current
    Page(
        words("search.title"), model, back,
        actions = {
            if (state.query.isNotEmpty()) {
                IconButton({ model.query("") }) { Icon(Icons.Filled.Close, words("search.clear"), tint = LocalColours.current.ink) }
            }
        },
    ) {
        item(key = "field") { Field(words("search.label"), state.query, model::query) }
        val found = state.found
        if (found == null) {
            item(key = "empty") { Empty(words("search.empty"), words("search.empty_example")) { model.query(words("search.empty_example")) } }
            return@Page
        }
        item(key = "count") { if (found.isEmpty()) Sentence(words("search.none", "words" to state.query)) else Quiet(words.n("search.found", found.size)) }
        items(found, key = { "${it.space.text}/${it.noun}/${it.id}" }) { one ->
            val noun = words("search.${one.noun.name.lowercase()}")
            val name = state.names[one.space] ?: words("search.mine")
            ListLine(marked(one.excerpt, state.query), words("search.in", "noun" to noun, "name" to name), { go(model.placeOf(one)) })
        }
    }
}
