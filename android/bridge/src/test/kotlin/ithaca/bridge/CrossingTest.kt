package ithaca.bridge

import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertTrue
import kotlin.time.measureTime

/** What it costs to bring many records across, and a keystroke. Work is counted by the size of what crosses; time has a wide margin, for slow machines. */
class CrossingTest {
    @Test
    fun `ten thousand records come across`() = together { (ana, _, space), _ ->
        val c = ana.client
        // Messages are the largest list: a thousand are written, and asked for ten times over.
        repeat(1_000) { c.say(space, "Message $it: I arrive at noon, unless the road is closed.") }
        c.messages(space, limit = 1_000)
        var n = 0
        val took = measureTime { repeat(10) { n += c.messages(space, limit = 1_000).messages.size } }
        assertEquals(10_000, n)
        println("crossing: 10000 records in ${took.inWholeMilliseconds} ms")
        assertTrue(took.inWholeSeconds < 20, "$took")
    }

    @Test
    fun `a keystroke in a note of five thousand words brings only itself`() = together { (ana, _, space), _ ->
        val place = TextPlace.Note(ana.client.newNote(space, "Plan"))
        Field.open(ana.client, space, place).run {
            types(0, 0, "word ".repeat(5_000))
            closes()
        }
        val field = Field.open(ana.client, space, place)
        val middle = field.text.length / 2
        val took = (0 until 250).map { n ->
            val one = measureTime { field.types(middle + n, middle + n, "a") }
            assertEquals(emptyList(), field.state.splices)
            one
        }
        assertEquals(25_250, field.text.length)
        val sorted = took.drop(50).sorted()
        println("typing: a keystroke in 5000 words in ${sorted[100].inWholeMicroseconds} µs, the slowest of 200 in ${sorted.last().inWholeMicroseconds}")
        assertTrue(sorted[100].inWholeMilliseconds < 500, "${sorted[100]}")
        field.closes()
        assertEquals(field.text, Field.open(ana.client, space, place).text)
    }
}
