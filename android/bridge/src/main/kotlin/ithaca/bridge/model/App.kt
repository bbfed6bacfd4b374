/** The app as a whole: whether it runs, what the last sync came to, what changed. */
package ithaca.bridge

import java.time.Instant

enum class ProfileState { NONE, JOINING, READY }

enum class Phase { OPEN, SUSPENDED, CLOSED }

data class LastSync(val at: Instant, val reached: Boolean)

data class AppState(
    val phase: Phase,
    val person: PersonId,
    val device: DeviceId,
    val name: String,
    val online: Boolean,
    val syncing: Boolean,
    val lastSync: LastSync?,
    val trouble: String?,
)

/** Something that a screen may want to read again. */
sealed interface Change {
    data object Everything : Change
    data class Content(val space: SpaceId) : Change
    data class Members(val space: SpaceId) : Change
    data class Whereabouts(val space: SpaceId) : Change
    data object Invites : Change
    data object Notices : Change
    data object Engine : Change
}
