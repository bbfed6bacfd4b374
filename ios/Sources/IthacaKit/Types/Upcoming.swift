// What is ahead and worth a reminder: sessions, and one's own promises with a day.
import Foundation

public enum ReminderNoun: String, Sendable, Hashable, CaseIterable { case session, promise }

public struct Upcoming: Sendable, Hashable {
    public var space: SpaceId
    public var with: String
    public var noun: ReminderNoun
    public var id: String
    public var day: Day?
    public var at: Date?
    public var words: String
}
