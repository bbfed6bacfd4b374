// Two people, and two devices of one, over a relay.
import Testing

@testable import IthacaKit

@Suite("Together", .timeLimit(.minutes(2)))
struct TogetherTests {
    @Test func writtenApartOfflineAndTheSameAfterwards() async throws {
        try await together { ana, ben, space, _ in
            for phone in [ana, ben] { try await phone.goOnline(false) }
            _ = try await ana.client.say(space, "I arrive at noon.")
            _ = try await ben.client.newNote(space, title: "Plan")
            #expect(try await ana.client.sync().offline)
            #expect(try await ana.client.messages(space).messages.map(\.at) == [.here])
            #expect(try await ana.client.foot(space).here > 0)
            #expect(!ana.client.state().online)
            for phone in [ana, ben] { try await phone.goOnline(true) }
            try await bothSync(ana, ben)
            let codes = try await [ana, ben].mapped { phone in
                try await phone.client.status().spaces.first { $0.space == space }?.stateCode
            }
            #expect(codes[0] != nil && codes[0] == codes[1])
            #expect(try await ana.client.messages(space).messages.map(\.at) == [.other])
            #expect(ana.client.state().lastSync?.reached == true)
        }
    }

    @Test func whatTheOtherSaysIsHeardWhileTheAppIsLookedAt() async throws {
        try await together { ana, ben, space, _ in
            try await ben.client.watchRelays(true)
            async let heard: Void = until(ben.client) { try await !ben.client.messages(space).messages.isEmpty }
            _ = try await ana.client.say(space, "Are you there?")
            _ = try await ana.client.sync()
            try await heard
            #expect(try await ben.client.messages(space).messages.map(\.text) == ["Are you there?"])
        }
    }

    @Test func stagesPausingEndingLeavingBlocking() async throws {
        try await together { ana, ben, space, _ in
            let (a, b) = (ana.client, ben.client)
            let line = { try #require(try await a.pairs().first) }
            try await a.compared(space, how: .inPerson)
            #expect(try await line().compared == .inPerson)
            try await a.proposeStage(space, .cultivation)
            try await bothSync(ana, ben)
            #expect(try await b.pairs().first?.proposed.map(\.stage) == [.cultivation])
            try await b.agreeToStage(space)
            try await b.pausePair(space, reason: "Exams")
            try await bothSync(ana, ben)
            #expect(try await line().stage == .cultivation)
            #expect(try await line().state == .paused)
            try await a.resumePair(space, reason: nil)
            try await b.resumePair(space, reason: nil)
            try await bothSync(ana, ben)
            #expect(try await line().state == .running)
            try await a.block(space, on: true)
            #expect(try await line().state == .blocked)
            try await a.block(space, on: false)
            try await b.endPair(space, reason: nil)
            try await bothSync(ana, ben)
            #expect(try await line().state == .ended)
            try await a.leavePair(space)
            #expect(isReadOnly(await fault { try await a.say(space, "x") }))
            #expect(isRefused(await fault { try await a.rescueFile(space) }))
        }
    }

    @Test func wordsInsteadOfALinkAndWithdrawing() async throws {
        try await relay { relay in
            try await phone("Ana") { ana in
                try await phone("Ben") { ben in
                    let (a, b) = (ana.client, ben.client)
                    #expect(isRefused(await fault { try await a.invite() }))
                    #expect(isBadInput(await fault { try await a.setRelay("http://relay.example", account: nil) }, .address))
                    #expect(isBadInput(await fault { try await a.setRelay(relay.origin, account: "secret") }, .account))
                    _ = try await a.setRelay(relay.origin, account: nil)
                    let first = try await a.invite()
                    try await a.withdrawInvite(first.id)
                    #expect(try await a.invites().allSatisfy { $0.id != first.id || $0.state != .open })
                    let invite = try await a.invite()
                    _ = try await a.sync()
                    let half = try #require(invite.link?.dropLast(9)).description
                    #expect(isBadInput(await fault { try await b.answerInvite(half, relay: nil) }, .link))
                    _ = try await b.answerInvite(try #require(invite.words), relay: relay.origin)
                    _ = try await b.sync()
                    _ = try await a.sync()
                    let answer = try #require(try await a.invites().first { $0.id == invite.id }?.answers.first)
                    #expect(answer.spoken)
                    let space = try await a.approveAnswer(invite.id, person: answer.person)
                    #expect(try await a.pairs().first { $0.space == space }?.mustCompare == true)
                }
            }
        }
    }

    @Test func aSecondPhoneIsAddedNamedAndEnded() async throws {
        try await together { ana, _, space, relay in
            let a = ana.client
            _ = try await a.say(space, "Hello")
            _ = try await a.sync()
            let (folder, vault) = (try Phone.newFolder(), TestVault())
            var joining = try await JoiningClient.begin(folder: folder, vault: vault, relay: relay.origin, name: "Laptop")
            let code = try await joining.code()
            #expect(try await joining.step() == .waiting)
            let comer = try await a.scanDevice(code.code, relay: nil)
            _ = try await a.sync()
            let asking = try await a.devices().comers
            #expect(asking.map(\.state) == [.asking] && asking.map(\.words) == [code.fourWords])
            try await a.approveDevice(comer.id)
            _ = try await a.sync()
            try await joining.leave()
            #expect(CoreClient.profileState(folder) == .joining)
            #expect(await fault { try await CoreClient.open(folder: folder, vault: vault, connectivity: nil) } == .notAdded)
            joining = try await JoiningClient.goOn(folder: folder, vault: vault)
            let mine = try await a.devices().fourWords
            #expect(try await joining.step() == .offered(name: "Ana", words: mine))
            #expect(try await joining.agree() == .agreed)
            _ = try await joining.step()
            for _ in 0..<2 { _ = try await a.sync() }
            #expect(try await joining.step() == .ready)
            try await joining.leave()
            #expect(await fault { try await joining.step() } == .closed)
            let laptop = try await CoreClient.open(folder: folder, vault: vault, connectivity: nil)
            for _ in 0..<2 { _ = try await laptop.sync() }
            #expect(try await laptop.messages(space).messages.map(\.text) == ["Hello"])
            let id = laptop.state().device
            _ = try await a.sync()
            try await a.nameDevice(id, name: "Old laptop")
            try await a.revokeDevice(id)
            #expect(try await a.devices().devices.first { $0.id == id }?.revoked == true)
            #expect(isRefused(await fault { try await a.revokeDevice(a.state().device) }))
            try await laptop.shutDown()
        }
    }

    @Test func twelveWordsBringSomebodyBack() async throws {
        try await together { ana, ben, space, relay in
            let (a, b) = (ana.client, ben.client)
            let words = try await a.newWords(old: nil).words
            // What they need may have gone to the relay by itself.
            #expect([.notReady, .ready].contains(try await a.checkWords(words)))
            let others = Array(repeating: "abandon", count: 11).joined(separator: " ") + " about"
            #expect(try await a.checkWords(others) == .notInForce)
            _ = try await a.say(space, "Before the phone was lost")
            try await bothSync(ana, ben)
            #expect(try await a.checkWords(words) == .ready)
            #expect(try await a.wordsStatus().made)
            #expect(isNotFound(await fault { try await a.agreeToWords() }))
            #expect(try await !b.rescueFile(space).isEmpty)
            let person = a.state().person
            try await a.shutDown()
            let restore = try await RestoreClient.byWords(words, relay: relay.origin)
            #expect(try await restore.look().map(\.person) == [person])
            let folder = try Phone.newFolder()
            let back = try await restore.finish(person, folder: folder, vault: TestVault(), connectivity: nil)
            for _ in 0..<3 {
                _ = try await back.sync()
                _ = try await b.sync()
            }
            #expect(try await back.messages(space).messages.map(\.text) == ["Before the phone was lost"])
            try await back.shutDown()
            #expect(isBadInput(await fault { try await RestoreClient.byWords("one two", relay: relay.origin) }, .words))
        }
    }
}

extension Array where Element: Sendable {
    func mapped<T: Sendable>(isolation: isolated (any Actor)? = #isolation, _ act: (Element) async throws -> T) async throws -> [T] {
        var out: [T] = []
        for element in self { out.append(try await act(element)) }
        return out
    }
}
