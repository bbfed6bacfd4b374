// error: 'async' call in a function that does not support concurrency
import IthacaKit
import SwiftUI

struct WrongActionNotAsync: View {
    @State var model: SyncModel

    var body: some View {
        Button("x") { model.sync() }
    }
}
