import IthacaKit
import SwiftUI

struct PairHomeScreen: View {
    @State var model: PairHomeModel
    let go: (Place) -> Void

    var body: some View {
        List {
            ProblemLine(problem: model.problem, close: model.words("common.close"), dismiss: model.dismiss)
            if let card = model.card {
                Section {
                    Button(model.words.about(card)) { go(.cards(model.space)) }.foregroundStyle(Tint.differing)
                    QuietLine(text: model.moreCards)
                }
            }
            Section {
                Text(model.line)
                QuietLine(text: model.standing)
                QuietLine(text: model.mustCompare)
                ForEach(model.proposed, id: \.self) { QuietLine(text: $0) }
            }
            Section(model.words("pair_home.next")) { next }
            Section(model.words("pair_home.promised")) { promised }
            Section(model.words("pair_home.goals")) {
                if model.goals.isEmpty { Text(model.words("pair_home.no_goals")) }
                ForEach(model.goals) { goal in
                    NavigationLink(value: Place.goal(model.space, goal.id)) {
                        ProgressView(value: model.bar(goal).part) { Said(model.bar(goal).words) }
                    }
                }
            }
            Section(model.words("pair_home.latest")) {
                if model.latest.isEmpty { Text(model.words("pair_home.no_latest")) }
                ForEach(model.latest) { Said($0.text ?? model.words("messages.withdrawn")) }
            }
            Section { doors }
            QuietLine(text: model.foot)
        }
        .navigationTitle(model.name)
        .task { await model.follow() }
    }

    @ViewBuilder
    private var next: some View {
        if let session = model.next {
            NavigationLink(value: Place.session(model.space, session.id)) {
                VStack(alignment: .leading) {
                    Said(session.title)
                    QuietLine(text: model.nextWhen)
                    ForEach(model.readiness, id: \.self) { QuietLine(text: $0) }
                }
            }
        } else {
            Text(model.words("pair_home.no_next"))
            Button(model.words("pair_home.plan")) { go(.sessions(model.space)) }.disabled(!model.canWrite)
        }
    }

    @ViewBuilder
    private var promised: some View {
        if model.promised.isEmpty {
            EmptyHint(text: model.words("pair_home.no_promise"), example: model.words("pair_home.promise_example"), words: model.words) {
                model.promise = $0
            }
        }
        ForEach(model.promised) { action in
            HStack {
                TickBox(done: !action.done.isEmpty, label: model.tickLabel(action)) { await model.tick(action) }
                VStack(alignment: .leading) {
                    Said(action.text)
                    QuietLine(text: model.owner(action))
                    QuietLine(text: model.due(action))
                }
            }
        }
        AddLine(
            label: model.words("pair_home.promise_new"), button: model.words("common.add"), text: $model.promise, on: model.canPromise,
            add: model.keepPromise)
    }

    @ViewBuilder
    private var doors: some View {
        NavigationLink(value: Place.messages(model.space)) { Text(model.words("pair_home.messages")) }
        NavigationLink(value: Place.notes(model.space)) { Text(model.words("pair_home.notes")) }
        NavigationLink(value: Place.goals(model.space)) { Text(model.words("pair_home.goals")) }
        NavigationLink(value: Place.sessions(model.space)) { Text(model.words("pair_home.sessions")) }
        NavigationLink(value: Place.about(model.space)) { Text(model.words("pair_home.about")) }
    }
}
