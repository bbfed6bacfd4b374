// Reminders: which, when, and what a locked phone may show of them.
import Foundation

public struct Reminder: Sendable, Hashable {
    public let id: String
    public let title: String
    public let body: String
    public let at: Date

    /// The system keeps no more than so many.
    static let most = 64

    /// An hour before an agreed time; at eight in the morning of a day. What has passed is not reminded of. A locked phone shows "Ithaca" and
    /// nothing else unless the person allowed more.
    public static func plan(_ ahead: [Upcoming], _ here: Here, showsNames: Bool) -> [Reminder] {
        let all = ahead.compactMap { upcoming -> Reminder? in
            guard let at = upcoming.at?.addingTimeInterval(-3600) ?? upcoming.day?.at(hour: 8, in: here.zone), at > here.now() else { return nil }
            let key = upcoming.noun == .session ? "ios.reminder_session" : "ios.reminder_promise"
            let words = here.words(key, ["words": upcoming.words, "name": upcoming.with])
            return Reminder(
                id: "\(upcoming.noun.rawValue)-\(upcoming.space.text)-\(upcoming.id)", title: "Ithaca", body: showsNames ? words : "", at: at)
        }
        return Array(all.sorted { ($0.at, $0.id) < ($1.at, $1.id) }.prefix(most))
    }
}

/// The system's reminders. Planning replaces everything that was planned.
public protocol Reminding: Sendable {
    func isAllowed() async -> Bool
    func plan(_ reminders: [Reminder]) async
}
