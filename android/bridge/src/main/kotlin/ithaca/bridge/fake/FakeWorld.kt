package ithaca.bridge.fake

import ithaca.bridge.*
import java.time.Instant
import java.time.LocalDate
import java.util.concurrent.ConcurrentHashMap
import kotlinx.coroutines.flow.MutableSharedFlow
import kotlinx.coroutines.flow.MutableStateFlow

/** Everything that a [FakeClient] keeps. Its parts keep nothing of their own: each sees what another did. */
internal class FakeWorld(name: String, val now: () -> Instant) {
    val personal = SpaceId("personal")
    val spaces = LinkedHashMap<SpaceId, FakeSpace>().apply { put(personal, FakeSpace(null)) }
    val settings = HashMap<String, String>()
    val drafts = HashMap<String, String>()
    val draftsTold = ConcurrentHashMap<String, String>()
    val invited = LinkedHashMap<InviteId, Invite>()
    val told = MutableSharedFlow<List<Change>>(extraBufferCapacity = 64)
    val shown = MutableStateFlow(AppState(Phase.OPEN, PersonId("me"), DeviceId("this"), name, true, false, null, null))
    val noticed = ArrayList<Notice>()
    val typing = LinkedHashMap<TextSessionId, FakeTyping>()
    val readTo = LinkedHashMap<SpaceId, MessageId>()
    var relay: String? = null
    @Volatile var fail: IthacaFault? = null

    /** How many things were named. */
    var n = 0
        private set

    val me: Who get() = Who(shown.value.person, shown.value.name, true)

    fun next(): Int = ++n

    fun id(noun: String) = "$noun-${next()}"

    fun tell(vararg changes: Change) {
        told.tryEmit(changes.toList())
    }

    fun setState(change: (AppState) -> AppState) {
        shown.value = change(shown.value)
        tell(Change.Engine)
    }

    // --- calls ---

    fun <T> asked(act: FakeWorld.() -> T): T {
        fail?.let { fail = null; throw it }
        when (shown.value.phase) {
            Phase.CLOSED -> throw IthacaFault.Closed()
            Phase.SUSPENDED -> throw IthacaFault.Suspended()
            Phase.OPEN -> {}
        }
        return synchronized(spaces) { act() }
    }

    fun <T> writes(space: SpaceId, act: FakeWorld.(FakeSpace) -> T): T =
        asked { act(writable(space)) }.also { tell(Change.Content(space)) }

    // --- what there is ---

    fun at(space: SpaceId): FakeSpace = spaces[space] ?: missing("relationship")

    fun writable(space: SpaceId): FakeSpace {
        val found = at(space)
        when (found.pair?.state) {
            PairState.LEFT -> throw IthacaFault.ReadOnly("you left this relationship")
            PairState.SAVED_COPY -> throw IthacaFault.ReadOnly("it is a saved copy, opened for reading")
            else -> return found
        }
    }

    fun pairOf(space: SpaceId): PairLine = at(space).pair ?: missing("relationship")

    fun name(person: PersonId): Who {
        if (person == me.person) return me
        return spaces.values.mapNotNull { it.pair?.other }.firstOrNull { it.person == person } ?: Who(person, "", false)
    }

    /** [done] with this person's tick as of a day, or without it. */
    fun ticked(done: List<Tick>, date: LocalDate?) =
        done.filterNot { it.by.me } + if (date == null) emptyList() else listOf(Tick(me, date))

    fun addPair(name: String): SpaceId {
        val space = SpaceId(id("space"))
        val other = Who(PersonId(id("person")), name, false)
        val line = PairLine(
            space, other, "1234 5678", null, null, false, PairState.RUNNING, Stage.INITIATION, emptyList(), false, emptyList(),
        )
        spaces[space] = FakeSpace(line)
        tell(Change.Members(space))
        return space
    }
}

internal fun missing(noun: String): Nothing = throw IthacaFault.NotFound(noun)
