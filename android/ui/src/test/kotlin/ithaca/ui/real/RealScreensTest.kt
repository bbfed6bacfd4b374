package ithaca.ui.real

import androidx.compose.ui.test.ExperimentalTestApi
import ithaca.bridge.ActionDraft
import ithaca.bridge.Answer
import ithaca.bridge.Compared
import ithaca.bridge.Form
import ithaca.bridge.GoalDraft
import ithaca.bridge.GoalStatus
import ithaca.bridge.InviteState
import ithaca.bridge.NoteEdit
import ithaca.bridge.NoteFilter
import ithaca.bridge.Pair2
import ithaca.bridge.PairState
import ithaca.bridge.SessionState
import ithaca.bridge.Stage
import ithaca.bridge.TextInput
import ithaca.bridge.TextPlace
import ithaca.bridge.TextRange
import ithaca.bridge.TestRelay
import ithaca.bridge.bothSync
import ithaca.bridge.fake.FakeProfiles
import ithaca.bridge.pair
import ithaca.bridge.timed
import ithaca.ui.EN
import ithaca.ui.Hand
import ithaca.ui.PATIENCE_MS
import ithaca.ui.hand
import ithaca.ui.onPhone
import ithaca.ui.parts.Nav
import ithaca.ui.parts.Place
import ithaca.ui.parts.Screen
import ithaca.ui.root.At
import ithaca.ui.root.Dressed
import ithaca.ui.root.RootModel
import ithaca.ui.sample.Inter
import ithaca.ui.sample.TestPlatform
import ithaca.ui.theme.Looks
import ithaca.ui.words.Language
import java.time.Clock
import java.time.LocalDate
import kotlin.test.AfterTest
import kotlin.test.BeforeTest
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.runBlocking

/** Each screen of a pair over the library: Ana's hand on her screen, Ben's phone on the other side of a relay. */
@OptIn(ExperimentalTestApi::class)
class RealScreensTest {
    private lateinit var relay: TestRelay
    private lateinit var two: Pair2
    private val ana get() = two.ana.client
    private val ben get() = two.ben.client
    private val space get() = two.space
    private val today = LocalDate.now()

    @BeforeTest
    fun begin() = timed {
        relay = TestRelay()
        two = pair(relay)
    }

    @AfterTest
    fun end() {
        two.ana.close()
        two.ben.close()
        relay.close()
    }

    private fun exchange() = timed { bothSync(two.ana, two.ben) }

    private fun screen(place: Place, act: Hand.() -> Unit) = onPhone {
        val clock = Clock.systemDefaultZone()
        val root = RootModel(FakeProfiles(ana), TestPlatform(Language.EN, clock = clock), CoroutineScope(Dispatchers.Unconfined))
        val nav = Nav(listOf(Place(Screen.PAIRS), place))
        setContent { Dressed(Language.EN, Looks(), Inter, clock) { At(nav.top, ana, nav, root, nav::back) } }
        hand.act()
    }

    private fun <T> done(deed: suspend () -> T): T = runBlocking { deed() }

    private fun Hand.until(what: suspend () -> Boolean) = ui.waitUntil("the core to have it", PATIENCE_MS) { done(what) }

    @Test
    fun pairs() = screen(Place(Screen.PAIRS)) { see("Ben") }

    @Test
    fun `pair home`() {
        done { ben.say(space, "I did the round alone."); ben.newAction(space, ActionDraft("Print the checklist", listOf(ben.state().person), today)) }
        exchange()
        screen(Place(Screen.PAIR_HOME, space)) {
            see("I did the round alone.")
            tapWords("Print the checklist")
            see(EN("pair_home.no_promise"))
        }
        exchange()
        assertEquals(1, done { ben.actions(space).done.size })
    }

    @Test
    fun `pair state`() {
        screen(Place(Screen.PAIR_STATE, space)) {
            tap("pair_state.propose", "stage" to EN("stage.cultivation"))
            tap("pair_state.compare_in_person")
            tap("pair_state.pause")
            tap("pair_state.sure")
            see(EN("pair_state.paused_now"))
        }
        exchange()
        val seen = done { ben.pairs().single() }
        assertEquals(Stage.CULTIVATION to PairState.PAUSED, seen.proposed.single().stage to seen.state)
        assertEquals(Compared.IN_PERSON, done { ana.pairs().single().compared })
    }

    @Test
    fun `what both agreed, and a file for coming back`() {
        done { ben.newWords() }
        exchange()
        screen(Place(Screen.PAIR_STATE, space)) {
            tap("clause.purpose")
            type(EN("clause.purpose"), "Safe births")
            tap("plan.one_thing")
            type(EN("plan.one_thing"), "The mask")
            until { ana.relationship(space).let { it.clauses.single().text.text == "Safe births" && it.plan.single().text.text == "The mask" } }
            tap("pair_state.rescue", "name" to "Ben")
            see("/home/ana/Ben.rescue")
        }
        exchange()
        assertEquals("Safe births" to "The mask", done { ben.relationship(space).let { it.clauses.single().text.words to it.plan.single().text.words } })
    }

    @Test
    fun `new pair`() {
        screen(Place(Screen.NEW_PAIR)) {
            tap("new_pair.show")
            see(EN("new_pair.words"))
        }
        assertEquals(1, done { ana.invites().count { it.mine && it.link != null && it.state == InviteState.OPEN } })
    }

    @Test
    fun notes() {
        done { ben.newNote(space, "Shift plan") }
        exchange()
        screen(Place(Screen.NOTES, space)) {
            see("Shift plan")
            tap("notes.new_private")
            until { ana.notes(NoteFilter(space, withPrivate = true)).lines.size == 2 }
        }
        exchange()
        assertEquals(1, done { ben.notes(NoteFilter(space, withPrivate = true)).lines.size })
    }

    @Test
    fun `note, both typing`() {
        val note = done { ana.newNote(space, "Plan") }
        exchange()
        screen(Place(Screen.NOTE, space, note.text)) {
            type(EN("note.body_name"), "Visit the ward on Tuesday. ")
            until { ana.note(space, note).body.text == "Visit the ward on Tuesday. " }
            exchange()
            done {
                val open = ben.openText(space, TextPlace.Note(note))
                val end = open.state.text!!.length
                ben.typeIn(open.session, TextInput(open.state.generation, TextRange(end, end), "Ask about nights.", TextRange(end + 17, end + 17)))
                ben.closeText(open.session)
            }
            exchange()
            see("Visit the ward on Tuesday. Ask about nights.")
            tap("common.undo")
            until { ana.note(space, note).body.text == "Ask about nights." }
        }
        exchange()
        assertEquals("Ask about nights.", done { ben.note(space, note).body.text })
    }

    @Test
    fun history() {
        val note = done { ben.newNote(space, "Plan").also { ben.editNote(space, it, listOf(NoteEdit.Tag("ward", true))) } }
        exchange()
        screen(Place(Screen.HISTORY, space, note.text)) { see(EN("history.added", "name" to "Ben", "field" to EN("field.tags"), "to" to "ward")) }
    }

    @Test
    fun goals() {
        screen(Place(Screen.GOALS, space)) {
            type(EN("pair_home.promise_new"), "Print the checklist")
            tap("common.add")
            see("Print the checklist")
        }
        exchange()
        assertEquals("Print the checklist", done { ben.actions(space).open.single().text })
    }

    @Test
    fun goal() {
        val goal = done { ben.newGoal(space, GoalDraft("Safe handover")) }
        exchange()
        screen(Place(Screen.GOAL, space, goal.text)) {
            type(EN("goal.milestone_new"), "Watch three")
            tap("common.add")
            tapWords("Watch three")
            tapWords(EN("status.achieved"))
            until { ana.goal(space, goal).let { it.done == 1 && it.status == GoalStatus.ACHIEVED } }
        }
        exchange()
        assertEquals(1 to GoalStatus.ACHIEVED, done { ben.goal(space, goal).let { it.done to it.status } })
    }

    @Test
    fun sessions() {
        done { ben.planSession(space, "First visit", today) }
        exchange()
        screen(Place(Screen.SESSIONS, space)) {
            see("First visit")
            type(EN("sessions.new_label"), "Second visit")
            tap("sessions.new")
            until { ana.sessions(space).lines.size == 2 }
        }
    }

    @Test
    fun session() {
        val session = done { ana.planSession(space, "First visit", today) }
        exchange()
        done { ben.submitForm(space, session, Form.BEFORE, listOf(Answer("worth", words = "The handover")), today) }
        exchange()
        screen(Place(Screen.SESSION, space, session.text)) {
            see("The handover")
            tapWords(EN("session.scale", "n" to 4, "word" to "").trimEnd(':', ' '))
            tap("session.keep")
            see(EN("session.filled_you"))
            tap("session.held")
            until { ana.session(space, session).line.state == SessionState.HELD }
        }
        exchange()
        assertEquals(4, done { ben.session(space, session).forms.single { !it.by.me }.answers.single().scale })
    }

    @Test
    fun messages() {
        screen(Place(Screen.MESSAGES, space)) {
            type(EN("messages.write", "name" to "Ben"), "Are you there?")
            tap("messages.say")
            see("Are you there?")
            exchange()
            see(EN("messages.other", "name" to "Ben"))
        }
        assertEquals("Are you there?", done { ben.messages(space).messages.single().text })
    }

    @Test
    fun search() {
        done { ben.say(space, "The dose is two millilitres") }
        exchange()
        screen(Place(Screen.SEARCH)) {
            type(EN("search.label"), "dose")
            see("The dose is two millilitres")
        }
    }

    @Test
    fun `cards, chosen on one phone and gone on both`() {
        val note = done { ana.newNote(space, "Plan") }
        exchange()
        done {
            ana.editNote(space, note, listOf(NoteEdit.Title("Plan for May")))
            ben.editNote(space, note, listOf(NoteEdit.Title("Shift plan")))
        }
        exchange()
        screen(Place(Screen.CARDS, space)) {
            tap("cards.keep", "value" to "Shift plan")
            see(EN("cards.empty"))
        }
        exchange()
        assertEquals(0 to "Shift plan", done { ben.cards(space).size to ben.note(space, note).title })
    }

    @Test
    fun sync() {
        done { ana.say(space, "One") }
        screen(Place(Screen.SYNC)) {
            see(EN("sync.this"))
            tap("sync.now")
            see(EN("sync.this_all"))
            val code = done { ana.status().spaces.single { it.space == space }.stateCode }
            see(EN("sync.code", "code" to code.chunked(4).joinToString(" ")))
            see(EN("sync.code_words", "words" to done { ana.status().spaces.single { it.space == space }.stateWords }))
        }
    }

    @Test
    fun visibility() = screen(Place(Screen.VISIBILITY, space)) {
        see(EN("visibility.two_readers", "names" to done { ana.visibility(space).readers.joinToString(", ") { if (it.me) EN("common.you") else it.name } }))
        see(EN("visibility.relay_sees", "relay" to relay.origin))
    }

    @Test
    fun settings() = screen(Place(Screen.SETTINGS)) {
        see(relay.origin)
        tap("settings.size", "n" to 120)
        until { ana.setting("text_size") == "120" }
    }

    @Test
    fun devices() = screen(Place(Screen.DEVICES)) {
        see(EN("devices.this"))
        tap("devices.rename")
        type(EN("devices.name"), "Phone")
        tap("common.keep")
        see("Phone")
        type(EN("devices.code"), "${relay.origin}/d#v1.half")
        tap("devices.add")
        see(EN("input.code"))
    }

    @Test
    fun `recovery words`() = screen(Place(Screen.RECOVERY_WORDS)) {
        tap("recovery_words.make")
        see(EN("recovery_words.once"))
        tap("recovery_words.written")
        see(EN("recovery_words.made"))
    }
}
