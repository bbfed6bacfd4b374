/** Days and moments in the person's language and zone. */
package ithaca.ui.words

import androidx.compose.runtime.staticCompositionLocalOf
import java.time.Clock
import java.time.Duration
import java.time.Instant
import java.time.LocalDate
import java.time.format.DateTimeFormatter
import java.time.format.FormatStyle

class Dates(private val words: Words, val clock: Clock) {
    private val locale = words.language.locale
    private val dayOfYear = DateTimeFormatter.ofPattern(if (words.language == Language.ES) "EEE d 'de' MMMM" else "EEE d MMMM", locale)
    private val withYear = DateTimeFormatter.ofPattern(if (words.language == Language.ES) "d 'de' MMMM 'de' yyyy" else "d MMMM yyyy", locale)
    private val weekday = DateTimeFormatter.ofPattern("EEEE", locale)
    private val hours = DateTimeFormatter.ofLocalizedTime(FormatStyle.SHORT).withLocale(locale)

    val today: LocalDate get() = LocalDate.now(clock)

    fun day(of: LocalDate): String = when (of) {
        today -> words("common.today")
        today.plusDays(1) -> words("common.tomorrow")
        today.minusDays(1) -> words("common.yesterday")
        else -> plain(of)
    }

    /** A day inside of a sentence. */
    fun inside(of: LocalDate): String = if (of in today.minusDays(1)..today.plusDays(1)) day(of).lowercase(locale) else plain(of)

    /** A day inside of a sentence where "today" would not fit. */
    fun plain(of: LocalDate): String = of.format(if (of.year == today.year) dayOfYear else withYear)

    fun dayOf(at: Instant): LocalDate = at.atZone(clock.zone).toLocalDate()

    fun plain(at: Instant): String = plain(dayOf(at))

    fun time(at: Instant): String = at.atZone(clock.zone).format(if (locale.language == "es") TWENTY_FOUR else hours)

    fun dayAndTime(at: Instant): String = words("common.at_time", "day" to day(dayOf(at)), "time" to time(at))

    /** How long ago, as people say it. */
    fun ago(at: Instant): String {
        val passed = Duration.between(at, clock.instant())
        val day = dayOf(at)
        return when {
            !passed.isNegative && passed < Duration.ofMinutes(1) -> words("when.now")
            !passed.isNegative && passed < Duration.ofHours(1) -> words.n("when.minutes", passed.toMinutes())
            day == today -> words("when.today", "time" to time(at))
            day == today.minusDays(1) -> words("when.yesterday", "time" to time(at))
            day < today && day > today.minusDays(7) -> words("when.weekday", "day" to day.format(weekday), "time" to time(at))
            else -> words("when.day", "day" to plain(day))
        }
    }

    private companion object {
        val TWENTY_FOUR: DateTimeFormatter = DateTimeFormatter.ofPattern("H:mm")
    }
}

val LocalDates = staticCompositionLocalOf { Dates(Words.of(Language.EN), Clock.systemDefaultZone()) }
