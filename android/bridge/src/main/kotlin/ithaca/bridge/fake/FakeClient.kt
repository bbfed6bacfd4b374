/** A [Client] that keeps everything in memory, for screens, previews and their tests: one person, as many partners as are put in. */
package ithaca.bridge.fake

import ithaca.bridge.*
import java.time.Instant
import java.util.concurrent.ConcurrentHashMap

/**
 * Merging, waiting for signal and time are not played: what is written is read back at once. Tests put in what else a screen shows:
 * [addPair], [addCard], [addMessage], [fail].
 */
class FakeClient private constructor(private val world: FakeWorld) :
    Client,
    EngineCalls by FakeEngine(world),
    StatusCalls by FakeStatus(world),
    PairCalls by FakePairs(world),
    InviteCalls by FakeInvites(world),
    NoteCalls by FakeNotes(world),
    TextCalls by FakeTexts(world),
    GoalCalls by FakeGoals(world),
    SessionCalls by FakeSessions(world, FakeGoals(world)),
    MessageCalls by FakeMessages(world),
    LookingCalls by FakeLooking(world),
    SettingsCalls by FakeSettings(world),
    DeviceCalls by FakeDevices(world) {
    constructor(name: String = "Ana", now: () -> Instant = { Instant.EPOCH }) : this(FakeWorld(name, now))

    /** What this person's other devices were told of drafts. */
    val draftsTold: ConcurrentHashMap<String, String> get() = world.draftsTold

    /** How far this person read, as screens said. */
    val readTo: LinkedHashMap<SpaceId, MessageId> get() = world.readTo

    /** This person, as others see them. */
    val me: Who get() = world.me

    /** The next call throws this. */
    var fail: IthacaFault? by world::fail

    fun addPair(name: String): SpaceId = world.addPair(name)

    fun addCard(card: Card) {
        world.at(card.space).cards += card
        world.tell(Change.Content(card.space))
    }

    /** The other says something. */
    fun addMessage(space: SpaceId, text: String): MessageId {
        val by = world.at(space).pair?.other ?: me
        return world.put(space, by, text, null, null)
    }

    fun addNotice(notice: Notice) {
        world.noticed += notice
        world.tell(Change.Notices)
    }

    fun setState(change: (AppState) -> AppState) = world.setState(change)

    /** Somebody answers an invitation of this person. */
    fun answer(invite: InviteId, name: String): PersonId {
        val who = PersonId(world.id("person"))
        val found = world.invited[invite] ?: missing("invitation")
        val answers = found.answers + Answered(who, name, "1234 5678", false)
        world.invited[invite] = found.copy(state = InviteState.ANSWERED, answers = answers)
        world.tell(Change.Invites)
        return who
    }

    /** The other writes in a text, at a UTF-16 offset. */
    fun otherTypes(space: SpaceId, place: TextPlace, at: Int, insert: String) {
        val s = world.at(space)
        s.write(place, Text(s.read(place).text.replaceRange(at, at, insert)), me)
        world.tell(Change.Content(space))
    }
}
