import IthacaKit
import SwiftUI

struct GoalScreen: View {
    @State var model: GoalModel
    let go: (Place) -> Void

    var body: some View {
        List {
            ProblemLine(problem: model.problem, close: model.words("common.close"), dismiss: model.dismiss)
            QuietLine(text: model.kept)
            if let goal = model.goal {
                parts(goal)
                Section(model.words("goal.milestones")) { steps(goal) }
                Section(model.words("goal.status")) { status }
                Section { promise }
                NavigationLink(value: Place.history(model.space, document: goal.document, item: ItemId(goal.id.text))) {
                    Text(model.words("goal.history"))
                }
            }
        }
        .navigationTitle(model.words("goal.title"))
        .task { await model.follow() }
    }

    @ViewBuilder
    private func parts(_ goal: Goal) -> some View {
        part(.title, model.words("goals.new_label"))
        part(.why, model.words("goal.why"))
        part(.success, model.words("goal.success"))
        Section {
            DayLine(label: model.words("goal.target"), none: model.words("common.no_day"), day: goal.target, choose: model.target)
            DayLine(label: model.words("goal.review"), none: model.words("common.no_day"), day: goal.review, choose: model.review)
            Toggle(model.words("goal.stretch"), isOn: Binding(get: { goal.stretch }, set: { on in Task { await model.stretch(on) } }))
        }
        if goal.stretch {
            part(.risk, model.words("goal.risk"))
            part(.support, model.words("goal.support"))
        }
    }

    private func part(_ part: GoalPart, _ label: String) -> some View {
        Section(label) { FieldLine(model: model.field(part), label: label, words: model.words) }
    }

    @ViewBuilder
    private func steps(_ goal: Goal) -> some View {
        QuietLine(text: model.noSteps)
        ForEach(goal.milestones) { step in
            HStack {
                TickBox(done: !step.done.isEmpty, label: step.text) { await model.tick(step) }
                VStack(alignment: .leading) {
                    Said(step.text)
                    ForEach(step.done, id: \.by.person) { QuietLine(text: model.ticked($0)) }
                }
            }
        }
        AddLine(
            label: model.words("goal.milestone_new"), button: model.words("common.add"), text: $model.step, on: model.canAddStep,
            add: model.addStep)
    }

    @ViewBuilder
    private var status: some View {
        Text(model.status)
        ForEach(model.said, id: \.self) { Text($0).foregroundStyle(Tint.differing) }
        SaidField(label: model.words("common.reason"), text: $model.reason)
        ForEach(GoalStatus.allCases, id: \.self) { status in
            Button(model.label(status)) { Task { await model.set(status) } }.disabled(model.busy)
        }
    }

    @ViewBuilder
    private var promise: some View {
        DayLine(label: model.words("goal.promise_due"), none: model.words("common.no_day"), day: model.promiseDue) { model.promiseDue = $0 }
        AddLine(
            label: model.words("goal.promise_new"), button: model.words("common.add"), text: $model.promise, on: model.canPromise,
            add: model.keepPromise)
    }
}
