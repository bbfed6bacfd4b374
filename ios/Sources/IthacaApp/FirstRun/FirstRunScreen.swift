import IthacaKit
import SwiftUI

struct FirstRunScreen: View {
    @State var model: FirstRunModel
    let came: (any Client) -> Void
    @State private var before: TroubleModel.Way?

    var body: some View {
        switch before {
        case .restore: RestoreScreen(model: RestoreModel(model.door, model.here), came: came)
        case .otherDevice: NewDeviceScreen(model: NewDeviceModel(model.door, model.here), goesOn: false, came: came)
        case .openAgain, nil: form
        }
    }

    private var form: some View {
        Form {
            Section { Text(model.words("first_run.about")) }
            Section {
                TextField(model.words("first_run.name"), text: $model.name).running(as: model.name)
                Picker(model.words("first_run.language"), selection: language) {
                    ForEach(model.languages, id: \.code) { Text($0.name).tag($0.code) }
                }
                ProblemLine(problem: model.problem, close: model.words("common.close"), dismiss: model.dismiss)
            }
            Section(model.words("first_run.private")) { ForEach(model.privately, id: \.self) { Text($0) } }
            Section {
                Button(model.words("first_run.begin")) { Task { await begin() } }.disabled(!model.canBegin)
            }
            Section(model.words("first_run.before")) {
                Button(model.words("first_run.restore")) { before = .restore }
                Button(model.words("first_run.other_device")) { before = .otherDevice }
            }
        }
        .navigationTitle(model.words("first_run.title"))
    }

    private var language: Binding<String> { Binding(get: { model.words.language }, set: { model.speak($0) }) }

    private func begin() async {
        await model.begin()
        if let client = model.client { came(client) }
    }
}
