// The system's reminders. What is planned replaces all that was.
import Foundation
import IthacaKit
import UserNotifications

public struct SystemReminders: Reminding {
    public init() {}

    private var center: UNUserNotificationCenter { .current() }

    public func isAllowed() async -> Bool { (try? await center.requestAuthorization(options: [.alert, .sound])) ?? false }

    public func plan(_ reminders: [Reminder]) async {
        center.removeAllPendingNotificationRequests()
        for reminder in reminders {
            let content = UNMutableNotificationContent()
            (content.title, content.body) = (reminder.title, reminder.body)
            let parts = Calendar.current.dateComponents([.year, .month, .day, .hour, .minute], from: reminder.at)
            let trigger = UNCalendarNotificationTrigger(dateMatching: parts, repeats: false)
            try? await center.add(UNNotificationRequest(identifier: reminder.id, content: content, trigger: trigger))
        }
    }
}
