// error: dictionary of type 'KeyValuePairs<String, String>' cannot be used with array literal
import IthacaKit
import SwiftUI

struct WrongWordsWithAList: View {
    @State var model: PairsModel

    var body: some View {
        Text(model.words("pair_home.title", ["Ben"]))
    }
}
