// The phone's own lock: a face, a finger, or its code.
import IthacaKit
import LocalAuthentication

public struct DeviceLock: AppLock {
    public init() {}

    public func isThere() -> Bool { LAContext().canEvaluatePolicy(.deviceOwnerAuthentication, error: nil) }

    public func unlock(reason: String) async -> Bool {
        (try? await LAContext().evaluatePolicy(.deviceOwnerAuthentication, localizedReason: reason)) ?? false
    }
}
