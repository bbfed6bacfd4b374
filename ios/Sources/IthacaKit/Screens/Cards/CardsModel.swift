// You two differ: the values side by side, with who and when and why; keeping one, or talking about it.
import Observation

@MainActor
@Observable
public final class CardsModel: ScreenModel {
    public let space: SpaceId
    public private(set) var cards: [Card] = []
    /// Where a card was put on the agenda.
    public private(set) var talked: String?

    override public class var screen: Screen { .cards }
    override var isEmpty: Bool { cards.isEmpty }
    override var isLong: Bool { cards.count > Self.many }
    /// One card by itself is what this screen is for; it differs where somebody's own devices do.
    override var isDiffering: Bool { cards.contains(where: \.onlyMine) }
    override func isAbout(_ change: Change) -> Bool { change == .content(space) }

    public init(client: any Client, here: Here, space: SpaceId) {
        self.space = space
        super.init(client, here)
    }

    override func load() async {
        if let cards = await attempt({ try await client.cards(space) }) { self.cards = cards }
    }

    public var empty: String { words("cards.empty") }
    public func about(_ card: Card) -> String { words.about(card) }
    public func value(_ value: DifferValue, of card: Card) -> String { words.value(value, field: card.field, here) }
    public func said(_ value: DifferValue) -> String {
        words("cards.said", ["name": value.by.map(words.name) ?? words("history.somebody"), "when": here.ago(value.at)])
    }
    public func reason(_ value: DifferValue) -> String? { value.reason.map { words("cards.reason", ["reason": $0]) } }
    public func isShown(_ index: Int, of card: Card) -> Bool { card.shown == index }
    public func meanwhile(_ card: Card) -> String? {
        card.meanwhile.map { words("cards.meanwhile", ["value": words.value($0, field: card.field, here)]) }
    }
    public func onlyMine(_ card: Card) -> String? { card.onlyMine ? words("cards.only_mine") : nil }
    public func keepLabel(_ index: Int, of card: Card) -> String {
        switch (card.values.count, index) {
        case (2, 0): words("cards.keep_this")
        case (2, 1): words("cards.keep_that")
        default: words("cards.keep", ["value": value(card.values[index], of: card)])
        }
    }

    public func keep(_ index: Int, of card: Card) async {
        if await attempt({ try await client.keepValue(card, index) }) != nil { await load() }
    }

    /// Puts it on the agenda of the next session, or of a new one.
    public func talk(about card: Card) async {
        let parts = ["noun": words.of("cards", card.noun), "title": card.title, "field": words.field(card.field)] as KeyValuePairs
        let point = words("cards.talk_point", parts)
        let title = words("session.title")
        talked = await attempt {
            if let next = try await client.home(space, today: here.today).next {
                try await client.editSession(space, next.id, [.addAgenda(point)])
                return words("cards.talked", ["title": next.title])
            }
            _ = try await client.planSession(space, title: title, day: nil, [.addAgenda(point)])
            return words("cards.talked", ["title": title])
        }
    }
}
