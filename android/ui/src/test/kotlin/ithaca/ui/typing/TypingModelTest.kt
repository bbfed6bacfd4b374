package ithaca.ui.typing

import androidx.compose.ui.text.TextRange
import androidx.compose.ui.text.input.TextFieldValue
import ithaca.bridge.IthacaFault
import ithaca.bridge.NoteId
import ithaca.bridge.SpaceId
import ithaca.bridge.TextPlace
import ithaca.bridge.fake.FakeClient
import ithaca.ui.PATIENCE_MS
import ithaca.ui.sample.NOW
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertTrue
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import kotlinx.coroutines.yield

class TypingModelTest {
    private class Desk(val fake: FakeClient, val space: SpaceId, val note: NoteId, val model: TypingModel) {
        val place = TextPlace.Note(note)

        fun type(text: String, caret: Int = text.length) = model.changed(TextFieldValue(text, TextRange(caret)))

        suspend fun until(what: suspend () -> Boolean) = withTimeout(PATIENCE_MS) { while (!what()) yield() }

        suspend fun kept() = fake.note(space, note).body.text
    }

    private fun atDesk(act: suspend Desk.() -> Unit) = runBlocking {
        val fake = FakeClient("Ana") { NOW }
        val space = fake.addPair("Ben")
        val note = fake.newNote(space, "Plan")
        val job = Job()
        val desk = Desk(fake, space, note, TypingModel(fake, space, TextPlace.Note(note), CoroutineScope(Dispatchers.Unconfined + job)))
        desk.until { desk.model.opened }
        desk.act()
        job.cancelAndJoin()
    }

    @Test
    fun `what is typed is kept, letter by letter`() = atDesk {
        for (text in listOf("V", "Vi", "Visit", "Visit Mondy", "Visit Monday")) {
            type(text)
            until { kept() == text }
        }
    }

    @Test
    fun `the other's words come in around the caret, tinted and named`() = atDesk {
        type("the ward", caret = 3)
        until { kept() == "the ward" }
        fake.otherTypes(space, place, 0, "Visit ")
        until { model.field.text == "Visit the ward" }
        assertEquals(TextRange(9), model.field.selection)
        assertEquals("Ben", model.fresh.single().by.name)
        assertEquals(0 to 6, model.fresh.single().range.let { it.start to it.end })
    }

    @Test
    fun `undo and redo go through the core`() = atDesk {
        type("one")
        until { kept() == "one" }
        type("one two")
        until { kept() == "one two" && model.canUndo }
        model.undo()
        until { model.field.text == "one" && kept() == "one" && model.canRedo }
        model.redo()
        until { model.field.text == "one two" && kept() == "one two" }
    }

    @Test
    fun `without room nothing typed is lost, and it goes on`() = atDesk {
        fake.fail = IthacaFault.StorageFull()
        type("all I wrote")
        until { model.fault.value is IthacaFault.StorageFull }
        assertEquals("all I wrote", model.field.text)
        model.again()
        until { kept() == "all I wrote" }
    }

    @Test
    fun `a text that was closed under it is opened anew`() = atDesk {
        type("before")
        until { kept() == "before" }
        fake.closeText(fake.openText(space, place).session)
        type("before and after")
        until { kept() == "before and after" }
    }

    @Test
    fun `in a pair that was left the text can be read only`() = runBlocking {
        val fake = FakeClient("Ana") { NOW }
        val space = fake.addPair("Ben")
        val note = fake.newNote(space, "Plan")
        fake.leavePair(space)
        val job = Job()
        val model = TypingModel(fake, space, TextPlace.Note(note), CoroutineScope(Dispatchers.Unconfined + job))
        withTimeout(PATIENCE_MS) { while (!model.opened) yield() }
        assertTrue(model.readOnly)
        job.cancelAndJoin()
    }
}
