// error: cannot assign to property: 'pairs' setter is inaccessible
import IthacaKit
import SwiftUI

struct WrongPairsAreNotSet: View {
    @State var model: PairsModel

    var body: some View {
        Button("x") { model.pairs = [] }
    }
}
