/** Moments, days and bare words on their way from the core and to it. */
package ithaca.bridge

import java.time.Instant
import java.time.LocalDate
import java.time.format.DateTimeParseException

internal fun ms(at: Long): Instant = Instant.ofEpochMilli(at)

/** A day that somebody's other app wrote in no known shape is no day. */
internal fun day(text: String?): LocalDate? = try {
    text?.let(LocalDate::parse)
} catch (_: DateTimeParseException) {
    null
}

internal inline fun <reified T : Enum<T>> same(of: Enum<*>): T = enumValueOf(of.name)
