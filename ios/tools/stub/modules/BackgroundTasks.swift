// A stub written by hand, not Apple's SDK: what this app uses of BackgroundTasks. Nothing here runs.
import Foundation

func stub<T>() -> T { fatalError() }

open class BGTask: @unchecked Sendable {
    public func setTaskCompleted(success: Bool) {}
    public var expirationHandler: (() -> Void)? { get { stub() } set {} }
}
public class BGTaskRequest { public var earliestBeginDate: Date? { get { stub() } set {} } }
public final class BGAppRefreshTaskRequest: BGTaskRequest { public init(identifier: String) {} }
public final class BGTaskScheduler: Sendable {
    public static var shared: BGTaskScheduler { stub() }
    @discardableResult
    public func register(
        forTaskWithIdentifier: String, using queue: DispatchQueue?, launchHandler: @escaping (BGTask) -> Void
    ) -> Bool { stub() }
    public func submit(_ request: BGTaskRequest) throws {}
}
