// A stub written by hand, not Apple's SDK: what this app uses of LocalAuthentication. Nothing here runs.
import Foundation

func stub<T>() -> T { fatalError() }

public enum LAPolicy: Sendable { case deviceOwnerAuthentication }
public final class LAContext {
    public init() {}
    public func canEvaluatePolicy(_ policy: LAPolicy, error: UnsafeMutablePointer<NSError?>?) -> Bool { stub() }
    public func evaluatePolicy(_ policy: LAPolicy, localizedReason: String) async throws -> Bool { stub() }
}
