/** Own devices, a new one, and recovery words. */
package ithaca.bridge

data class OwnDevice(val id: DeviceId, val name: String, val thisOne: Boolean, val revoked: Boolean)

enum class ComerState { WAITING, ASKING, OFFERED, ADDED, LAPSED }

data class Comer(val id: String, val name: String, val words: String, val state: ComerState)

data class Devices(val devices: List<OwnDevice>, val comers: List<Comer>, val fourWords: String)

data class WordsStatus(val made: Boolean, val tended: Boolean, val asksConsent: String?, val waitsFor: Int)

data class NewWords(val words: String, val relay: String?, val waitsFor: Int)

enum class WordsCheck { NOT_IN_FORCE, IN_FORCE, READY, NOT_READY }

sealed interface NewDeviceStage {
    data object Waiting : NewDeviceStage
    data class Offered(val name: String, val words: String) : NewDeviceStage
    data object Agreed : NewDeviceStage
    data object Ready : NewDeviceStage
}

data class NewDeviceCode(val code: String, val words: String, val relay: String, val fourWords: String)

data class PersonChoice(val person: PersonId, val fourWords: String)
