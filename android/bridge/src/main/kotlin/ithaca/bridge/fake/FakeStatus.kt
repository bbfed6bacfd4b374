package ithaca.bridge.fake

import ithaca.bridge.*

/** The fake's status: all that was written here is here and nowhere else. */
internal class FakeStatus(private val world: FakeWorld) : StatusCalls {
    override suspend fun sync(): SyncOutcome = world.asked {
        val outcome = SyncOutcome(now(), !shown.value.online, relay == null, emptyList())
        setState { it.copy(lastSync = LastSync(outcome.at, !outcome.offline && !outcome.noRelay)) }
        outcome
    }

    override suspend fun stopWaiting() = world.asked {}

    override suspend fun status() = world.asked {
        Status(
            spaces.map { (id, s) -> SpaceStatus(id, s.pair == null, s.foot(), "00000000", "abandon abandon abandon", 0, 0, 0) },
            listOfNotNull(relay).map { Relay(it, null, null) },
        )
    }

    override suspend fun foot(space: SpaceId) = world.asked { at(space).foot() }
    override suspend fun notices(): List<Notice> = world.asked { noticed.toList() }
    override suspend fun dismiss(notice: Long) = world.asked { noticed.removeAll { it.no == notice }; tell(Change.Notices) }
    override suspend fun doctor() = world.asked { listOf(Finding(true, "database", "in memory")) }
    override suspend fun visibility(space: SpaceId) = world.asked {
        val s = at(space)
        val shared = s.notes.size + s.goals.size + s.actions.size + s.sessions.size
        Visibility(listOfNotNull(relay), listOfNotNull(me, s.pair?.other), 1, at(personal).notes.size, shared)
    }
}
