/** When a phone reminds of what comes up: an hour before a session's time, at eight on the day of what has only a day. */
package ithaca.bridge

import java.time.Duration
import java.time.Instant
import java.time.LocalTime
import java.time.ZoneId

data class Reminder(val at: Instant, val of: Upcoming)

private val BEFORE: Duration = Duration.ofHours(1)
private val MORNING: LocalTime = LocalTime.of(8, 0)
private const val DAYS_AHEAD = 60L

/** The reminders at [from] or later, the next first. What the core leaves out (pairs that rest, or whose reminders are off) is not in them. */
suspend fun reminders(client: Client, from: Instant, zone: ZoneId): List<Reminder> {
    val today = from.atZone(zone).toLocalDate()
    // A session whose time is after midnight elsewhere stands under a day of its own: one day on either side is asked for too.
    return client.upcoming(today.minusDays(1), today.plusDays(DAYS_AHEAD))
        .map { Reminder(it.at?.minus(BEFORE) ?: it.day.atTime(MORNING).atZone(zone).toInstant(), it) }
        .filter { it.at >= from }
        .sortedBy { it.at }
}
