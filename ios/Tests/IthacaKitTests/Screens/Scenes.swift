// Every screen brought into each of its states, over the fake: what a person would have to do or meet for that.
import Foundation
import Testing

@testable import IthacaKit

let noon = Date(timeIntervalSince1970: 1_930_000_000)
let here = Here(words: Words("en"), zone: TimeZone(identifier: "UTC")!, now: { noon })

@MainActor
struct Scene {
    let fake = FakeClient()
    let door = FakeDoor()
    let wanted: ScreenState
    var n: Int { wanted == .long ? 12 : 1 }
    var filled: Bool { wanted != .empty }

    /// The state that the screen is in once everything for `wanted` has happened.
    func reached(_ screen: Screen) async throws -> ScreenState {
        switch screen {
        case .firstRun, .restore, .newDevice, .trouble: return try await onTheWayIn(screen)
        default: break
        }
        let space = await fake.addPair("Ben")
        if wanted == .offline { await fake.goOnline(false) }
        var model = try await ofApp(screen, space)
        if model == nil { model = try await ofPair(screen, space) }
        if model == nil { model = try await inPair(screen, space) }
        guard let model else { throw SomeError() }
        if wanted == .error { await fake.fail(.storageFull) }
        await model.read()
        return model.state
    }

    private func onTheWayIn(_ screen: Screen) async throws -> ScreenState {
        if wanted == .error { door.fail(.storageFull) }
        let online = wanted != .offline
        switch screen {
        case .firstRun:
            let model = FirstRunModel(door, here)
            if filled { model.name = wanted == .long ? String(repeating: "Ana ", count: 20) : "Ana" }
            if wanted == .error { await model.begin() }
            return model.state
        case .restore:
            let model = RestoreModel(door, here, online: online)
            if filled { (model.paper, model.relay) = ("one two", "https://relay.example") }
            if wanted == .error { await model.look() }
            return model.state
        case .newDevice:
            let model = NewDeviceModel(door, here, online: online)
            if filled { (model.relay, model.label) = ("https://relay.example", "Tablet") }
            if wanted == .error { await model.begin() }
            return model.state
        default:
            let model = TroubleModel(.storageCorrupt(why: "x"), door, here)
            if wanted == .error { await model.take(.openAgain) }
            return model.state
        }
    }

    private func ofApp(_ screen: Screen, _ space: SpaceId) async throws -> ScreenModel? {
        switch screen {
        case .pairs:
            if wanted == .empty { await fake.forget(space) }
            for no in 0..<(n - 1) { await fake.addPair("Person \(no)") }
            return PairsModel(client: fake, here: here)
        case .newPair:
            await fake.putRelay("https://relay.example")
            if filled { _ = try await fake.invite() }
            return NewPairModel(client: fake, here: here)
        case .recoveryWords:
            if filled { _ = try await fake.newWords(old: nil) }
            return RecoveryWordsModel(client: fake, here: here)
        case .search:
            for no in 0..<n { try await fake.say(space, "checklist \(no)") }
            let model = SearchModel(client: fake, here: here)
            model.query = filled ? "checklist" : ""
            return model
        case .sync:
            if wanted == .empty { await fake.forget(space) }
            for no in 0..<(n - 1) { await fake.addPair("Person \(no)") }
            return SyncModel(client: fake, here: here)
        case .settings: return SettingsModel(client: fake, here: here)
        case .devices:
            if filled { await fake.addComer("Laptop") }
            return DevicesModel(client: fake, here: here)
        default: return nil
        }
    }

    private func ofPair(_ screen: Screen, _ space: SpaceId) async throws -> ScreenModel? {
        switch screen {
        case .pairHome:
            if filled { for no in 0..<n { _ = try await fake.newAction(space, ActionDraft(text: "Promise \(no)")) } }
            if wanted == .differing { try await fake.addCard(space) }
            return PairHomeModel(client: fake, here: here, space: space)
        case .pairState:
            if filled { try await fake.editPair(space, [.kind("peer")]) }
            return PairStateModel(client: fake, here: here, space: space)
        case .notes:
            if filled { for no in 0..<n { try await differing(space, try await fake.newNote(space, title: "Note \(no)")) } }
            return NotesModel(client: fake, here: here, space: space)
        case .goals:
            if filled { for no in 0..<n { try await goal(space, "Goal \(no)") } }
            return GoalsModel(client: fake, here: here, space: space)
        case .sessions:
            for no in 0..<(filled ? n : 0) { _ = try await fake.planSession(space, title: "Session \(no)", day: today.adding(no)) }
            if wanted == .differing { _ = try await fake.planSession(space, title: "Twin", day: today) }
            return SessionsModel(client: fake, here: here, space: space)
        case .messages:
            if filled { for no in 0..<(n * 2) { try await fake.say(space, "Message \(no)") } }
            return MessagesModel(client: fake, here: here, space: space)
        case .cards:
            if filled { for _ in 0..<n { try await fake.addCard(space, onlyMine: wanted == .differing) } }
            return CardsModel(client: fake, here: here, space: space)
        case .visibility:
            if filled { _ = try await fake.newNote(space, title: "Plan") }
            return VisibilityModel(client: fake, here: here, space: space)
        default: return nil
        }
    }

    private func inPair(_ screen: Screen, _ space: SpaceId) async throws -> ScreenModel? {
        switch screen {
        case .note:
            let note = try await fake.newNote(space, title: filled ? "Plan" : "")
            if wanted == .long { try await fake.otherTypes(space, .note(note), at: 0, String(repeating: "word ", count: 400)) }
            try await differing(space, note)
            let model = NoteModel(client: fake, here: here, space: space, note: note)
            await model.body.open()
            return model
        case .history:
            for no in 0..<(filled ? n : 0) { try await fake.addHistory(space, line(no)) }
            return HistoryModel(client: fake, here: here, space: space, document: "document")
        case .goal:
            let goal = try await goal(space, "Goal")
            for no in 0..<(filled ? n : 0) { _ = try await fake.newMilestone(space, goal, text: "Step \(no)") }
            return GoalModel(client: fake, here: here, space: space, goal: goal)
        default:
            let points = (0..<(filled ? n : 0)).map { SessionEdit.addAgenda("Point \($0)") }
            let session = try await fake.planSession(space, title: "Visit", day: today, points)
            if wanted == .differing {
                try await fake.sameMeeting(space, session, try await fake.planSession(space, title: "Twin", day: today), same: true)
            }
            return SessionModel(client: fake, here: here, space: space, session: session)
        }
    }

    private func differing(_ space: SpaceId, _ note: NoteId) async throws {
        guard wanted == .differing else { return }
        let wording = { (run: String) in Wording(run: run, words: run, range: 0..<0, by: []) }
        try await fake.differ(space, note, wordings: [[wording("Tuesday"), wording("Friday")]])
    }

    @discardableResult
    private func goal(_ space: SpaceId, _ title: String) async throws -> GoalId {
        let goal = try await fake.newGoal(space, GoalDraft(title: title))
        if wanted == .differing { try await fake.differ(space, goal, mine: "achieved", theirs: "paused") }
        return goal
    }

    private func line(_ no: Int) -> HistoryLine {
        HistoryLine(
            at: noon, by: fake.me, item: nil, noun: "note", field: "title", label: "title", deed: .replaced, from: "a", to: "b \(no)",
            person: nil, afterEnd: false)
    }
}
