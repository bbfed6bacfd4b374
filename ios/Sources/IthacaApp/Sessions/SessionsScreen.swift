import IthacaKit
import SwiftUI

struct SessionsScreen: View {
    @State var model: SessionsModel
    let go: (Place) -> Void

    var body: some View {
        List {
            ProblemLine(problem: model.problem, close: model.words("common.close"), dismiss: model.dismiss)
            if model.state == .empty {
                EmptyHint(text: model.empty, example: model.example, words: model.words) { model.title = $0 }
            }
            if !model.ahead.isEmpty { Section(model.words("sessions.ahead")) { ForEach(model.ahead) { entry($0) } } }
            if !model.past.isEmpty { Section(model.words("sessions.past")) { ForEach(model.past) { entry($0) } } }
            ForEach(model.same, id: \.one.id) { pair in
                Text(model.about(pair))
                Button(model.words("sessions.same_yes")) { Task { await model.same(pair, true) } }
                Button(model.words("sessions.same_no")) { Task { await model.same(pair, false) } }
            }
            Section(model.words("sessions.new")) {
                DayLine(label: model.words("session.day"), none: model.words("common.no_day"), day: model.day) { model.day = $0 }
                AddLine(
                    label: model.words("sessions.new_label"), button: model.words("sessions.new"), text: $model.title, on: model.canPlan,
                    add: plan)
            }
        }
        .navigationTitle(model.words("sessions.title"))
        .task { await model.follow() }
    }

    private func entry(_ line: SessionLine) -> some View {
        NavigationLink(value: Place.session(model.space, line.id)) {
            VStack(alignment: .leading) {
                Said(model.title(line)).font(.headline)
                QuietLine(text: model.when(line))
                QuietLine(text: model.ready(line))
            }
        }
    }

    private func plan() async {
        if let session = await model.plan() { go(.session(model.space, session)) }
    }
}
