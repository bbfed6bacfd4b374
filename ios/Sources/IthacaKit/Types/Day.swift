// A calendar day without a zone: what due, review and target dates are.
import Foundation

public struct Day: Sendable, Hashable, Comparable {
    public let year: Int
    public let month: Int
    public let day: Int

    /// Nil for a day that the calendar does not have.
    public init?(year: Int, month: Int, day: Int) {
        let parts = DateComponents(calendar: Self.calendar, year: year, month: month, day: day)
        guard (1...9999).contains(year), parts.isValidDate else { return nil }
        (self.year, self.month, self.day) = (year, month, day)
    }

    /// Nil for what somebody's other app wrote in no known shape.
    public init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.count) == [4, 2, 2], text.utf8.allSatisfy({ $0 == 45 || (48...57).contains($0) }) else { return nil }
        self.init(year: Int(parts[0])!, month: Int(parts[1])!, day: Int(parts[2])!)
    }

    /// The day that a moment falls on, where the phone is.
    public init(of date: Date, in zone: TimeZone = .current) {
        let parts = Self.calendar.dateComponents(in: zone, from: date)
        (year, month, day) = (parts.year!, parts.month!, parts.day!)
    }

    public static func today(_ now: Date = Date(), in zone: TimeZone = .current) -> Day { Day(of: now, in: zone) }

    static func read(_ text: String?) -> Day? { text.flatMap(Day.init) }

    public var text: String { String(format: "%04d-%02d-%02d", year, month, day) }

    /// A moment of this day, where the phone is.
    public func at(hour: Int, in zone: TimeZone = .current) -> Date {
        var calendar = Self.calendar
        calendar.timeZone = zone
        return calendar.date(from: DateComponents(year: year, month: month, day: day, hour: hour))!
    }

    public func adding(_ days: Int) -> Day {
        let utc = TimeZone(identifier: "UTC")!
        return Day(of: at(hour: 12, in: utc).addingTimeInterval(Double(days) * 86_400), in: utc)
    }

    public static func < (a: Day, b: Day) -> Bool { (a.year, a.month, a.day) < (b.year, b.month, b.day) }

    private static let calendar = Calendar(identifier: .gregorian)
}

extension Date {
    /// Milliseconds since 1970, as the core counts.
    init(ms: Int64) { self.init(timeIntervalSince1970: Double(ms) / 1000) }
    var ms: Int64 { Int64((timeIntervalSince1970 * 1000).rounded()) }
}
