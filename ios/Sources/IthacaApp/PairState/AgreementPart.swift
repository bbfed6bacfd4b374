// What both agreed, and the growth plan: each clause and each part a text in which both type.
import IthacaKit
import SwiftUI

struct AgreementPart: View {
    @Bindable var model: PairStateModel

    var body: some View {
        Section(model.words("pair_state.agreement")) {
            if model.about?.clauses.isEmpty == true { Text(model.words("pair_state.agreement_empty")) }
            ForEach(model.about?.clauses ?? []) { clause in
                Text(model.clause(clause.title)).font(.headline)
                FieldLine(model: model.field(clause), label: model.clause(clause.title), words: model.words)
            }
            QuietLine(text: model.words("pair_state.agreement_add"))
            ForEach(model.openClauses, id: \.self) { title in
                Button(model.clause(title)) { Task { await model.addClause(title) } }.disabled(model.busy || !model.canWrite)
            }
        }
        Section(model.words("pair_state.plan")) {
            ForEach(model.about?.plan ?? []) { part in
                Text(model.section(part.title)).font(.headline)
                FieldLine(model: model.planField(part), label: model.section(part.title), words: model.words)
            }
            ForEach(model.openSections, id: \.self) { title in
                Button(model.section(title)) { Task { await model.addPlan(title) } }.disabled(model.busy || !model.canWrite)
            }
        }
    }
}

/// A file with which the other comes back.
struct RescuePart: View {
    @Bindable var model: PairStateModel

    var body: some View {
        Text(model.words("pair_state.rescue_about", ["name": model.name]))
        if let file = model.rescueFile {
            ShareLink(item: file) { Text(model.words("pair_state.rescue", ["name": model.name])) }
        } else {
            Button(model.words("pair_state.rescue", ["name": model.name])) { Task { await model.makeRescue() } }.disabled(model.busy)
        }
    }
}
