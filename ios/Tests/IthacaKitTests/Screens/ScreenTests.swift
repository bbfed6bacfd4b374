// Screens and their states: the list both phones share, each state reached, each screen there.
import Foundation
import Testing

@testable import IthacaKit

@MainActor
@Suite("Screens", .timeLimit(.minutes(1)))
struct ScreenTests {
    nonisolated static let all = Screen.allCases.flatMap { screen in screen.states.map { (screen, $0) } }

    @Test(arguments: all) func isReached(screen: Screen, state: ScreenState) async throws {
        #expect(try await Scene(wanted: state).reached(screen) == state)
    }

    @Test func areThoseOfTheListBothPhonesShare() throws {
        let file = try #require(Words.file("screens"))
        let list = try JSONDecoder().decode([String: [String]].self, from: Data(contentsOf: file))
        let ours = Dictionary(uniqueKeysWithValues: Screen.allCases.map { ($0.name, $0.states.map(\.rawValue)) })
        #expect(list == ours)
    }

    @Test(arguments: Screen.allCases) func hasAModelAndAViewOfItsName(screen: Screen) throws {
        let root = try #require(ProcessInfo.processInfo.environment["ITHACA_REPOSITORY"])
        let name = screen.rawValue.prefix(1).uppercased() + screen.rawValue.dropFirst()
        for file in ["IthacaKit/Screens/\(name)/\(name)Model.swift", "IthacaApp/\(name)/\(name)Screen.swift"] {
            let source = try String(contentsOfFile: "\(root)/ios/Sources/\(file)", encoding: .utf8)
            #expect(source.contains(file.hasSuffix("Model.swift") ? "class \(name)Model" : "struct \(name)Screen: View"))
        }
        let view = try String(contentsOfFile: "\(root)/ios/Sources/IthacaApp/\(name)/\(name)Screen.swift", encoding: .utf8)
        #expect(view.contains("model.problem"), "what goes wrong is said on every screen")
    }

    /// Each model says which screen it is of.
    @Test func modelsNameTheirScreens() {
        let models: [Screen] = [
            PairsModel.screen, NewPairModel.screen, PairHomeModel.screen, PairStateModel.screen, NotesModel.screen, NoteModel.screen,
            HistoryModel.screen, GoalsModel.screen, GoalModel.screen, SessionsModel.screen, SessionModel.screen, MessagesModel.screen,
            SearchModel.screen, CardsModel.screen, SyncModel.screen, VisibilityModel.screen, SettingsModel.screen, DevicesModel.screen,
            RecoveryWordsModel.screen, FirstRunModel.screen, RestoreModel.screen, NewDeviceModel.screen, TroubleModel.screen,
        ]
        #expect(Set(models) == Set(Screen.allCases))
    }
}
