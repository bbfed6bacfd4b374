/** A [Client] that keeps everything in memory, for screens, previews and their tests: one person, as many partners as are put in. */
package ithaca.bridge.fake

import ithaca.bridge.*
import java.time.Instant
import java.time.LocalDate
import java.util.concurrent.ConcurrentHashMap
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.MutableSharedFlow
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.onSubscription

/** What the fake keeps of one space. */
private class FakeSpace(var pair: PairLine?) {
    val notes = LinkedHashMap<NoteId, Note>()
    val goals = LinkedHashMap<GoalId, Goal>()
    val goalBin = LinkedHashMap<GoalId, Goal>()
    val actions = LinkedHashMap<ItemId, Action>()
    val actionBin = LinkedHashMap<ItemId, Action>()
    val sessions = LinkedHashMap<SessionId, Session>()
    val sessionBin = LinkedHashMap<SessionId, Session>()
    val messages = ArrayList<Message>()
    val cards = ArrayList<Card>()
    var relationship: Relationship? = null
}

/**
 * Merging, waiting for signal and time are not played: what is written is read back at once. Tests put in what else a screen shows: [addPair],
 * [addCard], [addMessage], [fail].
 */
class FakeClient(name: String = "Ana", private val now: () -> Instant = { Instant.EPOCH }) : Client {
    private var n = 0
    private val personal = SpaceId("personal")
    private val spaces = LinkedHashMap<SpaceId, FakeSpace>().apply { put(personal, FakeSpace(null)) }
    private val settings = HashMap<String, String>()
    private val drafts = HashMap<String, String>()

    /** What this person's other devices were told of drafts. */
    val draftsTold = ConcurrentHashMap<String, String>()
    private val invited = LinkedHashMap<InviteId, Invite>()
    private val told = MutableSharedFlow<List<Change>>(extraBufferCapacity = 64)
    private val shown = MutableStateFlow(AppState(Phase.OPEN, PersonId("me"), DeviceId("this"), name, true, false, null, null))
    private var relay: String? = null
    private var noticed = ArrayList<Notice>()
    private val typing = LinkedHashMap<TextSessionId, FakeTyping>()

    /** How far this person read, as screens said. */
    val readTo = LinkedHashMap<SpaceId, MessageId>()

    /** This person, as others see them. */
    val me: Who get() = Who(shown.value.person, shown.value.name, true)

    /** The next call throws this. */
    @Volatile var fail: IthacaFault? = null

    override fun state(): AppState = shown.value
    override val states: Flow<AppState> get() = shown
    override val changes: Flow<List<Change>> get() = told.onSubscription { emit(listOf(Change.Everything)) }

    // --- what tests put in ---

    fun addPair(name: String): SpaceId {
        val space = SpaceId(id("space"))
        val other = Who(PersonId(id("person")), name, false)
        val line = PairLine(space, other, "1234 5678", null, null, false, PairState.RUNNING, Stage.INITIATION, emptyList(), false, emptyList())
        spaces[space] = FakeSpace(line)
        tell(Change.Members(space))
        return space
    }

    fun addCard(card: Card) {
        at(card.space).cards += card
        tell(Change.Content(card.space))
    }

    /** The other says something. */
    fun addMessage(space: SpaceId, text: String): MessageId {
        val by = at(space).pair?.other ?: me
        return put(space, by, text, null, null)
    }

    fun addNotice(notice: Notice) {
        noticed += notice
        tell(Change.Notices)
    }

    fun setState(change: (AppState) -> AppState) {
        shown.value = change(shown.value)
        tell(Change.Engine)
    }

    // --- inside ---

    private fun id(noun: String) = "$noun-${++n}"

    private fun tell(vararg changes: Change) {
        told.tryEmit(changes.toList())
    }

    private fun at(space: SpaceId): FakeSpace = spaces[space] ?: throw IthacaFault.NotFound("relationship")

    private fun <T> asked(act: () -> T): T {
        fail?.let { fail = null; throw it }
        when (shown.value.phase) {
            Phase.CLOSED -> throw IthacaFault.Closed()
            Phase.SUSPENDED -> throw IthacaFault.Suspended()
            Phase.OPEN -> {}
        }
        return synchronized(spaces) { act() }
    }

    private fun writable(space: SpaceId): FakeSpace {
        val found = at(space)
        when (found.pair?.state) {
            PairState.LEFT -> throw IthacaFault.ReadOnly("you left this relationship")
            PairState.SAVED_COPY -> throw IthacaFault.ReadOnly("it is a saved copy, opened for reading")
            else -> return found
        }
    }

    private fun <T> writes(space: SpaceId, act: (FakeSpace) -> T): T = asked { act(writable(space)) }.also { tell(Change.Content(space)) }

    private fun pairOrNull(space: SpaceId): PairLine? = at(space).pair

    private fun pairOf(space: SpaceId): PairLine = at(space).pair ?: throw IthacaFault.NotFound("relationship")

    private fun changePair(space: SpaceId, change: (PairLine) -> PairLine) = asked { at(space).pair = change(pairOf(space)) }
        .also { tell(Change.Members(space)) }

    private fun text(words: String) = Text(words)

    private fun name(person: PersonId): Who =
        if (person == me.person) me else spaces.values.mapNotNull { it.pair?.other }.firstOrNull { it.person == person } ?: Who(person, "", false)

    private fun missing(noun: String): Nothing = throw IthacaFault.NotFound(noun)

    // --- the engine ---

    override suspend fun suspendEngine() {
        if (shown.value.phase == Phase.CLOSED) throw IthacaFault.Closed()
        setState { it.copy(phase = Phase.SUSPENDED) }
    }

    override suspend fun resumeEngine() {
        if (shown.value.phase == Phase.CLOSED) throw IthacaFault.Closed()
        setState { it.copy(phase = Phase.OPEN) }
        tell(Change.Everything)
    }

    override suspend fun shutDown() = setState { it.copy(phase = Phase.CLOSED) }
    override suspend fun connectivityChanged() = asked {}
    override suspend fun watchRelays(on: Boolean) = asked {}

    override suspend fun sync(): SyncOutcome = asked {
        val outcome = SyncOutcome(now(), !shown.value.online, relay == null, emptyList())
        setState { it.copy(lastSync = LastSync(outcome.at, !outcome.offline && !outcome.noRelay)) }
        outcome
    }

    override suspend fun stopWaiting() = asked {}

    override suspend fun status() = asked {
        Status(
            spaces.map { (id, s) -> SpaceStatus(id, s.pair == null, footOf(s), "00000000", "abandon abandon abandon", 0, 0, 0) },
            listOfNotNull(relay).map { Relay(it, null, null) },
        )
    }

    private fun footOf(s: FakeSpace) = Foot(s.pair?.other?.name ?: "", s.messages.count { it.at == Where.HERE }.toLong(), 0, null, null)

    override suspend fun foot(space: SpaceId) = asked { footOf(at(space)) }
    override suspend fun notices(): List<Notice> = asked { noticed.toList() }
    override suspend fun dismiss(notice: Long) = asked { noticed.removeAll { it.no == notice }; tell(Change.Notices) }
    override suspend fun doctor() = asked { listOf(Finding(true, "database", "in memory")) }
    override suspend fun visibility(space: SpaceId) = asked {
        val s = at(space)
        val shared = s.notes.size + s.goals.size + s.actions.size + s.sessions.size
        Visibility(listOfNotNull(relay), listOfNotNull(me, s.pair?.other), 1, at(personal).notes.size, shared)
    }

    // --- pairs ---

    override suspend fun pairs() = asked { spaces.values.mapNotNull { it.pair } }
    override suspend fun personalSpace() = asked { personal }

    override suspend fun home(space: SpaceId, today: LocalDate) = asked {
        val s = at(space)
        val planned = s.sessions.values.map { it.line }.filter { it.state == SessionState.PLANNED }
        val next = planned.filter { it.day != null && it.day >= today }.minByOrNull { it.day!! } ?: planned.firstOrNull { it.day == null }
        Home(
            pairOf(space), s.relationship?.kind, mentors(s), next ?: planned.lastOrNull(), open(s), s.goals.values.toList(),
            s.messages.takeLast(3), s.cards.toList(), footOf(s),
        )
    }

    override suspend fun upcoming(today: LocalDate, until: LocalDate) = asked {
        val running = spaces.filter { (space, s) -> s.pair?.state == PairState.RUNNING && settings["reminders.${space.text}"] != "off" }
        running.flatMap { (space, s) ->
            val with = pairOf(space).other.name
            val sessions = s.sessions.values.map { it.line }.filter { it.state == SessionState.PLANNED && it.day != null && it.day in today..until }
            val promises = open(s).filter { a -> a.owners.any { it.me } && a.due != null && a.due in today..until }
            sessions.map { Upcoming(space, with, ReminderNoun.SESSION, it.id.text, it.day!!, it.agreed, it.title) } +
                promises.map { Upcoming(space, with, ReminderNoun.PROMISE, it.id.text, it.due!!, null, it.text) }
        }.sortedBy { it.day }
    }

    private fun mentors(s: FakeSpace) = s.relationship?.roles.orEmpty().any { it.mentor.me }

    private fun open(s: FakeSpace) = s.actions.values.filter { it.done.isEmpty() }
        .sortedWith(compareBy<Action>({ a -> a.owners.none { it.me } }, { it.due == null }, { it.due }))

    private fun blank(space: SpaceId) =
        Relationship(pairOf(space), "relationship", null, null, null, null, emptyList(), emptyList(), emptyList(), emptyList(), emptyList())

    override suspend fun relationship(space: SpaceId) = asked { (at(space).relationship ?: blank(space)).copy(pair = pairOf(space)) }

    override suspend fun editPair(space: SpaceId, edits: List<PairEdit>) = writes(space) { s ->
        s.relationship = edits.fold(s.relationship ?: blank(space)) { r, e ->
            val mine = r.people.firstOrNull { it.who.me } ?: Person(me, null, null, null)
            fun myself(of: Person) = r.copy(people = r.people.filterNot { it.who.me } + of)
            when (e) {
                is PairEdit.Kind -> r.copy(kind = e.value)
                is PairEdit.Model -> r.copy(model = e.value)
                is PairEdit.Setting -> r.copy(setting = e.value)
                is PairEdit.Cadence -> r.copy(cadence = e.value)
                is PairEdit.Role -> r.copy(
                    roles = r.roles.filterNot { it.topic == e.topic } + listOfNotNull(e.mentor?.let { Role(e.topic, name(it)) }),
                )
                is PairEdit.MyName -> myself(mine.copy(who = mine.who.copy(name = e.value ?: me.name)))
                is PairEdit.MyLanguage -> myself(mine.copy(language = e.value))
                is PairEdit.MyZone -> myself(mine.copy(zone = e.value))
                is PairEdit.MyReachable -> myself(mine.copy(reachable = e.value))
                is PairEdit.AddClause -> r.copy(clauses = r.clauses + Clause(ItemId(id("clause")), e.title, text(e.text)))
                is PairEdit.AddPlan -> r.copy(plan = r.plan + Clause(ItemId(id("plan")), e.section, text(e.text)))
            }
        }
    }

    override suspend fun invite(): Invite = asked {
        val origin = relay ?: throw IthacaFault.Refused("name a relay first: it carries the invitation")
        val made = Invite(InviteId(id("invite")), true, InviteState.OPEN, "$origin/i#v1.fake", "twelve words", origin, now(), emptyList(), null)
        invited[made.id] = made
        tell(Change.Invites)
        made
    }

    override suspend fun answerInvite(text: String, relay: String?): Invite = asked {
        if ("#v1." !in text && relay == null) throw IthacaFault.BadInput(InputSort.LINK, "not an invitation, or only a part of one")
        val origin = relay ?: text.substringBefore("/i#")
        val made = Invite(InviteId(id("invite")), false, InviteState.ANSWERED, null, null, origin, now(), emptyList(), null)
        invited[made.id] = made
        tell(Change.Invites)
        made
    }

    /** Somebody answers an invitation of this person. */
    fun answer(invite: InviteId, name: String): PersonId {
        val who = PersonId(id("person"))
        val found = invited[invite] ?: missing("invitation")
        invited[invite] = found.copy(state = InviteState.ANSWERED, answers = found.answers + Answered(who, name, "1234 5678", false))
        tell(Change.Invites)
        return who
    }

    override suspend fun invites() = asked { invited.values.toList() }
    override suspend fun approveAnswer(invite: InviteId, person: PersonId): SpaceId = asked {
        val found = invited[invite] ?: missing("invitation")
        val answer = found.answers.firstOrNull { it.person == person } ?: missing("answer")
        val space = addPair(answer.name)
        invited[invite] = found.copy(state = InviteState.APPROVED, space = space)
        tell(Change.Invites)
        space
    }

    override suspend fun withdrawInvite(invite: InviteId) = asked { invited.remove(invite) ?: missing("invitation"); tell(Change.Invites) }
    override suspend fun compared(space: SpaceId, how: Compared) =
        changePair(space) { it.copy(compared = how, comparedAt = now(), mustCompare = false) }

    override suspend fun proposeStage(space: SpaceId, stage: Stage) =
        changePair(space) { it.copy(proposed = it.proposed + StageProposal(me, stage)) }

    override suspend fun agreeToStage(space: SpaceId) = changePair(space) { p ->
        val theirs = p.proposed.lastOrNull { !it.by.me } ?: missing("proposal of a stage")
        p.copy(stage = theirs.stage, proposed = p.proposed - theirs)
    }

    override suspend fun pausePair(space: SpaceId, reason: String?) = changePair(space) { it.copy(state = PairState.PAUSED) }
    override suspend fun resumePair(space: SpaceId, reason: String?) = changePair(space) { it.copy(state = PairState.RUNNING) }
    override suspend fun endPair(space: SpaceId, reason: String?) = changePair(space) { it.copy(state = PairState.ENDED) }
    override suspend fun leavePair(space: SpaceId) = changePair(space) { it.copy(state = PairState.LEFT) }
    override suspend fun block(space: SpaceId, on: Boolean) =
        changePair(space) { it.copy(state = if (on) PairState.BLOCKED else PairState.RUNNING) }

    override suspend fun tellWhatIsRead(space: SpaceId, on: Boolean) = changePair(space) { it.copy(receipts = on) }

    override suspend fun keepAt(space: SpaceId, relays: List<String>) {
        if (relays.isEmpty()) throw IthacaFault.Refused("a relationship is kept at one relay at least")
        relays.firstOrNull { !it.startsWith("http") }?.let { throw IthacaFault.BadInput(InputSort.ADDRESS, "no address") }
        changePair(space) { it.copy(relays = relays.map { r -> r.trimEnd('/') }.distinct()) }
    }

    override suspend fun rescueFile(space: SpaceId): ByteArray = asked { throw IthacaFault.Refused("they never made recovery words") }

    // --- notes and text ---

    override suspend fun notes(filter: NoteFilter, offset: Int, limit: Int): Page<NoteLine> = asked {
        val here = filter.space?.let { listOf(at(it)) } ?: spaces.values.toList()
        val private = if (filter.withPrivate && filter.space != personal) listOf(at(personal)) else emptyList()
        val all = (here + private).flatMap { it.notes.values }
            .filter { it.alive != filter.bin && (filter.tag == null || it.tags.any { t -> t.equals(filter.tag, ignoreCase = true) }) }
            .sortedByDescending { it.editedAt }
        val lines = all.drop(offset).take(limit).map {
            NoteLine(it.space, it.id, it.title, it.body.words.take(160), it.date, it.tags, it.private, it.differs.isNotEmpty(), it.editedBy, it.editedAt)
        }
        Page(lines, all.size > offset + limit)
    }

    override suspend fun note(space: SpaceId, note: NoteId) = asked { at(space).notes[note] ?: missing("note") }

    private fun begin(space: SpaceId, title: String): NoteId {
        val made = NoteId(id("note"))
        writable(space).notes[made] = Note(
            space, made, title, null, null, text(""), emptyList(), emptyList(), emptyList(), space == personal, true, false, emptyList(), me,
            now().plusNanos(n.toLong()), if (space == personal) Where.OTHER else Where.HERE,
        )
        return made
    }

    override suspend fun newNote(space: SpaceId, title: String) = writes(space) { begin(space, title) }
    override suspend fun newPrivateNote(pair: SpaceId?, title: String) = writes(personal) { begin(personal, title) }

    override suspend fun editNote(space: SpaceId, note: NoteId, edits: List<NoteEdit>) = writes(space) { s ->
        s.notes[note] = edits.fold(s.notes[note] ?: missing("note")) { v, e ->
            fun among(all: List<String>, one: String, on: Boolean) = all.filterNot { it.equals(one, ignoreCase = true) } + if (on) listOf(one) else emptyList()
            when (e) {
                is NoteEdit.Title -> v.copy(title = e.title)
                is NoteEdit.Date -> v.copy(date = e.date)
                is NoteEdit.Place -> v.copy(place = e.place)
                is NoteEdit.Tag -> v.copy(tags = among(v.tags, e.tag, e.on))
                is NoteEdit.Function -> v.copy(functions = among(v.functions, e.function, e.on))
                is NoteEdit.Link -> v.copy(links = among(v.links, e.link, e.on))
                NoteEdit.Delete -> v.copy(alive = false)
                NoteEdit.Restore -> v.copy(alive = true)
            }
        }
    }

    override suspend fun notHolding(space: SpaceId, note: NoteId) = asked { listOfNotNull(at(space).pair?.other) }
    override suspend fun deleteForGood(space: SpaceId, note: NoteId) = writes(space) { s -> s.notes.remove(note) ?: missing("note"); Unit }
    override suspend fun placeOf(space: SpaceId, document: String) = asked { at(space).notes[NoteId(document)]?.at ?: Where.HERE }

    private fun read(s: FakeSpace, place: TextPlace): Text = when (place) {
        is TextPlace.Note -> s.notes[place.note]?.body
        is TextPlace.SessionNotes -> s.sessions[place.document]?.notes?.firstOrNull()?.text
        is TextPlace.Agenda -> s.sessions[place.document]?.agenda?.firstOrNull { it.id == place.item }?.text
        is TextPlace.Goal -> s.goals[place.goal]?.let { part(it, place.part) }
        is TextPlace.Clause -> s.relationship?.clauses?.firstOrNull { it.id == place.clause }?.text
        is TextPlace.Plan -> s.relationship?.plan?.firstOrNull { it.id == place.part }?.text
    } ?: missing("text")

    private fun part(g: Goal, part: GoalPart) = when (part) {
        GoalPart.TITLE -> g.title
        GoalPart.WHY -> g.why
        GoalPart.SUCCESS -> g.success
        GoalPart.RISK -> g.risk
        GoalPart.SUPPORT -> g.support
    }

    private fun write(s: FakeSpace, place: TextPlace, to: Text) {
        when (place) {
            is TextPlace.Note -> s.notes.computeIfPresent(place.note) { _, v -> v.copy(body = to, editedBy = me) }
            is TextPlace.SessionNotes -> s.sessions.computeIfPresent(place.document) { _, v -> v.copy(notes = listOf(SessionNotes(place.document, to))) }
            is TextPlace.Agenda -> s.sessions.computeIfPresent(place.document) { _, v ->
                v.copy(agenda = v.agenda.map { if (it.id == place.item) it.copy(text = to) else it })
            }
            is TextPlace.Goal -> s.goals.computeIfPresent(place.goal) { _, g ->
                when (place.part) {
                    GoalPart.TITLE -> g.copy(title = to)
                    GoalPart.WHY -> g.copy(why = to)
                    GoalPart.SUCCESS -> g.copy(success = to)
                    GoalPart.RISK -> g.copy(risk = to)
                    GoalPart.SUPPORT -> g.copy(support = to)
                }
            }
            is TextPlace.Clause -> s.relationship = s.relationship?.let { r -> r.copy(clauses = r.clauses.map { if (it.id == place.clause) it.copy(text = to) else it }) }
            is TextPlace.Plan -> s.relationship = s.relationship?.let { r -> r.copy(plan = r.plan.map { if (it.id == place.part) it.copy(text = to) else it }) }
        }
    }

    override suspend fun openText(space: SpaceId, place: TextPlace) = asked {
        writable(space)
        val session = typing.entries.firstOrNull { it.value.space == space && it.value.place == place }?.key ?: TextSessionId((++n).toULong())
        val open = FakeTyping(space, place, read(at(space), place).text)
        typing[session] = open
        OpenText(session, open.opened())
    }

    private fun openAt(session: TextSessionId) = typing[session] ?: throw IthacaFault.NotFound("text that is being edited")

    override suspend fun typeIn(session: TextSessionId, input: TextInput): TextState {
        val open = openAt(session)
        return writes(open.space) { s ->
            val after = open.types(input, read(s, open.place).text)
            write(s, open.place, text(after))
            open.becomes(after, pairOrNull(open.space)?.other, now())
        }
    }

    override suspend fun refreshText(session: TextSessionId, seen: ULong): TextState {
        val open = openAt(session)
        return asked { open.becomes(read(at(open.space), open.place).text, pairOrNull(open.space)?.other, now()) }
    }

    private suspend fun turn(session: TextSessionId, seen: ULong, to: (FakeTyping) -> String?): TextState {
        val (open, met) = openAt(session) to refreshText(session, seen)
        return writes(open.space) { s ->
            val mine = to(open) ?: return@writes met
            write(s, open.place, text(mine))
            open.becomes(mine, null, now())
        }
    }

    override suspend fun undoText(session: TextSessionId, seen: ULong) = turn(session, seen) { it.undoes() }
    override suspend fun redoText(session: TextSessionId, seen: ULong) = turn(session, seen) { it.redoes() }

    override suspend fun closeText(session: TextSessionId) = asked { typing.remove(session).let { } }
    override suspend fun widenedInput(session: TextSessionId, input: TextInput) =
        asked { openAt(session).widened(input) }

    /** The other writes in a text, at a UTF-16 offset. */
    fun otherTypes(space: SpaceId, place: TextPlace, at: Int, insert: String) {
        val s = at(space)
        write(s, place, text(read(s, place).text.replaceRange(at, at, insert)))
        tell(Change.Content(space))
    }

    override suspend fun chooseWords(space: SpaceId, place: TextPlace, run: String) = writes(space) { s ->
        val now = read(s, place)
        val chosen = now.choices.flatten().firstOrNull { it.run == run } ?: missing("wording")
        val group = now.choices.first { chosen in it }
        val range = group.minOf { it.range.first }..group.maxOf { it.range.last }
        write(s, place, text(now.text.replaceRange(range, chosen.words)))
    }

    // --- goals and actions ---

    override suspend fun goals(space: SpaceId, bin: Boolean) = asked { (if (bin) at(space).goalBin else at(space).goals).values.toList() }
    override suspend fun goal(space: SpaceId, goal: GoalId) = asked { at(space).goals[goal] ?: at(space).goalBin[goal] ?: missing("goal") }

    override suspend fun newGoal(space: SpaceId, draft: GoalDraft) = writes(space) { s ->
        val made = GoalId(id("goal"))
        s.goals[made] = Goal(
            made, "goals", text(draft.title), text(draft.why), text(draft.success), text(draft.risk), text(draft.support), draft.stretch,
            draft.target, null, GoalStatus.ACTIVE, emptyList(), emptyList(), emptyList(), 0, 0, true, false, emptyList(),
        )
        made
    }

    private fun counted(g: Goal) = g.copy(done = g.milestones.count { it.done.isNotEmpty() }, of = g.milestones.size)

    override suspend fun newMilestone(space: SpaceId, goal: GoalId, text: String) = writes(space) { s ->
        val made = Milestone(ItemId(id("milestone")), text, emptyList(), false, emptyList())
        val found = s.goals[goal] ?: missing("goal")
        s.goals[goal] = counted(found.copy(milestones = found.milestones + made))
        made.id
    }

    override suspend fun newAction(space: SpaceId, draft: ActionDraft) = writes(space) { s ->
        val made = ItemId(id("action"))
        s.actions[made] = Action(made, draft.text, draft.owners.map(::name), draft.due, draft.from, emptyList(), false, emptyList())
        made
    }

    private fun ticked(done: List<Tick>, date: LocalDate?) = done.filterNot { it.by.me } + if (date == null) emptyList() else listOf(Tick(me, date))

    private fun item(s: FakeSpace, id: ItemId, action: (Action) -> Action, milestone: (Milestone) -> Milestone?) {
        s.actions[id]?.let { return s.actions.set(id, action(it)) }
        val goal = s.goals.values.firstOrNull { g -> g.milestones.any { it.id == id } } ?: missing("item")
        val (there, others) = goal.milestones.partition { it.id == id }
        val after = milestone(there.first())
        val list = if (after == null) others else goal.milestones.map { if (it.id == id) after else it }
        s.goals[goal.id] = counted(goal.copy(milestones = list, bin = if (after == null) goal.bin + there else goal.bin))
    }

    override suspend fun editGoals(space: SpaceId, edits: List<GoalEdit>) = writes(space) { s -> edits.forEach { edit(s, it) } }

    private fun edit(s: FakeSpace, e: GoalEdit) {
        fun goal(id: GoalId, change: (Goal) -> Goal) = s.goals.set(id, change(s.goals[id] ?: missing("goal")))
        when (e) {
            is GoalEdit.Target -> goal(e.goal) { it.copy(target = e.date) }
            is GoalEdit.Review -> goal(e.goal) { it.copy(review = e.date) }
            is GoalEdit.Stretch -> goal(e.goal) { it.copy(stretch = e.on) }
            is GoalEdit.Words -> item(s, e.item, { it.copy(text = e.text) }, { it.copy(text = e.text) })
            is GoalEdit.Ticked -> item(s, e.item, { it.copy(done = ticked(it.done, e.date)) }, { it.copy(done = ticked(it.done, e.date)) })
            is GoalEdit.Due -> item(s, e.action, { it.copy(due = e.date) }, { it })
            is GoalEdit.Owner -> item(s, e.action, { a ->
                a.copy(owners = a.owners.filterNot { it.person == e.person } + if (e.on) listOf(name(e.person)) else emptyList())
            }, { it })
            is GoalEdit.SameThing -> if (e.same) s.actions.remove(e.other)
            is GoalEdit.Move -> {}
            is GoalEdit.Delete -> when {
                s.actions.containsKey(e.item) -> s.actionBin[e.item] = s.actions.remove(e.item)!!
                s.goals.containsKey(GoalId(e.item.text)) -> GoalId(e.item.text).let { s.goalBin[it] = s.goals.remove(it)!!.copy(alive = false) }
                else -> item(s, e.item, { it }, { null })
            }
            is GoalEdit.Restore -> when {
                s.actionBin.containsKey(e.item) -> s.actions[e.item] = s.actionBin.remove(e.item)!!
                s.goalBin.containsKey(GoalId(e.item.text)) -> GoalId(e.item.text).let { s.goals[it] = s.goalBin.remove(it)!!.copy(alive = true) }
                else -> missing("item")
            }
        }
    }

    override suspend fun setGoalStatus(space: SpaceId, goal: GoalId, status: GoalStatus, reason: String?) = writes(space) { s ->
        val said = DifferValue(status.name.lowercase(), null, me, now(), reason)
        s.goals[goal] = (s.goals[goal] ?: missing("goal")).copy(status = status, said = listOf(said))
    }

    override suspend fun actions(space: SpaceId) = asked {
        val s = at(space)
        val alike = open(s).groupBy { it.text.trim().lowercase() }.values.filter { it.size > 1 }.map { g -> g.map { it.id } }
        Actions(open(s), s.actions.values.filter { it.done.isNotEmpty() }, s.actionBin.values.toList(), alike)
    }

    // --- sessions ---

    override suspend fun sessions(space: SpaceId) = asked {
        val s = at(space)
        val lines = s.sessions.values.map { it.line }.sortedWith(compareBy({ it.day == null }, { it.day }))
        val alike = lines.filter { it.day != null }.groupBy { it.day }.values.filter { it.size > 1 }.map { g -> g.map { it.id } }
        Sessions(lines, s.sessionBin.values.map { it.line }, alike)
    }

    override suspend fun session(space: SpaceId, session: SessionId) = asked { found(at(space), session).copy(mentor = mentors(at(space))) }

    private fun found(s: FakeSpace, session: SessionId) = s.sessions[session] ?: s.sessionBin[session] ?: missing("session")

    override suspend fun planSession(space: SpaceId, title: String, date: LocalDate?, edits: List<SessionEdit>) = writes(space) { s ->
        val made = SessionId(id("session"))
        val line = SessionLine(made, title, date, null, SessionState.PLANNED, null, emptyList(), false)
        val empty = Session(
            line, listOf(made), emptyList(), listOf(SessionNotes(made, text(""))), emptyList(), emptyList(), emptyList(), emptyList(),
            emptyList(), emptyList(), emptyList(), emptyList(), emptyList(), emptyList(), false, false, Where.HERE,
        )
        s.sessions[made] = edits.fold(empty) { v, e -> edit(s, v, e) }
        made
    }

    private fun edit(s: FakeSpace, v: Session, e: SessionEdit): Session {
        fun among(all: List<String>, one: String, on: Boolean) = all - one + if (on) listOf(one) else emptyList()
        return when (e) {
            is SessionEdit.Title -> v.copy(line = v.line.copy(title = e.title))
            is SessionEdit.Date -> v.copy(line = v.line.copy(day = e.date))
            is SessionEdit.Place -> v.copy(line = v.line.copy(place = e.place))
            is SessionEdit.AddAgenda -> v.copy(agenda = v.agenda + AgendaPoint(ItemId(id("point")), v.line.id, text(e.text), emptyList(), null))
            is SessionEdit.TickAgenda -> v.copy(agenda = v.agenda.map { if (it.id == e.item) it.copy(done = ticked(it.done, e.date)) else it })
            is SessionEdit.MoveAgenda -> v
            is SessionEdit.DeleteAgenda -> v.copy(agenda = v.agenda.filterNot { it.id == e.item }, agendaBin = v.agendaBin + v.agenda.filter { it.id == e.item })
            is SessionEdit.RestoreAgenda -> v.copy(agenda = v.agenda + v.agendaBin.filter { it.id == e.item }, agendaBin = v.agendaBin.filterNot { it.id == e.item })
            is SessionEdit.Technique -> v.copy(techniques = among(v.techniques, e.technique, e.on))
            is SessionEdit.Function -> v.copy(functions = among(v.functions, e.function, e.on))
            is SessionEdit.Propose -> v.copy(proposals = v.proposals + Proposal(ItemId(id("time")), v.line.id, e.at, e.zone, listOf(me), false))
            is SessionEdit.AcceptTime -> v.copy(
                line = v.line.copy(agreed = v.proposals.firstOrNull { it.id == e.item && e.on }?.at),
                proposals = v.proposals.map { p ->
                    if (p.id == e.item) p.copy(accepted = p.accepted.filterNot { it.me } + if (e.on) listOf(me) else emptyList(), agreed = e.on) else p
                },
            )
            SessionEdit.Delete -> v.also { s.sessionBin[v.line.id] = v }
            SessionEdit.Restore -> v.also { s.sessionBin.remove(v.line.id) }
        }
    }

    override suspend fun editSession(space: SpaceId, session: SessionId, edits: List<SessionEdit>) = writes(space) { s ->
        val after = edits.fold(found(s, session)) { v, e -> edit(s, v, e) }
        if (s.sessionBin.containsKey(session)) s.sessions.remove(session) else s.sessions[session] = after
        Unit
    }

    private fun change(space: SpaceId, session: SessionId, change: (Session) -> Session) =
        writes(space) { s -> s.sessions[session] = change(s.sessions[session] ?: missing("session")) }

    override suspend fun setSessionState(space: SpaceId, session: SessionId, state: SessionState, reason: String?) =
        change(space, session) { it.copy(line = it.line.copy(state = state), said = listOf(DifferValue(state.name.lowercase(), null, me, now(), reason))) }

    override suspend fun sameMeeting(space: SpaceId, one: SessionId, other: SessionId, same: Boolean) = writes(space) { s ->
        if (one == other) throw IthacaFault.Refused("these are one and the same session")
        val (a, b) = found(s, one) to found(s, other)
        if (same) {
            s.sessions.remove(other)
            s.sessions[one] = a.copy(documents = a.documents + b.documents, notes = a.notes + b.notes, agenda = a.agenda + b.agenda)
        }
    }

    override suspend fun prompts(space: SpaceId, form: Form) = asked {
        val mentor = mentors(at(space))
        val scale = { name: String -> Prompt(name, PromptKind.SCALE) }
        val words = { name: String -> Prompt(name, PromptKind.WORDS) }
        val chosen = { name: String -> Prompt(name, PromptKind.CHOSEN) }
        when {
            form == Form.HARVEST -> listOf(words("learned"), scale("useful"), chosen("helped"), words("noticed"))
            form == Form.BEFORE && mentor -> listOf(words("notice"), chosen("technique"), words("promised"))
            form == Form.BEFORE -> listOf(scale("arriving"), words("worth"), chosen("tried"), words("off_limits"))
            mentor -> listOf(chosen("techniques"), words("learned"), words("promised"), scale("confident"))
            else -> listOf(scale("relevant"), scale("heard"), words("will_do"), words("change"))
        }
    }

    override suspend fun submitForm(space: SpaceId, session: SessionId, form: Form, answers: List<Answer>, today: LocalDate, alone: Boolean) {
        val given = answers.filter { !it.words.isNullOrBlank() || it.scale != null || it.chosen.isNotEmpty() }
        if (given.isEmpty()) throw IthacaFault.Refused("nothing was answered")
        if (given.any { it.scale != null && it.scale !in 1..5 }) throw IthacaFault.BadInput(InputSort.VALUE, "a place on the scale is 1 to 5")
        val others = { v: Session -> v.forms.filterNot { it.form == form && it.by.me && (it.alone || !alone) } }
        if (alone) {
            return change(space, session) { v -> v.copy(forms = others(v) + FilledForm(form, me, given, now(), emptyList(), true)) }
        }
        val open = at(space).actions.keys
        given.firstOrNull { it.prompt == "tried" }?.let { tried ->
            editGoals(space, tried.chosen.map { ItemId(it) }.filter { it in open }.map { GoalEdit.Ticked(it, today) })
        }
        change(space, session) { v ->
            val ready = if (form == Form.BEFORE) v.line.ready.filterNot { it.me } + me else v.line.ready
            val used = given.firstOrNull { it.prompt == "techniques" }?.chosen.orEmpty()
            v.copy(
                line = v.line.copy(ready = ready),
                techniques = (v.techniques + used).distinct(),
                forms = others(v) + FilledForm(form, me, given, now(), emptyList()),
            )
        }
    }

    override suspend fun keepMinutes(space: SpaceId, session: SessionId, text: String, alone: Boolean) {
        if (text.isBlank()) throw IthacaFault.Refused("the minutes are empty")
        change(space, session) { v ->
            v.copy(minutes = v.minutes.filterNot { it.by.me && (it.alone || !alone) } + Minutes(me, text, now(), emptyList(), alone))
        }
    }

    // --- messages ---

    private fun put(space: SpaceId, by: Who, text: String, reply: MessageId?, where: Where?): MessageId {
        val made = Message(MessageId(id("message")), by, now(), text, reply, null, false, emptyList(), emptyList(), where)
        at(space).messages += made
        tell(Change.Content(space))
        return made.id
    }

    override suspend fun messages(space: SpaceId, before: ULong?, limit: Int) = asked {
        val all = at(space).messages
        val end = before?.toInt() ?: all.size
        val from = maxOf(0, end - limit)
        Messages(all.subList(from, end).toList(), if (from > 0) from.toULong() else null)
    }

    override suspend fun say(space: SpaceId, text: String, reply: MessageId?) = asked {
        if (text.isBlank()) throw IthacaFault.BadInput(InputSort.VALUE, "there is nothing to say")
        writable(space)
        put(space, me, text, reply, Where.HERE)
    }

    private fun message(space: SpaceId, message: MessageId, change: (Message) -> Message) = writes(space) { s ->
        val at = s.messages.indexOfFirst { it.id == message }
        if (at < 0) missing("message")
        s.messages[at] = change(s.messages[at])
    }

    override suspend fun reword(space: SpaceId, message: MessageId, text: String) = message(space, message) { it.copy(text = text, editedAt = now()) }
    override suspend fun withdrawMessage(space: SpaceId, message: MessageId) =
        message(space, message) { it.copy(text = null, mayHaveBeenRead = it.at == Where.OTHER, reactions = emptyList()) }

    override suspend fun readTo(space: SpaceId, message: MessageId) = asked { readTo[space] = message }

    override suspend fun react(space: SpaceId, message: MessageId, emoji: String, on: Boolean) = message(space, message) { m ->
        val people = m.reactions.firstOrNull { it.emoji == emoji }?.people.orEmpty().filterNot { it.me } + if (on) listOf(me) else emptyList()
        m.copy(reactions = m.reactions.filterNot { it.emoji == emoji } + if (people.isEmpty()) emptyList() else listOf(Reaction(emoji, people)))
    }

    // --- the rest ---

    override suspend fun cards(space: SpaceId) = asked { at(space).cards.toList() }
    override suspend fun keepValue(card: Card, index: Int) = writes(card.space) { s ->
        if (index !in card.values.indices) missing("value on this card")
        if (!s.cards.removeIf { it.id == card.id }) missing("card")
    }

    override suspend fun search(query: String, space: SpaceId?, limit: Int) = asked {
        val words = query.lowercase().split(' ').filter { it.isNotBlank() }
        fun fits(text: String) = words.isNotEmpty() && words.all { it in text.lowercase() }
        val here = spaces.filterKeys { space == null || it == space }
        here.flatMap { (id, s) ->
            s.notes.values.filter { it.alive && fits(it.title + " " + it.body.words) }.map { Found(id, FoundNoun.NOTE, it.id.text, it.title) } +
                s.goals.values.filter { fits(it.title.words) }.map { Found(id, FoundNoun.GOAL, it.id.text, it.title.words) } +
                s.actions.values.filter { fits(it.text) }.map { Found(id, FoundNoun.ACTION, it.id.text, it.text) } +
                s.sessions.values.filter { fits(it.line.title) }.map { Found(id, FoundNoun.SESSION, it.line.id.text, it.line.title) } +
                s.messages.filter { fits(it.text.orEmpty()) }.map { Found(id, FoundNoun.MESSAGE, it.id.text, it.text.orEmpty()) }
        }.take(limit)
    }

    override suspend fun history(space: SpaceId, document: String, item: ItemId?): List<HistoryLine> = asked { at(space); emptyList() }
    override suspend fun insights(space: SpaceId, n: Int) = asked {
        val held = at(space).sessions.values.filter { it.line.state == SessionState.HELD }.takeLast(n)
        fun used(of: (Session) -> List<String>) = held.flatMap(of).groupingBy { it }.eachCount().map { Used(it.key, it.value) }.sortedByDescending { it.n }
        Insights(held.size, used { it.techniques }, used { it.functions })
    }

    override suspend fun setRelay(address: String, account: String?) = asked {
        if (!address.startsWith("https://") && !address.startsWith("http://127.0.0.1")) {
            throw IthacaFault.BadInput(InputSort.ADDRESS, "a relay's address looks like https://relay.example")
        }
        address.trimEnd('/').also { relay = it }
    }

    override suspend fun relay() = asked { relay }
    override suspend fun setting(name: String) = asked { settings[name] }
    override suspend fun keepSetting(name: String, value: String) = asked { settings[name] = value }
    override suspend fun draft(name: String) = asked { drafts[name].orEmpty() }
    override suspend fun keepDraft(name: String, text: String) = asked { drafts[name] = text }
    override suspend fun tellDraft(name: String) = asked { drafts[name]?.let { draftsTold[name] = it } ?: Unit }
    override suspend fun exportSpace(space: SpaceId, form: ExportForm) = asked { at(space).notes.values.joinToString("\n") { "# ${it.title}\n${it.body.words}" } }
    override suspend fun importFile(path: String): Imported = asked { throw IthacaFault.BadInput(InputSort.FILE, "file is no export of a space") }
    override suspend fun devices() = asked { Devices(listOf(OwnDevice(shown.value.device, "", true, false)), emptyList(), "one two three four") }
    override suspend fun scanDevice(text: String, relay: String?): Comer = asked { throw IthacaFault.BadInput(InputSort.CODE, "not the code of a new device") }
    override suspend fun approveDevice(comer: String) = asked { missing("device") }
    override suspend fun nameDevice(device: DeviceId, name: String) = asked {}
    override suspend fun revokeDevice(device: DeviceId) = asked { throw IthacaFault.Refused("a device is revoked from another one of yours, not from itself") }
    override suspend fun wordsStatus() = asked { WordsStatus(false, false, null, 0) }
    override suspend fun newWords(old: String?) = asked { NewWords("twelve words", relay, 0) }
    override suspend fun checkWords(words: String) = asked { WordsCheck.IN_FORCE }
    override suspend fun agreeToWords() = asked { missing("new words") }
}
