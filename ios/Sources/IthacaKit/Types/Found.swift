// What was found, who changed what, how often something was used, what goes out and in.
import Foundation

public enum FoundNoun: String, Sendable, Hashable, CaseIterable { case note, goal, action, session, relationship, message }

public struct Found: Sendable, Hashable, Identifiable {
    public var space: SpaceId
    public var noun: FoundNoun
    public var id: String
    public var excerpt: String
}

public enum HistoryDeed: String, Sendable, Hashable, CaseIterable { case added, removed, replaced, moved, deleted, restored }

public struct HistoryLine: Sendable, Hashable {
    public var at: Date
    public var by: Who?
    public var item: ItemId?
    public var noun: String
    public var field: String
    public var label: String
    public var deed: HistoryDeed
    public var from: String
    public var to: String
    public var person: Who?
    public var afterEnd: Bool
}

public struct Used: Sendable, Hashable {
    public var word: String
    public var n: Int
}

public struct Insights: Sendable, Hashable {
    public var nSessions: Int
    public var techniques: [Used]
    public var functions: [Used]
}

public enum ExportForm: String, Sendable, Hashable, CaseIterable { case json, markdown }

public struct Imported: Sendable, Hashable {
    public var space: SpaceId
    public var savedCopy: Bool
    public var healed: Int
    public var others: Int
    public var sameCode: Bool
}
