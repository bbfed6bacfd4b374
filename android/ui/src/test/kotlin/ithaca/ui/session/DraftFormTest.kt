package ithaca.ui.session

import ithaca.bridge.Answer
import ithaca.bridge.Form
import kotlin.test.Test
import kotlin.test.assertEquals

class DraftFormTest {
    @Test
    fun `answers that were begun come back as they were`() {
        val begun = mapOf(
            Form.BEFORE to mapOf("arriving" to Answer("arriving", scale = 2), "worth" to Answer("worth", words = "The \"handover\"\n{and} more")),
            Form.HARVEST to mapOf("helped" to Answer("helped", words = "calm, sleep", chosen = listOf("calm", "sleep"))),
        )
        assertEquals(begun, answersOf(written(begun)))
        assertEquals("", written(mapOf(Form.AFTER to emptyMap())))
    }

    @Test
    fun `what another version wrote is no answer and no crash`() {
        for (text in listOf("", "{", "[]", "{\"NEWER\":{}}", "{\"BEFORE\":{\"worth\":\"plain\"}}")) assertEquals(emptyMap(), answersOf(text), text)
    }
}
