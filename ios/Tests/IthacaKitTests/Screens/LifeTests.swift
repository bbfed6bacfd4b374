// The app's life: coming in, the lock, sleeping and waking; reminders; what other apps share; what a camera reads; days.
import Foundation
import Testing

@testable import IthacaKit

final class FakeReminding: Reminding {
    let planned = Locked<[Reminder]>([])
    let allowed = Locked(true)
    let asked = Locked(0)

    func isAllowed() async -> Bool {
        asked.use { $0 += 1 }
        return allowed.now
    }

    func plan(_ reminders: [Reminder]) async { planned.use { $0 = reminders } }
}

@MainActor
@Suite("Life", .timeLimit(.minutes(1)))
struct LifeTests {
    let door = FakeDoor()
    let lock = FakeLock()
    let reminding = FakeReminding()

    private func isHome(_ model: AppModel) -> Bool {
        if case .home = model.stage { true } else { false }
    }

    private func isLocked(_ model: AppModel) -> Bool {
        if case .locked = model.stage { true } else { false }
    }

    @Test func theWayInIsWhatIsInTheFolder() async {
        let model = AppModel(door, here, lock: lock, reminding: reminding)
        await model.start()
        if case .firstRun = model.stage {} else { Issue.record("nobody is here yet") }
        door.there.use { $0 = .joining }
        await model.start()
        if case .newDevice = model.stage {} else { Issue.record("a device on its way goes on") }
        door.there.use { $0 = .ready }
        door.fail(.vaultLost)
        await model.start()
        if case .trouble(.vaultLost) = model.stage {} else { Issue.record("trouble has a screen") }
        await model.start()
        #expect(isHome(model))
    }

    @Test func whatIsLockedOpensOnlyToWhoeverUnlocksIt() async throws {
        let fake = FakeClient()
        try await fake.keepSetting("lock", "on")
        try await fake.keepSetting("language", "es")
        let model = AppModel(door, here, lock: lock, reminding: reminding)
        lock.opens.use { $0 = false }
        await model.enter(fake)
        #expect(isLocked(model) && model.here.words.language == "es")
        await model.unlock()
        #expect(isLocked(model))
        lock.opens.use { $0 = true }
        await model.unlock()
        #expect(isHome(model))
        await model.sleep()
        #expect(fake.state().phase == .suspended)
        await model.wake()
        #expect(fake.state().phase == .open)
    }

    @Test func settingsAreLookedAtAtOnce() async throws {
        let (fake, model) = (FakeClient(), AppModel(door, here, lock: NoLock(), reminding: reminding))
        await model.enter(fake)
        #expect(model.theme == .system && model.size == 100)
        let settings = SettingsModel(client: fake, here: here, changed: model.look)
        await settings.choose(theme: .dark)
        await settings.choose(size: 150)
        await settings.choose(language: "es")
        #expect(model.theme == .dark && model.size == 150 && model.here.words("common.yes") == "Sí")
        await fake.fail(.storageFull)
        await settings.choose(theme: .light)
        #expect(model.theme == .dark)
    }

    @Test func filesGoOutUnderAPlainName() throws {
        let file = try Outgoing.file("../Ana/\u{0}.md", Data("x".utf8))
        #expect(file.lastPathComponent == "_.._Ana__.md")
        #expect(file.deletingLastPathComponent().path == FileManager.default.temporaryDirectory.path)
        try FileManager.default.removeItem(at: file)
    }

    @Test func sleepingLetsGoAndWakingSaysWhatIsWrong() async throws {
        let fake = FakeClient()
        await fake.putRelay("https://relay.example")
        let model = AppModel(door, here, lock: NoLock(), reminding: reminding)
        await model.enter(fake)
        await model.sleep()
        #expect(fake.state().phase == .suspended && isHome(model))
        #expect(await model.refresh())
        #expect(fake.state().phase == .suspended && fake.state().lastSync?.reached == true)
        await fake.goOnline(false)
        #expect(await !model.refresh())
        await fake.fail(.storageFull)
        await model.wake()
        if case .trouble(.storageFull) = model.stage {} else { Issue.record("what cannot be opened again is said") }
    }

    @Test func remindersAreOfWhatIsAheadAndShowNoNames() async throws {
        let fake = FakeClient()
        let space = await fake.addPair("Ben")
        let silent = await fake.addPair("Dee")
        let time = SessionEdit.propose(noon.addingTimeInterval(86_400 * 3), zone: "UTC")
        let session = try await fake.planSession(space, title: "First visit", day: here.today.adding(3), [time])
        let proposal = try #require(try await fake.session(space, session).proposals.first)
        try await fake.editSession(space, session, [.acceptTime(proposal.id, on: true)])
        _ = try await fake.newAction(space, ActionDraft(text: "Print checklist", owners: [fake.me.person], due: here.today.adding(1)))
        _ = try await fake.newAction(space, ActionDraft(text: "Long ago", owners: [fake.me.person], due: here.today.adding(-5)))
        _ = try await fake.planSession(silent, title: "Quiet", day: here.today.adding(2))
        try await fake.keepSetting("reminders.\(silent.text)", "off")
        let model = AppModel(door, here, lock: NoLock(), reminding: reminding)
        await model.enter(fake)
        let planned = reminding.planned.now
        #expect(planned.map(\.title) == ["Ithaca", "Ithaca"] && planned.map(\.body) == ["", ""])
        #expect(planned.map(\.at) == [here.today.adding(1).at(hour: 8, in: here.zone), noon.addingTimeInterval(86_400 * 3 - 3600)])
        try await fake.keepSetting("reminders.names", "on")
        await model.wake()
        #expect(reminding.planned.now.map(\.body) == ["You promised Ben: Print checklist", "First visit, with Ben"])
        reminding.allowed.use { $0 = false }
        reminding.planned.use { $0 = [] }
        await model.wake()
        #expect(reminding.planned.now.isEmpty && reminding.asked.now == 3)
        // Where nothing is ahead, nobody is asked, and what was planned goes.
        try await fake.keepSetting("reminders.\(space.text)", "off")
        reminding.planned.use { $0 = planned }
        await model.wake()
        #expect(reminding.planned.now.isEmpty && reminding.asked.now == 3)
    }

    @Test func noMoreRemindersThanTheSystemKeeps() {
        let ahead = (1...100).map { no in
            Upcoming(space: SpaceId("s"), with: "Ben", noun: .session, id: "\(no)", day: here.today.adding(101 - no), at: nil, words: "Visit")
        }
        let planned = Reminder.plan(ahead, here, showsNames: true)
        #expect(planned.count == 64 && planned.first?.at == here.today.adding(1).at(hour: 8, in: here.zone))
        #expect(Set(planned.map(\.id)).count == 64)
    }

    @Test func whatIsSharedIsKeptOrSaid() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (inbox, words) = (SharedInbox(folder: folder), here.words)
        #expect(inbox.put([.picture], words) == (false, "Ithaca keeps text for now. This was not taken; it stays where it is."))
        #expect(inbox.put([], words) == (false, "There is nothing in this to keep.") && inbox.waiting.isEmpty)
        #expect(inbox.put([.text("Ward 3\nat eight 😀"), .picture], words).sentence.hasPrefix("The text is kept;"))
        #expect(inbox.put([.link("https://example.org/a"), .text(" ")], words).kept)
        #expect(inbox.waiting.count == 2)
        let fake = FakeClient()
        await fake.fail(.storageFull)
        await inbox.takeIn(fake)
        #expect(inbox.waiting.count == 1, "what could not be kept waits")
        let model = AppModel(door, here, lock: NoLock(), reminding: reminding, inbox: inbox)
        await model.enter(fake)
        #expect(inbox.waiting.isEmpty)
        let notes = try await fake.notes(NoteFilter())
        #expect(Set(notes.lines.map(\.title)) == ["Ward 3", "https://example.org/a"] && notes.lines.allSatisfy(\.isPrivate))
        #expect(notes.lines.contains { $0.beginning == "Ward 3\nat eight 😀" })
        let nowhere = SharedInbox(folder: URL(fileURLWithPath: "/dev/null/shared"))
        #expect(nowhere.put([.text("x")], words) == (false, words("ios.share_failed")))
    }

    @Test(arguments: [
        ("https://relay.example/i#v1.abc", Scanned.invitation(link: "https://relay.example/i#v1.abc")),
        (" https://relay.example/d#v1.abc\n", .newDevice(code: "https://relay.example/d#v1.abc")),
        ("https://relay.example/i", .other), ("https://relay.example/i#v2.abc", .other), ("https:///i#v1.abc", .other),
        ("ftp://relay.example/i#v1.abc", .other), ("WIFI:S:ward;;", .other), ("", .other), ("https://relay.example/x#v1.abc", .other),
    ]) func aCameraReadsCodes(text: String, expected: Scanned) {
        #expect(Scanned(text) == expected)
    }

    @Test func daysAndMomentsAsPeopleSayThem() {
        #expect(Day("2031-02-29") == nil && Day("2032-02-29")?.text == "2032-02-29" && Day("31-3-9") == nil && Day("2031-0３-09") == nil)
        #expect(Day("2031-12-31")!.adding(1).text == "2032-01-01" && Day("2031-03-09")! < Day("2031-03-10")!)
        #expect(Date(ms: 1_930_000_000_123).ms == 1_930_000_000_123)
        #expect(here.day(here.today) == "Today" && here.day(here.today.adding(-1)) == "Yesterday")
        #expect(here.plain(Day("2029-05-04")!) == "4 May 2029")
        #expect(here.ago(noon.addingTimeInterval(-30)) == "just now" && here.ago(noon.addingTimeInterval(-120)) == "2 minutes ago")
        let spanish = Here(words: Words("es"), zone: TimeZone(identifier: "UTC")!, now: { noon })
        #expect(spanish.plain(Day("2029-05-04")!) == "4 de mayo de 2029")
        #expect(spanish.time(Date(ms: 0)) == "0:00" && here.time(Date(ms: 0)).hasPrefix("12:00"))
    }
}
