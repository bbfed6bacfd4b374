// A shared text of an item, to type in together: the field lives as long as the line.
import IthacaKit
import SwiftUI

struct FieldLine: View {
    @State var model: TextFieldModel
    let label: String

    var body: some View {
        NoteTextView(model: model, label: label)
            .frame(minHeight: 48)
            .task { await model.follow() }
    }
}
