// error: does not conform to protocol 'KeyVault'
import IthacaKit
import SwiftUI

struct WrongVaultHalf: KeyVault {
    func seal(_ root: Data) throws -> Data { root }
}
