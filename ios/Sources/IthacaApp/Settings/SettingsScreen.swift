import IthacaKit
import SwiftUI
import UniformTypeIdentifiers

struct SettingsScreen: View {
    @State var model: SettingsModel
    let go: (Place) -> Void
    @State private var choosing = false

    var body: some View {
        Form {
            ProblemLine(problem: model.problem, close: model.words("common.close"), dismiss: model.dismiss)
            QuietLine(text: model.offlineLine)
            Section(model.words("settings.relay")) {
                Text(model.relayLine)
                QuietLine(text: model.relaySees)
                TextField(model.words("new_pair.relay_address"), text: $model.relay)
                TextField(model.words("new_pair.account"), text: $model.account)
                Button(model.words("new_pair.keep_relay")) { Task { await model.keepRelay() } }.disabled(!model.canKeepRelay)
            }
            Section { looks }
            Section {
                Toggle(model.words("settings.lock"), isOn: Binding(get: { model.locks }, set: { on in Task { await model.lock(on) } }))
                    .disabled(!model.canLock)
                QuietLine(text: model.lockLine)
            }
            Section { reminders }
            Section(model.words("settings.export")) { export }
            Section {
                Button(model.words("settings.devices")) { go(.devices) }
                Button(model.words("settings.words")) { go(.recoveryWords) }
            }
        }
        .navigationTitle(model.words("settings.title"))
        .task { await model.follow() }
    }

    @ViewBuilder
    private var looks: some View {
        Picker(model.words("settings.language"), selection: choice({ model.language }, model.choose(language:))) {
            ForEach(Words.languages, id: \.self) { Text(model.words("settings.language_\($0)")).tag($0) }
        }
        Picker(model.words("settings.theme"), selection: choice({ model.theme }, model.choose(theme:))) {
            ForEach(SettingsModel.Theme.allCases, id: \.self) { Text(model.label($0)).tag($0) }
        }
        Picker(model.words("settings.text_size"), selection: choice({ model.size }, model.choose(size:))) {
            ForEach(SettingsModel.sizes, id: \.self) { Text(model.label(size: $0)).tag($0) }
        }
    }

    @ViewBuilder
    private var reminders: some View {
        Toggle(model.words("settings.reminders_names"), isOn: choice({ model.showsNames }, model.show(names:)))
        ForEach(model.pairs, id: \.space) { pair in
            Toggle(model.reminders(pair), isOn: choice({ !model.silent.contains(pair.space) }) { await model.remind(pair, $0) })
        }
    }

    @ViewBuilder
    private var export: some View {
        QuietLine(text: model.words("settings.export_about"))
        ForEach(model.pairs, id: \.space) { pair in
            Text(pair.other.name)
            Button(model.words("settings.export_markdown")) { Task { await model.export(pair, .markdown) } }
            Button(model.words("settings.export_json")) { Task { await model.export(pair, .json) } }
        }
        if let exported = model.exported { ShareLink(item: exported) { Text(model.words("settings.export")) } }
        Button(model.words("settings.import")) { choosing = true }
            .fileImporter(isPresented: $choosing, allowedContentTypes: [.item]) { chosen in
                Task { await Incoming.open(chosen) { await model.bringIn($0.path) } }
            }
        QuietLine(text: model.importedLine)
    }

    private func choice<Value: Sendable>(
        _ now: @escaping () -> Value, _ choose: @escaping @MainActor (Value) async -> Void
    ) -> Binding<Value> {
        Binding(get: now, set: { value in Task { await choose(value) } })
    }
}
