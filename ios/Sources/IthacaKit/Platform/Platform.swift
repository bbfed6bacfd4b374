// What the platform gives the core: a keystore, whether there is a network, where log lines go.
import Foundation
internal import IthacaBindings

/// Why a keystore did not answer. Anything else that it throws counts as `failed`.
public enum VaultFault: Error, Sendable, Hashable { case locked, lost, failed }

/// Seals and opens the root key of a profile. Called on the engine's thread.
public protocol KeyVault: Sendable {
    func seal(_ root: Data) throws -> Data
    func unseal(_ sealed: Data) throws -> Data
}

public protocol Connectivity: Sendable {
    func isOnline() -> Bool
}

public enum LogSeverity: String, Sendable, Hashable { case error, warning, info }

public protocol LogSink: Sendable {
    func log(_ severity: LogSeverity, place: String, line: String)
}

/// Sends the core's log lines somewhere; nil ends it. They hold no words of a person.
public func sendLog(to sink: (any LogSink)?) throws(IthacaFault) {
    do { try IthacaBindings.setLogSink(sink: sink.map(CoreLog.init)) } catch { throw IthacaFault(any: error) }
}

final class CoreVault: IthacaBindings.KeyVault {
    private let vault: any KeyVault
    init(_ vault: any KeyVault) { self.vault = vault }

    func seal(root: Data) throws -> Data { try guarded { try vault.seal(root) } }
    func unseal(sealed: Data) throws -> Data { try guarded { try vault.unseal(sealed) } }

    private func guarded(_ act: () throws -> Data) throws -> Data {
        do { return try act() } catch let fault as VaultFault {
            throw switch fault {
            case .locked: IthacaBindings.VaultFault.Locked
            case .lost: IthacaBindings.VaultFault.Lost
            case .failed: IthacaBindings.VaultFault.Failed
            }
        }
    }
}

final class CoreConnectivity: IthacaBindings.Connectivity {
    private let of: any Connectivity
    init(_ of: any Connectivity) { self.of = of }
    func isOnline() throws -> Bool { of.isOnline() }
}

private final class CoreLog: IthacaBindings.LogSink {
    private let sink: any LogSink
    init(_ sink: any LogSink) { self.sink = sink }

    func log(level: IthacaBindings.LogLevel, place: String, line: String) throws {
        let severity: LogSeverity = switch level {
        case .error: .error
        case .warning: .warning
        case .info: .info
        }
        sink.log(severity, place: place, line: line)
    }
}
