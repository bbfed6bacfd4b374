package ithaca.ui.typing

import ithaca.bridge.TextSplice
import kotlin.random.Random
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertNull
import kotlin.test.assertTrue

class ChangeTest {
    @Test
    fun `one key is one letter, also among equal ones`() {
        assertNull(replaced("same", "same", 4))
        assertEquals(TextSplice(4, 4, "s"), replaced("word", "words", 5))
        assertEquals(TextSplice(1, 1, "a"), replaced("aaa", "aaaa", 2))
        assertEquals(TextSplice(2, 3, ""), replaced("aaab", "aab", 2))
    }

    @Test
    fun `a sign of two units is replaced whole`() {
        val change = replaced("a\uD83D\uDE00b", "a\uD83D\uDE01b", 3)!!
        assertEquals(TextSplice(1, 3, "\uD83D\uDE01"), change)
    }

    @Test
    fun `whatever is typed comes out as typed`() {
        val random = Random(7)
        val letters = listOf("a", "b", " ", "é", "\uD83D\uDE00", "\n")
        fun text() = List(random.nextInt(8)) { letters.random(random) }.joinToString("")
        repeat(2_000) {
            val (before, start) = text() to text()
            val after = start
            val change = replaced(before, after, random.nextInt(after.length + 1)) ?: TextSplice(0, 0, "")
            assertEquals(after, change.applyTo(before))
        }
    }

    @Test
    fun `of two who type at once neither loses a letter`() {
        val random = Random(11)
        repeat(5_000) {
            val base = "the quick boat sails"
            val a = random.nextInt(base.length + 1)
            val own = TextSplice(a, minOf(base.length, a + random.nextInt(4)), "MINE")
            val at = random.nextInt(base.length + 1)
            val theirs = TextSplice(at, at, "THEIRS")
            val met = rebased(own, listOf(theirs)).applyTo(theirs.applyTo(base))
            assertTrue("MINE" in met && "THEIRS" in met, "$own, $theirs: $met")
        }
    }
}
