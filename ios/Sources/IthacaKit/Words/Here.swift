// Where and when a person reads: their language, their zone, the time now; and days and moments as they say them.
import Foundation

public struct Here: Sendable {
    public let words: Words
    public let zone: TimeZone
    public let now: @Sendable () -> Date

    public init(words: Words, zone: TimeZone = .current, now: @escaping @Sendable () -> Date = { Date() }) {
        (self.words, self.zone, self.now) = (words, zone, now)
    }

    public var today: Day { Day(of: now(), in: zone) }

    public func day(_ day: Day) -> String {
        switch day {
        case today: words("common.today")
        case today.adding(1): words("common.tomorrow")
        case today.adding(-1): words("common.yesterday")
        default: plain(day)
        }
    }

    /// A day inside of a sentence, where "today" would not fit.
    public func plain(_ day: Day) -> String { written(day.at(hour: 12, in: zone), day.year == today.year ? "EEE d MMMM" : "d MMMM yyyy") }
    public func plain(_ date: Date) -> String { plain(Day(of: date, in: zone)) }
    public func time(_ date: Date) -> String { written(date, words.language == "en" ? "h:mm a" : "H:mm") }

    public func dayAndTime(_ date: Date) -> String {
        words("common.at_time", ["day": day(Day(of: date, in: zone)), "time": time(date)])
    }

    /// How long ago, as people say it.
    public func ago(_ date: Date) -> String {
        let (passed, of) = (now().timeIntervalSince(date), Day(of: date, in: zone))
        if (0..<60).contains(passed) { return words("when.now") }
        if (0..<3600).contains(passed) { return words.n("when.minutes", Int(passed / 60)) }
        if of == today { return words("when.today", ["time": time(date)]) }
        if of == today.adding(-1) { return words("when.yesterday", ["time": time(date)]) }
        if (today.adding(-6)..<today).contains(of) { return words("when.weekday", ["day": written(date, "EEEE"), "time": time(date)]) }
        return words("when.day", ["day": plain(of)])
    }

    private func written(_ date: Date, _ pattern: String) -> String {
        let writer = DateFormatter()
        writer.locale = Locale(identifier: words.language)
        writer.timeZone = zone
        let spanish = pattern.replacingOccurrences(of: " MMMM", with: " 'de' MMMM").replacingOccurrences(of: " yyyy", with: " 'de' yyyy")
        writer.dateFormat = words.language == "es" ? spanish : pattern
        return writer.string(from: date)
    }
}
