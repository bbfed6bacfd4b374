// error: cannot assign to property: 'fault' setter is inaccessible
import IthacaKit
import SwiftUI

struct WrongFaultIsNotSet: View {
    @State var model: PairsModel

    var body: some View {
        Button("x") { model.fault = .offline }
    }
}
