package ithaca.bridge.fake

import ithaca.bridge.*
import java.time.LocalDate

/** The fake's sessions. What a form says of an action is done in [goals]. */
internal class FakeSessions(private val world: FakeWorld, private val goals: GoalCalls) : SessionCalls {
    override suspend fun sessions(space: SpaceId) = world.asked {
        val s = at(space)
        val lines = s.sessions.values.map { it.line }.sortedWith(compareBy({ it.day == null }, { it.day }))
        val alike = lines.filter { it.day != null }.groupBy { it.day }.values.filter { it.size > 1 }.map { g -> g.map { it.id } }
        Sessions(lines, s.sessionBin.values.map { it.line }, alike)
    }

    override suspend fun session(space: SpaceId, session: SessionId) =
        world.asked { found(at(space), session).copy(mentor = at(space).mentors()) }

    private fun found(s: FakeSpace, session: SessionId) = s.sessions[session] ?: s.sessionBin[session] ?: missing("session")

    override suspend fun planSession(space: SpaceId, title: String, date: LocalDate?, edits: List<SessionEdit>) = world.writes(space) { s ->
        val made = SessionId(id("session"))
        val line = SessionLine(made, title, date, null, SessionState.PLANNED, null, emptyList(), false)
        val empty = Session(
            line, listOf(made), emptyList(), listOf(SessionNotes(made, Text(""))), emptyList(), emptyList(), emptyList(), emptyList(),
            emptyList(), emptyList(), emptyList(), emptyList(), emptyList(), emptyList(), false, false, Where.HERE,
        )
        s.sessions[made] = edits.fold(empty) { v, e -> edit(s, v, e) }
        made
    }

    private fun FakeWorld.edit(s: FakeSpace, v: Session, e: SessionEdit): Session {
        fun among(all: List<String>, one: String, on: Boolean) = all - one + if (on) listOf(one) else emptyList()
        return when (e) {
            is SessionEdit.Title -> v.copy(line = v.line.copy(title = e.title))
            is SessionEdit.Date -> v.copy(line = v.line.copy(day = e.date))
            is SessionEdit.Place -> v.copy(line = v.line.copy(place = e.place))
            is SessionEdit.AddAgenda -> {
                v.copy(agenda = v.agenda + AgendaPoint(ItemId(id("point")), v.line.id, Text(e.text), emptyList(), null))
            }
            is SessionEdit.TickAgenda -> {
                v.copy(agenda = v.agenda.map { if (it.id == e.item) it.copy(done = ticked(it.done, e.date)) else it })
            }
            is SessionEdit.MoveAgenda -> v
            is SessionEdit.DeleteAgenda -> {
                val (there, others) = v.agenda.partition { it.id == e.item }
                v.copy(agenda = others, agendaBin = v.agendaBin + there)
            }
            is SessionEdit.RestoreAgenda -> {
                val (there, others) = v.agendaBin.partition { it.id == e.item }
                v.copy(agenda = v.agenda + there, agendaBin = others)
            }
            is SessionEdit.Technique -> v.copy(techniques = among(v.techniques, e.technique, e.on))
            is SessionEdit.Function -> v.copy(functions = among(v.functions, e.function, e.on))
            is SessionEdit.Propose -> {
                v.copy(proposals = v.proposals + Proposal(ItemId(id("time")), v.line.id, e.at, e.zone, listOf(me), false))
            }
            is SessionEdit.AcceptTime -> v.copy(
                line = v.line.copy(agreed = v.proposals.firstOrNull { it.id == e.item && e.on }?.at),
                proposals = v.proposals.map { if (it.id == e.item) accepted(it, e.on) else it },
            )
            SessionEdit.Delete -> v.also { s.sessionBin[v.line.id] = v }
            SessionEdit.Restore -> v.also { s.sessionBin.remove(v.line.id) }
        }
    }

    private fun FakeWorld.accepted(p: Proposal, on: Boolean) =
        p.copy(accepted = p.accepted.filterNot { it.me } + if (on) listOf(me) else emptyList(), agreed = on)

    override suspend fun editSession(space: SpaceId, session: SessionId, edits: List<SessionEdit>) = world.writes(space) { s ->
        val after = edits.fold(found(s, session)) { v, e -> edit(s, v, e) }
        if (s.sessionBin.containsKey(session)) s.sessions.remove(session) else s.sessions[session] = after
        Unit
    }

    private fun change(space: SpaceId, session: SessionId, to: (Session) -> Session) =
        world.writes(space) { s -> s.sessions[session] = to(s.sessions[session] ?: missing("session")) }

    override suspend fun setSessionState(space: SpaceId, session: SessionId, state: SessionState, reason: String?) =
        change(space, session) {
            val said = DifferValue(state.name.lowercase(), null, world.me, world.now(), reason)
            it.copy(line = it.line.copy(state = state), said = listOf(said))
        }

    override suspend fun sameMeeting(space: SpaceId, one: SessionId, other: SessionId, same: Boolean) = world.writes(space) { s ->
        if (one == other) throw IthacaFault.Refused("these are one and the same session")
        val (a, b) = found(s, one) to found(s, other)
        if (same) {
            s.sessions.remove(other)
            s.sessions[one] = a.copy(documents = a.documents + b.documents, notes = a.notes + b.notes, agenda = a.agenda + b.agenda)
        }
    }

    override suspend fun prompts(space: SpaceId, form: Form) = world.asked {
        val mentor = at(space).mentors()
        val scale = { name: String -> Prompt(name, PromptKind.SCALE) }
        val words = { name: String -> Prompt(name, PromptKind.WORDS) }
        val chosen = { name: String -> Prompt(name, PromptKind.CHOSEN) }
        when {
            form == Form.HARVEST -> listOf(words("learned"), scale("useful"), chosen("helped"), words("noticed"))
            form == Form.BEFORE && mentor -> listOf(words("notice"), chosen("technique"), words("promised"))
            form == Form.BEFORE -> listOf(scale("arriving"), words("worth"), chosen("tried"), words("off_limits"))
            mentor -> listOf(chosen("techniques"), words("learned"), words("promised"), scale("confident"))
            else -> listOf(scale("relevant"), scale("heard"), words("will_do"), words("change"))
        }
    }

    override suspend fun submitForm(
        space: SpaceId,
        session: SessionId,
        form: Form,
        answers: List<Answer>,
        today: LocalDate,
        alone: Boolean,
    ) {
        val given = answers.filter { !it.words.isNullOrBlank() || it.scale != null || it.chosen.isNotEmpty() }
        if (given.isEmpty()) throw IthacaFault.Refused("nothing was answered")
        if (given.any { it.scale != null && it.scale !in 1..5 }) {
            throw IthacaFault.BadInput(InputSort.VALUE, "a place on the scale is 1 to 5")
        }
        fun filled(v: Session): Session {
            val others = v.forms.filterNot { it.form == form && it.by.me && (it.alone || !alone) }
            return v.copy(forms = others + FilledForm(form, world.me, given, world.now(), emptyList(), alone))
        }
        if (alone) return change(space, session, ::filled)
        val open = world.at(space).actions.keys
        given.firstOrNull { it.prompt == "tried" }?.let { tried ->
            goals.editGoals(space, tried.chosen.map { ItemId(it) }.filter { it in open }.map { GoalEdit.Ticked(it, today) })
        }
        change(space, session) { v ->
            val ready = if (form == Form.BEFORE) v.line.ready.filterNot { it.me } + world.me else v.line.ready
            val used = given.firstOrNull { it.prompt == "techniques" }?.chosen.orEmpty()
            filled(v).copy(line = v.line.copy(ready = ready), techniques = (v.techniques + used).distinct())
        }
    }

    override suspend fun keepMinutes(space: SpaceId, session: SessionId, text: String, alone: Boolean) {
        if (text.isBlank()) throw IthacaFault.Refused("the minutes are empty")
        change(space, session) { v ->
            val others = v.minutes.filterNot { it.by.me && (it.alone || !alone) }
            v.copy(minutes = others + Minutes(world.me, text, world.now(), emptyList(), alone))
        }
    }
}
