// Now and then the system wakes the app for a short while: then it sends and fetches once.
import BackgroundTasks
import Foundation

@MainActor
public enum BackgroundWork {
    static let name = "ithaca.refresh"

    /// What is done then.
    public static var refresh: @MainActor () async -> Bool = { false }

    public static func register() {
        BGTaskScheduler.shared.register(forTaskWithIdentifier: name, using: .main) { task in
            MainActor.assumeIsolated { run(task) }
        }
    }

    /// Asks to be woken; the system says when.
    public static func ask() {
        let request = BGAppRefreshTaskRequest(identifier: name)
        request.earliestBeginDate = Date(timeIntervalSinceNow: 15 * 60)
        try? BGTaskScheduler.shared.submit(request)
    }

    private static func run(_ task: BGTask) {
        ask()
        let work = Task { task.setTaskCompleted(success: await refresh()) }
        task.expirationHandler = { work.cancel() }
    }
}
