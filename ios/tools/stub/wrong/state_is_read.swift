// error: cannot assign to property: 'state' is a get-only property
import IthacaKit
import SwiftUI

struct WrongStateIsRead: View {
    @State var model: PairsModel

    var body: some View {
        Button("x") { model.state = .error }
    }
}
