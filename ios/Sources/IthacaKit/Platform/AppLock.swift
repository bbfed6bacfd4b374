// The phone's own lock before Ithaca opens, where the person wants that.

public protocol AppLock: Sendable {
    /// Whether this phone has a lock of its own.
    func isThere() -> Bool
    /// Asks the person; false where they did not show that it is them.
    func unlock(reason: String) async -> Bool
}

/// A phone without a lock, and tests.
public struct NoLock: AppLock {
    public init() {}
    public func isThere() -> Bool { false }
    public func unlock(reason: String) async -> Bool { true }
}
