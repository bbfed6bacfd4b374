// error: does not conform to protocol 'AppLock'
import IthacaKit
import SwiftUI

struct WrongLockHalf: AppLock {
    func isThere() -> Bool { true }
}
