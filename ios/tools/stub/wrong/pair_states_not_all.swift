// error: switch must be exhaustive
import IthacaKit
import SwiftUI

func wrongPairStatesNotAll(_ state: PairState) -> Bool {
    switch state {
    case .running, .paused: true
    case .ended: false
    }
}
