// What the screens around everything decide: the way in, trouble, sync, settings, devices, words; sleeping, reminders, what is shared.
import Foundation
import Testing

@testable import IthacaKit

@MainActor
@Suite("Models of the app", .timeLimit(.minutes(1)))
struct AppModelTests {
    let fake = FakeClient()
    let door = FakeDoor()

    @Test func theFirstRunAsksForANameAndNothingElse() async {
        let model = FirstRunModel(door, here)
        await model.begin()
        #expect(model.problem == "Write a name first: the people you work with will see it." && model.client == nil)
        model.name = String(repeating: "x", count: 101)
        #expect(model.problem == "This name is too long. Use at most 100 letters." && !model.canBegin)
        model.name = "Ana"
        model.speak("es")
        door.fail(.storageFull)
        await model.begin()
        #expect(model.problem?.hasPrefix("No queda") == true || model.problem == Words("es")("fault.storage_full"))
        #expect(model.name == "Ana")
        await model.begin()
        #expect(model.client?.state().name == "Ana")
        #expect(try! await model.client?.setting("language") == "es")
    }

    @Test func comingBackByWords() async {
        let model = RestoreModel(door, here, online: true)
        #expect(!model.canLook)
        (model.paper, model.relay) = ("one two", "https://relay.example")
        door.people.use { $0 = [] }
        await model.look()
        #expect(model.problem == "Nobody was found with these words. Check each word, and the address." && model.paper == "one two")
        let (a, b) = (PersonChoice(person: PersonId("a"), fourWords: "a b c d"), PersonChoice(person: PersonId("b"), fourWords: "e f g h"))
        door.people.use { $0 = [a, b] }
        await model.look()
        #expect(model.asks == "Which of these is you?" && model.line(model.found[0]) == "The four words of this person: a b c d")
        await model.finish(model.found[1])
        #expect(model.client != nil)
        door.fail(.badInput(.words, why: "x"))
        await model.look()
        #expect(model.problem == "One of the twelve words is not right. Check the spelling and the order.")
    }

    @Test func anotherDeviceWaitsForSignalWithoutTrouble() async {
        let model = NewDeviceModel(door, here, online: true)
        (model.relay, model.label) = ("https://relay.example", "Tablet")
        await model.begin()
        #expect(model.code?.fourWords == "fern gull harbour iron" && model.state == .filled)
        door.joining.fault.use { $0 = .offline }
        await model.step()
        #expect(model.state == .offline && model.problem == nil && model.offlineLine != nil)
        door.joining.fault.use { $0 = nil }
        door.joining.stage.use { $0 = .offered(name: "Ana", words: "amber boat cedar dune") }
        await model.step()
        #expect(model.canAgree && model.line == "Ana wants to add this device. Is that you?")
        await model.agree()
        #expect(model.stage == .agreed && model.client == nil)
        door.joining.stage.use { $0 = .ready }
        await model.step()
        #expect(model.client != nil && door.joining.left.now)
    }

    @Test func troubleHasWaysOutThatLoseNothing() async {
        let ways: [(IthacaFault, [TroubleModel.Way])] = [
            (.locked, [.openAgain]), (.inUse, [.openAgain]), (.storageFull, [.openAgain]), (.vaultFailed, [.openAgain]), (.newerDatabase, []),
            (.vaultLost, [.restore, .otherDevice]), (.storageCorrupt(why: ""), [.openAgain, .restore, .otherDevice]),
            (.internal(why: ""), [.openAgain]),
        ]
        for (fault, expected) in ways {
            let model = TroubleModel(fault, door, here)
            #expect(model.ways == expected && !model.what.contains("trouble.") && !model.way.contains("trouble."), "\(fault)")
        }
        let model = TroubleModel(.vaultLost, door, here)
        door.fail(.internal(why: "x"))
        await model.take(.restore)
        #expect(model.problem == here.words("trouble.aside_failed") && model.chosen == nil)
        await model.take(.restore)
        #expect(model.chosen == .restore && model.keptAside == "What was here is kept aside." && door.aside.now == 1)
    }

    @Test func pairsSayWhatWaits() async throws {
        await fake.putRelay("https://relay.example")
        let model = PairsModel(client: fake, here: here)
        await model.read()
        #expect(model.state == .empty && model.example == "Invite Ben")
        let invite = try await fake.invite()
        await model.read()
        #expect(model.waiting.map { model.line($0) }.first?.hasPrefix("Your invitation is open until ") == true)
        try await fake.answer(invite.id, name: "Ben")
        await fake.addNotice("renewed")
        await fake.addNotice("of-tomorrow")
        await model.read()
        #expect(model.waiting.map { model.line($0) } == ["Ben answered your invitation."])
        #expect(model.notices.map { model.line($0) }.last == "Something happened that a newer Ithaca can explain.")
        await model.seen(model.notices[0])
        #expect(model.notices.count == 1)
    }

    @Test func aNewPairByCodeLinkOrWords() async throws {
        let model = NewPairModel(client: fake, here: here)
        await model.read()
        #expect(model.needsRelay && !model.canInvite)
        model.relay = "relay.example"
        await model.keepRelay()
        #expect(model.problem == "A relay's address looks like https://relay.example." && model.relay == "relay.example")
        model.relay = "https://relay.example"
        await model.keepRelay()
        await model.makeInvite()
        let invite = try #require(model.invite)
        #expect(model.wordsRelay == "With the relay's address: https://relay.example" && !model.canInvite)
        try await fake.answer(invite.id, name: "Ben", spoken: true)
        await model.read()
        #expect(model.answers.map { model.safety($0) } == ["Safety number 1234 5678"] && model.caution(model.answers[0]) != nil)
        await model.approve(model.answers[0])
        #expect(model.opened != nil && model.invite == nil)
        await model.scanned("https://example.org")
        #expect(model.scanLine?.hasPrefix("This code is no invitation") == true && model.problem == nil && !model.joined)
        await model.scanned("https://relay.example/i#v1.abc")
        #expect(model.joinedLine != nil && model.pasted.isEmpty && model.problem == nil && model.scanLine == nil)
        model.pasted = "half a link"
        await model.answer()
        #expect(model.pasted == "half a link" && model.state == .error)
    }

    @Test func syncIsThreeRowsAndNeverAnError() async throws {
        let space = await fake.addPair("Ben")
        try await fake.say(space, "Hello")
        let model = SyncModel(client: fake, here: here)
        await model.read()
        let row = { model.pairs[0] }
        #expect(model.line == "Not synced yet" && model.thisPhone(row()) == "1 waits here for signal.")
        #expect(model.relay(row()) == "No relay yet. What you write stays here until you name one." && model.otherPhone(row()) == "Not heard of yet")
        await fake.putRelay("https://relay.example")
        await fake.goOnline(false)
        await model.sync()
        #expect(model.line == "No signal. It goes when there is some." && model.problem == nil && model.outcome?.offline == true)
        await fake.goOnline(true)
        await model.sync()
        #expect(model.thisPhone(row()) == "Nothing waits here." && model.relay(row()) == "Nothing waits at the relay.")
        await fake.putRelay("https://relay.example", trouble: "refused")
        await fake.put(trouble: "disk")
        await model.read()
        #expect(model.relay(row()) == "https://relay.example did not answer. It is tried again with every sync." && model.trouble != nil)
        #expect(model.code(row()) == "State code 12345678" && model.oddities(row()).isEmpty)
    }

    @Test func whatOthersCanSeeIsFourLists() async throws {
        let space = await fake.addPair("Ben")
        _ = try await fake.newNote(space, title: "Plan")
        let model = VisibilityModel(client: fake, here: here, space: space)
        await model.read()
        #expect(model.parts.map(\.title) == ["Only you", "You two", "The relay", "The programme"])
        #expect(model.parts[1].lines == ["1 thing: notes, sessions, goals and promises", "Read by You, Ben"])
        #expect(model.parts[2].lines == ["No relay carries this."])
    }

    @Test func settingsAreKeptAndTheLockIsAskedFirst() async throws {
        let space = await fake.addPair("Ben")
        let lock = FakeLock()
        let model = SettingsModel(client: fake, here: here, lock: lock)
        await model.read()
        await model.choose(theme: .dark)
        await model.choose(size: 150)
        await model.choose(language: "es")
        await model.remind(model.pairs[0], false)
        lock.opens.use { $0 = false }
        await model.lock(true)
        #expect(!model.locks && model.canLock)
        lock.opens.use { $0 = true }
        await model.lock(true)
        #expect(model.locks)
        let again = SettingsModel(client: fake, here: here, lock: lock)
        await again.read()
        #expect(again.theme == .dark && again.size == 150 && again.language == "es" && again.locks && again.silent == [space])
        await fake.fail(.storageFull)
        await again.choose(theme: .light)
        #expect(again.theme == .dark && again.state == .error)
        await again.bringIn("/nowhere")
        #expect(again.problem == "This file does not hold what Ithaca took out. Choose another.")
        await again.export(again.pairs[0], .markdown)
        #expect(again.exported != nil && SettingsModel(client: fake, here: here).canLock == false)
    }

    @Test func devicesComeByACodeAndGoAfterAWord() async throws {
        let model = DevicesModel(client: fake, here: here)
        await model.read()
        #expect(model.empty.hasPrefix("Only this device is yours.") && model.four == "Your four words: amber boat cedar dune")
        model.code = "nothing"
        await model.scan()
        #expect(model.code == "nothing" && model.problem?.hasPrefix("This is no code of a new device") == true)
        await fake.addComer("Laptop")
        await model.read()
        let comer = try #require(model.devices?.comers.first)
        #expect(model.canApprove(comer) && model.line(comer) == "Laptop: are these four words on its screen? fern gull harbour iron")
        await model.approve(comer)
        #expect(model.devices?.comers.first.map { model.line($0) } == "Laptop is asked whether it is you.")
        let this = try #require(model.devices?.devices.first)
        model.ask(this)
        #expect(model.leaving == nil && !model.canRevoke(this))
        await model.scanned("https://relay.example/i#v1.abc")
        #expect(model.scanLine?.hasPrefix("This code is not one of a new device") == true && model.fault == nil)
    }

    @Test func recoveryWordsAreShownOnce() async throws {
        let model = RecoveryWordsModel(client: fake, here: here)
        await model.read()
        #expect(model.state == .empty && model.makeLabel == "Make twelve words")
        await model.make()
        #expect(model.numbered.count == 12 && model.numbered[0] == "Word 1: one" && model.beside.hasPrefix("There is no relay yet."))
        await model.written()
        #expect(model.numbered.isEmpty && model.state == .filled && model.makeLabel == "Make new words")
        model.paper = "one two three"
        await model.tryPaper()
        #expect(model.checked == "These words are yours, and what they need is kept ready.")
        model.paper = "four five"
        await model.tryPaper()
        #expect(model.checked?.hasPrefix("These are not the words in force.") == true)
    }

    @Test func modelsFollowWhatChangesUntilTheirTaskEnds() async throws {
        let space = await fake.addPair("Ben")
        let model = MessagesModel(client: fake, here: here, space: space)
        let following = Task { await model.follow() }
        await becomes { model.loaded }
        try await fake.addMessage(space, "Hello")
        await becomes { model.messages.count == 1 }
        await fake.goOnline(false)
        try await fake.addMessage(space, "Again")
        await becomes { model.messages.count == 2 }
        #expect(!model.online)
        following.cancel()
        await following.value
        #expect(fake.nListeners == 0)
    }
}

final class FakeLock: AppLock {
    let opens = Locked(true)
    func isThere() -> Bool { true }
    func unlock(reason: String) async -> Bool { opens.now }
}
