// error: value of optional type 'String?' must be unwrapped
import IthacaKit
import SwiftUI

struct WrongOptionalAsText: View {
    @State var model: PairsModel

    var body: some View {
        Text(model.problem.count)
    }
}
