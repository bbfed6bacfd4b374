import IthacaKit
import IthacaSystem
import SwiftUI

struct DevicesScreen: View {
    @State var model: DevicesModel
    @State private var scanning = false

    var body: some View {
        Form {
            ProblemLine(problem: model.problem, close: model.words("common.close"), dismiss: model.dismiss)
            if model.state == .empty { Text(model.empty) }
            QuietLine(text: model.offlineLine)
            ForEach(model.devices?.devices ?? []) { device in
                HStack {
                    Text(model.name(device))
                    QuietLine(text: model.mark(device))
                    Spacer()
                    if model.canRevoke(device) { Button(model.words("devices.revoke"), role: .destructive) { model.ask(device) } }
                }
            }
            if let about = model.revokeAbout {
                Text(about)
                Button(model.words("pair_state.sure"), role: .destructive) { Task { await model.revoke() } }
                Button(model.words("common.cancel"), role: .cancel) { model.keep() }
            }
            ForEach(model.devices?.comers ?? []) { comer in
                Text(model.line(comer))
                if model.canApprove(comer) { Button(model.approveLabel(comer)) { Task { await model.approve(comer) } } }
            }
            Section(model.words("devices.add")) {
                Text(model.words("devices.code_about"))
                Text(model.four)
                TextField(model.words("devices.code"), text: $model.code)
                TextField(model.words("devices.relay"), text: $model.relay)
                Button(model.words("devices.add")) { Task { await model.scan() } }.disabled(!model.canScan)
                Button(model.words("common.scan")) { scanning = true }
                QuietLine(text: model.scanLine)
            }
        }
        .navigationTitle(model.words("devices.title"))
        .sheet(isPresented: $scanning) {
            CodeScanner(refused: model.words("scan.refused")) { text in
                scanning = false
                Task { await model.scanned(text) }
            }
        }
        .task { await model.follow() }
    }
}
