// error: requires that 'HistoryLine' conform to 'Identifiable'
import IthacaKit
import SwiftUI

struct WrongNotIdentifiable: View {
    @State var model: HistoryModel

    var body: some View {
        ForEach(model.lines) { Text($0.to) }
    }
}
