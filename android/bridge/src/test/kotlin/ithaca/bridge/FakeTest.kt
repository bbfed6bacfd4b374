package ithaca.bridge

import ithaca.bridge.fake.FakeClient
import java.time.LocalDate
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertTrue
import kotlinx.coroutines.flow.first

private val DAY: LocalDate = LocalDate.of(2031, 3, 9)

/** What screens rely on holds for the fake as for the library: each story runs over both. */
class FakeTest {
    private fun both(story: suspend (Client, SpaceId) -> Unit) {
        timed {
            val fake = FakeClient()
            story(fake, fake.addPair("Ben"))
        }
        together { (ana, _, space), _ -> story(ana.client, space) }
    }

    @Test
    fun `notes and text`() = both { c, space ->
        val note = c.newNote(space, "Plan")
        c.editNote(space, note, listOf(NoteEdit.Tag("Ward", true), NoteEdit.Date(DAY)))
        val place = TextPlace.Note(note)
        val field = Field.open(c, space, place)
        field.types(0, 0, "Hi 😀")
        field.types(0, 2, "Ho")
        assertEquals(InputSort.OFFSET, assertFailsWith<IthacaFault.BadInput> { field.types(4, 4, "x") }.sort)
        assertEquals(InputSort.OFFSET, assertFailsWith<IthacaFault.BadInput> { field.types(9, 9, "x") }.sort)
        assertEquals(TextRange(3, 5), c.widenedInput(field.session, field.input(3, 5, "")).replace)
        field.types(5, 5, "!")
        field.undoes()
        assertTrue(field.state.canRedo)
        field.types(0, field.text.length, "Ho 😀")
        field.closes()
        assertEquals("Ho 😀", c.note(space, note).body.words)
        assertEquals(note, c.notes(NoteFilter(space, tag = "ward")).lines.single().id)
        c.editNote(space, note, listOf(NoteEdit.Delete))
        assertEquals(0 to 1, c.notes(NoteFilter(space)).lines.size to c.notes(NoteFilter(space, bin = true)).lines.size)
        c.editNote(space, note, listOf(NoteEdit.Restore))
        c.deleteForGood(space, note)
        assertFailsWith<IthacaFault.NotFound> { c.note(space, note) }
    }

    @Test
    fun `goals and actions`() = both { c, space ->
        val goal = c.newGoal(space, GoalDraft("Safe handover", stretch = true, target = DAY))
        val step = c.newMilestone(space, goal, "Do one alone")
        c.editGoals(space, listOf(GoalEdit.Ticked(step, DAY)))
        assertEquals(1 to 1, c.goal(space, goal).let { it.done to it.of })
        val me = c.state().person
        val later = c.newAction(space, ActionDraft("Print checklist", listOf(me)))
        val first = c.newAction(space, ActionDraft("Say the dose", listOf(me), DAY))
        assertEquals(listOf(first, later), c.actions(space).open.map { it.id })
        c.editGoals(space, listOf(GoalEdit.Ticked(first, DAY), GoalEdit.Delete(later)))
        assertEquals(listOf(0, 1, 1), c.actions(space).let { listOf(it.open.size, it.done.size, it.bin.size) })
        c.setGoalStatus(space, goal, GoalStatus.ACHIEVED, "Done")
        assertEquals(GoalStatus.ACHIEVED, c.goals(space).single().status)
    }

    @Test
    fun `what comes up`() = both { c, space ->
        val me = c.state().person
        val promise = c.newAction(space, ActionDraft("Say the dose", listOf(me), DAY.plusDays(1)))
        c.newAction(space, ActionDraft("Some day", listOf(me)))
        val visit = c.planSession(space, "Visit", DAY)
        c.planSession(space, "Later", DAY.plusYears(1))
        val comes = c.upcoming(DAY, DAY.plusDays(14))
        assertEquals(listOf(ReminderNoun.SESSION to visit.text, ReminderNoun.PROMISE to promise.text), comes.map { it.noun to it.id })
        assertEquals("Ben" to "Say the dose", comes[0].with to comes[1].words)
        c.keepSetting("reminders.${space.text}", "off")
        assertEquals(emptyList(), c.upcoming(DAY, DAY.plusDays(14)))
    }

    @Test
    fun `reminders come an hour before a time, at eight on a day, and not again`() = timed {
        val zone = java.time.ZoneId.of("Africa/Nairobi")
        val fake = FakeClient()
        val space = fake.addPair("Ben")
        val me = listOf(fake.state().person)
        fake.newAction(space, ActionDraft("Today", me, DAY))
        fake.newAction(space, ActionDraft("Tomorrow", me, DAY.plusDays(1)))
        fake.planSession(space, "Far", DAY.plusDays(59))
        fun at(day: LocalDate, hour: Int) = day.atTime(hour, 0).atZone(zone).toInstant()
        val early = reminders(fake, at(DAY, 7), zone)
        assertEquals(listOf("Today", "Tomorrow", "Far"), early.map { it.of.words })
        assertEquals(at(DAY, 8), early[0].at)
        assertEquals(listOf("Tomorrow", "Far"), reminders(fake, at(DAY, 9), zone).map { it.of.words }, "what was due this morning was told")
    }

    @Test
    fun `sessions and the home`() = both { c, space ->
        val session = c.planSession(space, "First visit", DAY, listOf(SessionEdit.AddAgenda("Night shift")))
        val home = c.home(space, DAY)
        assertEquals(session to "Ben", home.next?.id to home.pair.other.name)
        val prompt = c.prompts(space, Form.BEFORE).first()
        assertEquals(PromptKind.SCALE, prompt.kind)
        c.submitForm(space, session, Form.BEFORE, listOf(Answer(prompt.name, scale = 2)), DAY)
        assertTrue(c.home(space, DAY).next!!.ready.single().me)
        assertFailsWith<IthacaFault.Refused> { c.submitForm(space, session, Form.HARVEST, emptyList(), DAY) }
        val heard = listOf(Answer("learned", "To wait"))
        c.submitForm(space, session, Form.HARVEST, heard, DAY, alone = true)
        c.keepMinutes(space, session, "Tense", alone = true)
        assertFailsWith<IthacaFault.Refused> { c.keepMinutes(space, session, " ", alone = true) }
        assertEquals(listOf(false, true), c.session(space, session).forms.map { it.alone })
        c.submitForm(space, session, Form.HARVEST, heard, DAY)
        c.keepMinutes(space, session, "Tense")
        assertTrue(c.session(space, session).let { s -> s.forms.size == 2 && s.forms.none { it.alone } && s.minutes.single().alone.not() })
        c.setSessionState(space, session, SessionState.HELD)
        assertEquals(SessionState.HELD, c.session(space, session).line.state)
        c.editSession(space, session, listOf(SessionEdit.Delete))
        assertEquals(0 to 1, c.sessions(space).let { it.lines.size to it.bin.size })
        c.editSession(space, session, listOf(SessionEdit.Restore))
        assertEquals(1 to 0, c.sessions(space).let { it.lines.size to it.bin.size })
    }

    @Test
    fun `messages and changes`() = both { c, space ->
        assertEquals(Change.Everything, c.changes.first().first())
        val all = List(7) { c.say(space, "Message $it") }
        val last = c.messages(space, limit = 5)
        assertEquals(all.takeLast(5), last.messages.map { it.id })
        assertEquals(all.take(2), c.messages(space, last.before, 5).messages.map { it.id })
        c.react(space, all[0], "👍", true)
        c.reword(space, all[1], "Other words")
        c.withdrawMessage(space, all[2])
        val seen = c.messages(space, limit = 50).messages
        assertTrue(seen[0].reactions.single().people.single().me && seen[1].text == "Other words" && seen[2].text == null)
        assertFailsWith<IthacaFault.BadInput> { c.say(space, " ") }
        assertEquals(FoundNoun.MESSAGE, c.search("other words", space).single().noun)
        c.keepSetting("theme", "dark")
        assertEquals("dark", c.setting("theme"))
        c.keepDraft("say.1", "half a")
        assertEquals(listOf("half a", ""), listOf(c.draft("say.1"), c.draft("say.2")))
        c.tellDraft("say.1")
        c.leavePair(space)
        assertFailsWith<IthacaFault.ReadOnly> { c.say(space, "x") }
        c.suspendEngine()
        assertFailsWith<IthacaFault.Suspended> { c.pairs() }
        c.resumeEngine()
        c.shutDown()
        assertFailsWith<IthacaFault.Closed> { c.pairs() }
    }

    @Test
    fun `the fake's other writes while one types`() = timed {
        val fake = FakeClient()
        val space = fake.addPair("Ben")
        val place = TextPlace.Note(fake.newNote(space, "Plan"))
        val field = Field.open(fake, space, place)
        field.types(0, 0, "on Monday")
        fake.otherTypes(space, place, 0, "First: ")
        field.types(3, 9, "Tuesday")
        assertEquals("First: on Tuesday", field.text)
        assertEquals("Ben" to TextRange(0, 7), field.state.fresh.single().let { it.by.name to it.range })
        assertEquals(TextRange(17, 17), field.state.selection)
    }

    @Test
    fun `a fault that a test puts in comes once`() = timed {
        val fake = FakeClient()
        fake.fail = IthacaFault.StorageFull()
        assertFailsWith<IthacaFault.StorageFull> { fake.pairs() }
        assertEquals(emptyList(), fake.pairs())
    }
}
