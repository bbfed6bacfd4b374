package ithaca.bridge

import java.io.File
import java.time.Instant
import java.time.LocalDate
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlin.test.assertTrue

private val TODAY: LocalDate = LocalDate.of(2031, 3, 9)

/** Every noun once through the library. */
class NounsTest {
    @Test
    fun `notes, tags, pages, bin, history`() = together { (ana, _, space), _ ->
        val c = ana.client
        repeat(25) { c.newNote(space, "Note $it") }
        val first = c.notes(NoteFilter(space), 0, 10)
        val last = c.notes(NoteFilter(space), 20, 10)
        assertEquals(listOf("Note 24", "Note 0"), listOf(first.lines.first().title, last.lines.last().title))
        assertTrue(first.more && !last.more)
        c.newPrivateNote(space, "Only mine")
        assertTrue(c.notes(NoteFilter(space, withPrivate = true), limit = 1).lines.single().private)
        val note = first.lines.first().id
        c.editNote(space, note, listOf(NoteEdit.Tag("Ward", true), NoteEdit.Date(TODAY), NoteEdit.Place("Site 3"), NoteEdit.Title("Plan")))
        val seen = c.note(space, note)
        assertEquals(Triple("Plan", listOf("Ward"), TODAY), Triple(seen.title, seen.tags, seen.date))
        assertTrue(seen.at != Where.OTHER, "what nobody fetched is on no other phone")
        assertEquals(note, c.notes(NoteFilter(tag = "ward")).lines.single().id)
        assertTrue(c.history(space, note.text).any { it.deed == HistoryDeed.REPLACED && it.to == "Plan" && it.by?.me == true })
        c.editNote(space, note, listOf(NoteEdit.Delete))
        assertEquals(note, c.notes(NoteFilter(space, bin = true)).lines.single().id)
        c.editNote(space, note, listOf(NoteEdit.Restore))
        assertEquals("Ben", c.notHolding(space, note).single().name)
        c.deleteForGood(space, note)
        assertFailsWith<IthacaFault.NotFound> { c.note(space, note) }
    }

    @Test
    fun `two type in one text, and undo takes back one's own alone`() = together { (ana, ben, space), _ ->
        val note = ana.client.newNote(space, "Plan")
        val place = TextPlace.Note(note)
        Field.open(ana.client, space, place).run { types(0, 0, "😀 on Monday."); closes() }
        bothSync(ana, ben)
        val hers = Field.open(ana.client, space, place)
        assertEquals(InputSort.OFFSET, assertFailsWith<IthacaFault.BadInput> { hers.types(1, 1, "x") }.sort)
        assertFailsWith<IthacaFault.BadInput> { hers.types(-1, 0, "x") }
        hers.types(2, 2, "e\u0301")
        val whole = ana.client.widenedInput(hers.session, hers.input(3, 4, ""))
        assertEquals(TextRange(2, 4) to "e", whole.replace to whole.text)
        hers.types(2, 4, "")
        Field.open(ben.client, space, place).run { types(0, 0, "First: "); closes() }
        bothSync(ana, ben)
        hers.types(6, 12, "Tuesday")
        assertEquals("First: 😀 on Tuesday.", hers.text)
        assertEquals("Ben" to TextRange(0, 7), hers.state.fresh.single().let { it.by.name to it.range })
        hers.undoes()
        assertEquals("First: 😀 on Monday.", hers.text)
        hers.closes()
        bothSync(ana, ben)
        for ((who, word) in listOf(ana to "Tuesday", ben to "Friday")) Field.open(who.client, space, place).run { types(13, 19, word); closes() }
        bothSync(ana, ben)
        val body = ben.client.note(space, note).body
        val wordings = body.choices.single()
        wordings.forEach { assertEquals(it.words, body.text.substring(it.range)) }
        val tuesday = wordings.single { it.words == "Tuesday" }
        assertEquals("Ana", tuesday.by.single().name)
        ben.client.chooseWords(space, place, tuesday.run)
        bothSync(ana, ben)
        assertEquals("First: 😀 on Tuesday.", ana.client.note(space, note).body.words)
    }

    @Test
    fun `a session whose engine went away loses nothing`() = together { (ana, _, space), _ ->
        val place = TextPlace.Note(ana.client.newNote(space, "Plan"))
        val field = Field.open(ana.client, space, place)
        field.types(0, 0, "Not lost")
        ana.client.suspendEngine()
        ana.client.resumeEngine()
        assertFailsWith<IthacaFault.NotFound> { field.types(8, 8, "x") }
        ana.client.closeText(field.session)
        assertEquals("Not lost", Field.open(ana.client, space, place).text)
    }

    @Test
    fun `goals, milestones, actions and you two differ`() = together { (ana, ben, space), _ ->
        val c = ana.client
        val goal = c.newGoal(space, GoalDraft("Safe handover", why = "Nothing gets lost.", stretch = true, target = TODAY))
        val step = c.newMilestone(space, goal, "Do one alone")
        c.newMilestone(space, goal, "Teach one")
        val me = c.state().person
        c.newAction(space, ActionDraft("Print checklist", listOf(me)))
        val twin = c.newAction(space, ActionDraft("print checklist", listOf(me), TODAY))
        c.editGoals(space, listOf(GoalEdit.Ticked(step, TODAY), GoalEdit.Review(goal, TODAY.plusDays(7))))
        val seen = c.goal(space, goal)
        assertEquals(listOf(1, 2), listOf(seen.done, seen.of))
        assertEquals(TODAY.plusDays(7), seen.review)
        assertEquals(twin, c.actions(space).open.first().id)
        assertEquals(1, c.actions(space).sameThing.size)
        c.editGoals(space, listOf(GoalEdit.Delete(twin)))
        assertEquals(twin, c.actions(space).bin.single().id)
        bothSync(ana, ben)
        c.setGoalStatus(space, goal, GoalStatus.ACHIEVED, "Three nights alone")
        ben.client.setGoalStatus(space, goal, GoalStatus.PAUSED, "Exams")
        bothSync(ana, ben)
        val card = c.cards(space).single()
        assertEquals(CardNoun.GOAL to "active", card.noun to card.meanwhile)
        c.keepValue(card, card.values.indexOfFirst { it.by?.me == true })
        assertFailsWith<IthacaFault.NotFound> { c.keepValue(card, 0) }
        bothSync(ana, ben)
        assertEquals(GoalStatus.ACHIEVED, ben.client.goals(space).single().status)
    }

    @Test
    fun `a session before, during, after, and the home in one call`() = together { (ana, ben, space), _ ->
        val c = ana.client
        c.editPair(space, listOf(PairEdit.Kind("apprenticeship"), PairEdit.Role("resuscitation", c.state().person), PairEdit.MyZone("Africa/Nairobi")))
        val at = Instant.ofEpochMilli(1_930_000_000_000)
        val session = c.planSession(
            space, "First visit", TODAY, listOf(SessionEdit.AddAgenda("Night shift"), SessionEdit.AddAgenda("Bag and mask"), SessionEdit.Propose(at, "Africa/Nairobi")),
        )
        bothSync(ana, ben)
        val proposal = ben.client.session(space, session).proposals.single()
        ben.client.editSession(space, session, listOf(SessionEdit.AcceptTime(proposal.id, true)))
        assertEquals(Prompt("arriving", PromptKind.SCALE), ben.client.prompts(space, Form.BEFORE).first())
        val action = ben.client.newAction(space, ActionDraft("Print checklist", listOf(ben.client.state().person)))
        assertFailsWith<IthacaFault.BadInput> { ben.client.submitForm(space, session, Form.BEFORE, listOf(Answer("arriving", scale = 300)), TODAY) }
        ben.client.submitForm(
            space, session, Form.BEFORE, listOf(Answer("arriving", scale = 2), Answer("worth", "handover"), Answer("tried", chosen = listOf(action.text))), TODAY,
        )
        bothSync(ana, ben)
        val home = c.home(space, TODAY)
        assertEquals(at, home.next?.agreed)
        assertEquals(listOf("Ben"), home.next?.ready?.map { it.name })
        assertTrue(home.mentor && home.promised.isEmpty())
        val point = c.session(space, session).agenda.first()
        c.editSession(space, point.document, listOf(SessionEdit.TickAgenda(point.id, TODAY), SessionEdit.Technique("showing", true)))
        c.submitForm(space, session, Form.AFTER, listOf(Answer("techniques", chosen = listOf("harvesting"))), TODAY)
        c.submitForm(space, session, Form.HARVEST, listOf(Answer("learned", "Say the dose aloud"), Answer("useful", scale = 5)), TODAY)
        assertFailsWith<IthacaFault.Refused> { c.submitForm(space, session, Form.HARVEST, listOf(Answer("learned", " ")), TODAY) }
        c.keepMinutes(space, session, "Minutes")
        ben.client.submitForm(space, session, Form.AFTER, listOf(Answer("heard", scale = 2)), TODAY, alone = true)
        ben.client.keepMinutes(space, session, "It was tense", alone = true)
        bothSync(ana, ben)
        val mine = ben.client.session(space, session)
        assertEquals(listOf(Form.AFTER) to listOf("It was tense"), mine.forms.filter { it.alone }.map { it.form } to mine.minutes.filter { it.alone }.map { it.text })
        c.setSessionState(space, session, SessionState.HELD)
        val held = c.session(space, session)
        assertEquals(listOf(3, 1, 2), listOf(held.forms.size, held.minutes.size, held.techniques.size))
        val second = c.planSession(space, "Second", TODAY.plusDays(14))
        assertEquals(session, c.session(space, second).agenda.single().carriedFrom)
        val twin = c.planSession(space, "Visit", TODAY.plusDays(14))
        assertEquals(1, c.sessions(space).sameMeeting.size)
        c.sameMeeting(space, second, twin, true)
        assertEquals(2, c.session(space, twin).documents.size)
        assertEquals(1, c.insights(space).nSessions)
        assertTrue(c.relationship(space).roles.single().mentor.me)
    }

    @Test
    fun `messages, reactions, taking back, search`() = together { (ana, ben, space), _ ->
        val c = ana.client
        val all = List(12) { c.say(space, "Message $it") }
        val last = c.messages(space, limit = 5)
        val before = c.messages(space, last.before, 5)
        assertEquals(listOf("Message 11", "Message 2"), listOf(last.messages.last().text, before.messages.first().text))
        assertNull(c.messages(space, before.before, 5).before)
        bothSync(ana, ben)
        ben.client.react(space, all[0], "👍", true)
        ben.client.say(space, "Good.", all[1])
        c.reword(space, all[2], "Reworded")
        c.withdrawMessage(space, all[3])
        bothSync(ana, ben)
        val seen = c.messages(space, limit = 100).messages
        assertEquals("Ben", seen[0].reactions.single().people.single().name)
        assertNotNull(seen[2].editedAt)
        assertTrue(seen[3].text == null && seen[3].mayHaveBeenRead)
        assertEquals(all[1], seen.last().reply)
        assertEquals(Where.OTHER, seen[5].at)
        // What was read is told by whoever says so.
        ben.client.readTo(space, all[5])
        ben.client.tellWhatIsRead(space, true)
        ben.client.readTo(space, all[4])
        bothSync(ana, ben)
        val told = c.messages(space, limit = 100).messages
        assertEquals(listOf(true, false), listOf(4, 5).map { told[it].readBy.any { who -> who.name == "Ben" } })
        assertEquals(listOf(false, true), listOf(c, ben.client).map { it.pairs().single().receipts })
        // The relay stays until another is known to every device.
        val kept = c.pairs().single().relays
        assertFailsWith<IthacaFault.Refused> { c.keepAt(space, emptyList()) }
        assertFailsWith<IthacaFault.BadInput> { c.keepAt(space, kept + "nowhere") }
        c.keepAt(space, kept + "http://127.0.0.1:9")
        assertEquals(2, c.pairs().single().relays.size)
        assertFailsWith<IthacaFault.Refused> { c.keepAt(space, listOf("http://127.0.0.1:9")) }
        assertEquals(all[2].text, c.search("reword", space).single().id)
        assertFailsWith<IthacaFault.BadInput> { c.say(space, " ") }
        assertFailsWith<IthacaFault.Refused> { c.say(space, "x".repeat(70_000)) }
    }

    @Test
    fun `what is no id is named, and nothing of the call is done`() = together { (ana, _, space), _ ->
        val c = ana.client
        val goal = c.newGoal(space, GoalDraft("Safe handover"))
        assertEquals(InputSort.ID, assertFailsWith<IthacaFault.BadInput> { c.home(SpaceId("zz"), TODAY) }.sort)
        val edits = listOf(GoalEdit.Stretch(goal, true), GoalEdit.Delete(ItemId("not an id")))
        assertEquals(InputSort.ID, assertFailsWith<IthacaFault.BadInput> { c.editGoals(space, edits) }.sort)
        assertEquals(false, c.goal(space, goal).stretch)
        assertFailsWith<IthacaFault.NotFound> { c.goal(space, GoalId("00".repeat(16))) }
    }

    @Test
    fun `settings, export, import, notices, what others see`() = together { (ana, ben, space), relay ->
        val c = ana.client
        assertNull(c.setting("theme"))
        c.keepSetting("theme", "dark")
        assertEquals("", c.draft("say.1"))
        c.keepDraft("say.1", "half a word")
        c.suspendEngine()
        c.resumeEngine()
        assertEquals("dark", c.setting("theme"))
        assertEquals("half a word", c.draft("say.1"))
        c.tellDraft("say.1")
        bothSync(ana, ben)
        assertEquals(listOf("half a word", ""), listOf(c.draft("say.1"), ben.client.draft("say.1")))
        assertFailsWith<IthacaFault.Refused> { c.keepDraft("", "x") }
        c.newNote(space, "Plan")
        c.newPrivateNote(space, "zebra-47")
        bothSync(ana, ben)
        val seen = c.visibility(space)
        assertEquals(listOf(1, 1, 2), listOf(seen.privateNotes, seen.shared, seen.readers.size))
        assertEquals(listOf(relay.origin), seen.relays)
        val json = c.exportSpace(space, ExportForm.JSON)
        assertTrue("zebra-47" !in json && "Plan" in c.exportSpace(space, ExportForm.MARKDOWN))
        val file = File.createTempFile("export", ".json").apply { writeText(json) }
        Phone.named("Dee").use { dee ->
            val copy = dee.client.importFile(file.path)
            assertTrue(copy.savedCopy && copy.sameCode)
            assertFailsWith<IthacaFault.ReadOnly> { dee.client.newNote(copy.space, "x") }
            assertFailsWith<IthacaFault.BadInput> { dee.client.importFile("/nowhere") }
        }
        file.delete()
        c.notices().forEach { c.dismiss(it.no) }
        assertEquals(emptyList(), c.notices())
        assertTrue(c.doctor().any { it.good })
        val status = c.status()
        assertTrue(status.spaces.first().private && status.spaces.last().foot.name == "Ben")
        assertEquals(status.spaces.last().foot, c.foot(space))
    }
}
