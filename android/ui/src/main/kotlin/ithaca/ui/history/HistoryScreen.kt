package ithaca.ui.history

import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.lazy.items
import androidx.compose.material3.Slider
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.semantics.stateDescription
import ithaca.ui.parts.Empty
import ithaca.ui.parts.Fine
import ithaca.ui.parts.Page
import ithaca.ui.parts.Quiet
import ithaca.ui.parts.Sentence
import ithaca.ui.words.LocalDates
import ithaca.ui.words.LocalWords
import kotlin.math.roundToInt

@Composable
fun HistoryScreen(model: HistoryModel, back: (() -> Unit)?) {
    val state by model.state.collectAsState()
    val (words, dates) = LocalWords.current to LocalDates.current
    Page(words("history.title"), model, back) {
        if (!state.loaded) return@Page
        if (state.lines.isEmpty()) item { Empty(words("history.empty"), back?.let { words("history.empty_example") }) { back?.invoke() } }
        if (state.days.size > 1) item { Days(state, model) }
        items(model.shown(state)) { line ->
            Column {
                Fine(dates.dayAndTime(line.at))
                Sentence(words.sentence(line, dates))
                if (line.afterEnd) Quiet(words("history.after_end"))
            }
        }
    }
}

@Composable
private fun Days(state: HistoryState, model: HistoryModel) {
    val (words, dates) = LocalWords.current to LocalDates.current
    val until = dates.day(state.days[state.until])
    Column {
        Sentence(words("history.days", "from" to dates.plain(state.days.first()), "to" to dates.plain(state.days[state.until])))
        Slider(
            value = state.until.toFloat(),
            onValueChange = { model.until(it.roundToInt()) },
            valueRange = 0f..state.days.lastIndex.toFloat(),
            steps = (state.days.size - 2).coerceIn(0, 60),
            modifier = Modifier.semantics { contentDescription = words("history.slider"); stateDescription = until },
        )
    }
}
