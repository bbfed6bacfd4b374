/** The camera as a reader of codes that another phone shows. */
package ithaca.ui.scan

fun interface Scanner {
    /** Asks for the camera where it has to, then for a code; [hint] stands beside the picture. */
    suspend fun scan(hint: String): Seen
}

sealed interface Seen {
    data class Code(val text: String) : Seen

    /** Somebody went back before there was one. */
    data object Nothing : Seen

    /** The camera is not allowed. */
    data object Refused : Seen

    /** The camera did not open. */
    data object NoCamera : Seen
}
