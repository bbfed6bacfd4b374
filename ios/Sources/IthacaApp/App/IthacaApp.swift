// The app: one window over one model, which goes to sleep and wakes with it.
import IthacaKit
import IthacaSystem
import SwiftUI

@main
struct IthacaApp: App {
    @State private var model = AppModel(
        SystemDoor.make(), Here(words: .best(of: Locale.preferredLanguages)), lock: DeviceLock(), reminding: SystemReminders(),
        inbox: SystemDoor.inbox())
    @Environment(\.scenePhase) private var phase

    init() { BackgroundWork.register() }

    var body: some Scene {
        WindowGroup {
            RootScreen(model: model)
                .task {
                    BackgroundWork.refresh = { [model] in await model.refresh() }
                    await model.start()
                }
                .onChange(of: phase) { _, now in
                    Task {
                        switch now {
                        case .active: await model.wake()
                        case .background:
                            await model.sleep()
                            BackgroundWork.ask()
                        default: break
                        }
                    }
                }
        }
    }
}
