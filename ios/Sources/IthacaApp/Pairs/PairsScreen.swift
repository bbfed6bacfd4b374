import IthacaKit
import SwiftUI

struct PairsScreen: View {
    @State var model: PairsModel
    let go: (Place) -> Void

    var body: some View {
        List {
            ProblemLine(problem: model.problem, close: model.words("common.close"), dismiss: model.dismiss)
            QuietLine(text: model.offlineLine)
            if !model.notices.isEmpty {
                Section(model.words("pairs.notices")) {
                    ForEach(model.notices, id: \.no) { notice in
                        Text(model.line(notice))
                        Button(model.words("pairs.notice_seen")) { Task { await model.seen(notice) } }
                    }
                }
            }
            if model.state == .empty {
                EmptyHint(text: model.empty, example: model.example, words: model.words) { _ in go(.newPair) }
            }
            ForEach(model.pairs, id: \.space) { pair in
                NavigationLink(value: Place.pair(pair.space)) {
                    VStack(alignment: .leading) {
                        Said(pair.other.name).font(.headline)
                        QuietLine(text: model.line(pair))
                    }
                }
            }
            ForEach(model.waiting) { invite in
                Button(model.line(invite)) { go(.newPair) }
            }
            NavigationLink(value: Place.notes(nil)) { Label(model.words("pairs.private"), systemImage: "lock") }
        }
        .navigationTitle(model.words("pairs.title"))
        .toolbar {
            ToolbarItem(placement: .primaryAction) {
                Button { go(.newPair) } label: { Label(model.words("pairs.new"), systemImage: "plus") }
            }
            ToolbarItem {
                Button { go(.search) } label: { Label(model.words("nav.search"), systemImage: "magnifyingglass") }
            }
            ToolbarItem {
                Button { go(.sync) } label: { Label(model.words("nav.sync"), systemImage: "arrow.triangle.2.circlepath") }
            }
            ToolbarItem {
                Button { go(.settings) } label: { Label(model.words("nav.settings"), systemImage: "gearshape") }
            }
        }
        .task { await model.follow() }
    }
}
