// error: stored property 'key' of 'Sendable'-conforming class 'WrongVaultWithAVar' is mutable
import IthacaKit
import SwiftUI

final class WrongVaultWithAVar: KeyVault {
    var key = Data()
    func seal(_ root: Data) throws -> Data { key }
    func unseal(_ sealed: Data) throws -> Data { key }
}
