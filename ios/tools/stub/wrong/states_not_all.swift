// error: switch must be exhaustive
import IthacaKit
import SwiftUI

func wrongStatesNotAll(_ state: ScreenState) -> String {
    switch state {
    case .empty: "empty"
    case .filled: "filled"
    case .error: "error"
    }
}
