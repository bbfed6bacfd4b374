import IthacaKit
import SwiftUI

struct CardsScreen: View {
    @State var model: CardsModel

    var body: some View {
        List {
            ProblemLine(problem: model.problem, close: model.words("common.close"), dismiss: model.dismiss)
            if model.state == .empty { Text(model.empty) }
            QuietLine(text: model.talked)
            ForEach(model.cards) { card in
                Section(model.about(card)) {
                    QuietLine(text: model.onlyMine(card))
                    QuietLine(text: model.meanwhile(card))
                    ForEach(Array(card.values.enumerated()), id: \.offset) { index, value in
                        VStack(alignment: .leading) {
                            Said(model.value(value, of: card)).font(.headline)
                            QuietLine(text: model.said(value))
                            QuietLine(text: model.reason(value))
                            if model.isShown(index, of: card) { QuietLine(text: model.words("cards.shown")) }
                            Button(model.keepLabel(index, of: card)) { Task { await model.keep(index, of: card) } }.disabled(model.busy)
                        }
                    }
                    Button(model.words("cards.talk")) { Task { await model.talk(about: card) } }.disabled(model.busy)
                }
            }
        }
        .navigationTitle(model.words("cards.title"))
        .task { await model.follow() }
    }
}
