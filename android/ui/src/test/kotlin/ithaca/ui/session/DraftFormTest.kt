package ithaca.ui.session

import ithaca.bridge.Answer
import ithaca.bridge.Form
import kotlin.test.Test
import kotlin.test.assertEquals

class DraftFormTest {
    @Test
    fun `answers that were begun come back as they were`() {
        val answers = mapOf(
            Form.BEFORE to mapOf("arriving" to Answer("arriving", scale = 2), "worth" to Answer("worth", words = "The \"handover\"\n{and} more")),
            Form.HARVEST to mapOf("helped" to Answer("helped", words = "calm, sleep", chosen = listOf("calm", "sleep"))),
        )
        val begun = Begun(answers, setOf(Form.HARVEST))
        assertEquals(begun, begunOf(written(begun)))
        assertEquals("", written(Begun(mapOf(Form.AFTER to emptyMap()), setOf(Form.AFTER))))
        val minutes = Begun(answers, setOf(Form.BEFORE), "Both were late", minutesAlone = true)
        assertEquals(minutes, begunOf(written(minutes)))
        assertEquals(Begun(minutes = "x"), begunOf(written(Begun(minutes = "x"))))
    }

    @Test
    fun `what another version wrote is no answer and no crash`() {
        for (text in listOf("", "{", "[]", "{\"NEWER\":{}}", "{\"BEFORE\":{\"worth\":\"plain\"}}", "{\"alone\":[\"NEWER\"]}", "{\"minutes\":7}")) {
            assertEquals(Begun(), begunOf(text), text)
        }
    }
}
