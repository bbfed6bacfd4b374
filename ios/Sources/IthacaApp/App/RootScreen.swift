// Which screen is first: the way in, trouble on it, the lock, or the pairs.
import IthacaKit
import SwiftUI

struct RootScreen: View {
    @Bindable var model: AppModel
    @State private var way: TroubleModel.Way?

    var body: some View {
        stage
            .preferredColorScheme(Look.scheme(model.theme))
            .dynamicTypeSize(Look.size(model.size))
    }

    @ViewBuilder
    private var stage: some View {
        switch model.stage {
        case .opening: Text(model.here.words("app.opening")).foregroundStyle(Tint.secondary)
        case .firstRun: FirstRunScreen(model: FirstRunModel(model.door, model.here), came: enter)
        case .newDevice: NewDeviceScreen(model: NewDeviceModel(model.door, model.here), goesOn: true, came: enter)
        case .trouble(let fault):
            switch way {
            case .restore: RestoreScreen(model: RestoreModel(model.door, model.here), came: enter)
            case .otherDevice: NewDeviceScreen(model: NewDeviceModel(model.door, model.here), goesOn: false, came: enter)
            case .openAgain, nil: TroubleScreen(model: TroubleModel(fault, model.door, model.here), chose: { way = $0 }, came: enter)
            }
        case .locked: LockScreen(words: model.here.words) { Task { await model.unlock() } }
        case .home(let client): HomeScreen(client: client, here: model.here, changed: model.look).id(model.here.words.language)
        }
    }

    private func enter(_ client: any Client) {
        way = nil
        Task { await model.enter(client) }
    }
}

struct LockScreen: View {
    let words: Words
    let unlock: @MainActor () -> Void

    var body: some View {
        VStack(spacing: 16) {
            Text(words("settings.locked"))
            Button(words("settings.unlock"), action: unlock)
        }
    }
}
