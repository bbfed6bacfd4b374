// You two differ, finding, looking back, of the library.
internal import IthacaBindings

extension CoreClient {
    public func cards(_ space: SpaceId) async throws(IthacaFault) -> [Card] {
        try await asking { try await core.cards(space: space.text).map(Card.init) }
    }

    public func keepValue(_ card: Card, _ index: Int) async throws(IthacaFault) {
        guard card.values.indices.contains(index) else { throw .notFound("value on this card") }
        try await asking {
            try await core.keepValue(space: card.space.text, card: card.id.text, index: natural(index), words: card.values[index].words)
        }
    }
    public func search(_ query: String, space: SpaceId?, limit: Int) async throws(IthacaFault) -> [Found] {
        try await asking { try await core.search(query: query, space: space?.text, limit: natural(limit)).map(Found.init) }
    }

    public func history(_ space: SpaceId, document: String, item: ItemId?) async throws(IthacaFault) -> [HistoryLine] {
        try await asking { try await core.history(space: space.text, document: document, item: item?.text).map(HistoryLine.init) }
    }

    public func insights(_ space: SpaceId, last n: Int) async throws(IthacaFault) -> Insights {
        try await asking { try await Insights(core.insights(space: space.text, n: natural(n))) }
    }
}
