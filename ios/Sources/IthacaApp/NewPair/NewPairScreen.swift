import IthacaKit
import IthacaSystem
import SwiftUI

struct NewPairScreen: View {
    @State var model: NewPairModel
    let go: (Place) -> Void
    @State private var scanning = false

    var body: some View {
        Form {
            ProblemLine(problem: model.problem, close: model.words("common.close"), dismiss: model.dismiss)
            QuietLine(text: model.offlineLine)
            Section(model.words("new_pair.invite")) { inviting }
            Section(model.words("new_pair.answer")) {
                TextField(model.words("new_pair.paste"), text: $model.pasted)
                TextField(model.words("new_pair.relay"), text: $model.pastedRelay)
                Button(model.words("new_pair.join")) { Task { await model.answer() } }.disabled(!model.canAnswer)
                Button(model.words("common.scan")) { scanning = true }
                QuietLine(text: model.scanLine)
                QuietLine(text: model.joinedLine)
            }
        }
        .navigationTitle(model.words("new_pair.title"))
        .sheet(isPresented: $scanning) {
            CodeScanner(refused: model.words("scan.refused")) { text in
                scanning = false
                Task { await model.scanned(text) }
            }
        }
        .onChange(of: model.opened) { _, space in if let space { go(.pair(space)) } }
        .task { await model.follow() }
    }

    @ViewBuilder
    private var inviting: some View {
        if model.needsRelay {
            Text(model.words("new_pair.no_relay"))
            TextField(model.words("new_pair.relay_address"), text: $model.relay)
            TextField(model.words("new_pair.account"), text: $model.account)
            Button(model.words("new_pair.keep_relay")) { Task { await model.keepRelay() } }.disabled(!model.canKeepRelay)
        } else if let invite = model.invite {
            QuietLine(text: model.until)
            if let link = invite.link {
                QrImage(text: link, label: model.words("new_pair.code"))
                ShareLink(item: link) { Text(model.words("new_pair.link")) }
            }
            if let spoken = invite.words {
                Text(model.words("new_pair.words"))
                Text(spoken).font(.headline)
                QuietLine(text: model.wordsRelay)
            }
            ForEach(model.answers, id: \.person) { answer in
                Text(model.words("new_pair.answered", ["name": answer.name]))
                Text(model.words("new_pair.compare"))
                Text(model.safety(answer)).font(.headline)
                QuietLine(text: model.caution(answer))
                Button(model.approveLabel(answer)) { Task { await model.approve(answer) } }.disabled(model.busy)
            }
            Button(model.words("new_pair.withdraw"), role: .cancel) { Task { await model.withdraw() } }
        } else {
            Button(model.words("new_pair.show")) { Task { await model.makeInvite() } }.disabled(!model.canInvite)
        }
    }
}
