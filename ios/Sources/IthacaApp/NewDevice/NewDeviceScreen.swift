import IthacaKit
import SwiftUI

struct NewDeviceScreen: View {
    @State var model: NewDeviceModel
    let goesOn: Bool
    let came: (any Client) -> Void

    var body: some View {
        Form {
            if let code = model.code {
                Section {
                    Text(model.line)
                    QuietLine(text: model.offeredWords)
                    QuietLine(text: model.offlineLine)
                    if model.canAgree { Button(model.words("new_device.agree")) { Task { await model.agree() } } }
                    ProblemLine(problem: model.problem, close: model.words("common.close"), dismiss: model.dismiss)
                }
                Section(model.words("new_device.four")) { Text(code.fourWords).font(.headline) }
                Section {
                    QrImage(text: code.code, label: model.words("new_device.code"))
                    Text(model.words("new_device.words"))
                    Text(code.words).font(.body)
                }
                Button(model.words("new_device.leave"), role: .cancel) { Task { await model.leave() } }
            } else {
                Section {
                    Text(model.words("new_device.about"))
                    TextField(model.words("new_device.label"), text: $model.label)
                    TextField(model.words("new_device.relay"), text: $model.relay)
                    ProblemLine(problem: model.problem, close: model.words("common.close"), dismiss: model.dismiss)
                    Button(model.words("new_device.begin")) { Task { await model.begin() } }.disabled(!model.canBegin)
                }
            }
        }
        .navigationTitle(model.words("new_device.title"))
        .task { await ask() }
    }

    /// Asks the relay every few seconds while the screen is looked at.
    private func ask() async {
        if goesOn { await model.goOn() }
        while !Task.isCancelled, model.client == nil {
            await model.step()
            try? await Task.sleep(for: .seconds(3))
        }
        if let client = model.client { came(client) }
    }
}
