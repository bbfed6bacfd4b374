// The client over the library.
import Foundation
internal import IthacaBindings

public actor CoreClient: Client {
    let core: IthacaBindings.Ithaca

    init(_ core: IthacaBindings.Ithaca) { self.core = core }

    /// What there is in a folder, without opening it.
    public static func profileState(_ folder: String) -> ProfileState { ProfileState(IthacaBindings.profileState(folder: folder)) }

    /// The version of the library.
    public static var version: String { IthacaBindings.version() }

    /// Makes a new person with this as the first device, in an empty folder.
    public static func create(
        folder: String, vault: any KeyVault, connectivity: (any Connectivity)?, name: String
    ) async throws(IthacaFault) -> CoreClient {
        try await asking {
            CoreClient(
                try await .create(
                    folder: folder, vault: CoreVault(vault), connectivity: connectivity.map(CoreConnectivity.init), name: name))
        }
    }

    /// Opens the profile in a folder.
    public static func open(folder: String, vault: any KeyVault, connectivity: (any Connectivity)?) async throws(IthacaFault) -> CoreClient {
        try await asking {
            CoreClient(
                try await .open(folder: folder, vault: CoreVault(vault), connectivity: connectivity.map(CoreConnectivity.init)))
        }
    }

    /// The database was damaged and is built again: said once after opening.
    public nonisolated var rebuilt: Bool { core.opened().rebuilt }
    /// The folder is a copy, or was set back: said once after opening.
    public nonisolated var renewed: Bool { core.opened().renewed }

    public nonisolated func state() -> AppState { AppState(core.snapshot()) }

    public nonisolated func changes() -> Changes {
        let changes = Changes()
        let subscription = core.subscribe(listener: Listener(changes.teller()))
        changes.onStop { subscription.cancel() }
        return changes
    }

    public func suspendEngine() async throws(IthacaFault) { try await asking { try await core.suspend() } }
    public func resumeEngine() async throws(IthacaFault) { try await asking { try await core.resume() } }
    public func shutDown() async throws(IthacaFault) { try await asking { try await core.shutDown() } }
    public func connectivityChanged() async throws(IthacaFault) { try await asking { try await core.connectivityChanged() } }
    public func watchRelays(_ on: Bool) async throws(IthacaFault) { try await asking { try await core.watchRelays(on: on) } }
}

/// Called on a thread of the core's, which never waits for a reader.
private final class Listener: IthacaBindings.ChangeListener {
    private let tell: @Sendable ([Change]) -> Void
    init(_ tell: @escaping @Sendable ([Change]) -> Void) { self.tell = tell }
    func onChanges(changes: [IthacaBindings.Change]) throws { tell(changes.map(Change.init)) }
}

extension CoreClient {
    /// How many listen.
    var nSubscriptions: Int { Int(core.nSubscriptions()) }
}
