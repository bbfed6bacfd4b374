package ithaca.bridge.fake

import ithaca.bridge.*

/** The fake's texts: each place that is open for typing has one [FakeTyping]. */
internal class FakeTexts(private val world: FakeWorld) : TextCalls {
    override suspend fun openText(space: SpaceId, place: TextPlace) = world.asked {
        writable(space)
        val before = typing.entries.firstOrNull { it.value.space == space && it.value.place == place }?.key
        val session = before ?: TextSessionId(next().toULong())
        val open = FakeTyping(space, place, at(space).read(place).text)
        typing[session] = open
        OpenText(session, open.opened())
    }

    private fun openAt(session: TextSessionId) = world.typing[session] ?: missing("text that is being edited")

    override suspend fun typeIn(session: TextSessionId, input: TextInput): TextState {
        val open = openAt(session)
        return world.writes(open.space) { s ->
            val after = open.types(input, s.read(open.place).text)
            s.write(open.place, Text(after), me)
            open.becomes(after, s.pair?.other, now())
        }
    }

    override suspend fun refreshText(session: TextSessionId, seen: ULong): TextState {
        val open = openAt(session)
        return world.asked {
            val s = at(open.space)
            open.becomes(s.read(open.place).text, s.pair?.other, now())
        }
    }

    private suspend fun turn(session: TextSessionId, seen: ULong, to: (FakeTyping) -> String?): TextState {
        val (open, met) = openAt(session) to refreshText(session, seen)
        return world.writes(open.space) { s ->
            val mine = to(open) ?: return@writes met
            s.write(open.place, Text(mine), me)
            open.becomes(mine, null, now())
        }
    }

    override suspend fun undoText(session: TextSessionId, seen: ULong) = turn(session, seen) { it.undoes() }
    override suspend fun redoText(session: TextSessionId, seen: ULong) = turn(session, seen) { it.redoes() }

    override suspend fun closeText(session: TextSessionId) = world.asked { typing.remove(session).let { } }
    override suspend fun widenedInput(session: TextSessionId, input: TextInput) = world.asked { openAt(session).widened(input) }

    override suspend fun chooseWords(space: SpaceId, place: TextPlace, run: String) = world.writes(space) { s ->
        val there = s.read(place)
        val chosen = there.choices.flatten().firstOrNull { it.run == run } ?: missing("wording")
        val group = there.choices.first { chosen in it }
        val range = group.minOf { it.range.first }..group.maxOf { it.range.last }
        s.write(place, Text(there.text.replaceRange(range, chosen.words)), me)
    }
}

internal fun FakeSpace.read(place: TextPlace): Text = when (place) {
    is TextPlace.Note -> notes[place.note]?.body
    is TextPlace.SessionNotes -> sessions[place.document]?.notes?.firstOrNull()?.text
    is TextPlace.Agenda -> sessions[place.document]?.agenda?.firstOrNull { it.id == place.item }?.text
    is TextPlace.Goal -> goals[place.goal]?.let { part(it, place.part) }
    is TextPlace.Clause -> relationship?.clauses?.firstOrNull { it.id == place.clause }?.text
    is TextPlace.Plan -> relationship?.plan?.firstOrNull { it.id == place.part }?.text
} ?: missing("text")

private fun part(g: Goal, part: GoalPart) = when (part) {
    GoalPart.TITLE -> g.title
    GoalPart.WHY -> g.why
    GoalPart.SUCCESS -> g.success
    GoalPart.RISK -> g.risk
    GoalPart.SUPPORT -> g.support
}

internal fun FakeSpace.write(place: TextPlace, to: Text, by: Who) {
    fun among(all: List<Clause>, one: ItemId) = all.map { if (it.id == one) it.copy(text = to) else it }
    when (place) {
        is TextPlace.Note -> notes.computeIfPresent(place.note) { _, v -> v.copy(body = to, editedBy = by) }
        is TextPlace.SessionNotes -> sessions.computeIfPresent(place.document) { _, v ->
            v.copy(notes = listOf(SessionNotes(place.document, to)))
        }
        is TextPlace.Agenda -> sessions.computeIfPresent(place.document) { _, v ->
            v.copy(agenda = v.agenda.map { if (it.id == place.item) it.copy(text = to) else it })
        }
        is TextPlace.Goal -> goals.computeIfPresent(place.goal) { _, g ->
            when (place.part) {
                GoalPart.TITLE -> g.copy(title = to)
                GoalPart.WHY -> g.copy(why = to)
                GoalPart.SUCCESS -> g.copy(success = to)
                GoalPart.RISK -> g.copy(risk = to)
                GoalPart.SUPPORT -> g.copy(support = to)
            }
        }
        is TextPlace.Clause -> relationship = relationship?.let { it.copy(clauses = among(it.clauses, place.clause)) }
        is TextPlace.Plan -> relationship = relationship?.let { it.copy(plan = among(it.plan, place.part)) }
    }
}
