// A phone on its way to be a device of somebody: it can be interrupted anywhere and gone on with.
import Foundation
internal import IthacaBindings

/// What the screen for a new device asks.
public protocol Joining: Sendable {
    func code() async throws(IthacaFault) -> NewDeviceCode
    func step() async throws(IthacaFault) -> NewDeviceStage
    func agree() async throws(IthacaFault) -> NewDeviceStage
    func leave() async throws(IthacaFault)
    func stop()
}

public struct JoiningClient: Joining {
    private let core: IthacaBindings.NewDevice

    public static func begin(folder: String, vault: any KeyVault, relay: String, name: String) async throws(IthacaFault) -> JoiningClient {
        try await asking { JoiningClient(core: try await .begin(folder: folder, vault: CoreVault(vault), relay: relay, name: name)) }
    }

    public static func goOn(folder: String, vault: any KeyVault) async throws(IthacaFault) -> JoiningClient {
        try await asking { JoiningClient(core: try await .goOn(folder: folder, vault: CoreVault(vault))) }
    }

    public func code() async throws(IthacaFault) -> NewDeviceCode { try await asking { try await NewDeviceCode(core.code()) } }
    public func step() async throws(IthacaFault) -> NewDeviceStage { try await asking { try await NewDeviceStage(core.step()) } }
    public func agree() async throws(IthacaFault) -> NewDeviceStage { try await asking { try await NewDeviceStage(core.agree()) } }
    public func leave() async throws(IthacaFault) { try await asking { try await core.leave() } }
    /// Ends a `step` under way.
    public func stop() { core.stop() }
}
