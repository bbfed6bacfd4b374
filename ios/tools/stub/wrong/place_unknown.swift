// error: type 'Place' has no member 'budget'
import IthacaKit
import SwiftUI

struct WrongPlaceUnknown: View {
    let go: (Place) -> Void

    var body: some View {
        Button("x") { go(.budget) }
    }
}
