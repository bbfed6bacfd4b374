import IthacaKit
import SwiftUI

struct HistoryScreen: View {
    @State var model: HistoryModel

    var body: some View {
        List {
            ProblemLine(problem: model.problem, close: model.words("common.close"), dismiss: model.dismiss)
            if model.state == .empty { Text(model.empty) }
            if let span = model.span {
                QuietLine(text: span)
                Slider(value: day, in: 0...Double(model.days.count - 1), step: 1).accessibilityLabel(model.words("history.slider"))
            }
            ForEach(Array(model.shown.enumerated()), id: \.offset) { _, line in
                VStack(alignment: .leading) {
                    Text(model.sentence(line))
                    QuietLine(text: model.when(line))
                }
            }
        }
        .navigationTitle(model.words("history.title"))
        .task { await model.follow() }
    }

    private var day: Binding<Double> {
        Binding(
            get: { Double(model.until.flatMap { model.days.firstIndex(of: $0) } ?? model.days.count - 1) },
            set: { model.until = model.days[Int($0)] })
    }
}
