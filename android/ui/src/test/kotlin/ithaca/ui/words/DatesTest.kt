package ithaca.ui.words

import ithaca.ui.sample.CLOCK
import ithaca.ui.sample.NOW
import ithaca.ui.sample.TODAY
import java.time.Duration
import kotlin.test.Test
import kotlin.test.assertEquals

class DatesTest {
    private val english = Dates(Words.of(Language.EN), CLOCK)
    private val spanish = Dates(Words.of(Language.ES), CLOCK)

    @Test
    fun `days are said as people say them`() {
        assertEquals(listOf("Today", "Tomorrow", "Yesterday", "Mon 11 May"), listOf(0L, 1L, -1L, 7L).map { english.day(TODAY.plusDays(it)) })
        assertEquals("tomorrow", english.inside(TODAY.plusDays(1)))
        assertEquals("lun 11 de mayo", spanish.day(TODAY.plusDays(7)))
        assertEquals("3 de junio de 2027", spanish.day(TODAY.withDayOfMonth(3).withMonth(6).withYear(2027)))
    }

    @Test
    fun `how long ago`() {
        assertEquals("just now", english.ago(NOW.minusSeconds(20)))
        assertEquals("1 minute ago", english.ago(NOW.minusSeconds(70)))
        assertEquals("hace 12 minutos", spanish.ago(NOW.minus(Duration.ofMinutes(12))))
        assertEquals("hoy a las 6:00", spanish.ago(NOW.minus(Duration.ofHours(3))))
        assertEquals("el sábado a las 9:00", spanish.ago(NOW.minus(Duration.ofDays(2))))
        assertEquals("el lun 20 de abril", spanish.ago(NOW.minus(Duration.ofDays(14))))
    }
}
