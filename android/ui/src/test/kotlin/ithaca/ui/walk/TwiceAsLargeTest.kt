package ithaca.ui.walk

import ithaca.ui.pictures.states
import ithaca.ui.words.Language
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertTrue

class TwiceAsLargeTest {
    @Test
    fun `nothing is cut or out of reach at 200 percent`() = assertEquals(
        emptyList(),
        states().flatMap { (screen, content) ->
            val (usual, large) = seen(screen, content, Language.EN, 100) to seen(screen, content, Language.EN, 200)
            assertTrue(large.nTexts > 1, "${screen.id}, ${content.id} shows too little to say anything")
            (large.cut + (usual.names - large.names).map { "out of reach: $it" }).map { "${screen.id}, ${content.id}: $it" }
        },
    )
}
