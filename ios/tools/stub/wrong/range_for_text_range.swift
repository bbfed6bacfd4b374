// error: cannot convert value of type 'Range<Int>'
import IthacaKit
import SwiftUI

struct WrongRangeForTextRange: View {
    @State var model: TextFieldModel

    var body: some View {
        Button("x") { model.type(0..<1, "x") }
    }
}
