/** What is ahead and worth a reminder: sessions, and one's own promises with a day. */
package ithaca.bridge

import java.time.Instant
import java.time.LocalDate

enum class ReminderNoun { SESSION, PROMISE }

/** Something the phone may remind of: a session ahead, an open promise of one's own. */
data class Upcoming(
    val space: SpaceId,
    val with: String,
    val noun: ReminderNoun,
    val id: String,
    val day: LocalDate,
    val at: Instant?,
    val words: String,
)
