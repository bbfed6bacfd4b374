// The way in: what there is on this phone, before anybody is there to ask.
import Foundation

public protocol Door: Sendable {
    func profile() -> ProfileState
    func create(name: String) async throws(IthacaFault) -> any Client
    func open() async throws(IthacaFault) -> any Client
    func beginJoining(relay: String, name: String) async throws(IthacaFault) -> any Joining
    func goOnJoining() async throws(IthacaFault) -> any Joining
    func restore(words: String, relay: String, rescue: Data?) async throws(IthacaFault) -> any Restoring
    func finish(_ restoring: any Restoring, _ person: PersonId) async throws(IthacaFault) -> any Client
    /// Puts what is here aside, so that something new can begin; it is kept.
    func setAside() throws(IthacaFault)
}

/// The door to one folder of this phone.
public struct FolderDoor: Door {
    let folder: String
    let vault: any KeyVault
    let connectivity: (any Connectivity)?

    public init(folder: String, vault: any KeyVault, connectivity: (any Connectivity)?) {
        (self.folder, self.vault, self.connectivity) = (folder, vault, connectivity)
    }

    public func profile() -> ProfileState { CoreClient.profileState(folder) }

    public func create(name: String) async throws(IthacaFault) -> any Client {
        try await CoreClient.create(folder: folder, vault: vault, connectivity: connectivity, name: name)
    }

    public func open() async throws(IthacaFault) -> any Client {
        try await CoreClient.open(folder: folder, vault: vault, connectivity: connectivity)
    }

    public func beginJoining(relay: String, name: String) async throws(IthacaFault) -> any Joining {
        try await JoiningClient.begin(folder: folder, vault: vault, relay: relay, name: name)
    }

    public func goOnJoining() async throws(IthacaFault) -> any Joining { try await JoiningClient.goOn(folder: folder, vault: vault) }

    public func restore(words: String, relay: String, rescue: Data?) async throws(IthacaFault) -> any Restoring {
        try await RestoreClient.byWords(words, relay: relay, rescue: rescue)
    }

    public func finish(_ restoring: any Restoring, _ person: PersonId) async throws(IthacaFault) -> any Client {
        try await restoring.finish(person, folder: folder, vault: vault, connectivity: connectivity)
    }

    public func setAside() throws(IthacaFault) {
        let (files, from) = (FileManager.default, URL(fileURLWithPath: folder))
        var no = 1
        while files.fileExists(atPath: "\(folder).aside-\(no)") { no += 1 }
        do { try files.moveItem(at: from, to: URL(fileURLWithPath: "\(folder).aside-\(no)")) } catch {
            throw .internal(why: "the profile's folder could not be moved")
        }
    }
}
