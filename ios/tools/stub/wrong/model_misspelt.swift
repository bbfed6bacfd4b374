// error: value of type 'PairsModel' has no dynamic member 'pears'
import IthacaKit
import SwiftUI

struct WrongModelMisspelt: View {
    @State var model: PairsModel

    var body: some View {
        Text(model.pears)
    }
}
