// A way in that is played in memory.
import Foundation

@testable import IthacaKit

final class FakeDoor: Door {
    private let failing = Locked<IthacaFault?>(nil)
    let there = Locked(ProfileState.none)
    let joining = FakeJoining()
    let people = Locked([PersonChoice(person: PersonId("me"), fourWords: "amber boat cedar dune")])
    let aside = Locked(0)

    func fail(_ fault: IthacaFault?) { failing.use { $0 = fault } }

    private func ask() throws(IthacaFault) {
        if let fault = failing.now {
            fail(nil)
            throw fault
        }
    }

    func profile() -> ProfileState { there.now }

    func create(name: String) throws(IthacaFault) -> any Client {
        try ask()
        return FakeClient(name: name)
    }

    func open() throws(IthacaFault) -> any Client {
        try ask()
        return FakeClient()
    }

    func beginJoining(relay: String, name: String) throws(IthacaFault) -> any Joining {
        try ask()
        return joining
    }

    func goOnJoining() throws(IthacaFault) -> any Joining {
        try ask()
        return joining
    }

    func restore(words: String, relay: String, rescue: Data?) throws(IthacaFault) -> any Restoring {
        try ask()
        return FakeRestoring(people: people.now)
    }

    func finish(_ restoring: any Restoring, _ person: PersonId) async throws(IthacaFault) -> any Client {
        try await restoring.finish(person, folder: "", vault: TestVault(), connectivity: nil)
    }

    func setAside() throws(IthacaFault) {
        try ask()
        aside.use { $0 += 1 }
    }
}

final class FakeJoining: Joining {
    let stage = Locked(NewDeviceStage.waiting)
    let fault = Locked<IthacaFault?>(nil)
    let left = Locked(false)

    func code() -> NewDeviceCode {
        NewDeviceCode(
            code: "https://relay.example/d#v1.fake", words: "one two three", relay: "https://relay.example", fourWords: "fern gull harbour iron")
    }

    func step() throws(IthacaFault) -> NewDeviceStage {
        if let fault = fault.now { throw fault }
        return stage.now
    }

    func agree() -> NewDeviceStage {
        stage.use { $0 = .agreed }
        return .agreed
    }

    func leave() { left.use { $0 = true } }
    func stop() {}
}

struct FakeRestoring: Restoring {
    let people: [PersonChoice]
    func look() -> [PersonChoice] { people }
    func finish(_ person: PersonId, folder: String, vault: any KeyVault, connectivity: (any Connectivity)?) -> any Client { FakeClient() }
    func stop() {}
}
