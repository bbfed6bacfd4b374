/** What a code says: an invitation, a new device's code, or neither. Whether it is good says the core. */
package ithaca.ui.scan

sealed interface Scanned {
    data class Invitation(val link: String) : Scanned
    data class NewDevice(val code: String) : Scanned
    data object Other : Scanned

    companion object {
        private val LINK = Regex("https?://[^/?#\\s]+/([id])#v1\\.\\S+", RegexOption.IGNORE_CASE)

        fun of(text: String): Scanned {
            val code = text.trim()
            return when (LINK.matchEntire(code)?.groupValues?.get(1)) {
                "i" -> Invitation(code)
                "d" -> NewDevice(code)
                else -> Other
            }
        }
    }
}
