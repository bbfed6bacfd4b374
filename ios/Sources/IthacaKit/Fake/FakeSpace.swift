// What the fake keeps of one space, in the order in which it came.
import Foundation

final class FakeSpace {
    let id: SpaceId
    var pair: PairLine?
    var relationship: Relationship?
    var notes: [Note] = []
    var goals: [Goal] = []
    var actions: [Action] = []
    var actionBin: [Action] = []
    var sessions: [Session] = []
    var sessionBin: [Session] = []
    var messages: [Message] = []
    var cards: [Card] = []
    var history: [HistoryLine] = []
    var onRelay = 0
    var heardAt: Date?

    init(_ id: SpaceId, _ pair: PairLine?) { (self.id, self.pair) = (id, pair) }

    /// Open promises: one's own first, by the day they are due.
    var open: [Action] {
        let rank = { (a: Action) in (a.owners.contains(where: \.me) ? 0 : 1, a.due?.text ?? "9999-99-99") }
        let open = actions.filter(\.done.isEmpty).enumerated()
        return open.sorted { a, b in
            let (x, y) = (rank(a.element), rank(b.element))
            return (x.0, x.1, a.offset) < (y.0, y.1, b.offset)
        }.map(\.element)
    }

    var mentors: Bool { relationship?.roles.contains(where: \.mentor.me) ?? false }

    var foot: Foot {
        let here = messages.count(where: { $0.at == .here }) + notes.count(where: { $0.at == .here && !$0.isPrivate })
        return Foot(name: pair?.other.name ?? "", here: here, onRelay: onRelay, heardAt: heardAt, unconfirmedSince: nil)
    }
}

extension Array where Element: Identifiable {
    /// Changes the one with that id; false where there is none.
    mutating func change(_ id: Element.ID, _ act: (inout Element) -> Void) -> Bool {
        guard let at = firstIndex(where: { $0.id == id }) else { return false }
        act(&self[at])
        return true
    }

    mutating func take(_ id: Element.ID) -> Element? { firstIndex(where: { $0.id == id }).map { remove(at: $0) } }
    func find(_ id: Element.ID) -> Element? { first { $0.id == id } }
}

extension Array where Element == String {
    /// With the one or without it, whatever its spelling.
    func with(_ one: String, on: Bool) -> [String] { filter { $0.lowercased() != one.lowercased() } + (on ? [one] : []) }
}
