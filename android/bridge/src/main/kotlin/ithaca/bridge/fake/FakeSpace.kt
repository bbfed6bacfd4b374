package ithaca.bridge.fake

import ithaca.bridge.*

/** What the fake keeps of one space. */
internal class FakeSpace(var pair: PairLine?) {
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

    /** Whether this person is a mentor here, in anything. */
    fun mentors() = relationship?.roles.orEmpty().any { it.mentor.me }

    /** What is promised and not done: one's own first, then by the day. */
    fun open() = actions.values.filter { it.done.isEmpty() }
        .sortedWith(compareBy<Action>({ a -> a.owners.none { it.me } }, { it.due == null }, { it.due }))

    fun foot() = Foot(pair?.other?.name ?: "", messages.count { it.at == Where.HERE }.toLong(), 0, null, null)
}
