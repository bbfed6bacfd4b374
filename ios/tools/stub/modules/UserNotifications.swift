// A stub written by hand, not Apple's SDK: what this app uses of UserNotifications. Nothing here runs.
import Foundation

func stub<T>() -> T { fatalError() }

public struct UNAuthorizationOptions: OptionSet, Sendable {
    public let rawValue: UInt
    public init(rawValue: UInt) { self.rawValue = rawValue }
    public static let alert = Self(rawValue: 1), sound = Self(rawValue: 2)
}
public class UNNotificationContent: @unchecked Sendable { public init() {} }
public final class UNMutableNotificationContent: UNNotificationContent, @unchecked Sendable {
    public var title: String { get { stub() } set {} }
    public var body: String { get { stub() } set {} }
}
public class UNNotificationTrigger: @unchecked Sendable {}
public final class UNCalendarNotificationTrigger: UNNotificationTrigger, @unchecked Sendable {
    public init(dateMatching: DateComponents, repeats: Bool) {}
}
public final class UNNotificationRequest: Sendable {
    public init(identifier: String, content: UNNotificationContent, trigger: UNNotificationTrigger?) {}
}
public final class UNUserNotificationCenter: Sendable {
    public static func current() -> UNUserNotificationCenter { stub() }
    public func requestAuthorization(options: UNAuthorizationOptions) async throws -> Bool { stub() }
    public func removeAllPendingNotificationRequests() {}
    public func add(_ request: UNNotificationRequest) async throws {}
}
