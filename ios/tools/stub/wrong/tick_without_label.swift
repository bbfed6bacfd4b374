// error: missing argument for parameter 'label'
import IthacaKit
import SwiftUI

struct WrongTickWithoutLabel: View {
    @State var model: PairsModel

    var body: some View {
        TickBox(done: true) {}
    }
}
