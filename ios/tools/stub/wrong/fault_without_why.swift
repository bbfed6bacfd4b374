// error: missing argument for parameter 'why'
import IthacaKit
import SwiftUI

func wrongFaultWithoutWhy() throws {
    throw IthacaFault.refused()
}
