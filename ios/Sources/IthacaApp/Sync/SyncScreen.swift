import IthacaKit
import SwiftUI

struct SyncScreen: View {
    @State var model: SyncModel

    var body: some View {
        List {
            ProblemLine(problem: model.problem, close: model.words("common.close"), dismiss: model.dismiss)
            Section {
                Text(model.line)
                QuietLine(text: model.trouble)
                if model.isRunning {
                    Button(model.words("sync.stop")) { Task { await model.stop() } }
                } else {
                    Button(model.words("sync.now")) { Task { await model.sync() } }.disabled(!model.canSync)
                }
            }
            if model.state == .empty { Text(model.empty) }
            ForEach(model.pairs, id: \.space) { space in
                Section(space.foot.name) {
                    row(model.words("sync.this"), model.thisPhone(space))
                    row(model.words("sync.relay"), model.relay(space))
                    row(model.words("sync.other", ["name": space.foot.name]), model.otherPhone(space))
                    Text(model.code(space)).monospacedDigit()
                    QuietLine(text: model.codeWords(space))
                    QuietLine(text: model.words("sync.code_about"))
                    ForEach(model.oddities(space), id: \.self) { QuietLine(text: $0) }
                }
            }
            if let own = model.own { Section(model.words("sync.own")) { row(model.words("sync.this"), model.thisPhone(own)) } }
            Section(model.words("sync.nearby")) { QuietLine(text: model.words("sync.nearby_not")) }
            Section(model.words("sync.by_file")) { QuietLine(text: model.words("sync.by_file_about")) }
        }
        .navigationTitle(model.words("sync.title"))
        .task { await model.follow() }
    }

    private func row(_ name: String, _ what: String) -> some View {
        VStack(alignment: .leading) {
            Text(name)
            QuietLine(text: what)
        }
    }
}
