import IthacaKit
import SwiftUI

struct SearchScreen: View {
    @State var model: SearchModel
    let go: (Place) -> Void

    var body: some View {
        List {
            ProblemLine(problem: model.problem, close: model.words("common.close"), dismiss: model.dismiss)
            QuietLine(text: model.count)
            if model.state == .empty {
                EmptyHint(text: model.empty, example: model.example, words: model.words) { model.query = $0 }
            }
            ForEach(model.found, id: \.self) { found in
                Button { open(found) } label: {
                    VStack(alignment: .leading) {
                        HStack {
                            ForEach(Array(model.pieces(found).enumerated()), id: \.offset) { _, piece in
                                Text(piece.text).foregroundStyle(piece.matched ? Tint.primary : Tint.secondary)
                            }
                        }
                        .running(as: found.excerpt)
                        QuietLine(text: model.line(found))
                    }
                }
            }
        }
        .navigationTitle(model.words("search.title"))
        .searchable(text: $model.query)
        .task(id: model.query) { await model.look() }
    }

    private func open(_ found: Found) {
        switch found.noun {
        case .note: go(.note(found.space, NoteId(found.id)))
        case .goal: go(.goal(found.space, GoalId(found.id)))
        case .session: go(.session(found.space, SessionId(found.id)))
        case .message: go(.messages(found.space))
        case .action: go(.goals(found.space))
        case .relationship: go(.about(found.space))
        }
    }
}
