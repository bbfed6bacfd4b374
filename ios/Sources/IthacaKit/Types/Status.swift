// Status: what is where, and what others can see.
import Foundation

/// How far what was written in a space came.
public struct Foot: Sendable, Hashable {
    public var name: String
    public var here: Int
    public var onRelay: Int
    public var heardAt: Date?
    public var unconfirmedSince: Date?
}

public struct SpaceStatus: Sendable, Hashable {
    public var space: SpaceId
    public var isPrivate: Bool
    public var foot: Foot
    public var stateCode: String
    public var stateWords: String
    public var setAside: Int
    public var unknownAuthor: Int
    public var knownMissing: Int
}

public struct Relay: Sendable, Hashable {
    public var origin: String
    public var trouble: String?
    public var again: Date?
}

public struct Status: Sendable, Hashable {
    public var spaces: [SpaceStatus]
    public var relays: [Relay]
}

public struct SyncOutcome: Sendable, Hashable {
    public var at: Date
    public var offline: Bool
    public var noRelay: Bool
    public var relays: [Relay]
}

public struct Notice: Sendable, Hashable {
    public var no: Int
    public var space: SpaceId?
    public var kind: String
    public var at: Date
    public var words: String
}

public struct Finding: Sendable, Hashable {
    public var good: Bool
    public var what: String
    public var words: String
}

public struct Visibility: Sendable, Hashable {
    public var relays: [String]
    public var readers: [Who]
    public var ownDevices: Int
    public var privateNotes: Int
    public var shared: Int
}
