package ithaca.ui.flows

import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.hasContentDescription
import androidx.compose.ui.test.hasText
import androidx.compose.ui.test.onNodeWithTag
import androidx.compose.ui.test.performTextInput
import ithaca.bridge.Client
import ithaca.bridge.TextInput
import ithaca.bridge.TextSessionId
import ithaca.bridge.TextState
import ithaca.bridge.fake.FakeClient
import ithaca.bridge.fake.FakeProfiles
import ithaca.ui.EN
import ithaca.ui.hand
import ithaca.ui.onPhone
import ithaca.ui.parts.Nav
import ithaca.ui.parts.Place
import ithaca.ui.parts.Screen
import ithaca.ui.root.At
import ithaca.ui.root.Dressed
import ithaca.ui.root.RootModel
import ithaca.ui.sample.CLOCK
import ithaca.ui.sample.Inter
import ithaca.ui.sample.NOW
import ithaca.ui.sample.TestPlatform
import ithaca.ui.theme.Looks
import ithaca.ui.words.Language
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.runBlocking

/** Nothing moves under the hand of who types. */
@OptIn(ExperimentalTestApi::class)
class StillTest {
    private val fake = FakeClient("Ana") { NOW }

    /** What was typed is not a part of the note until it settles. */
    private var settles = false
    private val slow = object : Client by fake {
        override suspend fun typeIn(session: TextSessionId, input: TextInput): TextState = fake.typeIn(session, input).copy(unsaved = true)
        override suspend fun refreshText(session: TextSessionId, seen: ULong): TextState = fake.refreshText(session, seen).copy(unsaved = !settles)
    }

    @Test
    fun `a note stays where it is while what was typed is kept`() {
        val space = fake.addPair("Ben")
        val note = runBlocking { fake.newNote(space, "Plan").also { id -> fake.otherTypes(space, ithaca.bridge.TextPlace.Note(id), 0, "We met.") } }
        onPhone {
            val root = RootModel(FakeProfiles(slow), TestPlatform(), CoroutineScope(Dispatchers.Unconfined))
            setContent { Dressed(Language.EN, Looks(), Inter, CLOCK) { At(Place(Screen.NOTE, space, note.text), slow, Nav(), root, back = {}) } }
            val below = hasText(EN("common.more"))
            hand.find(hasText("We met."))
            hand.find(below)
            fun place() = onNode(below).fetchSemanticsNode().boundsInRoot
            val before = place()
            onNodeWithTag("live").performTextInput("x")
            hand.find(hasText(EN("note.unsaved")))
            assertEquals(before, place())
            settles = true
            hand.gone(EN("note.unsaved"))
            assertEquals(before, place())
            hand.find(hasContentDescription(EN("note.body_name")))
        }
    }
}
