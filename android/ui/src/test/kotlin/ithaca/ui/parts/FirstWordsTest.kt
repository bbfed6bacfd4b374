package ithaca.ui.parts

import kotlin.test.Test
import kotlin.test.assertEquals

class FirstWordsTest {
    @Test
    fun `a beginning ends with a word, and says where there is more`() {
        assertEquals("We met.", " We met.\n".firstWords(10))
        assertEquals("We met…", "We met, then we went".firstWords(10))
        assertEquals("one two", "one\n\ntwo".firstWords(10))
        assertEquals("aaaaa…", "a".repeat(30).firstWords(5))
        assertEquals("😀😀…", "😀".repeat(9).firstWords(4))
        assertEquals("", "".firstWords(4))
    }
}
