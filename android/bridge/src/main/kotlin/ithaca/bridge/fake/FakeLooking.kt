package ithaca.bridge.fake

import ithaca.bridge.*

/** What the fake finds: by words that are in a text, in no order of worth. It keeps no history. */
internal class FakeLooking(private val world: FakeWorld) : LookingCalls {
    override suspend fun cards(space: SpaceId) = world.asked { at(space).cards.toList() }
    override suspend fun keepValue(card: Card, index: Int) = world.writes(card.space) { s ->
        if (index !in card.values.indices) missing("value on this card")
        if (!s.cards.removeIf { it.id == card.id }) missing("card")
    }

    override suspend fun search(query: String, space: SpaceId?, limit: Int) = world.asked {
        val words = query.lowercase().split(' ').filter { it.isNotBlank() }
        fun fits(text: String) = words.isNotEmpty() && words.all { it in text.lowercase() }
        val here = spaces.filterKeys { space == null || it == space }
        here.flatMap { (id, s) ->
            val notes = s.notes.values.filter { it.alive && fits(it.title + " " + it.body.words) }
            notes.map { Found(id, FoundNoun.NOTE, it.id.text, it.title) } +
                s.goals.values.filter { fits(it.title.words) }.map { Found(id, FoundNoun.GOAL, it.id.text, it.title.words) } +
                s.actions.values.filter { fits(it.text) }.map { Found(id, FoundNoun.ACTION, it.id.text, it.text) } +
                s.sessions.values.filter { fits(it.line.title) }.map { Found(id, FoundNoun.SESSION, it.line.id.text, it.line.title) } +
                s.messages.filter { fits(it.text.orEmpty()) }.map { Found(id, FoundNoun.MESSAGE, it.id.text, it.text.orEmpty()) }
        }.take(limit)
    }

    override suspend fun history(space: SpaceId, document: String, item: ItemId?): List<HistoryLine> =
        world.asked { at(space); emptyList() }

    override suspend fun insights(space: SpaceId, n: Int) = world.asked {
        val held = at(space).sessions.values.filter { it.line.state == SessionState.HELD }.takeLast(n)
        fun used(of: (Session) -> List<String>) =
            held.flatMap(of).groupingBy { it }.eachCount().map { Used(it.key, it.value) }.sortedByDescending { it.n }
        Insights(held.size, used { it.techniques }, used { it.functions })
    }
}
