// Opening, suspending, ending; vaults, listeners, logs and waits that misbehave.
import Foundation
import Testing

@testable import IthacaKit

@Suite("Lifecycle", .timeLimit(.minutes(2)))
struct LifecycleTests {
    @Test func aVaultThatIsLockedFailsIsLostOrAnswersOtherBytesIsToldApart() async throws {
        try await phone("Ana") { ana in
            _ = try await ana.client.newPrivateNote(nil, title: "Plan")
            try await ana.client.shutDown()
            let cases: [(any Error, IthacaFault)] = [
                (VaultFault.locked, .locked), (VaultFault.lost, .vaultLost), (VaultFault.failed, .vaultFailed), (SomeError(), .vaultFailed),
            ]
            for (thrown, told) in cases {
                ana.vault.fault.use { $0 = thrown }
                #expect(await fault { try await ana.open() } == told)
            }
            ana.vault.fault.use { $0 = nil }
            ana.vault.mask.use { $0 = 0x11 }
            #expect(await fault { try await ana.open() } == .vaultLost)
            ana.vault.mask.use { $0 = 0x5a }
            let again = try await ana.open()
            #expect(try await again.notes(NoteFilter()).lines.map(\.title) == ["Plan"])
            #expect(!again.rebuilt && !again.renewed)
            try await again.shutDown()
        }
    }

    @Test func aVaultThatGivesBackNothingOrTooMuchIsToldBeforeAnythingDependsOnIt() async throws {
        for answer in [Data(), Data([1]), Data(count: 4096)] {
            let folder = try Phone.newFolder()
            let made = await fault { try await CoreClient.create(folder: folder, vault: StuckVault(answer: answer), connectivity: nil, name: "Ana") }
            #expect(made == .vaultFailed || made == .vaultLost, "\(answer.count) bytes")
            #expect(CoreClient.profileState(folder) == .none)
        }
    }

    @Test func firstRunAFolderThatIsTakenAFolderThatIsEmpty() async throws {
        let (folder, vault) = (try Phone.newFolder(), TestVault())
        #expect(CoreClient.profileState(folder) == .none)
        #expect(await fault { try await CoreClient.open(folder: folder, vault: vault, connectivity: nil) } == .noProfile)
        let nameless = await fault { try await CoreClient.create(folder: folder, vault: vault, connectivity: nil, name: " ") }
        #expect(isBadInput(nameless, .name))
        let ana = try await CoreClient.create(folder: folder, vault: vault, connectivity: nil, name: "Ana")
        #expect(CoreClient.profileState(folder) == .ready && ana.state().name == "Ana")
        #expect(await fault { try await CoreClient.open(folder: folder, vault: vault, connectivity: nil) } == .inUse)
        try await ana.suspendEngine()
        #expect(await fault { try await ana.pairs() } == .suspended)
        #expect(ana.state().phase == .suspended)
        #expect(await fault { try await CoreClient.create(folder: folder, vault: vault, connectivity: nil, name: "Ben") } == .profileExists)
        try await ana.resumeEngine()
        #expect(try await ana.pairs().isEmpty)
        try await ana.shutDown()
        try await ana.shutDown()
        #expect(await fault { try await ana.pairs() } == .closed)
    }

    @Test func aCancelledTaskLosesTheAnswerAndNotTheWork() async throws {
        try await phone("Ana") { ana in
            let tasks = (0..<50).map { n in Task { try await ana.client.newPrivateNote(nil, title: "Note \(n)") } }
            for task in tasks { task.cancel() }
            for task in tasks { _ = await task.result }
            let kept = try await ana.client.notes(NoteFilter(), limit: 100).lines.count
            #expect(kept == 50)
        }
    }

    @Test func aSyncThatWaitsForASilentRelayIsStopped() async throws {
        let silent = SilentRelay()
        defer { silent.stop() }
        try await phone("Ana") { ana in
            _ = try await ana.client.setRelay(silent.origin, account: nil)
            let sync = Task { await fault { try await ana.client.sync() } }
            try await until(ana.client) { ana.client.state().syncing }
            // Cancelling does not reach the core, and what is asked besides does not wait for the network.
            sync.cancel()
            _ = try await ana.client.newPrivateNote(nil, title: "Nothing waits for the network")
            #expect(ana.client.state().syncing)
            try await ana.client.stopWaiting()
            #expect(await sync.value == .stopped)
        }
    }

    @Test func closingInTheMiddleOfWorkKeepsWhatWasAcknowledged() async throws {
        try await phone("Ana") { ana in
            let tasks = (0..<100).map { n in Task { await fault { try await ana.client.newPrivateNote(nil, title: "Note \(n)") } } }
            await Task.yield()
            try await ana.client.shutDown()
            var kept = 0
            for task in tasks {
                let fault = await task.value
                #expect(fault == nil || fault == .closed)
                kept += fault == nil ? 1 : 0
            }
            let again = try await ana.open()
            #expect(try await again.notes(NoteFilter(), limit: 200).lines.count == kept)
            try await again.shutDown()
        }
    }

    @Test func listenersComeAndGoAndEndWhenStoppedOrCancelled() async throws {
        try await phone("Ana") { ana in
            let c = ana.client
            for _ in 0..<2_000 { c.changes().stop() }
            let forgotten = { _ = c.changes() }
            forgotten()
            let stopped = c.changes()
            let reading = Task {
                var seen = 0
                for await _ in stopped { seen += 1 }
                return seen
            }
            try await until(c) { true }
            stopped.stop()
            #expect(await reading.value <= 1)
            let cancelled = Task { for await _ in c.changes() {} }
            cancelled.cancel()
            await cancelled.value
            #expect(await c.nSubscriptions == 0)
            var first = c.changes().makeAsyncIterator()
            #expect(await first.next()?.first == .everything)
        }
    }

    @Test func manyTasksOnManyThreads() async throws {
        try await phone("Ana") { ana in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for t in 0..<8 {
                    group.addTask {
                        for n in 0..<25 {
                            _ = try await ana.client.newPrivateNote(nil, title: "\(t)/\(n)")
                            _ = try await ana.client.notes(NoteFilter(), limit: 3)
                            _ = ana.client.state()
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await ana.client.notes(NoteFilter(), limit: 1000).lines.count == 200)
        }
    }

    @Test func statesSayWhetherItRuns() async throws {
        try await phone("Ana") { ana in
            let states = ana.client.states()
            var phases = states.makeAsyncIterator()
            #expect(await phases.next()?.phase == .open)
            try await ana.client.suspendEngine()
            #expect(await phases.next()?.phase == .suspended)
            try await ana.client.resumeEngine()
            var last = await phases.next()
            while last?.phase != .open { last = await phases.next() }
            states.stop()
            #expect(await phases.next() == nil)
        }
    }

    @Test func logLinesComeWithoutAPersonsWords() async throws {
        let log = Lines()
        try sendLog(to: log)
        try await phone("Zebra-47") { ana in
            _ = try await ana.client.newPrivateNote(nil, title: "zebra-47")
            _ = await fault { try await ana.client.setRelay("zebra-47", account: nil) }
            try await ana.client.shutDown()
            _ = await fault { try await ana.client.pairs() }
        }
        try sendLog(to: nil)
        #expect(log.lines.now.allSatisfy { !$0.lowercased().contains("zebra") })
    }
}

/// Answers the same to everything.
private struct StuckVault: KeyVault {
    let answer: Data
    func seal(_ root: Data) throws -> Data { answer }
    func unseal(_ sealed: Data) throws -> Data { answer }
}

private final class Lines: LogSink {
    let lines = Locked<[String]>([])
    func log(_ severity: LogSeverity, place: String, line: String) { lines.use { $0.append("\(place) \(line)") } }
}
