/** Two sample people, Ana and Ben, in each of the states; Ana holds the phone. */
package ithaca.ui.sample

import ithaca.bridge.ActionDraft
import ithaca.bridge.Answer
import ithaca.bridge.Comer
import ithaca.bridge.ComerState
import ithaca.bridge.Compared
import ithaca.bridge.DeviceId
import ithaca.bridge.Devices
import ithaca.bridge.Form
import ithaca.bridge.GoalDraft
import ithaca.bridge.GoalEdit
import ithaca.bridge.GoalId
import ithaca.bridge.NoteEdit
import ithaca.bridge.NoteId
import ithaca.bridge.Notice
import ithaca.bridge.OwnDevice
import ithaca.bridge.PairEdit
import ithaca.bridge.SessionEdit
import ithaca.bridge.SessionId
import ithaca.bridge.SessionState
import ithaca.bridge.SpaceId
import ithaca.bridge.TextPlace
import ithaca.bridge.Where
import ithaca.bridge.Who
import ithaca.bridge.WordsStatus
import ithaca.bridge.fake.FakeClient
import kotlinx.coroutines.runBlocking

class Sample(val client: Staged, val space: SpaceId, val note: NoteId, val goal: GoalId, val session: SessionId)

/** Everything a phone may hold in this state; [alone]: before there is anybody else; [bare]: before anything was written. */
fun sample(content: Content, tongue: Tongue = Tongue(false), alone: Boolean = false, bare: Boolean = false): Sample = runBlocking {
    val fake = FakeClient("Ana") { NOW }
    val staged = Staged(fake, failsAfterwards = content == Content.ERROR)
    if (alone) return@runBlocking Sample(staged, NOWHERE, NoteId(""), GoalId(""), SessionId(""))
    val space = fake.addPair(if (content.isLong) "Benedetta María Fernández de la Cruz-Oyelaran" else "Ben")
    if (bare) return@runBlocking Sample(staged, space, NoteId(""), GoalId(""), SessionId(""))
    val note = fake.newNote(space, if (content == Content.EMPTY) "" else tongue.pick(content, tongue.plan))
    val goal = fake.newGoal(space, GoalDraft(tongue.pick(content, tongue.handover)))
    val session = fake.planSession(space, tongue.pick(content, tongue.visit), TODAY.plusDays(1))
    if (content != Content.EMPTY) fill(fake, staged, content, tongue, Sample(staged, space, note, goal, session))
    if (content == Content.OFFLINE) fake.setState { it.copy(online = false) }
    if (content == Content.DIFFERING) differ(staged, space, fake.me, fake.pairs().single().other, tongue)
    Sample(staged, space, note, goal, session)
}

private suspend fun fill(fake: FakeClient, staged: Staged, content: Content, tongue: Tongue, s: Sample) {
    val ben = fake.pairs().first { it.space == s.space }.other
    fake.setRelay("https://relay.example")
    fake.editPair(s.space, listOf(PairEdit.Kind("informal"), PairEdit.Cadence(tongue.of("Every two weeks, 60 minutes", "Cada dos semanas, 60 minutos")), PairEdit.Role(tongue.of("Newborn resuscitation", "Reanimación del recién nacido"), fake.me.person)))
    fake.editNote(s.space, s.note, listOf(NoteEdit.Tag(tongue.of("ward", "sala"), true), NoteEdit.Tag(tongue.of("night", "noche"), true)))
    type(fake, s.space, TextPlace.Note(s.note), if (content.isLong) List(12) { tongue.long }.joinToString("\n") else tongue.planText)
    fake.newNote(s.space, tongue.of("What went well this week", "Qué salió bien esta semana"))
    fake.newPrivateNote(s.space, tongue.of("Before I meet Ben", "Antes de ver a Ben"))
    goals(fake, content, tongue, s, ben)
    session(fake, content, tongue, s)
    messages(fake, content, tongue, s)
    if (content.isLong) repeat(5) { fake.addPair("${"Dee Eli Fay Cy Val".split(' ')[it]} ${tongue.long.take(33)}") }
    staged.standing(content, s, ben)
    if (content == Content.FILLED) fake.addNotice(Notice(1, s.space, "new_device", NOW, ""))
}

internal suspend fun type(fake: FakeClient, space: SpaceId, place: TextPlace, words: String) = fake.otherTypes(space, place, 0, words)

private suspend fun goals(fake: FakeClient, content: Content, tongue: Tongue, s: Sample, ben: Who) {
    val steps = listOf(tongue.of("Watch three handovers", "Observar tres relevos"), tongue.of("Do one together", "Hacer uno juntos"), tongue.of("Do one alone", "Hacer uno por tu cuenta"), tongue.of("Teach one", "Enseñar uno"))
    val made = steps.map { fake.newMilestone(s.space, s.goal, tongue.pick(content, it)) }
    fake.editGoals(s.space, listOf(GoalEdit.Ticked(made[0], TODAY.minusDays(9)), GoalEdit.Target(s.goal, TODAY.plusDays(60))))
    fake.newGoal(s.space, GoalDraft(tongue.of("Lead the morning round", "Dirigir la ronda de la mañana")))
    fake.newAction(s.space, ActionDraft(tongue.pick(content, tongue.print), listOf(fake.me.person), TODAY.plusDays(1), s.goal.text))
    fake.newAction(s.space, ActionDraft(tongue.pick(content, tongue.introduce), listOf(fake.me.person), null, s.session.text))
    fake.newAction(s.space, ActionDraft(tongue.of("Practise with the mask", "Practicar con la mascarilla"), listOf(ben.person), TODAY.plusDays(7)))
    val done = fake.newAction(s.space, ActionDraft(tongue.of("Borrow the training doll", "Pedir prestado el muñeco"), listOf(fake.me.person)))
    fake.editGoals(s.space, listOf(GoalEdit.Ticked(done, TODAY.minusDays(1))))
}

private suspend fun session(fake: FakeClient, content: Content, tongue: Tongue, s: Sample) {
    fake.editSession(
        s.space, s.session,
        listOf(
            SessionEdit.Place(tongue.ward), SessionEdit.AddAgenda(tongue.pick(content, tongue.of("The night shift", "El turno de noche"))),
            SessionEdit.AddAgenda(tongue.of("Say the dose aloud", "Decir la dosis en voz alta")), SessionEdit.Technique("showing", true),
            SessionEdit.Propose(NOW.plusSeconds(18_000), "UTC"),
        ),
    )
    val past = fake.planSession(s.space, tongue.of("Before the holidays", "Antes de las vacaciones"), TODAY.minusDays(14))
    fake.setSessionState(s.space, past, SessionState.HELD)
    if (!content.isLong) return
    fake.submitForm(s.space, s.session, Form.HARVEST, listOf(Answer("learned", words = tongue.long)), TODAY, alone = true)
    fake.submitForm(s.space, s.session, Form.BEFORE, listOf(Answer("notice", words = tongue.long), Answer("technique", chosen = listOf("showing", "sowing"))), TODAY)
    repeat(6) { fake.planSession(s.space, "${it + 1} ${tongue.long}", TODAY.plusDays(7L * it)) }
}

private suspend fun messages(fake: FakeClient, content: Content, tongue: Tongue, s: Sample) {
    val asked = fake.say(s.space, tongue.pick(content, tongue.question))
    val told = fake.addMessage(s.space, tongue.pick(content, tongue.answer))
    fake.react(s.space, told, "♥", true)
    fake.say(s.space, tongue.of("Well done. See you tomorrow.", "Bien hecho. Hasta mañana."), told)
    if (content.isLong) repeat(20) { fake.addMessage(s.space, "${it + 1} ${tongue.long}") } else fake.withdrawMessage(s.space, fake.say(s.space, asked.text))
}

/** What only other phones and time make: how far it came, who compared, own devices. */
private fun Staged.standing(content: Content, s: Sample, ben: Who) {
    val offline = content == Content.OFFLINE
    pairLines = { it.copy(comparedAt = NOW.minusSeconds(900_000), compared = Compared.IN_PERSON, safetyNumber = "48213 90377 15520 66814") }
    feet = { it.copy(here = if (offline) 3 else 0, onRelay = if (content.isLong) 12 else 0, heardAt = NOW.minusSeconds(200_000)) }
    whereabouts = { status -> status.copy(spaces = status.spaces.map { it.copy(stateCode = "48213390", stateWords = "else another tomato", foot = it.foot.copy(here = if (offline) 3 else 0, onRelay = if (content.isLong) 12 else 0, heardAt = NOW.minusSeconds(200_000)), knownMissing = if (content.isLong) 2 else 0) }) }
    said = { page -> page.copy(messages = page.messages.mapIndexed { i, m -> m.copy(at = if (!m.by.me || m.text == null) m.at else if (offline) Where.HERE else if (i == 0) Where.OTHER else Where.RELAY, sentAt = NOW.minusSeconds(12_000L - i * 300)) }) }
    noteLines = { it.copy(editedBy = ben, editedAt = NOW.minusSeconds(5_000)) }
    notes = { it.copy(editedBy = ben, at = if (offline) Where.HERE else Where.OTHER) }
    words = WordsStatus(made = true, tended = true, asksConsent = null, waitsFor = if (content.isLong) 2 else 0)
    own = Devices(
        listOf(OwnDevice(DeviceId("this"), "", true, false), OwnDevice(DeviceId("tablet"), "Tablet", false, false), OwnDevice(DeviceId("old"), "Nokia", false, true)),
        if (offline) emptyList() else listOf(Comer("comer", "Laptop", "sail harbour olive stone", ComerState.ASKING)), "river lamp field north",
    )
    histories = history(s, ben, content)
}
