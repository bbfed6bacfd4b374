// What tests give the library: a vault, a network that can be taken away, somebody with a phone, two who are a pair.
import Foundation
import Testing

@testable import IthacaKit

struct SomeError: Error {}

final class TestVault: KeyVault {
    let fault = Locked<(any Error)?>(nil)
    let mask = Locked<UInt8>(0x5a)

    func seal(_ root: Data) throws -> Data { try turned(root, 0x5a) }
    func unseal(_ sealed: Data) throws -> Data { try turned(sealed, mask.now) }

    private func turned(_ bytes: Data, _ by: UInt8) throws -> Data {
        if let fault = fault.now { throw fault }
        return Data(bytes.map { $0 ^ by })
    }
}

final class TestNetwork: Connectivity {
    let online = Locked(true)
    func isOnline() -> Bool { online.now }
}

/// Somebody with one device.
struct Phone: Sendable {
    let client: CoreClient
    let vault: TestVault
    let network: TestNetwork
    let folder: String

    static func newFolder() throws -> String {
        let above = FileManager.default.temporaryDirectory.appendingPathComponent("ithaca-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: above, withIntermediateDirectories: true)
        return above.appendingPathComponent("profile").path
    }

    static func named(_ name: String) async throws -> Phone {
        let (vault, network, folder) = (TestVault(), TestNetwork(), try newFolder())
        let client = try await CoreClient.create(folder: folder, vault: vault, connectivity: network, name: name)
        return Phone(client: client, vault: vault, network: network, folder: folder)
    }

    func goOnline(_ on: Bool) async throws {
        network.online.use { $0 = on }
        try await client.connectivityChanged()
    }

    func open() async throws(IthacaFault) -> CoreClient {
        try await CoreClient.open(folder: folder, vault: vault, connectivity: network)
    }

    func end() async {
        try? await client.shutDown()
        try? FileManager.default.removeItem(at: URL(fileURLWithPath: folder).deletingLastPathComponent())
    }
}

func phone(
    isolation: isolated (any Actor)? = #isolation, _ name: String, _ act: (Phone) async throws -> Void
) async throws {
    let phone = try await Phone.named(name)
    do { try await act(phone) } catch {
        await phone.end()
        throw error
    }
    await phone.end()
}

func relay(isolation: isolated (any Actor)? = #isolation, _ act: (TestRelay) async throws -> Void) async throws {
    try await act(try TestRelay())
}

func bothSync(_ a: Phone, _ b: Phone) async throws {
    for _ in 0..<2 {
        _ = try await a.client.sync()
        _ = try await b.client.sync()
    }
    _ = try await a.client.sync()
}

/// Ana and Ben become a pair over a relay, by a link.
func together(
    isolation: isolated (any Actor)? = #isolation,
    _ act: (_ ana: Phone, _ ben: Phone, _ space: SpaceId, _ relay: TestRelay) async throws -> Void
) async throws {
    try await relay { relay in
        try await phone("Ana") { ana in
            try await phone("Ben") { ben in
                _ = try await ana.client.setRelay(relay.origin, account: nil)
                let invite = try await ana.client.invite()
                _ = try await ana.client.sync()
                _ = try await ben.client.answerInvite(try #require(invite.link), relay: nil)
                _ = try await ben.client.sync()
                _ = try await ana.client.sync()
                let answer = try #require(try await ana.client.invites().first?.answers.first)
                let space = try await ana.client.approveAnswer(invite.id, person: answer.person)
                try await bothSync(ana, ben)
                try await act(ana, ben, space, relay)
            }
        }
    }
}

/// Waits until something holds, asking whenever something changed.
func until(_ client: any Client, _ holds: () async throws -> Bool) async throws {
    let changes = client.changes()
    defer { changes.stop() }
    for await _ in changes where try await holds() { return }
}

/// What a call that must fail failed with.
func fault<T>(_ act: () async throws -> T) async -> IthacaFault? {
    do {
        _ = try await act()
        return nil
    } catch {
        return error as? IthacaFault
    }
}

func isBadInput(_ fault: IthacaFault?, _ sort: InputSort) -> Bool {
    if case .badInput(sort, _) = fault { true } else { false }
}

func isRefused(_ fault: IthacaFault?) -> Bool {
    if case .refused = fault { true } else { false }
}

func isReadOnly(_ fault: IthacaFault?) -> Bool {
    if case .readOnly = fault { true } else { false }
}

func isNotFound(_ fault: IthacaFault?) -> Bool {
    if case .notFound = fault { true } else { false }
}

let today = Day("2031-03-09")!
