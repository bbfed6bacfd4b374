// You two differ.
import Foundation

/// One of the values on which people differ.
public struct DifferValue: Sendable, Hashable {
    public var words: String
    public var person: Who?
    public var by: Who?
    public var at: Date
    public var reason: String?
}

public struct Differ: Sendable, Hashable {
    public var field: String
    public var values: [DifferValue]
}

public enum CardNoun: String, Sendable, Hashable, CaseIterable { case note, session, goal, milestone, action, relationship, other }

public struct Card: Sendable, Hashable, Identifiable {
    public var id: CardId
    public var space: SpaceId
    public var noun: CardNoun
    public var title: String
    public var field: String
    public var values: [DifferValue]
    public var shown: Int?
    public var meanwhile: String?
    public var onlyMine: Bool
}
