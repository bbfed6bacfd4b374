package ithaca.bridge.fake

import ithaca.bridge.Client
import ithaca.bridge.InputSort
import ithaca.bridge.IthacaFault
import ithaca.bridge.Joining
import ithaca.bridge.NewDeviceCode
import ithaca.bridge.NewDeviceStage
import ithaca.bridge.PersonChoice
import ithaca.bridge.PersonId
import ithaca.bridge.ProfileState
import ithaca.bridge.Profiles
import ithaca.bridge.Returning
import kotlinx.coroutines.CompletableDeferred

/** A device in memory: empty, or with what [kept] says. */
class FakeProfiles(private var kept: Client? = null) : Profiles {
    /** The next call throws this. */
    @Volatile var fail: IthacaFault? = null

    /** Completed by a test: the other device answers. */
    val answered = CompletableDeferred<Unit>()
    var joining = false

    /** No relay can be reached. */
    @Volatile var offline = false
    var nAside = 0
        private set

    private fun trip() {
        fail?.let { fail = null; throw it }
    }

    override fun there() = if (joining) ProfileState.JOINING else if (kept == null) ProfileState.NONE else ProfileState.READY

    override suspend fun begin(name: String): Client {
        trip()
        if (name.isBlank()) throw IthacaFault.BadInput(InputSort.NAME, "a name has at least one letter")
        return FakeClient(name.trim()).also { kept = it }
    }

    override suspend fun open(): Client {
        trip()
        return kept ?: throw IthacaFault.NoProfile()
    }

    override suspend fun join(relay: String, label: String): Joining {
        trip()
        joining = true
        return FakeJoining(relay)
    }

    override suspend fun goOnJoining(): Joining = FakeJoining("https://relay.example")

    override suspend fun comeBack(words: String, relay: String, rescue: ByteArray?): Returning {
        trip()
        if (words.trim().split(Regex("\\s+")).size != 12) throw IthacaFault.BadInput(InputSort.WORDS, "twelve words")
        return FakeReturning()
    }

    override suspend fun setAside() {
        trip()
        kept = null
        joining = false
        nAside++
    }

    private inner class FakeJoining(private val relay: String) : Joining {
        override suspend fun code() = NewDeviceCode("ithaca-device:fake", WORDS, relay, "sail harbour olive stone")
        override suspend fun step(): NewDeviceStage {
            trip()
            if (offline) throw IthacaFault.Offline()
            answered.await()
            return NewDeviceStage.Offered("Ana", "river lamp field north")
        }

        override suspend fun agree(): NewDeviceStage {
            trip()
            joining = false
            kept = FakeClient("Ana")
            return NewDeviceStage.Ready
        }

        override fun stop() {}
        override suspend fun leave() {
            joining = false
        }
    }

    private inner class FakeReturning : Returning {
        override suspend fun look(): List<PersonChoice> {
            trip()
            return listOf(PersonChoice(PersonId("me"), "river lamp field north"))
        }

        override fun stop() {}
        override suspend fun finish(person: PersonId): Client {
            trip()
            return FakeClient("Ana").also { kept = it }
        }
    }

    private companion object {
        const val WORDS = "anchor basket candle dolphin ember feather garden hammer island jacket kettle ladder"
    }
}
