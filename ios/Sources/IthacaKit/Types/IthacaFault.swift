// What can be wrong, by what a person can do about it. Every call of a client throws this and nothing else.

public enum InputSort: String, Sendable, Hashable, CaseIterable {
    case link, code, words, address, account, file, day, zone, name, offset, id, value
}

/// `why` and `what` are for developers: screens choose their words by the case.
public enum IthacaFault: Error, Sendable, Hashable {
    case locked
    case vaultFailed
    case vaultLost
    case inUse
    case noProfile
    case profileExists
    case notAdded
    case storageFull
    case storageCorrupt(why: String)
    case newerDatabase
    case badInput(InputSort, why: String)
    case notFound(String)
    case readOnly(why: String)
    case refused(why: String)
    case stale
    case offline
    case stopped
    case suspended
    case closed
    case `internal`(why: String)
}

extension IthacaFault {
    /// A client throws nothing else; whatever else there may be is a fault of ours.
    static func of(_ error: any Error) -> IthacaFault { error as? IthacaFault ?? .internal(why: "not a fault of a client") }
}
