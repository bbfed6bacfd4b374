import IthacaKit
import SwiftUI

struct PairStateScreen: View {
    @State var model: PairStateModel
    let go: (Place) -> Void

    var body: some View {
        Form {
            ProblemLine(problem: model.problem, close: model.words("common.close"), dismiss: model.dismiss)
            QuietLine(text: model.standing)
            if model.state == .empty { Text(model.words("pair_state.empty")) }
            Section(model.words("pair_state.topics")) { topics }
            Section(model.words("pair_state.kind")) {
                Picker(model.words("pair_state.kind"), selection: kind) {
                    Text(model.words("kind.none")).tag(String?.none)
                    ForEach(PairStateModel.kinds, id: \.self) { Text(model.words.kind($0)).tag(String?.some($0)) }
                }
            }
            Section(model.words("pair_state.cadence")) {
                TextField(model.words("pair_state.cadence_example"), text: $model.cadence).running(as: model.cadence).onSubmit { Task { await model.keepCadence() } }
                TextField(model.reachableLabel, text: $model.reachable).running(as: model.reachable).onSubmit { Task { await model.keepReachable() } }
                QuietLine(text: model.theirReachable)
            }
            AgreementPart(model: model)
            Section(model.words("pair_state.stage")) {
                Text(model.stage)
                QuietLine(text: model.words("pair_state.propose_about"))
                if let label = model.agreeLabel { Button(label) { Task { await model.agree() } }.disabled(model.busy) }
                if let label = model.proposeLabel { Button(label) { Task { await model.propose() } }.disabled(model.busy) }
            }
            Section(model.words("pair_state.safety")) {
                if let number = model.safety { Text(number).font(.headline) }
                QuietLine(text: model.compared)
                Button(model.words("pair_state.compare_in_person")) { Task { await model.compared(.inPerson) } }
                Button(model.words("pair_state.compare_spoken")) { Task { await model.compared(.spoken) } }
            }
            Section(model.words("pair_state.receipts")) {
                Text(model.receipts)
                if model.canWrite { Button(model.receiptsLabel) { Task { await model.turnReceipts() } }.disabled(model.busy) }
            }
            Section(model.words("pair_state.kept")) { kept }
            Section { steps }
            Section { RescuePart(model: model) }
            NavigationLink(value: Place.visibility(model.space)) { Text(model.words("visibility.title")) }
        }
        .navigationTitle(model.words("pair_state.title"))
        .task { await model.follow() }
    }

    private var kind: Binding<String?> {
        Binding(get: { model.about?.kind }, set: { kind in Task { await model.edit(.kind(kind)) } })
    }

    @ViewBuilder
    private var topics: some View {
        if let roles = model.about?.roles {
            ForEach(roles, id: \.topic) { role in
                HStack {
                    Said(role.topic)
                    Spacer()
                    QuietLine(text: model.mentors(role))
                }
            }
        }
        TextField(model.words("pair_state.topic"), text: $model.topic).running(as: model.topic)
        HStack {
            Button(model.words("pair_state.mentors_you")) { Task { await model.addTopic(me: true) } }.disabled(!model.canAddTopic)
            Button(model.words("pair_state.mentors", ["name": model.name])) { Task { await model.addTopic(me: false) } }
                .disabled(!model.canAddTopic)
        }
    }

    @ViewBuilder
    private var kept: some View {
        if model.relays.isEmpty { QuietLine(text: model.words("pair_state.kept_nowhere")) }
        ForEach(model.relays, id: \.self) { relay in
            Text(relay)
            if model.canMove {
                Button(model.words("pair_state.keep_no_longer", ["relay": relay])) { Task { await model.keepNoLonger(relay) } }.disabled(model.busy)
            }
        }
        QuietLine(text: model.neededLine)
        if model.canWrite {
            QuietLine(text: model.words("pair_state.kept_about"))
            TextField(model.words("pair_state.relay_example"), text: $model.relay)
            Button(model.words("pair_state.keep_too")) { Task { await model.keepToo() } }.disabled(model.busy)
        }
    }

    @ViewBuilder
    private var steps: some View {
        ForEach(model.steps, id: \.self) { step in Button(model.label(step), role: .destructive) { model.ask(step) } }
        if model.asking != nil {
            QuietLine(text: model.consequence)
            if model.takesReason { SaidField(label: model.words("common.reason"), text: $model.reason) }
            Button(model.words("pair_state.sure"), role: .destructive) { Task { await model.sure() } }.disabled(model.busy)
            Button(model.words("common.cancel"), role: .cancel) { model.think() }
        }
    }
}
