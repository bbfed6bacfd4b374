package ithaca.bridge

/** What people differ on, and looking for something, at what was before, at what was used. */
interface LookingCalls {
    suspend fun cards(space: SpaceId): List<Card>
    suspend fun keepValue(card: Card, index: Int)
    suspend fun search(query: String, space: SpaceId? = null, limit: Int = 50): List<Found>
    suspend fun history(space: SpaceId, document: String, item: ItemId? = null): List<HistoryLine>
    suspend fun insights(space: SpaceId, n: Int = 6): Insights
}
