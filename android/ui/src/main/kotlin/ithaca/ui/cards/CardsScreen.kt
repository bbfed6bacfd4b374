package ithaca.ui.cards

import androidx.compose.foundation.lazy.items
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import ithaca.bridge.SpaceId
import ithaca.ui.parts.Empty
import ithaca.ui.parts.Page
import ithaca.ui.parts.Place
import ithaca.ui.parts.Quiet
import ithaca.ui.parts.Screen
import ithaca.ui.words.LocalWords

@Composable
fun CardsScreen(model: CardsModel, space: SpaceId, go: (Place) -> Unit, back: (() -> Unit)?) {
    val state by model.state.collectAsState()
    val words = LocalWords.current
    Page(words("cards.title"), model, back) {
        if (!state.loaded) return@Page
        state.talked?.let { item { Quiet(words("cards.talked", "title" to it)) } }
        if (state.cards.isEmpty()) item { Empty(words("cards.empty"), words("cards.empty_example")) { go(Place(Screen.GOALS, space)) } }
        items(state.cards, key = { it.id.text }) { card ->
            DifferSheet(card, { model.keep(card, it) }, { point -> model.talk(point, words("pair_home.next")) })
        }
    }
}
