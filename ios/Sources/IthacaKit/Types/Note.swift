// A note: in a list, and in full.
import Foundation

public struct NoteFilter: Sendable, Hashable {
    public var space: SpaceId?
    public var withPrivate: Bool
    public var tag: String?
    public var bin: Bool

    public init(space: SpaceId? = nil, withPrivate: Bool = false, tag: String? = nil, bin: Bool = false) {
        self.space = space
        self.withPrivate = withPrivate
        self.tag = tag
        self.bin = bin
    }
}

public struct NoteLine: Sendable, Hashable, Identifiable {
    public var space: SpaceId
    public var id: NoteId
    public var title: String
    public var beginning: String
    public var date: Day?
    public var tags: [String]
    public var isPrivate: Bool
    public var differs: Bool
    public var editedBy: Who?
    public var editedAt: Date
}

/// A page of a list; `more` says whether there is another behind it.
public struct Page<Line: Sendable & Hashable>: Sendable, Hashable {
    public var lines: [Line]
    public var more: Bool
}

/// Where something is, as far as this phone knows.
public enum Whereabouts: String, Sendable, Hashable, CaseIterable { case here, relay, other }

public struct Note: Sendable, Hashable, Identifiable {
    public var space: SpaceId
    public var id: NoteId
    public var title: String
    public var date: Day?
    public var place: String?
    public var body: SharedText
    public var tags: [String]
    public var functions: [String]
    public var links: [String]
    public var isPrivate: Bool
    public var alive: Bool
    public var kept: Bool
    public var differs: [Differ]
    public var editedBy: Who?
    public var editedAt: Date
    public var at: Whereabouts
}

public enum NoteEdit: Sendable, Hashable {
    case title(String)
    case date(Day?)
    case place(String?)
    case tag(String, on: Bool)
    case function(String, on: Bool)
    case link(String, on: Bool)
    case delete
    case restore
}
