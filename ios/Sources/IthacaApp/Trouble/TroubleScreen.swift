import IthacaKit
import SwiftUI

struct TroubleScreen: View {
    @State var model: TroubleModel
    let chose: (TroubleModel.Way) -> Void
    let came: (any Client) -> Void

    var body: some View {
        VStack(alignment: .leading, spacing: 16) {
            Text(model.what).font(.headline)
            Text(model.way)
            ProblemLine(problem: model.problem, close: model.words("common.close"), dismiss: model.dismiss)
            ForEach(model.ways, id: \.self) { way in
                Button(model.label(way)) { Task { await take(way) } }.disabled(model.busy)
            }
            QuietLine(text: model.keptAside)
        }
        .padding(16)
        .navigationTitle(model.words("trouble.title"))
    }

    private func take(_ way: TroubleModel.Way) async {
        await model.take(way)
        if let client = model.client { came(client) }
        if let chosen = model.chosen { chose(chosen) }
    }
}
