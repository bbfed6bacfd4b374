// A pair: how it begins, what both decide about it, and its home.
import Foundation

public enum PairState: String, Sendable, Hashable, CaseIterable { case running, paused, ended, left, otherLeft, blocked, savedCopy }

public enum Stage: String, Sendable, Hashable, CaseIterable { case initiation, cultivation, separation, redefinition }

public enum Compared: String, Sendable, Hashable, CaseIterable { case inPerson, spoken }

public struct StageProposal: Sendable, Hashable {
    public var by: Who
    public var stage: Stage
}

public struct PairLine: Sendable, Hashable {
    public var space: SpaceId
    public var other: Who
    public var safetyNumber: String?
    public var comparedAt: Date?
    public var compared: Compared?
    public var mustCompare: Bool
    public var state: PairState
    public var stage: Stage
    public var proposed: [StageProposal]
    /// Whether the other is told how far this person read.
    public var receipts: Bool
    public var relays: [String]
}

public struct Role: Sendable, Hashable {
    public var topic: String
    public var mentor: Who
}

public struct Person: Sendable, Hashable {
    public var who: Who
    public var language: String?
    public var zone: String?
    public var reachable: String?
}

public struct Clause: Sendable, Hashable, Identifiable {
    public var id: ItemId
    public var title: String
    public var text: SharedText
}

public struct Relationship: Sendable, Hashable {
    public var pair: PairLine
    public var document: String
    public var kind: String?
    public var model: String?
    public var setting: String?
    public var cadence: String?
    public var roles: [Role]
    public var people: [Person]
    public var clauses: [Clause]
    public var plan: [Clause]
    public var differs: [Differ]
}

public struct Answered: Sendable, Hashable {
    public var person: PersonId
    public var name: String
    public var safetyNumber: String
    public var spoken: Bool
}

public enum InviteState: String, Sendable, Hashable, CaseIterable { case open, answered, approved, closed, lapsed }

public struct Invite: Sendable, Hashable, Identifiable {
    public var id: InviteId
    public var mine: Bool
    public var state: InviteState
    public var link: String?
    public var words: String?
    public var relay: String
    public var expires: Date
    public var answers: [Answered]
    public var space: SpaceId?
}

public enum PairEdit: Sendable, Hashable {
    case kind(String?)
    case model(String?)
    case setting(String?)
    case cadence(String?)
    case role(String, mentor: PersonId?)
    case myName(String?)
    case myLanguage(String?)
    case myZone(String?)
    case myReachable(String?)
    case addClause(String, text: String)
    case addPlan(String, text: String)
}

public struct Home: Sendable, Hashable {
    public var pair: PairLine
    public var kind: String?
    public var mentor: Bool
    public var next: SessionLine?
    public var promised: [Action]
    public var goals: [Goal]
    public var latest: [Message]
    public var cards: [Card]
    public var foot: Foot
}
