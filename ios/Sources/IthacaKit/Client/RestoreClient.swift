// Somebody coming back by their words, on an empty phone.
import Foundation
internal import IthacaBindings

/// What the screen for coming back asks.
public protocol Restoring: Sendable {
    func look() async throws(IthacaFault) -> [PersonChoice]
    func finish(
        _ person: PersonId, folder: String, vault: any KeyVault, connectivity: (any Connectivity)?
    ) async throws(IthacaFault) -> any Client
    func stop()
}

public struct RestoreClient: Restoring {
    private let core: IthacaBindings.Restore

    public static func byWords(_ words: String, relay: String, rescue: Data? = nil) async throws(IthacaFault) -> RestoreClient {
        try await asking { RestoreClient(core: try await .byWords(words: words, relay: relay, rescue: rescue)) }
    }

    public func look() async throws(IthacaFault) -> [PersonChoice] { try await asking { try await core.look().map(PersonChoice.init) } }

    public func finish(
        _ person: PersonId, folder: String, vault: any KeyVault, connectivity: (any Connectivity)?
    ) async throws(IthacaFault) -> any Client {
        try await asking {
            CoreClient(
                try await core.finish(
                    person: person.text, folder: folder, vault: CoreVault(vault), connectivity: connectivity.map(CoreConnectivity.init)))
        }
    }

    /// Ends a `look` under way.
    public func stop() { core.stop() }
}
