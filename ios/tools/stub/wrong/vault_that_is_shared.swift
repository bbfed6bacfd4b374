// error: non-final class 'WrongVault' cannot conform to 'Sendable'
import IthacaKit
import SwiftUI

class WrongVault: KeyVault {
    var key = Data()
    func seal(_ root: Data) throws -> Data { key }
    func unseal(_ sealed: Data) throws -> Data { key }
}
