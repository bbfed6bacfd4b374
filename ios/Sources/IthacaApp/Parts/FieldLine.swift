// A shared text of an item, to type in together: the field lives as long as the line.
import IthacaKit
import SwiftUI

struct FieldLine: View {
    @State var model: TextFieldModel
    let label: String
    let words: Words

    var body: some View {
        VStack(alignment: .leading) {
            NoteTextView(model: model, label: label).frame(minHeight: 48)
            QuietLine(text: model.fault.map(words.fault))
        }
        .task { await model.follow() }
    }
}
