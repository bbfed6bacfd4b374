package ithaca.ui.parts

import androidx.compose.runtime.saveable.SaverScope
import ithaca.bridge.SpaceId
import java.time.LocalDate
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertNull

class NavTest {
    private val home = Place(Screen.PAIR_HOME, SpaceId("a"))
    private val note = Place(Screen.NOTE, SpaceId("a"), "n/1")

    @Test
    fun `back goes where one came from, and no further than the first`() {
        val nav = Nav()
        nav.go(home)
        nav.go(note)
        nav.go(note)
        nav.back()
        assertEquals(home, nav.top)
        nav.back()
        nav.back()
        assertEquals(Screen.PAIRS, nav.top.screen)
        assertFalse(nav.canGoBack)
        nav.choose(note)
        nav.instead(home)
        assertEquals(listOf(Place(Screen.PAIRS), home), nav.stack)
    }

    @Test
    fun `where one stood outlives the process`() {
        val nav = Nav().apply { go(home); go(note) }
        val kept = with(Nav.saver) { SaverScope { true }.save(nav) }
        assertEquals(nav.stack, Nav.saver.restore(kept!!)!!.stack)
    }

    @Test
    fun `a day is taken as it is typed, or not at all`() {
        assertEquals(LocalDate.parse("2026-05-04"), dayOf(" 2026-05-04 "))
        for (wrong in listOf("", "4 May", "2026-13-01", "2026-02-30")) assertNull(dayOf(wrong), wrong)
    }
}
