// error: missing argument for parameter 'go'
import IthacaKit
import SwiftUI

struct WrongScreenWithoutWay: View {
    @State var model: PairsModel

    var body: some View {
        PairsScreen(model: model)
    }
}
