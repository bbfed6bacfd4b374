// A stub written by hand, not Apple's SDK: what this app uses of Network. Nothing here runs.
import Foundation

func stub<T>() -> T { fatalError() }

public struct NWPath: Sendable {
    public enum Status: Sendable { case satisfied, unsatisfied, requiresConnection }
    public var status: Status { stub() }
}
public final class NWPathMonitor: Sendable {
    public init() {}
    public var currentPath: NWPath { stub() }
    public func start(queue: DispatchQueue) {}
    public func cancel() {}
}
