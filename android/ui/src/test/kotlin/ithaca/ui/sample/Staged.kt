/** A fake whose reads can be set: what a phone shows that merging, time and other phones made. */
package ithaca.ui.sample

import ithaca.bridge.Actions
import ithaca.bridge.Card
import ithaca.bridge.Change
import ithaca.bridge.Client
import ithaca.bridge.Devices
import ithaca.bridge.Foot
import ithaca.bridge.GoalId
import ithaca.bridge.HistoryLine
import ithaca.bridge.Home
import ithaca.bridge.Invite
import ithaca.bridge.IthacaFault
import ithaca.bridge.ItemId
import ithaca.bridge.Messages
import ithaca.bridge.Note
import ithaca.bridge.NoteFilter
import ithaca.bridge.NoteId
import ithaca.bridge.NoteLine
import ithaca.bridge.PairLine
import ithaca.bridge.Page
import ithaca.bridge.Relationship
import ithaca.bridge.Session
import ithaca.bridge.SessionId
import ithaca.bridge.Sessions
import ithaca.bridge.SpaceId
import ithaca.bridge.Status
import ithaca.bridge.Visibility
import ithaca.bridge.Who
import ithaca.bridge.WordsStatus
import ithaca.bridge.fake.FakeClient
import java.time.LocalDate
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.runBlocking

/** Each part changes what the fake answers; null leaves it. */
class Staged(val fake: FakeClient, private val failsAfterwards: Boolean = false) : Client by fake {
    var pairLines: ((PairLine) -> PairLine)? = null
    var invited: List<Invite>? = null
    var homes: ((Home) -> Home)? = null
    var relationships: ((Relationship) -> Relationship)? = null
    var noteLines: ((NoteLine) -> NoteLine)? = null
    var notes: ((Note) -> Note)? = null
    var histories: List<HistoryLine>? = null
    var done: ((Actions) -> Actions)? = null
    var differing: List<Card> = emptyList()
    var meetings: ((Sessions) -> Sessions)? = null
    var sessionViews: ((Session) -> Session)? = null
    var said: ((Messages) -> Messages)? = null
    var whereabouts: ((Status) -> Status)? = null
    var feet: ((Foot) -> Foot)? = null
    var seen: Visibility? = null
    var own: Devices? = null
    var words: WordsStatus? = null

    /** The one of the first pair. */
    val partner: Who get() = runBlocking { fake.pairs().first().other }

    private var failing = false
    private var nReads = 0

    /** The second reading finds no room, where that is the state to be shown. */
    override val changes: Flow<List<Change>>
        get() = if (!failsAfterwards) fake.changes else flow {
            emit(listOf(Change.Everything))
            failing = nReads > 0
            emit(listOf(Change.Everything))
            awaitCancellation()
        }

    private suspend fun <T> read(change: ((T) -> T)?, of: suspend () -> T): T {
        if (failing) throw IthacaFault.StorageFull()
        nReads++
        return of().let { change?.invoke(it) ?: it }
    }

    override suspend fun pairs() = read(null) { fake.pairs().map { pairLines?.invoke(it) ?: it } }
    override suspend fun invites() = read(null) { invited ?: fake.invites() }
    override suspend fun home(space: SpaceId, today: LocalDate) = read(homes) {
        val home = fake.home(space, today)
        home.copy(pair = pairs().first { it.space == space }, cards = cards(space), foot = foot(space))
    }

    override suspend fun relationship(space: SpaceId) = read(relationships) { fake.relationship(space).copy(pair = pairs().first { it.space == space }) }
    override suspend fun notes(filter: NoteFilter, offset: Int, limit: Int): Page<NoteLine> = read(null) {
        val page = fake.notes(filter, offset, limit)
        page.copy(lines = page.lines.map { noteLines?.invoke(it) ?: it })
    }

    override suspend fun note(space: SpaceId, note: NoteId) = read(notes) { fake.note(space, note) }
    override suspend fun history(space: SpaceId, document: String, item: ItemId?) = read(null) { histories ?: fake.history(space, document, item) }
    override suspend fun actions(space: SpaceId) = read(done) { fake.actions(space) }
    override suspend fun cards(space: SpaceId) = read(null) { differing + fake.cards(space) }
    override suspend fun sessions(space: SpaceId) = read(meetings) { fake.sessions(space) }
    override suspend fun session(space: SpaceId, session: SessionId) = read(sessionViews) { fake.session(space, session) }
    override suspend fun messages(space: SpaceId, before: ULong?, limit: Int) = read(said) { fake.messages(space, before, limit) }
    override suspend fun status() = read(whereabouts) { fake.status() }
    override suspend fun foot(space: SpaceId) = read(feet) { fake.foot(space) }
    override suspend fun visibility(space: SpaceId) = read(null) { seen ?: fake.visibility(space) }
    override suspend fun devices() = read(null) { own ?: fake.devices() }
    override suspend fun wordsStatus() = read(null) { words ?: fake.wordsStatus() }
    override suspend fun relay() = read(null) { fake.relay() }
    override suspend fun goals(space: SpaceId, bin: Boolean) = read(null) { fake.goals(space, bin) }
    override suspend fun goal(space: SpaceId, goal: GoalId) = read(null) { fake.goal(space, goal) }
    override suspend fun search(query: String, space: SpaceId?, limit: Int) =
        if (failsAfterwards) throw IthacaFault.StorageFull() else fake.search(query, space, limit)
}
