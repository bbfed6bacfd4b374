// Own devices, a new one, and recovery words.

public struct OwnDevice: Sendable, Hashable, Identifiable {
    public var id: DeviceId
    public var name: String
    public var thisOne: Bool
    public var revoked: Bool
}

public enum ComerState: String, Sendable, Hashable, CaseIterable { case waiting, asking, offered, added, lapsed }

public struct Comer: Sendable, Hashable, Identifiable {
    public var id: String
    public var name: String
    public var words: String
    public var state: ComerState
}

public struct Devices: Sendable, Hashable {
    public var devices: [OwnDevice]
    public var comers: [Comer]
    public var fourWords: String
}

public struct WordsStatus: Sendable, Hashable {
    public var made: Bool
    public var tended: Bool
    public var asksConsent: String?
    public var waitsFor: Int
}

/// Twelve words, shown once and kept nowhere.
public struct NewWords: Sendable, Hashable {
    public var words: String
    public var relay: String?
    public var waitsFor: Int
}

public enum WordsCheck: String, Sendable, Hashable, CaseIterable { case notInForce, inForce, ready, notReady }

public enum NewDeviceStage: Sendable, Hashable {
    case waiting
    case offered(name: String, words: String)
    case agreed
    case ready
}

public struct NewDeviceCode: Sendable, Hashable {
    public var code: String
    public var words: String
    public var relay: String
    public var fourWords: String
}

public struct PersonChoice: Sendable, Hashable {
    public var person: PersonId
    public var fourWords: String
}
