// error: missing argument for parameter 'space'
import IthacaKit
import SwiftUI

struct WrongModelWithoutSpace: View {
    @State var model = PairHomeModel(client: FakeClient(), here: Here(words: Words("en")))

    var body: some View {
        Text("x")
    }
}
