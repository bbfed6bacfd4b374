package ithaca.ui.flows

import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.hasContentDescription
import ithaca.bridge.Compared
import ithaca.bridge.IthacaFault
import ithaca.bridge.NoteFilter
import ithaca.bridge.PairState
import ithaca.bridge.Stage
import ithaca.bridge.fake.FakeClient
import ithaca.bridge.fake.FakeProfiles
import ithaca.ui.EN
import ithaca.ui.Hand
import ithaca.ui.PATIENCE_MS
import ithaca.ui.hand
import ithaca.ui.onPhone
import ithaca.ui.root.IthacaApp
import ithaca.ui.root.RootModel
import ithaca.ui.sample.NOW
import ithaca.ui.sample.TestPlatform
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertTrue
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.runBlocking

/** What two people do, by taps, over the fake. */
@OptIn(ExperimentalTestApi::class)
class PairFlowsTest {
    private val fake = FakeClient("Ana") { NOW }
    private val platform = TestPlatform()

    private fun withBen(act: Hand.() -> Unit) {
        fake.addPair("Ben")
        app(act)
    }

    private fun app(act: Hand.() -> Unit) = onPhone {
        val root = RootModel(FakeProfiles(fake), platform, CoroutineScope(Dispatchers.Unconfined))
        setContent { IthacaApp(root) }
        hand.act()
    }

    private val space get() = runBlocking { fake.pairs().single().space }

    @Test
    fun `inviting, comparing, approving`() = app {
        tap("pairs.new")
        type(EN("new_pair.relay_address"), "relay.example")
        tap("new_pair.keep_relay")
        see(EN("input.address"))
        retype(EN("new_pair.relay_address"), "https://relay.example")
        tap("new_pair.keep_relay")
        tap("new_pair.show")
        find(hasContentDescription(EN("new_pair.code")))
        runBlocking { fake.answer(fake.invites().single().id, "Ben") }
        tap("new_pair.approve", "name" to "Ben")
        see(EN("pair_home.no_promise"))
    }

    @Test
    fun `answering an invitation, and one that is cut short`() = app {
        tap("pairs.new")
        tap("new_pair.answer")
        type(EN("new_pair.paste"), "https://relay.example/i#half")
        tap("new_pair.join")
        see(EN("input.link"))
        retype(EN("new_pair.paste"), "https://relay.example/i#v1.whole")
        tap("new_pair.join")
        see(EN("new_pair.joined"))
    }

    @Test
    fun `a promise by one tap, ticked by another`() = withBen {
        tapWords("Ben")
        tapWords(EN("common.example", "words" to EN("pair_home.promise_example")))
        tapWords(EN("pair_home.promise_example"))
        see(EN("pair_home.no_promise"))
        assertEquals(1, runBlocking { fake.actions(space).done.size })
    }

    @Test
    fun `what was read is told by who says so, and a pair moves in two steps`() = withBen {
        val said = fake.addMessage(space, "Hi")
        tapWords("Ben")
        tap("pair_home.messages")
        see("Hi")
        assertTrue(fake.readTo.isEmpty())
        tap("common.back")
        tap("pair_home.about")
        tap("pair_state.receipts_tell", "name" to "Ben")
        see(EN("pair_state.receipts_on", "name" to "Ben"))
        type(EN("pair_state.relay"), "relay.example")
        tap("pair_state.keep_too")
        see(EN("input.address"))
        for (relay in listOf("https://old.example", "https://new.example")) {
            retype(EN("pair_state.relay"), relay)
            tap("pair_state.keep_too")
            see(relay)
        }
        fake.fail = IthacaFault.Refused("not every device")
        tap("pair_state.keep_no_longer", "relay" to "https://old.example")
        see(EN("pair_state.keep_needed", "relay" to "https://old.example"))
        tap("pair_state.keep_no_longer", "relay" to "https://old.example")
        assertEquals(listOf("https://new.example"), runBlocking { fake.pairs().single().relays })
        tap("common.back")
        tap("pair_home.messages")
        see("Hi")
        assertEquals(said, fake.readTo[space])
    }

    @Test
    fun `notes, tags, bin and back`() = withBen {
        tapWords("Ben")
        tap("pair_home.notes")
        tap("notes.new")
        type(EN("note.body_name"), "We met at eight.")
        type(EN("note.title"), "Plan")
        tapWords(EN("common.more"))
        type(EN("note.tag_new"), "ward")
        tap("common.add")
        tap("common.delete")
        see(EN("note.binned"))
        tap("common.restore")
        gone(EN("note.binned"))
        val note = runBlocking { fake.note(space, fake.notes(NoteFilter(space)).lines.single().id) }
        assertEquals(Triple("We met at eight.", "Plan", listOf("ward")), Triple(note.body.text, note.title, note.tags))
    }

    @Test
    fun `a goal with steps, status and a promise`() = withBen {
        tapWords("Ben")
        tap("pair_home.goals")
        tapWords(EN("common.example", "words" to EN("goals.empty_example")))
        tapWords(EN("common.example", "words" to EN("goal.milestone_example")))
        tap("common.add")
        tapWords(EN("goal.milestone_example"))
        tapWords(EN("status.achieved"))
        type(EN("goal.promise_new"), "Ask the night team")
        tap("common.add")
        see("Ask the night team")
        val goal = runBlocking { fake.goals(space).single() }
        assertEquals(1, goal.done)
        assertEquals("achieved", goal.status.name.lowercase())
    }

    @Test
    fun `answers kept for oneself stay so until they are shared`() = withBen {
        tapWords("Ben")
        tap("pair_home.plan")
        tapWords(EN("session.scale", "n" to 2, "word" to "").trimEnd(':', ' '))
        tap("session.alone")
        see(EN("session.alone_about"))
        // Half answered and left: it is still for oneself.
        tap("common.back")
        tapWords(EN("pair_home.next"))
        see(EN("session.alone_about"))
        tap("session.keep")
        see(EN("session.filled_alone"))
        tap("session.before")
        fun form() = runBlocking { fake.session(space, fake.sessions(space).lines.single().id).forms.single() }
        assertTrue(form().alone)
        tap("session.change")
        see(EN("session.alone_about"))
        tap("session.keep")
        tapWords(EN("session.share", "name" to "Ben"))
        see(EN("session.filled_you"))
        assertFalse(form().alone)
        tap("session.change")
        tap("session.alone")
        see(EN("session.alone_told", "name" to "Ben"))
    }

    @Test
    fun `a session from before to harvest`() = withBen {
        tapWords("Ben")
        tap("pair_home.plan")
        tap("session.keep")
        see(EN("session.nothing_answered"))
        tapWords(EN("session.scale", "n" to 2, "word" to "").trimEnd(':', ' '))
        tap("session.keep")
        see(EN("session.filled_you"))
        tapWords(EN("common.example", "words" to EN("session.agenda_example")))
        tap("common.add")
        tap("session.held")
        see(EN("prompt.relevant"))
        val session = runBlocking { fake.session(space, fake.sessions(space).lines.single().id) }
        assertEquals("held", session.line.state.name.lowercase())
        assertEquals(2, session.forms.single().answers.single().scale)
        assertEquals(1, session.agenda.size)
    }

    @Test
    fun `messages are said, answered, changed and withdrawn`() = withBen {
        tapWords("Ben")
        tap("pair_home.messages")
        type(EN("messages.write", "name" to "Ben"), "Are you there?")
        tap("messages.say")
        see("Are you there?")
        tapWords("Are you there?")
        tap("messages.withdraw")
        see(EN("messages.withdraw_about"))
        tap("messages.withdraw")
        see(EN("messages.withdrawn"))
    }

    @Test
    fun `stages need both, and ending asks twice`() = withBen {
        tapWords("Ben")
        tap("pair_home.about")
        tap("pair_state.propose", "stage" to EN("stage.cultivation"))
        assertEquals(Stage.CULTIVATION, runBlocking { fake.pairs().single().proposed.single().stage })
        tap("pair_state.compare_in_person")
        tap("pair_state.pause")
        type(EN("common.reason"), "Exams")
        tap("pair_state.sure")
        see(EN("pair_state.paused_now"))
        tap("pair_state.leave")
        see(EN("pair_state.leave_about", "name" to "Ben"))
        tap("common.cancel")
        assertEquals(PairState.PAUSED to Compared.IN_PERSON, runBlocking { fake.pairs().single().let { it.state to it.compared } })
    }

    @Test
    fun `text size, theme, language, export`() = withBen {
        tap("nav.settings")
        tap("settings.size", "n" to 150)
        tap("settings.theme_dark")
        tap("settings.export_markdown")
        see("/home/ana/Ben.md")
        tapWords("Español")
        see("Ajustes")
        assertEquals(listOf("150", "dark", "es"), runBlocking { listOf("text_size", "theme", "language").map { fake.setting(it) } })
        assertTrue(platform.files.single().first == "Ben.md")
    }

    @Test
    fun `what was typed and not given away is there again`() = withBen {
        val label = EN("messages.write", "name" to "Ben")
        tapWords("Ben")
        tap("pair_home.messages")
        type(label, "Half a thou")
        tap("common.back")
        see(EN("pair_home.plan"))
        ui.waitUntil("one's other devices to have it", PATIENCE_MS) { fake.draftsTold["say.${space.text}"] == "Half a thou" }
        tap("pair_home.messages")
        see("Half a thou")
        tap("common.back")
        tap("pair_home.plan")
        tapWords(EN("session.scale", "n" to 3, "word" to "").trimEnd(':', ' '))
        tap("common.back")
        tapWords(EN("pair_home.next"))
        tap("session.keep")
        see(EN("session.filled_you"))
        assertEquals(3, runBlocking { fake.session(space, fake.sessions(space).lines.single().id).forms.single().answers.single().scale })
    }

    @Test
    fun `a file that is none is said so, and nobody chose is nothing`() = withBen {
        tap("nav.settings")
        tap("settings.import")
        platform.chosen = "/home/ana/holiday.png"
        tap("settings.import")
        see(EN("input.file"))
    }

    @Test
    fun `without room the words stay in the field`() = withBen {
        tapWords("Ben")
        tap("pair_home.messages")
        type(EN("messages.write", "name" to "Ben"), "A long thought")
        fake.fail = IthacaFault.StorageFull()
        tap("messages.say")
        see(EN("fault.storage_full"))
        see("A long thought")
        tap("messages.say")
        assertEquals("A long thought", runBlocking { fake.messages(space).messages.single().text })
    }

    @Test
    fun `what is searched is found and opened`() = withBen {
        runBlocking { fake.say(space, "the checklist is printed") }
        tap("nav.search")
        tapWords(EN("common.example", "words" to EN("search.empty_example")))
        tapWords("the checklist is printed")
        see(EN("messages.write", "name" to "Ben"))
    }
}
