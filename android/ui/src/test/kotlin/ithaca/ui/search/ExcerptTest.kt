package ithaca.ui.search

import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertTrue

class ExcerptTest {
    @Test
    fun `what was found is strong, brackets that somebody typed stay`() {
        val found = marked("a [note] on the [Dose] today", "dose")
        assertEquals("a [note] on the Dose today", found.text)
        assertEquals(16 to 20, found.spanStyles.single().let { it.start to it.end })
        assertTrue(marked("nothing [here]", "dose").spanStyles.isEmpty())
    }
}
