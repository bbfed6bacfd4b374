// error: cannot assign to property: 'title' is a 'let' constant
import IthacaKit
import SwiftUI

struct WrongWordIsRead: View {
    var part: VisibilityModel.Part

    var body: some View {
        Button("x") { part.title = "x" }
    }
}
