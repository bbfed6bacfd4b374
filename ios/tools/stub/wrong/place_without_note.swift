// error: missing argument
import IthacaKit
import SwiftUI

struct WrongPlaceWithoutNote: View {
    let go: (Place) -> Void
    let space: SpaceId

    var body: some View {
        Button("x") { go(.note(space)) }
    }
}
