// Every model of a pair once over the real library, with what two people wrote in it: it reads, says nothing wrong, and shows it.
import Foundation
import Testing

@testable import IthacaKit

@MainActor
@Suite("Over the library", .timeLimit(.minutes(2)))
struct OverTheLibraryTests {
    @Test func everyModelReads() async throws {
        try await together { ana, ben, space, relay in
            let c = ana.client
            let note = try await c.newNote(space, title: "Plan")
            let goal = try await c.newGoal(space, GoalDraft(title: "Safe handover"))
            let session = try await c.planSession(space, title: "Visit", day: here.today.adding(1), [.addAgenda("Night shift")])
            _ = try await c.newAction(space, ActionDraft(text: "Print checklist", owners: [c.state().person]))
            try await ben.client.say(space, "Hello")
            try await bothSync(ana, ben)
            try await c.setGoalStatus(space, goal, .achieved)
            try await ben.client.setGoalStatus(space, goal, .paused)
            try await bothSync(ana, ben)

            let home = PairHomeModel(client: c, here: here, space: space)
            let notes = NotesModel(client: c, here: here, space: space)
            let cards = CardsModel(client: c, here: here, space: space)
            let sync = SyncModel(client: c, here: here)
            let history = HistoryModel(client: c, here: here, space: space, document: note.text)
            let search = SearchModel(client: c, here: here)
            search.query = "checklist"
            let models: [ScreenModel] = [
                home, notes, cards, sync, history, search, PairsModel(client: c, here: here), NewPairModel(client: c, here: here),
                PairStateModel(client: c, here: here, space: space), NoteModel(client: c, here: here, space: space, note: note),
                GoalsModel(client: c, here: here, space: space), GoalModel(client: c, here: here, space: space, goal: goal),
                SessionsModel(client: c, here: here, space: space), SessionModel(client: c, here: here, space: space, session: session),
                MessagesModel(client: c, here: here, space: space), VisibilityModel(client: c, here: here, space: space),
                SettingsModel(client: c, here: here), DevicesModel(client: c, here: here), RecoveryWordsModel(client: c, here: here),
            ]
            for model in models {
                await model.read()
                #expect(model.problem == nil && model.loaded, "\(type(of: model))")
            }
            #expect(home.name == "Ben" && home.next?.title == "Visit" && home.latest.map(\.text) == ["Hello"] && home.state == .differing)
            #expect(home.promised.map(\.text) == ["Print checklist"] && notes.lines.map(\.title) == ["Plan"])
            #expect(sync.pairs.map(\.foot.name) == ["Ben"] && search.found.count == 1 && !history.lines.isEmpty)
            let card = try #require(cards.cards.first)
            #expect(cards.about(card) == "Goal “Safe handover”: status" && cards.meanwhile(card) == "Meanwhile “active” is shown.")
            await cards.keep(try #require(card.values.firstIndex { $0.by?.me == true }), of: card)
            #expect(cards.cards.isEmpty && cards.problem == nil)
            _ = relay
        }
    }

    @Test func theWayInOverARealFolder() async throws {
        let door = FolderDoor(folder: try Phone.newFolder(), vault: TestVault(), connectivity: nil)
        let model = AppModel(door, here, lock: NoLock(), reminding: FakeReminding())
        await model.start()
        let first = FirstRunModel(door, here)
        first.name = "Ana"
        await first.begin()
        let made = try #require(first.client)
        await model.enter(made)
        #expect(made.state().phase == .open && door.profile() == .ready)
        try await made.shutDown()
        await model.start()
        #expect(model.client?.state().name == "Ana")
        try await model.client?.shutDown()
        let lost = FolderDoor(folder: door.folder, vault: OtherVault(), connectivity: nil)
        let again = AppModel(lost, here, lock: NoLock(), reminding: FakeReminding())
        await again.start()
        guard case .trouble(.vaultLost) = again.stage else {
            Issue.record("another key opened it")
            return
        }
        let trouble = TroubleModel(.vaultLost, lost, here)
        await trouble.take(.restore)
        #expect(trouble.chosen == .restore && lost.profile() == .none)
    }
}

/// Another phone's keystore.
private struct OtherVault: KeyVault {
    func seal(_ root: Data) throws -> Data { Data(root.map { $0 ^ 1 }) }
    func unseal(_ sealed: Data) throws -> Data { Data(sealed.map { $0 ^ 1 }) }
}
