package ithaca.bridge.fake

import ithaca.bridge.*
import java.time.LocalDate

/** The fake's pairs: what one person decides holds at once. */
internal class FakePairs(private val world: FakeWorld) : PairCalls {
    override suspend fun pairs() = world.asked { spaces.values.mapNotNull { it.pair } }
    override suspend fun personalSpace() = world.asked { personal }

    override suspend fun home(space: SpaceId, today: LocalDate) = world.asked {
        val s = at(space)
        val planned = s.sessions.values.map { it.line }.filter { it.state == SessionState.PLANNED }
        val next = planned.filter { it.day != null && it.day >= today }.minByOrNull { it.day!! } ?: planned.firstOrNull { it.day == null }
        Home(
            pairOf(space), s.relationship?.kind, s.mentors(), next ?: planned.lastOrNull(), s.open(), s.goals.values.toList(),
            s.messages.takeLast(3), s.cards.toList(), s.foot(),
        )
    }

    override suspend fun upcoming(today: LocalDate, until: LocalDate) = world.asked {
        val running = spaces.filter { (space, s) -> s.pair?.state == PairState.RUNNING && settings["reminders.${space.text}"] != "off" }
        running.flatMap { (space, s) ->
            val with = pairOf(space).other.name
            val planned = s.sessions.values.map { it.line }.filter { it.state == SessionState.PLANNED }
            val sessions = planned.filter { it.day != null && it.day in today..until }
            val promises = s.open().filter { a -> a.owners.any { it.me } && a.due != null && a.due in today..until }
            sessions.map { Upcoming(space, with, ReminderNoun.SESSION, it.id.text, it.day!!, it.agreed, it.title) } +
                promises.map { Upcoming(space, with, ReminderNoun.PROMISE, it.id.text, it.due!!, null, it.text) }
        }.sortedBy { it.day }
    }

    private fun blank(pair: PairLine) =
        Relationship(pair, "relationship", null, null, null, null, emptyList(), emptyList(), emptyList(), emptyList(), emptyList())

    override suspend fun relationship(space: SpaceId) = world.asked {
        val pair = pairOf(space)
        (at(space).relationship ?: blank(pair)).copy(pair = pair)
    }

    override suspend fun editPair(space: SpaceId, edits: List<PairEdit>) = world.writes(space) { s ->
        s.relationship = edits.fold(s.relationship ?: blank(pairOf(space))) { r, e ->
            val mine = r.people.firstOrNull { it.who.me } ?: Person(me, null, null, null)
            fun myself(of: Person) = r.copy(people = r.people.filterNot { it.who.me } + of)
            when (e) {
                is PairEdit.Kind -> r.copy(kind = e.value)
                is PairEdit.Model -> r.copy(model = e.value)
                is PairEdit.Setting -> r.copy(setting = e.value)
                is PairEdit.Cadence -> r.copy(cadence = e.value)
                is PairEdit.Role -> r.copy(
                    roles = r.roles.filterNot { it.topic == e.topic } + listOfNotNull(e.mentor?.let { Role(e.topic, name(it)) }),
                )
                is PairEdit.MyName -> myself(mine.copy(who = mine.who.copy(name = e.value ?: me.name)))
                is PairEdit.MyLanguage -> myself(mine.copy(language = e.value))
                is PairEdit.MyZone -> myself(mine.copy(zone = e.value))
                is PairEdit.MyReachable -> myself(mine.copy(reachable = e.value))
                is PairEdit.AddClause -> r.copy(clauses = r.clauses + Clause(ItemId(id("clause")), e.title, Text(e.text)))
                is PairEdit.AddPlan -> r.copy(plan = r.plan + Clause(ItemId(id("plan")), e.section, Text(e.text)))
            }
        }
    }

    private fun change(space: SpaceId, to: (PairLine) -> PairLine) = world.asked { at(space).pair = to(pairOf(space)) }
        .also { world.tell(Change.Members(space)) }

    override suspend fun compared(space: SpaceId, how: Compared) =
        change(space) { it.copy(compared = how, comparedAt = world.now(), mustCompare = false) }

    override suspend fun proposeStage(space: SpaceId, stage: Stage) =
        change(space) { it.copy(proposed = it.proposed + StageProposal(world.me, stage)) }

    override suspend fun agreeToStage(space: SpaceId) = change(space) { p ->
        val theirs = p.proposed.lastOrNull { !it.by.me } ?: missing("proposal of a stage")
        p.copy(stage = theirs.stage, proposed = p.proposed - theirs)
    }

    override suspend fun pausePair(space: SpaceId, reason: String?) = change(space) { it.copy(state = PairState.PAUSED) }
    override suspend fun resumePair(space: SpaceId, reason: String?) = change(space) { it.copy(state = PairState.RUNNING) }
    override suspend fun endPair(space: SpaceId, reason: String?) = change(space) { it.copy(state = PairState.ENDED) }
    override suspend fun leavePair(space: SpaceId) = change(space) { it.copy(state = PairState.LEFT) }
    override suspend fun block(space: SpaceId, on: Boolean) =
        change(space) { it.copy(state = if (on) PairState.BLOCKED else PairState.RUNNING) }

    override suspend fun tellWhatIsRead(space: SpaceId, on: Boolean) = change(space) { it.copy(receipts = on) }

    override suspend fun keepAt(space: SpaceId, relays: List<String>) {
        if (relays.isEmpty()) throw IthacaFault.Refused("a relationship is kept at one relay at least")
        relays.firstOrNull { !it.startsWith("http") }?.let { throw IthacaFault.BadInput(InputSort.ADDRESS, "no address") }
        change(space) { it.copy(relays = relays.map { r -> r.trimEnd('/') }.distinct()) }
    }

    override suspend fun rescueFile(space: SpaceId): ByteArray =
        world.asked { throw IthacaFault.Refused("they never made recovery words") }
}
