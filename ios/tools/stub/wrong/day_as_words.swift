// error: initializer 'init(_:)' requires that 'Day' conform to 'StringProtocol'
import IthacaKit
import SwiftUI

struct WrongDayAsWords: View {
    let day: Day

    var body: some View {
        Text(day)
    }
}
