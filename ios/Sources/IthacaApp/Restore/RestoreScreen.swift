import IthacaKit
import SwiftUI
import UniformTypeIdentifiers

struct RestoreScreen: View {
    @State var model: RestoreModel
    let came: (any Client) -> Void
    @State private var choosing = false

    var body: some View {
        Form {
            Section {
                Text(model.words("restore.about"))
                TextField(model.words("restore.words"), text: $model.paper)
                TextField(model.words("restore.relay"), text: $model.relay)
                Button(model.words("restore.rescue")) { choosing = true }
                    .fileImporter(isPresented: $choosing, allowedContentTypes: [.item]) { chosen in
                        Task { await Incoming.open(chosen) { model.take(rescue: $0) } }
                    }
                QuietLine(text: model.rescueLine)
                ProblemLine(problem: model.problem, close: model.words("common.close"), dismiss: model.dismiss)
                QuietLine(text: model.offlineLine)
            }
            if model.looking {
                Section {
                    QuietLine(text: model.words("restore.looking"))
                    Button(model.words("restore.stop")) { model.stop() }
                }
            } else {
                Button(model.words("restore.look")) { Task { await model.look() } }.disabled(!model.canLook)
            }
            if !model.found.isEmpty {
                Section {
                    QuietLine(text: model.asks)
                    ForEach(model.found, id: \.person) { choice in
                        Text(model.line(choice))
                        Button(model.words("restore.finish")) { Task { await finish(choice) } }.disabled(model.busy)
                    }
                }
            }
        }
        .navigationTitle(model.words("restore.title"))
    }

    private func finish(_ choice: PersonChoice) async {
        await model.finish(choice)
        if let client = model.client { came(client) }
    }
}
