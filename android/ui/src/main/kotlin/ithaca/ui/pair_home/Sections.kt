package ithaca.ui.pair_home

import androidx.compose.foundation.background
import androidx.compose.foundation.clickable
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.height
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.lazy.LazyListScope
import androidx.compose.foundation.lazy.items
import androidx.compose.foundation.shape.CircleShape
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.semantics.clearAndSetSemantics
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.unit.dp
import ithaca.bridge.Action
import ithaca.bridge.Goal
import ithaca.bridge.Home
import ithaca.bridge.SessionId
import ithaca.bridge.SpaceId
import ithaca.ui.parts.Empty
import ithaca.ui.parts.Heading
import ithaca.ui.parts.MainButton
import ithaca.ui.parts.Place
import ithaca.ui.parts.Quiet
import ithaca.ui.parts.QuietButton
import ithaca.ui.parts.Screen
import ithaca.ui.parts.Sentence
import ithaca.ui.parts.Sheet
import ithaca.ui.parts.TickLine
import ithaca.ui.theme.LocalColours
import ithaca.ui.words.Dates
import ithaca.ui.words.LocalDates
import ithaca.ui.words.LocalWords
import ithaca.ui.words.Words

@Composable
internal fun NextSession(home: Home, open: (SessionId) -> Unit, plan: ((SessionId) -> Unit) -> Unit) {
    val (words, dates) = LocalWords.current to LocalDates.current
    val next = home.next
    if (next == null) {
        return Sheet {
            Heading(words("pair_home.next"))
            Quiet(words("pair_home.no_next"))
            MainButton(words("pair_home.plan"), { plan(open) })
        }
    }
    Sheet(onClick = { open(next.id) }) {
        Heading(words("pair_home.next"))
        Sentence(next.title, strong = true)
        val day = next.agreed?.let(dates::dayAndTime) ?: next.day?.let(dates::day) ?: words("common.no_day")
        Quiet(listOfNotNull(day, next.place).joinToString(" · "))
        val other = home.pair.other
        Quiet(words(if (next.ready.any { it.me }) "pair_home.ready_you" else "pair_home.not_ready_you"))
        Quiet(words(if (next.ready.any { it.person == other.person }) "pair_home.ready" else "pair_home.not_ready", "name" to other.name))
    }
}

internal fun LazyListScope.promised(home: Home, model: PairHomeModel, words: Words) {
    item { Heading(words("pair_home.promised")) }
    if (home.promised.isEmpty()) {
        item { Empty(words("pair_home.no_promise"), words("pair_home.promise_example")) { model.promise(words("pair_home.promise_example")) } }
    }
    items(home.promised, key = { it.id.text }) { action ->
        TickLine(action.text, words.owing(action, LocalDates.current), done = false, onTick = { model.tick(action, it) })
    }
}

/** Whose promise it is, and by when. */
fun Words.owing(action: Action, dates: Dates): String {
    val who = action.owners.map { if (it.me) invoke("pair_home.promise_mine") else it.name }
    return (who + listOfNotNull(action.due?.let { invoke("pair_home.due", "day" to dates.inside(it)) })).joinToString(" · ")
}

internal fun LazyListScope.goals(home: Home, space: SpaceId, words: Words, go: (Place) -> Unit) {
    item { Heading(words("pair_home.goals")) }
    if (home.goals.isEmpty()) item { Empty(words("pair_home.no_goals"), words("goals.empty_example")) { go(Place(Screen.GOALS, space)) } }
    items(home.goals.take(3), key = { it.id.text }) { goal -> GoalBar(goal) { go(Place(Screen.GOAL, space, goal.id.text)) } }
}

/** A thin bar with words beside it; [onClick] where nothing around it can be tapped. */
@Composable
fun GoalBar(goal: Goal, onClick: (() -> Unit)? = null) {
    val (words, colours) = LocalWords.current to LocalColours.current
    val status = words("status.${goal.status.name.lowercase()}")
    val said = words("pair_home.goal_bar", "title" to goal.title.words, "done" to goal.done, "of" to goal.of)
    val touch = if (onClick == null) Modifier else Modifier.clip(RoundedCornerShape(4.dp)).clickable(onClick = onClick).heightIn(min = 56.dp)
    val share = if (goal.of == 0) 0f else goal.done.toFloat() / goal.of
    Column(
        Modifier.fillMaxWidth().then(touch).padding(vertical = 6.dp).clearAndSetSemantics { contentDescription = "$said, $status" },
        verticalArrangement = Arrangement.spacedBy(6.dp),
    ) {
        Sentence(goal.title.words)
        Box(Modifier.fillMaxWidth().height(6.dp).clip(CircleShape).background(colours.growthContainer)) {
            if (share > 0f) Box(Modifier.fillMaxWidth(share).height(6.dp).background(colours.growth))
        }
        val steps = if (goal.of == 0) words("goals.no_steps") else words.n("goals.steps", goal.of, "done" to goal.done)
        Quiet("$status · $steps")
    }
}

internal fun LazyListScope.latest(home: Home, space: SpaceId, model: PairHomeModel, words: Words, go: (Place) -> Unit) {
    item { Heading(words("pair_home.latest")) }
    if (home.latest.isEmpty()) {
        item { Empty(words("pair_home.no_latest"), words("pair_home.no_latest_example")) { model.say(words("pair_home.no_latest_example")) } }
    }
    items(home.latest.takeLast(3), key = { it.id.text }) { message ->
        val dates = LocalDates.current
        Column {
            Quiet(words("common.person_at", "name" to if (message.by.me) words("common.you") else message.by.name, "when" to dates.ago(message.sentAt)))
            Sentence(message.text ?: words("messages.withdrawn"))
        }
    }
    if (home.latest.isNotEmpty()) item { QuietButton(words("pair_home.messages"), { go(Place(Screen.MESSAGES, space)) }) }
}
