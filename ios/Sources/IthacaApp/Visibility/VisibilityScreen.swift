import IthacaKit
import SwiftUI

struct VisibilityScreen: View {
    @State var model: VisibilityModel

    var body: some View {
        List {
            ProblemLine(problem: model.problem, close: model.words("common.close"), dismiss: model.dismiss)
            if model.state == .empty { Text(model.empty) }
            ForEach(model.parts, id: \.title) { part in
                Section(part.title) { ForEach(part.lines, id: \.self) { Text($0) } }
            }
        }
        .navigationTitle(model.words("visibility.title"))
        .task { await model.follow() }
    }
}
