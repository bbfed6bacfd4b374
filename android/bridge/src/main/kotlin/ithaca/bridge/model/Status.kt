/** Status: what is where, and what others can see. */
package ithaca.bridge

import java.time.Instant

data class Foot(val name: String, val here: Long, val onRelay: Long, val heardAt: Instant?, val unconfirmedSince: Instant?)

data class SpaceStatus(
    val space: SpaceId,
    val private: Boolean,
    val foot: Foot,
    val stateCode: String,
    val stateWords: String,
    val setAside: Long,
    val unknownAuthor: Long,
    val knownMissing: Long,
)

data class Relay(val origin: String, val trouble: String?, val again: Instant?)

data class Status(val spaces: List<SpaceStatus>, val relays: List<Relay>)

data class SyncOutcome(val at: Instant, val offline: Boolean, val noRelay: Boolean, val relays: List<Relay>)

data class Notice(val no: Long, val space: SpaceId?, val kind: String, val at: Instant, val words: String)

data class Finding(val good: Boolean, val what: String, val words: String)

data class Visibility(val relays: List<String>, val readers: List<Who>, val ownDevices: Int, val privateNotes: Int, val shared: Int)
