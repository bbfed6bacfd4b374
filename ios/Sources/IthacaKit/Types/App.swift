// The app as a whole: whether it runs, what the last sync came to, what changed.
import Foundation

public struct Who: Sendable, Hashable {
    public var person: PersonId
    public var name: String
    public var me: Bool
}

public enum ProfileState: String, Sendable, Hashable, CaseIterable { case none, joining, ready }

public enum Phase: String, Sendable, Hashable, CaseIterable { case open, suspended, closed }

public struct LastSync: Sendable, Hashable {
    public var at: Date
    public var reached: Bool
}

public struct AppState: Sendable, Hashable {
    public var phase: Phase
    public var person: PersonId
    public var device: DeviceId
    public var name: String
    public var online: Bool
    public var syncing: Bool
    public var lastSync: LastSync?
    public var trouble: String?
}

/// Something that a screen may want to read again.
public enum Change: Sendable, Hashable {
    case everything
    case content(SpaceId)
    case members(SpaceId)
    case whereabouts(SpaceId)
    case invites
    case notices
    case engine
}
