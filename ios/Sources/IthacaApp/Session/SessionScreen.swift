import IthacaKit
import SwiftUI

struct SessionScreen: View {
    @State var model: SessionModel
    @State private var time = Date()

    var body: some View {
        List {
            ProblemLine(problem: model.problem, close: model.words("common.close"), dismiss: model.dismiss)
            if model.state == .empty { Text(model.words("session.empty")) }
            Section { when }
            step(.before) { form(.before) }
            step(.during) { DuringPart(model: model) }
            step(.after) {
                form(.after)
                minutes
            }
            step(.harvest) { form(.harvest) }
        }
        .navigationTitle(model.session?.line.title ?? model.words("session.title"))
        .task { await model.follow() }
    }

    private func step<Content: View>(_ step: SessionModel.Step, @ViewBuilder content: @escaping () -> Content) -> some View {
        DisclosureGroup(isExpanded: Binding(get: { model.isOpen(step) }, set: { model.open(step, $0) }), content: content) {
            Label(model.label(step), systemImage: model.isDone(step) ? "checkmark" : "circle")
        }
    }

    private func form(_ form: SessionForm) -> some View { FormPart(model: model, form: form) }

    @ViewBuilder
    private var when: some View {
        Text(model.when)
        if let session = model.session {
            ForEach(session.proposals) { proposal in
                Button(model.label(proposal)) { Task { await model.accept(proposal) } }.disabled(!model.canAccept(proposal))
            }
        }
        DatePicker(model.words("session.propose"), selection: $time, displayedComponents: [.date, .hourAndMinute])
        Button(model.words("session.propose")) { Task { await model.propose(time) } }.disabled(model.busy)
    }

    @ViewBuilder
    private var minutes: some View {
        SaidField(label: model.words("session.minutes"), text: $model.minutes)
        QuietLine(text: model.minutesReader)
        Toggle(model.words("session.alone"), isOn: $model.minutesAlone)
        Button(model.words("common.keep")) { Task { await model.keepMinutes() } }.disabled(model.busy)
        ForEach(model.session?.minutes ?? [], id: \.self) { minutes in
            QuietLine(text: model.of(minutes))
            Said(minutes.text)
            if minutes.alone { Button(model.share) { Task { await model.share(minutes) } }.disabled(model.busy) }
        }
    }
}
