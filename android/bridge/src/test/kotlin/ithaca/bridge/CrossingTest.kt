package ithaca.bridge

import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertTrue
import kotlin.time.measureTime

/** What it costs to bring many records across. Work is counted by the size of what crosses; time has a wide margin, for slow machines. */
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
}
