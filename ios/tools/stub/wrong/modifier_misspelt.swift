// error: has no member 'foregroundStile'
import IthacaKit
import SwiftUI

struct WrongModifierMisspelt: View {
    @State var model: PairsModel

    var body: some View {
        Text("x").foregroundStile(Tint.primary)
    }
}
