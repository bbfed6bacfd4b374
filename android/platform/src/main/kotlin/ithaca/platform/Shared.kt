/** What another app gave to this one: words to keep, an invitation to answer, or something that Ithaca does not keep yet and says so. */
package ithaca.platform

import android.content.Intent

sealed interface Shared {
    data class Words(val text: String) : Shared

    /** An invitation's link. */
    data class Invitation(val link: String) : Shared

    /** A photo, a film, a file: it stays where it is, and the person is told. */
    data object NotText : Shared

    /** More than a note takes at once. */
    data object TooLong : Shared

    data object Nothing : Shared

    companion object {
        /** As many letters as one paste may have. */
        const val LONGEST = 100_000

        fun of(intent: Intent?): Shared = when (intent?.action) {
            Intent.ACTION_SEND -> sent(intent)
            Intent.ACTION_SEND_MULTIPLE -> NotText
            Intent.ACTION_VIEW -> intent.dataString?.takeIf(::isInvitation)?.let(::Invitation) ?: Nothing
            else -> Nothing
        }

        private fun sent(intent: Intent): Shared {
            // A photo may come with a line of text: keeping the line alone would swallow the photo.
            if (intent.hasExtra(Intent.EXTRA_STREAM) || intent.type?.startsWith("text/") != true) return NotText
            val text = intent.getCharSequenceExtra(Intent.EXTRA_TEXT)?.toString()?.trim().orEmpty()
            return when {
                text.isEmpty() -> Nothing
                text.length > LONGEST -> TooLong
                isInvitation(text) -> Invitation(text)
                else -> Words(text)
            }
        }

        private fun isInvitation(text: String) = "/i#v1." in text && text.none(Char::isWhitespace)
    }
}
