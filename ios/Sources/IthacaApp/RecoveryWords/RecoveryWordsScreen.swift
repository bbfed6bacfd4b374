import IthacaKit
import SwiftUI

struct RecoveryWordsScreen: View {
    @State var model: RecoveryWordsModel

    var body: some View {
        Form {
            ProblemLine(problem: model.problem, close: model.words("common.close"), dismiss: model.dismiss)
            if model.made != nil {
                Section(model.words("recovery_words.once")) {
                    ForEach(model.numbered, id: \.self) { Text($0).font(.headline) }
                    Text(model.beside)
                    Button(model.words("recovery_words.written")) { Task { await model.written() } }
                }
            } else {
                Section {
                    Text(model.line)
                    QuietLine(text: model.waits)
                    QuietLine(text: model.offlineLine)
                    if model.status?.made == true { TextField(model.words("recovery_words.old"), text: $model.old) }
                    Button(model.makeLabel) { Task { await model.make() } }.disabled(model.busy)
                }
                if let asks = model.asks {
                    Section {
                        Text(asks)
                        Button(model.words("recovery_words.agree")) { Task { await model.agree() } }.disabled(model.busy)
                    }
                }
                Section(model.words("recovery_words.check")) {
                    Text(model.words("recovery_words.check_about"))
                    TextField(model.words("recovery_words.label"), text: $model.paper)
                    Button(model.words("recovery_words.check")) { Task { await model.tryPaper() } }.disabled(!model.canCheck)
                    QuietLine(text: model.checked)
                }
            }
        }
        .navigationTitle(model.words("recovery_words.title"))
        .task { await model.follow() }
    }
}
