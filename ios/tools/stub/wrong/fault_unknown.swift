// error: type 'IthacaFault' has no member 'conflict'
import IthacaKit
import SwiftUI

func wrongFaultUnknown() throws {
    throw IthacaFault.conflict
}
