// A stub written by hand, not Apple's SDK: what this app uses of CryptoKit. Nothing here runs.
import Foundation

func stub<T>() -> T { fatalError() }

public struct SymmetricKeySize: Sendable { public static var bits256: SymmetricKeySize { stub() } }
public struct SymmetricKey: Sendable {
    public init<D: ContiguousBytes>(data: D) {}
    public init(size: SymmetricKeySize) {}
    public func withUnsafeBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R { stub() }
}
public enum AES {
    public enum GCM {
        public struct SealedBox: Sendable {
            public init<D: DataProtocol>(combined: D) throws {}
            public var combined: Data? { stub() }
        }
        public static func seal<D: DataProtocol>(_ message: D, using key: SymmetricKey) throws -> SealedBox { stub() }
        public static func open(_ box: SealedBox, using key: SymmetricKey) throws -> Data { stub() }
    }
}
