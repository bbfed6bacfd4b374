import IthacaKit
import SwiftUI

struct GoalsScreen: View {
    @State var model: GoalsModel
    let go: (Place) -> Void

    var body: some View {
        List {
            ProblemLine(problem: model.problem, close: model.words("common.close"), dismiss: model.dismiss)
            if model.state == .empty {
                EmptyHint(text: model.empty, example: model.example, words: model.words) { model.title = $0 }
            }
            ForEach(model.goals) { goal in
                NavigationLink(value: Place.goal(model.space, goal.id)) {
                    VStack(alignment: .leading) {
                        Said(goal.title.words).font(.headline)
                        QuietLine(text: model.steps(goal))
                        QuietLine(text: model.status(goal))
                        QuietLine(text: model.until(goal))
                        if goal.stretch { QuietLine(text: model.words("goals.stretch")) }
                    }
                }
            }
            AddLine(
                label: model.words("goals.new_label"), button: model.words("goals.new"), text: $model.title, on: model.canBegin, add: begin)
            Section(model.words("goals.promises")) { promises }
        }
        .navigationTitle(model.words("goals.title"))
        .task { await model.follow() }
    }

    @ViewBuilder
    private var promises: some View {
        if model.actions.open.isEmpty { Text(model.words("goals.no_promises")) }
        ForEach(model.actions.open + model.actions.done) { action in
            HStack {
                TickBox(done: !action.done.isEmpty, label: action.text) { await model.tick(action) }
                Said(action.text)
            }
        }
        ForEach(model.same, id: \.one.id) { pair in
            Text(model.about(pair))
            Button(model.words("goals.same_yes")) { Task { await model.same(pair, true) } }
            Button(model.words("goals.same_no")) { Task { await model.same(pair, false) } }
        }
    }

    private func begin() async {
        if let goal = await model.begin() { go(.goal(model.space, goal)) }
    }
}
