// The keystore: a key that never leaves this phone's Keychain seals the root key. It is there from the first unlock after a start, so that the
// app can be woken in the background, and goes into no backup.
import CryptoKit
import Foundation
import IthacaKit
import Security

public struct KeychainVault: KeyVault {
    private let name: String

    public init(name: String = "ithaca.root") { self.name = name }

    public func seal(_ root: Data) throws -> Data {
        let key = try kept() ?? made()
        guard let sealed = try AES.GCM.seal(root, using: key).combined else { throw VaultFault.failed }
        return sealed
    }

    public func unseal(_ sealed: Data) throws -> Data {
        guard let key = try kept() else { throw VaultFault.lost }
        do { return try AES.GCM.open(AES.GCM.SealedBox(combined: sealed), using: key) } catch { throw VaultFault.lost }
    }

    private var query: [String: Any] {
        [kSecClass as String: kSecClassGenericPassword, kSecAttrService as String: "ithaca", kSecAttrAccount as String: name]
    }

    private func kept() throws -> SymmetricKey? {
        var (ask, found) = (query, nil as CFTypeRef?)
        ask[kSecReturnData as String] = true
        switch SecItemCopyMatching(ask as CFDictionary, &found) {
        case errSecSuccess:
            guard let bytes = found as? Data else { throw VaultFault.failed }
            return SymmetricKey(data: bytes)
        case errSecItemNotFound: return nil
        case errSecInteractionNotAllowed: throw VaultFault.locked
        default: throw VaultFault.failed
        }
    }

    private func made() throws -> SymmetricKey {
        let key = SymmetricKey(size: .bits256)
        var add = query
        add[kSecAttrAccessible as String] = kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly
        add[kSecValueData as String] = key.withUnsafeBytes { Data($0) }
        switch SecItemAdd(add as CFDictionary, nil) {
        case errSecSuccess: return key
        case errSecInteractionNotAllowed: throw VaultFault.locked
        default: throw VaultFault.failed
        }
    }
}
