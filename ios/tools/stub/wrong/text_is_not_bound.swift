// error: cannot assign to property: 'text' setter is inaccessible
import IthacaKit
import SwiftUI

struct WrongTextIsNotBound: View {
    @Bindable var model: TextFieldModel

    var body: some View {
        TextField("x", text: $model.text)
    }
}
